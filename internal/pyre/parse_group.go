package pyre

import (
	"strconv"
	"strings"
)

// group parses what stands in parentheses; the opening one is behind us.
func (p *parser) group(s scope, first bool, start int) (n node, global bool, err error) {
	if !p.accept('?') {
		n, err = p.capture(s, "", start)
		return n, false, err
	}
	c, ok := p.next()
	if !ok {
		return nil, false, p.failf(p.pos, "unexpected end of pattern")
	}
	switch {
	case c == 'P':
		n, err = p.named(s, start)
	case c == ':':
		n, err = p.inside(s, start)
	case c == '#':
		err = p.comment(start)
	case c == '=' || c == '!' || c == '<':
		n, err = p.look(s, c, start)
	case c == '(':
		n, err = p.condition(s, start)
	case c == '>':
		if n, err = p.inside(s, start); err == nil {
			n = &atomic{n}
		}
	case c == '-' || flagOf(c) != 0:
		return p.flagGroup(s, first, c, start)
	default:
		err = p.failf(start+1, "unknown extension ?%c", c)
	}
	return n, false, err
}

// inside parses the body of a group and its end. What is in parentheses is one thing, even if it is a repeat.
func (p *parser) inside(s scope, start int) (node, error) {
	body, err := p.body(s, start)
	if err != nil {
		return nil, err
	}
	return &group{body: body}, nil
}

func (p *parser) body(s scope, start int) (node, error) {
	body, err := p.alternatives(s, false)
	if err == nil && !p.accept(')') {
		err = p.failf(start, "missing ), unterminated subpattern")
	}
	return body, err
}

func (p *parser) comment(start int) error {
	_, rest, ok := strings.Cut(p.text[p.pos:], ")")
	if !ok {
		return p.failf(start, "missing ), unterminated comment")
	}
	p.pos = len(p.text) - len(rest)
	return nil
}

// capture parses a group that remembers; its name is empty if it has none.
func (p *parser) capture(s scope, name string, start int) (node, error) {
	index := p.groups
	p.groups++
	p.widths = append(p.widths, [2]int{})
	if name != "" {
		if known, twice := p.byName[name]; twice {
			return nil, p.failf(start, "redefinition of group name %q as group %d; was group %d", name, index, known)
		}
		p.byName[name] = index
	}
	p.open[index] = true
	body, err := p.body(s, start)
	delete(p.open, index)
	if err != nil {
		return nil, err
	}
	p.widths[index][0], p.widths[index][1] = width(body)
	return &group{body, index}, nil
}

// named parses (?P<name>...) and (?P=name).
func (p *parser) named(s scope, start int) (node, error) {
	switch {
	case p.accept('<'):
		name, err := p.until('>')
		if err == nil && !isIdentifier(name) {
			err = p.failf(start, "bad character in group name %q", name)
		}
		if err != nil {
			return nil, err
		}
		return p.capture(s, name, start)
	case p.accept('='):
		name, err := p.until(')')
		if err != nil {
			return nil, err
		}
		index, ok := p.byName[name]
		if !ok {
			return nil, p.failf(start, "unknown group name %q", name)
		}
		return p.reference(s, index, start)
	}
	return nil, p.failf(start, "unknown extension ?P")
}

// reference makes a back-reference to a group that must be complete.
func (p *parser) reference(s scope, index, start int) (node, error) {
	if p.open[index] {
		return nil, p.failf(start, "cannot refer to an open group")
	}
	if err := p.checkBehind(index, start); err != nil {
		return nil, err
	}
	w := p.widths[index]
	return &backref{index, s.has(IgnoreCase), w[0], w[1]}, nil
}

// checkBehind refuses, inside a look-behind, a group that is defined in it.
func (p *parser) checkBehind(index, start int) error {
	if p.behind >= 0 && (p.open[index] || index >= p.behind) {
		return p.failf(start, "cannot refer to a group defined in the same lookbehind subpattern")
	}
	return nil
}

func (p *parser) look(s scope, c rune, start int) (node, error) {
	n := &look{}
	if c == '<' {
		n.behind = true
		var ok bool
		if c, ok = p.next(); !ok || c != '=' && c != '!' {
			return nil, p.failf(start+1, "unknown extension ?<; a group with a name is (?P<name>...)")
		}
		if p.behind < 0 {
			p.behind = p.groups
			defer func() { p.behind = -1 }()
		}
	}
	n.not = c == '!'
	var err error
	if n.body, err = p.body(s, start); err != nil {
		return nil, err
	}
	if lo, hi := width(n.body); n.behind && lo != hi {
		return nil, p.failf(start, "look-behind requires fixed-width pattern")
	}
	return n, nil
}

// condition parses (?(group)yes|no).
func (p *parser) condition(s scope, start int) (node, error) {
	name, err := p.until(')')
	if err != nil {
		return nil, err
	}
	index, ok := p.byName[name]
	if !ok {
		if isIdentifier(name) {
			return nil, p.failf(start, "unknown group name %q", name)
		}
		if index, err = strconv.Atoi(name); err != nil || index <= 0 {
			return nil, p.failf(start, "bad group number %q", name)
		}
		if _, asked := p.tested[index]; !asked {
			p.tested[index] = start
		}
	}
	if err := p.checkBehind(index, start); err != nil {
		return nil, err
	}
	n := &condition{index: index, no: &seq{}}
	if n.yes, err = p.sequence(s, false); err != nil {
		return nil, err
	}
	if p.accept('|') {
		if n.no, err = p.sequence(s, false); err != nil {
			return nil, err
		}
	}
	switch c, _ := p.peek(); {
	case c == '|':
		return nil, p.failf(p.pos, "conditional backref with more than two branches")
	case !p.accept(')'):
		return nil, p.failf(start, "missing ), unterminated subpattern")
	}
	return n, nil
}

func flagOf(c rune) Flags {
	switch c {
	case 'i':
		return IgnoreCase
	case 'L':
		return Locale
	case 'm':
		return Multiline
	case 's':
		return DotAll
	case 'x':
		return Verbose
	case 'a':
		return ASCII
	case 'u':
		return Unicode
	default:
		return 0
	}
}

// flagGroup parses (?flags), which is for the whole pattern, or (?flags-flags:...).
func (p *parser) flagGroup(s scope, first bool, c rune, start int) (n node, global bool, err error) {
	var on, off Flags
	if c != '-' {
		if on, c, err = p.flagsOn(c); err != nil {
			return nil, false, err
		}
		if c == ')' {
			return nil, true, p.globalFlags(s, first, on, start)
		}
	}
	if c == '-' {
		if off, err = p.flagsOff(); err != nil {
			return nil, false, err
		}
	}
	if on&off != 0 {
		return nil, false, p.failf(start, "bad inline flags: flag turned on and off")
	}
	if on&typeFlags != 0 {
		s.flags &^= typeFlags
	}
	s.flags = (s.flags | on) &^ off
	s.verbose = (s.verbose || on&Verbose != 0) && off&Verbose == 0
	n, err = p.inside(s, start)
	return n, false, err
}

func (p *parser) globalFlags(s scope, first bool, on Flags, start int) error {
	if !first {
		return p.failf(start, "global flags not at the start of the expression")
	}
	p.flags |= on
	if p.flags&ASCII != 0 && p.flags&Unicode != 0 {
		return p.failf(start, "the flags ASCII and UNICODE exclude each other")
	}
	if p.flags&Verbose != 0 && !s.verbose {
		return errVerbose
	}
	return nil
}

// flagsOn parses flags from c on, and returns what stands behind them.
func (p *parser) flagsOn(c rune) (on Flags, end rune, err error) {
	for {
		f := flagOf(c)
		switch {
		case f == 0:
			return 0, 0, p.failf(p.pos, "unknown flag, or missing -, : or )")
		case f == Locale:
			return 0, 0, p.failf(p.pos, "bad inline flags: cannot use 'L' flag with a str pattern")
		}
		on |= f
		if f&typeFlags != 0 && on&typeFlags != f {
			return 0, 0, p.failf(p.pos, "bad inline flags: flags 'a', 'u' and 'L' are incompatible")
		}
		c, _ = p.next()
		if c == ')' || c == '-' || c == ':' {
			return on, c, nil
		}
	}
}

func (p *parser) flagsOff() (off Flags, err error) {
	for {
		c, _ := p.next()
		f := flagOf(c)
		switch {
		case c == ':' && off != 0:
			return off, nil
		case f == 0:
			return 0, p.failf(p.pos, "unknown flag, or missing flag or :")
		case f&typeFlags != 0:
			return 0, p.failf(p.pos, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
		}
		off |= f
	}
}
