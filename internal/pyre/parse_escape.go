package pyre

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	decimal     = "0123456789"
	octal       = "01234567"
	hexadecimal = "0123456789abcdefABCDEF"
)

// escape parses what follows a backslash outside of a set.
func (p *parser) escape(s scope, start int) (node, error) {
	c, ok := p.next()
	if !ok {
		return nil, p.failf(start, "bad escape (end of pattern)")
	}
	switch c {
	case 'A':
		return &at{opStart}, nil
	case 'Z':
		return &at{opTextEnd}, nil
	case 'b', 'B':
		return boundary(c == 'B', s), nil
	case 'd', 'D', 's', 'S', 'w', 'W':
		set := &set{categories: []category{newCategory(c, s)}}
		set.finish()
		return &class{set}, nil
	}
	if strings.ContainsRune("123456789", c) {
		return p.numbered(s, start)
	}
	r, err := p.character(c, start, 2)
	if err != nil {
		return nil, err
	}
	return newLiteral(r, s), nil
}

func boundary(not bool, s scope) node {
	switch {
	case not && s.has(ASCII):
		return &at{opNotASCIIBoundary}
	case not:
		return &at{opNotBoundary}
	case s.has(ASCII):
		return &at{opASCIIBoundary}
	default:
		return &at{opBoundary}
	}
}

// newCategory makes the category that \d and its like name; an upper-case letter is its opposite.
func newCategory(c rune, s scope) category {
	name, ascii := byte(c|0x20), s.has(ASCII)
	return category{name: name, ascii: ascii, not: c < 'a', holds: categoryOf(name, ascii)}
}

// numbered parses a back-reference, or a character by three octal digits.
func (p *parser) numbered(s scope, start int) (node, error) {
	from := start + 1
	p.digits(decimal, 1)
	text := p.text[from:p.pos]
	if len(text) == 2 && strings.Trim(text, octal) == "" {
		if text += p.digits(octal, 1); len(text) == 3 {
			r, err := p.octalCharacter(text, start)
			if err != nil {
				return nil, err
			}
			return newLiteral(r, s), nil
		}
	}
	index, err := strconv.Atoi(text)
	if err != nil || index >= p.groups {
		return nil, p.failf(start, "invalid group reference %s", text)
	}
	return p.reference(s, index, start)
}

func (p *parser) octalCharacter(digits string, start int) (rune, error) {
	n, err := strconv.ParseUint(digits, 8, 32)
	if err != nil || n > 0o377 {
		return 0, p.failf(start, "octal escape value \\%s outside of range 0-0o377", digits)
	}
	return rune(n), nil
}

// character parses an escape that stands for one character; after a zero come at most zeros more octal digits.
func (p *parser) character(c rune, start, zeros int) (rune, error) {
	switch c {
	case 'a':
		return '\a', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'v':
		return '\v', nil
	case 'x':
		return p.hex(2, start)
	case 'u':
		return p.hex(4, start)
	case 'U':
		return p.hex(8, start)
	case 'N':
		return p.byCharacterName(start)
	case '0':
		return p.octalCharacter("0"+p.digits(octal, zeros), start)
	}
	if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
		return 0, p.failf(start, "bad escape \\%c", c)
	}
	return c, nil
}

func (p *parser) hex(n, start int) (rune, error) {
	digits := p.digits(hexadecimal, n)
	if len(digits) != n {
		return 0, p.failf(start, "incomplete escape %s", p.text[start:p.pos])
	}
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, p.failf(start, "bad escape %s", p.text[start:p.pos])
	}
	return rune(v), nil
}

// byCharacterName parses \N{name}. Only the names of printable ASCII characters are known.
func (p *parser) byCharacterName(start int) (rune, error) {
	if !p.accept('{') {
		return 0, p.failf(start, "missing { behind \\N")
	}
	name, err := p.until('}')
	if err != nil {
		return 0, err
	}
	r, ok := characterNamed(strings.ToUpper(name))
	if !ok {
		return 0, p.failf(start, "the character name %q is not known; only those of ASCII are, write others as \\uXXXX", name)
	}
	return r, nil
}

// class parses a set; its opening bracket is behind us.
func (p *parser) class(s scope, start int) (node, error) {
	set := &set{fold: s.has(IgnoreCase), not: p.accept('^')}
	for empty := true; ; empty = false {
		c, ok := p.next()
		if !ok {
			return nil, p.failf(start, "unterminated character set")
		}
		if c == ']' && !empty {
			break
		}
		lo, err := p.member(c, s)
		if err != nil {
			return nil, err
		}
		if !p.accept('-') {
			set.put(lo)
			continue
		}
		end, err := p.rangeEnd(set, lo, start, s)
		if err != nil {
			return nil, err
		}
		if end {
			break
		}
	}
	if s.has(ASCII) && set.fold {
		set.foldASCII()
	}
	set.finish()
	return &class{set}, nil
}

// classMember is one character of a set, or a category.
type classMember struct {
	r        rune
	category *category
}

func (s *set) put(m classMember) {
	if m.category != nil {
		s.categories = append(s.categories, *m.category)
		return
	}
	s.add(m.r, m.r)
}

// rangeEnd parses what follows a minus in a set; end is true if that was the end of the set.
func (p *parser) rangeEnd(set *set, lo classMember, start int, s scope) (end bool, err error) {
	c, ok := p.next()
	switch {
	case !ok:
		return false, p.failf(start, "unterminated character set")
	case c == ']':
		set.put(lo)
		set.add('-', '-')
		return true, nil
	}
	hi, err := p.member(c, s)
	if err != nil {
		return false, err
	}
	if lo.category != nil || hi.category != nil || hi.r < lo.r {
		return false, p.failf(start, "bad character range")
	}
	set.add(lo.r, hi.r)
	return false, nil
}

func (p *parser) member(c rune, s scope) (classMember, error) {
	if c != '\\' {
		return classMember{r: c}, nil
	}
	start := p.pos - 1
	c, ok := p.next()
	if !ok {
		return classMember{}, p.failf(start, "bad escape (end of pattern)")
	}
	switch {
	case c == 'b':
		return classMember{r: '\b'}, nil
	case strings.ContainsRune("dDsSwW", c):
		cat := newCategory(c, s)
		return classMember{category: &cat}, nil
	case '0' <= c && c <= '7':
		r, err := p.octalCharacter(string(c)+p.digits(octal, 2), start)
		return classMember{r: r}, err
	}
	r, err := p.character(c, start, 0)
	return classMember{r: r}, err
}

// foldASCII adds the other case of ASCII letters, which is all that folds there, and ends folding.
func (s *set) foldASCII() {
	s.fold = false
	for i, n := 0, len(s.ranges); i < n; i += 2 {
		for r := max(s.ranges[i], 'A'); r <= min(s.ranges[i+1], 'z'); r++ {
			if r <= 'Z' || r >= 'a' {
				s.add(r^0x20, r^0x20)
			}
		}
	}
}
