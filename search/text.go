package search

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// Text is what an embedding model is given of an entity: each property as "name: value", with commas between. Properties
// that begin with an underscore, and those named in skip, are left out. The items of a list stand in a row, without
// lists and objects among them; an object is JSON. So it is in the reference.
func Text(entity *value.Object, skip ...string) string {
	var b strings.Builder
	for name, v := range entity.All() {
		if strings.HasPrefix(name, "_") || slices.Contains(skip, name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(name + ": " + propertyText(v))
	}
	return b.String()
}

func propertyText(v value.Value) string {
	items, ok := v.AsList()
	if !ok {
		return plainText(v)
	}
	var texts []string
	for _, item := range items {
		if item.Kind() != value.KindList && item.Kind() != value.KindObject {
			texts = append(texts, plainText(item))
		}
	}
	return strings.Join(texts, ", ")
}

// plainText is a value as Python prints it.
func plainText(v value.Value) string {
	if v.IsNull() {
		return "None"
	}
	if yes, ok := v.AsBool(); ok {
		if yes {
			return "True"
		}
		return "False"
	}
	return value.Text(v)
}
