package modeltest

import (
	"io"
	"log"
)

var discardLog = log.New(io.Discard, "", 0)

// wire writes replies in the terms of one API.
type wire interface {
	whole(*Request, *Reply) map[string]any
	events(*Request, *Reply) []event
	delta(text string) event
}

func wireOf(r *Request) wire {
	if r.Responses {
		return responsesWire{}
	}
	return chatWire{}
}

// chatWire is chat completions (https://platform.openai.com/docs/api-reference/chat/object and .../chat-streaming).
type chatWire struct{}

func chatHead(r *Request, kind string) map[string]any {
	return map[string]any{"id": "chatcmpl-scripted", "object": kind, "created": 0, "model": r.Body["model"]}
}

func chatUsage(reply *Reply) map[string]any {
	input, output := reply.tokens()
	return map[string]any{"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output}
}

func (r *Reply) finish() string {
	switch {
	case r.Finish != "":
		return r.Finish
	case len(r.ToolCalls) > 0:
		return "tool_calls"
	default:
		return "stop"
	}
}

func (chatWire) whole(r *Request, reply *Reply) map[string]any {
	out := chatHead(r, "chat.completion")
	message := map[string]any{"role": "assistant", "content": reply.Text}
	if reply.Text == "" {
		message["content"] = nil
	}
	if reply.Reasoning != "" {
		message["reasoning_content"] = reply.Reasoning
	}
	if reply.Refusal != "" {
		message["refusal"] = reply.Refusal
	}
	if len(reply.ToolCalls) > 0 {
		calls := make([]any, len(reply.ToolCalls))
		for i, c := range reply.ToolCalls {
			calls[i] = map[string]any{
				"id": c.ID, "type": "function", "function": map[string]any{"name": c.Name, "arguments": c.Arguments},
			}
		}
		message["tool_calls"] = calls
	}
	out["choices"] = []any{map[string]any{"index": 0, "message": message, "finish_reason": reply.finish()}}
	if reply.Fault == NoChoices {
		out["choices"] = []any{}
	}
	if !reply.NoUsage {
		out["usage"] = chatUsage(reply)
	}
	return out
}

func chatChunk(delta map[string]any, finish any) event {
	return event{data: map[string]any{
		"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 0,
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
	}}
}

func (chatWire) delta(text string) event { return chatChunk(map[string]any{"content": text}, nil) }

func (w chatWire) events(r *Request, reply *Reply) []event {
	if reply.Fault == NoChoices {
		return []event{{data: "[DONE]"}}
	}
	out := []event{chatChunk(map[string]any{"role": "assistant", "content": ""}, nil)}
	for _, piece := range reply.pieces(reply.Reasoning) {
		out = append(out, chatChunk(map[string]any{"reasoning_content": piece}, nil))
	}
	for _, piece := range reply.pieces(reply.Text) {
		out = append(out, w.delta(piece))
	}
	for _, piece := range reply.pieces(reply.Refusal) {
		out = append(out, chatChunk(map[string]any{"refusal": piece}, nil))
	}
	for i, c := range reply.ToolCalls {
		first := map[string]any{
			"index": i, "id": c.ID, "type": "function", "function": map[string]any{"name": c.Name, "arguments": ""},
		}
		out = append(out, chatChunk(map[string]any{"tool_calls": []any{first}}, nil))
		for _, piece := range reply.pieces(c.Arguments) {
			more := map[string]any{"index": i, "function": map[string]any{"arguments": piece}}
			out = append(out, chatChunk(map[string]any{"tool_calls": []any{more}}, nil))
		}
	}
	out = append(out, chatChunk(map[string]any{}, reply.finish()))
	options, _ := r.Body["stream_options"].(map[string]any)
	if include, _ := options["include_usage"].(bool); include && !reply.NoUsage {
		usage := chatHead(r, "chat.completion.chunk")
		usage["choices"], usage["usage"] = []any{}, chatUsage(reply)
		out = append(out, event{data: usage})
	}
	return append(out, event{data: "[DONE]"})
}
