package engine

import (
	"cmp"
	"math"
	"math/big"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// reduction makes one value of many, one after the other (Agent Spec, "MapNode").
type reduction struct {
	by    program.Reducer
	count int
	// whole is the sum of the integers, rest that of the numbers.
	whole big.Int
	rest  float64
	float bool
	best  value.Value
}

// add takes one more value; it reports false if that cannot be reduced.
func (r *reduction) add(v value.Value) bool {
	r.count++
	if r.by == program.Max || r.by == program.Min {
		return r.choose(v)
	}
	switch v.Kind() {
	case value.KindInt:
		i, _ := v.AsBigInt()
		r.whole.Add(&r.whole, i)
	case value.KindBool:
		if v.Truthy() {
			r.whole.Add(&r.whole, big.NewInt(1))
		}
	case value.KindFloat:
		f, _ := v.AsFloat()
		r.float = true
		r.rest += f
	default:
		return false
	}
	return true
}

// choose keeps the better of two values; of equal ones the first.
func (r *reduction) choose(v value.Value) bool {
	if r.count == 1 {
		r.best = v
		return v.Kind() == value.KindString || isNumber(v)
	}
	order, ok := compare(v, r.best)
	if ok && (order > 0) == (r.by == program.Max) && order != 0 {
		r.best = v
	}
	return ok
}

func isNumber(v value.Value) bool {
	return v.Kind() == value.KindInt || v.Kind() == value.KindFloat || v.Kind() == value.KindBool
}

// compare orders two numbers or two texts.
func compare(a, b value.Value) (int, bool) {
	if a.Kind() == value.KindString && b.Kind() == value.KindString {
		return cmp.Compare(a.Str(), b.Str()), true
	}
	if !isNumber(a) || !isNumber(b) {
		return 0, false
	}
	x, y := exact(a), exact(b)
	if x == nil || y == nil {
		return cmp.Compare(approximate(a), approximate(b)), true
	}
	return x.Cmp(y), true
}

// exact is a number without loss; nil for infinities and NaN.
func exact(v value.Value) *big.Float {
	if f, ok := v.AsFloat(); ok {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		}
		return big.NewFloat(f)
	}
	if i, ok := v.AsBigInt(); ok {
		return new(big.Float).SetInt(i)
	}
	if v.Truthy() {
		return big.NewFloat(1)
	}
	return big.NewFloat(0)
}

func approximate(v value.Value) float64 {
	if f, ok := v.AsFloat(); ok {
		return f
	}
	f, _ := exact(v).Float64()
	return f
}

// result is the reduced value, for outputs of the given type. There is none of no values, except a sum.
func (r *reduction) result(t *value.Type) result {
	switch {
	case r.by == program.Sum && !r.float && (t == nil || t.Kind != value.TypeNumber):
		return result{value.BigInt(new(big.Int).Set(&r.whole)), true}
	case r.by == program.Sum:
		return result{value.Float(r.total()), true}
	case r.count == 0:
		return result{}
	case r.by == program.Average:
		return result{value.Float(r.total() / float64(r.count)), true}
	}
	return result{r.best, true}
}

func (r *reduction) total() float64 {
	whole, _ := new(big.Float).SetInt(&r.whole).Float64()
	return whole + r.rest
}
