package replay_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/replay"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

func calling(t *testing.T) *program.Program {
	t.Helper()
	g := flowtest.NewGraph("main", flowtest.Text("in"))
	call := g.Add(&spec.ToolNode{Tool: flowtest.ServerTool("dice", nil, flowtest.Texts("dice"))}, "call")
	end := g.End("end", flowtest.Text("dice"))
	g.Edge(g.Start(), "", call)
	g.Edge(call, "", end)
	g.Data(call, "dice", end, "dice")
	return flowtest.Compile(t, g.Flow)
}

func roll(id string) *engine.Effect {
	return &engine.Effect{ID: id, Tool: &engine.ToolCall{Args: value.NewObject()}}
}

// TestEqualQuestions are answered from the same place first, else in order, and not more often than they were asked.
func TestEqualQuestions(t *testing.T) {
	t.Parallel()
	p := calling(t)
	path := filepath.Join(t.TempDir(), "dice.yaml")
	tape := replay.Record(path)
	for _, said := range []struct{ id, text string }{{"2.10.1", "three"}, {"2.2.1", "two"}, {"2.1.1", "one"}} {
		if err := tape.Keep(p, roll(said.id), []string{"call"}, engine.Result{Value: value.String(said.text)}); err != nil {
			t.Fatal(err)
		}
	}
	failed := engine.Result{Err: &engine.Error{Class: "ValueError", Message: "no luck", Stack: "somewhere"}}
	if err := tape.Keep(p, roll("2.11.1"), []string{"call"}, failed); err != nil {
		t.Fatal(err)
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	tape = replay.Test(t, path)
	for _, want := range []struct{ id, text string }{{"2.2.1", "two"}, {"9", "one"}, {"2.10.1", "three"}} {
		r, err := tape.Answer(p, roll(want.id), []string{"call"})
		if err != nil || r.Value.Str() != want.text {
			t.Errorf("Answer(%s) = %v, %v, want %q", want.id, r.Value, err, want.text)
		}
	}
	r, err := tape.Answer(p, roll("9"), []string{"call"})
	if err != nil || r.Err == nil || r.Err.Class != "ValueError" || r.Err.Stack != "" {
		t.Errorf("Answer = %+v, %v, want the failure", r.Err, err)
	}
	_, err = tape.Answer(p, roll("9"), []string{"again"})
	if wrong, ok := errors.AsType[*replay.MismatchError](err); !ok || wrong.Path[0] != "again" {
		t.Errorf("Answer = %v, want that there is no further answer", err)
	}
}
