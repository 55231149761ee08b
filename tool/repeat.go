package tool

import (
	"context"

	"github.com/wayflow-go/wayflow/value"
)

// AskToRepeat returns a tool that is not called again if a call was begun with and it is not known what became of it, see
// [Spec.AskToRepeat].
func AskToRepeat(t Tool) Tool {
	s := *t.Spec()
	s.AskToRepeat = true
	return askToRepeat{t, &s}
}

type askToRepeat struct {
	tool Tool
	spec *Spec
}

func (t askToRepeat) Spec() *Spec { return t.spec }

func (t askToRepeat) Call(ctx context.Context, args *value.Object) (value.Value, error) {
	return t.tool.Call(ctx, args)
}
