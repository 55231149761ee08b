package modeltest

import (
	"fmt"
	"maps"
)

// responsesWire is the Responses API (https://platform.openai.com/docs/api-reference/responses and .../responses-streaming).
type responsesWire struct{}

func (responsesWire) whole(r *Request, reply *Reply) map[string]any {
	out := map[string]any{
		"id": "resp_scripted", "object": "response", "created_at": 0, "status": "completed", "model": r.Body["model"],
		"error": nil, "incomplete_details": nil, "output": outputItems(reply),
	}
	switch reply.Finish {
	case "length":
		out["status"], out["incomplete_details"] = "incomplete", map[string]any{"reason": "max_output_tokens"}
	case "content_filter":
		out["status"], out["incomplete_details"] = "incomplete", map[string]any{"reason": "content_filter"}
	}
	if reply.Fault == NoChoices {
		delete(out, "output")
	}
	if !reply.NoUsage {
		input, output := reply.tokens()
		out["usage"] = map[string]any{
			"input_tokens": input, "output_tokens": output, "total_tokens": input + output,
			"input_tokens_details":  map[string]any{"cached_tokens": reply.Cached},
			"output_tokens_details": map[string]any{"reasoning_tokens": reply.Thought},
		}
	}
	return out
}

func outputItems(reply *Reply) []any {
	items := []any{}
	if reply.Reasoning != "" {
		items = append(items, map[string]any{
			"type": "reasoning", "id": "rs_0",
			"summary": []any{map[string]any{"type": "summary_text", "text": reply.Reasoning}},
		})
	}
	var part map[string]any
	switch {
	case reply.Refusal != "":
		part = map[string]any{"type": "refusal", "refusal": reply.Refusal}
	case reply.Text != "" || len(reply.ToolCalls) == 0:
		part = map[string]any{"type": "output_text", "text": reply.Text, "annotations": []any{}}
		if reply.Logprobs {
			part["logprobs"] = reply.logprobs(reply.Text)
		}
	}
	if part != nil {
		items = append(items, map[string]any{
			"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": []any{part},
		})
	}
	for i, c := range reply.ToolCalls {
		items = append(items, map[string]any{
			"type": "function_call", "id": fmt.Sprintf("fc_%d", i), "call_id": c.ID, "name": c.Name,
			"arguments": c.Arguments, "status": "completed",
		})
	}
	return items
}

func (responsesWire) delta(text string) event {
	return named("response.output_text.delta", map[string]any{"output_index": 0, "content_index": 0, "delta": text})
}

func named(name string, data map[string]any) event {
	data["type"] = name
	return event{name: name, data: data}
}

func (responsesWire) failure(status int, message, code string) map[string]any {
	return chatWire{}.failure(status, message, code)
}

// begun is an item as it is before its contents come.
func begun(item map[string]any) map[string]any {
	out := maps.Clone(item)
	for key, empty := range map[string]any{"arguments": "", "content": []any{}, "summary": []any{}, "status": "in_progress"} {
		if _, has := out[key]; has {
			out[key] = empty
		}
	}
	return out
}

func (w responsesWire) events(r *Request, reply *Reply) []event {
	final := w.whole(r, reply)
	if reply.Fault == NoChoices {
		return []event{named("response.completed", map[string]any{"response": final})}
	}
	created := map[string]any{"id": "resp_scripted", "status": "in_progress", "output": []any{}, "error": nil}
	out := []event{named("response.created", map[string]any{"response": created})}
	for i, item := range outputItems(reply) {
		it := object(item)
		out = append(out, named("response.output_item.added", map[string]any{"output_index": i, "item": begun(it)}))
		switch it["type"] {
		case "reasoning":
			for _, piece := range reply.pieces(reply.Reasoning) {
				out = append(out, named("response.reasoning_summary_text.delta", map[string]any{
					"item_id": it["id"], "summary_index": 0, "delta": piece,
				}))
			}
		case "message":
			for _, piece := range reply.pieces(reply.Text) {
				out = append(out, w.delta(piece))
			}
			for _, piece := range reply.pieces(reply.Refusal) {
				out = append(out, named("response.refusal.delta", map[string]any{"delta": piece}))
			}
		case "function_call":
			for _, piece := range reply.pieces(text(it["arguments"])) {
				out = append(out, named("response.function_call_arguments.delta", map[string]any{
					"item_id": it["id"], "output_index": i, "delta": piece,
				}))
			}
		}
		out = append(out, named("response.output_item.done", map[string]any{"output_index": i, "item": item}))
	}
	last := "response.completed"
	if final["incomplete_details"] != nil {
		last = "response.incomplete"
	}
	return append(out, named(last, map[string]any{"response": final}))
}
