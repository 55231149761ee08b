package pyre

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNesting bounds how deep groups may nest; Python's own recursion ends not much later.
const maxNesting = 500

// maxRepeat is the highest count of a repeat that can be written.
const maxRepeat = 1<<32 - 1

// parser reads a pattern as Python's re/_parser.py does, by the same rules and with the same refusals.
type parser struct {
	text  string
	pos   int
	flags Flags // the global ones
	// groups is the number that the next group gets.
	groups int
	open   map[int]bool
	byName map[string]int
	widths [][2]int // of the groups that are complete
	// behind is the number of groups there were when the outermost look-behind began; -1 outside of one.
	behind  int
	tested  map[int]int // groups that conditions ask for, with the place
	nesting int
}

// errVerbose asks for another start, with the flag that the pattern turned out to have.
var errVerbose = errors.New("the pattern is verbose")

func parse(text string, flags Flags) (node, *parser, error) {
	p := &parser{
		text: text, flags: flags, groups: 1, open: map[int]bool{}, byName: map[string]int{},
		widths: make([][2]int, 1), behind: -1, tested: map[int]int{},
	}
	if !utf8.ValidString(text) {
		return nil, nil, p.failf(0, "it is not valid UTF-8")
	}
	n, err := p.alternatives(scope{flags: flags, verbose: flags&Verbose != 0}, true)
	if errors.Is(err, errVerbose) {
		return parse(text, p.flags|Verbose)
	}
	if err == nil && p.pos < len(text) {
		err = p.failf(p.pos, "unbalanced parenthesis")
	}
	for index, pos := range p.tested {
		if err == nil && index >= p.groups {
			err = p.failf(pos, "there is no group %d", index)
		}
	}
	return n, p, err
}

// scope is what applies to a part of a pattern.
type scope struct {
	flags   Flags
	verbose bool
}

func (s scope) has(f Flags) bool { return s.flags&f != 0 }

func (p *parser) failf(pos int, format string, args ...interface{}) error {
	return &SyntaxError{p.text, pos, fmt.Sprintf(format, args...)}
}

// peek returns the next character; 0 and false at the end.
func (p *parser) peek() (rune, bool) {
	if p.pos >= len(p.text) {
		return 0, false
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return r, true
}

func (p *parser) next() (rune, bool) {
	r, ok := p.peek()
	if ok {
		p.pos += utf8.RuneLen(r)
	}
	return r, ok
}

// accept takes the next character if it is r.
func (p *parser) accept(r rune) bool {
	if c, ok := p.peek(); ok && c == r {
		p.next()
		return true
	}
	return false
}

// digits takes characters of a set of ASCII ones, at most n; all if n is negative.
func (p *parser) digits(set string, n int) string {
	from := p.pos
	for p.pos < len(p.text) && n != 0 && strings.IndexByte(set, p.text[p.pos]) >= 0 {
		p.pos++
		n--
	}
	return p.text[from:p.pos]
}

// until takes a name up to its end.
func (p *parser) until(end byte) (string, error) {
	name, _, ok := strings.Cut(p.text[p.pos:], string(end))
	switch {
	case !ok:
		return "", p.failf(p.pos, "missing %c, unterminated name", end)
	case name == "":
		return "", p.failf(p.pos, "missing group name")
	}
	p.pos += len(name) + 1
	return name, nil
}

func (p *parser) alternatives(s scope, first bool) (node, error) {
	if p.nesting++; p.nesting > maxNesting {
		return nil, p.failf(p.pos, "groups nest deeper than %d levels", maxNesting)
	}
	defer func() { p.nesting-- }()
	var parts []node
	for {
		n, err := p.sequence(s, first && len(parts) == 0)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
		if !p.accept('|') {
			break
		}
		if first { // global flags stand before everything, the alternatives too
			s.flags |= p.flags
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return &alt{parts}, nil
}

// sequence parses up to the next | or ).
func (p *parser) sequence(s scope, first bool) (node, error) {
	var parts []node
	for {
		c, ok := p.peek()
		if !ok || c == '|' || c == ')' {
			break
		}
		if s.verbose && p.skipBlank() {
			continue
		}
		if strings.ContainsRune("*+?{", c) {
			done, err := p.repeat(&parts)
			if err != nil {
				return nil, err
			}
			if done {
				continue
			}
		}
		n, global, err := p.item(s, first && len(parts) == 0)
		if err != nil {
			return nil, err
		}
		if global { // only ever before everything else
			s.flags |= p.flags
			continue
		}
		if n != nil {
			parts = append(parts, n)
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return &seq{parts}, nil
}

// skipBlank skips what a verbose pattern has for people.
func (p *parser) skipBlank() bool {
	c := p.text[p.pos]
	switch {
	case c == ' ' || '\t' <= c && c <= '\r':
		p.pos++
		return true
	case c == '#':
		if _, rest, ok := strings.Cut(p.text[p.pos:], "\n"); ok {
			p.pos = len(p.text) - len(rest)
		} else {
			p.pos = len(p.text)
		}
		return true
	}
	return false
}

// repeat parses *, +, ? or {m,n}, which apply to the last of parts. It returns false for a { that is only a character.
func (p *parser) repeat(parts *[]node) (done bool, err error) {
	start := p.pos
	r := &repeat{max: -1}
	switch c, _ := p.next(); c {
	case '+':
		r.min = 1
	case '?':
		r.max = 1
	case '{':
		if ok, err := p.bounds(r, start); !ok {
			p.pos = start
			return false, err
		}
	}
	if len(*parts) == 0 {
		return false, p.failf(start, "nothing to repeat")
	}
	last := &(*parts)[len(*parts)-1]
	switch (*last).(type) {
	case *at:
		return false, p.failf(start, "nothing to repeat")
	case *repeat:
		return false, p.failf(start, "multiple repeat")
	}
	r.body = *last
	switch {
	case p.accept('?'):
		r.mode = lazy
	case p.accept('+'):
		r.mode = possessive
	}
	*last = r
	return true, nil
}

// bounds parses {m}, {m,}, {,n} or {m,n} behind the brace; ok is false if it is none of them.
func (p *parser) bounds(r *repeat, start int) (ok bool, err error) {
	if c, _ := p.peek(); c == '}' {
		return false, nil
	}
	lo := p.digits(decimal, -1)
	hi := lo
	if p.accept(',') {
		hi = p.digits(decimal, -1)
	}
	if !p.accept('}') {
		return false, nil
	}
	if r.min, err = p.count(lo, 0, start); err != nil {
		return false, err
	}
	if r.max, err = p.count(hi, -1, start); err != nil {
		return false, err
	}
	if r.max >= 0 && r.max < r.min {
		return false, p.failf(start, "min repeat greater than max repeat")
	}
	return true, nil
}

func (p *parser) count(digits string, absent, pos int) (int, error) {
	if digits == "" {
		return absent, nil
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n >= maxRepeat {
		return 0, p.failf(pos, "the repetition number is too large")
	}
	return int(min(n, unlimited)), nil
}

// item parses one thing that can be repeated. It is nil for a comment; global is true for flags of the whole pattern.
func (p *parser) item(s scope, first bool) (n node, global bool, err error) {
	start := p.pos
	switch c, _ := p.next(); c {
	case '\\':
		n, err = p.escape(s, start)
	case '[':
		n, err = p.class(s, start)
	case '.':
		n = &any{newline: s.has(DotAll)}
	case '^':
		n = &at{opStart}
		if s.has(Multiline) {
			n = &at{opLineStart}
		}
	case '$':
		n = &at{opEnd}
		if s.has(Multiline) {
			n = &at{opLineEnd}
		}
	case '(':
		return p.group(s, first, start)
	default:
		n = newLiteral(c, s)
	}
	return n, false, err
}

func newLiteral(r rune, s scope) node {
	if s.has(IgnoreCase) && s.has(ASCII) {
		set := &set{ranges: []rune{r, r}}
		set.foldASCII()
		set.finish()
		return &class{set}
	}
	return &literal{r, s.has(IgnoreCase) && nextFold(r) != r}
}

// isIdentifier is Python's str.isidentifier, as far as names of groups go.
func isIdentifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)) {
			return false
		}
	}
	return name != ""
}
