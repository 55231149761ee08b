package openai

import (
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Answer implements [exchange.API].
func (responses) Answer(body value.Value) (*exchange.Answer, *model.Error) {
	if e := unfinished(body); e != nil {
		return nil, e
	}
	items, isList := body.Get("output").AsList()
	if !isList {
		return nil, &model.Error{
			Kind: model.KindProtocol, Message: "the answer has no output",
			Hint: "the server may not speak the Responses API; try api_type chat_completions",
		}
	}
	a := &exchange.Answer{Usage: usage(body.Get("usage")), CacheKey: body.Get("prompt_cache_key").Str()}
	for _, item := range items {
		addItem(a, item)
	}
	callFromText(a)
	if len(a.Contents) == 0 && len(a.Calls) == 0 {
		a.Contents = []message.Part{{}}
	}
	return a, nil
}

// unfinished returns why a response is not whole, or nil.
func unfinished(body value.Value) *model.Error {
	if details := body.Get("incomplete_details"); !details.IsNull() {
		reason := details.Get("reason").Str()
		switch reason {
		case finishFilter:
			return exchange.Filtered("")
		case "max_output_tokens":
			return &model.Error{
				Kind: model.KindIncomplete, Code: reason, Message: "the answer reached its token limit", Hint: "raise max_tokens",
			}
		}
		return &model.Error{Kind: model.KindIncomplete, Code: reason, Message: "the answer is incomplete: " + value.Text(details)}
	}
	switch status := body.Get("status").Str(); status {
	case "failed", "cancelled", "incomplete":
		return &model.Error{Kind: model.KindServer, Message: "the provider reports the response as " + status}
	}
	return nil
}

// addItem takes one item of a response's output. Kinds of items that stand for nothing of ours, such as the provider's
// own tools, are passed over.
func addItem(a *exchange.Answer, item value.Value) {
	switch item.Get("type").Str() {
	case "message":
		parts, _ := item.Get("content").AsList()
		for _, p := range parts {
			switch p.Get("type").Str() {
			case "output_text":
				a.Contents = append(a.Contents, message.Part{
					Text: p.Get("text").Str(), Logprobs: logprobs(p.Get("logprobs")),
				})
			case "refusal":
				a.Contents = append(a.Contents, message.Part{Text: p.Get("refusal").Str()})
			}
		}
	case "function_call":
		id := item.Get("call_id").Str()
		if id == "" {
			id = item.Get("id").Str()
		}
		a.Calls = append(a.Calls, exchange.ToolCall{
			ID: id, Name: item.Get("name").Str(), Arguments: item.Get("arguments").Str(),
		})
	case "image_generation_call":
		if image := item.Get("result").Str(); image != "" {
			if !strings.Contains(image, ":") { // bare base64
				image = "data:image/png;base64," + image
			}
			a.Contents = append(a.Contents, message.Part{Image: image})
		}
	case "reasoning":
		if hasContent(item) {
			a.Reasoning, a.Thought = item, thought(item)
		}
	}
}

// thought is the text of a reasoning item.
func thought(item value.Value) string {
	var texts []string
	for _, key := range []string{"content", "summary"} {
		parts, _ := item.Get(key).AsList()
		for _, p := range parts {
			texts = append(texts, p.Get("text").Str())
		}
		if texts != nil {
			break
		}
	}
	return strings.Join(texts, "\n\n")
}

// hasContent reports whether a reasoning item says anything; OpenAI does not take empty ones back.
func hasContent(item value.Value) bool {
	for _, key := range []string{"summary", "content"} {
		if list, _ := item.Get(key).AsList(); len(list) > 0 {
			return true
		}
	}
	return false
}

// callFromText takes an answer for a tool request that is one by its looks: vLLM sometimes writes them as text (reference:
// _convert_vllm_tool_call).
func callFromText(a *exchange.Answer) {
	if len(a.Contents) != 1 || !strings.HasPrefix(strings.TrimSpace(a.Contents[0].Text), "{") {
		return
	}
	v, err := value.ParseJSON([]byte(a.Contents[0].Text))
	if err != nil {
		return
	}
	o, _ := v.AsObject()
	name, isText := v.Get("name").AsString()
	parameters, isObject := v.Get("parameters").AsObject()
	if o.Len() != 2 || !isText || !isObject {
		return
	}
	a.Contents = nil
	a.Calls = append(a.Calls, exchange.ToolCall{Name: name, Arguments: parameters.Of().String()})
}

// responsesCollector puts an answer together from the events of a stream.
type responsesCollector struct {
	text strings.Builder
	// items are those that were finished, for servers whose last event does not repeat them.
	items []value.Value
	final value.Value
	// calls counts the function calls that began; callOf finds them by the id of their item.
	calls  int
	callOf map[string]*model.ToolDelta
	chunks []model.Chunk
}

// Collect implements [exchange.API].
func (responses) Collect() exchange.Collector {
	return &responsesCollector{callOf: map[string]*model.ToolDelta{}}
}

// Add implements [exchange.Collector].
func (c *responsesCollector) Add(event value.Value) ([]model.Chunk, *model.Error) {
	c.chunks = c.chunks[:0]
	delta := event.Get("delta").Str()
	switch event.Get("type").Str() {
	case "response.output_text.delta", "response.refusal.delta":
		c.text.WriteString(delta)
		if delta != "" {
			c.chunks = append(c.chunks, model.Chunk{Delta: delta})
		}
	case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
		if delta != "" {
			c.chunks = append(c.chunks, model.Chunk{Reasoning: delta})
		}
	case "response.output_item.added":
		c.begin(event.Get("item"))
	case "response.function_call_arguments.delta":
		c.argue(event.Get("item_id").Str(), delta)
	case "response.output_item.done":
		c.items = append(c.items, event.Get("item"))
	case "response.completed", "response.done":
		c.final = event.Get("response")
	case "response.failed", "response.incomplete":
		return nil, failed(event.Get("response"))
	}
	return c.chunks, nil
}

func failed(body value.Value) *model.Error {
	if e := exchange.ErrorOf(body); e != nil {
		e.Kind = model.KindServer
		return e
	}
	if e := unfinished(body); e != nil {
		return e
	}
	return &model.Error{Kind: model.KindIncomplete, Message: "the provider gave the response up"}
}

// begin takes an item that has just begun.
func (c *responsesCollector) begin(item value.Value) {
	if item.Get("type").Str() != "function_call" {
		return
	}
	call := &model.ToolDelta{Index: c.calls, ID: item.Get("call_id").Str(), Name: item.Get("name").Str()}
	c.calls++
	c.callOf[item.Get("id").Str()] = call
	c.chunks = append(c.chunks, model.Chunk{Tool: call})
}

// argue takes a piece of the arguments of a call.
func (c *responsesCollector) argue(item, arguments string) {
	call := c.callOf[item]
	if call == nil { // a server that does not tell when an item begins
		call = &model.ToolDelta{Index: c.calls}
		c.calls++
		c.callOf[item] = call
	}
	piece := *call
	piece.Arguments = arguments
	c.chunks = append(c.chunks, model.Chunk{Tool: &piece})
}

// Over implements [exchange.Collector].
func (c *responsesCollector) Over() bool { return !c.final.IsNull() }

// Answer implements [exchange.Collector].
func (c *responsesCollector) Answer(bool) (*exchange.Answer, *model.Error) {
	if c.final.IsNull() {
		return nil, nil
	}
	output, _ := c.final.Get("output").AsList()
	if len(output) == 0 && (len(c.items) > 0 || c.text.Len() > 0) {
		o, _ := c.final.AsObject()
		c.final = o.With("output", value.List(c.items...)).Of()
	}
	a, err := responses{}.Answer(c.final)
	if err == nil && len(a.Calls) == 0 && len(a.Contents) == 1 && a.Contents[0].Text == "" && a.Contents[0].Image == "" {
		a.Contents[0].Text = c.text.String() // the last event came without the text
	}
	return a, err
}
