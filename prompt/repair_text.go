package prompt

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/wayflow-go/wayflow/value"
)

func isAlnum(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }

func closingQuote(c rune) rune {
	if c == '“' {
		return '”'
	}
	return c
}

// literals are the words that stand for a value, whatever their case.
var literals = []struct {
	word string
	v    value.Value
}{{"true", value.Bool(true)}, {"false", value.Bool(false)}, {"null", value.Null}, {"none", value.Null}}

func (r *repairer) literal() (v value.Value, ok bool) {
	for _, l := range literals {
		n := len(l.word)
		if r.pos+n > len(r.text) || !strings.EqualFold(string(r.text[r.pos:r.pos+n]), l.word) {
			continue
		}
		if next := r.at(n); next == 0 || isBlank(next) || strings.ContainsRune(",)]}", next) {
			r.pos += n
			return l.v, true
		}
	}
	return value.Null, false
}

// number reads a number; what only looks like one, such as a date, is a text.
func (r *repairer) number(where place) value.Value {
	from := r.pos
	for c := r.at(0); strings.ContainsRune("0123456789-.eE/,_", c) && c != 0 || c == '+' && strings.ContainsRune("eE", r.at(-1)); c = r.at(0) {
		if c == ',' && where == inList {
			break
		}
		r.pos++
	}
	if unicode.IsLetter(r.at(0)) {
		r.pos = from
		return value.String(r.bare(where))
	}
	for r.pos > from && strings.ContainsRune("+-eE/,", r.at(-1)) {
		r.pos--
	}
	text := strings.ReplaceAll(string(r.text[from:r.pos]), "_", "")
	r.pos = max(r.pos, from+1)
	if v, ok := value.ParseText(value.String(text), value.IntegerType); ok {
		return v
	}
	if v, ok := value.ParseText(value.String(text), value.NumberType); ok {
		return v
	}
	return value.String(text)
}

// bare reads a text or a key without quotes.
func (r *repairer) bare(where place) string {
	from := r.pos
	for ; !r.end(); r.pos++ {
		c := r.at(0)
		switch {
		case where == isKey && (c == ':' || isBlank(c) || strings.ContainsRune(",{}[]", c)):
		case where == inList && (c == ',' || c == ']'):
		case where == inObject && (c == '}' || c == ',' && r.commaEnds()):
		case where == inObject && c == ']' && r.lists > 0:
		default:
			continue
		}
		break
	}
	text := strings.TrimRightFunc(string(r.text[from:r.pos]), unicode.IsSpace)
	if n := len(text); n > 0 && isQuote(rune(text[n-1])) { // its opening quote is missing
		text = text[:n-1]
	}
	return text
}

// commaEnds reports whether the comma here ends a member of an object, and is not part of a text.
func (r *repairer) commaEnds() bool {
	next := r.blankTo(1)
	c := r.at(next)
	return c == '}' || c == 0 || r.memberAt(next)
}

// quoted reads a text in quotes. A quote inside is part of the text if what follows it could not follow a text here, and
// where the closing quote is missing the text ends with the value.
func (r *repairer) quoted(where place) string {
	closing := closingQuote(r.at(0))
	r.pos++
	if text, ok := r.plainQuoted(closing, where); ok {
		return text
	}
	var b strings.Builder
	for !r.end() {
		c := r.at(0)
		switch {
		case c == '\\':
			r.escape(&b, closing)
			continue
		case c == closing && r.closes(where, closing):
			r.pos++
			return b.String()
		case r.cutOff(where, closing):
			return strings.TrimRightFunc(b.String(), unicode.IsSpace)
		}
		b.WriteRune(c)
		r.pos++
	}
	return strings.TrimRightFunc(b.String(), unicode.IsSpace)
}

// plainQuoted reads a text that is as it should be.
func (r *repairer) plainQuoted(closing rune, where place) (string, bool) {
	i := 0
	for c := r.at(i); c != closing; c = r.at(i) {
		if c == '\\' || c == 0 || c == '\n' {
			return "", false
		}
		i++
	}
	next := r.at(r.blankTo(i + 1))
	ok := next == 0
	switch where {
	case isKey:
		ok = next == ':'
	case inObject:
		ok = ok || next == ',' || next == '}'
	case inList:
		ok = ok || next == ',' || next == ']'
	}
	if !ok {
		return "", false
	}
	text := string(r.text[r.pos : r.pos+i])
	r.pos += i + 1
	return text, true
}

func (r *repairer) commaEndsAt(ahead int) bool {
	saved := r.pos
	r.pos += ahead
	ends := r.commaEnds()
	r.pos = saved
	return ends
}

// closes reports whether the quote here ends the text.
func (r *repairer) closes(where place, closing rune) bool {
	next := r.blankTo(1)
	c := r.at(next)
	if c == 0 || c == '`' && r.at(next+1) == '`' {
		return true
	}
	if c == '#' || c == '/' && (r.at(next+1) == '/' || r.at(next+1) == '*') {
		return next > 1
	}
	switch where {
	case isKey:
		return c == ':' || c == ',' || c == '}'
	case inList:
		return strings.ContainsRune(",]})", c) || isQuote(c) || c == '{' || c == '['
	}
	switch {
	case c == '}' || c == ']' && r.lists > 0:
		return true
	case c == ',':
		key := r.blankTo(next + 1)
		return r.commaEndsAt(next) || isQuote(r.at(key)) && (r.bareKeyAt(key+1) || !r.hasMore(closing, key+1)) || !r.hasMore(closing, next)
	default:
		return isQuote(c) && r.keyAt(next) || next > 1 && r.bareKeyAt(next)
	}
}

// hasMore reports whether a quote comes later.
func (r *repairer) hasMore(closing rune, ahead int) bool {
	from := min(r.pos+ahead, len(r.text))
	return slices.Contains(r.text[from:min(from+maxLookahead, len(r.text))], closing)
}

// cutOff reports whether a text without a closing quote ends here.
func (r *repairer) cutOff(where place, closing rune) bool {
	switch c := r.at(0); {
	case where == inObject && c == ',':
		next := r.blankTo(1)
		return isQuote(r.at(next)) && r.keyAt(next)
	case where == inObject && c == '}', where == inList && c == ']':
		return !r.hasMore(closing, 0)
	case where == isKey && c == ':':
		return !r.hasMore(closing, 0) || r.textAt(r.blankTo(1))
	}
	return false
}

// textAt reports whether a text in quotes begins some places ahead and ends where a value of an object does.
func (r *repairer) textAt(ahead int) bool {
	closing := closingQuote(r.at(ahead))
	if !isQuote(closing) {
		return false
	}
	for i := ahead + 1; r.at(i) != 0 && i < maxLookahead; i++ {
		switch r.at(i) {
		case '\\':
			i++
		case closing:
			next := r.at(r.blankTo(i + 1))
			return next == ',' || next == '}'
		}
	}
	return false
}

// escape reads a backslash and what it stands for; one that stands for nothing is kept.
func (r *repairer) escape(b *strings.Builder, closing rune) {
	c := r.at(1)
	if i := strings.IndexRune("tnrbf/\\", c); i >= 0 && c != 0 {
		b.WriteByte("\t\n\r\b\f/\\"[i])
		r.pos += 2
		return
	}
	switch {
	case c == closing || isQuote(c):
		b.WriteRune(c)
		r.pos += 2
	case c == 'u' || c == 'x':
		r.hexEscape(b, c)
	default:
		b.WriteRune('\\')
		r.pos++
	}
}

func (r *repairer) hexEscape(b *strings.Builder, kind rune) {
	n := 4
	if kind == 'x' {
		n = 2
	}
	first, ok := r.hex(2, n)
	if !ok {
		b.WriteRune('\\')
		r.pos++
		return
	}
	r.pos += 2 + n
	if utf16.IsSurrogate(first) && r.at(0) == '\\' && r.at(1) == 'u' {
		if second, ok := r.hex(2, n); ok {
			first = utf16.DecodeRune(first, second)
			r.pos += 2 + n
		}
	}
	b.WriteRune(first)
}

func (r *repairer) hex(ahead, n int) (rune, bool) {
	from := r.pos + ahead
	if from+n > len(r.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(r.text[from:from+n]), 16, 32)
	return rune(v), err == nil
}
