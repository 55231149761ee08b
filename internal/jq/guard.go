package jq

import (
	"reflect"
	"slices"

	"github.com/itchyny/gojq"
)

// These functions are not what they seem, or see more than the input.
var refused = []string{
	"now", "localtime", "strflocaltime", "input", "inputs", "input_filename", "input_line_number",
	"debug", "stderr", "halt", "halt_error", "get_search_list", "modulemeta",
}

// forbidden returns the name of a function that a query may not use; "" if there is none.
func forbidden(q *gojq.Query) (name string) {
	visit(q, func(node any) {
		if f, ok := node.(*gojq.Func); ok && slices.Contains(refused, f.Name) && name == "" {
			name = f.Name
		}
	})
	return name
}

// objectKeys returns the keys of the objects that a query spells out, where all of them are fixed.
func objectKeys(q *gojq.Query) (all [][]string) {
	visit(q, func(node any) {
		o, ok := node.(*gojq.Object)
		if !ok {
			return
		}
		var keys []string
		for _, kv := range o.KeyVals {
			key, fixed := fixedKey(kv)
			if !fixed {
				return
			}
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		all = append(all, keys)
	})
	return all
}

func fixedKey(kv *gojq.ObjectKeyVal) (string, bool) {
	switch {
	case kv.KeyString != nil:
		return kv.KeyString.Str, kv.KeyString.Queries == nil
	case kv.Key != "" && kv.Key[0] == '$':
		return kv.Key[1:], true
	}
	return kv.Key, kv.Key != ""
}

// visit calls f for each part of a query, inner parts first.
func visit(q *gojq.Query, f func(node any)) { visitValue(reflect.ValueOf(q), f) }

func visitValue(v reflect.Value, f func(node any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		for i := range v.Elem().NumField() {
			visitValue(v.Elem().Field(i), f)
		}
		f(v.Interface())
	case reflect.Slice:
		for i := range v.Len() {
			visitValue(v.Index(i), f)
		}
	}
}

// guard wraps the parts of a query that make something new, so that it is counted, and those that could make something
// huge in one go, so that they are stopped before. A check never changes a value, and is no obstacle in a path
// expression, as it is an if whose branches both hand on what came.
func guard(q *gojq.Query) {
	visit(q, func(node any) {
		switch node := node.(type) {
		case *gojq.Query:
			guardQuery(node)
		case *gojq.Term:
			guardTerm(node)
		case *gojq.Index:
			if node.Start != nil {
				node.Start = pipe(node.Start, call("__index"))
			}
		}
	})
}

// guardQuery wraps the operators whose result may be larger than their operands.
func guardQuery(q *gojq.Query) {
	made := *q
	made.FuncDefs = nil
	switch q.Op {
	case gojq.OpMul:
		made = gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{
			Name: "__times", Args: []*gojq.Query{q.Left, q.Right},
		}}}
	case gojq.OpAdd, gojq.OpAssign, gojq.OpModify, gojq.OpUpdateAdd, gojq.OpUpdateMul, gojq.OpUpdateAlt:
	default:
		return
	}
	*q = gojq.Query{FuncDefs: q.FuncDefs, Term: group(pipe(&made, call("__check")))}
}

// guardTerm wraps calls, and the parts that spell out a list, an object or a text.
func guardTerm(t *gojq.Term) {
	if t.Type == gojq.TermTypeFormat {
		ordered(t)
	}
	switch {
	case t.Type == gojq.TermTypeString && t.Str.Queries != nil:
	case t.Type == gojq.TermTypeFormat, t.Type == gojq.TermTypeArray, t.Type == gojq.TermTypeObject:
	case t.Type == gojq.TermTypeFunc && t.Func.Name != "$__loc__" && t.Func.Name != "empty":
	default:
		return
	}
	made := *t
	made.SuffixList = nil
	suffixes := t.SuffixList
	*t = *group(pipe(&gojq.Query{Term: &made}, call("__check")))
	t.SuffixList = suffixes
}

// ordered replaces the formats that write whole values by the functions that know the order of keys.
func ordered(t *gojq.Term) {
	name := map[string]string{"@json": "tojson", "@text": "tostring"}[t.Format]
	switch {
	case name == "":
	case t.Str == nil:
		t.Type, t.Func, t.Format = gojq.TermTypeFunc, &gojq.Func{Name: name}, ""
	default:
		t.Type, t.Format = gojq.TermTypeString, ""
		if name != "tostring" {
			interpolated(t.Str, name)
		}
	}
}

// interpolated hands what a text holds between \( and ) to a function.
func interpolated(s *gojq.String, name string) {
	for i := range s.Queries {
		if t := s.Queries[i].Term; t == nil || t.Type != gojq.TermTypeString { // a piece of plain text
			s.Queries[i] = &gojq.Query{Term: group(pipe(s.Queries[i], call(name)))}
		}
	}
}

func call(name string) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: name}}}
}

func pipe(left, right *gojq.Query) *gojq.Query {
	return &gojq.Query{Left: left, Op: gojq.OpPipe, Right: right}
}

func group(q *gojq.Query) *gojq.Term { return &gojq.Term{Type: gojq.TermTypeQuery, Query: q} }
