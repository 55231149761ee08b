package wayflow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/store/memory"
)

// TestReadOnly looks at a conversation, and forks it, without the tool that it called.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	kept := memory.New()
	app, err := wayflow.Build(wayflow.CallTool("call", wayflow.Func("work", "a tool",
		func(context.Context, struct{}) (string, error) { return "done", nil })).Output("result"), wayflow.WithStore(kept))
	if err != nil {
		t.Fatal(err)
	}
	conv, err := app.Start(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	document, err := app.Export(nil)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := wayflow.Load(document, wayflow.WithStore(kept), wayflow.WithReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	for _, err := range reader.History(t.Context(), conv.ID(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		events++
	}
	if events == 0 {
		t.Error("nothing happened")
	}
	fork, err := reader.Fork(t.Context(), conv.ID(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fork.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "only reads") {
		t.Errorf("a fork ran: %v", err)
	}
	if fork, err = app.Open(t.Context(), fork.ID()); err != nil {
		t.Fatal(err)
	}
	if status, err := fork.Run(t.Context()); err != nil || status.(*wayflow.Finished).Outputs.Of().String() != `{"result":"done"}` {
		t.Errorf("the fork came to %v, %v", status, err)
	}
}
