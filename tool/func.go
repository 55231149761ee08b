package tool

import (
	"context"
	"fmt"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/wayflow-go/wayflow/value"
)

// FuncTool is a Go function as a tool; [Func] makes one.
type FuncTool struct {
	spec  Spec
	split bool // the members of the result are the outputs
	call  func(ctx context.Context, t *FuncTool, args *value.Object) (value.Value, error)
	// result is the codec of what the function returns.
	result *codec
}

// Func makes a tool of a Go function. In is a struct whose fields are the inputs, in their order; struct{} takes none.
// Out is what the function returns, as one output named [OutputName]; struct{} returns nothing.
//
// # Inputs
//
// A field has the name that its json tag gives, else its own; `json:"-"` leaves it out. The tag `description` (or
// `jsonschema`, which means the same) explains it. A field is optional if it is a pointer, if its json tag says
// omitempty or omitzero, or if a tag `default` gives the value to take when there is none: a text as it is, anything
// else as JSON. What is not optional is required, and null is not accepted for it unless its type has a nil.
//
// # Types
//
// Booleans, integers, floats, strings, slices, arrays, structs and maps with text keys become the types of the same
// meaning. [time.Time] and other types that read and write themselves as text become strings, [time.Duration] a string
// such as "1m30s", []byte a string in base64; *[math/big.Int] is an integer, json.Number any number.
// [value.Value], [*value.Object] and json.RawMessage take any value as it is, with the order of its keys; so does any,
// which holds nil, bool, int64 (*big.Int beyond it), float64, string, []any and map[string]any. Channels, functions
// and complex numbers are refused.
//
// Nothing is rounded, cut or wrapped around on the way in or out: a value that does not fit is a [TypeError] or
// [ValueError] that names its place. Maps go out sorted by key, nil slices and maps as empty ones.
//
// # Errors
//
// An error of the function becomes an [*Error]; see [Classed] for its class. So does a panic, with the stack kept out of
// the message. The function should return when its context is done; Func does not abandon it.
func Func[In, Out any](name, description string, fn func(ctx context.Context, in In) (Out, error)) (*FuncTool, error) {
	if name == "" {
		return nil, fmt.Errorf("tool: a function needs a name")
	}
	if fn == nil {
		return nil, fmt.Errorf("tool %q: there is no function", name)
	}
	in, inputs, err := inputsOf(reflect.TypeFor[In]())
	if err != nil {
		return nil, fmt.Errorf("tool %q: %w", name, err)
	}
	out, err := codecOf(reflect.TypeFor[Out]())
	if err != nil {
		return nil, fmt.Errorf("tool %q: result: %w", name, err)
	}
	t := &FuncTool{spec: Spec{Name: name, Description: description, Inputs: inputs}, result: out}
	if reflect.TypeFor[Out]() != noResult {
		t.spec.Outputs = []value.Property{{Title: OutputName, Type: out.typ}}
	}
	t.call = func(ctx context.Context, t *FuncTool, args *value.Object) (v value.Value, err error) {
		defer recovered(t.spec.Name, &err)
		var arg In
		if err := in.decodeArgs(t.spec.Name, reflect.ValueOf(&arg).Elem(), args); err != nil {
			return value.Null, err
		}
		result, err := fn(ctx, arg)
		if err != nil {
			return value.Null, err
		}
		return t.encode(reflect.ValueOf(&result).Elem())
	}
	return t, nil
}

var noResult = reflect.TypeFor[struct{}]()

// recovered turns a panic into the error of a call.
func recovered(name string, err *error) {
	if p := recover(); p != nil {
		e := Failf(name, RuntimeError, "panic: %v", p)
		e.Stack = string(debug.Stack())
		if cause, ok := p.(error); ok {
			e.Err = cause
		}
		*err = e
	}
}

// Spec implements [Tool].
func (t *FuncTool) Spec() *Spec { return &t.spec }

// Call implements [Tool].
func (t *FuncTool) Call(ctx context.Context, args *value.Object) (value.Value, error) {
	if t.spec.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = WithTimeout(ctx, t.spec.Timeout)
		defer cancel()
	}
	v, err := t.call(ctx, t, args)
	if err == nil {
		return v, nil
	}
	if ctx.Err() != nil && isContextError(ctx, err) {
		return value.Null, Stopped(ctx, t.spec.Name, t.spec.Timeout)
	}
	return value.Null, fail(t.spec.Name, err)
}

// encode turns what the function returned into the result of the call.
func (t *FuncTool) encode(result reflect.Value) (value.Value, error) {
	if len(t.spec.Outputs) == 0 {
		return value.Null, nil
	}
	v, err := t.result.encode(result, value.MaxDepth)
	if err != nil {
		return value.Null, Failf(t.spec.Name, ValueError, "result%s", err.Error())
	}
	if t.split && len(t.spec.Outputs) == 1 {
		return v.Get(t.spec.Outputs[0].Title), nil
	}
	return v, nil
}

// Output returns a copy of the tool whose only output has the given name.
func (t *FuncTool) Output(name string) *FuncTool {
	c := *t
	if t.result.typ != nil && len(t.spec.Outputs) > 0 {
		c.spec.Outputs = []value.Property{{Title: name, Type: t.result.typ}}
	}
	c.split = false
	return &c
}

// Outputs returns a copy of the tool in which each field of the struct that the function returns is an output of its
// own. It has no effect if the function returns something else.
func (t *FuncTool) Outputs() *FuncTool {
	c := *t
	if t.result.typ != nil && t.result.typ.Kind == value.TypeObject {
		c.spec.Outputs = t.result.typ.Properties
		c.split = true
	}
	return &c
}

// Timeout returns a copy of the tool whose calls are bounded by d: their context is done then.
func (t *FuncTool) Timeout(d time.Duration) *FuncTool {
	c := *t
	c.spec.Timeout = d
	return &c
}
