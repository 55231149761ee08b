package jq

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

// The bounds of one evaluation. They are generous for taking data apart, and small enough that no document can keep a
// machine busy: both are spent within a second or so.
const (
	// MaxSteps is how many instructions of gojq's machine an evaluation may take.
	MaxSteps = 2_000_000
	// MaxSize is how much an evaluation may make, in bytes as counted by its checks.
	MaxSize = 128 << 20
	// MaxIndex is the highest index at which a query may write into a list.
	MaxIndex = 1 << 20
	// maxBits bounds integers: without it a few multiplications make one that no machine can hold.
	maxBits = 1 << 14
)

// run is one evaluation. It is the context that gojq asks before each instruction whether to go on, and so counts them;
// and it is the value of a hidden variable, through which the checks of guard.go find it.
type run struct {
	context.Context
	steps int
	size  int
	// cause is set when a bound was passed. Nothing more is evaluated then, whatever the query does to catch it.
	cause error
	// known finds the object that a map of gojq was made of: as gojq never changes a map that it was given, that object
	// still tells the order of the keys.
	known map[uintptr]*value.Object
	order orderer
}

func newRun(input value.Value, literals [][]string) *run {
	r := &run{Context: context.Background(), steps: MaxSteps, size: MaxSize, known: map[uintptr]*value.Object{}}
	r.order = orderer{run: r, input: input, literals: literals}
	return r
}

// boundError says which bound was passed.
type boundError struct{ what string }

func (e *boundError) Error() string { return e.what }

var (
	errSteps = &boundError{fmt.Sprintf("it takes more than %d steps; make it do less, or give it less", MaxSteps)}
	errSize  = &boundError{fmt.Sprintf("it makes more than %d MiB of data; make it do less, or give it less", MaxSize>>20)}
	errBits  = &boundError{fmt.Sprintf("it makes an integer of more than %d bits", maxBits)}
	errIndex = &boundError{fmt.Sprintf("it uses an index above %d", MaxIndex)}
)

// stopped is a channel that tells at once that it is time to stop.
var stopped = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Done counts a step.
func (r *run) Done() <-chan struct{} {
	if r.steps--; r.steps < 0 {
		if r.cause == nil {
			r.cause = errSteps
		}
		return stopped
	}
	return nil
}

// Err says why the evaluation was stopped.
func (r *run) Err() error { return r.cause }

// stop ends the evaluation at the next step.
func (r *run) stop(cause error) error {
	r.steps, r.cause = 0, cause
	return cause
}

// charge counts something that was made, all its parts included.
func (r *run) charge(v any) error {
	if r.size -= 16; r.size < 0 {
		return r.stop(errSize)
	}
	switch v := v.(type) {
	case string:
		r.size -= len(v)
	case *big.Int:
		if v.BitLen() > maxBits {
			return r.stop(errBits)
		}
	case []any:
		for _, w := range v {
			if err := r.charge(w); err != nil {
				return err
			}
		}
	case map[string]any:
		for k, w := range v {
			r.size -= len(k)
			if err := r.charge(w); err != nil {
				return err
			}
		}
	}
	if r.size < 0 {
		return r.stop(errSize)
	}
	return nil
}

// in turns a value into what gojq works on.
func (r *run) in(v value.Value) any {
	switch v.Kind() {
	case value.KindBool:
		b, _ := v.AsBool()
		return b
	case value.KindInt:
		return integer(v)
	case value.KindFloat:
		f, _ := v.AsFloat()
		return f
	case value.KindString:
		return v.Str()
	case value.KindList:
		items, _ := v.AsList()
		list := make([]any, len(items))
		for i, w := range items {
			list[i] = r.in(w)
		}
		return list
	case value.KindObject:
		return r.object(v)
	default:
		return nil
	}
}

func (r *run) object(v value.Value) any {
	o, _ := v.AsObject()
	m := make(map[string]any, o.Len())
	for k, w := range o.All() {
		m[k] = r.in(w)
	}
	r.known[reflect.ValueOf(m).Pointer()] = o
	return m
}

func integer(v value.Value) any {
	if i, ok := v.AsInt(); ok && math.MinInt <= i && i <= math.MaxInt {
		return int(i)
	}
	b, _ := v.AsBigInt()
	return b
}

// origin is the object that a map was made of, if it is one of the input.
func (r *run) origin(m map[string]any) *value.Object { return r.known[reflect.ValueOf(m).Pointer()] }

// out turns a result of gojq into a value.
func (r *run) out(result any) (value.Value, error) {
	if err := r.charge(result); err != nil {
		return value.Null, err
	}
	r.order.whole = true
	defer func() { r.order.whole = false }()
	return r.order.value(result)
}

// number reads a number that gojq kept as it was written.
func number(n json.Number) value.Value {
	if i, ok := new(big.Int).SetString(n.String(), 10); ok {
		return value.BigInt(i)
	}
	f, _ := n.Float64()
	return value.Float(f)
}
