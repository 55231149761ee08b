package jq

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// orderer gives the objects of a result an order of keys.
type orderer struct {
	run   *run
	input value.Value
	// literals are the keys of the objects that the query spells out.
	literals [][]string
	whole    bool // see number

	// What follows is filled when the first object asks for it: the order of the keys for each set of keys that is
	// known, and the place of each key by its first occurrence.
	sets  map[string][]string
	place map[string]int
	depth int
}

func (o *orderer) value(v any) (value.Value, error) {
	if o.depth++; o.depth > value.MaxDepth {
		return value.Null, fmt.Errorf("it makes something nested deeper than %d levels", value.MaxDepth)
	}
	defer func() { o.depth-- }()
	switch v := v.(type) {
	case nil:
		return value.Null, nil
	case bool:
		return value.Bool(v), nil
	case int:
		return value.Int(int64(v)), nil
	case *big.Int:
		return value.BigInt(v), nil
	case float64:
		if math.IsNaN(v) {
			return value.Null, nil
		}
		return o.number(finite(v)), nil
	case json.Number:
		return number(v), nil
	case string:
		return value.String(v), nil
	case []any:
		return o.list(v)
	case map[string]any:
		return o.object(v)
	default:
		return value.Null, fmt.Errorf("it yields something that is no JSON")
	}
}

func (o *orderer) list(list []any) (value.Value, error) {
	items := make([]value.Value, len(list))
	for i, w := range list {
		item, err := o.value(w)
		if err != nil {
			return value.Null, err
		}
		items[i] = item
	}
	return value.List(items...), nil
}

func (o *orderer) object(m map[string]any) (value.Value, error) {
	if known := o.run.origin(m); known != nil {
		return known.Of(), nil
	}
	var b value.ObjectBuilder
	for _, k := range o.keys(m) {
		v, err := o.value(m[k])
		if err != nil {
			return value.Null, err
		}
		b.Set(k, v)
	}
	return b.Value(), nil
}

// number is the value of a number: a result without a fraction is an integer, as jq writes it.
func (o *orderer) number(f float64) value.Value {
	if o.whole && f == math.Trunc(f) && math.Abs(f) < 1e17 {
		return value.Int(int64(f))
	}
	return value.Float(f)
}

// finite is f, or the largest number there is: JSON has no infinity, and jq writes it so.
func finite(f float64) float64 { return max(-math.MaxFloat64, min(f, math.MaxFloat64)) }

// keys returns the keys of a map in the order that they most likely had.
func (o *orderer) keys(m map[string]any) []string {
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) < 2 {
		return keys
	}
	if o.sets == nil {
		o.learn()
	}
	if known, ok := o.sets[setOf(keys)]; ok {
		return known
	}
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(o.rank(a), o.rank(b)) })
	return keys
}

// rank is the place of a key; keys that nobody has seen come last.
func (o *orderer) rank(key string) int {
	if i, ok := o.place[key]; ok {
		return i
	}
	return len(o.place)
}

// learn collects the orders of keys: those of the query count most where the whole set is known, those of the input
// where it is not.
func (o *orderer) learn() {
	o.sets, o.place = map[string][]string{}, map[string]int{}
	for _, keys := range o.literals {
		o.learnSet(keys)
	}
	o.learnFrom(o.input)
	for _, keys := range o.literals {
		o.learnPlaces(keys)
	}
}

func (o *orderer) learnFrom(v value.Value) {
	if items, ok := v.AsList(); ok {
		for _, w := range items {
			o.learnFrom(w)
		}
	}
	obj, ok := v.AsObject()
	if !ok {
		return
	}
	keys := make([]string, 0, obj.Len())
	for k := range obj.All() {
		keys = append(keys, k)
	}
	o.learnSet(keys)
	o.learnPlaces(keys)
	for _, w := range obj.All() {
		o.learnFrom(w)
	}
}

func (o *orderer) learnSet(keys []string) {
	if set := setOf(slices.Sorted(slices.Values(keys))); o.sets[set] == nil {
		o.sets[set] = keys
	}
}

func (o *orderer) learnPlaces(keys []string) {
	for _, k := range keys {
		if _, ok := o.place[k]; !ok {
			o.place[k] = len(o.place)
		}
	}
}

func setOf(sorted []string) string { return strings.Join(sorted, "\x00") }
