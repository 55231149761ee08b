package modeltest

import (
	"io"
	"log"
	"strings"
)

var discardLog = log.New(io.Discard, "", 0)

// wire reads requests and writes replies in the terms of one protocol.
type wire interface {
	read(*Request)
	whole(*Request, *Reply) map[string]any
	events(*Request, *Reply) []event
	// delta is an event that adds text.
	delta(text string) event
	// failure is the body of an error with an HTTP status.
	failure(status int, message, code string) map[string]any
}

// wireAt is the protocol that is spoken at a path, or nil.
func wireAt(path string) wire {
	method, isGemini := geminiCall(path)
	switch {
	case isEmbedding(path):
		return embedWire{}
	case isGemini && (method == "generateContent" || method == "streamGenerateContent"):
		return geminiWire{}
	case strings.HasSuffix(path, "/chat/completions"):
		return chatWire{}
	case strings.HasSuffix(path, "/responses"):
		return responsesWire{}
	case strings.HasSuffix(path, "/actions/chat"):
		return ociWire{}
	case strings.HasSuffix(path, "/actions/embedText"):
		return ociEmbedWire{}
	default:
		return nil
	}
}

// chatWire is chat completions (https://platform.openai.com/docs/api-reference/chat/object and .../chat-streaming).
type chatWire struct{}

func chatHead(r *Request, kind string) map[string]any {
	return map[string]any{"id": "chatcmpl-scripted", "object": kind, "created": 0, "model": r.Body["model"]}
}

func chatUsage(reply *Reply) map[string]any {
	input, output := reply.tokens()
	return map[string]any{
		"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
		"prompt_tokens_details":     map[string]any{"cached_tokens": reply.Cached},
		"completion_tokens_details": map[string]any{"reasoning_tokens": reply.Thought},
	}
}

func (chatWire) failure(_ int, message, code string) map[string]any {
	return map[string]any{"error": map[string]any{"message": message, "type": "scripted", "code": code, "param": nil}}
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
	choice := map[string]any{"index": 0, "message": message, "finish_reason": reply.finish()}
	if reply.Logprobs {
		choice["logprobs"] = map[string]any{"content": reply.logprobs(reply.Text), "refusal": nil}
	}
	out["choices"] = []any{choice}
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
		e := w.delta(piece)
		if reply.Logprobs {
			object(list(object(e.data)["choices"])[0])["logprobs"] = map[string]any{"content": reply.logprobs(piece)}
		}
		out = append(out, e)
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
