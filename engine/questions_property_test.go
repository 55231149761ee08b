package engine_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

// questions is a flow in which branches that run at once ask: with questions, tools of the client and confirmations.
var questions = flowtest.Shape{Ask: true, Questions: true, Depth: 3}

// anyOrder answers and performs what is open in a random order, and suspends between all events or none.
func anyOrder(t *rapid.T, suspend func(*engine.Machine) *engine.Machine) flowtest.Plan {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
	plan := flowtest.Plan{Next: random.IntN}
	if rapid.Bool().Draw(t, "suspend") {
		plan.Suspend = suspend
	}
	return plan
}

// drawFan draws nodes that run flows at once, in each other, where much is asked and much fails.
func drawFan(t *rapid.T, depth int, steps []string) *spec.Flow {
	name := "fan"
	var draw func(depth int) *spec.Flow
	draw = func(depth int) *spec.Flow {
		name += "x"
		if depth == 0 || depth < 3 && rapid.Bool().Draw(t, "leaf") {
			return questionFlow(name, rapid.SliceOfN(rapid.SampledFrom(steps), 1, 3).Draw(t, "steps")...)
		}
		own, width := name, rapid.IntRange(2, 3).Draw(t, "width")
		var flows []*spec.Flow
		for range width {
			flows = append(flows, draw(depth-1))
		}
		return questionFan(own, flows...)
	}
	return draw(depth)
}

// TestOrderOfAnswersChangesNoFailureOfBranches has questions withdrawn, at all depths, and opened again.
func TestOrderOfAnswersChangesNoFailureOfBranches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		retries, steps := 0, []string{"ask", "client", "guarded", "flaky", "broken"}
		if rapid.Bool().Draw(t, "retry") {
			retries, steps = 100, []string{"ask", "ask", "client", "flaky"}
		}
		p, err := program.Compile(drawFan(t, 3, steps))
		if err != nil {
			t.Fatal(err)
		}
		run := func(plan flowtest.Plan) flowtest.Trace {
			plan.Retry = retries
			w := &flowtest.World{Program: p, Flaky: true}
			trace, err := flowtest.Drive(engine.New(p, engine.Limits{}), w, plan)
			if err != nil {
				t.Fatal(err)
			}
			if retries == 0 {
				trace.Effects = nil // what branches after a failed one got done is chance
			}
			return trace
		}
		want := run(flowtest.Plan{})
		wantSame(t, want, run(anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })))
	})
}

func TestOrderOfAnswersChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, questions)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		for range 3 {
			plan := anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })
			wantSame(t, want, drive(t, p, &flowtest.World{}, plan))
		}
	})
}

// TestOrderOfAnswersChangesNoFailure has branches fail beside others that ask, and failures that are caught.
func TestOrderOfAnswersChangesNoFailure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shape := questions
		shape.Broken, shape.Catch = true, true
		p := drawProgram(t, shape)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		plan := anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })
		got := drive(t, p, &flowtest.World{}, plan)
		want.Effects, got.Effects = nil, nil // what branches after a failed one got done is chance
		wantSame(t, want, got)
	})
}

func TestRetryOpensWhatWasWithdrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, questions)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		plan := anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })
		plan.Retry = 1000
		wantSame(t, want, drive(t, p, &flowtest.World{Flaky: true}, plan))
	})
}

// TestNoEventBreaksOpenQuestions gives events that fit and such that do not.
func TestNoEventBreaksOpenQuestions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shape := questions
		shape.Broken, shape.Depth = true, 2
		p := drawProgram(t, shape)
		m := engine.New(p, engine.Limits{Steps: 500})
		if _, err := m.Advance(engine.Begin{Inputs: flowtest.Inputs()}); err != nil {
			t.Fatal(err)
		}
		tortured(t, p, m)
	})
}
