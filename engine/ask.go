package engine

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
)

// runAsk says what there is to say and waits for the user.
func (m *Machine) runAsk(f *flowFrame, n *program.Node, op *program.Ask) *flowFrame {
	question := &UserMessage{}
	if op.Template != nil {
		text, err := m.render(f, n, op.Template)
		if err != nil {
			return m.fail(f, err)
		}
		if op.Rephrase != nil {
			return m.rephrase(f, op.Rephrase, text)
		}
		msg := message.Text(message.Assistant, text)
		m.post(f, msg)
		question.Prompt = &msg
	}
	m.ask(f, &Request{UserMessage: question})
	return nil
}

// rephrasedQuestion posts what a model made of the question, and waits for the user.
func (m *Machine) rephrasedQuestion(f *flowFrame, r Result) *flowFrame {
	answer, err := r.answered()
	if err != nil {
		return m.fail(f, err)
	}
	m.post(f, *answer)
	m.ask(f, &Request{UserMessage: &UserMessage{Prompt: answer}})
	return nil
}

// ask opens a request; the current node waits for its answer.
func (m *Machine) ask(f *flowFrame, r *Request) {
	r.ID, r.Path, r.frame = f.waitID(), f.path(), f
	m.open(f, r)
}

// open makes a request open, for the first time or, after a retry, again.
func (m *Machine) open(f *flowFrame, r *Request) {
	f.request, f.cancelled = r, false
	if m.observe != nil {
		m.observe(Asked{f.place(), r})
	}
}

// Withdrawn reports whether a request was open and is not for now, since another branch failed: a [Retry] opens it again,
// under the same ID.
func (m *Machine) Withdrawn(id string) bool {
	f := m.find(id)
	return f != nil && f.request != nil && f.cancelled
}

// CheckAnswer reports, as a [*StateError], whether an answer would be refused.
func (m *Machine) CheckAnswer(a Answer) error {
	f := m.find(a.ID)
	if f == nil || f.request == nil || f.cancelled {
		return stateErrorf("no request %q is open", a.ID)
	}
	if f.request.Auth != nil {
		return checkAuth(a)
	}
	if r := f.request.ToolRequests; r != nil {
		if r.Lost {
			return r.checkFound(a)
		}
		if r.Confirm {
			return r.checkDecisions(a)
		}
		return r.check(a)
	}
	if a.Message == nil || a.Message.Type() != message.TypeUser {
		return stateErrorf("request %q waits for a message of the user", a.ID)
	}
	return nil
}

// check reports whether there is one result for each request.
func (r *ToolRequests) check(a Answer) error {
	for i, want := range r.Requests {
		if i >= len(a.Results) || a.Results[i].RequestID != want.ID {
			return stateErrorf("request %q waits for the result of tool %q", a.ID, want.Name)
		}
	}
	if len(a.Results) > len(r.Requests) {
		return stateErrorf("request %q was given more results than it waits for", a.ID)
	}
	return nil
}

// answer hands an answer to the node that waits for it.
func (m *Machine) answer(a Answer) error {
	if err := m.CheckAnswer(a); err != nil {
		return err
	}
	f := m.find(a.ID)
	r := f.request
	f.request = nil
	if r.Auth != nil {
		m.drive(m.authorized(f, r.Effect, a.Auth))
		return nil
	}
	if r.ToolRequests != nil && r.ToolRequests.Lost {
		m.drive(m.found(f, r, a))
		return nil
	}
	if r.UserMessage != nil {
		m.post(f, *a.Message)
		m.drive(m.heard(f, a.Message.Text()))
		return nil
	}
	if r.ToolRequests.Confirm {
		m.drive(m.decided(f, r.ToolRequests.Requests[0], a.Decisions[0]))
		return nil
	}
	result := a.Results[0]
	if op := f.current().Op.(*program.CallTool); !op.Asked {
		m.post(f, message.Message{Role: message.Assistant, ToolResult: &result})
	}
	m.drive(m.resume(f, Result{Value: result.Content}))
	return nil
}
