package spec

import (
	"math"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// appendYAML appends v as YAML in block style. What it writes means the same by the rules of YAML 1.1 and 1.2.
func appendYAML(b []byte, v value.Value) []byte {
	w := yamlWriter{b}
	w.node(v, 0, atStart)
	return append(w.b, '\n')
}

type yamlWriter struct{ b []byte }

// yamlPlace is what stands before a value on its line.
type yamlPlace uint8

const (
	atStart yamlPlace = iota
	afterKey
	afterDash
)

// node writes a value. Lines after the first one are indented by that many blanks.
func (w *yamlWriter) node(v value.Value, indent int, place yamlPlace) {
	switch v.Kind() {
	case value.KindList:
		items, _ := v.AsList()
		w.list(items, indent, place)
	case value.KindObject:
		o, _ := v.AsObject()
		w.object(o, indent, place)
	default:
		if place != atStart {
			w.b = append(w.b, ' ')
		}
		w.scalar(v, indent)
	}
}

func (w *yamlWriter) list(items []value.Value, indent int, place yamlPlace) {
	if len(items) == 0 {
		w.empty("[]", place)
		return
	}
	for i, item := range items {
		if i > 0 || place == afterKey {
			w.line(indent)
		} else if place == afterDash {
			w.b = append(w.b, ' ')
		}
		w.b = append(w.b, '-')
		w.node(item, indent+2, afterDash)
	}
}

func (w *yamlWriter) object(o *value.Object, indent int, place yamlPlace) {
	if o.Len() == 0 {
		w.empty("{}", place)
		return
	}
	for i := range o.Len() {
		if i > 0 || place == afterKey {
			w.line(indent)
		} else if place == afterDash {
			w.b = append(w.b, ' ')
		}
		m := o.At(i)
		w.key(m.Key, indent)
		w.b = append(w.b, ':')
		// A list may stand at the indentation of its key.
		inner := indent
		if m.Value.Kind() != value.KindList {
			inner += 2
		}
		w.node(m.Value, inner, afterKey)
	}
}

func (w *yamlWriter) empty(text string, place yamlPlace) {
	if place != atStart {
		w.b = append(w.b, ' ')
	}
	w.b = append(w.b, text...)
}

func (w *yamlWriter) line(indent int) {
	w.b = append(w.b, '\n')
	for range indent {
		w.b = append(w.b, ' ')
	}
}

// maxKey is how long a key may be without the form "? key", which parsers need beyond 1024 characters.
const maxKey = 120

func (w *yamlWriter) key(key string, indent int) {
	if len(key) > maxKey {
		w.b = append(w.b, "? "...)
		w.quoted(key)
		w.line(indent)
		return
	}
	if isPlainYAML(key) {
		w.b = append(w.b, key...)
		return
	}
	w.quoted(key)
}

func (w *yamlWriter) scalar(v value.Value, indent int) {
	switch v.Kind() {
	case value.KindString:
		w.text(v.Str(), indent)
	case value.KindFloat:
		f, _ := v.AsFloat()
		w.b = appendYAMLFloat(w.b, f)
	default:
		w.b = value.AppendJSON(w.b, v)
	}
}

// appendYAMLFloat appends a number so that YAML 1.1, which wants a point and a sign, takes it for one.
func appendYAMLFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, ".nan"...)
	case math.IsInf(f, 1):
		return append(b, ".inf"...)
	case math.IsInf(f, -1):
		return append(b, "-.inf"...)
	}
	text := string(value.AppendFloat(nil, f))
	if e := strings.IndexByte(text, 'e'); e >= 0 && !strings.Contains(text[:e], ".") {
		text = text[:e] + ".0" + text[e:]
	}
	return append(b, text...)
}

func (w *yamlWriter) text(s string, indent int) {
	switch {
	case isPlainYAML(s):
		w.b = append(w.b, s...)
	case isLiteralYAML(s):
		w.literal(s, indent)
	default:
		w.quoted(s)
	}
}

// literal writes a text of several lines as it is.
func (w *yamlWriter) literal(s string, indent int) {
	body := strings.TrimRight(s, "\n")
	switch len(s) - len(body) {
	case 0:
		w.b = append(w.b, "|-"...)
	case 1:
		w.b = append(w.b, '|')
	default:
		w.b = append(w.b, "|+"...)
		body = s[:len(s)-1]
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line == "" {
			w.b = append(w.b, '\n')
			continue
		}
		w.line(max(indent, 2))
		w.b = append(w.b, line...)
	}
}

// isLiteralYAML reports whether a text can be written line by line and is easier to read so.
func isLiteralYAML(s string) bool {
	if !strings.Contains(s, "\n") || strings.TrimRight(s, "\n") == "" {
		return false
	}
	// The first line tells the indentation, so it must not begin with a blank.
	if first := strings.TrimLeft(s, "\n"); first[0] == ' ' || first != s {
		return false
	}
	for _, r := range s {
		if !isPrintable(r) && r != '\n' {
			return false
		}
	}
	return true
}

func isPrintable(r rune) bool {
	return r >= ' ' && r < 0x7f || r > 0xa0 && r < 0x2028 || r > 0x2029 && r < 0xd800 || r >= 0xe000 && r < 0xfeff ||
		r > 0xfeff && r < 0xfffd || r >= 0x10000
}

// isPlainYAML reports whether a text needs no quotes, in a block or as a key. It is stricter than YAML.
func isPlainYAML(s string) bool {
	if s == "" || len(s) > 1000 || strings.HasSuffix(s, " ") || strings.HasSuffix(s, ":") {
		return false
	}
	if kind, _, ok := resolveScalar(s); kind != stringNode || !ok || strings.ContainsAny(s[:1], "yYnN") && len(s) == 1 {
		return false
	}
	if !beginsPlain(s[0]) || looksNumeric(s) || strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.Contains(s, "<<") {
		return false
	}
	for _, r := range s {
		if !isPrintable(r) {
			return false
		}
	}
	return true
}

// beginsPlain reports whether a text that begins with c needs no quotes for that.
func beginsPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0xc3 || strings.IndexByte("_/$(", c) >= 0
}

// looksNumeric reports whether other YAML parsers might take a text for a number or a date: they know more forms. No
// form has as many points or dashes as versions and UUIDs have.
func looksNumeric(s string) bool {
	if s[0] < '0' || s[0] > '9' || strings.Count(s, ".") > 1 || strings.Count(s, "-") > 2 {
		return false
	}
	return strings.Trim(s, "0123456789abcdefABCDEFxo+-._:") == ""
}

// quoted writes a text in double quotes. JSON strings are YAML too but for the characters that JSON leaves as they are
// and YAML does not print.
func (w *yamlWriter) quoted(s string) {
	start := len(w.b)
	w.b = value.AppendQuoted(w.b, s)
	text := string(w.b[start:])
	w.b = w.b[:start]
	const digits = "0123456789abcdef"
	for _, r := range text {
		if isPrintable(r) {
			w.b = append(w.b, string(r)...)
			continue
		}
		w.b = append(w.b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
	}
}
