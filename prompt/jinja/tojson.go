package jinja

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonWriter writes JSON as Python's json.dumps does: ASCII only, keys in their order.
type jsonWriter struct {
	writer
	indented bool
	indent   string
}

var htmlSafeJSON = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`)

// filterToJSON writes JSON that can stand in HTML, and is safe for that.
func filterToJSON(rt *runtime, in val, args []val) (val, error) {
	w := jsonWriter{writer: writer{meter: rt.meter}}
	indent := orElse(args[0], nil)
	_, isText := textOf(in)
	if indent != nil && !isText {
		w.indented = true
		if s, ok := textOf(indent); ok {
			w.indent = s
		} else {
			v, err := rt.operate("*", " ", indent)
			if err != nil {
				return nil, err
			}
			s, ok := v.(string)
			if !ok {
				return nil, typeError("can't multiply sequence by non-int of type %s", quote(typeName(indent)))
			}
			w.indent = s
		}
	}
	if err := w.write(in, 0); err != nil {
		return nil, err
	}
	return markup(htmlSafeJSON.Replace(string(w.buf))), nil
}

func (w *jsonWriter) write(v val, depth int) error {
	if err := w.depth(depth); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		w.buf = append(w.buf, "null"...)
	case bool:
		w.buf = strconv.AppendBool(w.buf, v)
	case int64:
		w.buf = strconv.AppendInt(w.buf, v, 10)
	case *big.Int:
		return w.bigInt(v)
	case float64:
		w.buf = appendJSONFloat(w.buf, v)
	case string:
		w.buf = appendJSONText(w.buf, v)
	case markup:
		w.buf = appendJSONText(w.buf, string(v))
	case *list:
		return w.items(v.all(), depth)
	case *tuple:
		return w.items(v.items, depth)
	case *dict:
		return w.entries(v.open(), depth)
	default:
		return typeError("Object of type %s is not JSON serializable", typeName(v))
	}
	return w.checkSize()
}

func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	}
	return appendFloat(b, f)
}

// newline starts a line of an indented document.
func (w *jsonWriter) newline(depth int) error {
	if !w.indented {
		return nil
	}
	if err := w.product(depth, len(w.indent)); err != nil {
		return err
	}
	w.buf = append(append(w.buf, '\n'), strings.Repeat(w.indent, depth)...)
	return w.checkSize()
}

// separate starts the i-th entry of a list or object.
func (w *jsonWriter) separate(i, depth int) error {
	if i > 0 {
		w.buf = append(w.buf, ',')
		if !w.indented {
			w.buf = append(w.buf, ' ')
		}
	}
	return w.newline(depth)
}

func (w *jsonWriter) items(items []val, depth int) error {
	if len(items) == 0 {
		w.buf = append(w.buf, "[]"...)
		return nil
	}
	w.buf = append(w.buf, '[')
	for i, item := range items {
		if err := w.separate(i, depth+1); err != nil {
			return err
		}
		if err := w.write(item, depth+1); err != nil {
			return err
		}
	}
	err := w.newline(depth)
	w.buf = append(w.buf, ']')
	return err
}

func (w *jsonWriter) entries(d *dict, depth int) error {
	if len(d.keys) == 0 {
		w.buf = append(w.buf, "{}"...)
		return nil
	}
	w.buf = append(w.buf, '{')
	for i, key := range d.keys {
		if err := w.separate(i, depth+1); err != nil {
			return err
		}
		if err := w.key(key); err != nil {
			return err
		}
		w.buf = append(w.buf, ": "...)
		if err := w.write(d.vals[i], depth+1); err != nil {
			return err
		}
	}
	err := w.newline(depth)
	w.buf = append(w.buf, '}')
	return err
}

// key writes a key, which JSON wants to be a text.
func (w *jsonWriter) key(key val) error {
	switch key.(type) {
	case string, markup:
		return w.write(key, 0)
	case nil, bool, int64, *big.Int, float64:
		w.buf = append(w.buf, '"')
		err := w.write(key, 0)
		w.buf = append(w.buf, '"')
		return err
	}
	return typeError("keys must be str, int, float, bool or None, not %s", typeName(key))
}

// jsonEscapes are the characters with an escape of their own.
var jsonEscapes = map[rune]byte{'"': '"', '\\': '\\', '\n': 'n', '\r': 'r', '\t': 't', '\f': 'f', '\b': 'b'}

func appendJSONText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		short, ok := jsonEscapes[r]
		switch {
		case ok:
			b = append(b, '\\', short)
		case r >= ' ' && r <= '~':
			b = append(b, byte(r))
		case r < 0x10000:
			b = appendJSONUnit(b, r)
		default:
			high, low := utf16.EncodeRune(r)
			b = appendJSONUnit(appendJSONUnit(b, high), low)
		}
	}
	return append(b, '"')
}

func appendJSONUnit(b []byte, r rune) []byte {
	if r > utf8.MaxRune {
		r = utf8.RuneError
	}
	return append(b, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}
