package jq

import (
	"fmt"

	"github.com/itchyny/gojq"

	"github.com/wayflow-go/wayflow/value"
)

// self is the hidden variable that holds the [run].
const self = "$__run"

// prelude are functions that every query sees. The first are the checks that guard.go puts into queries. The others
// replace functions of jq: some so that the order of keys is that of the input, some so that they look at the size of
// what they would make before they make it. A function that calls the one it replaces does so by a name that was given
// to that before.
var prelude = mustParse(`
def __check: if __charge($__run) then . else . end;
def __index: if __low($__run) then . else . end;
def __times(l; r): (r) as $__r | (l) as $__l | if __repeats($__run; $__l; $__r) then $__l * $__r else . end;
def keys_unsorted: __keys($__run);
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def with_entries(f): to_entries | map(f) | from_entries;
def tojson: __json($__run);
def tostring: if type == "string" then . else tojson end;
def __join($s): join($s);
def join(s): (s) as $s | if __joins($__run; $s) then __join($s) else . end;
def __transpose: transpose;
def transpose: if __transposes($__run) then __transpose else . end;
def __setpath(p; v): setpath(p; v);
def setpath(p; v): __setpath(p | __index; v);
def __fromstream(f): fromstream(f);
def fromstream(f): __fromstream(f | __index);
.`).FuncDefs

func mustParse(text string) *gojq.Query {
	q, err := gojq.Parse(text)
	if err != nil {
		panic(err)
	}
	return q
}

// withPrelude puts a query after the prelude.
func withPrelude(q *gojq.Query) *gojq.Query {
	return &gojq.Query{FuncDefs: prelude, Imports: q.Imports, Term: group(q)}
}

// options are the functions of the prelude that are not written in jq.
var options = []gojq.CompilerOption{
	gojq.WithVariables([]string{self}),
	native("__charge", 1, func(r *run, v any, _ []any) any { return allow(r.charge(v)) }),
	native("__low", 1, func(r *run, v any, _ []any) any { return allow(r.low(v)) }),
	native("__repeats", 3, func(r *run, _ any, args []any) any { return allow(r.repeats(args[0], args[1])) }),
	native("__joins", 2, func(r *run, v any, args []any) any { return allow(r.joins(v, args[0])) }),
	native("__transposes", 1, func(r *run, v any, _ []any) any { return allow(r.transposes(v)) }),
	native("__keys", 1, func(r *run, v any, _ []any) any { return r.keys(v) }),
	native("__json", 1, func(r *run, v any, _ []any) any { return r.json(v) }),
}

// native makes a function of jq whose first argument is the hidden variable.
func native(name string, args int, f func(r *run, v any, args []any) any) gojq.CompilerOption {
	return gojq.WithFunction(name, args, args, func(v any, args []any) any {
		r, ok := args[0].(*run)
		if !ok {
			return fmt.Errorf("%s is not for queries", name)
		}
		return f(r, v, args[1:])
	})
}

// allow is what a check yields.
func allow(err error) any {
	if err != nil {
		return err
	}
	return true
}

// low checks that an index, or a path of them, is not so high that writing there would fill the memory.
func (r *run) low(v any) error {
	switch v := v.(type) {
	case int:
		if v > MaxIndex {
			return r.stop(errIndex)
		}
	case float64:
		if v > MaxIndex {
			return r.stop(errIndex)
		}
	case []any:
		for _, w := range v {
			if err := r.low(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// repeats checks the product of a text and a number.
func (r *run) repeats(a, b any) error {
	text, ok := a.(string)
	times := b
	if !ok {
		text, ok = b.(string)
		times = a
	}
	if n, isNumber := asFloat(times); ok && isNumber && n*float64(len(text)) > float64(r.size) {
		return r.stop(errSize)
	}
	return nil
}

func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// joins checks what the separators of a join add up to.
func (r *run) joins(list, separator any) error {
	items, _ := list.([]any)
	text, _ := separator.(string)
	if len(text)*len(items) > r.size {
		return r.stop(errSize)
	}
	return nil
}

// transposes checks the size of a list of lists turned over.
func (r *run) transposes(list any) error {
	items, _ := list.([]any)
	longest := 0
	for _, item := range items {
		inner, _ := item.([]any)
		longest = max(longest, len(inner))
	}
	if longest*len(items)*16 > r.size {
		return r.stop(errSize)
	}
	return nil
}

// keys returns the keys of an object in their order, or the indexes of a list.
func (r *run) keys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		keys := []any{}
		if known := r.origin(v); known != nil {
			for k := range known.All() {
				keys = append(keys, k)
			}
			return keys
		}
		for _, k := range r.order.keys(v) {
			keys = append(keys, k)
		}
		return keys
	case []any:
		keys := make([]any, len(v))
		for i := range v {
			keys[i] = i
		}
		return keys
	}
	return fmt.Errorf("only an object or a list has keys")
}

// json writes a value as compact JSON.
func (r *run) json(v any) any {
	w, err := r.order.value(v)
	if err != nil {
		return err
	}
	return string(value.AppendJSON(nil, w))
}
