package modeltest

import (
	"encoding/json"
	"strings"
)

// ociWire is the chat API of Oracle's Generative AI service, version 20231130
// (https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/ChatResult/Chat), in its generic format.
type ociWire struct{}

func (ociWire) read(r *Request) {
	chat := object(r.Body["chatRequest"])
	r.Stream, _ = chat["isStream"].(bool)
	r.readTools(chat["tools"])
	format := object(chat["responseFormat"])
	if text(chat["apiFormat"]) == "COHERE" {
		r.wire = cohereWire{}
		r.Schema = object(format["schema"])
		r.readCohere(chat)
		return
	}
	r.Schema = object(object(format["jsonSchema"])["schema"])
	for _, m := range list(chat["messages"]) {
		from := object(m)
		out := Message{Role: strings.ToLower(text(from["role"])), ResultOf: text(from["toolCallId"])}
		var texts []string
		for _, c := range list(from["content"]) {
			if image := object(object(c)["imageUrl"]); image != nil {
				out.Images = append(out.Images, text(image["url"]))
				continue
			}
			texts = append(texts, text(object(c)["text"]))
		}
		out.Text = strings.Join(texts, "\n")
		for _, c := range list(from["toolCalls"]) {
			call := object(c)
			out.Calls = append(out.Calls, ToolCall{
				ID: text(call["id"]), Name: text(call["name"]), Arguments: text(call["arguments"]),
			})
		}
		r.Messages = append(r.Messages, out)
	}
}

func (ociWire) failure(_ int, message, code string) map[string]any {
	return map[string]any{"code": code, "message": message}
}

func ociUsage(reply *Reply) map[string]any {
	input, output := reply.tokens()
	return map[string]any{
		"promptTokens": input, "completionTokens": output, "totalTokens": input + output,
		"promptTokensDetails":     map[string]any{"cachedTokens": reply.Cached},
		"completionTokensDetails": map[string]any{"reasoningTokens": reply.Thought},
	}
}

func chatResult(r *Request, response map[string]any) map[string]any {
	return map[string]any{
		"modelId": text(object(r.Body["servingMode"])["modelId"]), "modelVersion": "1.0", "chatResponse": response,
	}
}

// ociTexts are contents of a message.
func ociTexts(text string) []any { return []any{map[string]any{"type": "TEXT", "text": text}} }

// ociLogprobs tells log probabilities as the service does: those beside the token as texts.
func ociLogprobs(reply *Reply, piece string) map[string]any {
	tokens, chosen, top := []any{}, []any{}, []any{}
	for _, l := range reply.logprobs(piece) {
		token := object(l)
		tokens, chosen = append(tokens, token["token"]), append(chosen, token["logprob"])
		top = append(top, map[string]any{text(token["token"]): "-0.5", "other": "-2"})
	}
	return map[string]any{"tokens": tokens, "tokenLogprobs": chosen, "topLogprobs": top}
}

func (ociWire) whole(r *Request, reply *Reply) map[string]any {
	message := map[string]any{"role": "ASSISTANT", "content": nil}
	if reply.Text != "" {
		message["content"] = ociTexts(reply.Text)
	}
	if reply.Reasoning != "" {
		message["reasoningContent"] = reply.Reasoning
	}
	if reply.Refusal != "" {
		message["refusal"] = reply.Refusal
	}
	calls := []any{}
	for _, c := range reply.ToolCalls {
		calls = append(calls, map[string]any{"type": "FUNCTION", "id": c.ID, "name": c.Name, "arguments": c.Arguments})
	}
	if len(calls) > 0 {
		message["toolCalls"] = calls
	}
	choice := map[string]any{"index": 0, "message": message, "finishReason": reply.finish()}
	if reply.Logprobs {
		choice["logprobs"] = ociLogprobs(reply, reply.Text)
	}
	choices := []any{choice}
	if reply.Fault == NoChoices {
		choices = []any{}
	}
	response := map[string]any{"apiFormat": "GENERIC", "choices": choices}
	if !reply.NoUsage {
		response["usage"] = ociUsage(reply)
	}
	return chatResult(r, response)
}

func ociChunk(message map[string]any) event {
	message["role"] = "ASSISTANT"
	return event{data: map[string]any{"index": 0, "message": message, "pad": "aaa"}}
}

func (ociWire) delta(text string) event { return ociChunk(map[string]any{"content": ociTexts(text)}) }

func (w ociWire) events(_ *Request, reply *Reply) []event {
	end := event{data: map[string]any{"finishReason": reply.finish(), "pad": "aa"}}
	if reply.Fault == NoChoices {
		return []event{end}
	}
	var out []event
	for _, piece := range reply.pieces(reply.Reasoning) {
		out = append(out, ociChunk(map[string]any{"reasoningContent": piece}))
	}
	for _, piece := range reply.pieces(reply.Text) {
		e := w.delta(piece)
		if reply.Logprobs {
			object(e.data)["logprobs"] = ociLogprobs(reply, piece)
		}
		out = append(out, e)
	}
	for _, piece := range reply.pieces(reply.Refusal) {
		out = append(out, ociChunk(map[string]any{"refusal": piece}))
	}
	for _, c := range reply.ToolCalls {
		call := map[string]any{"type": "FUNCTION", "id": c.ID, "name": c.Name}
		out = append(out, ociChunk(map[string]any{"toolCalls": []any{call}}))
		for _, piece := range reply.pieces(c.Arguments) {
			more := map[string]any{"type": "FUNCTION", "arguments": piece}
			out = append(out, ociChunk(map[string]any{"toolCalls": []any{more}}))
		}
	}
	if len(out) == 0 {
		out = append(out, w.delta(""))
	}
	out = append(out, end)
	if !reply.NoUsage {
		out = append(out, event{data: map[string]any{"usage": ociUsage(reply)}})
	}
	return out
}

// cohereWire is the same API in Cohere's format.
type cohereWire struct{ ociWire }

func (r *Request) readCohere(chat map[string]any) {
	for _, m := range list(chat["chatHistory"]) {
		from := object(m)
		role := map[string]string{"CHATBOT": "assistant"}[text(from["role"])]
		if role == "" {
			role = strings.ToLower(text(from["role"]))
		}
		if role == "tool" {
			r.readCohereResults(from["toolResults"])
			continue
		}
		out := Message{Role: role, Text: text(from["message"])}
		for _, c := range list(from["toolCalls"]) {
			call := object(c)
			out.Calls = append(out.Calls, ToolCall{Name: text(call["name"]), Arguments: string(encode(call["parameters"]))})
		}
		r.Messages = append(r.Messages, out)
	}
	if asked := text(chat["message"]); asked != "" {
		r.Messages = append(r.Messages, Message{Role: "user", Text: asked})
	}
	r.readCohereResults(chat["toolResults"])
}

func (r *Request) readCohereResults(results any) {
	for _, result := range list(results) {
		for _, output := range list(object(result)["outputs"]) {
			r.Messages = append(r.Messages, Message{Role: "tool", Text: string(encode(object(output)["content"]))})
		}
	}
}

func (r *Reply) cohereFinish() string {
	switch r.Finish {
	case "length":
		return "MAX_TOKENS"
	case "content_filter":
		return "ERROR_TOXIC"
	default:
		return "COMPLETE"
	}
}

// cohereCalls are calls with their parameters as objects.
func cohereCalls(reply *Reply) (calls []any) {
	for _, c := range reply.ToolCalls {
		calls = append(calls, map[string]any{"name": c.Name, "parameters": json.RawMessage(c.Arguments)})
	}
	return calls
}

func (cohereWire) response(reply *Reply) map[string]any {
	response := map[string]any{"apiFormat": "COHERE", "text": reply.Text, "finishReason": reply.cohereFinish()}
	if len(reply.ToolCalls) > 0 {
		response["toolCalls"] = cohereCalls(reply)
	}
	return response
}

func (w cohereWire) whole(r *Request, reply *Reply) map[string]any {
	response := w.response(reply)
	if reply.Fault == NoChoices {
		response = map[string]any{"apiFormat": "COHERE"}
	}
	if !reply.NoUsage {
		response["usage"] = ociUsage(reply)
	}
	return chatResult(r, response)
}

func (cohereWire) delta(text string) event {
	return event{data: map[string]any{"apiFormat": "COHERE", "text": text, "pad": "aa"}}
}

func (w cohereWire) events(_ *Request, reply *Reply) []event {
	if reply.Fault == NoChoices {
		return []event{{data: "[DONE]"}}
	}
	var out []event
	for _, piece := range reply.pieces(reply.Text) {
		out = append(out, w.delta(piece))
	}
	if len(reply.ToolCalls) > 0 {
		out = append(out, event{data: map[string]any{"apiFormat": "COHERE", "toolCalls": cohereCalls(reply)}})
	}
	out = append(out, event{data: w.response(reply)})
	if !reply.NoUsage {
		out = append(out, event{data: map[string]any{"apiFormat": "COHERE", "usage": ociUsage(reply)}})
	}
	return out
}

// ociEmbedWire is the embedding API of the same service
// (https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/EmbedTextResult/EmbedText).
type ociEmbedWire struct{ ociWire }

func (ociEmbedWire) read(r *Request) {
	for _, t := range list(r.Body["inputs"]) {
		r.Texts = append(r.Texts, text(t))
	}
}

func (ociEmbedWire) whole(r *Request, reply *Reply) map[string]any {
	return map[string]any{"id": "scripted", "embeddings": reply.vectors(r), "modelVersion": "1.0"}
}
