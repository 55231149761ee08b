package engine

import (
	"time"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Event is what happens to a conversation. The set is closed.
type Event interface{ event() }

// Begin starts the conversation. It is the first event, and comes once. A pointer to one is an event too.
type Begin struct {
	// Inputs are the values for the inputs of the main flow.
	Inputs *value.Object `json:"inputs"`
	// Messages are already part of the conversation.
	Messages []message.Message `json:"messages,omitempty"`
	// Budget bounds what it may take.
	Budget Budget `json:"budget,omitzero"`
}

// EffectDone reports how an effect ended. A pointer to one is an event too.
type EffectDone struct {
	ID     string `json:"id"`
	Result Result `json:"result"`
	// Digest is that of the effect, if it is known: a journal is checked by it, see [Machine.Replay].
	Digest string `json:"digest,omitempty"`
	// effect is known while effect and machine live in one process, and saves the search.
	effect *Effect
}

// Result is what an effect came to: an error, or what its kind of effect yields.
type Result struct {
	// Err is set if the effect failed.
	Err *Error `json:"error,omitempty"`
	// Value is what a tool returned, the list of what a datastore found, or the entry that a cache has.
	Value value.Value `json:"value,omitzero"`
	// Auth is set if a tool cannot be called before somebody has logged in: a request is opened, and when that is answered
	// the effect is performed again.
	Auth *AuthChallenge `json:"auth,omitempty"`
	// Tools are those of a toolbox.
	Tools []BoxTool `json:"tools,omitempty"`
	// HTTP is the answer to a request.
	HTTP *HTTPAnswer `json:"http,omitempty"`
	// Remote is the answer of an agent that runs elsewhere.
	Remote *RemoteReply `json:"remote,omitempty"`
	// Message is what a model answered, and Usage what it took.
	Message *message.Message `json:"message,omitempty"`
	Usage   message.Usage    `json:"usage,omitzero"`
}

// Answer answers a request.
type Answer struct {
	ID string `json:"id"`
	// Message answers a [UserMessage].
	Message *message.Message `json:"message,omitempty"`
	// Results answer a [ToolRequests], one for each.
	Results []message.ToolResult `json:"results,omitempty"`
	// Decisions answer one that asks to Confirm, one for each.
	Decisions []Decision `json:"decisions,omitempty"`
	// Auth answers an [AuthChallenge].
	Auth *AuthAnswer `json:"auth,omitempty"`
}

// Decision says whether a tool may be called.
type Decision struct {
	RequestID string `json:"request_id"`
	// Confirmed allows the call, and Args are arguments to change; only those that the request has can be.
	Confirmed bool          `json:"confirmed"`
	Args      *value.Object `json:"args,omitempty"`
	// Reason says why it is not allowed.
	Reason string `json:"reason,omitempty"`
}

// Say goes on with an agent or a team that has finished: the user says something more.
type Say struct {
	Message message.Message `json:"message"`
}

// Retry goes on after a failure: the step that failed runs again, with the same inputs.
type Retry struct{}

// SetBudget replaces the budget, and lets go on what was held back and is allowed now.
type SetBudget struct {
	Budget Budget `json:"budget"`
}

// Elapsed tells how much longer the conversation has run. A host tells it before the results that came meanwhile, if the
// budget bounds the time.
type Elapsed struct {
	Time time.Duration `json:"time"`
}

func (Begin) event()      {}
func (EffectDone) event() {}
func (Answer) event()     {}
func (Say) event()        {}
func (Retry) event()      {}
func (SetBudget) event()  {}
func (Elapsed) event()    {}
