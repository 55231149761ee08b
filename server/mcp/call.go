package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// answerField is the field of the form in which a user answers, and the id of the request for it.
const answerField = "answer"

// call runs a tool, or goes on with what it has asked in an earlier round (multi round-trip requests).
func (s *Server) call(ctx context.Context, t *served, r *sdk.CallToolRequest) *sdk.CallToolResult {
	s.opts.Logger.DebugContext(ctx, "tool called", slog.String("tool", t.name))
	if r.Params.RequestState != "" {
		h := s.waiting.take(r.Params.RequestState)
		if h == nil {
			return failed(errGone)
		}
		given, _ := r.Params.InputResponses[answerField].(*sdk.ElicitResult)
		if given == nil {
			return failed(fmt.Errorf("the answer is missing"))
		}
		answer, err := answerOf(given)
		if err == nil {
			err = h.question.give(answer)
		}
		if err != nil {
			h.conv.Release()
			return failed(err)
		}
		return s.run(ctx, h.tool, h.conv, r)
	}
	inputs, msgs, err := t.arguments(r.Params.Arguments)
	if err != nil {
		return failed(err)
	}
	conv, err := t.app.Start(ctx, inputs, msgs...)
	if err != nil {
		return failed(err)
	}
	return s.run(ctx, t, conv, r)
}

// arguments are the inputs of a conversation, and the message that opens one with an agent.
func (t *served) arguments(raw json.RawMessage) (wayflow.Inputs, []message.Message, error) {
	inputs := wayflow.Inputs{}
	if len(raw) == 0 || string(raw) == "null" {
		raw = json.RawMessage("{}")
	}
	v, err := value.ParseJSON(raw)
	o, ok := v.AsObject()
	if err != nil || !ok {
		return nil, nil, fmt.Errorf("the arguments are no object")
	}
	var msgs []message.Message
	for name, v := range o.All() {
		if t.agent && name == messageInput {
			msgs = append(msgs, message.Text(message.User, value.Text(v)))
			continue
		}
		inputs[name] = v
	}
	if t.opens && len(msgs) == 0 {
		return nil, nil, fmt.Errorf("the argument %q is missing", messageInput)
	}
	return inputs, msgs, nil
}

var errGone = fmt.Errorf("there is no such conversation: it has ended, or waited for too long; call the tool anew")

// goOn continues a conversation that waits.
func (s *Server) goOn(ctx context.Context, r *sdk.CallToolRequest) *sdk.CallToolResult {
	var in struct {
		ID     string `json:"conversation_id"`
		Answer string `json:"answer"`
	}
	if err := json.Unmarshal(r.Params.Arguments, &in); err != nil {
		return failed(fmt.Errorf("conversation_id and answer must be texts"))
	}
	h := s.waiting.take(in.ID)
	if h == nil {
		return failed(errGone)
	}
	if err := h.question.give(in.Answer); err != nil {
		s.waiting.put(in.ID, h) // the answer may be given once more
		return failed(err)
	}
	return s.run(ctx, h.tool, h.conv, r)
}

// run runs a conversation until it has ended, or nobody can be asked what it wants to know.
func (s *Server) run(ctx context.Context, t *served, conv *wayflow.Conversation, r *sdk.CallToolRequest) *sdk.CallToolResult {
	tell := teller(ctx, r)
	for {
		for ev, err := range conv.Events(ctx) {
			if err != nil {
				conv.Release()
				return failed(err)
			}
			tell(ev)
		}
		status, err := conv.Status()
		if err != nil {
			s.opts.Logger.WarnContext(ctx, "conversation failed", slog.String("tool", t.name), slog.String("conversation", conv.ID()), slog.Any("err", err))
			conv.Release()
			return failed(err)
		}
		if done, ok := status.(*wayflow.Finished); ok {
			return finished(conv, done)
		}
		q, err := questionOf(conv, status)
		if err != nil {
			conv.Release()
			return failed(err)
		}
		if t.agent && q.plain || !elicits(r.Session) {
			return s.leave(t, conv, q)
		}
		if byRounds(r.Session) {
			id := s.waiting.add(&held{t, conv, q})
			return &sdk.CallToolResult{InputRequests: sdk.InputRequestMap{answerField: q.form()}, RequestState: id}
		}
		if err := ask(ctx, r.Session, q); err != nil {
			conv.Release()
			return failed(err)
		}
	}
}

// leave ends a call with what was asked.
func (s *Server) leave(t *served, conv *wayflow.Conversation, q *question) *sdk.CallToolResult {
	id := s.waiting.add(&held{t, conv, q})
	return &sdk.CallToolResult{
		Content: []sdk.Content{
			&sdk.TextContent{Text: q.text},
			&sdk.TextContent{Text: fmt.Sprintf("(To answer, call %s with conversation_id %q.)", ContinueTool, id)},
		},
		StructuredContent: map[string]any{"status": "waiting", "question": q.text, "conversation_id": id},
	}
}

// finished gives the outputs, or what was said last if there are none.
func finished(conv *wayflow.Conversation, done *wayflow.Finished) *sdk.CallToolResult {
	outputs := json.RawMessage(value.AppendJSON(nil, objectOrEmpty(done.Outputs)))
	res := &sdk.CallToolResult{StructuredContent: outputs}
	text := string(outputs)
	if done.Outputs.Len() == 0 {
		text = conv.LastMessage().Text()
	} else if v := done.Outputs.At(0).Value; done.Outputs.Len() == 1 && v.Kind() == value.KindString {
		text = v.Str()
	}
	res.Content = []sdk.Content{&sdk.TextContent{Text: text}}
	return res
}

func objectOrEmpty(o *value.Object) value.Value {
	if o == nil {
		return value.Obj()
	}
	return o.Of()
}

// failed is a failure as the client's model sees it, which may try something else then.
func failed(err error) *sdk.CallToolResult {
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: err.Error()}}}
}

// teller tells the client which step begins, if it wants to know.
func teller(ctx context.Context, r *sdk.CallToolRequest) func(wayflow.Event) {
	token := r.Params.GetProgressToken()
	if token == nil {
		return func(wayflow.Event) {}
	}
	steps := 0.0
	return func(ev wayflow.Event) {
		began, ok := ev.Note.(engine.NodeStarted)
		if !ok {
			return
		}
		steps++
		// A notice that does not arrive is none the worse: the call goes on.
		_ = r.Session.NotifyProgress(ctx, &sdk.ProgressNotificationParams{
			ProgressToken: token, Progress: steps, Message: strings.Join(began.Path, " > "),
		})
	}
}
