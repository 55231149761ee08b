package pyre

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
)

// Flags are those of Python's re, with Python's numbers.
type Flags int

// The flags that mean something here; as in Python, others mean nothing.
const (
	IgnoreCase Flags = 2
	Locale     Flags = 4
	Multiline  Flags = 8
	DotAll     Flags = 16
	Unicode    Flags = 32
	Verbose    Flags = 64
	ASCII      Flags = 256
)

const typeFlags = ASCII | Locale | Unicode

// Pattern is a compiled expression. It is immutable and safe for concurrent use.
type Pattern struct {
	text   string
	prog   []inst
	prefix string // what every match begins with
	groups int    // how many there are, the whole match not counted
	loops  int
	// linear makes an expression that matches the same without backtracking; it returns nil if there is none.
	linear func() *regexp.Regexp
}

// SyntaxError says what is wrong with a pattern.
type SyntaxError struct {
	// Pattern is its text and Offset the byte in it.
	Pattern string
	Offset  int
	Problem string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("regular expression %q, position %d: %s", e.Pattern, e.Offset, e.Problem)
}

// BoundError says that a match was given up.
type BoundError struct {
	Pattern string
	// Bound is the name of the bound, and Limit how high it is.
	Bound string
	Limit int
}

// Error implements error.
func (e *BoundError) Error() string {
	return fmt.Sprintf("regular expression %q needs more than %d %s on this text; "+
		"make the parts that repeat exclude each other, or give it a shorter text", e.Pattern, e.Limit, e.Bound)
}

// Compile parses a pattern. The error is a [*SyntaxError].
func Compile(text string, flags Flags) (*Pattern, error) {
	if err := checkFlags(text, flags); err != nil {
		return nil, err
	}
	tree, p, err := parse(text, flags)
	if err != nil {
		return nil, err
	}
	c := &compiler{pattern: &Pattern{text: text, groups: p.groups - 1}}
	c.compile(tree)
	c.emit(inst{op: opMatch})
	c.pattern.prefix = prefixOf(tree)
	c.pattern.linear = sync.OnceValue(func() *regexp.Regexp { return linear(tree) })
	return c.pattern, nil
}

func checkFlags(text string, flags Flags) error {
	switch {
	case flags&Locale != 0:
		return &SyntaxError{text, 0, "the flag LOCALE is only for bytes"}
	case flags&ASCII != 0 && flags&Unicode != 0:
		return &SyntaxError{text, 0, "the flags ASCII and UNICODE exclude each other"}
	}
	return nil
}

// String returns the text of the pattern.
func (p *Pattern) String() string { return p.text }

// Groups returns how many groups the pattern has.
func (p *Pattern) Groups() int { return p.groups }

// Match is a part of a text that a pattern matched.
type Match struct {
	text string
	// bounds are pairs of byte offsets, of the whole match first, then of the groups; -1 if a group took no part.
	bounds []int
}

// Text returns the whole match.
func (m Match) Text() string { return m.text[m.bounds[0]:m.bounds[1]] }

// Start and End return where in the text the match is, in bytes.
func (m Match) Start() int { return m.bounds[0] }

// End returns the offset behind the match.
func (m Match) End() int { return m.bounds[1] }

// Group returns what group i matched, counted from 1; ok is false if it took no part. Group 0 is the whole match.
func (m Match) Group(i int) (text string, ok bool) {
	from, to := m.bounds[2*i], m.bounds[2*i+1]
	if from < 0 || to < 0 {
		return "", false
	}
	return m.text[from:to], true
}

// FindAll returns all matches that do not overlap, from left to right (Python: finditer). The error is a [*BoundError].
func (p *Pattern) FindAll(text string) ([]Match, error) {
	found, err := p.backtrack(text)
	var bound *BoundError
	if errors.As(err, &bound) {
		if re := p.linear(); re != nil {
			return findLinear(re, text), nil
		}
	}
	return found, err
}

func (p *Pattern) backtrack(text string) ([]Match, error) {
	var found []Match
	m := newMachine(p, text)
	for at, advance := 0, false; ; {
		bounds, err := m.search(at, advance)
		if err != nil {
			return nil, err
		}
		if bounds == nil {
			return found, nil
		}
		found = append(found, Match{text, bounds})
		// An empty match may follow another one, but not at the same place.
		at, advance = bounds[1], bounds[0] == bounds[1]
	}
}
