package tool

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

// unexpected says that something else was wanted than v.
func unexpected(want string, v value.Value) *placeError {
	return placeErrorf("expected %s, found %s", want, describe(v))
}

// describe names a value for people, briefly.
func describe(v value.Value) string {
	switch v.Kind() {
	case value.KindString:
		text := v.Str()
		if len(text) > 40 {
			text = text[:37] + "..."
		}
		return fmt.Sprintf("the text %q", text)
	case value.KindInt, value.KindFloat:
		return "the " + v.Kind().String() + " " + v.String()
	case value.KindList:
		items, _ := v.AsList()
		return fmt.Sprintf("a list of %d items", len(items))
	case value.KindObject:
		return "an object"
	default:
		return v.String()
	}
}

var boolCodec = codec{
	typ: value.BooleanType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		b, ok := v.AsBool()
		if !ok {
			return unexpected("true or false", v)
		}
		dst.SetBool(b)
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) { return value.Bool(src.Bool()), nil },
}

// integerOf returns the integer that v is or stands for: a number without a fraction, or a boolean, as integers are in
// Python.
func integerOf(v value.Value) (*big.Int, *placeError) {
	if i, ok := v.AsBigInt(); ok {
		return i, nil
	}
	if f, ok := v.AsFloat(); ok && f == math.Trunc(f) && !math.IsInf(f, 0) {
		i, _ := big.NewFloat(f).Int(nil)
		return i, nil
	}
	if b, ok := v.AsBool(); ok {
		if b {
			return big.NewInt(1), nil
		}
		return big.NewInt(0), nil
	}
	return nil, unexpected("an integer", v)
}

var intCodec = codec{
	typ: value.IntegerType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		i, ok := v.AsInt()
		if !ok {
			n, err := integerOf(v)
			if err != nil {
				return err
			}
			if i = n.Int64(); !n.IsInt64() {
				return placeErrorf("the integer %s needs more than 64 bits", n)
			}
		}
		if dst.OverflowInt(i) {
			return placeErrorf("the integer %d needs more than %d bits", i, dst.Type().Bits())
		}
		dst.SetInt(i)
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) { return value.Int(src.Int()), nil },
}

var uintCodec = codec{
	typ: value.IntegerType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		n, err := integerOf(v)
		if err != nil {
			return err
		}
		if n.Sign() < 0 {
			return placeErrorf("the integer %s is negative", n)
		}
		if !n.IsUint64() || dst.OverflowUint(n.Uint64()) {
			return placeErrorf("the integer %s needs more than %d bits", n, dst.Type().Bits())
		}
		dst.SetUint(n.Uint64())
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		return value.BigInt(new(big.Int).SetUint64(src.Uint())), nil
	},
}

var floatCodec = codec{
	typ: value.NumberType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		f, ok := v.AsFloat()
		if !ok {
			n, err := integerOf(v)
			if err != nil {
				return unexpected("a number", v)
			}
			var accuracy big.Accuracy
			if f, accuracy = new(big.Float).SetInt(n).Float64(); accuracy != big.Exact {
				return placeErrorf("the integer %s has more digits than a number can hold", n)
			}
		}
		if dst.OverflowFloat(f) {
			return placeErrorf("the number %v is too large", f)
		}
		dst.SetFloat(f)
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		if src.Kind() == reflect.Float32 { // 0.1 must not become 0.10000000149011612
			return value.Float(shortest32(float32(src.Float()))), nil
		}
		return value.Float(src.Float()), nil
	},
}

// shortest32 returns the number that the shortest text of f stands for.
func shortest32(f float32) float64 {
	d, err := json.Number(fmt.Sprint(f)).Float64()
	if err != nil {
		return float64(f)
	}
	return d
}

var bigIntCodec = &codec{
	typ: value.IntegerType,
	decode: func(dst reflect.Value, v value.Value) *placeError {
		n, err := integerOf(v)
		if err != nil {
			return err
		}
		dst.Addr().Interface().(*big.Int).Set(n)
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		n := addressable(src).Interface().(*big.Int)
		return value.BigInt(new(big.Int).Set(n)), nil
	},
}

var numberTextCodec = &codec{
	typ: value.UnionOf(value.IntegerType, value.NumberType),
	decode: func(dst reflect.Value, v value.Value) *placeError {
		if k := v.Kind(); k != value.KindInt && k != value.KindFloat {
			return unexpected("a number", v)
		}
		dst.SetString(v.String())
		return nil
	},
	encode: func(src reflect.Value, _ int) (value.Value, *placeError) {
		v, err := value.ParseJSON([]byte(src.String()))
		if k := v.Kind(); err != nil || k != value.KindInt && k != value.KindFloat {
			return value.Null, placeErrorf("the text %q is not a number", src.String())
		}
		return v, nil
	},
}
