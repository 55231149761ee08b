package wayflow

import (
	"fmt"
	"slices"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
)

// ToolConfirmationRequired means that the conversation waits until somebody has decided whether tools may be called:
// each of the requests is to be confirmed or rejected. With the last decision the conversation is answered, and goes on
// when it runs next.
type ToolConfirmationRequired struct {
	// RequestID is what an answer refers to.
	RequestID string
	Requests  []message.ToolRequest

	conversation *Conversation
	decisions    map[string]engine.Decision
}

func (*ToolConfirmationRequired) status() {}

// Confirm allows a call, by the ID of its request. Arguments in changed take the place of those of the request; only
// such as it has can be changed.
func (s *ToolConfirmationRequired) Confirm(id string, changed Inputs) error {
	args, err := changed.object()
	if err != nil {
		return err
	}
	return s.decide(engine.Decision{RequestID: id, Confirmed: true, Args: args})
}

// Reject forbids a call, by the ID of its request, and says why.
func (s *ToolConfirmationRequired) Reject(id, reason string) error {
	return s.decide(engine.Decision{RequestID: id, Reason: reason})
}

func (s *ToolConfirmationRequired) decide(d engine.Decision) error {
	if !slices.ContainsFunc(s.Requests, func(r message.ToolRequest) bool { return r.ID == d.RequestID }) {
		return fmt.Errorf("no tool request %q waits for a decision", d.RequestID)
	}
	if s.decisions == nil {
		s.decisions = map[string]engine.Decision{}
	}
	s.decisions[d.RequestID] = d
	answer := engine.Answer{ID: s.RequestID}
	for _, r := range s.Requests {
		made, ok := s.decisions[r.ID]
		if !ok {
			return nil
		}
		answer.Decisions = append(answer.Decisions, made)
	}
	err := s.conversation.local.Answer(answer)
	if err != nil {
		delete(s.decisions, d.RequestID)
	}
	return err
}
