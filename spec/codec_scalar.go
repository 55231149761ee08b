package spec

import (
	"reflect"
	"strconv"

	"github.com/wayflow-go/wayflow/value"
)

var stringCodec = &codec{
	holdsText: true,
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		if n.kind == stringNode {
			v.SetString(n.text)
			return
		}
		d.wrongType(n, at, "a string")
	},
	encode: func(_ *encoder, v reflect.Value) value.Value { return value.String(v.String()) },
}

var boolCodec = &codec{
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		switch {
		case n.kind == boolNode:
			v.SetBool(n.text == "true")
		case n.kind == stringNode && (n.text == "true" || n.text == "false"):
			d.looseType(n, at, "a boolean")
			v.SetBool(n.text == "true")
		default:
			d.wrongType(n, at, "true or false")
		}
	},
	encode: func(_ *encoder, v reflect.Value) value.Value { return value.Bool(v.Bool()) },
}

var intCodec = &codec{
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		i, err := strconv.ParseInt(n.text, 10, 64)
		switch {
		case n.kind == intNode && err != nil:
			d.wrongType(n, at, "an integer of at most 64 bits")
		case n.kind == intNode:
			v.SetInt(i)
		case n.kind == stringNode && err == nil:
			d.looseType(n, at, "an integer")
			v.SetInt(i)
		default:
			// The reference takes 60.0 for 60.
			f, err := strconv.ParseFloat(n.text, 64)
			if n.kind != floatNode || err != nil || f != float64(int64(f)) {
				d.wrongType(n, at, "an integer")
				return
			}
			v.SetInt(int64(f))
		}
	},
	encode: func(_ *encoder, v reflect.Value) value.Value { return value.Int(v.Int()) },
}

var floatCodec = &codec{
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		f, err := strconv.ParseFloat(n.text, 64)
		if n.kind != intNode && n.kind != floatNode && (n.kind != stringNode || err != nil) {
			d.wrongType(n, at, "a number")
			return
		}
		if n.kind == stringNode {
			d.looseType(n, at, "a number")
		}
		v.SetFloat(f)
	},
	encode: func(_ *encoder, v reflect.Value) value.Value { return value.Float(v.Float()) },
}

var valueCodec = &codec{
	any: true,
	decode: func(d *decoder, n *node, v reflect.Value, _ place) {
		*v.Addr().Interface().(*value.Value) = d.tree.value(n)
	},
	encode: func(_ *encoder, v reflect.Value) value.Value { return v.Interface().(value.Value) },
}

var objectCodec = &codec{
	entries: true,
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		if n.kind != objectNode {
			d.wrongType(n, at, "an object")
			return
		}
		*v.Addr().Interface().(**value.Object) = d.object(n)
	},
	encode: func(_ *encoder, v reflect.Value) value.Value {
		if o := v.Interface().(*value.Object); o != nil {
			return o.Of()
		}
		return value.Null
	},
}

var propertyCodec = &codec{
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		// The key of an entry does for a name.
		d.property(n, v.Addr().Interface().(*value.Property), at, at.sub == "")
	},
	encode: func(_ *encoder, v reflect.Value) value.Value { return v.Interface().(value.Property).Schema() },
}

// schemaCodec is for a property that may be missing, which serves as a type only and so needs no title.
var schemaCodec = &codec{
	decode: func(d *decoder, n *node, v reflect.Value, at place) {
		p := new(value.Property)
		d.property(n, p, at, false)
		*v.Addr().Interface().(**value.Property) = p
	},
	encode: func(_ *encoder, v reflect.Value) value.Value {
		if p := v.Interface().(*value.Property); p != nil {
			return p.Schema()
		}
		return value.Null
	},
}
