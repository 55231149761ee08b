package main

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
)

// look is how the live view draws.
type look struct {
	glyphs glyphs
	// plain writes without signs that the terminal may lack; nil where it has all.
	plain   *strings.Replacer
	good    lipgloss.Style
	bad     lipgloss.Style
	active  lipgloss.Style
	dim     lipgloss.Style
	strong  lipgloss.Style
	spinner []string
}

// glyphs are the signs of the states, and the lines of the tree.
type glyphs struct {
	states              [stopped + 1]string
	mid, last, bar, gap string
}

var (
	unicodeGlyphs = glyphs{[...]string{"○", "●", "?", "✓", "✗", "■"}, "├─ ", "└─ ", "│  ", "   "}
	asciiGlyphs   = glyphs{[...]string{".", "*", "?", "+", "x", "-"}, "|- ", "`- ", "|  ", "   "}
)

// newLook returns a look with or without colours, and with signs that the terminal can show.
func newLook(colour, unicode bool) *look {
	l := &look{glyphs: unicodeGlyphs, spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}}
	if !unicode {
		l.glyphs = asciiGlyphs
		l.spinner = []string{"|", "/", "-", `\`}
		l.plain = strings.NewReplacer("→", "->", "›", ">", "…", "...")
	}
	if colour {
		l.good = lipgloss.NewStyle().Foreground(lipgloss.Green)
		l.bad = lipgloss.NewStyle().Foreground(lipgloss.Red)
		l.active = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
		l.dim = lipgloss.NewStyle().Faint(true)
		l.strong = lipgloss.NewStyle().Bold(true)
	}
	return l
}

// row is a line of the tree before it is drawn.
type row struct {
	span *span
	// inner is shown in the same line: the only thing inside.
	inner *span
	depth int
	// note is a line of its own, without a span.
	note string
}

// rows lists a span and all that is worth showing below it.
func rows(s *span, depth int, out []row) []row {
	if !s.isShown() {
		return out
	}
	r := row{span: s, depth: depth}
	kids := s.shown()
	if len(kids) == 1 && len(kids[0].kids) == 0 && s.hidden == 0 {
		r.inner = kids[0]
		return append(out, r)
	}
	out = append(out, r)
	for _, kid := range kids {
		out = rows(kid, depth+1, out)
	}
	if s.hidden > 0 {
		out = append(out, row{depth: depth + 1, note: hiddenText(s.hidden)})
	}
	return out
}

func hiddenText(n int) string { return fmt.Sprintf("… and %d more quick steps", n) }

// shown are the kids that are worth a line.
func (s *span) shown() []*span {
	out := make([]*span, 0, len(s.kids))
	for _, kid := range s.kids {
		if kid.isShown() {
			out = append(out, kid)
		}
	}
	return out
}

func (s *span) isShown() bool { return s.state == failed || !s.isSilent() }

// urgency is how much a row is worth showing where there is not room for all.
func (r *row) urgency() int {
	if r.span == nil {
		return 0
	}
	switch r.span.state {
	case running, asking, failed:
		return 2
	case stopped:
		return 1
	}
	return 0
}

// fit leaves rows out so that at most limit are left, the least urgent first, and says how many there were.
func fit(all []row, limit int) []row {
	if len(all) <= limit {
		return all
	}
	limit = max(1, limit-1) // one line says what is missing
	var of [3]int
	for i := range all {
		of[all[i].urgency()]++
	}
	room := [3]int{}
	left := limit
	for u := 2; u >= 0; u-- {
		room[u] = min(left, of[u])
		left -= room[u]
	}
	kept := make([]row, 0, limit+1)
	missing := map[state]int{}
	for i := range all {
		r := &all[i]
		if u := r.urgency(); room[u] > 0 {
			room[u]--
			kept = append(kept, *r)
		} else if r.span != nil {
			missing[r.span.state]++
		}
	}
	return append(kept, row{depth: 1, note: missingText(missing)})
}

func missingText(missing map[state]int) string {
	var parts []string
	for _, s := range []struct {
		state state
		name  string
	}{{done, "done"}, {running, "running"}, {asking, "asking"}, {queued, "waiting"}, {failed, "failed"}, {stopped, "stopped"}} {
		if n := missing[s.state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.name))
		}
	}
	return "… " + strings.Join(parts, ", ")
}

// lines draws rows. Times of what still runs go up to now.
func (l *look) lines(all []row, now time.Time) []string {
	out := make([]string, len(all))
	// more[d] says that another row of depth d follows before one of a lesser depth.
	var more []bool
	for i := len(all) - 1; i >= 0; i-- {
		r := &all[i]
		for len(more) <= r.depth {
			more = append(more, false)
		}
		out[i] = l.dim.Render(l.branches(more, r.depth)) + l.row(r, now)
		if l.plain != nil {
			out[i] = l.plain.Replace(out[i])
		}
		more = more[:r.depth+1]
		more[r.depth] = true
	}
	return out
}

// branches draws the lines that lead to a row.
func (l *look) branches(more []bool, depth int) string {
	var b strings.Builder
	for d := 1; d < depth; d++ {
		if more[d] {
			b.WriteString(l.glyphs.bar)
		} else {
			b.WriteString(l.glyphs.gap)
		}
	}
	switch {
	case depth == 0:
	case more[depth]:
		b.WriteString(l.glyphs.mid)
	default:
		b.WriteString(l.glyphs.last)
	}
	return b.String()
}

func (l *look) row(r *row, now time.Time) string {
	if r.span == nil {
		return l.dim.Render(r.note)
	}
	s := r.span
	text := l.sign(s, now) + " " + printable(s.name)
	more := s.more
	if r.inner != nil {
		if r.inner.name != s.name {
			text += l.dim.Render(" › " + printable(r.inner.name))
		}
		if more == "" {
			more = r.inner.more
		}
	}
	if !s.began.IsZero() {
		text += "  " + l.dim.Render(s.time(now))
	}
	if more != "" {
		text += "  " + l.dim.Render(printable(more))
	}
	return text
}

func (l *look) sign(s *span, now time.Time) string {
	sign := l.glyphs.states[s.state]
	switch s.state {
	case running:
		return l.active.Render(l.spinner[now.UnixMilli()/100%int64(len(l.spinner))])
	case asking:
		return l.active.Render(sign)
	case done:
		return l.good.Render(sign)
	case failed:
		return l.bad.Render(sign)
	}
	return l.dim.Render(sign)
}

// time is how long a span took, or has taken so far.
func (s *span) time(now time.Time) string {
	if !s.ended.IsZero() {
		return shortTime(s.ended.Sub(s.began))
	}
	return shortTime(max(0, now.Sub(s.began)).Truncate(100 * time.Millisecond))
}

// shortTime writes a length of time with as many digits as one wants to know.
func shortTime(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "0.0s"
	case d < 50*time.Millisecond:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	default:
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
}

// printable takes out of a text what would move the cursor, ring, or change the terminal otherwise.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, text)
}
