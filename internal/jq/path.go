package jq

import (
	"fmt"
	"strconv"

	"github.com/itchyny/gojq"

	"github.com/wayflow-go/wayflow/value"
)

// step is one step of a plain path: a key, an index, or a ? that ends the path quietly where the step before fails.
type step struct {
	key     string
	index   int
	isIndex bool
	try     bool
}

// plainPath takes a query apart that only follows keys and indexes.
func plainPath(q *gojq.Query) ([]step, bool) {
	if q == nil || len(q.FuncDefs) > 0 || len(q.Imports) > 0 || q.Meta != nil || len(q.Patterns) > 0 {
		return nil, false
	}
	if q.Term != nil {
		return plainTerm(q.Term)
	}
	if q.Op != gojq.OpPipe {
		return nil, false
	}
	left, ok := plainPath(q.Left)
	if !ok {
		return nil, false
	}
	right, ok := plainPath(q.Right)
	return append(left, right...), ok
}

func plainTerm(t *gojq.Term) ([]step, bool) {
	var path []step
	switch t.Type {
	case gojq.TermTypeIdentity:
	case gojq.TermTypeIndex:
		s, ok := plainIndex(t.Index)
		if !ok {
			return nil, false
		}
		path = append(path, s)
	case gojq.TermTypeQuery:
		inner, ok := plainPath(t.Query)
		if !ok {
			return nil, false
		}
		path = inner
	default:
		return nil, false
	}
	for _, suffix := range t.SuffixList {
		switch {
		case suffix.Index != nil:
			s, ok := plainIndex(suffix.Index)
			if !ok {
				return nil, false
			}
			path = append(path, s)
		case suffix.Optional && len(path) == 1 && !path[0].try && t.Type != gojq.TermTypeQuery:
			path[0].try = true // further ? would also catch what comes before: gojq knows how
		default:
			return nil, false
		}
	}
	return path, true
}

func plainIndex(x *gojq.Index) (step, bool) {
	switch {
	case x.IsSlice || x.End != nil:
		return step{}, false
	case x.Name != "":
		return step{key: x.Name}, true
	case x.Str != nil:
		return step{key: x.Str.Str}, x.Str.Queries == nil
	case x.Start == nil || x.Start.Term == nil || len(x.Start.Term.SuffixList) > 0:
		return step{}, false
	}
	return constantIndex(x.Start.Term)
}

// constantIndex reads what stands between brackets: a number, or a text.
func constantIndex(t *gojq.Term) (step, bool) {
	sign := ""
	if t.Type == gojq.TermTypeUnary && t.Unary.Op == gojq.OpSub && len(t.Unary.Term.SuffixList) == 0 {
		sign, t = "-", t.Unary.Term
	}
	switch {
	case t.Type == gojq.TermTypeNumber:
		n, err := strconv.Atoi(sign + t.Number)
		return step{index: n, isIndex: true}, err == nil
	case t.Type == gojq.TermTypeString && sign == "":
		return step{key: t.Str.Str}, t.Str.Queries == nil
	}
	return step{}, false
}

// walk follows a path. What is not there is null; what cannot be there is a problem.
func walk(v value.Value, path []step) (_ value.Value, ok bool, problem string) {
	for _, s := range path {
		next, problem := s.take(v)
		switch {
		case problem != "" && s.try:
			return value.Null, false, ""
		case problem != "":
			return value.Null, false, problem
		}
		v = next
	}
	return v, true, ""
}

func (s step) take(v value.Value) (value.Value, string) {
	if v.IsNull() {
		return value.Null, ""
	}
	if items, ok := v.AsList(); ok && s.isIndex {
		i := s.index
		if i < 0 {
			i += len(items)
		}
		if i < 0 || i >= len(items) {
			return value.Null, ""
		}
		return items[i], ""
	}
	if o, ok := v.AsObject(); ok && !s.isIndex {
		w, _ := o.Get(s.key)
		return w, ""
	}
	if s.isIndex {
		return value.Null, fmt.Sprintf("cannot take item %d of %s", s.index, v.Kind())
	}
	return value.Null, fmt.Sprintf("cannot take key %q of %s", s.key, v.Kind())
}
