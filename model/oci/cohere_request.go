package oci

import (
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// cohere is the format of Cohere's models (CohereChatRequest): one message, which is asked now, and the history before it.
type cohere struct{}

// cohereMaxTokens takes the place of the service's own default of 20, which would cut answers off (reference).
const cohereMaxTokens = 512

func (cohere) request(p *prompt.Prompt, g *exchange.Generation, stream bool) (value.Value, error) {
	for i := range p.Messages {
		if exchange.HasImage(&p.Messages[i]) {
			return value.Null, errors.New("the service takes no images for Cohere's models")
		}
	}
	history, now := split(p.Messages)
	calls := callsOf(p.Messages)
	past, err := cohereHistory(history, calls)
	if err != nil {
		return value.Null, err
	}
	var text string
	var results []value.Value
	for i := range now {
		m := &now[i]
		if m.ToolResult == nil {
			text = join(text, m.Text())
			continue
		}
		result, err := cohereResult(m.ToolResult, calls)
		if err != nil {
			return value.Null, err
		}
		results = append(results, result)
	}
	if text == "" && len(results) == 0 {
		text = "Start" // the service does not answer to nothing (reference)
	}
	var b value.ObjectBuilder
	b.Set("apiFormat", value.String("COHERE"))
	b.Set("message", value.String(text))
	b.Set("chatHistory", value.List(past...))
	if len(results) > 0 {
		b.Set("toolResults", value.List(results...))
	}
	if len(p.Tools) > 0 {
		b.Set("tools", cohereTools(p.Tools))
	}
	if p.ResponseFormat != nil {
		_, schema, err := exchange.ResponseSchema(p, true)
		if err != nil {
			return value.Null, err
		}
		b.Set("responseFormat", value.Obj(
			value.Member{Key: "type", Value: value.String("JSON_OBJECT")},
			value.Member{Key: "schema", Value: schema},
		))
	}
	if err := cohereParameters(&b, g); err != nil {
		return value.Null, err
	}
	setStream(&b, stream)
	return b.Value(), nil
}

func cohereParameters(b *value.ObjectBuilder, g *exchange.Generation) error {
	if !g.TopLogprobs.IsNull() {
		return errors.New("the service has no log probabilities of Cohere's models; leave out top_logprobs")
	}
	exchange.SetGiven(b, "topP", g.TopP)
	exchange.SetGiven(b, "temperature", g.Temperature)
	limit := g.MaxTokens
	if limit.IsNull() {
		limit = value.Int(cohereMaxTokens)
	}
	b.Set("maxTokens", limit)
	exchange.SetGiven(b, "stopSequences", stops(g.Stop))
	if !g.FrequencyPenalty.IsNull() {
		penalty := exchange.Number(g.FrequencyPenalty)
		if penalty < 0 {
			return errors.New("a frequency_penalty of Cohere's models cannot be negative")
		}
		b.Set("frequencyPenalty", value.Float(penalty/2)) // theirs goes from 0 to 1
	}
	setExtra(b, g)
	return nil
}

// split parts the messages that are asked now from those before them: the last ones that are of the user or results of
// tools.
func split(messages []message.Message) (history, now []message.Message) {
	n := len(messages)
	for n > 0 && (messages[n-1].ToolResult != nil || messages[n-1].Type() == message.TypeUser) {
		n--
	}
	return messages[:n], messages[n:]
}

// callsOf are all tool requests by their ids, which the format does not carry.
func callsOf(messages []message.Message) map[string]*message.ToolRequest {
	calls := map[string]*message.ToolRequest{}
	for i := range messages {
		for j := range messages[i].ToolRequests {
			r := &messages[i].ToolRequests[j]
			calls[r.ID] = r
		}
	}
	return calls
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

func cohereHistory(messages []message.Message, calls map[string]*message.ToolRequest) ([]value.Value, error) {
	out := make([]value.Value, len(messages))
	for i := range messages {
		m := &messages[i]
		var b value.ObjectBuilder
		switch {
		case len(m.ToolRequests) > 0:
			b.Set("role", value.String("CHATBOT"))
			b.Set("message", value.String(m.Text()))
			list := make([]value.Value, len(m.ToolRequests))
			for j := range m.ToolRequests {
				list[j] = cohereCall(&m.ToolRequests[j])
			}
			b.Set("toolCalls", value.List(list...))
		case m.ToolResult != nil:
			result, err := cohereResult(m.ToolResult, calls)
			if err != nil {
				return nil, err
			}
			b.Set("role", value.String("TOOL"))
			b.Set("toolResults", value.List(result))
		default:
			b.Set("role", value.String(cohereRoles[m.Role]))
			b.Set("message", value.String(m.Text()))
		}
		out[i] = b.Value()
	}
	return out, nil
}

var cohereRoles = map[message.Role]string{message.User: "USER", message.System: "SYSTEM", message.Assistant: "CHATBOT"}

func cohereCall(r *message.ToolRequest) value.Value {
	return value.Obj(
		value.Member{Key: "name", Value: value.String(r.Name)},
		value.Member{Key: "parameters", Value: r.Args.Of()},
	)
}

func cohereResult(r *message.ToolResult, calls map[string]*message.ToolRequest) (value.Value, error) {
	call := calls[r.RequestID]
	if call == nil {
		return value.Null, fmt.Errorf("the result %q answers no tool request of the prompt, which Cohere's models need", r.RequestID)
	}
	return value.Obj(
		value.Member{Key: "call", Value: cohereCall(call)},
		value.Member{Key: "outputs", Value: value.List(value.Obj(value.Member{Key: "content", Value: r.Content}))},
	), nil
}

func cohereTools(tools []prompt.Tool) value.Value {
	list := make([]value.Value, len(tools))
	for i := range tools {
		t := &tools[i]
		var b value.ObjectBuilder
		schema := t.Parameters()
		required := map[string]bool{}
		names, _ := schema.Get("required").AsList()
		for _, name := range names {
			required[name.Str()] = true
		}
		properties, _ := schema.Get("properties").AsObject()
		for name, p := range properties.All() {
			b.Set(name, value.Obj(
				value.Member{Key: "description", Value: value.String(p.Get("description").Str())},
				value.Member{Key: "type", Value: value.String(p.Get("type").Str())},
				value.Member{Key: "isRequired", Value: value.Bool(required[name])},
			))
		}
		list[i] = value.Obj(
			value.Member{Key: "name", Value: value.String(t.Name)},
			value.Member{Key: "description", Value: value.String(t.Description)},
			value.Member{Key: "parameterDefinitions", Value: b.Value()},
		)
	}
	return value.List(list...)
}
