package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/value"
)

// question is what a conversation waits for, put so that a text answers it.
type question struct {
	text string
	// plain questions are those that a user is asked in so many words.
	plain bool
	give  func(answer string) error
}

// questionOf puts the first open request of a conversation.
func questionOf(conv *wayflow.Conversation, status wayflow.Status) (*question, error) {
	switch w := status.(type) {
	case *wayflow.UserMessageRequired:
		text := "What do you say?"
		if w.Message != nil {
			text = w.Message.Text()
		}
		return &question{text, true, func(answer string) error { return conv.SayTo(w.RequestID, answer) }}, nil
	case *wayflow.ToolConfirmationRequired:
		r := w.Requests[0]
		text := fmt.Sprintf("May the tool %s be called with %s? Answer yes or no.", r.Name, objectOrEmpty(r.Args))
		return &question{text, false, func(answer string) error { return decide(w, r.ID, answer) }}, nil
	case *wayflow.ToolRequested:
		if len(w.Requests) != 1 {
			return nil, errors.New("the flow waits for several tools of its caller at once, which this server cannot ask for")
		}
		r := w.Requests[0]
		text := fmt.Sprintf("What is the result of the tool %s called with %s? Answer with JSON or a text.", r.Name, objectOrEmpty(r.Args))
		return &question{text, false, func(answer string) error { return conv.ReturnTo(w.RequestID, resultOf(answer)) }}, nil
	case *wayflow.AuthorizationRequired:
		text := "Somebody must log in at " + w.URL + " ; answer with the whole URL that the browser is sent to afterwards."
		return &question{text, false, w.SubmitRedirect}, nil
	}
	return nil, errors.New("the flow waits for something that this server cannot ask for")
}

func decide(w *wayflow.ToolConfirmationRequired, id, answer string) error {
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "true":
		return w.Confirm(id, nil)
	case "n", "no", "false":
		return w.Reject(id, "the user said no")
	}
	return errors.New("answer yes or no")
}

func resultOf(answer string) value.Value {
	if v, err := value.ParseJSON([]byte(answer)); err == nil {
		return v
	}
	return value.String(answer)
}

// form is the question as a form with one field.
func (q *question) form() *sdk.ElicitParams {
	return &sdk.ElicitParams{Mode: "form", Message: q.text, RequestedSchema: objectSchema(
		map[string]any{answerField: map[string]any{"type": "string", "title": "Answer"}}, []string{answerField})}
}

// elicits reports whether the user of a client can be asked.
func elicits(session *sdk.ServerSession) bool {
	p := session.InitializeParams()
	return p != nil && p.Capabilities != nil && p.Capabilities.Elicitation != nil
}

// rounds is the first version of the protocol in which a call that asks ends, and is made again with the answer.
const rounds = "2026-07-28"

func byRounds(session *sdk.ServerSession) bool {
	p := session.InitializeParams()
	return p != nil && p.ProtocolVersion >= rounds
}

// ask asks the user of a client, until there is an answer that does.
func ask(ctx context.Context, session *sdk.ServerSession, q *question) error {
	given, err := session.Elicit(ctx, q.form())
	if err != nil {
		return fmt.Errorf("ask the user: %w", err)
	}
	answer, err := answerOf(given)
	if err != nil {
		return err
	}
	return q.give(answer)
}

// answerOf is what a user has answered.
func answerOf(r *sdk.ElicitResult) (string, error) {
	if r.Action != "accept" {
		return "", fmt.Errorf("the user was asked and gave no answer (%s)", r.Action)
	}
	answer, ok := r.Content[answerField].(string)
	if !ok {
		return "", errors.New("the user's answer is no text")
	}
	return answer, nil
}
