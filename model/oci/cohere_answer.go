package oci

import (
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/oracle"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Answer implements [exchange.API].
func (cohere) Answer(body value.Value) (*exchange.Answer, *model.Error) {
	if e := oracle.Failure(body); e != nil {
		return nil, e
	}
	c := &cohereCollector{}
	if _, err := c.Add(body.Get("chatResponse")); err != nil {
		return nil, err
	}
	return c.Answer(true)
}

// cohereCollector puts an answer together, from a whole response or from the events of a stream, the last of which repeats
// the text.
type cohereCollector struct {
	text   strings.Builder
	calls  []exchange.ToolCall
	usage  value.Value
	finish string
	seen   bool
	chunks []model.Chunk
}

// Collect implements [exchange.API].
func (cohere) Collect() exchange.Collector { return &cohereCollector{} }

// Add implements [exchange.Collector].
func (c *cohereCollector) Add(event value.Value) ([]model.Chunk, *model.Error) {
	if e := oracle.Failure(event); e != nil {
		return nil, e
	}
	c.chunks = c.chunks[:0]
	if usage := event.Get("usage"); !usage.IsNull() {
		c.usage = usage
	}
	if finish := event.Get("finishReason").Str(); finish != "" {
		c.finish = finish
		c.seen = true
	}
	text, isText := event.Get("text").AsString()
	c.seen = c.seen || isText
	if text != "" && (c.finish == "" || c.text.Len() == 0) {
		c.text.WriteString(text)
		c.chunks = append(c.chunks, model.Chunk{Delta: text})
	}
	c.toolCalls(event.Get("toolCalls"))
	return c.chunks, nil
}

// toolCalls takes calls, which always come whole; the last event repeats them.
func (c *cohereCollector) toolCalls(list value.Value) {
	calls, _ := list.AsList()
	if len(calls) == 0 || c.finish != "" && len(c.calls) > 0 {
		return
	}
	c.seen = true
	for _, call := range calls {
		parameters := call.Get("parameters")
		if parameters.IsNull() {
			parameters = value.NewObject().Of()
		}
		made := exchange.ToolCall{Name: call.Get("name").Str(), Arguments: parameters.String()}
		c.chunks = append(c.chunks, model.Chunk{Tool: &model.ToolDelta{
			Index: len(c.calls), Name: made.Name, Arguments: made.Arguments,
		}})
		c.calls = append(c.calls, made)
	}
}

// Over implements [exchange.Collector]. The usage may follow the last text, so it never is.
func (c *cohereCollector) Over() bool { return false }

// Answer implements [exchange.Collector].
func (c *cohereCollector) Answer(ended bool) (*exchange.Answer, *model.Error) {
	switch {
	case !ended && c.finish == "":
		return nil, nil
	case c.finish == "ERROR_TOXIC":
		return nil, exchange.Filtered("")
	case c.finish == "ERROR_LIMIT":
		return nil, &model.Error{
			Kind: model.KindContextLength, Code: c.finish, Message: "the prompt does not fit the model's context",
			Hint: "shorten the prompt or the conversation, or lower max_tokens",
		}
	case c.finish == "ERROR" || c.finish == "USER_CANCEL":
		return nil, &model.Error{Kind: model.KindServer, Code: c.finish, Message: "the service gave the answer up"}
	case !c.seen:
		return nil, noAnswer("the answer has neither text nor tool calls")
	}
	a := &exchange.Answer{Usage: usage(c.usage), Calls: c.calls, Truncated: c.finish == "MAX_TOKENS"}
	if text := c.text.String(); text != "" || len(c.calls) == 0 {
		a.Contents = []message.Part{{Text: text}}
	}
	return a, nil
}
