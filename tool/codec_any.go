package tool

import (
	"encoding/json"
	"math/big"
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

var anyValueCodec = &codec{
	nilable: true,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		*dst.Addr().Interface().(*value.Value) = v
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		return *addressable(src).Interface().(*value.Value), nil
	},
}

var objectCodec = &codec{
	typ:     value.DictOf(nil),
	nilable: true,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		if v.IsNull() {
			dst.SetZero()
			return nil
		}
		o, ok := v.AsObject()
		if !ok {
			return unexpected("an object", v)
		}
		dst.Set(reflect.ValueOf(o))
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		return src.Interface().(*value.Object).Of(), nil
	},
}

var rawCodec = &codec{
	nilable: true,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		dst.SetBytes(value.AppendJSON(nil, v))
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) { return parseResult(src.Bytes()) },
}

// parseResult reads JSON that a function made; none is null.
func parseResult(text []byte) (value.Value, *placeError) {
	if len(text) == 0 {
		return value.Null, nil
	}
	v, err := value.ParseJSON(text)
	if err != nil {
		return value.Null, placeErrorf("%v", err)
	}
	return v, nil
}

// interfaceCodec is for any, and for the results of other interfaces.
func interfaceCodec(t reflect.Type) codec {
	c := codec{
		nilable: true,
		decode: func(dst reflect.Value, v value.Value) *placeError {
			if x := natural(v); x != nil {
				dst.Set(reflect.ValueOf(x))
			} else {
				dst.SetZero()
			}
			return nil
		},
		encode: func(src reflect.Value, depth int) (value.Value, *placeError) {
			if src.IsNil() {
				return value.Null, nil
			}
			if depth == 0 {
				return value.Null, tooDeep()
			}
			c, err := codecOf(src.Elem().Type())
			if err != nil {
				return value.Null, placeErrorf("%v", err)
			}
			return c.encode(src.Elem(), depth-1)
		},
	}
	if t.NumMethod() > 0 {
		c.unreadable = "an interface with methods cannot be read from a value; take a struct, any or value.Value"
	}
	return c
}

// natural returns v as the Go data that any is documented to hold.
func natural(v value.Value) any {
	switch v.Kind() {
	case value.KindNull:
		return nil
	case value.KindBool:
		b, _ := v.AsBool()
		return b
	case value.KindInt:
		if i, ok := v.AsInt(); ok {
			return i
		}
		n, _ := v.AsBigInt()
		return new(big.Int).Set(n)
	case value.KindFloat:
		f, _ := v.AsFloat()
		return f
	case value.KindString:
		return v.Str()
	case value.KindList:
		items, _ := v.AsList()
		out := make([]any, len(items))
		for i, item := range items {
			out[i] = natural(item)
		}
		return out
	default:
		o, _ := v.AsObject()
		out := make(map[string]any, o.Len())
		for key, member := range o.All() {
			out[key] = natural(member)
		}
		return out
	}
}

// jsonCodec is for types that write themselves as JSON.
func jsonCodec(t reflect.Type) codec {
	c := codec{
		nilable: true,
		decode: func(dst reflect.Value, v value.Value) *placeError {
			text := value.AppendJSON(nil, v)
			if err := dst.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(text); err != nil {
				return placeErrorf("%v", err)
			}
			return nil
		},
		encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
			text, err := addressable(src).Interface().(json.Marshaler).MarshalJSON()
			if err != nil {
				return value.Null, placeErrorf("%v", err)
			}
			return parseResult(text)
		},
	}
	if !reflect.PointerTo(t).Implements(jsonUnmarshaler) {
		c.unreadable = "its type can be written as JSON but not read"
	}
	return c
}
