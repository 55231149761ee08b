package main

import (
	"io"
	"strings"
	"time"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// eventView prints a line of JSON for each thing as it happens. docs/events.md promises the form of the lines.
type eventView struct {
	out  io.Writer
	prog *program.Program
	err  error // of the first line that could not be written
}

// begin says which conversation begins.
func (v *eventView) begin(s *session) {
	v.prog = s.app.Program()
	v.line(time.Now(), "started",
		member("conversation", value.String(s.conv.ID())),
		member("component", value.String(s.app.Root().Base().Name)))
}

func (v *eventView) event(ev wayflow.Event) {
	switch n := ev.Note.(type) {
	case engine.NodeStarted:
		v.at(ev.Time, "node_started", n.Place, member("type", value.String(spec.TypeName(n.Node.Spec))))
	case engine.NodeFinished:
		v.at(ev.Time, "node_finished", n.Place, member("branch", textOrNull(n.Branch)))
	case engine.NodeFailed:
		v.at(ev.Time, "node_failed", n.Place, member("error", errorJSON(n.Err)))
	case engine.MessageAdded:
		if n.Aside {
			v.at(ev.Time, "message", n.Place, member("message", messageJSON(&n.Message)), member("aside", value.Bool(true)))
			return
		}
		v.at(ev.Time, "message", n.Place, member("message", messageJSON(&n.Message)))
	case engine.TextDelta:
		v.at(ev.Time, "text", n.Place, member("text", value.String(n.Text)))
	case engine.ToolDelta:
		v.at(ev.Time, "tool_output", n.Place, member("content", n.Content))
	case engine.Held:
		v.at(ev.Time, "held", n.Place, member("shortage", shortageJSON(n.Shortage)))
	case engine.Asked:
		v.asked(ev.Time, n)
	case engine.EffectStarted:
		v.effectStarted(ev.Time, n)
	case engine.EffectFinished:
		v.effectFinished(ev.Time, n)
	}
}

func (v *eventView) asked(at time.Time, n engine.Asked) {
	if c := n.Request.Auth; c != nil {
		v.at(at, "auth_challenge", n.Place, member("auth_challenge", loginJSON(c.URL, c.RedirectURI, c.Resource, c.Issuers)))
		return
	}
	if n.Request.ToolRequests == nil {
		v.at(at, "user_message_required", n.Place)
		return
	}
	requests := []value.Value{}
	for i := range n.Request.ToolRequests.Requests {
		requests = append(requests, toolRequestJSON(&n.Request.ToolRequests.Requests[i]))
	}
	v.at(at, "tool_request", n.Place, member("tool_requests", value.List(requests...)))
}

func (v *eventView) effectStarted(at time.Time, n engine.EffectStarted) {
	if call := n.Effect.Tool; call != nil {
		v.at(at, "tool_started", n.Place,
			member("tool", value.String(v.prog.Tools[call.Tool].Name())), member("arguments", objectOrEmpty(call.Args)))
	}
	if call := n.Effect.Model; call != nil {
		v.at(at, "model_started", n.Place, member("model", value.String(v.prog.Models[call.Model].Config.Llm().ModelID)))
	}
	if call := n.Effect.HTTP; call != nil {
		v.at(at, "request_started", n.Place, member("method", value.String(call.Method)), member("url", value.String(shownURL(call.URL))))
	}
	if call := n.Effect.Datastore; call != nil {
		v.at(at, "datastore_started", n.Place, member("collection", textOrNull(call.Collection)))
	}
}

func (v *eventView) effectFinished(at time.Time, n engine.EffectFinished) {
	var fields []value.Member
	what := finishedEvent(n.Effect)
	switch {
	case n.Result.Err != nil:
		fields = append(fields, member("error", errorJSON(n.Result.Err)))
	case n.Effect.Model != nil:
		fields = append(fields,
			member("input_tokens", value.Int(n.Result.Usage.Input)), member("output_tokens", value.Int(n.Result.Usage.Output)),
			member("estimated", value.Bool(n.Result.Usage.Estimated)))
	case n.Result.HTTP != nil:
		fields = append(fields, member("status", value.Int(int64(n.Result.HTTP.Status))))
	case n.Result.Auth != nil:
		fields = append(fields, member("result", value.Null))
	default:
		fields = append(fields, member("result", n.Result.Value))
	}
	v.at(at, what, n.Place, fields...)
}

// finishedEvent names the end of an effect.
func finishedEvent(e *engine.Effect) string {
	switch {
	case e.Model != nil:
		return "model_finished"
	case e.HTTP != nil:
		return "request_finished"
	case e.Datastore != nil:
		return "datastore_finished"
	default:
		return "tool_finished"
	}
}

// shownURL is a URL without its query, which often holds what is nobody's business.
func shownURL(u string) string {
	shown, _, _ := strings.Cut(u, "?")
	return shown
}

// end prints the document that `run --format json` prints, as the last line.
func (v *eventView) end(o *outcome) error {
	v.line(time.Now(), "ended", member("document", o.json()))
	return v.err
}

// at prints a line about a place in the flow.
func (v *eventView) at(at time.Time, what string, place engine.Place, fields ...value.Member) {
	path := make([]value.Value, len(place.Path))
	for i, name := range place.Path {
		path[i] = value.String(name)
	}
	v.line(at, what, append([]value.Member{member("id", value.String(place.ID)), member("path", value.List(path...))}, fields...)...)
}

func (v *eventView) line(at time.Time, what string, fields ...value.Member) {
	if v.err != nil {
		return
	}
	head := []value.Member{
		member("time", value.String(at.UTC().Format(time.RFC3339Nano))),
		member("event", value.String(what)),
	}
	_, v.err = v.out.Write(append(value.AppendJSON(nil, value.Obj(append(head, fields...)...)), '\n'))
}

func member(key string, v value.Value) value.Member { return value.Member{Key: key, Value: v} }

func textOrNull(s string) value.Value {
	if s == "" {
		return value.Null
	}
	return value.String(s)
}
