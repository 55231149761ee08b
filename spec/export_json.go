package spec

import "github.com/wayflow-go/wayflow/value"

// appendIndented appends v as JSON with two blanks for each level, as Python's json.dumps(indent=2) writes it. The
// newline has the indentation of the place where v stands.
func appendIndented(b []byte, v value.Value, newline string) []byte {
	switch v.Kind() {
	case value.KindList:
		items, _ := v.AsList()
		if len(items) == 0 {
			return append(b, "[]"...)
		}
		b = append(b, '[')
		for i, item := range items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(b, newline...), "  "...)
			b = appendIndented(b, item, newline+"  ")
		}
		return append(append(b, newline...), ']')
	case value.KindObject:
		o, _ := v.AsObject()
		if o.Len() == 0 {
			return append(b, "{}"...)
		}
		b = append(b, '{')
		for i := range o.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(b, newline...), "  "...)
			b = value.AppendQuoted(b, o.At(i).Key)
			b = append(b, ": "...)
			b = appendIndented(b, o.At(i).Value, newline+"  ")
		}
		return append(append(b, newline...), '}')
	default:
		return value.AppendJSON(b, v)
	}
}
