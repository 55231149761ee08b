package tool

import (
	"context"
	"time"

	"github.com/wayflow-go/wayflow/value"
)

// Tool is something that a server tool of a document is bound to. It is safe for concurrent use.
type Tool interface {
	// Spec returns what is known of the tool. It does not change, and must not be changed.
	Spec() *Spec
	// Call runs the tool once. It blocks until the tool has answered, its time is up, or ctx is done, and leaves no
	// goroutine or process behind. A failure of the tool is an [*Error].
	Call(ctx context.Context, args *value.Object) (value.Value, error)
}

// Spec is what is known of a tool.
type Spec struct {
	// Name is what documents call the tool.
	Name string
	// Description is for models and people.
	Description string
	// Inputs are what a call takes; one without a default is required.
	Inputs []value.Property
	// Outputs are what a call gives: one output is the result itself, several are the members of the result.
	Outputs []value.Property
	// Untyped says that nothing is known of the inputs and outputs, so that any that a document declares will do.
	Untyped bool
	// AskToRepeat says that the tool must not be called twice for one purpose: if a call was begun with and it is not
	// known what became of it, as after a crash, somebody is asked instead of calling the tool again.
	AskToRepeat bool
	// Timeout bounds one call; 0 leaves the bound to the caller.
	Timeout time.Duration
}

// DefaultTimeout bounds a call of an executable or a Python function for which no other bound was set.
const DefaultTimeout = 2 * time.Minute

// OutputName is the name of a tool's only output where nothing else names it (Agent Spec, "Tool").
const OutputName = "tool_output"
