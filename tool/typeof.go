package tool

import (
	"fmt"
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

// TypeFor returns the type that the values of a Go type have, by the rules of [Func]; nil is any.
func TypeFor[T any]() (*value.Type, error) { return typeOf(reflect.TypeFor[T]()) }

// TypeOf returns the type that a Go value has, by the rules of [Func]; nil is any.
func TypeOf(x any) (*value.Type, error) {
	switch x.(type) {
	case nil, value.Value:
		return nil, nil
	}
	return typeOf(reflect.TypeOf(x))
}

func typeOf(t reflect.Type) (*value.Type, error) {
	c, err := codecOf(t)
	if err != nil {
		return nil, err
	}
	return c.typ, nil
}

// InputsFor returns the inputs of a function that takes an In, by the rules of [Func].
func InputsFor[In any]() ([]value.Property, error) {
	_, props, err := inputsOf(reflect.TypeFor[In]())
	return props, err
}

// OutputsFor returns the outputs of a tool that gives an Out: one for each field of a struct, none for struct{}, and
// else one that is named [OutputName].
func OutputsFor[Out any]() ([]value.Property, error) {
	t := reflect.TypeFor[Out]()
	if t == noResult {
		return []value.Property{}, nil
	}
	typ, err := typeOf(t)
	if err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	if typ != nil && typ.Kind == value.TypeObject {
		return typ.Properties, nil
	}
	return []value.Property{{Title: OutputName, Type: typ}}, nil
}
