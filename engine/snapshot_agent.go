package engine

import (
	"encoding/json"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// savedThread is a [thread] as it is stored.
type savedThread struct {
	Messages []message.Message `json:"messages,omitempty"`
	Agent    *agentState       `json:"agent,omitempty"`
	Inputs   *value.Object     `json:"inputs,omitempty"`
}

// MarshalJSON implements [json.Marshaler].
func (th thread) MarshalJSON() ([]byte, error) {
	return json.Marshal(savedThread{th.talk.own, th.agent, th.inputs})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (th *thread) UnmarshalJSON(data []byte) error {
	var s savedThread
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*th = thread{talk: talk{own: s.Messages}, agent: s.Agent, inputs: s.Inputs}
	return nil
}

// agent checks that the state of an agent fits it.
func (l *loader) agent(s *agentState, op *program.Agent) {
	switch {
	case s == nil:
		return
	case op == nil:
		l.failf("a node that is no agent has the state of one")
		return
	case len(s.Threads) != op.Threads || s.Iterations < 0 || s.Answered < 0 || s.Calling < 0 || s.Answered+s.Calling > len(s.Requests):
		l.failf("agent %q has another shape", op.Name)
		return
	}
	for i := range op.Offers {
		o := &op.Offers[i]
		if o.Kind == program.OfferAgent {
			l.agent(s.Threads[o.Thread].agent, o.Flow.Agent())
		}
	}
	for _, r := range s.Requests[s.Answered : s.Answered+s.Calling] {
		if o := op.Offer(r.Name, s.Iterations >= op.MaxIterations); o == nil || o.Own() {
			l.failf("agent %q calls %q, which it cannot", op.Name, r.Name)
			s.Calling = 0
		}
	}
}
