package tool

import (
	"encoding"
	"encoding/base64"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/value"
)

var stringCodec = codec{
	typ: value.StringType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		s, ok := v.AsString()
		if !ok {
			return unexpected("a text", v)
		}
		dst.SetString(s)
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) { return textValue(src.String()) },
}

// textValue returns a text as a value, unless it is no text.
func textValue(s string) (value.Value, *placeError) {
	if !utf8.ValidString(s) {
		return value.Null, placeErrorf("the text is not valid UTF-8; return bytes as []byte")
	}
	return value.String(s), nil
}

var bytesCodec = codec{
	typ:     value.StringType,
	nilable: true,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		if v.IsNull() {
			dst.SetZero()
			return nil
		}
		s, ok := v.AsString()
		if !ok {
			return unexpected("a text in base64", v)
		}
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return placeErrorf("the text is not base64: %v", err)
		}
		dst.SetBytes(b)
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		return value.String(base64.StdEncoding.EncodeToString(src.Bytes())), nil
	},
}

var durationCodec = &codec{
	typ: value.StringType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		s, ok := v.AsString()
		d, err := time.ParseDuration(s)
		if !ok || err != nil {
			return unexpected(`a duration such as "1m30s"`, v)
		}
		dst.SetInt(int64(d))
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		return value.String(time.Duration(src.Int()).String()), nil
	},
}

// textCodec is for types that write themselves as text.
func textCodec(t reflect.Type) codec {
	c := codec{
		typ: value.StringType,
		decode: func(dst reflect.Value, v value.Value) *placeError {
			s, ok := v.AsString()
			if !ok {
				return unexpected("a text", v)
			}
			if err := dst.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
				return placeErrorf("%v", err)
			}
			return nil
		},
		encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
			text, err := addressable(src).Interface().(encoding.TextMarshaler).MarshalText()
			if err != nil {
				return value.Null, placeErrorf("%v", err)
			}
			return textValue(string(text))
		},
	}
	if !reflect.PointerTo(t).Implements(textUnmarshaler) {
		c.unreadable = "its type can be written as text but not read"
	}
	return c
}

// addressable returns a pointer to what src holds.
func addressable(src reflect.Value) reflect.Value {
	if src.CanAddr() {
		return src.Addr()
	}
	p := reflect.New(src.Type())
	p.Elem().Set(src)
	return p
}
