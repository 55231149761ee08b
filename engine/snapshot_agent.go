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

// agent checks that the state of an agent or a team fits it.
func (l *loader) agent(s *agentState, op program.Op) {
	if s == nil {
		return
	}
	threads, agent := threadsOf(op), (*program.Agent)(nil)
	switch op := op.(type) {
	case *program.Agent:
		agent = op
	case *program.Team:
		if s.Current >= 0 && s.Current < len(op.Agents) {
			agent = op.Agents[s.Current]
		}
	}
	if agent == nil || len(s.Threads) != len(threads) || s.Iterations < 0 || s.Rounds < 0 || s.Answered < 0 || s.Listed < 0 || s.Calling < 0 ||
		s.Answered+s.Calling > len(s.Requests) {
		l.failf("the state of an agent has another shape")
		*s = agentState{Threads: make([]thread, len(threads))}
		return
	}
	for i := range threads {
		l.agent(s.Threads[i].agent, threads[i].Nodes[threads[i].Start].Op)
		l.sent(s.Threads[i].agent, &s.Threads[i].talk)
	}
	for _, r := range s.Requests[s.Answered : s.Answered+s.Calling] {
		o := agent.Offer(r.Name, s.Iterations >= agent.MaxIterations)
		if o == nil {
			o = s.boxOffer(agent, r.Name)
		}
		if o == nil || o.Own() || o.Kind == program.OfferMessage && o.Recipient(recipientOf(&r)) == nil {
			l.failf("agent %q calls %q, which it cannot", agent.Name, r.Name)
			s.Calling = 0
		}
	}
}
