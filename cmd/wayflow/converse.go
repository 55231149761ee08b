package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
)

// asker is a view that can ask the user.
type asker interface {
	// say has the user say something in the conversation, and ask asks something beside it. A question that is empty
	// stands there already. The error is [io.EOF] if the user does not want to answer.
	say(ctx context.Context, question string) (string, error)
	ask(ctx context.Context, question string) (string, error)
	// tell tells the user something that needs no answer.
	tell(text string)
}

// converse runs a conversation and answers it, with the replies and then by asking the user, until there is no more to
// say.
func converse(ctx context.Context, s *session, v view, replies []*reply) (o *outcome) {
	w, watches := v.(watcher)
	if watches {
		w.begin(s)
	}
	user, _ := v.(asker)
	a := &answers{given: replies, user: user}
	defer func() { o.unused = a.given }()
	for {
		o = outcomeOf(s.conv, runOnce(ctx, s.conv, w))
		err := errNoAnswer
		if o.err == nil {
			err = a.give(ctx, s.conv)
		}
		switch {
		case errors.Is(err, errNoAnswer) || errors.Is(err, io.EOF):
			return o
		case errors.As(err, new(*signalled)):
			o.status, o.err = statusInterrupted, &wayflow.InterruptedError{Cause: err}
			return o
		case err != nil:
			o.status, o.err = statusError, err
			return o
		}
	}
}

// runOnce runs a conversation up to where it rests.
func runOnce(ctx context.Context, conv *wayflow.Conversation, w watcher) error {
	if w == nil {
		if _, err := conv.Run(ctx); err != nil {
			return err
		}
		return nil
	}
	for ev, err := range conv.Events(ctx) {
		if err != nil {
			return err
		}
		w.event(ev)
	}
	return nil
}

// answers is what there is to answer a conversation with.
type answers struct {
	given []*reply
	taken int   // how many of those that were given have been used
	user  asker // nil if nobody can be asked
	// several is true once the flow has waited with more than one request: then each is named.
	several bool
	// logins are the URLs that browsers were sent back to, by those where the user logged in.
	logins map[string]string
}

// errNoAnswer says that there is nothing to answer with, or nothing to answer.
var errNoAnswer = errors.New("no answer")

// give answers the first request that there is an answer to.
func (a *answers) give(ctx context.Context, conv *wayflow.Conversation) error {
	open := conv.Requests()
	a.several = a.several || len(open) > 1
	for _, r := range open {
		if err := a.answer(ctx, conv, r); !errors.Is(err, errNoAnswer) {
			return err
		}
	}
	return errNoAnswer
}

func (a *answers) answer(ctx context.Context, conv *wayflow.Conversation, r wayflow.Request) error {
	switch s := r.Status.(type) {
	case *wayflow.UserMessageRequired:
		text, err := a.message(ctx, r.ID, a.question(r, s))
		if err != nil {
			return err
		}
		return conv.SayTo(r.ID, text)
	case *wayflow.ToolConfirmationRequired:
		for i := range s.Requests {
			if err := a.decide(ctx, r, s, &s.Requests[i]); err != nil {
				return err
			}
		}
		return nil
	case *wayflow.ToolRequested:
		return a.results(conv, &r, s)
	case *wayflow.AuthorizationRequired:
		return a.login(ctx, r.ID, s)
	}
	return errNoAnswer
}

// name tells which branch asks, if several do; else it is empty.
func (a *answers) name(r wayflow.Request) string {
	if !a.several {
		return ""
	}
	return strings.Join(r.Path, " > ") + ": "
}

// question is what a flow has asked, if it is not clear which question is next.
func (a *answers) question(r wayflow.Request, s *wayflow.UserMessageRequired) string {
	name := a.name(r)
	switch {
	case name == "":
		return ""
	case s.Message == nil:
		return name + "what do you say?"
	}
	return name + s.Message.Text()
}

func (a *answers) message(ctx context.Context, id, question string) (string, error) {
	if r := a.take(id, isMessage); r != nil {
		return *r.message, nil
	}
	if a.user == nil {
		return "", errNoAnswer
	}
	return a.user.say(ctx, question)
}

// decide says whether a tool may be called, or asks the user.
func (a *answers) decide(ctx context.Context, open wayflow.Request, s *wayflow.ToolConfirmationRequired, r *message.ToolRequest) error {
	if given := a.take(open.ID, isDecision); given != nil {
		return given.decision.decide(s, r)
	}
	if a.user == nil {
		return errNoAnswer
	}
	for {
		text, err := a.user.ask(ctx, a.name(open)+"May "+requestText(r)+" be called? Answer yes or no.")
		if err != nil {
			return err
		}
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "y", "yes":
			return s.Confirm(r.ID, nil)
		case "n", "no":
			return s.Reject(r.ID, "the user said no")
		}
	}
}
