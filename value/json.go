package value

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/internal/jsonscan"
)

// MaxDepth bounds how deep values may nest when they are read, so that hostile text cannot exhaust the stack.
const MaxDepth = 1000

// ParseJSON reads one JSON value. It keeps the order of keys and all digits of integers; a number with a fraction or
// an exponent becomes a number, any other an integer. An error says at which byte it was found.
func ParseJSON(data []byte) (Value, error) {
	s := jsonscan.New(data)
	v, err := ScanJSON(s, MaxDepth)
	if err == nil {
		err = s.End()
	}
	if err != nil {
		return Null, fmt.Errorf("invalid JSON at byte %d: %w", s.Offset(), err)
	}
	return v, nil
}

// ScanJSON reads the value at the scanner's place, nested at most depth levels deep.
func ScanJSON(s *jsonscan.Scanner, depth int) (Value, error) {
	r := jsonReader{s: s}
	return r.value(depth)
}

// ParseNumber returns the integer or number that a valid JSON number stands for.
func ParseNumber(text string, integer bool) Value {
	if integer {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return Int(i)
		}
		if b, ok := new(big.Int).SetString(text, 10); ok {
			return BigInt(b)
		}
	}
	f, _ := strconv.ParseFloat(text, 64) // out of range gives an infinity, as in Python
	return Float(f)
}

// jsonReader reads values. The parts of objects and lists under way are kept on two stacks, so that each finished one
// takes just the room it needs.
type jsonReader struct {
	s       *jsonscan.Scanner
	members []Member
	items   []Value
}

func (r *jsonReader) value(depth int) (Value, error) {
	s := r.s
	switch s.Peek() {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case '"':
		text, err := s.String()
		return String(text), err
	case 't':
		return Bool(true), s.Word("true")
	case 'f':
		return Bool(false), s.Word("false")
	case 'n':
		return Null, s.Word("null")
	default:
		text, integer, err := s.Number()
		if err == nil && integer && len(text) > maxDigits {
			err = s.Errorf("an integer of more than %d digits", maxDigits)
		}
		if err != nil {
			return Null, err
		}
		return parseNumber(text, integer), nil
	}
}

// parseNumber does what [ParseNumber] does, short integers at once.
func parseNumber(text []byte, integer bool) Value {
	if !integer || len(text) > 18 {
		return ParseNumber(string(text), integer)
	}
	digits := text
	if text[0] == '-' {
		digits = text[1:]
	}
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	if len(digits) < len(text) {
		n = -n
	}
	return Int(n)
}

// open consumes the delimiter that begins an object or list.
func (r *jsonReader) open(delimiter byte, depth int) error {
	if depth == 0 {
		return r.s.Errorf("values are nested more than %d levels deep", MaxDepth)
	}
	return r.s.Expect(delimiter)
}

func (r *jsonReader) object(depth int) (Value, error) {
	if err := r.open('{', depth); err != nil {
		return Null, err
	}
	base := len(r.members)
	for {
		more, err := r.s.More(len(r.members) == base, '}')
		if err != nil {
			return Null, err
		}
		if !more {
			break
		}
		m, err := r.member(depth)
		if err != nil {
			return Null, err
		}
		r.members = append(r.members, m)
	}
	members := slices.Clone(r.members[base:])
	r.members = r.members[:base]
	return NewObject(members...).Of(), nil
}

func (r *jsonReader) member(depth int) (Member, error) {
	key, err := r.s.String()
	if err != nil {
		return Member{}, err
	}
	if err := r.s.Expect(':'); err != nil {
		return Member{}, err
	}
	v, err := r.value(depth - 1)
	return Member{key, v}, err
}

func (r *jsonReader) list(depth int) (Value, error) {
	if err := r.open('[', depth); err != nil {
		return Null, err
	}
	base := len(r.items)
	for {
		more, err := r.s.More(len(r.items) == base, ']')
		if err != nil {
			return Null, err
		}
		if !more {
			break
		}
		v, err := r.value(depth - 1)
		if err != nil {
			return Null, err
		}
		r.items = append(r.items, v)
	}
	items := slices.Clone(r.items[base:])
	r.items = r.items[:base]
	return List(items...), nil
}

// AppendJSON appends v as compact JSON. Numbers without a fraction keep a ".0" so that they are read back as numbers;
// infinities and NaN, which JSON cannot express, are written as Python writes them.
func AppendJSON(b []byte, v Value) []byte { return jsonStyle{",", ":"}.append(b, v) }

// Text renders v as the reference does when a value meets a text input: a text as it is, null as nothing, everything
// else as Python's json.dumps writes it, with ", " and ": " between entries and what is not ASCII escaped. Prompts are
// made of such texts, so they must be the reference's to the letter.
func Text(v Value) string {
	switch v.Kind() {
	case KindNull:
		return ""
	case KindString:
		return v.Str()
	default:
		return string(AppendText(nil, v))
	}
}

// AppendText appends [Text] of v, but with texts quoted and null spelled out.
func AppendText(b []byte, v Value) []byte {
	start := len(b)
	b = jsonStyle{", ", ": "}.append(b, v)
	for i := start; i < len(b); i++ {
		if b[i] >= 0x7f {
			return appendASCII(b[:i:i], b[i:])
		}
	}
	return b
}

// appendASCII appends JSON text with all that is not printable ASCII escaped.
func appendASCII(b, text []byte) []byte {
	for _, r := range string(text) {
		switch {
		case r < 0x7f:
			b = append(b, byte(r))
		case r <= 0xffff:
			b = appendHex4(b, r)
		default:
			high, low := utf16.EncodeRune(r)
			b = appendHex4(appendHex4(b, high), low)
		}
	}
	return b
}

func appendHex4(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// jsonStyle is how JSON text is spaced.
type jsonStyle struct{ comma, colon string }

func (st jsonStyle) append(b []byte, v Value) []byte {
	switch v.Kind() {
	case KindNull:
		return append(b, "null"...)
	case KindBool:
		return strconv.AppendBool(b, v.num == 1)
	case KindInt:
		if i, ok := v.AsInt(); ok {
			return strconv.AppendInt(b, i, 10)
		}
		i, _ := v.AsBigInt()
		return i.Append(b, 10)
	case KindFloat:
		f, _ := v.AsFloat()
		return AppendFloat(b, f)
	case KindString:
		return AppendQuoted(b, v.Str())
	case KindList:
		items, _ := v.AsList()
		b = append(b, '[')
		for i, item := range items {
			if i > 0 {
				b = append(b, st.comma...)
			}
			b = st.append(b, item)
		}
		return append(b, ']')
	default:
		o, _ := v.AsObject()
		b = append(b, '{')
		for i, m := range o.members {
			if i > 0 {
				b = append(b, st.comma...)
			}
			b = AppendQuoted(b, m.Key)
			b = append(b, st.colon...)
			b = st.append(b, m.Value)
		}
		return append(b, '}')
	}
}

// AppendFloat appends f as Python's repr writes it: the shortest text that reads back the same, always with a
// fraction or an exponent, and the exponent from 1e16 and below 1e-4 on.
func AppendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if bytes.IndexByte(b[start:], '.') < 0 {
		b = append(b, ".0"...)
	}
	return b
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string. Only what JSON demands is escaped: characters beyond ASCII and <, >, &
// stay as they are.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, s[start:i]...)
				b = append(b, "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscaped(b, c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	default:
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}

// Keys that stand, in the output of MarshalJSON, for what JSON cannot express.
const (
	floatKey  = "$float"  // an infinity or NaN
	escapeKey = "$object" // an object that itself looks like one of these
)

// MarshalJSON implements [encoding/json.Marshaler]. What it writes is always valid JSON, and [Value.UnmarshalJSON] reads
// exactly v back, infinities and NaN included.
func (v Value) MarshalJSON() ([]byte, error) { return AppendJSON(nil, escapeFloats(v)), nil }

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (v *Value) UnmarshalJSON(data []byte) error {
	w, err := ParseJSON(data)
	if err != nil {
		return err
	}
	*v = unescapeFloats(w)
	return nil
}

// MarshalJSON implements [encoding/json.Marshaler], as [Value.MarshalJSON] does.
func (o *Object) MarshalJSON() ([]byte, error) { return o.Of().MarshalJSON() }

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (o *Object) UnmarshalJSON(data []byte) error {
	var v Value
	if err := v.UnmarshalJSON(data); err != nil {
		return err
	}
	read, ok := v.AsObject()
	if !ok {
		return fmt.Errorf("expected an object, found %s", v.Kind())
	}
	*o = *read
	return nil
}

func isMark(o *Object) bool {
	return o.Len() == 1 && (o.members[0].Key == floatKey || o.members[0].Key == escapeKey)
}

func escapeFloats(v Value) Value {
	if f, ok := v.AsFloat(); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return Obj(Member{floatKey, String(string(AppendFloat(nil, f)))})
	}
	w := mapParts(v, escapeFloats)
	if o, ok := v.AsObject(); ok && isMark(o) {
		return Obj(Member{escapeKey, w})
	}
	return w
}

func unescapeFloats(v Value) Value {
	if o, ok := v.AsObject(); ok && isMark(o) {
		inner := o.members[0].Value
		if o.members[0].Key == escapeKey {
			return mapParts(inner, unescapeFloats)
		}
		f, err := strconv.ParseFloat(inner.Str(), 64)
		if err == nil {
			return Float(f)
		}
	}
	return mapParts(v, unescapeFloats)
}

// mapParts applies f to the items of a list or the members of an object, and returns v itself if nothing changed.
func mapParts(v Value, f func(Value) Value) Value {
	if o, ok := v.AsObject(); ok {
		if out := mapMembers(o.members, f); out != nil {
			return o.replaced(out).Of()
		}
	}
	if items, ok := v.AsList(); ok {
		if out := mapItems(items, f); out != nil {
			return List(out...)
		}
	}
	return v
}

// mapMembers returns nil if nothing changes.
func mapMembers(members []Member, f func(Value) Value) (out []Member) {
	for i, m := range members {
		w := f(m.Value)
		if out == nil && !same(w, m.Value) {
			out = append(make([]Member, 0, len(members)), members[:i]...)
		}
		if out != nil {
			out = append(out, Member{m.Key, w})
		}
	}
	return out
}

// mapItems returns nil if nothing changes.
func mapItems(items []Value, f func(Value) Value) (out []Value) {
	for i, item := range items {
		w := f(item)
		if out == nil && !same(w, item) {
			out = append(make([]Value, 0, len(items)), items[:i]...)
		}
		if out != nil {
			out = append(out, w)
		}
	}
	return out
}

// same reports whether two values are one and the same datum, without looking inside.
func same(v, w Value) bool { return v.num == w.num && v.ref == w.ref }
