package engine

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// Note tells an observer what just happened. The set is closed. Most are made by the machine; those about effects by the
// host that performs them, so that all hosts tell the same story. Notes change nothing and are not part of the state;
// without an observer none are made.
type Note interface {
	note()
	// Where is where it happened.
	Where() Place
}

// Place is where in the tree of frames something happened.
type Place struct {
	// ID tells one visit of one node from all others, see invariant 1.
	ID string
	// Path are the names of the nodes that lead there, the node itself last; a branch of a parallel node goes by the
	// name of its flow.
	Path []string
	Node *program.Node
}

// Where implements [Note].
func (p Place) Where() Place { return p }

type (
	// NodeStarted means that a node begins.
	NodeStarted struct{ Place }

	// NodeFinished means that a node is done and which branch it takes.
	NodeFinished struct {
		Place
		Branch string
	}

	// NodeFailed means that a node failed.
	NodeFailed struct {
		Place
		Err *Error
	}

	// MessageAdded means that a message became part of the conversation, at the time; its place in the order of messages
	// is only settled when parallel branches join.
	MessageAdded struct {
		Place
		Message message.Message
		// Aside is true for a message between agents, which is not part of the conversation with the user.
		Aside bool
	}

	// Held means that the budget does not allow an effect, for now.
	Held struct {
		Place
		Effect   *Effect
		Shortage *Shortage
	}

	// Asked means that a request was opened.
	Asked struct {
		Place
		Request *Request
	}
)

type (
	// EffectStarted means that a host performs an effect.
	EffectStarted struct {
		Place
		Effect *Effect
	}

	// EffectFinished means that it is done.
	EffectFinished struct {
		Place
		Effect *Effect
		Result Result
	}

	// ToolDelta is something that a tool told before it was done (a progress notification of MCP, say). It is not part
	// of its result.
	ToolDelta struct {
		Place
		Content value.Value
	}

	// TextDelta is a piece of text that a model just said.
	TextDelta struct {
		Place
		Text string
	}
)

func (EffectStarted) note()  {}
func (EffectFinished) note() {}
func (TextDelta) note()      {}
func (ToolDelta) note()      {}
func (NodeStarted) note()    {}
func (NodeFinished) note()   {}
func (NodeFailed) note()     {}
func (MessageAdded) note()   {}
func (Held) note()           {}
func (Asked) note()          {}
