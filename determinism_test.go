package wayflow_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
)

type workInput struct {
	Item string `json:"item"`
}

// dawdle is a tool that takes up to a second, by chance.
var dawdle = wayflow.Func("dawdle", "Takes its time", func(ctx context.Context, in workInput) (string, error) {
	select {
	case <-time.After(time.Duration(rand.IntN(1000)) * time.Millisecond):
		return strings.ToUpper(in.Item), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
})

// worked is a flow that works on an item, says so, and keeps it in a variable, which is its output.
func worked(name string) *wayflow.Flow {
	kept := wayflow.Variable(name+"_kept", []string{})
	return wayflow.Sequence(name,
		wayflow.CallTool("work", dawdle).Output("done"),
		wayflow.Say("say", name+" did {{done}}"),
		wayflow.WriteVariable("keep", kept).Insert().Input("done"),
		wayflow.ReadVariable("tell", kept).Output(name+"_result"),
	).State(kept).Outputs(name + "_result")
}

// nested is parallel flows, one of them a parallel map, one a parallel map of parallel flows.
func nested() *wayflow.Flow {
	inner := wayflow.Sequence("inner", wayflow.Parallel("pair", worked("left"), worked("right")).MaxWorkers(2))
	return wayflow.Sequence("main",
		wayflow.Parallel("all",
			worked("alone"),
			wayflow.Sequence("mapped", wayflow.ParallelMap("each", worked("one")).Over("items").Unpack("item", ".").MaxWorkers(3)),
			wayflow.Sequence("deep", wayflow.ParallelMap("many", inner).Over("items").Unpack("item", ".")),
		))
}

// TestDelaysChangeNothing runs parallel flows, parallel maps and both in each other a thousand times with tools that
// take their time at random: messages, variables and outputs are the same each time.
func TestDelaysChangeNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, err := wayflow.Build(nested())
		if err != nil {
			t.Fatal(err)
		}
		want := story(t, app)
		if !strings.Contains(want, "right did C") || !strings.Contains(want, `"one_result":[["A"],["B"],["C"]]`) {
			t.Fatalf("the flow does not do its work:\n%s", want)
		}
		for i := range 1_000 {
			if diff := cmp.Diff(want, story(t, app)); diff != "" {
				t.Fatalf("run %d differs (-first +this):\n%s", i, diff)
			}
		}
	})
}

// story runs a conversation and tells its outputs and messages.
func story(t *testing.T, app *wayflow.App) string {
	t.Helper()
	conv, err := app.Start(t.Context(), wayflow.Inputs{"item": "x", "items": []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{status.(*wayflow.Finished).Outputs.Of().String()}
	for _, m := range conv.Messages() {
		lines = append(lines, m.Text())
	}
	return strings.Join(lines, "\n")
}
