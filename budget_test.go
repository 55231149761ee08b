package wayflow_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
)

// talker answers at once, with a usage of its own or none.
type talker struct{ usage message.Usage }

func (m talker) Generate(context.Context, *prompt.Prompt, model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		yield(model.Chunk{Answer: &model.Answer{Message: message.Text(message.Assistant, "hello"), Usage: m.usage}}, nil)
	}
}

func talkers(u message.Usage) wayflow.Option {
	return wayflow.WithModels(func(spec.LlmConfig) (model.Model, error) { return talker{u}, nil })
}

func twoCalls(t *testing.T, opts ...wayflow.Option) *wayflow.App {
	t.Helper()
	llm := wayflow.OpenAI("some-model")
	app, err := wayflow.Build(wayflow.Sequence("two",
		wayflow.Prompt("first", llm, "say hello"), wayflow.Prompt("second", llm, "after {{output}}")), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// TestBudgetIsRaised runs out of calls, is saved, and goes on elsewhere once it may.
func TestBudgetIsRaised(t *testing.T) {
	t.Parallel()
	app := twoCalls(t, talkers(message.Usage{Input: 7, Output: 3}),
		wayflow.WithBudget(wayflow.Budget{Bounds: wayflow.Bounds{Calls: 1}, Prices: map[string]wayflow.Price{"some-model": {Input: 1e6, Output: 2e6}}}))
	conv := start(t, app, nil)
	status, err := conv.Run(t.Context())
	stopped, ok := status.(*wayflow.Interrupted)
	if err != nil || !ok || stopped.Shortage.Bound != "calls" || !cmp.Equal(stopped.Shortage.Path, []string{"second"}) {
		t.Fatalf("Run() = %#v, %v, want that the second call is not allowed", status, err)
	}
	saved, err := conv.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if conv, err = app.Resume(t.Context(), saved); err != nil {
		t.Fatal(err)
	}
	if u := conv.Usage(); u.Calls != 1 || u.Total() != 10 || u.Cost != 13 {
		t.Errorf("Usage() = %+v, want one call of 10 tokens that cost 13", u)
	}
	b := conv.Budget()
	b.Calls = 2
	if err := conv.SetBudget(b); err != nil {
		t.Fatal(err)
	}
	finished(t, conv)
	if u := conv.Usage(); u.Calls != 2 || len(u.Steps) != 2 || u.Steps[1].Path[0] != "second" {
		t.Errorf("Usage() = %+v, want a call for each node", u)
	}
}

// TestUsageIsEstimated has a model that tells no counts.
func TestUsageIsEstimated(t *testing.T) {
	t.Parallel()
	conv := start(t, twoCalls(t, talkers(message.Usage{})), nil)
	finished(t, conv)
	if u := conv.Usage(); !u.Estimated || u.Input == 0 || u.Output == 0 {
		t.Errorf("Usage() = %+v, want an estimate", u)
	}
}

// TestTimeOfABudget has a tool use all the time there is: it comes to its end, and nothing begins after it.
func TestTimeOfABudget(t *testing.T) {
	t.Parallel()
	slow := wayflow.Func("slow", "is slow", func(context.Context, struct{}) (string, error) {
		time.Sleep(2 * time.Millisecond) // longer than the budget, by any clock
		return "done", nil
	})
	app, err := wayflow.Build(wayflow.Sequence("two", wayflow.CallTool("first", slow), wayflow.CallTool("second", slow).Output("more")),
		wayflow.WithBudget(wayflow.Budget{Time: time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	conv := start(t, app, nil)
	for range 2 { // to run again changes nothing
		status, err := conv.Run(t.Context())
		if s, ok := status.(*wayflow.Interrupted); err != nil || !ok || s.Shortage.Bound != "seconds" || s.Shortage.Path[0] != "second" {
			t.Fatalf("Run() = %#v, %v, want that the time is over", status, err)
		}
	}
	if err := conv.SetBudget(wayflow.Budget{Time: time.Hour}); err != nil {
		t.Fatal(err)
	}
	finished(t, conv)
}
