package oci

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/oracle"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// reasoningKey is the name under which the format tells what a model thinks.
const reasoningKey = "reasoningContent"

// Answer implements [exchange.API].
func (generic) Answer(body value.Value) (*exchange.Answer, *model.Error) {
	if e := oracle.Failure(body); e != nil {
		return nil, e
	}
	response := body.Get("chatResponse")
	choices, _ := response.Get("choices").AsList()
	if len(choices) == 0 {
		return nil, noAnswer("the answer has no choices")
	}
	c := &genericCollector{usage: response.Get("usage")}
	c.choice(choices[0])
	if c.finish == "" {
		c.finish = "stop"
	}
	return c.Answer(true)
}

func noAnswer(why string) *model.Error {
	return &model.Error{
		Kind: model.KindProtocol, Message: why,
		Hint: "is the service_endpoint that of Oracle's Generative AI inference service, and the provider that of the model?",
	}
}

// genericCollector puts an answer together, from one choice or from the events of a stream, which look alike.
type genericCollector struct {
	text, reasoning, refusal strings.Builder
	calls                    []*exchange.ToolCall
	logprobs                 []message.Logprob
	usage                    value.Value
	finish                   string
	seen                     bool
	chunks                   []model.Chunk
}

// Collect implements [exchange.API].
func (generic) Collect() exchange.Collector { return &genericCollector{} }

// Add implements [exchange.Collector].
func (c *genericCollector) Add(event value.Value) ([]model.Chunk, *model.Error) {
	if e := oracle.Failure(event); e != nil {
		return nil, e
	}
	c.chunks = c.chunks[:0]
	if usage := event.Get("usage"); !usage.IsNull() {
		c.usage = usage
	}
	if index, ok := event.Get("index").AsInt(); !ok || index == 0 { // numGenerations may be more than one
		c.choice(event)
	}
	return c.chunks, nil
}

func (c *genericCollector) choice(choice value.Value) {
	if finish := choice.Get("finishReason").Str(); finish != "" {
		c.finish = finish
	}
	c.logprobs = append(c.logprobs, logprobs(choice.Get("logprobs"))...)
	m := choice.Get("message")
	if m.IsNull() {
		return
	}
	c.seen = true
	if text := m.Get(reasoningKey).Str(); text != "" {
		c.reasoning.WriteString(text)
		c.chunks = append(c.chunks, model.Chunk{Reasoning: text})
	}
	contents, _ := m.Get("content").AsList()
	for _, part := range contents {
		if text := part.Get("text").Str(); text != "" {
			c.text.WriteString(text)
			c.chunks = append(c.chunks, model.Chunk{Delta: text})
		}
	}
	if text := m.Get("refusal").Str(); text != "" {
		c.refusal.WriteString(text)
		c.chunks = append(c.chunks, model.Chunk{Delta: text})
	}
	calls, _ := m.Get("toolCalls").AsList()
	for _, call := range calls {
		c.toolCall(call)
	}
}

// toolCall takes a call or a piece of one. A piece with an id begins a call, and so does one that is whole; others go on with the
// last (reference: _is_new_tool_call).
func (c *genericCollector) toolCall(piece value.Value) {
	id, name := piece.Get("id").Str(), piece.Get("name").Str()
	arguments, isText := piece.Get("arguments").AsString()
	begins := id != "" || name != "" && isText
	if n := len(c.calls); n > 0 && id != "" && c.calls[n-1].ID == id { // some repeat the id with each piece
		begins = false
	}
	if begins || len(c.calls) == 0 {
		c.calls = append(c.calls, &exchange.ToolCall{ID: id})
	}
	call := c.calls[len(c.calls)-1]
	if name != call.Name {
		call.Name += name
	}
	call.Arguments += arguments
	c.chunks = append(c.chunks, model.Chunk{Tool: &model.ToolDelta{
		Index: len(c.calls) - 1, ID: call.ID, Name: call.Name, Arguments: arguments,
	}})
}

// logprobs reads the tokens of a text, their log probabilities, and those of the most probable ones at each place, which
// the service writes as texts.
func logprobs(v value.Value) []message.Logprob {
	tokens, _ := v.Get("tokens").AsList()
	chosen, _ := v.Get("tokenLogprobs").AsList()
	top, _ := v.Get("topLogprobs").AsList()
	out := make([]message.Logprob, max(len(tokens), len(top)))
	for i := range out {
		l := &out[i]
		if i < len(top) {
			l.Top = topLogprobs(top[i])
		}
		if len(tokens) == 0 && len(l.Top) > 0 { // which one was chosen is not told
			l.Token, l.Logprob = l.Top[0].Token, l.Top[0].Logprob
		}
		if i < len(tokens) {
			l.Token = tokens[i].Str()
		}
		if i < len(chosen) {
			l.Logprob = number(chosen[i])
		}
	}
	return out
}

func topLogprobs(v value.Value) (list []message.Logprob) {
	o, _ := v.AsObject()
	for token, logprob := range o.All() {
		list = append(list, message.Logprob{Token: token, Logprob: number(logprob)})
	}
	slices.SortStableFunc(list, func(a, b message.Logprob) int { return cmp.Compare(b.Logprob, a.Logprob) })
	return list
}

func number(v value.Value) float64 {
	if s, ok := v.AsString(); ok {
		f, _ := strconv.ParseFloat(s, 64) // what is no number counts as 0
		return f
	}
	return exchange.Number(v)
}

// usage reads the tokens; nil if the service reported none.
func usage(reported value.Value) *message.Usage {
	input, ok := reported.Get("promptTokens").AsInt()
	if !ok {
		return nil
	}
	u := &message.Usage{Input: input}
	u.Output, _ = reported.Get("completionTokens").AsInt()
	u.Cached, _ = reported.Get("promptTokensDetails").Get("cachedTokens").AsInt()
	u.Reasoning, _ = reported.Get("completionTokensDetails").Get("reasoningTokens").AsInt()
	return u
}

// Over implements [exchange.Collector]. The usage may follow the last choice, so it never is.
func (c *genericCollector) Over() bool { return false }

// Answer implements [exchange.Collector].
func (c *genericCollector) Answer(ended bool) (*exchange.Answer, *model.Error) {
	finish := strings.ToLower(c.finish)
	switch {
	case !ended && finish == "":
		return nil, nil
	case finish == "content_filter":
		return nil, exchange.Filtered(c.refusal.String())
	case !c.seen:
		return nil, noAnswer("the answer has no message")
	}
	a := &exchange.Answer{
		Usage: usage(c.usage), Thought: c.reasoning.String(),
		Truncated: finish == "length" || finish == "max_tokens",
	}
	text := c.text.String()
	if text == "" {
		text = c.refusal.String()
	}
	if text != "" || len(c.calls) == 0 {
		a.Contents = []message.Part{{Text: text}}
		if len(c.logprobs) > 0 {
			a.Contents[0].Logprobs = c.logprobs
		}
	}
	for _, call := range c.calls {
		a.Calls = append(a.Calls, *call)
	}
	if a.Thought != "" {
		a.Reasoning = value.Obj(value.Member{Key: reasoningKey, Value: value.String(a.Thought)})
	}
	return a, nil
}
