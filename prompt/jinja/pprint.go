package jinja

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// prettyWidth is the width pprint tries to keep.
const prettyWidth = 80

// filterPrettyPrint is Python's pprint.pformat.
func filterPrettyPrint(rt *runtime, in val, _ []val) (val, error) {
	p := &prettyPrinter{writer{meter: rt.meter}}
	err := p.format(in, 0, 0, 0)
	return string(p.buf), err
}

// prettyPrinter writes what does not fit into a line one entry per line. Indents and allowances are counted as in
// Python: allowance is the room that must stay free behind the last line.
type prettyPrinter struct{ writer }

func (p *prettyPrinter) format(v val, indent, allowance, level int) error {
	text, err := p.line(v)
	if err != nil {
		return err
	}
	if runeCount(text) <= prettyWidth-indent-allowance {
		return p.text(text)
	}
	if err := p.depth(level); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		return p.longText(v, indent, allowance, level+1)
	case *list:
		return p.items("[", "]", v.all(), indent, allowance, level+1)
	case *tuple:
		if !v.group {
			end := ")"
			if len(v.items) == 1 {
				end = ",)"
			}
			return p.items("(", end, v.items, indent, allowance, level+1)
		}
	case *dict:
		return p.entries(v, indent, allowance, level+1)
	}
	return p.text(text)
}

// line is repr with the entries of dicts sorted.
func (p *prettyPrinter) line(v val) (string, error) {
	sorted, err := p.sortDicts(v, 0)
	if err != nil {
		return "", err
	}
	return p.meter.repr(sorted)
}

// sortDicts returns v with the entries of all dicts in it sorted by key.
func (p *prettyPrinter) sortDicts(v val, depth int) (val, error) {
	if err := p.depth(depth); err != nil {
		return nil, err
	}
	if err := p.step(1); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *list:
		items, err := p.sortAll(v.all(), depth)
		return newList(items), err
	case *tuple:
		if v.group {
			return v, nil
		}
		items, err := p.sortAll(v.items, depth)
		return newTuple(items...), err
	case *dict:
		keys, vals := p.sortedEntries(v)
		vals, err := p.sortAll(vals, depth)
		return &dict{keys: keys, vals: vals}, err
	}
	return v, nil
}

func (p *prettyPrinter) sortAll(items []val, depth int) ([]val, error) {
	out := make([]val, len(items))
	for i, item := range items {
		var err error
		if out[i], err = p.sortDicts(item, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sortedEntries sorts by key; what cannot be compared is sorted by type.
func (p *prettyPrinter) sortedEntries(d *dict) (keys, vals []val) {
	d.open()
	order := make([]int, len(d.keys))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := d.keys[order[i]], d.keys[order[j]]
		less, err := p.order("<", a, b)
		if err != nil {
			return typeName(a) < typeName(b)
		}
		return less
	})
	for _, i := range order {
		keys, vals = append(keys, d.keys[i]), append(vals, d.vals[i])
	}
	return keys, vals
}

func (p *prettyPrinter) items(open, end string, items []val, indent, allowance, level int) error {
	p.buf = append(p.buf, open...)
	indent++
	for i, item := range items {
		if i > 0 {
			p.newline(",", indent)
		}
		free := 1
		if i == len(items)-1 {
			free = allowance + len(end)
		}
		if err := p.format(item, indent, free, level); err != nil {
			return err
		}
	}
	return p.text(end)
}

func (p *prettyPrinter) newline(before string, indent int) {
	p.buf = append(append(p.buf, before...), '\n')
	p.buf = append(p.buf, strings.Repeat(" ", indent)...)
}

func (p *prettyPrinter) entries(d *dict, indent, allowance, level int) error {
	p.buf = append(p.buf, '{')
	indent++
	keys, vals := p.sortedEntries(d)
	for i, key := range keys {
		if i > 0 {
			p.newline(",", indent)
		}
		text, err := p.line(key)
		if err != nil {
			return err
		}
		if err := p.text(text + ": "); err != nil {
			return err
		}
		free := 1
		if i == len(keys)-1 {
			free = allowance + 1
		}
		if err := p.format(vals[i], indent+runeCount(text)+2, free, level); err != nil {
			return err
		}
	}
	return p.text("}")
}

// longText writes a text as several that Python would join again.
func (p *prettyPrinter) longText(s string, indent, allowance, level int) error {
	if level == 1 {
		indent++
		allowance++
	}
	chunks, last := textChunks(s, prettyWidth-indent, allowance)
	if len(chunks) == 1 {
		return p.text(last)
	}
	if level == 1 {
		p.buf = append(p.buf, '(')
	}
	for i, chunk := range chunks {
		if i > 0 {
			p.newline("", indent)
		}
		if err := p.text(chunk); err != nil {
			return err
		}
	}
	if level == 1 {
		p.buf = append(p.buf, ')')
	}
	return nil
}

// textChunks cuts a text at its lines and, where they are too long, at white space. It also returns the last line.
func textChunks(s string, width, allowance int) (chunks []string, last string) {
	lines := splitLinesKeeping(s)
	for i, line := range lines {
		last = quote(line)
		free := 0
		if i == len(lines)-1 {
			free = allowance
		}
		if runeCount(last) <= width-free {
			chunks = append(chunks, last)
			continue
		}
		chunks = append(chunks, wordChunks(line, width, free)...)
	}
	return chunks, last
}

func wordChunks(line string, width, allowance int) (chunks []string) {
	current := ""
	for line != "" {
		end := wordEnd(line)
		part := line[:end]
		line = line[end:]
		if line == "" {
			width -= allowance
		}
		if runeCount(quote(current+part)) <= width {
			current += part
			continue
		}
		if current != "" {
			chunks = append(chunks, quote(current))
		}
		current = part
	}
	if current != "" {
		chunks = append(chunks, quote(current))
	}
	return chunks
}

// wordEnd returns the end of the first word and the white space after it.
func wordEnd(s string) int {
	end := strings.IndexFunc(s, isSpace)
	if end < 0 {
		return len(s)
	}
	rest := s[end:]
	return end + len(rest) - len(strings.TrimLeftFunc(rest, isSpace))
}

// splitLinesKeeping is str.splitlines(True).
func splitLinesKeeping(s string) []string {
	var lines []string
	for s != "" {
		end := len(s)
		if i := strings.IndexFunc(s, isLineBreak); i >= 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			if strings.HasPrefix(s[i:], "\r\n") {
				size = 2
			}
			end = i + size
		}
		lines = append(lines, s[:end])
		s = s[end:]
	}
	return lines
}
