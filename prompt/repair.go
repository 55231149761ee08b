package prompt

import (
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// Repair reads JSON that a model wrote, whatever is wrong with it: talk and fences around it, comments, other quotes or
// none, commas and brackets that are missing or too many, literals of Python, an end that was cut off. Several values
// one after the other make a list; of those with the same keys the last counts. Text without any JSON is the empty text.
//
// Its answers are those of the library that the reference uses (json_repair) where what is meant is plain.
func Repair(text string) value.Value {
	if v, err := value.ParseJSON([]byte(strings.TrimSpace(text))); err == nil {
		return v
	}
	r := &repairer{text: []rune(text)}
	var found []value.Value
	for r.seek() {
		comma := r.commaBefore()
		v := r.value(inList)
		switch last := len(found) - 1; {
		case last < 0:
			found = append(found, v)
		case !v.Truthy():
		case !found[last].Truthy() || !comma && sameShape(found[last], v):
			found[last] = v
		default:
			found = append(found, v)
		}
	}
	switch len(found) {
	case 0:
		return value.String("")
	case 1:
		return found[0]
	}
	return value.List(found...)
}

// sameShape reports whether two values differ in nothing but their texts and numbers.
func sameShape(v, w value.Value) bool {
	if v.Kind() != w.Kind() {
		return false
	}
	if o, ok := v.AsObject(); ok {
		p, _ := w.AsObject()
		for k, x := range o.All() {
			if y, ok := p.Get(k); !ok || !sameShape(x, y) {
				return false
			}
		}
		return o.Len() == p.Len()
	}
	items, _ := v.AsList()
	others, _ := w.AsList()
	if len(items) != len(others) {
		return false
	}
	for i := range items {
		if !sameShape(items[i], others[i]) {
			return false
		}
	}
	return true
}

// maxRepairDepth bounds how deep broken JSON may nest; what is deeper is left out.
const maxRepairDepth = 500

// maxLookahead bounds how far ahead a guess looks, in characters, so that the time grows with the text alone.
const maxLookahead = 4096

// repairer reads broken JSON from a place on.
type repairer struct {
	text  []rune
	pos   int
	depth int
	lists int // how many lists are open
}

// place is where a value stands, which decides what can come behind it.
type place uint8

const (
	inList place = iota
	inObject
	isKey
)

// at returns the character some places ahead; 0 if there is none.
func (r *repairer) at(ahead int) rune {
	if i := r.pos + ahead; i >= 0 && i < len(r.text) {
		return r.text[i]
	}
	return 0
}

func (r *repairer) end() bool { return r.pos >= len(r.text) }

// seek goes to the next object or list outside of comments.
func (r *repairer) seek() bool {
	for !r.end() {
		switch {
		case r.at(0) == '{' || r.at(0) == '[':
			return true
		case r.skipComment():
		default:
			r.pos++
		}
	}
	return false
}

// commaBefore reports whether a comma separates a value from the one before it.
func (r *repairer) commaBefore() bool {
	i := -1
	for isBlank(r.at(i)) {
		i--
	}
	return r.at(i) == ','
}

func isBlank(c rune) bool { return c == ' ' || '\t' <= c && c <= '\r' || c == 0xa0 || c == 0x3000 }

func isQuote(c rune) bool { return c == '"' || c == '\'' || c == '“' || c == '”' }

func isBareStart(c rune) bool { return c == '_' || isAlnum(c) }

// blanks skips white space and comments.
func (r *repairer) blanks() {
	for !r.end() && (isBlank(r.at(0)) || r.atComment() && r.skipComment()) {
		if isBlank(r.at(0)) {
			r.pos++
		}
	}
}

func (r *repairer) atComment() bool {
	return r.at(0) == '#' || r.at(0) == '/' && (r.at(1) == '/' || r.at(1) == '*')
}

func (r *repairer) atFence() bool { return r.at(0) == '`' && r.at(1) == '`' && r.at(2) == '`' }

// skipComment skips a comment. One that begins with # also ends at a bracket that closes what is open.
func (r *repairer) skipComment() bool {
	switch {
	case r.at(0) == '/' && r.at(1) == '*':
		for r.pos += 2; !r.end() && !(r.at(0) == '*' && r.at(1) == '/'); {
			r.pos++
		}
		r.pos = min(r.pos+2, len(r.text))
		return true
	case !r.atComment():
		return false
	}
	closes := ""
	if r.at(0) == '#' && r.depth > 0 {
		closes = "}"
		if r.lists > 0 {
			closes = "]}"
		}
	}
	for !r.end() && r.at(0) != '\n' && r.at(0) != '\r' && !strings.ContainsRune(closes, r.at(0)) {
		r.pos++
	}
	return true
}

// value reads a value; what can be none is skipped.
func (r *repairer) value(where place) value.Value {
	for ; !r.end(); r.pos++ {
		switch c := r.at(0); {
		case c == '{':
			r.pos++
			return r.object()
		case c == '[':
			r.pos++
			return r.list(']', where)
		case c == '(':
			return r.parenthesis()
		case isQuote(c):
			return value.String(r.quoted(where))
		case '0' <= c && c <= '9' || c == '-' || c == '.':
			return r.number(where)
		case isBareStart(c):
			if v, ok := r.literal(); ok {
				return v
			}
			return value.String(r.bare(where))
		case strings.ContainsRune(",]}", c):
			return value.String("")
		}
	}
	return value.String("")
}

func (r *repairer) object() value.Value {
	if r.depth++; r.depth > maxRepairDepth {
		r.pos = len(r.text)
	}
	defer func() { r.depth-- }()
	var b value.ObjectBuilder
	for {
		r.blanks()
		c := r.at(0)
		switch {
		case r.end():
			return b.Value()
		case c == '}':
			r.pos++
			return b.Value()
		case c == ']' && r.lists > 0, r.atFence(): // the object was not closed; the list is now
			return b.Value()
		case isQuote(c) || isBareStart(c):
			r.member(&b)
		default:
			r.pos++
		}
	}
}

func (r *repairer) member(b *value.ObjectBuilder) {
	key := ""
	if isQuote(r.at(0)) {
		key = r.quoted(isKey)
	} else {
		key = r.bare(isKey)
	}
	r.blanks()
	if r.at(0) == ':' {
		r.pos++
		r.blanks()
	} else if strings.ContainsRune(",}]", r.at(0)) || r.end() {
		return // a key alone says nothing
	}
	b.Set(key, r.value(inObject))
}

func (r *repairer) list(closing rune, where place) value.Value {
	if r.depth++; r.depth > maxRepairDepth {
		r.pos = len(r.text)
	}
	r.lists++
	defer func() { r.depth--; r.lists-- }()
	var items []value.Value
	for {
		r.blanks()
		c := r.at(0)
		switch {
		case r.end() || r.atFence():
			return value.List(items...)
		case c == closing || c == '}': // a wrong bracket closes as well
			r.pos++
			return value.List(items...)
		case c == ',':
			r.pos++
		case isQuote(c) && r.keyAt(0) && where == inObject && onlyScalars(items):
			return value.List(items...) // its closing bracket is missing
		case isQuote(c) && r.keyAt(0):
			items = append(items, r.object()) // its opening bracket is missing
		default:
			from := r.pos
			v := r.value(inList)
			if v.Str() == "..." || v.Kind() == value.KindString && v.Str() == "" && !isQuote(r.at(-1)) {
				r.pos = max(r.pos, from+1)
				continue
			}
			items = append(items, v)
		}
	}
}

// onlyScalars reports whether there are items and none has parts.
func onlyScalars(items []value.Value) bool {
	for _, v := range items {
		if v.Kind() == value.KindList || v.Kind() == value.KindObject {
			return false
		}
	}
	return len(items) > 0
}

// parenthesis reads a tuple, or a value in parentheses.
func (r *repairer) parenthesis() value.Value {
	r.pos++
	from := r.pos
	v := r.list(')', inList)
	items, _ := v.AsList()
	if len(items) == 1 && !strings.ContainsRune(string(r.text[from:r.pos]), ',') {
		return items[0]
	}
	return v
}

// keyAt reports whether a quoted key and its colon begin some places ahead.
func (r *repairer) keyAt(ahead int) bool {
	closing := closingQuote(r.at(ahead))
	for i := ahead + 1; r.pos+i < len(r.text) && i < maxLookahead; i++ {
		switch r.at(i) {
		case '\\':
			i++
		case closing:
			return r.at(r.blankTo(i+1)) == ':'
		}
	}
	return false
}

// bareKeyAt reports whether a key without quotes and its colon begin some places ahead.
func (r *repairer) bareKeyAt(ahead int) bool {
	i := ahead
	for isBareStart(r.at(i)) || i > ahead && r.at(i) == '-' {
		i++
	}
	if i > ahead && isQuote(r.at(i)) { // its opening quote is missing
		i++
	}
	return i > ahead && r.at(r.blankTo(i)) == ':'
}

func (r *repairer) memberAt(ahead int) bool {
	return isQuote(r.at(ahead)) && r.keyAt(ahead) || r.bareKeyAt(ahead)
}

// blankTo returns how many places ahead the next character is that is not white.
func (r *repairer) blankTo(ahead int) int {
	for isBlank(r.at(ahead)) {
		ahead++
	}
	return ahead
}
