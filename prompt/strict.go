package prompt

import (
	"fmt"

	"github.com/wayflow-go/wayflow/value"
)

// exactly takes what was found as it is, and lists all that is not as declared (reference: _validate_strict_outputs).
func (a *Answer) exactly(found *value.Object) ([]value.Value, error) {
	var s strict
	for name := range found.All() {
		if !a.expects(name) {
			s.add(name, "unexpected field")
		}
	}
	outs := make([]value.Value, len(a.Outputs))
	for i := range a.Outputs {
		p := &a.Outputs[i]
		v, ok := found.Get(p.Title)
		if !ok {
			s.add(p.Title, "missing required field")
			continue
		}
		s.check(p.Title, v, p.Type)
		outs[i] = v
	}
	if s != nil {
		return nil, &AnswerError{Problems: s, Strict: true}
	}
	return outs, nil
}

func (a *Answer) expects(name string) bool {
	for i := range a.Outputs {
		if a.Outputs[i].Title == name {
			return true
		}
	}
	return false
}

// strict collects what is not as declared.
type strict []string

func (s *strict) add(path, problem string) { *s = append(*s, path+": "+problem) }

func (s *strict) check(path string, v value.Value, t *value.Type) {
	if t == nil {
		return
	}
	items, isList := v.AsList()
	o, isObject := v.AsObject()
	switch {
	case t.Kind == value.TypeList && isList:
		for i, item := range items {
			s.check(fmt.Sprintf("%s[%d]", path, i), item, t.Items)
		}
	case t.Kind == value.TypeDict && isObject:
		for k, w := range o.All() {
			s.check(path+"."+k, w, t.Additional)
		}
	case t.Kind == value.TypeObject && isObject:
		s.object(path, o, t)
	case t.Kind == value.TypeUnion && s.fitsMember(path, v, t):
	case !t.Fits(v):
		s.add(path, "expected "+t.String()+", found "+v.Kind().String())
	}
}

// fitsMember reports whether one of a union's types accepts a value strictly.
func (s *strict) fitsMember(path string, v value.Value, t *value.Type) bool {
	for _, member := range t.Members {
		var inner strict
		if inner.check(path, v, member); inner == nil {
			return true
		}
	}
	return false
}

func (s *strict) object(path string, o *value.Object, t *value.Type) {
	for k, w := range o.All() {
		_, known := t.Property(k)
		switch {
		case known:
		case t.Closed:
			s.add(path+"."+k, "unexpected field")
		case t.Additional != nil:
			s.check(path+"."+k, w, t.Additional)
		}
	}
	for _, p := range t.Properties {
		w, ok := o.Get(p.Title)
		if !ok {
			s.add(path+"."+p.Title, "missing required field")
			continue
		}
		s.check(path+"."+p.Title, w, p.Type)
	}
}
