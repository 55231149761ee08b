package prompt

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/value"
)

// errNoPython says that a text is no Python that can be read here.
var errNoPython = errors.New("this is no Python")

type pyKind uint8

const (
	pyEnd pyKind = iota
	pyLine
	pyName
	pyNumber
	pyString
	pyOperator
)

// pyToken is a piece of Python. Of a number or a string, value is what it says; it is null if JSON has no such value.
type pyToken struct {
	kind  pyKind
	text  string
	value value.Value
}

// pyLexer splits a text into pieces. Within brackets an end of a line means nothing.
type pyLexer struct {
	rest  string
	depth int
	out   []pyToken
}

func lexPython(text string) ([]pyToken, error) {
	l := &pyLexer{rest: strings.TrimSpace(text)}
	for l.rest != "" {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	return append(l.out, pyToken{kind: pyEnd}), nil
}

func (l *pyLexer) take(kind pyKind, n int) {
	l.out = append(l.out, pyToken{kind: kind, text: l.rest[:n]})
	l.rest = l.rest[n:]
}

func (l *pyLexer) next() error {
	c := l.rest[0]
	switch {
	case c == '\n' || c == '\r':
		l.rest = strings.TrimLeft(l.rest, "\r\n")
		if l.depth == 0 {
			l.out = append(l.out, pyToken{kind: pyLine})
		}
		if l.depth == 0 && l.rest != "" && (l.rest[0] == ' ' || l.rest[0] == '\t') {
			l.rest = strings.TrimLeft(l.rest, " \t")
			if l.rest != "" && !strings.ContainsRune("#\r\n", rune(l.rest[0])) {
				return errNoPython // an indentation that nothing asks for
			}
		}
	case c == ' ' || c == '\t' || c == '\f':
		l.rest = l.rest[1:]
	case c == '#':
		end := strings.IndexAny(l.rest, "\r\n")
		if end < 0 {
			end = len(l.rest)
		}
		l.rest = l.rest[end:]
	case strings.HasPrefix(l.rest, "\\\n"):
		l.rest = l.rest[2:]
	case c >= '0' && c <= '9' || c == '.' && len(l.rest) > 1 && l.rest[1] >= '0' && l.rest[1] <= '9':
		return l.number()
	default:
		if done, err := l.quoted(); done || err != nil {
			return err
		}
		if n := identifier(l.rest); n > 0 {
			l.take(pyName, n)
			return nil
		}
		return l.operator()
	}
	return nil
}

// identifier returns the length of the name at the beginning of a text.
func identifier(text string) int {
	n := 0
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		if r != '_' && !unicode.IsLetter(r) && (n == 0 || !unicode.IsDigit(r)) || r == utf8.RuneError {
			break
		}
		n += size
	}
	return n
}

// pyOperators are all that can stand in expressions, longest first.
var pyOperators = []string{
	"**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=",
	"+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=",
}

func (l *pyLexer) operator() error {
	for _, op := range pyOperators {
		if !strings.HasPrefix(l.rest, op) {
			continue
		}
		switch op {
		case "(", "[", "{":
			l.depth++
		case ")", "]", "}":
			l.depth--
		}
		l.take(pyOperator, len(op))
		return nil
	}
	return errNoPython
}

func (l *pyLexer) number() error {
	n := 0
	for n < len(l.rest) {
		c := l.rest[n]
		sign := (c == '+' || c == '-') && (l.rest[n-1] == 'e' || l.rest[n-1] == 'E') && !strings.HasPrefix(strings.ToLower(l.rest), "0x")
		if c != '.' && c != '_' && !sign && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		n++
	}
	text := l.rest[:n]
	t := pyToken{kind: pyNumber, text: text}
	clean := strings.ToLower(text)
	based := strings.HasPrefix(clean, "0x") || strings.HasPrefix(clean, "0o") || strings.HasPrefix(clean, "0b")
	if strings.HasSuffix(clean, "j") && !based { // an imaginary number, which stays as it is written
		l.rest = l.rest[n:]
		l.out = append(l.out, t)
		return nil
	}
	if based {
		i, err := strconv.ParseInt(clean, 0, 64)
		if err != nil {
			return errNoPython
		}
		t.value = value.Int(i)
	} else {
		v, err := pyDecimal(clean)
		if err != nil {
			return err
		}
		t.value = v
	}
	l.rest = l.rest[n:]
	l.out = append(l.out, t)
	return nil
}

// pyDecimal reads a number that is written in tens.
func pyDecimal(text string) (value.Value, error) {
	want := value.IntegerType
	if strings.ContainsAny(text, ".e") {
		want = value.NumberType
	} else if len(text) > 1 && text[0] == '0' && strings.Trim(text, "0_") != "" {
		return value.Null, errNoPython // Python wants 0o
	}
	if strings.Trim(text, "0123456789._e+-") != "" {
		return value.Null, errNoPython
	}
	v, ok := value.ParseText(value.String(text), want)
	if !ok {
		return value.Null, errNoPython
	}
	return v, nil
}

// quoted reads a string, if one begins here. What is no plain text, bytes and strings with expressions in them, stays as
// it is written.
func (l *pyLexer) quoted() (done bool, err error) {
	n := 0
	for n < 2 && n < len(l.rest) && strings.ContainsRune("rRbBuUfF", rune(l.rest[n])) {
		n++
	}
	if n >= len(l.rest) || l.rest[n] != '\'' && l.rest[n] != '"' {
		return false, nil
	}
	prefix := strings.ToLower(l.rest[:n])
	quote := l.rest[n : n+1]
	if strings.HasPrefix(l.rest[n:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	begin := n + len(quote)
	end := begin
	for !strings.HasPrefix(l.rest[end:], quote) {
		if end >= len(l.rest) || len(quote) == 1 && l.rest[end] == '\n' {
			return true, errNoPython
		}
		if l.rest[end] == '\\' && end+1 < len(l.rest) {
			end++
		}
		end++
		if end > len(l.rest) {
			return true, errNoPython
		}
	}
	t := pyToken{kind: pyString, text: l.rest[:end+len(quote)]}
	inner := strings.ReplaceAll(l.rest[begin:end], "\r\n", "\n")
	switch prefix {
	case "", "u":
		text, ok := pyUnescape(inner)
		if !ok {
			return true, errNoPython
		}
		t.value = value.String(text)
	case "r":
		t.value = value.String(inner)
	default:
		if !strings.ContainsAny(inner, "\\'\"\n") {
			t.text = prefix + "'" + inner + "'"
		}
	}
	l.rest = l.rest[end+len(quote):]
	l.out = append(l.out, t)
	return true, nil
}

var pyEscapes = map[byte]string{
	'\n': "", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// pyUnescape replaces the escapes of a string. Those that Python does not know stay as they are.
func pyUnescape(text string) (string, bool) {
	if !strings.Contains(text, `\`) {
		return text, true
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		if s, ok := pyEscapes[text[i]]; ok {
			b.WriteString(s)
			continue
		}
		digits, base := 0, 16
		switch c := text[i]; {
		case c == 'x':
			digits = 2
		case c == 'u':
			digits = 4
		case c == 'U':
			digits = 8
		case c == 'N':
			return "", false // a character by its name
		case c >= '0' && c <= '7':
			n := 1
			for n < 3 && i+n < len(text) && text[i+n] >= '0' && text[i+n] <= '7' {
				n++
			}
			i, digits, base = i-1, n, 8
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
			continue
		}
		if i+1+digits > len(text) {
			return "", false
		}
		code, err := strconv.ParseUint(text[i+1:i+1+digits], base, 32)
		if err != nil || code > unicode.MaxRune {
			return "", false
		}
		b.WriteRune(rune(code))
		i += digits
	}
	return b.String(), true
}
