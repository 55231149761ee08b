package wayflow

import (
	"context"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Func makes a tool of a Go function, for [WithTools]. In is a struct whose fields are the inputs, struct{} if there are
// none; see [tool.Func] for what fields and results may be. If the function cannot be a tool, WithTools reports why.
func Func[In, Out any](name, description string, fn func(ctx context.Context, in In) (Out, error)) tool.Tool {
	t, err := tool.Func(name, description, fn)
	if err != nil {
		return badTool{err}
	}
	return t
}

// badTool carries the error of a [Func] to where it can be returned.
type badTool struct{ err error }

func (b badTool) Spec() *tool.Spec { return &tool.Spec{} }

func (b badTool) Call(context.Context, *value.Object) (value.Value, error) { return value.Null, b.err }
