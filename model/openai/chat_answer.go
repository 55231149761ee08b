package openai

import (
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Reasons for which an answer ends, as chat completions name them.
const (
	finishLength = "length"
	finishFilter = "content_filter"
)

// Answer implements [exchange.API].
func (chat) Answer(body value.Value) (*exchange.Answer, *model.Error) {
	choices, _ := body.Get("choices").AsList()
	if len(choices) == 0 {
		return nil, noChoices()
	}
	c := &chatCollector{}
	c.read(body)
	c.choice(choices[0], choices[0].Get("message"))
	return c.Answer(true)
}

func noChoices() *model.Error {
	return &model.Error{
		Kind: model.KindProtocol, Message: "the answer has no choices",
		Hint: "the server may not speak chat completions, or have run into a limit of its own; see its log",
	}
}

// chatCollector puts an answer together, from one message or from the deltas of a stream, which look alike.
type chatCollector struct {
	text, refusal strings.Builder
	// reasoning is what came under the key reasoningKey.
	reasoning    strings.Builder
	reasoningKey string
	logprobs     []message.Logprob
	calls        []*exchange.ToolCall
	// byIndex finds the place in calls of those whose deltas carry an index.
	byIndex map[int64]int
	usage   value.Value
	extra   value.Value
	// cacheKey is that of the prompt, if the server tells.
	cacheKey string
	finish   string
	seen     bool
	chunks   []model.Chunk
}

// Collect implements [exchange.API].
func (chat) Collect() exchange.Collector { return &chatCollector{} }

// Add implements [exchange.Collector].
func (c *chatCollector) Add(event value.Value) ([]model.Chunk, *model.Error) {
	c.chunks = c.chunks[:0]
	c.read(event)
	choices, _ := event.Get("choices").AsList()
	for _, choice := range choices {
		if index, ok := choice.Get("index").AsInt(); ok && index != 0 {
			continue // n > 1 was asked for through an extra parameter
		}
		delta := choice.Get("delta")
		if delta.IsNull() {
			delta = choice.Get("message")
		}
		c.choice(choice, delta)
	}
	return c.chunks, nil
}

// read takes what an answer or an event says beside its choices.
func (c *chatCollector) read(event value.Value) {
	if usage := event.Get("usage"); !usage.IsNull() {
		c.usage = usage
	}
	if key := event.Get("prompt_cache_key").Str(); key != "" {
		c.cacheKey = key
	}
}

// choice takes one choice with its message or delta.
func (c *chatCollector) choice(choice, delta value.Value) {
	c.seen = true
	if finish, ok := choice.Get("finish_reason").AsString(); ok {
		c.finish = finish
	}
	c.think(delta)
	if text := contentText(delta.Get("content")); text != "" {
		c.text.WriteString(text)
		c.chunks = append(c.chunks, model.Chunk{Delta: text})
	}
	if refusal := delta.Get("refusal").Str(); refusal != "" {
		c.refusal.WriteString(refusal)
		c.chunks = append(c.chunks, model.Chunk{Delta: refusal})
	}
	c.logprobs = append(c.logprobs, logprobs(choice.Get("logprobs").Get("content"))...)
	c.extra = merged(c.extra, delta.Get("extra_content"))
	calls, _ := delta.Get("tool_calls").AsList()
	for _, call := range calls {
		c.toolCall(call)
	}
}

// reasoningKeys are the names under which servers tell what a model thinks: DeepSeek and vLLM; Ollama and OpenRouter.
var reasoningKeys = []string{"reasoning_content", "reasoning"}

func (c *chatCollector) think(delta value.Value) {
	for _, key := range reasoningKeys {
		if text := delta.Get(key).Str(); text != "" {
			c.reasoningKey = key
			c.reasoning.WriteString(text)
			c.chunks = append(c.chunks, model.Chunk{Reasoning: text})
			return
		}
	}
}

// merged adds the members of b to a; where both have one, it is that of b.
func merged(a, b value.Value) value.Value {
	old, isObject := a.AsObject()
	more, both := b.AsObject()
	switch {
	case b.IsNull():
		return a
	case !isObject || !both:
		return b
	}
	for key, v := range more.All() {
		old = old.With(key, v)
	}
	return old.Of()
}

// contentText returns the text of a content that is a text or, with some servers, a list of parts.
func contentText(content value.Value) string {
	parts, ok := content.AsList()
	if !ok {
		return content.Str()
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Get("text").Str())
	}
	return b.String()
}

func (c *chatCollector) toolCall(delta value.Value) {
	index := c.callOf(delta)
	call := c.calls[index]
	function := delta.Get("function")
	if id := delta.Get("id").Str(); id != "" {
		call.ID = id
	}
	// Some servers repeat the name in each delta; the others send it once, or in pieces.
	if name := function.Get("name").Str(); name != call.Name {
		call.Name += name
	}
	arguments := function.Get("arguments")
	text, isText := arguments.AsString()
	if !isText && !arguments.IsNull() { // an object instead of its text
		text = arguments.String()
	}
	call.Arguments += text
	call.Extra = merged(call.Extra, delta.Get("extra_content"))
	c.chunks = append(c.chunks, model.Chunk{Tool: &model.ToolDelta{
		Index: index, ID: call.ID, Name: call.Name, Arguments: text,
	}})
}

// callOf finds the place of the call that a delta belongs to. A delta without an index is a call of its own if it has a
// name, as Gemini sends them.
func (c *chatCollector) callOf(delta value.Value) int {
	index, ok := delta.Get("index").AsInt()
	if place, known := c.byIndex[index]; ok && known {
		return place
	}
	place := len(c.calls)
	if !ok && delta.Get("function").Get("name").Str() == "" && place > 0 {
		return place - 1
	}
	c.calls = append(c.calls, &exchange.ToolCall{})
	if ok {
		if c.byIndex == nil {
			c.byIndex = make(map[int64]int)
		}
		c.byIndex[index] = place
	}
	return place
}

// Over implements [exchange.Collector]. The usage may follow the last choice, so it never is.
func (c *chatCollector) Over() bool { return false }

// Answer implements [exchange.Collector].
func (c *chatCollector) Answer(ended bool) (*exchange.Answer, *model.Error) {
	switch {
	case !ended && c.finish == "":
		return nil, nil
	case c.finish == finishFilter:
		return nil, exchange.Filtered(c.refusal.String())
	case !c.seen:
		return nil, noChoices()
	}
	a := &exchange.Answer{
		Usage: usage(c.usage), Extra: c.extra, Truncated: c.finish == finishLength, CacheKey: c.cacheKey,
		Thought: c.reasoning.String(),
	}
	text := c.text.String()
	if text == "" {
		text = c.refusal.String()
	}
	if text != "" || len(c.calls) == 0 {
		a.Contents = []message.Part{{Text: text, Logprobs: c.logprobs}}
	}
	for _, call := range c.calls {
		a.Calls = append(a.Calls, *call)
	}
	if a.Thought != "" {
		a.Reasoning = value.Obj(value.Member{Key: c.reasoningKey, Value: value.String(a.Thought)})
	}
	return a, nil
}
