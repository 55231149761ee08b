package openai

import (
	"errors"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/internal/openai"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// chat is the chat completions API.
type chat struct{}

func (chat) path() string { return "chat/completions" }

// request writes the body in the reference's order.
func (chat) request(r *request) (value.Value, error) {
	var b value.ObjectBuilder
	b.Set("model", value.String(r.modelID))
	if r.official || r.provider == openai.OCI {
		b.Set("store", value.Bool(false))
	}
	b.Set("stream", value.Bool(r.stream))
	messages, err := chatMessages(r)
	if err != nil {
		return value.Null, err
	}
	b.Set("messages", value.List(messages...))
	if r.cacheKey != "" {
		b.Set("prompt_cache_key", value.String(r.cacheKey))
	}
	if tools := r.prompt.Tools; len(tools) > 0 {
		b.Set("tools", chatTools(tools))
	}
	if f := r.prompt.ResponseFormat; f != nil {
		schema, err := responseSchema(r)
		if err != nil {
			return value.Null, err
		}
		b.Set("response_format", value.Obj(
			value.Member{Key: "type", Value: value.String("json_schema")},
			value.Member{Key: "json_schema", Value: value.NewObject(schema...).Of()},
		))
	}
	chatGeneration(&b, r.generation, r.provider == openai.OCI)
	if r.stream {
		b.Set("stream_options", value.Obj(value.Member{Key: "include_usage", Value: value.Bool(true)}))
	}
	return b.Value(), nil
}

// chatGeneration adds the parameters. Oracle's service has names in capitals in its own API and in small letters here.
func chatGeneration(b *value.ObjectBuilder, g *exchange.Generation, small bool) {
	exchange.SetGiven(b, "top_p", g.TopP)
	exchange.SetGiven(b, "temperature", g.Temperature)
	exchange.SetGiven(b, "max_completion_tokens", g.MaxTokens)
	exchange.SetGiven(b, "stop", g.Stop)
	exchange.SetGiven(b, "frequency_penalty", g.FrequencyPenalty)
	if !g.TopLogprobs.IsNull() {
		b.Set("logprobs", value.Bool(true))
		b.Set("top_logprobs", g.TopLogprobs)
	}
	// An empty effort leaves it to the provider; "none" would forbid reasoning.
	const key = "reasoning_effort"
	effort, ok := g.Get(key).AsString()
	switch {
	case ok && effort == "":
		g.SetExtra(b, key)
	case ok && small:
		b.Set(key, value.String(strings.ToLower(effort)))
		g.SetExtra(b, key)
	default:
		g.SetExtra(b)
	}
}

func chatMessages(r *request) ([]value.Value, error) {
	toolRole := "tool"
	if !hasToolRole(r.modelID) {
		toolRole = "user"
	}
	messages := make([]value.Value, 0, len(r.prompt.Messages)+1)
	for i := range r.prompt.Messages {
		m, err := chatMessage(&r.prompt.Messages[i], toolRole)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	if needsAnswerSlot(r) {
		messages = append(messages, value.Obj(
			value.Member{Key: "role", Value: value.String("assistant")},
			value.Member{Key: "content", Value: value.String("")},
		))
	}
	return messages, nil
}

// needsAnswerSlot reports whether Ollama would not answer, because all it is given is a system message (reference:
// OllamaModel._pre_process).
func needsAnswerSlot(r *request) bool {
	return r.provider == openai.Ollama && len(r.prompt.Messages) == 1 && r.prompt.Messages[0].Type() == message.TypeSystem
}

var (
	errRequestContents = errors.New("a message with tool requests can hold texts only")
	errResultContents  = errors.New("a message with a tool result cannot hold texts or images besides")
)

func chatMessage(m *message.Message, toolRole string) (value.Value, error) {
	switch {
	case len(m.ToolRequests) > 0:
		return chatRequests(m)
	case m.ToolResult != nil:
		if len(m.Contents) > 0 {
			return value.Null, errResultContents
		}
		return value.Obj(
			value.Member{Key: "role", Value: value.String(toolRole)},
			value.Member{Key: "tool_call_id", Value: value.String(m.ToolResult.RequestID)},
			value.Member{Key: "content", Value: value.String(exchange.ResultText(m.ToolResult.Content))},
		), nil
	}
	var b value.ObjectBuilder
	b.Set("role", value.String(string(m.Role)))
	b.Set("content", chatContents(m.Contents))
	if m.Role == message.Assistant {
		exchange.SetGiven(&b, "extra_content", m.Extra)
	}
	return b.Value(), nil
}

func chatContents(parts []message.Part) value.Value {
	if len(parts) == 0 {
		return value.String("")
	}
	list := make([]value.Value, len(parts))
	for i, p := range parts {
		if p.Image != "" {
			list[i] = value.Obj(
				value.Member{Key: "type", Value: value.String("image_url")},
				value.Member{Key: "image_url", Value: value.Obj(value.Member{Key: "url", Value: value.String(p.Image)})},
			)
			continue
		}
		list[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("text")},
			value.Member{Key: "text", Value: value.String(p.Text)},
		)
	}
	return value.List(list...)
}

func chatRequests(m *message.Message) (value.Value, error) {
	if exchange.HasImage(m) {
		return value.Null, errRequestContents
	}
	calls := make([]value.Value, len(m.ToolRequests))
	for i, r := range m.ToolRequests {
		var b value.ObjectBuilder
		b.Set("id", value.String(r.ID))
		b.Set("type", value.String("function"))
		b.Set("function", value.Obj(
			value.Member{Key: "name", Value: value.String(r.Name)},
			value.Member{Key: "arguments", Value: value.String(exchange.ArgumentsText(r.Args))},
		))
		exchange.SetGiven(&b, "extra_content", r.Extra)
		calls[i] = b.Value()
	}
	var b value.ObjectBuilder
	b.Set("role", value.String("assistant"))
	b.Set("tool_calls", value.List(calls...))
	if text := m.Text(); text != "" {
		b.Set("content", value.String(text))
	}
	exchange.SetGiven(&b, "extra_content", m.Extra)
	// Models that think between calls of tools want their thoughts back as long as those calls go on.
	for _, key := range reasoningKeys {
		exchange.SetGiven(&b, key, m.Reasoning.Get(key))
	}
	return b.Value(), nil
}

func chatTools(tools []prompt.Tool) value.Value {
	list := make([]value.Value, len(tools))
	for i := range tools {
		t := &tools[i]
		list[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("function")},
			value.Member{Key: "function", Value: value.Obj(
				value.Member{Key: "name", Value: value.String(t.Name)},
				value.Member{Key: "description", Value: value.String(t.Description)},
				value.Member{Key: "parameters", Value: model.ToolParameters(t)},
			)},
		)
	}
	return value.List(list...)
}

// responseSchema describes the JSON that is asked for.
func responseSchema(r *request) ([]value.Member, error) {
	name, schema, err := exchange.ResponseSchema(r.prompt, !r.official)
	if err != nil {
		return nil, err
	}
	return []value.Member{
		{Key: "name", Value: value.String(name)},
		{Key: "strict", Value: value.Bool(true)},
		{Key: "schema", Value: schema},
	}, nil
}

var gemmaVersion = lazy(`(?:^|[/_:.-])gemma-([0-9]+)(?:[/_:.-]|$)`)

// hasToolRole reports whether a model knows the role "tool"; Gemma does from version 4 on (reference: _supports_tool_role).
func hasToolRole(modelID string) bool {
	id := strings.ToLower(modelID)
	if !strings.Contains(id, "gemma") {
		return true
	}
	match := gemmaVersion().FindStringSubmatch(id)
	if match == nil {
		return false
	}
	version, err := strconv.Atoi(match[1])
	return err == nil && version >= 4
}
