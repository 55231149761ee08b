package wayflow

import (
	"fmt"
	"slices"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Request is something that a conversation waits for. Several are open at a time where a parallel node allows questions,
// see [ParallelNode.AllowQuestions]: they may be answered in any order, one at a time or all before the next run, and the
// conversation comes out the same.
type Request struct {
	// ID is what an answer refers to. It says where in the conversation it is waited for, and is the same on every run
	// that came there, whatever the timing.
	ID string
	// Path are the names of the nodes that lead to the one that waits, that one last; a branch of a parallel node goes by
	// the name of its flow.
	Path []string
	// Status says what is waited for: it is a [*UserMessageRequired], a [*ToolRequested], a [*ToolConfirmationRequired]
	// or an [*AuthorizationRequired].
	Status Status
}

// Requests returns the open requests that no answer was given to yet, in the order of the document. The first one is the
// status of a conversation that waits.
func (c *Conversation) Requests() []Request {
	var all []Request
	for _, r := range c.local.Requests() {
		all = append(all, Request{ID: r.ID, Path: slices.Clone(r.Path), Status: c.requestStatus(r)})
	}
	return all
}

// SayTo answers a question with a text of the user, by the ID of the request. The conversation goes on when it runs next.
func (c *Conversation) SayTo(id, text string) error {
	return c.ReplyTo(id, message.Text(message.User, text))
}

// ReplyTo is [Conversation.SayTo] with a whole message.
func (c *Conversation) ReplyTo(id string, m message.Message) error {
	return c.local.Answer(engine.Answer{ID: id, Message: &m})
}

// ReturnTo gives the results of tools, by the ID of the request, one for each tool and in that order. The conversation
// goes on when it runs next.
func (c *Conversation) ReturnTo(id string, results ...value.Value) error {
	for _, r := range c.Requests() {
		if s, ok := r.Status.(*ToolRequested); ok && r.ID == id {
			return c.returnTo(s, results)
		}
	}
	return fmt.Errorf("no tools are waited for with the request %q", id)
}

func (c *Conversation) returnTo(r *ToolRequested, results []value.Value) error {
	if len(results) != len(r.Requests) {
		return fmt.Errorf("the conversation waits for %d results, not %d", len(r.Requests), len(results))
	}
	answer := engine.Answer{ID: r.RequestID}
	for i, v := range results {
		answer.Results = append(answer.Results, message.ToolResult{RequestID: r.Requests[i].ID, Content: v})
	}
	return c.local.Answer(answer)
}

// firstOf returns the first open request of a kind, else the status of the conversation if that is of the kind: it was
// answered then.
func firstOf[S Status](c *Conversation, what string) (found S, err error) {
	rest, err := c.Status()
	if err != nil {
		return found, err
	}
	for _, r := range c.Requests() {
		if s, ok := r.Status.(S); ok {
			return s, nil
		}
	}
	found, ok := rest.(S)
	if !ok {
		return found, fmt.Errorf("the conversation does not wait for %s but is %s", what, describe(rest))
	}
	return found, nil
}
