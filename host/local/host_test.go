package local_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// callTool is a tool that does what it is told to, with whatever arguments a document gives it.
type callTool struct {
	name string
	call func(ctx context.Context, args *value.Object) (value.Value, error)
}

func (t callTool) Spec() *tool.Spec { return &tool.Spec{Name: t.name, Untyped: true} }

func (t callTool) Call(ctx context.Context, args *value.Object) (value.Value, error) {
	return t.call(ctx, args)
}

// word answers at once.
var word = callTool{"word", func(context.Context, *value.Object) (value.Value, error) { return value.String("word"), nil }}

func newHost(tb testing.TB, f *spec.Flow, tools ...tool.Tool) *local.Host {
	tb.Helper()
	return hostWith(tb, f, &local.Options{}, tools...)
}

func hostWith(tb testing.TB, f *spec.Flow, opts *local.Options, tools ...tool.Tool) *local.Host {
	tb.Helper()
	opts.Tools = map[string]tool.Tool{}
	for _, t := range tools {
		opts.Tools[t.Spec().Name] = t
	}
	h, err := local.New(flowtest.Compile(tb, f), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func start(tb testing.TB, h *local.Host, inputs *value.Object) *local.Conversation {
	tb.Helper()
	c, err := h.Start("c", inputs, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// finish runs a conversation to its end.
func finish(tb testing.TB, c *local.Conversation) engine.Finished {
	tb.Helper()
	s, err := c.Run(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	done, ok := s.(engine.Finished)
	if !ok {
		tb.Fatalf("Run() = %#v, want that it finished", s)
	}
	return done
}

// askFlow asks the user one question.
func askFlow() *spec.Flow {
	g := flowtest.NewGraph("talk")
	question := "what next?"
	ask := g.Add(&spec.InputMessageNode{Message: &question}, "ask")
	end := g.End("end", flowtest.Text("said"))
	g.Edge(g.Start(), "", ask)
	g.Edge(ask, "", end)
	g.Data(ask, "user_input", end, "said")
	return g.Flow
}
