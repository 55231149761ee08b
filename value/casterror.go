package value

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// CastError says that a value is not of a type and cannot be made so. [Cast], [Type.Check], [FillDefaults] and
// [Property.DefaultValue] return it.
type CastError struct {
	Path string // the place inside the value, such as items[2].age; "" for the value itself
	Want *Type  // the type expected there
	Got  Value  // the value found there
	// Missing tells that there is no value at Path although the object must have one.
	Missing bool
	// Unexpected tells that the object at Path's end must not have this property.
	Unexpected bool
	// Reason says more where the type alone does not explain the error; mostly "".
	Reason string
}

// Error returns a message such as: items[2].age: expected integer, found string "abc".
func (e *CastError) Error() string {
	msg := e.complaint()
	if e.Reason != "" {
		msg += " (" + e.Reason + ")"
	}
	if e.Path == "" {
		return msg
	}
	return e.Path + ": " + msg
}

func (e *CastError) complaint() string {
	switch {
	case e.Missing:
		return "expected " + e.Want.String() + ", found nothing"
	case e.Unexpected:
		return "unexpected property, found " + describe(e.Got)
	default:
		return "expected " + e.Want.String() + ", found " + describe(e.Got)
	}
}

// In returns a copy of e whose path begins with a name, such as that of the input that held the value.
func (e *CastError) In(name string) *CastError {
	f := *e
	return f.atKey(name)
}

// atKey puts a property in front of the path.
func (e *CastError) atKey(key string) *CastError {
	if !isIdentifier(key) {
		e.Path = "[" + strconv.Quote(shorten(key)) + "]" + e.rest()
	} else {
		e.Path = key + e.rest()
	}
	return e
}

// atIndex puts an index in front of the path.
func (e *CastError) atIndex(i int) *CastError {
	e.Path = "[" + strconv.Itoa(i) + "]" + e.rest()
	return e
}

// rest returns the path as it reads behind another step.
func (e *CastError) rest() string {
	if e.Path == "" || e.Path[0] == '[' {
		return e.Path
	}
	return "." + e.Path
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && r != '-') {
			return false
		}
	}
	return s != "" && len(s) <= maxShown
}

// maxShown is how many bytes of a value a message shows.
const maxShown = 60

// shorten cuts a text that is too long for a message.
func shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	cut := maxShown
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// describe says what a value is: its kind, and its text as far as that is short.
func describe(v Value) string {
	switch v.Kind() {
	case KindNull:
		return "null"
	case KindString:
		return "string " + string(AppendQuoted(nil, shorten(v.Str())))
	case KindList, KindObject:
		return v.Kind().String() + " " + shorten(string(appendPart(nil, v, maxShown+1)))
	default:
		return v.Kind().String() + " " + shorten(v.String())
	}
}

// appendPart appends the compact JSON of v, but stops soon after limit bytes.
func appendPart(b []byte, v Value, limit int) []byte {
	switch v.Kind() {
	case KindString:
		return AppendQuoted(b, shorten(v.Str()))
	case KindList:
		b = append(b, '[')
		items, _ := v.AsList()
		for i := 0; i < len(items) && len(b) <= limit; i++ {
			b = appendPart(appendComma(b, i), items[i], limit)
		}
		return append(b, ']')
	case KindObject:
		b = append(b, '{')
		o, _ := v.AsObject()
		for i := 0; i < o.Len() && len(b) <= limit; i++ {
			m := o.At(i)
			b = append(AppendQuoted(appendComma(b, i), shorten(m.Key)), ':')
			b = appendPart(b, m.Value, limit)
		}
		return append(b, '}')
	default:
		return AppendJSON(b, v)
	}
}

func appendComma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
