package engine

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// RemoteCall tells an agent that runs elsewhere what is new.
type RemoteCall struct {
	// Agent is the index of the agent in [program.Program.Remotes].
	Agent int `json:"agent"`
	// Session is that of its last reply; null at first.
	Session value.Value `json:"session,omitzero"`
	// Messages are those that it was not told yet, and did not say itself.
	Messages []message.Message `json:"messages"`
}

// RemoteReply is what an agent that runs elsewhere answers.
type RemoteReply struct {
	// Session goes into the next [RemoteCall].
	Session value.Value `json:"session,omitzero"`
	// Messages are what it said, at least one.
	Messages []message.Message `json:"messages"`
}

// tell sends an agent that runs elsewhere what is new. The state changes when it has answered, so that a retry tells it the
// same.
func (m *Machine) tell(f *flowFrame, op *program.Agent) *flowFrame {
	call := &RemoteCall{Agent: op.Remote.Index, Session: f.agent.Session}
	for _, msg := range f.talk.shown()[f.agent.Sent:] {
		if msg.Role != message.Assistant || msg.Sender != op.Name {
			call.Messages = append(call.Messages, msg)
		}
	}
	if len(call.Messages) == 0 {
		return m.fail(f, errorf(classRuntime, "there is nothing to tell the remote agent %q; begin with a message, or let it ask the user", op.Name))
	}
	m.emit(f, &Effect{Remote: call})
	return nil
}

// told takes the answer of an agent that runs elsewhere.
func (m *Machine) told(f *flowFrame, r Result) *flowFrame {
	op, s := agentOf(f), f.agent
	switch {
	case r.Err != nil:
		return m.fail(f, r.Err)
	case r.Remote == nil || len(r.Remote.Messages) == 0:
		return m.fail(f, errorf(classRuntime, "the remote agent %q gave no answer", op.Name))
	}
	for i := range r.Remote.Messages {
		if r.Remote.Messages[i].Type() != message.TypeAgent {
			return m.fail(f, errorf(classRuntime, "the remote agent %q answered with something that no agent says", op.Name))
		}
	}
	var last message.Message
	for _, last = range r.Remote.Messages {
		last.Sender = op.Name
		m.post(f, last)
	}
	s.Session, s.Sent = r.Remote.Session, len(f.talk.shown())
	f.trial++
	if op.Unattended && !op.Member {
		return m.agentEnds(f)
	}
	if op.Member {
		return m.answered(f, value.String(last.Text()))
	}
	m.ask(f, &Request{UserMessage: &UserMessage{Prompt: &last}})
	return nil
}

// sent checks how many messages an agent knows that runs elsewhere.
func (l *loader) sent(s *agentState, t *talk) {
	if s != nil && (s.Sent < 0 || s.Sent > len(t.shown())) {
		l.failf("a remote agent knows more messages than there are")
		s.Sent = 0
	}
}
