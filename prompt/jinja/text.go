package jinja

import (
	"math"
	"math/big"
	"math/cmplx"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/value"
)

// Plain returns v as Python's str writes it: the text itself, None, True, 1.0, ['a', 1], {'a': 1}.
func Plain(v value.Value) string {
	if s, ok := v.AsString(); ok {
		return s
	}
	return Repr(v)
}

// Repr returns v as Python's repr writes it: as [Plain], with texts in quotes.
func Repr(v value.Value) string {
	w := writer{meter: &meter{limits: Limits{math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt}}}
	_ = w.repr(fromValue(v), 0) // nothing can exceed these limits
	return string(w.buf)
}

// writer writes objects as Python text within the limits of its meter.
type writer struct {
	buf []byte
	*meter
	anyDigits bool // write integers however long they are
}

// str returns str(v).
func (m *meter) str(v val) (string, error) {
	if s, ok := textOf(v); ok {
		return s, nil
	}
	w := writer{meter: m}
	if err := w.str(v); err != nil {
		return "", err
	}
	return string(w.buf), m.size(len(w.buf))
}

// repr returns repr(v).
func (m *meter) repr(v val) (string, error) {
	w := writer{meter: m}
	if err := w.repr(v, 0); err != nil {
		return "", err
	}
	return string(w.buf), m.size(len(w.buf))
}

// debugRepr is repr for messages: it never fails and never gets long.
func debugRepr(v val) string {
	m := &meter{limits: Limits{Output: 500, Memory: 1000, Iterations: 500, Depth: 10, IntegerBits: 1000}}
	s, err := m.repr(v)
	if err != nil {
		return "<" + typeName(v) + ">"
	}
	return s
}

// quote is repr of a text.
func quote(s string) string { return string(appendQuoted(nil, s)) }

// str appends str(v).
func (w *writer) str(v val) error {
	switch v := v.(type) {
	case string:
		return w.text(v)
	case markup:
		return w.text(string(v))
	case *undefined:
		switch v.kind {
		case strictUndefined:
			return v.fail()
		case debugUndefined:
			return w.text(v.text())
		case plainUndefined:
			return nil
		}
	}
	return w.repr(v, 0)
}

func (w *writer) text(s string) error {
	w.buf = append(w.buf, s...)
	return w.checkSize()
}

func (w *writer) checkSize() error {
	if len(w.buf) > w.limits.Output {
		return exceeded("MemoryError", "Output", w.limits.Output)
	}
	return nil
}

// repr appends repr(v), which stands at the given depth of nesting.
func (w *writer) repr(v val, depth int) error {
	if err := w.depth(depth); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		w.buf = append(w.buf, "None"...)
	case bool:
		w.buf = append(w.buf, pythonBool(v)...)
	case int64:
		w.buf = strconv.AppendInt(w.buf, v, 10)
	case *big.Int:
		return w.bigInt(v)
	case float64:
		w.buf = appendFloat(w.buf, v)
	case complex128:
		w.buf = append(w.buf, complexText(v)...)
	case string:
		w.buf = appendQuoted(w.buf, v)
		return w.checkSize()
	case markup:
		w.buf = append(appendQuoted(append(w.buf, "Markup("...), string(v)), ')')
		return w.checkSize()
	case *list:
		return w.sequence("[", "]", v.all(), depth)
	case *tuple:
		if len(v.items) == 1 {
			return w.sequence("(", ",)", v.items, depth)
		}
		return w.sequence("(", ")", v.items, depth)
	case *dict:
		return w.dict(v.open(), depth)
	case *undefined:
		w.buf = append(w.buf, "Undefined"...)
	case *generator:
		w.buf = append(append(append(w.buf, '<'), v.name...), " at 0x7f0000000000>"...)
	case *opaque:
		w.buf = append(w.buf, v.text...)
	case *loop:
		n, err := v.length(w.meter)
		w.buf = append(w.buf, "<LoopContext "+itoa(v.index0+1)+"/"+itoa(n)+">"...)
		return err
	}
	return nil
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func (w *writer) bigInt(n *big.Int) error {
	if n.BitLen() > w.limits.IntegerBits {
		return exceeded("OverflowError", "IntegerBits", w.limits.IntegerBits)
	}
	if !w.anyDigits && w.limits.Output != math.MaxInt && tooManyDigits(n) {
		return raise("ValueError", "Exceeds the limit (%d digits) for integer string conversion", maxDigits)
	}
	w.buf = n.Append(w.buf, 10)
	return w.checkSize()
}

// digitsBound is 10^maxDigits.
var digitsBound = new(big.Int).Exp(big.NewInt(10), big.NewInt(maxDigits), nil)

func tooManyDigits(n *big.Int) bool { return n.CmpAbs(digitsBound) >= 0 }

func (w *writer) sequence(open, end string, items []val, depth int) error {
	w.buf = append(w.buf, open...)
	for i, item := range items {
		if i > 0 {
			w.buf = append(w.buf, ", "...)
		}
		if err := w.repr(item, depth+1); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, end...)
	return w.checkSize()
}

func (w *writer) dict(d *dict, depth int) error {
	w.buf = append(w.buf, '{')
	for i, key := range d.keys {
		if i > 0 {
			w.buf = append(w.buf, ", "...)
		}
		if err := w.repr(key, depth+1); err != nil {
			return err
		}
		w.buf = append(w.buf, ": "...)
		if err := w.repr(d.vals[i], depth+1); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, '}')
	return w.checkSize()
}

func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	return value.AppendFloat(b, f)
}

// complexText writes what only a power of a negative number makes.
func complexText(c complex128) string {
	part := func(f float64) string { return strings.TrimSuffix(string(appendFloat(nil, f)), ".0") }
	re, im := real(c), imag(c)
	if re == 0 && !math.Signbit(re) {
		return part(im) + "j"
	}
	sign := ""
	if !math.Signbit(im) || cmplx.IsNaN(complex(0, im)) {
		sign = "+"
	}
	return "(" + part(re) + sign + part(im) + "j)"
}

const lowerHex = "0123456789abcdef"

// appendQuoted appends s as Python's repr writes a text: in single quotes unless only double ones need no escape,
// with characters that cannot be printed escaped.
func appendQuoted(b []byte, s string) []byte {
	q := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		q = '"'
	}
	b = append(b, q)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == rune(q) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r >= ' ' && r < 0x7f:
			b = append(b, byte(r))
		case r < 0x100 && !isPrintable(r):
			b = append(b, '\\', 'x', lowerHex[r>>4], lowerHex[r&15])
		case isPrintable(r):
			b = append(b, s[i:i+size]...)
		default:
			b = append(b, backslashReplace(r)...)
		}
		i += size
	}
	return append(b, q)
}
