package openai

import (
	"errors"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// responses is the Responses API.
type responses struct{}

func (responses) path() string { return "responses" }

// request writes the body in the reference's order. The whole history is always sent, nothing is
// stored at the provider.
func (responses) request(r *request) (value.Value, error) {
	var b value.ObjectBuilder
	b.Set("model", value.String(r.modelID))
	b.Set("store", value.Bool(false))
	b.Set("stream", value.Bool(r.stream))
	input, err := responseInput(r.prompt.Messages)
	if err != nil {
		return value.Null, err
	}
	b.Set("input", value.List(input...))
	if r.cacheKey != "" {
		b.Set("prompt_cache_key", value.String(r.cacheKey))
	}
	if tools := r.prompt.Tools; len(tools) > 0 {
		b.Set("tools", responseTools(tools))
	}
	if f := r.prompt.ResponseFormat; f != nil {
		schema, err := responseSchema(r)
		if err != nil {
			return value.Null, err
		}
		format := append([]value.Member{{Key: "type", Value: value.String("json_schema")}}, schema...)
		b.Set("text", value.Obj(value.Member{Key: "format", Value: value.NewObject(format...).Of()}))
	}
	if err := responseGeneration(&b, r.generation); err != nil {
		return value.Null, err
	}
	return b.Value(), nil
}

// responseGeneration adds the parameters. The API has neither stop sequences nor a frequency penalty; the reference
// drops them without a word, here they are refused.
func responseGeneration(b *value.ObjectBuilder, g *exchange.Generation) error {
	if !g.Stop.IsNull() {
		return errors.New("the Responses API has no stop sequences; use api_type chat_completions, or leave out stop")
	}
	if !g.FrequencyPenalty.IsNull() {
		return errors.New("the Responses API has no frequency_penalty; use api_type chat_completions, or leave it out")
	}
	exchange.SetGiven(b, "top_p", g.TopP)
	exchange.SetGiven(b, "temperature", g.Temperature)
	exchange.SetGiven(b, "max_output_tokens", g.MaxTokens)
	var include []value.Value
	if !g.TopLogprobs.IsNull() {
		b.Set("top_logprobs", g.TopLogprobs)
		include = append(include, value.String("message.output_text.logprobs"))
	}
	reasoning, reasons := g.Get("reasoning").AsObject()
	if reasons {
		include = append(include, value.String("reasoning.encrypted_content"))
		if _, ok := reasoning.Get("summary"); !ok {
			reasoning = reasoning.With("summary", value.String("auto"))
		}
	}
	if more, ok := g.Get("include").AsList(); ok {
		include = union(include, more)
	}
	if len(include) > 0 {
		b.Set("include", value.List(include...))
	}
	if reasons {
		b.Set("reasoning", reasoning.Of())
	}
	g.SetExtra(b, "include", "reasoning")
	return nil
}

// union appends the values of more that a lacks.
func union(a, more []value.Value) []value.Value {
next:
	for _, v := range more {
		for _, w := range a {
			if value.Equal(v, w) {
				continue next
			}
		}
		a = append(a, v)
	}
	return a
}

func responseInput(messages []message.Message) ([]value.Value, error) {
	items := make([]value.Value, 0, len(messages))
	for i := range messages {
		m := &messages[i]
		var err error
		switch {
		case len(m.ToolRequests) > 0:
			items, err = appendRequests(items, m)
		case m.ToolResult != nil:
			items, err = appendResult(items, m)
		default:
			items = appendMessage(items, m)
		}
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

// appendReasoning puts the reasoning of a message before it, if it came from this API.
func appendReasoning(items []value.Value, m *message.Message) []value.Value {
	if m.Reasoning.Get("type").Str() == "reasoning" {
		return append(items, m.Reasoning)
	}
	return items
}

func appendRequests(items []value.Value, m *message.Message) ([]value.Value, error) {
	if exchange.HasImage(m) {
		return nil, errRequestContents
	}
	items = appendReasoning(items, m)
	if text := m.Text(); text != "" {
		items = append(items, value.Obj(
			value.Member{Key: "content", Value: value.String(text)},
			value.Member{Key: "role", Value: value.String("assistant")},
		))
	}
	for _, r := range m.ToolRequests {
		items = append(items, value.Obj(
			value.Member{Key: "type", Value: value.String("function_call")},
			value.Member{Key: "name", Value: value.String(r.Name)},
			value.Member{Key: "arguments", Value: value.String(exchange.ArgumentsText(r.Args))},
			value.Member{Key: "call_id", Value: value.String(r.ID)},
		))
	}
	return items, nil
}

func appendResult(items []value.Value, m *message.Message) ([]value.Value, error) {
	if len(m.Contents) > 0 {
		return nil, errResultContents
	}
	return append(items, value.Obj(
		value.Member{Key: "type", Value: value.String("function_call_output")},
		value.Member{Key: "call_id", Value: value.String(m.ToolResult.RequestID)},
		value.Member{Key: "output", Value: value.String(exchange.ResultText(m.ToolResult.Content))},
	)), nil
}

// appendMessage writes a plain message. Those of the assistant omit the type, because vLLM would otherwise take them for
// items of its own output, which look different.
func appendMessage(items []value.Value, m *message.Message) []value.Value {
	if m.Role == message.Assistant {
		items = appendReasoning(items, m)
	}
	content, plain := responseContents(m.Contents)
	var b value.ObjectBuilder
	b.Set("role", value.String(string(m.Role)))
	if !plain || m.Role != message.Assistant {
		b.Set("type", value.String("message"))
	}
	b.Set("content", content)
	return append(items, b.Value())
}

// responseContents writes contents; plain is true if they are a mere text.
func responseContents(parts []message.Part) (content value.Value, plain bool) {
	switch {
	case len(parts) == 0:
		return value.String(""), true
	case len(parts) == 1 && parts[0].Image == "":
		return value.String(parts[0].Text), true
	}
	list := make([]value.Value, len(parts))
	for i, p := range parts {
		if p.Image != "" {
			list[i] = value.Obj(
				value.Member{Key: "type", Value: value.String("input_image")},
				value.Member{Key: "image_url", Value: value.String(p.Image)},
				value.Member{Key: "detail", Value: value.String("auto")},
			)
			continue
		}
		list[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("input_text")},
			value.Member{Key: "text", Value: value.String(p.Text)},
		)
	}
	return value.List(list...), false
}

func responseTools(tools []prompt.Tool) value.Value {
	list := make([]value.Value, len(tools))
	for i := range tools {
		t := &tools[i]
		list[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("function")},
			value.Member{Key: "name", Value: value.String(t.Name)},
			value.Member{Key: "description", Value: value.String(t.Description)},
			value.Member{Key: "parameters", Value: model.ToolParameters(t)},
		)
	}
	return value.List(list...)
}

var gptVersion = lazy(`(?:^|[^a-z0-9])gpt-(\d+)(?:\.(\d+))?`)

// NeedsResponses reports whether a prompt must go to the Responses API: OpenAI's models from GPT-5.4 on take tools together
// with a reasoning effort only there (reference: _requires_gpt_responses_api). Oracle's cloud serves them under names that begin
// with openai. The parameters are those that take effect where the prompt brings none.
func NeedsResponses(modelID string, p *prompt.Prompt, parameters *spec.LlmGenerationConfig) bool {
	if len(p.Tools) == 0 {
		return false
	}
	g := exchange.GenerationOf(p, parameters)
	effort := strings.ToLower(g.Get("reasoning_effort").Str())
	if effort == "" || effort == "none" {
		return false
	}
	match := gptVersion().FindStringSubmatch(strings.ToLower(modelID))
	if match == nil {
		return false
	}
	major, _ := strconv.Atoi(match[1]) // digits; too many of them are 0
	minor, _ := strconv.Atoi(match[2])
	return major > 5 || major == 5 && minor >= 4
}

// responsesReasoning writes a chat request's reasoning effort as Responses wants it.
func responsesReasoning(g exchange.Generation) exchange.Generation {
	effort := value.String(strings.ToLower(g.Get("reasoning_effort").Str()))
	reasoning, _ := g.Get("reasoning").AsObject()
	var extra []value.Member
	for _, m := range g.Extra {
		if m.Key != "reasoning_effort" && m.Key != "reasoning" {
			extra = append(extra, m)
		}
	}
	extra = append(extra, value.Member{Key: "reasoning", Value: reasoning.With("effort", effort).Of()})
	g.Extra = extra
	return g
}
