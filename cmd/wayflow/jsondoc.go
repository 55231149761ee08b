package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// outcome is how a run came to rest, and what there is to show for it.
type outcome struct {
	status   string
	outputs  *value.Object
	messages []message.Message
	requests []message.ToolRequest
	// unused are the answers that were given and not asked for.
	unused []*reply
	// usage is what models took; nil if nothing ran.
	usage *wayflow.Usage
	// login is the first that is waited for; nil if none is.
	login *wayflow.AuthorizationRequired
	err   error
}

// The statuses of an outcome.
const (
	statusFinished    = "finished"
	statusUserMessage = "user_message_required"
	statusToolRequest = "tool_request"
	statusToolConfirm = "tool_confirmation_required"
	statusAuth        = "auth_challenge"
	statusInterrupted = "interrupted"
	statusError       = "error"
)

// failure is the outcome of a run that never began.
func failure(err error) *outcome { return &outcome{status: statusError, err: err} }

// outcomeOf tells how a conversation came to rest; err is what its run returned.
func outcomeOf(conv *wayflow.Conversation, err error) *outcome {
	o := &outcome{messages: conv.Messages()}
	var status wayflow.Status
	if err == nil {
		status, err = conv.Status()
	}
	if err != nil {
		o.status, o.err = statusError, err
		if _, ok := errors.AsType[*wayflow.InterruptedError](err); ok {
			o.status = statusInterrupted
		}
		return o
	}
	switch s := status.(type) {
	case *wayflow.Finished:
		o.status, o.outputs = statusFinished, s.Outputs
	case *wayflow.ToolRequested:
		o.status = statusToolRequest
	case *wayflow.ToolConfirmationRequired:
		o.status = statusToolConfirm
	case *wayflow.Interrupted:
		o.status, o.err = statusInterrupted, &overBudget{s.Shortage}
	case *wayflow.AuthorizationRequired:
		o.status = statusAuth
	default:
		o.status = statusUserMessage
	}
	for _, r := range conv.Requests() {
		if login, ok := r.Status.(*wayflow.AuthorizationRequired); ok && o.login == nil {
			o.login = login
		}
	}
	o.requests = waitingTools(conv)
	return o
}

// waitingTools are the tools that a conversation waits for, to be performed or to be allowed, in the order of the document.
func waitingTools(conv *wayflow.Conversation) (all []message.ToolRequest) {
	for _, r := range conv.Requests() {
		switch s := r.Status.(type) {
		case *wayflow.ToolRequested:
			all = append(all, s.Requests...)
		case *wayflow.ToolConfirmationRequired:
			all = append(all, s.Requests...)
		}
	}
	return all
}

// json returns the document that `run --format json` prints.
func (o *outcome) json() value.Value {
	var b value.ObjectBuilder
	b.Set("status", value.String(o.status))
	b.Set("outputs", objectOrEmpty(o.outputs))
	messages := []value.Value{}
	for i := range o.messages {
		if m := &o.messages[i]; m.Type() != message.TypeInternal {
			messages = append(messages, messageJSON(m))
		}
	}
	b.Set("messages", value.List(messages...))
	if o.requests != nil {
		requests := make([]value.Value, len(o.requests))
		for i := range o.requests {
			requests[i] = toolRequestJSON(&o.requests[i])
		}
		b.Set("tool_requests", value.List(requests...))
	}
	if o.login != nil {
		b.Set("auth_challenge", loginJSON(o.login.URL, o.login.RedirectURI, o.login.Resource, o.login.Issuers))
	}
	if o.status == statusError {
		b.Set("error", errorJSON(o.err))
	}
	if over, ok := errors.AsType[*overBudget](o.err); ok {
		b.Set("shortage", shortageJSON(&over.shortage))
	}
	if o.usage != nil && o.usage.Calls > 0 {
		b.Set("usage", usageJSON(o.usage))
	}
	return b.Value()
}

// loginJSON is a login that is waited for.
func loginJSON(url, redirect, resource string, issuers []string) value.Value {
	from := make([]value.Value, len(issuers))
	for i, issuer := range issuers {
		from[i] = value.String(issuer)
	}
	return value.Obj(
		member("authorization_url", value.String(url)), member("redirect_uri", value.String(redirect)),
		member("resource_uri", value.String(resource)), member("issuer", value.List(from...)),
	)
}

func objectOrEmpty(o *value.Object) value.Value {
	if o == nil {
		return value.Obj()
	}
	return o.Of()
}

// messageJSON is a message as documents show it: a tool's result has a role of its own.
func messageJSON(m *message.Message) value.Value {
	var b value.ObjectBuilder
	if m.ToolResult != nil {
		b.Set("role", value.String("tool"))
		b.Set("content", value.String(resultText(m.ToolResult)))
		return b.Value()
	}
	b.Set("role", value.String(string(m.Role)))
	b.Set("content", value.String(m.Text()))
	var images []value.Value
	for _, p := range m.Contents {
		if p.Image != "" {
			images = append(images, value.String(p.Image))
		}
	}
	if images != nil {
		b.Set("images", value.List(images...))
	}
	if len(m.ToolRequests) > 0 {
		calls := make([]value.Value, len(m.ToolRequests))
		for i := range m.ToolRequests {
			calls[i] = toolRequestJSON(&m.ToolRequests[i])
		}
		b.Set("tool_calls", value.List(calls...))
	}
	return b.Value()
}

// resultText is the result of a tool as text: one stays as it is, anything else is JSON, and so is why a tool failed.
func resultText(r *message.ToolResult) string {
	if r.Failed {
		return string(value.AppendText(nil, r.Content))
	}
	return outputText(r.Content)
}

func toolRequestJSON(r *message.ToolRequest) value.Value {
	return value.Obj(
		value.Member{Key: "name", Value: value.String(r.Name)},
		value.Member{Key: "arguments", Value: objectOrEmpty(r.Args)},
	)
}

// errorJSON has the class of the failure of a step, by which documents catch it, or says what is wrong with the use of
// the command.
func errorJSON(err error) value.Value {
	class := usageType(err)
	if e, ok := errors.AsType[*wayflow.Error](err); ok {
		class = e.Class
	}
	if class == "" {
		class = "Error"
	}
	return value.Obj(
		value.Member{Key: "type", Value: value.String(class)},
		value.Member{Key: "message", Value: value.String(err.Error())},
	)
}

// writeJSON writes a value for people and programs. Numbers that JSON has no way to write stay as Python writes them.
func writeJSON(w io.Writer, v value.Value) error {
	compact := value.AppendJSON(nil, v)
	var b bytes.Buffer
	if json.Indent(&b, compact, "", "  ") != nil {
		b.Reset()
		b.Write(compact)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
