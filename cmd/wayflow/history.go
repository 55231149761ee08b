package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/value"
)

func showCommand() *cobra.Command {
	return newStoreCommand("show ID", "Show what ran in a conversation, with times, tokens, inputs and outputs", 1,
		func(ctx context.Context, c *storeCommand, args []string) error {
			h, err := c.history(ctx, args[0])
			if err != nil {
				return err
			}
			return c.print(h.json(), h.text())
		})
}

func replayCommand() *cobra.Command {
	return newStoreCommand("replay ID", "Run a conversation over its journal, calling nothing, and check that it decides the same", 1,
		func(ctx context.Context, c *storeCommand, args []string) error {
			h, err := c.history(ctx, args[0])
			if err != nil {
				return err
			}
			return c.print(
				value.Obj(member("id", value.String(h.head.ID)), member("records", value.Int(h.head.Seq)), member("same", value.Bool(true))),
				fmt.Sprintf("%d records, all as the journal has them\n", h.head.Seq))
		})
}

// history is a conversation replayed.
type history struct {
	head    store.Conversation
	app     *wayflow.App
	inputs  *value.Object
	outputs *value.Object
	usage   wayflow.Usage
	events  []wayflow.Event
}

// history replays a conversation, and fails if it does not come to what its journal has.
func (c *storeCommand) history(ctx context.Context, id string) (*history, error) {
	h := &history{}
	var err error
	if h.app, err = reader(ctx, c.kept, id); err != nil {
		return nil, err
	}
	if h.head, err = c.kept.Conversation(ctx, id); err != nil {
		return nil, err
	}
	first, err := c.kept.Records(ctx, id, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(first) > 0 {
		ev, err := engine.DecodeEvent(first[0].Data)
		if err != nil {
			return nil, err
		}
		if begin, ok := ev.(engine.Begin); ok {
			h.inputs = begin.Inputs
		}
	}
	for ev, err := range h.app.History(ctx, id, 0) {
		if err != nil {
			return nil, err
		}
		h.events = append(h.events, ev)
	}
	conv, err := h.app.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	h.usage = conv.Usage()
	if status, err := conv.Status(); err == nil {
		if done, ok := status.(*wayflow.Finished); ok {
			h.outputs = done.Outputs
		}
	}
	return h, nil
}

// json has the lines of `run --format events`, each with the number of its record.
func (h *history) json() value.Value {
	events := make([]value.Value, 0, len(h.events))
	var line bytes.Buffer
	v := &eventView{out: &line, prog: h.app.Program()}
	for _, ev := range h.events {
		line.Reset()
		v.event(ev)
		parsed, err := value.ParseJSON(line.Bytes())
		o, ok := parsed.AsObject()
		if err != nil || !ok {
			continue // nothing was printed for it
		}
		fields := []value.Member{member("record", value.Int(ev.Record))}
		for name, v := range o.All() {
			fields = append(fields, member(name, v))
		}
		events = append(events, value.Obj(fields...))
	}
	all := append(headJSON(&h.head),
		member("fork_of", textOrNull(h.head.ForkOf)), member("fork_at", value.Int(h.head.ForkAt)),
		member("inputs", objectOrEmpty(h.inputs)), member("outputs", objectOrEmpty(h.outputs)))
	if h.usage.Calls > 0 {
		all = append(all, member("usage", usageJSON(&h.usage)))
	}
	return value.Obj(append(all, member("events", value.List(events...)))...)
}

// text is a line for each thing that happened, deeper in the flow further right.
func (h *history) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n", h.head.ID, h.head.Component, h.head.Status)
	if h.head.ForkOf != "" {
		fmt.Fprintf(&b, "a fork of %s at record %d\n", h.head.ForkOf, h.head.ForkAt)
	}
	fmt.Fprintf(&b, "inputs  %s\n", value.AppendText(nil, objectOrEmpty(h.inputs)))
	began := map[string]time.Time{}
	for _, ev := range h.events {
		place, what, key, starts := h.line(ev)
		if starts {
			began[key] = ev.Time
		}
		if what == "" {
			continue
		}
		took := ""
		if at, ok := began[key]; ok && !starts {
			took = shortTime(ev.Time.Sub(at))
		}
		fmt.Fprintf(&b, "%5d  %s  %7s  %s%s\n", ev.Record, ev.Time.UTC().Format("15:04:05.000"), took,
			strings.Repeat("  ", max(0, len(place.Path)-1)), what)
	}
	if h.usage.Calls > 0 {
		fmt.Fprintf(&b, "tokens  %d in, %d out\n", h.usage.Input, h.usage.Output)
	}
	if h.outputs != nil {
		fmt.Fprintf(&b, "outputs %s\n", value.AppendText(nil, h.outputs.Of()))
	}
	return b.String()
}

// line says what happened where; what is empty if there is nothing to say. The key is the same where something begins
// and ends.
func (h *history) line(ev wayflow.Event) (place engine.Place, what, key string, starts bool) {
	name := func(p engine.Place) string {
		if len(p.Path) == 0 {
			return ""
		}
		return p.Path[len(p.Path)-1]
	}
	switch n := ev.Note.(type) {
	case engine.NodeStarted:
		return n.Place, printable(name(n.Place)) + " (" + spec.TypeName(n.Node.Spec) + ")", "node " + n.ID, true
	case engine.NodeFinished:
		return n.Place, printable(name(n.Place)) + " done", "node " + n.ID, false
	case engine.NodeFailed:
		return n.Place, printable(name(n.Place)) + " failed: " + printable(n.Err.Error()), "node " + n.ID, false
	case engine.MessageAdded:
		return n.Place, "  " + printable(messageText(&n.Message)), "", false
	case engine.EffectStarted:
		return n.Place, "  > " + printable(h.asked(n.Effect)), "effect " + n.Effect.ID, true
	case engine.EffectFinished:
		return n.Place, "  < " + printable(answered(&n.Result)), "effect " + n.Effect.ID, false
	case engine.Asked:
		return n.Place, "  asks, and waits (" + n.Request.ID + ")", "", false
	}
	return place, "", "", false
}

// asked says what an effect is.
func (h *history) asked(e *engine.Effect) string {
	switch prog := h.app.Program(); {
	case e.Tool != nil:
		return prog.Tools[e.Tool.Tool].Name() + " " + string(value.AppendText(nil, objectOrEmpty(e.Tool.Args)))
	case e.Model != nil:
		return "model " + prog.Models[e.Model.Model].Config.Llm().ModelID
	case e.HTTP != nil:
		return e.HTTP.Method + " " + shownURL(e.HTTP.URL)
	case e.Datastore != nil:
		return "datastore " + e.Datastore.Collection
	}
	return "effect " + e.ID
}

// answered says how an effect ended.
func answered(r *engine.Result) string {
	switch {
	case r.Err != nil:
		return "failed: " + r.Err.Error()
	case r.Message != nil:
		return fmt.Sprintf("%s (%d tokens in, %d out)", messageText(r.Message), r.Usage.Input, r.Usage.Output)
	case r.HTTP != nil:
		return fmt.Sprint("status ", r.HTTP.Status)
	}
	return string(value.AppendText(nil, r.Value))
}

func diffCommand() *cobra.Command {
	return newStoreCommand("diff ID ID", "Show where two conversations part, and what happened in each from there", 2,
		func(ctx context.Context, c *storeCommand, args []string) error {
			var lines [2][]string
			for i, id := range args {
				h, err := c.history(ctx, id)
				if err != nil {
					return err
				}
				lines[i] = h.lines()
			}
			same := 0
			for same < min(len(lines[0]), len(lines[1])) && lines[0][same] == lines[1][same] {
				same++
			}
			text := fmt.Sprintf("  %d the same\n", same)
			sides := make([]value.Value, 2)
			for i, sign := range []string{"- ", "+ "} {
				rest := []value.Value{}
				for _, line := range lines[i][same:] {
					text += sign + line + "\n"
					rest = append(rest, value.String(line))
				}
				sides[i] = value.List(rest...)
			}
			return c.print(value.Obj(
				member("same", value.Int(int64(same))), member("first", sides[0]), member("second", sides[1])), text)
		})
}

// lines are what happened, without times: a conversation and its fork have the same ones up to where they part.
func (h *history) lines() []string {
	all := []string{"inputs " + string(value.AppendText(nil, objectOrEmpty(h.inputs)))}
	for _, ev := range h.events {
		if place, what, _, _ := h.line(ev); what != "" {
			all = append(all, strings.Repeat("  ", max(0, len(place.Path)-1))+what)
		}
	}
	if h.outputs != nil {
		all = append(all, "outputs "+string(value.AppendText(nil, h.outputs.Of())))
	}
	return all
}
