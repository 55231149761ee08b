package engine_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
)

// raise allows what was short, and now and then some more.
func raise(t *rapid.T) func(engine.Budget, *engine.Shortage) engine.Budget {
	return func(b engine.Budget, s *engine.Shortage) engine.Budget {
		if s == nil {
			t.Fatalf("the conversation is interrupted and nothing is short")
		}
		if s.Used+s.Needs <= s.Limit && s.Bound != engine.BoundTime {
			t.Fatalf("the conversation is interrupted, and there is room: %s", s)
		}
		bounds := &b.Bounds
		to := s.Used + s.Needs + float64(rapid.IntRange(0, 200).Draw(t, "more"))
		switch s.Bound {
		case engine.BoundCalls:
			bounds.Calls = int64(to)
		case engine.BoundInputTokens:
			bounds.InputTokens = int64(to)
		case engine.BoundOutputTokens:
			bounds.OutputTokens = int64(to)
		case engine.BoundTotalTokens:
			bounds.TotalTokens = int64(to)
		case engine.BoundCost:
			bounds.Cost = to
		default:
			t.Fatalf("the bound %q is not known", s.Bound)
		}
		return b
	}
}

func drawBudget(t *rapid.T, p *program.Program) engine.Budget {
	small := func(label string) int64 { return int64(rapid.IntRange(0, 150).Draw(t, label)) }
	b := engine.Budget{Bounds: engine.Bounds{
		Calls: small("calls") / 30, InputTokens: small("input"), OutputTokens: small("output") / 30, TotalTokens: small("total"),
	}}
	if len(p.Models) > 0 && rapid.Bool().Draw(t, "cost") {
		b.Prices = map[string]engine.Price{p.Models[0].Config.Llm().ModelID: {Input: 1e6, Output: 1e6}}
		b.Cost = float64(small("cost"))
	}
	return b
}

// TestBudgetsChangeNothing is the property that a conversation that runs out of its budget, and is given more, comes out
// as one without a budget, in any order of events and suspended at any time; and that no bound of calls is ever passed.
func TestBudgetsChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shape := flowtest.Shape{Ask: true, Catch: rapid.Bool().Draw(t, "catch"), Broken: rapid.Bool().Draw(t, "broken"), Depth: 3}
		p := drawProgram(t, shape)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		plan := anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })
		plan.Budget, plan.Raise = drawBudget(t, p), raise(t)
		w := &flowtest.World{Program: p}
		m := engine.New(p, engine.Limits{})
		suspend := plan.Suspend
		plan.Suspend = func(m *engine.Machine) *engine.Machine {
			if b, u := m.Budget(), m.Usage(); b.Calls > 0 && u.Calls > b.Calls {
				t.Fatalf("%d calls were made, %d are allowed", u.Calls, b.Calls)
			}
			if suspend != nil {
				m = suspend(m)
			}
			return m
		}
		got, err := flowtest.Drive(m, w, plan)
		if err != nil {
			t.Fatalf("drive: %v", err)
		}
		if shape.Catch || want.Status == "failed" { // what later branches got done is chance
			want.Effects, got.Effects = nil, nil
		}
		if len(plan.Budget.Prices) > 0 { // then it has costs
			want.Effects, got.Effects = nil, nil
		}
		wantSame(t, want, got)
	})
}
