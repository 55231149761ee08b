package openai

import (
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Reasons for which an answer ends, as chat completions name them.
const (
	finishLength = "length"
	finishFilter = "content_filter"
)

func (chat) answer(body value.Value) (*answer, *model.Error) {
	choices, _ := body.Get("choices").AsList()
	if len(choices) == 0 {
		return nil, noChoices()
	}
	c := &chatCollector{usage: body.Get("usage")}
	c.choice(choices[0], choices[0].Get("message"))
	return c.answer(true)
}

func noChoices() *model.Error {
	return &model.Error{
		Kind: model.KindProtocol, Message: "the answer has no choices",
		Hint: "the server may not speak chat completions, or have run into a limit of its own; see its log",
	}
}

// chatCollector puts an answer together, from one message or from the deltas of a stream, which look alike.
type chatCollector struct {
	text, reasoning, refusal strings.Builder
	calls                    []*toolCall
	// byIndex finds the calls whose deltas carry an index.
	byIndex map[int64]*toolCall
	usage   value.Value
	extra   value.Value
	finish  string
	seen    bool
}

func (chat) collect() collector { return &chatCollector{} }

func (c *chatCollector) add(event value.Value) (string, *model.Error) {
	if usage := event.Get("usage"); !usage.IsNull() {
		c.usage = usage
	}
	before := c.text.Len()
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
	return c.text.String()[before:], nil
}

// choice takes one choice with its message or delta.
func (c *chatCollector) choice(choice, delta value.Value) {
	c.seen = true
	if finish, ok := choice.Get("finish_reason").AsString(); ok {
		c.finish = finish
	}
	c.text.WriteString(contentText(delta.Get("content")))
	c.refusal.WriteString(delta.Get("refusal").Str())
	for _, key := range []string{"reasoning_content", "reasoning"} { // DeepSeek and vLLM; Ollama and OpenRouter
		if s := delta.Get(key).Str(); s != "" {
			c.reasoning.WriteString(s)
			break
		}
	}
	if extra := delta.Get("extra_content"); !extra.IsNull() {
		c.extra = extra
	}
	calls, _ := delta.Get("tool_calls").AsList()
	for _, call := range calls {
		c.toolCall(call)
	}
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
	call := c.callOf(delta)
	function := delta.Get("function")
	if id := delta.Get("id").Str(); id != "" {
		call.id = id
	}
	// Some servers repeat the name in each delta; the others send it once, or in pieces.
	if name := function.Get("name").Str(); name != call.name {
		call.name += name
	}
	arguments := function.Get("arguments")
	if text, ok := arguments.AsString(); ok {
		call.arguments += text
	} else if !arguments.IsNull() { // an object instead of its text
		call.arguments += arguments.String()
	}
	if extra := delta.Get("extra_content"); !extra.IsNull() {
		call.extra = extra
	}
}

// callOf finds the call that a delta belongs to. A delta without an index is a call of its own if it has a name, as
// Gemini sends them.
func (c *chatCollector) callOf(delta value.Value) *toolCall {
	index, ok := delta.Get("index").AsInt()
	if call := c.byIndex[index]; ok && call != nil {
		return call
	}
	if !ok && delta.Get("function").Get("name").Str() == "" && len(c.calls) > 0 {
		return c.calls[len(c.calls)-1]
	}
	call := &toolCall{}
	c.calls = append(c.calls, call)
	if ok {
		if c.byIndex == nil {
			c.byIndex = make(map[int64]*toolCall)
		}
		c.byIndex[index] = call
	}
	return call
}

func (c *chatCollector) over() bool { return false } // the usage may still follow

func (c *chatCollector) answer(ended bool) (*answer, *model.Error) {
	switch {
	case !ended && c.finish == "":
		return nil, nil
	case c.finish == finishFilter:
		return nil, filtered(c.refusal.String())
	case !c.seen:
		return nil, noChoices()
	}
	a := &answer{usage: c.usage, extra: c.extra, truncated: c.finish == finishLength}
	text := c.text.String()
	if text == "" {
		text = c.refusal.String()
	}
	if text != "" || len(c.calls) == 0 {
		a.contents = []message.Part{{Text: text}}
	}
	for _, call := range c.calls {
		a.calls = append(a.calls, *call)
	}
	if c.reasoning.Len() > 0 {
		a.reasoning = value.Obj(value.Member{Key: "reasoning_content", Value: value.String(c.reasoning.String())})
	}
	return a, nil
}

func filtered(message string) *model.Error {
	if message == "" {
		message = "the provider's content filter withheld the answer"
	}
	return &model.Error{Kind: model.KindContentFilter, Code: finishFilter, Message: message, Hint: filterHint}
}
