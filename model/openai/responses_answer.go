package openai

import (
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// answer reads a response object.
func (responses) answer(body value.Value) (*answer, *model.Error) {
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
	a := &answer{usage: body.Get("usage")}
	for _, item := range items {
		a.addItem(item)
	}
	a.callFromText()
	if len(a.contents) == 0 && len(a.calls) == 0 {
		a.contents = []message.Part{{}}
	}
	return a, nil
}

// unfinished returns why a response is not whole, or nil.
func unfinished(body value.Value) *model.Error {
	if details := body.Get("incomplete_details"); !details.IsNull() {
		reason := details.Get("reason").Str()
		switch reason {
		case finishFilter:
			return filtered("")
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
func (a *answer) addItem(item value.Value) {
	switch item.Get("type").Str() {
	case "message":
		parts, _ := item.Get("content").AsList()
		for _, p := range parts {
			switch p.Get("type").Str() {
			case "output_text":
				a.contents = append(a.contents, message.Part{Text: p.Get("text").Str()})
			case "refusal":
				a.contents = append(a.contents, message.Part{Text: p.Get("refusal").Str()})
			}
		}
	case "function_call":
		id := item.Get("call_id").Str()
		if id == "" {
			id = item.Get("id").Str()
		}
		a.calls = append(a.calls, toolCall{id: id, name: item.Get("name").Str(), arguments: item.Get("arguments").Str()})
	case "image_generation_call":
		if image := item.Get("result").Str(); image != "" {
			if !strings.Contains(image, ":") { // bare base64
				image = "data:image/png;base64," + image
			}
			a.contents = append(a.contents, message.Part{Image: image})
		}
	case "reasoning":
		if hasContent(item) {
			a.reasoning = item
		}
	}
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
func (a *answer) callFromText() {
	if len(a.contents) != 1 || !strings.HasPrefix(strings.TrimSpace(a.contents[0].Text), "{") {
		return
	}
	v, err := value.ParseJSON([]byte(a.contents[0].Text))
	if err != nil {
		return
	}
	o, _ := v.AsObject()
	name, isText := v.Get("name").AsString()
	parameters, isObject := v.Get("parameters").AsObject()
	if o.Len() != 2 || !isText || !isObject {
		return
	}
	a.contents = nil
	a.calls = append(a.calls, toolCall{name: name, arguments: parameters.Of().String()})
}

// responsesCollector puts an answer together from the events of a stream.
type responsesCollector struct {
	text strings.Builder
	// items are those that were finished, for servers whose last event does not repeat them.
	items []value.Value
	final value.Value
}

func (responses) collect() collector { return &responsesCollector{} }

func (c *responsesCollector) add(event value.Value) (string, *model.Error) {
	switch event.Get("type").Str() {
	case "response.output_text.delta", "response.refusal.delta":
		delta := event.Get("delta").Str()
		c.text.WriteString(delta)
		return delta, nil
	case "response.output_item.done":
		c.items = append(c.items, event.Get("item"))
	case "response.completed", "response.done":
		c.final = event.Get("response")
	case "response.failed", "response.incomplete":
		body := event.Get("response")
		if e := errorOf(body); e != nil {
			e.Kind = model.KindServer
			return "", e
		}
		if e := unfinished(body); e != nil {
			return "", e
		}
		return "", &model.Error{Kind: model.KindIncomplete, Message: "the provider gave the response up"}
	}
	return "", nil
}

func (c *responsesCollector) over() bool { return !c.final.IsNull() }

func (c *responsesCollector) answer(bool) (*answer, *model.Error) {
	if c.final.IsNull() {
		return nil, nil
	}
	output, _ := c.final.Get("output").AsList()
	if len(output) == 0 && (len(c.items) > 0 || c.text.Len() > 0) {
		o, _ := c.final.AsObject()
		c.final = o.With("output", value.List(c.items...)).Of()
	}
	a, err := responses{}.answer(c.final)
	if err == nil && len(a.calls) == 0 && len(a.contents) == 1 && a.contents[0] == (message.Part{}) {
		a.contents[0].Text = c.text.String() // the last event came without the text
	}
	return a, err
}
