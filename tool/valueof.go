package tool

import (
	"errors"
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

// ValueOf turns a Go value into a value by the rules that [Func] has for results. Nil is null.
func ValueOf(x any) (value.Value, error) {
	switch x := x.(type) {
	case nil:
		return value.Null, nil
	case value.Value:
		return x, nil
	}
	src := reflect.ValueOf(x)
	c, err := codecOf(src.Type())
	if err != nil {
		return value.Null, err
	}
	v, problem := c.encode(src, value.MaxDepth)
	if problem != nil {
		return value.Null, errors.New(problem.Error())
	}
	return v, nil
}
