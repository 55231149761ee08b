package spec

import (
	"fmt"
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

// newHookCodec is for types that read themselves.
func newHookCodec() *codec {
	return &codec{
		hook: true,
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			v.Addr().Interface().(specDecoder).decodeSpec(specInput{d, n, at})
		},
		encode: func(e *encoder, v reflect.Value) value.Value {
			return e.any(v.Interface().(specEncoder).encodeSpec())
		},
		visit: func(v reflect.Value, yield func(Component) bool) bool {
			inner := reflect.ValueOf(v.Interface().(specEncoder).encodeSpec())
			if !inner.IsValid() {
				return true
			}
			return visitIn(codecOf(inner.Type()), inner, yield)
		},
	}
}

func visitIn(c *codec, v reflect.Value, yield func(Component) bool) bool {
	return c.visit == nil || c.visit(v, yield)
}

func componentCodec(t reflect.Type) *codec {
	return &codec{
		component: true,
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			if c := d.component(n, t, at); c != nil {
				v.Set(reflect.ValueOf(c))
			}
		},
		encode: func(e *encoder, v reflect.Value) value.Value {
			if v.IsNil() {
				return value.Null
			}
			return e.component(v.Interface().(Component))
		},
		visit: func(v reflect.Value, yield func(Component) bool) bool {
			return v.IsNil() || yield(v.Interface().(Component))
		},
	}
}

func pointerCodec(t reflect.Type) *codec {
	elem := codecOf(t.Elem())
	c := &codec{
		holdsText: elem.holdsText,
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			p := reflect.New(t.Elem())
			elem.decode(d, n, p.Elem(), at)
			v.Set(p)
		},
		encode: func(e *encoder, v reflect.Value) value.Value {
			if v.IsNil() {
				return value.Null
			}
			return elem.encode(e, v.Elem())
		},
	}
	if elem.visit != nil {
		c.visit = func(v reflect.Value, yield func(Component) bool) bool {
			return v.IsNil() || elem.visit(v.Elem(), yield)
		}
	}
	return c
}

func sliceCodec(t reflect.Type) *codec {
	elem := codecOf(t.Elem())
	c := &codec{
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			if n.kind != listNode {
				d.wrongType(n, at, "a list")
				return
			}
			items := reflect.MakeSlice(t, int(n.count), int(n.count))
			for i := range int(n.count) {
				d.element(elem, &d.tree.nodes[int(n.first)+i], items.Index(i), at.item(i))
			}
			v.Set(items)
		},
		encode: func(e *encoder, v reflect.Value) value.Value {
			if v.IsNil() {
				return value.Null
			}
			return encodeItems(e, elem, v)
		},
	}
	c.visit = visitItems(elem)
	return c
}

func encodeItems(e *encoder, elem *codec, v reflect.Value) value.Value {
	items := make([]value.Value, v.Len())
	for i := range items {
		items[i] = elem.encode(e, v.Index(i))
	}
	return value.List(items...)
}

func visitItems(elem *codec) func(reflect.Value, func(Component) bool) bool {
	if elem.visit == nil {
		return nil
	}
	return func(v reflect.Value, yield func(Component) bool) bool {
		for i := range v.Len() {
			if !elem.visit(v.Index(i), yield) {
				return false
			}
		}
		return true
	}
}

func arrayCodec(t reflect.Type) *codec {
	elem := codecOf(t.Elem())
	return &codec{
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			if n.kind != listNode || int(n.count) != t.Len() {
				d.wrongType(n, at, fmt.Sprintf("a list of %d items", t.Len()))
				return
			}
			for i := range t.Len() {
				d.element(elem, &d.tree.nodes[int(n.first)+i], v.Index(i), at.item(i))
			}
		},
		encode: func(e *encoder, v reflect.Value) value.Value { return encodeItems(e, elem, v) },
		visit:  visitItems(elem),
	}
}

func dictCodec(t reflect.Type) *codec {
	field, _ := t.Elem().FieldByName("Value")
	elem := codecOf(field.Type)
	c := &codec{
		entries: true,
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			if n.kind != objectNode {
				d.wrongType(n, at, "an object")
				return
			}
			entries := reflect.MakeSlice(t, int(n.count), int(n.count))
			for i := range int(n.count) {
				child := &d.tree.nodes[int(n.first)+i]
				entries.Index(i).Field(0).SetString(child.key)
				d.element(elem, child, entries.Index(i).Field(1), at.key(child.key))
			}
			v.Set(entries)
		},
		encode: func(e *encoder, v reflect.Value) value.Value {
			if v.IsNil() {
				return value.Null
			}
			members := make([]value.Member, v.Len())
			for i := range members {
				members[i] = value.Member{Key: v.Index(i).Field(0).String(), Value: elem.encode(e, v.Index(i).Field(1))}
			}
			return value.NewObject(members...).Of()
		},
	}
	if elem.visit != nil {
		c.visit = func(v reflect.Value, yield func(Component) bool) bool {
			for i := range v.Len() {
				if !elem.visit(v.Index(i).Field(1), yield) {
					return false
				}
			}
			return true
		}
	}
	return c
}

// structCodec is for structs that are no components, such as the retry policy.
func structCodec(t reflect.Type) *codec {
	return &codec{
		decode: func(d *decoder, n *node, v reflect.Value, at place) {
			if n.kind != objectNode {
				d.wrongType(n, at, "an object")
				return
			}
			d.structure(structPlanOf(t), n, v, at.inside())
		},
		encode: func(e *encoder, v reflect.Value) value.Value {
			var b value.ObjectBuilder
			e.structure(structPlanOf(t), v, &b)
			return b.Value()
		},
		visit: func(v reflect.Value, yield func(Component) bool) bool {
			return visitFields(structPlanOf(t), v, yield)
		},
	}
}
