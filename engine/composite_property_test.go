package engine_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
)

// everything is a flow with all that there is, failures that are caught included.
var everything = flowtest.Shape{Ask: true, Broken: true, Catch: true, Depth: 3}

func TestSuspendingCompositesChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, everything)
		want := drive(t, p, &flowtest.World{Flaky: true}, flowtest.Plan{})
		got := drive(t, p, &flowtest.World{Flaky: true}, flowtest.Plan{
			Suspend: func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) },
		})
		wantSame(t, want, got)
	})
}

func TestOrderOfResultsChangesNoComposite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, everything)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		plan := flowtest.Plan{Next: random.IntN}
		if rapid.Bool().Draw(t, "suspend") {
			plan.Suspend = func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) }
		}
		got := drive(t, p, &flowtest.World{}, plan)
		want.Effects, got.Effects = nil, nil // what branches after a failed one got done is chance
		wantSame(t, want, got)
	})
}
