// Package jsonscan reads JSON text token by token, for parsers that want more than encoding/json gives: the order of
// keys, every digit of a number, and the place where each thing stands. It is strict (RFC 8259), and keeps nothing of
// its input alive but the strings it hands out.
package jsonscan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Scanner walks over JSON text. Each method expects a certain token next and skips white space before it.
type Scanner struct {
	data []byte
	pos  int
	seen *[internSlots]string // texts handed out lately
}

// New returns a scanner over data, which must not change while it is in use.
func New(data []byte) *Scanner { return &Scanner{data: data} }

// Error is a syntax error, with the byte offset where it was found.
type Error struct {
	Offset  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Offset returns how far the scanner has read, in bytes.
func (s *Scanner) Offset() int { return s.pos }

// Errorf returns an error at the place where the scanner stands.
func (s *Scanner) Errorf(format string, args ...any) error {
	return &Error{Offset: s.pos, Message: fmt.Sprintf(format, args...)}
}

// Peek skips white space and returns the first byte of the next token, or 0 at the end of the text.
func (s *Scanner) Peek() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// End reports an error unless only white space is left.
func (s *Scanner) End() error {
	if s.Peek() != 0 || s.pos < len(s.data) {
		return s.unexpected("the end of the text")
	}
	return nil
}

// Expect consumes the delimiter c.
func (s *Scanner) Expect(c byte) error {
	if s.Peek() != c {
		return s.unexpected(strconv.QuoteRune(rune(c)))
	}
	s.pos++
	return nil
}

// More reports whether another member or item follows, and consumes the comma before it (first: there is none) or the
// closing delimiter.
func (s *Scanner) More(first bool, closing byte) (bool, error) {
	c := s.Peek()
	if c == closing {
		s.pos++
		return false, nil
	}
	if first {
		return true, nil
	}
	if c != ',' {
		return false, s.unexpected("a comma or " + strconv.QuoteRune(rune(closing)))
	}
	s.pos++
	if s.Peek() == closing {
		return false, s.unexpected("another entry after the comma")
	}
	return true, nil
}

// Word consumes one of true, false and null.
func (s *Scanner) Word(word string) error {
	end := s.pos + len(word)
	if end > len(s.data) || string(s.data[s.pos:end]) != word || end < len(s.data) && isWord(s.data[end]) {
		return s.unexpected("a value")
	}
	s.pos = end
	return nil
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// Number consumes a number and returns its text; integer is true if it has neither a fraction nor an exponent.
func (s *Scanner) Number() (text []byte, integer bool, err error) {
	start := s.pos
	integer = true
	if s.at('-') {
		s.pos++
	}
	switch {
	case s.at('0'):
		s.pos++
	case !s.digits():
		return nil, false, s.unexpected("a value")
	}
	if s.at('.') {
		s.pos++
		integer = false
		if !s.digits() {
			return nil, false, s.unexpected("a digit")
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		integer = false
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if !s.digits() {
			return nil, false, s.unexpected("a digit")
		}
	}
	if s.pos < len(s.data) && isWord(s.data[s.pos]) {
		return nil, false, s.unexpected("the end of the number")
	}
	return s.data[start:s.pos], integer, nil
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

func (s *Scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}

// String consumes a string and returns its text.
func (s *Scanner) String() (string, error) {
	if s.Peek() != '"' {
		return "", s.unexpected("a string")
	}
	start := s.pos + 1
	if n := bytes.IndexByte(s.data[start:], '"'); n >= 0 {
		if text := s.data[start : start+n]; isPlain(text) {
			s.pos = start + n + 1
			return s.intern(text), nil
		}
	}
	return s.stringFrom(start)
}

// isPlain reports whether a string consists of printable ASCII without escapes. It looks at eight bytes at once.
func isPlain(b []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		slash := w ^ (ones * '\\') // zero where there is a backslash
		if (w|(w-ones*' ')|(slash-ones)&^slash)&highs != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c >= utf8.RuneSelf || c == '\\' {
			return false
		}
	}
	return true
}

// Short texts are often repeated, keys above all. Those no longer than maxInterned are looked up among the last ones
// seen, if the text is long enough to pay for the table.
const (
	maxInterned  = 24
	internSlots  = 256
	internedFrom = 2048
)

func (s *Scanner) intern(b []byte) string {
	if len(b) == 0 || len(b) > maxInterned || len(s.data) < internedFrom {
		return string(b)
	}
	if s.seen == nil {
		s.seen = new([internSlots]string)
	}
	h := uint32(len(b))
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	slot := &s.seen[(h^h>>16)%internSlots]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// stringFrom reads a string that may hold anything.
func (s *Scanner) stringFrom(start int) (string, error) {
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return validUTF8(s.data[start:i]), nil
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			s.pos = i
			return "", s.Errorf("a control character in a string; write it as \\u%04x", c)
		}
	}
	s.pos = len(s.data)
	return "", s.Errorf("the string that began at byte %d has no end", start-1)
}

// validUTF8 replaces invalid bytes by U+FFFD, as encoding/json does.
func validUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}

// escaped goes on with a string in which a backslash was found at i.
func (s *Scanner) escaped(start, i int) (string, error) {
	out := append(make([]byte, 0, i-start+32), s.data[start:i]...)
	for i < len(s.data) {
		c := s.data[i]
		switch {
		case c == '"':
			s.pos = i + 1
			return validUTF8(out), nil
		case c < ' ':
			s.pos = i
			return "", s.Errorf("a control character in a string; write it as \\u%04x", c)
		case c != '\\':
			n := plainRun(s.data[i:])
			out = append(out, s.data[i:i+n]...)
			i += n
		default:
			s.pos = i
			var err error
			if out, err = s.escape(out); err != nil {
				return "", err
			}
			i = s.pos
		}
	}
	s.pos = len(s.data)
	return "", s.Errorf("the string that began at byte %d has no end", start-1)
}

// plainRun returns how many bytes there are before something special.
func plainRun(b []byte) int {
	for i, c := range b {
		if c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return len(b)
}

// simpleEscapes holds what follows a backslash, and simpleMeanings what it stands for.
const (
	simpleEscapes  = "\"\\/bfnrt"
	simpleMeanings = "\"\\/\b\f\n\r\t"
)

// escape appends what the escape sequence at the scanner's place stands for.
func (s *Scanner) escape(out []byte) ([]byte, error) {
	if s.pos+1 >= len(s.data) {
		return nil, s.Errorf("the text ends inside an escape sequence")
	}
	c := s.data[s.pos+1]
	if i := strings.IndexByte(simpleEscapes, c); i >= 0 {
		s.pos += 2
		return append(out, simpleMeanings[i]), nil
	}
	r := s.hex4(s.pos)
	if r < 0 {
		return nil, s.Errorf("an unknown escape sequence in a string")
	}
	s.pos += 6
	if utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, s.hex4(s.pos)); pair != utf8.RuneError {
			s.pos += 6
			return utf8.AppendRune(out, pair), nil
		}
		r = utf8.RuneError
	}
	return utf8.AppendRune(out, r), nil
}

// hex4 reads the escape \uXXXX at i, or returns -1 if there is none.
func (s *Scanner) hex4(i int) rune {
	if i+6 > len(s.data) || s.data[i] != '\\' || s.data[i+1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(s.data[i+2:i+6]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}

func (s *Scanner) unexpected(want string) error {
	if s.pos >= len(s.data) {
		return s.Errorf("the text ends where %s was expected", want)
	}
	r, _ := utf8.DecodeRune(s.data[s.pos:])
	return s.Errorf("%q stands where %s was expected", r, want)
}
