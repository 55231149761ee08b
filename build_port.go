package wayflow

import (
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Port is a named input or output whose type is that of a Go type, by the rules of [tool.Func]:
//
//	Port[string]("username")
//	Port[[]string]("colours").WithDescription("What is in stock")
//
// It panics if T has no such type, as channels and functions.
func Port[T any](name string) value.Property {
	t, err := tool.TypeFor[T]()
	if err != nil {
		panic("wayflow: port " + name + ": " + err.Error())
	}
	return value.Property{Title: name, Type: t}
}

// Optional is a [Port] with a default, which counts where there is no value. It panics if T has no type.
func Optional[T any](name string, missing T) value.Property {
	p := Port[T](name)
	v, err := tool.ValueOf(missing)
	if err != nil {
		panic("wayflow: port " + name + ": " + err.Error())
	}
	return p.WithDefault(v)
}

// Variable is a variable of a flow with the value that it begins with, for [Flow.State], [ReadVariable] and
// [WriteVariable]. It panics if T has no type, see [Port].
func Variable[T any](name string, initial T) value.Property { return Optional(name, initial) }
