package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
)

// liveView shows a run on a terminal: a tree of what is running at the bottom, and above it, for good, the nodes that
// have ended and the messages, in the order of time.
//
// A goroutine of its own draws the times anew; it lives from begin to end.
type liveView struct {
	in     *os.File
	prompt *prompter
	look   *look

	mu sync.Mutex // guards what follows
	// stop ends the goroutine, which closes gone. Both are nil before and after.
	stop, gone chan struct{}

	echo    *echo
	screen  screen
	tree    tree
	began   time.Time
	drawn   time.Time
	final   strings.Builder // what is to be printed for good and was not yet
	partial []byte          // the line that a tool is printing
	blank   bool            // the last line printed for good is empty
	typed   bool            // the next message of the user stands there already, as it was typed
	asking  bool            // the terminal is the prompter's
	leaving bool            // an interrupt is under way
}

// How often the view is drawn, at most, and how often when nothing but the time has changed.
const (
	drawEvery = 40 * time.Millisecond
	tickEvery = 100 * time.Millisecond
)

func newLiveView(in, out *os.File) *liveView {
	size := func() (int, int) {
		w, h, err := term.GetSize(int(out.Fd()))
		if err != nil || w <= 0 || h <= 0 {
			return 80, 24
		}
		return w, h
	}
	return &liveView{
		in:     in,
		look:   newLook(os.Getenv("NO_COLOR") == "", isUTF8(os.Getenv)),
		screen: screen{out: out, size: size},
		prompt: newPrompter(in, out),
		blank:  true,
	}
}

// isUTF8 reports whether the terminal is set to UTF-8.
func isUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

func (v *liveView) begin(s *session) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.began = time.Now()
	if said := s.conv.Messages(); len(said) > 0 { // it is taken up, and the last message may ask something
		v.message(&said[len(said)-1])
	}
	v.echo = hideEcho(v.in)
	v.stop, v.gone = make(chan struct{}), make(chan struct{})
	go v.tick(v.stop, v.gone)
}

// tick draws the times anew until the view ends.
func (v *liveView) tick(stop <-chan struct{}, gone chan<- struct{}) {
	defer close(gone)
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			v.mu.Lock()
			v.draw(time.Now())
			v.mu.Unlock()
		}
	}
}

func (v *liveView) event(ev wayflow.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tree.note(ev.Time, ev.Note)
	if added, ok := ev.Note.(engine.MessageAdded); ok && !added.Aside {
		v.message(&added.Message)
	}
	if now := time.Now(); now.Sub(v.drawn) >= drawEvery {
		v.draw(now)
	}
}

// message prints a message for good.
func (v *liveView) message(m *message.Message) {
	if m.Type() == message.TypeUser && v.typed {
		v.typed = false
		return
	}
	text := printable(messageText(m))
	if text == "" {
		return
	}
	if m.Type() == message.TypeUser {
		text = v.look.strong.Render(text)
	}
	v.paragraph(text)
}

// paragraph prints a text for good, with an empty line around it.
func (v *liveView) paragraph(text string) {
	v.printSpans()
	if !v.blank {
		v.final.WriteByte('\n')
	}
	width, _ := v.screen.size()
	v.final.WriteString(lipgloss.Wrap(text, width, " ") + "\n\n")
	v.blank = true
}

// printSpans prints, for good, the nodes that have ended.
func (v *liveView) printSpans() {
	for _, s := range v.tree.take() {
		all := fit(rows(s, 0, nil), maxPrinted)
		width, _ := v.screen.size()
		for _, line := range v.look.lines(all, s.ended) {
			v.final.WriteString(lipgloss.NewStyle().MaxWidth(width).Render(line) + "\n")
			v.blank = false
		}
	}
}

// maxPrinted bounds the lines that are printed for one node of the main flow.
const maxPrinted = 40

// draw brings the terminal up to date.
func (v *liveView) draw(now time.Time) {
	if v.asking || v.stop == nil {
		return
	}
	v.printSpans()
	final := v.final.String()
	v.final.Reset()
	v.screen.update(final, v.live(now))
	v.drawn = now
}

// live returns the lines of what is running.
func (v *liveView) live(now time.Time) []string {
	width, height := v.screen.size()
	room := height - 2
	var out []string
	for _, s := range v.tree.top {
		if s.state != running {
			continue
		}
		all := rows(s, 0, nil)
		preview := v.preview(all, width, room)
		out = append(out, v.look.lines(fit(all, max(1, room-len(preview))), now)...)
		out = append(out, preview...)
	}
	if v.leaving {
		out = append(out, v.look.dim.Render("stopping; Ctrl-C again leaves at once"))
	}
	return out
}

// previewLines is how much of what models are saying is shown.
const previewLines = 6

// preview returns the ends of what models are saying: several lines if it is one, a line each if they are more.
func (v *liveView) preview(all []row, width, room int) (out []string) {
	var speaking []*span
	for i := range all {
		for _, s := range []*span{all[i].span, all[i].inner} {
			if s != nil && s.state == running && strings.TrimSpace(s.said) != "" {
				speaking = append(speaking, s)
			}
		}
	}
	budget := min(previewLines, max(1, room/3))
	if len(speaking) > budget {
		speaking = speaking[:budget]
	}
	for _, s := range speaking {
		lines := strings.Split(lipgloss.Wrap(printable(strings.TrimSpace(s.said)), max(10, width-4), " "), "\n")
		each := budget / len(speaking)
		for _, line := range lines[max(0, len(lines)-each):] {
			out = append(out, v.look.dim.Render("  "+line))
		}
	}
	return out
}

// stopping tells the user that an interrupt is under way.
func (v *liveView) stopping() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.leaving = true
	v.draw(time.Now())
}

// say implements [asker]. What the flow has asked is a message, which stands there already.
func (v *liveView) say(ctx context.Context, question string) (string, error) {
	text, err := v.ask(ctx, question)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.typed = err == nil
	return text, err
}

// tell implements [asker].
func (v *liveView) tell(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.paragraph(printable(text))
	v.draw(time.Now())
}

// ask implements [asker].
func (v *liveView) ask(ctx context.Context, question string) (string, error) {
	v.mu.Lock()
	if question != "" {
		v.paragraph(printable(question))
	}
	v.draw(time.Now())
	v.asking = true
	v.echo.restore()
	v.mu.Unlock()

	text, err := v.prompt.line(ctx)

	v.mu.Lock()
	defer v.mu.Unlock()
	v.asking = false
	v.echo = hideEcho(v.in)
	v.typed, v.blank = false, false
	return text, err
}

// Write prints, for good, what a tool has printed.
func (v *liveView) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.partial = append(v.partial, p...)
	end := bytes.LastIndexByte(v.partial, '\n') + 1
	for line := range bytes.Lines(v.partial[:end]) {
		v.final.WriteString(v.look.dim.Render(printable(string(bytes.TrimRight(line, "\n")))) + "\n")
		v.blank = false
	}
	v.partial = append(v.partial[:0], v.partial[end:]...)
	if v.stop == nil { // the run has not begun: nothing draws
		_, _ = io.WriteString(v.screen.out, v.final.String())
		v.final.Reset()
	}
	return len(p), nil
}

func (v *liveView) end(o *outcome) error {
	v.mu.Lock()
	stop, gone := v.stop, v.gone
	v.stop, v.gone = nil, nil
	v.mu.Unlock()
	if stop == nil { // it never began; the error says it all
		return nil
	}
	close(stop)
	<-gone
	v.restore()
	v.mu.Lock()
	defer v.mu.Unlock()
	now := time.Now()
	if o.err != nil {
		v.tree.stop(now)
	}
	v.printSpans()
	if n := v.tree.hidden; n > 0 {
		v.final.WriteString(v.look.dim.Render(hiddenText(n)) + "\n")
	}
	v.summary(o, now.Sub(v.began))
	v.screen.update(v.final.String(), nil)
	return nil
}

// summary prints how the run came to rest.
func (v *liveView) summary(o *outcome, took time.Duration) {
	text := printable(outputsText(o))
	if text != "" && !v.blank {
		text = "\n" + text
	}
	v.final.WriteString(text)
	last := ""
	switch o.status {
	case statusFinished:
		last = v.look.dim.Render("finished in " + shortTime(took))
	case statusUserMessage:
		last = v.look.dim.Render("waiting for the user; nothing more was said")
	case statusToolRequest, statusToolConfirm, statusAuth:
		last = waitingText(o)
	case statusInterrupted:
		last = v.look.bad.Render("interrupted after " + shortTime(took))
	case statusError:
		last = v.look.bad.Render("failed after " + shortTime(took))
	}
	v.final.WriteString(last + "\n")
}

// restore gives the terminal back as it was. It may be called again, and from another goroutine.
func (v *liveView) restore() {
	v.prompt.restore()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.echo.restore()
	if v.screen.hidden {
		v.screen.hidden = false
		_, _ = io.WriteString(v.screen.out, showCursor)
	}
}
