package flowtest

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/value"
)

// Plan says how [Drive] takes a machine to its end. The zero Plan performs effects in the order in which they were
// asked for, answers requests when there are no effects, and stops at the first failure.
type Plan struct {
	// Next chooses one of n pending effects and open requests; nil takes the first.
	Next func(n int) int
	// Suspend is called between any two events, and returns the machine to go on with; nil goes on with the same.
	Suspend func(*engine.Machine) *engine.Machine
	// Budget is that of the conversation, and Raise gives it a larger one when it is interrupted.
	Budget engine.Budget
	Raise  func(engine.Budget, *engine.Shortage) engine.Budget
	// Retry tries again after failures, this many times.
	Retry int
	// Events bounds the number of events; 0 means ten thousand.
	Events int
}

// Trace is what came of a run, in a form that can be compared.
type Trace struct {
	Status   string
	Outputs  string
	Error    string
	Messages string
	// Effects are those that were done, and what they were asked to do, and the requests that were answered; sorted. Last
	// comes what models took.
	Effects []string
}

// Inputs are those of a flow that [Draw] made.
func Inputs() *value.Object {
	return value.NewObject(value.Member{Key: "in", Value: value.String("start")})
}

// Drive takes a machine to where nothing is left to do.
func Drive(m *engine.Machine, w *World, plan Plan) (Trace, error) {
	d := &driver{m: m, w: w, plan: plan}
	if d.plan.Events == 0 {
		d.plan.Events = 10_000
	}
	if err := d.run(); err != nil {
		return Trace{}, err
	}
	t, err := TraceOf(d.m)
	if err != nil {
		return t, err
	}
	usage, err := json.Marshal(d.m.Usage())
	slices.Sort(d.done)
	t.Effects = slices.Concat(d.done, []string{string(usage)})
	return t, err
}

type driver struct {
	m       *engine.Machine
	w       *World
	plan    Plan
	pending []*engine.Effect
	done    []string
}

func (d *driver) run() error {
	if _, ready := d.m.Status().(engine.Ready); ready {
		begin := engine.Begin{Inputs: Inputs(), Budget: d.plan.Budget}
		if len(d.m.Program().Main.Inputs) == 0 {
			begin.Inputs = nil
		}
		if err := d.advance(begin); err != nil {
			return err
		}
	}
	for range d.plan.Events {
		ev, err := d.event()
		if ev == nil || err != nil {
			return err
		}
		if err := d.advance(ev); err != nil {
			return err
		}
	}
	return fmt.Errorf("the conversation has not ended after %d events", d.plan.Events)
}

// event is what happens next; nil if nothing can.
func (d *driver) event() (engine.Event, error) {
	switch s := d.m.Status().(type) {
	case engine.Interrupted:
		if d.plan.Raise == nil {
			return nil, fmt.Errorf("the budget is used up: %s", s.Shortage)
		}
		return engine.SetBudget{Budget: d.plan.Raise(d.m.Budget(), s.Shortage)}, nil
	case engine.Running, engine.Waiting:
		open := d.m.Requests()
		i, n := 0, len(d.pending)+len(open)
		if d.plan.Next != nil && n > 0 {
			i = d.plan.Next(n)
		}
		switch {
		case n == 0:
			return nil, fmt.Errorf("the conversation waits for nothing")
		case i >= len(d.pending):
			return d.answer(open[i-len(d.pending)])
		}
		e := d.pending[i]
		d.pending = slices.Delete(d.pending, i, i+1)
		return d.result(e)
	case engine.Failed:
		if d.plan.Retry--; d.plan.Retry >= 0 {
			return engine.Retry{}, nil
		}
	}
	return nil, nil
}

func (d *driver) answer(r *engine.Request) (engine.Event, error) {
	asked, err := json.Marshal(r)
	d.done = append(d.done, string(asked))
	return d.w.Answer(r), err
}

func (d *driver) result(e *engine.Effect) (engine.Event, error) {
	asked, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	r := d.w.Result(e)
	if r.Err == nil {
		d.done = append(d.done, string(asked))
	}
	if d.plan.Suspend == nil {
		return e.Done(r), nil
	}
	data, err := json.Marshal(engine.EffectDone{ID: e.ID, Result: r}) // as from a journal
	if err != nil {
		return nil, err
	}
	var ev engine.EffectDone
	return ev, unmarshal(data, &ev)
}

func unmarshal(data []byte, into *engine.EffectDone) error { return json.Unmarshal(data, into) }

func (d *driver) advance(ev engine.Event) error {
	out, err := d.m.Advance(ev)
	if err != nil {
		return err
	}
	for _, e := range out.Cancels {
		d.pending = slices.DeleteFunc(d.pending, func(p *engine.Effect) bool { return p.ID == e.ID })
	}
	d.pending = append(d.pending, out.Effects...)
	return d.suspend()
}

// suspend replaces the machine, and the pending effects by those of the new one, in the same order.
func (d *driver) suspend() error {
	if d.plan.Suspend == nil {
		return nil
	}
	d.m = d.plan.Suspend(d.m)
	loaded := map[string]*engine.Effect{}
	for _, e := range d.m.Pending() {
		loaded[e.ID] = e
	}
	if len(loaded) != len(d.pending) {
		return fmt.Errorf("%d effects are pending, %d after loading", len(d.pending), len(loaded))
	}
	for i, e := range d.pending {
		if d.pending[i] = loaded[e.ID]; d.pending[i] == nil {
			return fmt.Errorf("effect %q is lost", e.ID)
		}
	}
	return nil
}

// TraceOf tells what came of a machine that has ended, but for the effects.
func TraceOf(m *engine.Machine) (t Trace, err error) {
	switch s := m.Status().(type) {
	case engine.Finished:
		t.Status = "finished at " + s.End
		t.Outputs = s.Outputs.Of().String()
	case engine.Failed:
		t.Status = "failed"
		t.Error = fmt.Sprintf("%s %s %v", s.Err.Class, s.Err.Error(), s.Err.Path)
	default:
		return t, fmt.Errorf("the conversation ended as %T", s)
	}
	messages, err := json.Marshal(m.Messages())
	if err != nil {
		return t, err
	}
	t.Messages = string(messages)
	return t, nil
}
