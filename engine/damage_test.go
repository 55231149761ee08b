package engine_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// tortured gives a machine events that fit and events that do not. It must survive them all, stay loadable, and be
// waiting for something whenever it has not ended.
func tortured(t *rapid.T, p *program.Program, m *engine.Machine) {
	w := &flowtest.World{Program: p, Flaky: true}
	var old []*engine.Effect
	for range rapid.IntRange(0, 12).Draw(t, "events") {
		old = append(old, m.Pending()...)
		_, _ = m.Advance(drawEvent(t, m, w, old))
		waitsForSomething(t, m)
		_ = m.Messages()
		reloaded(t, p, m)
	}
}

func waitsForSomething(t *rapid.T, m *engine.Machine) {
	switch s := m.Status().(type) {
	case engine.Waiting:
		if len(s.Requests) == 0 {
			t.Fatalf("the machine waits for nothing:\n%s", snapshot(t, m))
		}
	case engine.Interrupted:
		if s.Shortage == nil {
			t.Fatalf("the machine is interrupted by nothing:\n%s", snapshot(t, m))
		}
	}
}

// drawEvent makes an event: fitting, repeated, stale, or to nobody.
func drawEvent(t *rapid.T, m *engine.Machine, w *flowtest.World, old []*engine.Effect) engine.Event {
	id := rapid.SampledFrom([]string{"", "1", "2", "2.0.1", "3.1.2", "x"}).Draw(t, "id")
	said := message.Text(message.User, "hello")
	events := []engine.Event{
		engine.Begin{Inputs: flowtest.Inputs()},
		engine.Begin{},
		engine.Retry{},
		nil,
		engine.EffectDone{ID: id, Result: engine.Result{Value: value.Int(1)}},
		engine.EffectDone{ID: id, Result: engine.Result{Err: &engine.Error{Class: "ValueError"}}},
		engine.EffectDone{ID: id},
		engine.Answer{ID: id},
		engine.Elapsed{Time: 1},
		engine.SetBudget{},
		engine.SetBudget{Budget: engine.Budget{Bounds: engine.Bounds{Calls: 1, TotalTokens: 300}}},
		engine.SetBudget{Budget: engine.Budget{Bounds: engine.Bounds{InputTokens: -1}, Time: 2}},
		engine.Answer{ID: id, Message: &said},
		engine.Answer{ID: id, Results: []message.ToolResult{{RequestID: id}}},
	}
	for _, r := range m.Requests() {
		if r.UserMessage != nil || r.ToolRequests != nil {
			events = append(events, w.Answer(r), w.Answer(r), w.Answer(r))
		}
	}
	for _, e := range old {
		events = append(events, e.Done(engine.Result{Value: value.String("stale")}), engine.EffectDone{ID: e.ID})
		if e.Tool != nil || e.Model != nil && e.Model.Prompt != nil && len(e.Model.Prompt.Messages) > 0 {
			events = append(events, e.Done(w.Result(e)), e.Done(w.Result(e)))
		}
	}
	return events[rapid.IntRange(0, len(events)-1).Draw(t, "event")]
}

// anyEvents is the property that no event breaks a machine.
func anyEvents(t *rapid.T) {
	p := drawProgram(t, flowtest.Shape{Ask: true, Broken: true, Depth: 2})
	m := engine.New(p, engine.Limits{Steps: 500})
	if rapid.Bool().Draw(t, "begun") {
		_, _ = m.Advance(engine.Begin{Inputs: flowtest.Inputs()})
	}
	tortured(t, p, m)
}

// anySnapshot is the property that a snapshot that was damaged is refused, or gives a machine that works.
func anySnapshot(t *rapid.T) {
	p := drawProgram(t, flowtest.Shape{Ask: true, Broken: true, Depth: 2})
	m := engine.New(p, engine.Limits{Steps: 500})
	stop := rapid.IntRange(0, 8).Draw(t, "stop")
	_, _ = flowtest.Drive(m, &flowtest.World{Program: p}, flowtest.Plan{
		Budget: engine.Budget{Bounds: engine.Bounds{Calls: int64(rapid.IntRange(0, 2).Draw(t, "calls"))}},
		Events: stop,
		Next:   func(n int) int { return n - 1 },
	})
	bad := flowtest.Damage(t, snapshot(t, m))
	loaded, err := engine.Load(p, bad, engine.Limits{Steps: 500})
	if err != nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%v\n%s", p, bad)
		}
	}()
	waitsForSomething(t, loaded)
	tortured(t, p, loaded)
}

func TestNoEventBreaksAMachine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, anyEvents)
}

func TestDamagedSnapshotsAreRefusedOrWork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, anySnapshot)
}

func FuzzMachine(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anyEvents)) }

func FuzzLoad(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anySnapshot)) }

// FuzzLoadText loads anything at all.
func FuzzLoadText(f *testing.F) {
	flow := rapid.Custom(func(t *rapid.T) *program.Program {
		return drawProgram(t, flowtest.Shape{Ask: true, Depth: 2})
	})
	p := flow.Example(3)
	for stop := range 8 {
		m := engine.New(p, engine.Limits{})
		_, _ = flowtest.Drive(m, &flowtest.World{Program: p}, flowtest.Plan{Events: stop})
		f.Add(snapshot(f, m))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		m, err := engine.Load(p, data, engine.Limits{Steps: 500})
		if err == nil {
			_ = m.Status()
			_, _ = m.Advance(engine.Retry{})
			_ = m.Messages()
		}
	})
}
