package value

import (
	"math"
	"math/big"
	"strconv"
	"unsafe"
)

// Kind tells what a [Value] is.
type Kind uint8

// The kinds of values.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindFloat
	KindString
	KindList
	KindObject
)

var kindNames = [...]string{"null", "boolean", "integer", "number", "string", "list", "object"}

// String returns the kind's name as Agent Spec's JSON Schemas say it, except for lists ("list") which they call array.
func (k Kind) String() string { return kindNames[k] }

// Value is an immutable datum. The zero Value is null.
//
// It is three words large and holds strings, numbers and lists without a further allocation; this is the layout of
// [log/slog.Value], for the same reason: values are passed along edges by the million.
type Value struct {
	_ [0]func() // not comparable with ==; use Equal
	// num holds a boolean, an integer, the bits of a number, or the length of a string or list.
	num uint64
	// ref is nil (null), a scalarKind, a stringPtr, a listPtr, a *Object, or a *big.Int.
	ref any
}

type (
	scalarKind Kind
	stringPtr  *byte
	listPtr    *Value
)

// Null is the null value.
var Null = Value{}

// Bool returns a boolean.
func Bool(b bool) Value {
	var n uint64
	if b {
		n = 1
	}
	return Value{num: n, ref: scalarKind(KindBool)}
}

// Int returns an integer.
func Int(i int64) Value { return Value{num: uint64(i), ref: scalarKind(KindInt)} }

// BigInt returns an integer of any size. The argument must not change afterwards.
func BigInt(i *big.Int) Value {
	if i.IsInt64() {
		return Int(i.Int64())
	}
	return Value{ref: i}
}

// Float returns a number.
func Float(f float64) Value { return Value{num: math.Float64bits(f), ref: scalarKind(KindFloat)} }

// String returns a text.
func String(s string) Value {
	return Value{num: uint64(len(s)), ref: stringPtr(unsafe.StringData(s))}
}

// List returns a list of the given items. It takes over the slice, which must not change afterwards.
func List(items ...Value) Value {
	return Value{num: uint64(len(items)), ref: listPtr(unsafe.SliceData(items))}
}

// Of returns o as a value. A nil object is the empty object.
func (o *Object) Of() Value {
	if o == nil {
		o = &Object{}
	}
	return Value{ref: o}
}

// Kind reports what v is.
func (v Value) Kind() Kind {
	switch r := v.ref.(type) {
	case nil:
		return KindNull
	case scalarKind:
		return Kind(r)
	case stringPtr:
		return KindString
	case listPtr:
		return KindList
	case *big.Int:
		return KindInt
	default:
		return KindObject
	}
}

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.ref == nil }

// AsBool returns the boolean that v is; ok is false if it is something else.
func (v Value) AsBool() (b, ok bool) {
	ok = v.ref == scalarKind(KindBool)
	return ok && v.num == 1, ok
}

// AsInt returns the integer that v is; ok is false if it is something else or needs more than 64 bits.
func (v Value) AsInt() (i int64, ok bool) {
	if v.ref == scalarKind(KindInt) {
		return int64(v.num), true
	}
	return 0, false
}

// AsBigInt returns the integer that v is, whatever its size; ok is false if it is something else.
// The result must not be changed.
func (v Value) AsBigInt() (i *big.Int, ok bool) {
	if b, ok := v.ref.(*big.Int); ok {
		return b, true
	}
	if n, ok := v.AsInt(); ok {
		return big.NewInt(n), true
	}
	return nil, false
}

// AsFloat returns the number that v is; ok is false if it is something else, an integer too.
func (v Value) AsFloat() (f float64, ok bool) {
	if v.ref == scalarKind(KindFloat) {
		return math.Float64frombits(v.num), true
	}
	return 0, false
}

// AsString returns the text that v is; ok is false if it is something else.
func (v Value) AsString() (s string, ok bool) {
	if p, ok := v.ref.(stringPtr); ok {
		return unsafe.String(p, int(v.num)), true
	}
	return "", false
}

// AsList returns the items of the list that v is; ok is false if it is something else. The slice must not be changed.
func (v Value) AsList() (items []Value, ok bool) {
	if p, ok := v.ref.(listPtr); ok {
		return unsafe.Slice(p, int(v.num)), true
	}
	return nil, false
}

// AsObject returns the object that v is; ok is false if it is something else.
func (v Value) AsObject() (o *Object, ok bool) {
	o, ok = v.ref.(*Object)
	return o, ok
}

// Str returns the text that v is, or "" if it is something else.
func (v Value) Str() string { s, _ := v.AsString(); return s }

// Get returns the member of an object, or null if v is no object or has no such key.
func (v Value) Get(key string) Value {
	if o, ok := v.AsObject(); ok {
		m, _ := o.Get(key)
		return m
	}
	return Null
}

// Equal reports whether two values are the same: of one kind, with the same content. Objects are equal whatever the
// order of their keys; the integer 1 and the number 1.0 are different values; NaN equals nothing.
func Equal(a, b Value) bool {
	ka, kb := a.Kind(), b.Kind()
	if ka != kb {
		return false
	}
	switch ka {
	case KindNull:
		return true
	case KindBool:
		return a.num == b.num
	case KindInt:
		ba, bigA := a.ref.(*big.Int)
		bb, bigB := b.ref.(*big.Int)
		if bigA && bigB {
			return ba.Cmp(bb) == 0
		}
		return !bigA && !bigB && a.num == b.num
	case KindFloat:
		fa, _ := a.AsFloat()
		fb, _ := b.AsFloat()
		return fa == fb
	case KindString:
		return a.Str() == b.Str()
	case KindList:
		return equalLists(a, b)
	default:
		oa, _ := a.AsObject()
		ob, _ := b.AsObject()
		return oa.equal(ob)
	}
}

func equalLists(a, b Value) bool {
	la, _ := a.AsList()
	lb, _ := b.AsList()
	if len(la) != len(lb) {
		return false
	}
	for i := range la {
		if !Equal(la[i], lb[i]) {
			return false
		}
	}
	return true
}

// Equal makes values comparable by tools that look for such a method, go-cmp among them.
func (v Value) Equal(w Value) bool { return Equal(v, w) }

// Truthy reports whether Python would take v for true: everything but null, false, zero and what is empty.
func (v Value) Truthy() bool {
	switch v.Kind() {
	case KindNull:
		return false
	case KindFloat:
		f, _ := v.AsFloat()
		return f != 0
	case KindObject:
		o, _ := v.AsObject()
		return o.Len() > 0
	case KindInt:
		_, isBig := v.ref.(*big.Int)
		return isBig || v.num != 0
	default:
		return v.num != 0
	}
}

// String returns v as compact JSON, for messages to people.
func (v Value) String() string { return string(AppendJSON(nil, v)) }

// GoString implements [fmt.GoStringer], so that test failures are readable.
func (v Value) GoString() string { return "value(" + strconv.Quote(v.String()) + ")" }
