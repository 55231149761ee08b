package modeltest

import (
	"encoding/json"
	"net/http"
)

// geminiWire is generateContent of the Gemini API (https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse).
type geminiWire struct{}

func (geminiWire) response(reply *Reply, parts []any, finish string) map[string]any {
	candidate := map[string]any{"index": 0, "content": map[string]any{"role": "model", "parts": parts}}
	if finish != "" {
		candidate["finishReason"] = finish
	}
	if reply.Logprobs {
		candidate["logprobsResult"] = geminiLogprobs(reply, parts)
	}
	out := map[string]any{
		"candidates": []any{candidate}, "modelVersion": "gemini-scripted", "responseId": "scripted",
	}
	if reply.Fault == NoChoices {
		delete(out, "candidates")
	}
	if !reply.NoUsage {
		input, output := reply.tokens()
		out["usageMetadata"] = map[string]any{
			"promptTokenCount": input, "candidatesTokenCount": output - reply.Thought, "totalTokenCount": input + output,
			"cachedContentTokenCount": reply.Cached, "thoughtsTokenCount": reply.Thought,
		}
	}
	return out
}

func (geminiWire) finish(reply *Reply) string {
	switch reply.Finish {
	case "", "stop", "tool_calls":
		return "STOP"
	case "length":
		return "MAX_TOKENS"
	case "content_filter":
		return "SAFETY"
	default:
		return reply.Finish
	}
}

// calls are the parts of the tool calls, which never come in pieces.
func (geminiWire) calls(reply *Reply) (parts []any) {
	for _, c := range reply.ToolCalls {
		parts = append(parts, map[string]any{"functionCall": map[string]any{
			"id": c.ID, "name": c.Name, "args": json.RawMessage(c.Arguments),
		}})
	}
	return parts
}

func textPart(text string) map[string]any { return map[string]any{"text": text} }

func thoughtPart(text string) map[string]any { return map[string]any{"text": text, "thought": true} }

func (w geminiWire) whole(_ *Request, reply *Reply) map[string]any {
	parts := []any{}
	if reply.Reasoning != "" {
		parts = append(parts, thoughtPart(reply.Reasoning))
	}
	if said := reply.Text + reply.Refusal; said != "" {
		parts = append(parts, textPart(said))
	}
	return w.response(reply, append(parts, w.calls(reply)...), w.finish(reply))
}

func (w geminiWire) delta(text string) event {
	return event{data: w.response(&Reply{NoUsage: true}, []any{textPart(text)}, "")}
}

func (w geminiWire) events(_ *Request, reply *Reply) (out []event) {
	if reply.Fault == NoChoices {
		return []event{{data: w.response(reply, nil, "")}}
	}
	add := func(finish string, parts ...any) { out = append(out, event{data: w.response(reply, parts, finish)}) }
	for _, piece := range reply.pieces(reply.Reasoning) {
		add("", thoughtPart(piece))
	}
	for _, piece := range reply.pieces(reply.Text + reply.Refusal) {
		add("", textPart(piece))
	}
	if calls := w.calls(reply); calls != nil {
		add("", calls...)
	}
	add(w.finish(reply), textPart(""))
	return out
}

// failure is an error of Google's (https://google.aip.dev/193).
func (geminiWire) failure(status int, message, code string) map[string]any {
	if status < http.StatusBadRequest {
		status = http.StatusInternalServerError // it came in the middle of an answer
	}
	e := map[string]any{"code": status, "message": message, "status": "SCRIPTED"}
	if code != "" {
		e["details"] = []any{map[string]any{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": code, "domain": "googleapis.com",
		}}
	}
	return map[string]any{"error": e}
}

// geminiLogprobs are those of the text in parts (https://ai.google.dev/api/generate-content#LogprobsResult).
func geminiLogprobs(reply *Reply, parts []any) map[string]any {
	token := func(l map[string]any) map[string]any {
		return map[string]any{"token": l["token"], "tokenId": 1, "logProbability": l["logprob"]}
	}
	chosen, top := []any{}, []any{}
	for _, p := range parts {
		for _, l := range reply.logprobs(text(object(p)["text"])) {
			l := object(l)
			chosen = append(chosen, token(l))
			var alternatives []any
			for _, other := range list(l["top_logprobs"]) {
				alternatives = append(alternatives, token(object(other)))
			}
			top = append(top, map[string]any{"candidates": alternatives})
		}
	}
	return map[string]any{"chosenCandidates": chosen, "topCandidates": top}
}
