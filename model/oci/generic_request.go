package oci

import (
	"errors"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// generic is the format that most models share (GenericChatRequest). Models of Meta spell one parameter in their own way.
type generic struct{ meta bool }

func (f generic) request(p *prompt.Prompt, g *exchange.Generation, stream bool) (value.Value, error) {
	var b value.ObjectBuilder
	b.Set("apiFormat", value.String("GENERIC"))
	messages, err := genericMessages(p.Messages)
	if err != nil {
		return value.Null, err
	}
	b.Set("messages", value.List(messages...))
	if len(p.Tools) > 0 {
		b.Set("tools", genericTools(p.Tools))
	}
	if p.ResponseFormat != nil {
		name, schema, err := exchange.ResponseSchema(p, true)
		if err != nil {
			return value.Null, err
		}
		b.Set("responseFormat", value.Obj(
			value.Member{Key: "type", Value: value.String("JSON_SCHEMA")},
			value.Member{Key: "jsonSchema", Value: value.Obj(
				value.Member{Key: "name", Value: value.String(name)},
				value.Member{Key: "isStrict", Value: value.Bool(true)},
				value.Member{Key: "schema", Value: schema},
			)},
		))
	}
	f.parameters(&b, g)
	setStream(&b, stream)
	return b.Value(), nil
}

// parameters adds those of the generation. The reference leaves the frequency penalty out for all models but Meta's; one
// that does not know it says so, and is asked again without.
func (f generic) parameters(b *value.ObjectBuilder, g *exchange.Generation) {
	exchange.SetGiven(b, "topP", g.TopP)
	exchange.SetGiven(b, "temperature", g.Temperature)
	limit := "maxCompletionTokens"
	if f.meta {
		limit = "maxTokens"
	}
	exchange.SetGiven(b, limit, g.MaxTokens)
	exchange.SetGiven(b, "stop", stops(g.Stop))
	exchange.SetGiven(b, "frequencyPenalty", g.FrequencyPenalty)
	exchange.SetGiven(b, "logProbs", g.TopLogprobs)
	setExtra(b, g)
}

// stops is a list of stop sequences; a document may give a single one.
func stops(v value.Value) value.Value {
	if _, ok := v.AsString(); ok {
		return value.List(v)
	}
	return v
}

func setStream(b *value.ObjectBuilder, stream bool) {
	if stream {
		b.Set("isStream", value.Bool(true))
		b.Set("streamOptions", value.Obj(value.Member{Key: "isIncludeUsage", Value: value.Bool(true)}))
	}
}

var (
	errRequestContents = errors.New("a message with tool requests can hold texts only")
	errResultContents  = errors.New("a message with a tool result cannot hold texts or images besides")
)

var roles = map[message.Role]string{message.User: "USER", message.System: "SYSTEM", message.Assistant: "ASSISTANT"}

func genericMessages(messages []message.Message) ([]value.Value, error) {
	out := make([]value.Value, len(messages))
	for i := range messages {
		m := &messages[i]
		var b value.ObjectBuilder
		switch {
		case len(m.ToolRequests) > 0:
			if exchange.HasImage(m) {
				return nil, errRequestContents
			}
			genericRequests(&b, m)
		case m.ToolResult != nil:
			if len(m.Contents) > 0 {
				return nil, errResultContents
			}
			b.Set("role", value.String("TOOL"))
			b.Set("content", value.List(textContent(exchange.ResultText(m.ToolResult.Content))))
			b.Set("toolCallId", value.String(m.ToolResult.RequestID))
		default:
			b.Set("role", value.String(roles[m.Role]))
			b.Set("content", genericContents(m.Contents))
		}
		out[i] = b.Value()
	}
	return out, nil
}

func genericRequests(b *value.ObjectBuilder, m *message.Message) {
	b.Set("role", value.String("ASSISTANT"))
	contents := []value.Value{}
	if text := m.Text(); text != "" {
		contents = append(contents, textContent(text))
	}
	b.Set("content", value.List(contents...))
	calls := make([]value.Value, len(m.ToolRequests))
	for i, r := range m.ToolRequests {
		calls[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("FUNCTION")},
			value.Member{Key: "id", Value: value.String(r.ID)},
			value.Member{Key: "name", Value: value.String(r.Name)},
			value.Member{Key: "arguments", Value: value.String(exchange.ArgumentsText(r.Args))},
		)
	}
	b.Set("toolCalls", value.List(calls...))
	exchange.SetGiven(b, reasoningKey, m.Reasoning.Get(reasoningKey))
}

func textContent(text string) value.Value {
	return value.Obj(
		value.Member{Key: "type", Value: value.String("TEXT")},
		value.Member{Key: "text", Value: value.String(text)},
	)
}

func genericContents(parts []message.Part) value.Value {
	list := make([]value.Value, len(parts))
	for i, p := range parts {
		if p.Image == "" {
			list[i] = textContent(p.Text)
			continue
		}
		list[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("IMAGE")},
			value.Member{Key: "imageUrl", Value: value.Obj(value.Member{Key: "url", Value: value.String(p.Image)})},
		)
	}
	return value.List(list...)
}

func genericTools(tools []prompt.Tool) value.Value {
	list := make([]value.Value, len(tools))
	for i := range tools {
		t := &tools[i]
		list[i] = value.Obj(
			value.Member{Key: "type", Value: value.String("FUNCTION")},
			value.Member{Key: "name", Value: value.String(t.Name)},
			value.Member{Key: "description", Value: value.String(t.Description)},
			value.Member{Key: "parameters", Value: model.ToolParameters(t)},
		)
	}
	return value.List(list...)
}
