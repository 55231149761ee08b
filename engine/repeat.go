package engine

import (
	"github.com/wayflow-go/wayflow/message"
)

// Performing says that the host begins with an effect which must not be performed twice without asking. It is written
// down before that, so that after a crash it is known whether the effect may have happened.
type Performing struct {
	ID string `json:"id"`
}

// Lost says that the host does not know whether an effect that it had begun with was performed. The effect becomes a
// request: its answer gives the result, or decides that it be performed again.
type Lost struct {
	ID string `json:"id"`
}

func (Performing) event() {}
func (Lost) event()       {}

// performing notes that an effect is begun with.
func (m *Machine) performing(id string) error {
	f := m.find(id)
	if f == nil || !m.Wants(f.effect) {
		return stateErrorf("no effect %q is waited for", id)
	}
	f.effect.Begun = true
	return nil
}

// lost makes a request of an effect.
func (m *Machine) lost(id string) error {
	f := m.find(id)
	if f == nil || !m.Wants(f.effect) || f.effect.Tool == nil {
		return stateErrorf("no call of a tool %q is waited for", id)
	}
	e := f.effect
	f.effect = nil
	m.pending--
	call := message.ToolRequest{ID: e.ID, Name: m.prog.Tools[e.Tool.Tool].Name(), Args: e.Tool.Args}
	m.open(f, &Request{
		ID: e.ID, Path: f.path(), Effect: e, frame: f,
		ToolRequests: &ToolRequests{Requests: []message.ToolRequest{call}, Confirm: true, Lost: true},
	})
	return nil
}

// checkFound reports whether an answer says what became of an effect that was lost.
func (r *ToolRequests) checkFound(a Answer) error {
	if len(a.Results) > 0 && len(a.Decisions) > 0 {
		return stateErrorf("request %q waits for a result or for a decision, not for both", a.ID)
	}
	if len(a.Results) > 0 {
		return r.check(a)
	}
	return r.checkDecisions(a)
}

// found goes on with an effect that was lost. It returns the frame to go on with.
func (m *Machine) found(f *flowFrame, r *Request, a Answer) *flowFrame {
	if len(a.Results) > 0 {
		return m.resume(f, Result{Value: a.Results[0].Content})
	}
	e, d := r.Effect, a.Decisions[0]
	if !d.Confirmed {
		return m.resume(f, Result{Err: errorf(classRuntime, "the call of tool %q was interrupted and is not repeated: %s",
			r.ToolRequests.Requests[0].Name, d.Reason)})
	}
	for name, v := range d.Args.All() {
		e.Tool.Args = e.Tool.Args.With(name, v)
	}
	e.Begun = false
	m.emit(f, e)
	return nil
}
