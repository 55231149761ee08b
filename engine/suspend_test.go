package engine_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
)

// checker is what *testing.T and *rapid.T have in common.
type checker interface {
	Helper()
	Fatalf(format string, args ...any)
}

// drive runs a program from its begin to its end.
func drive(t checker, p *program.Program, w *flowtest.World, plan flowtest.Plan) flowtest.Trace {
	t.Helper()
	w.Program = p
	trace, err := flowtest.Drive(engine.New(p, engine.Limits{}), w, plan)
	if err != nil {
		t.Fatalf("drive: %v", err)
	}
	return trace
}

// drawProgram draws a flow and compiles it.
func drawProgram(t *rapid.T, shape flowtest.Shape) *program.Program {
	p, err := program.Compile(flowtest.Draw(t, shape))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

// reloaded is the machine that a snapshot of m gives. It is written again as it was read.
func reloaded(t checker, p *program.Program, m *engine.Machine) *engine.Machine {
	t.Helper()
	saved := snapshot(t, m)
	loaded, err := engine.Load(p, saved, engine.Limits{})
	if err != nil {
		t.Fatalf("Load: %v\n%s", err, saved)
	}
	if again := snapshot(t, loaded); !bytes.Equal(saved, again) {
		t.Fatalf("a snapshot that was loaded is written differently:\n%s\n%s", saved, again)
	}
	return loaded
}

func snapshot(t checker, m *engine.Machine) []byte {
	t.Helper()
	saved, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("MarshalJSON: %v", err)
	}
	return saved
}

func wantSame(t checker, want, got flowtest.Trace) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the runs differ (-want +got):\n%s", diff)
	}
}

func TestSuspendingAtEachEventChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, flowtest.Shape{Ask: true, Broken: rapid.Bool().Draw(t, "broken"), Depth: 3})
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		got := drive(t, p, &flowtest.World{}, flowtest.Plan{
			Suspend: func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) },
		})
		wantSame(t, want, got)
	})
}

func TestOrderOfResultsChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, flowtest.Shape{Ask: true, Broken: rapid.Bool().Draw(t, "broken"), Depth: 3})
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		for range 3 {
			random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
			plan := flowtest.Plan{Next: random.IntN}
			if rapid.Bool().Draw(t, "suspend") {
				plan.Suspend = func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) }
			}
			got := drive(t, p, &flowtest.World{}, plan)
			if want.Status == "failed" { // what later branches got done is chance
				want.Effects, got.Effects = nil, nil
			}
			wantSame(t, want, got)
		}
	})
}

func TestRetryEndsAsIfNothingHadFailed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t, flowtest.Shape{Ask: true, Depth: 3})
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		plan := flowtest.Plan{Next: random.IntN, Retry: 1000}
		if rapid.Bool().Draw(t, "suspend") {
			plan.Suspend = func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) }
		}
		wantSame(t, want, drive(t, p, &flowtest.World{Flaky: true}, plan))
	})
}
