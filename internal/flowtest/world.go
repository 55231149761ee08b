package flowtest

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// World answers the effects and requests of flows that [Draw] made. What it answers depends on what is asked, and on
// nothing else but the count of tries.
type World struct {
	Program *program.Program
	// Flaky makes the tool "flaky" fail on its first try, at some places.
	Flaky bool
	tried map[string]bool
}

// hash is a small number that depends on a text.
func hash(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return h.Sum32() >> 8
}

// Result performs an effect.
func (w *World) Result(e *engine.Effect) engine.Result {
	if e.Model != nil && e.Model.Prompt.Messages[0].Role == message.System {
		said := agentAnswer(e.Model.Prompt)
		return engine.Result{Message: &said}
	}
	if e.Model != nil {
		text := e.Model.Prompt.Messages[0].Text()
		said := message.Text(message.Assistant, fmt.Sprintf("an essay, %x", hash(text)))
		return engine.Result{Message: &said, Usage: message.Usage{Input: 1, Output: 2}}
	}
	name, args := w.Program.Tools[e.Tool.Tool].Name(), string(value.AppendJSON(nil, e.Tool.Args.Of()))
	if name == "broken" || name == "flaky" && w.fails(e.ID) {
		return engine.Result{Err: &engine.Error{Class: "ValueError", Message: "no luck with " + args}}
	}
	return engine.Result{Value: Call(name, e.ID, args)}
}

// fails is true for the first try at half of all places.
func (w *World) fails(id string) bool {
	if !w.Flaky || hash(id)%2 == 0 || w.tried[id] {
		return false
	}
	if w.tried == nil {
		w.tried = map[string]bool{}
	}
	w.tried[id] = true
	return true
}

// Call is what a tool returns for arguments, as JSON, at a place.
func Call(name, id, args string) value.Value {
	n := hash(name + args)
	switch name {
	case "pick":
		return value.String(string(rune('a' + n%3)))
	case "pair":
		return value.Obj(
			value.Member{Key: "left", Value: value.String(strconv.Itoa(int(n)))},
			value.Member{Key: "right", Value: value.String(strings.Repeat("r", int(n%5)))},
		)
	case "luck":
		return value.String(strings.Repeat("!", int(hash(id)%2)))
	case "again":
		visit, _ := strconv.Atoi(id[strings.LastIndexByte(id, '.')+1:])
		if visit < 60 && hash(id)%2 == 0 {
			return value.String("yes")
		}
		return value.String("no")
	}
	return value.String(fmt.Sprintf("%s-%x", name, n))
}

// Answer answers a request.
func (w *World) Answer(r *engine.Request) engine.Answer {
	text := fmt.Sprintf("answer %x", hash(r.ID))
	if r.UserMessage != nil {
		said := message.Text(message.User, text)
		return engine.Answer{ID: r.ID, Message: &said}
	}
	a := engine.Answer{ID: r.ID}
	for _, want := range r.ToolRequests.Requests {
		if r.ToolRequests.Confirm {
			a.Decisions = append(a.Decisions, engine.Decision{RequestID: want.ID, Confirmed: hash(r.ID)%3 > 0, Reason: text})
			continue
		}
		a.Results = append(a.Results, message.ToolResult{RequestID: want.ID, Content: value.String(text)})
	}
	return a
}
