package jinja

import (
	"strings"
	"unicode/utf8"
)

// kind is the type of a token.
type kind uint8

const (
	tokEOF kind = iota
	tokData
	tokVariableBegin
	tokVariableEnd
	tokBlockBegin
	tokBlockEnd
	tokName
	tokString
	tokInteger
	tokFloat
	tokOperator
)

// token is a word of the template. Operators and names are told apart by their text.
type token struct {
	kind kind
	text string // name, operator, data, or the value of a string
	num  val    // value of an integer or float
	pos  int
}

// describe names a token in messages (reference: describe_token).
func (t token) describe() string {
	switch t.kind {
	case tokEOF:
		return "end of template"
	case tokData:
		return "template data / text"
	case tokVariableBegin:
		return "begin of print statement"
	case tokVariableEnd:
		return "end of print statement"
	case tokBlockBegin:
		return "begin of statement block"
	case tokBlockEnd:
		return "end of statement block"
	case tokString:
		return "string"
	case tokInteger:
		return "integer"
	case tokFloat:
		return "float"
	default:
		return t.text
	}
}

// is reports whether t is the given operator.
func (t token) is(op string) bool { return t.kind == tokOperator && t.text == op }

// named reports whether t is the given name.
func (t token) named(name string) bool { return t.kind == tokName && t.text == name }

// lexer cuts a template into tokens on demand, so that errors come in the order of the text.
type lexer struct {
	src     *source
	pos     int
	state   lexState
	closers []byte // what closes the open brackets, innermost last
	pending []token
}

type lexState uint8

const (
	lexRoot lexState = iota
	lexVariable
	lexBlock
)

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// newLexer prepares text as the reference does: newlines become "\n" and a single trailing one is dropped.
func newLexer(text string) *lexer {
	text = newlines.Replace(text)
	return &lexer{src: &source{strings.TrimSuffix(text, "\n")}}
}

// next returns the next token.
func (lx *lexer) next() (token, error) {
	for len(lx.pending) == 0 {
		var err error
		if lx.pos >= len(lx.src.text) {
			return token{kind: tokEOF, pos: lx.pos}, nil
		}
		if lx.state == lexRoot {
			err = lx.root()
		} else {
			err = lx.code()
		}
		if err != nil {
			return token{}, err
		}
	}
	t := lx.pending[0]
	lx.pending = lx.pending[1:]
	return t, nil
}

func (lx *lexer) emit(k kind, text string, pos int) {
	lx.pending = append(lx.pending, token{kind: k, text: text, pos: pos})
}

// space is Python's \s for text.
const space = `[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]`

var (
	rawBegin   = pattern(`^\{%([-+]?)` + space + `*raw` + space + `*(?:-%\}` + space + `*|%\})`)
	rawEnd     = pattern(`\{%([-+]?)` + space + `*endraw` + space + `*(?:\+%\}|-%\}` + space + `*|%\})`)
	commentEnd = pattern(`\+#\}|-#\}` + space + `*|#\}`)
)

// root reads text up to the next tag and enters it.
func (lx *lexer) root() error {
	rest := lx.src.text[lx.pos:]
	i := nextTag(rest)
	if i < 0 {
		lx.emit(tokData, rest, lx.pos)
		lx.pos = len(lx.src.text)
		return nil
	}
	if m := rawBegin().FindStringSubmatchIndex(rest[i:]); m != nil {
		lx.data(rest[:i], rest[i+m[2]:i+m[3]])
		lx.pos += i + m[1]
		return lx.raw()
	}
	size := 2
	sign := ""
	if i+2 < len(rest) && (rest[i+2] == '-' || rest[i+2] == '+') {
		sign = rest[i+2 : i+3]
		size = 3
	}
	lx.data(rest[:i], sign)
	begin := lx.pos + i
	lx.pos = begin + size
	switch rest[i+1] {
	case '#':
		return lx.comment(begin)
	case '{':
		lx.emit(tokVariableBegin, "", begin)
		lx.state = lexVariable
	default:
		lx.emit(tokBlockBegin, "", begin)
		lx.state = lexBlock
	}
	return nil
}

// nextTag finds the start of the first tag, or returns -1.
func nextTag(s string) int {
	for i := 0; ; i++ {
		j := strings.IndexByte(s[i:], '{')
		if j < 0 || i+j+1 >= len(s) {
			return -1
		}
		i += j
		if c := s[i+1]; c == '{' || c == '%' || c == '#' {
			return i
		}
	}
}

// data emits the text before a tag; a minus in the tag strips the white space in between.
func (lx *lexer) data(text, sign string) {
	if sign == "-" {
		text = strings.TrimRightFunc(text, isSpace)
	}
	if text != "" {
		lx.emit(tokData, text, lx.pos)
	}
}

func (lx *lexer) comment(begin int) error {
	rest := lx.src.text[lx.pos:]
	m := commentEnd().FindStringIndex(rest)
	if m != nil {
		lx.pos += m[1]
		return nil
	}
	if rest == "" { // the reference lets a comment that opens at the very end pass
		return nil
	}
	return lx.src.fail("TemplateSyntaxError", begin, "Missing end of comment tag")
}

func (lx *lexer) raw() error {
	rest := lx.src.text[lx.pos:]
	m := rawEnd().FindStringSubmatchIndex(rest)
	if m == nil {
		if rest == "" {
			return nil
		}
		return lx.src.fail("TemplateSyntaxError", lx.pos, "Missing end of raw directive")
	}
	lx.data(rest[:m[0]], rest[m[2]:m[3]])
	lx.pos += m[1]
	return nil
}

// code reads the next token inside a tag.
func (lx *lexer) code() error {
	if len(lx.closers) == 0 && lx.tagEnd() {
		return nil
	}
	rest := lx.src.text[lx.pos:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case isSpace(r):
		lx.pos += size
		return nil
	case r >= '0' && r <= '9':
		return lx.number(rest)
	case isWordRune(r) || isMarkRune(r):
		return lx.name(rest)
	case r == '\'' || r == '"':
		return lx.string(rest)
	}
	return lx.operator(rest)
}

// tagEnd recognises the end of the tag, with the white space that a minus swallows.
func (lx *lexer) tagEnd() bool {
	end, k := "}}", tokVariableEnd
	if lx.state == lexBlock {
		end, k = "%}", tokBlockEnd
	}
	rest := lx.src.text[lx.pos:]
	size := len(end)
	switch {
	case strings.HasPrefix(rest, end):
	case strings.HasPrefix(rest, "-"+end):
		after := rest[size+1:]
		size += 1 + len(after) - len(strings.TrimLeftFunc(after, isSpace))
	case k == tokBlockEnd && strings.HasPrefix(rest, "+"+end):
		size++
	default:
		return false
	}
	lx.emit(k, "", lx.pos)
	lx.pos += size
	lx.state = lexRoot
	return true
}

func (lx *lexer) name(rest string) error {
	end := len(rest)
	for i, r := range rest {
		if !isWordRune(r) && !isMarkRune(r) {
			end = i
			break
		}
	}
	name := rest[:end]
	if !isIdentifier(name) {
		return lx.src.fail("TemplateSyntaxError", lx.pos, "Invalid character in identifier")
	}
	lx.emit(tokName, name, lx.pos)
	lx.pos += end
	return nil
}

const (
	twoByteOperators = "// ** == != >= <="
	oneByteOperators = "+-/*%~[](){}><=.:|,;"
)

func (lx *lexer) operator(rest string) error {
	size := 0
	switch {
	case len(rest) > 1 && rest[0] != ' ' && rest[1] != ' ' && strings.Contains(twoByteOperators, rest[:2]):
		size = 2
	case strings.IndexByte(oneByteOperators, rest[0]) >= 0:
		size = 1
	default:
		r, _ := utf8.DecodeRuneInString(rest)
		return lx.src.fail("TemplateSyntaxError", lx.pos, "unexpected char %s at %d", quote(string(r)), lx.pos)
	}
	op := rest[:size]
	if err := lx.balance(op); err != nil {
		return err
	}
	lx.emit(tokOperator, op, lx.pos)
	lx.pos += size
	return nil
}

// balance follows the brackets: a tag ends only where all are closed.
func (lx *lexer) balance(op string) error {
	switch op {
	case "{":
		lx.closers = append(lx.closers, '}')
	case "(":
		lx.closers = append(lx.closers, ')')
	case "[":
		lx.closers = append(lx.closers, ']')
	case "}", ")", "]":
		n := len(lx.closers) - 1
		if n < 0 {
			return lx.src.fail("TemplateSyntaxError", lx.pos, "unexpected '%s'", op)
		}
		want := lx.closers[n]
		lx.closers = lx.closers[:n]
		if want != op[0] {
			return lx.src.fail("TemplateSyntaxError", lx.pos, "unexpected '%s', expected '%c'", op, want)
		}
	}
	return nil
}
