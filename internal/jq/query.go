package jq

import (
	"fmt"

	"github.com/itchyny/gojq"

	"github.com/wayflow-go/wayflow/value"
)

// Query is a parsed query. It is immutable and safe for concurrent use.
type Query struct {
	text string
	// path is set for a plain path; code for everything else, with the keys of the objects that the query spells out.
	path  []step
	plain bool
	code  *gojq.Code
	keys  [][]string
}

// Error says why a query failed.
type Error struct {
	// Query is its text.
	Query string
	// Problem says what went wrong.
	Problem string
	// Bound is true if the query ran into [MaxSteps] or [MaxSize].
	Bound bool
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("jq query %q: %s", e.Query, e.Problem) }

// Parse parses a query. All that can be wrong in its text is an [*Error] here.
func Parse(text string) (*Query, error) {
	q := &Query{text: text}
	tree, err := gojq.Parse(text)
	if err != nil {
		return nil, q.failf("%s", err)
	}
	if q.path, q.plain = plainPath(tree); q.plain {
		return q, nil
	}
	if name := forbidden(tree); name != "" {
		return nil, q.failf("%s is not available: a query sees nothing but its input", name)
	}
	q.keys = objectKeys(tree)
	guard(tree)
	if q.code, err = gojq.Compile(withPrelude(tree), options...); err != nil {
		return nil, q.failf("%s", err)
	}
	return q, nil
}

// MustParse is [Parse] for queries that are known to be right; it panics if one is not.
func MustParse(text string) *Query {
	q, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return q
}

// String returns the text of the query.
func (q *Query) String() string { return q.text }

func (q *Query) failf(format string, args ...any) error {
	return &Error{Query: q.text, Problem: fmt.Sprintf(format, args...)}
}

// First returns the first result of the query; ok is false if there is none.
func (q *Query) First(v value.Value) (result value.Value, ok bool, err error) {
	err = q.each(v, func(w value.Value) bool {
		result, ok = w, true
		return false
	})
	return result, ok, err
}

// All returns all results of the query, in order.
func (q *Query) All(v value.Value) (results []value.Value, err error) {
	err = q.each(v, func(w value.Value) bool {
		results = append(results, w)
		return true
	})
	return results, err
}

// each hands over the results one by one, until yield wants no more.
func (q *Query) each(v value.Value, yield func(value.Value) bool) error {
	if q.plain {
		w, ok, problem := walk(v, q.path)
		if problem != "" {
			return q.failf("%s", problem)
		}
		if ok {
			yield(w)
		}
		return nil
	}
	r := newRun(v, q.keys)
	iter := q.code.RunWithContext(r, r.in(v), r)
	for {
		out, ok := iter.Next()
		if !ok {
			return nil
		}
		if err, failed := out.(error); failed {
			return q.failure(r, err)
		}
		w, err := r.out(out)
		if err != nil {
			return q.failure(r, err)
		}
		if !yield(w) {
			return nil
		}
	}
}

func (q *Query) failure(r *run, err error) error {
	if r.cause != nil {
		return &Error{Query: q.text, Problem: r.cause.Error(), Bound: true}
	}
	return q.failf("%s", err)
}
