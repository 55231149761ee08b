// Package remote is how the runtime talks with an agent that runs elsewhere: the [Agent] interface and what travels
// through it. A package below it speaks each protocol.
//
// A remote agent keeps its own conversation. What it needs to find that again, its session, is plain data that the caller
// keeps with the state of the conversation here, so that both go on after a restart.
package remote

import (
	"context"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Agent is an agent that runs elsewhere. Implementations are safe for concurrent use.
type Agent interface {
	// Send tells the agent what is new and returns what it answers to that, once it has answered or asks something
	// itself. The error says what went wrong and what to do; it holds no secret.
	Send(ctx context.Context, t *Turn) (*Reply, error)
}

// Turn is what an agent is told.
type Turn struct {
	// Key names the turn and is the same when it is sent again, so that an agent can tell that it knows it already.
	Key string
	// Session is that of the agent's last [Reply]; null in the first turn.
	Session value.Value
	// Messages are those since the last turn.
	Messages []message.Message
}

// Reply is what an agent answers.
type Reply struct {
	// Session goes into the next [Turn].
	Session value.Value
	// Messages are what the agent said, in its order; all have the role assistant.
	Messages []message.Message
}
