package wayflow

import (
	"context"
	"errors"
	"iter"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Conversation is one run of an app. Its methods may be called from any goroutine; while one runs it, the others that
// would change it return an error.
type Conversation struct {
	local *local.Conversation
	app   *App
}

// Event is something that happened in a conversation, and when.
type Event = local.Event

// Status says how a conversation came to rest. The set is closed: [*Finished], [*UserMessageRequired], [*ToolRequested],
// [*ToolConfirmationRequired], [*AuthorizationRequired], [*Interrupted].
type Status interface{ status() }

type (
	// Finished means that the conversation has ended.
	Finished struct {
		// Outputs are those of the document.
		Outputs *value.Object
		// End is the name of the end node that was reached; empty if the flow ended at a branch without an edge.
		End string
	}

	// UserMessageRequired means that the conversation waits for the user, see [Conversation.Say].
	UserMessageRequired struct {
		// RequestID is what an answer refers to.
		RequestID string
		// Message is what the user was asked; nil if nothing was said.
		Message *message.Message
	}

	// ToolRequested means that the conversation waits for its caller to perform tools, see [Conversation.Return].
	ToolRequested struct {
		// RequestID is what an answer refers to.
		RequestID string
		Requests  []message.ToolRequest
	}
)

func (*Finished) status()            {}
func (*UserMessageRequired) status() {}
func (*ToolRequested) status()       {}

// ID returns the conversation's id.
func (c *Conversation) ID() string { return c.local.ID() }

// Run goes on with the conversation until it has ended or waits for somebody. If a step fails, the error is an [*Error];
// the conversation stays where it is, and Run tries the step again. If ctx ends first, the error is an
// [*InterruptedError], and Run goes on later: what was in flight is done again, with the same idempotency key.
func (c *Conversation) Run(ctx context.Context) (Status, error) {
	if _, err := c.local.Run(ctx); err != nil {
		return nil, err
	}
	return c.Status()
}

// Events does what [Conversation.Run] does, and yields what happens while it does. The sequence ends when the run does;
// [Conversation.Status] then tells the outcome. Leaving the loop interrupts the run. It may be ranged over once.
func (c *Conversation) Events(ctx context.Context) iter.Seq2[Event, error] {
	return c.local.Events(ctx)
}

// errNotRun is the status of a conversation that has still to run.
var errNotRun = errors.New("the conversation has not come to rest; run it")

// Status says how the conversation came to rest. The error is an [*Error] if a step failed.
func (c *Conversation) Status() (Status, error) {
	switch s := c.local.Status().(type) {
	case engine.Finished:
		return &Finished{Outputs: s.Outputs, End: s.End}, nil
	case engine.Failed:
		return nil, s.Err
	case engine.Interrupted:
		return &Interrupted{*s.Shortage}, nil
	case engine.Waiting:
		return c.requestStatus(s.Requests[0]), nil
	default:
		return nil, errNotRun
	}
}

func (c *Conversation) requestStatus(r *engine.Request) Status {
	switch {
	case r.Auth != nil:
		return &AuthorizationRequired{
			RequestID: r.ID, URL: r.Auth.URL, RedirectURI: r.Auth.RedirectURI, Resource: r.Auth.Resource, Issuers: r.Auth.Issuers,
			conversation: c,
		}
	case r.UserMessage != nil:
		return &UserMessageRequired{RequestID: r.ID, Message: r.UserMessage.Prompt}
	case r.ToolRequests.Confirm:
		return &ToolConfirmationRequired{RequestID: r.ID, Requests: r.ToolRequests.Requests, conversation: c}
	}
	return &ToolRequested{RequestID: r.ID, Requests: r.ToolRequests.Requests}
}

// Release ends what the conversation keeps open outside: sessions with MCP servers, and the logins there. A conversation
// that has finished has done so; one that is given up need not wait until its sessions are closed for being idle.
func (c *Conversation) Release() { c.local.Release() }

// Messages returns the messages so far.
func (c *Conversation) Messages() []message.Message { return c.local.Messages() }

// LastMessage returns the newest message; the zero message if there is none.
func (c *Conversation) LastMessage() *message.Message {
	messages := c.local.Messages()
	if len(messages) == 0 {
		return &message.Message{}
	}
	return &messages[len(messages)-1]
}

// Say answers, with a text of the user, the first open question that the conversation waits with. It goes on when it runs
// next. Use [Conversation.SayTo] where several questions are open. An agent or a team that has finished takes it as the
// beginning of a new turn.
func (c *Conversation) Say(text string) error { return c.Reply(message.Text(message.User, text)) }

// Reply is [Conversation.Say] with a whole message.
func (c *Conversation) Reply(m message.Message) error {
	if _, done := c.local.Status().(engine.Finished); done {
		return c.local.Say(m)
	}
	q, err := firstOf[*UserMessageRequired](c, "the user")
	if err != nil {
		return err
	}
	return c.ReplyTo(q.RequestID, m)
}

// Return gives the results of tools that the conversation waits with, one for each tool of the first such request and in
// that order. It goes on when it runs next.
func (c *Conversation) Return(results ...value.Value) error {
	r, err := firstOf[*ToolRequested](c, "tools")
	if err != nil {
		return err
	}
	return c.returnTo(r, results)
}

// describe names a status for people.
func describe(s Status) string {
	switch s.(type) {
	case *Finished:
		return "finished"
	case *Interrupted:
		return "interrupted by its budget"
	case *UserMessageRequired:
		return "waiting for the user"
	case *ToolConfirmationRequired:
		return "waiting for tools to be confirmed"
	case *AuthorizationRequired:
		return "waiting for a login"
	default:
		return "waiting for the results of tools"
	}
}
