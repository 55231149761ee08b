package modeltest

import "strings"

// geminiCall finds the method in the address of a call of Gemini, .../models/NAME:METHOD; ok is false for others.
func geminiCall(path string) (method string, ok bool) {
	_, call, ok := strings.Cut(path, "/models/")
	if !ok {
		return "", false
	}
	_, method, ok = strings.Cut(call, ":")
	return method, ok
}

// read reads a request of generateContent (https://ai.google.dev/api/generate-content#request-body).
func (geminiWire) read(r *Request) {
	method, _ := geminiCall(r.Path)
	r.Stream = method == "streamGenerateContent"
	for _, t := range list(r.Body["tools"]) {
		for _, f := range list(object(t)["functionDeclarations"]) {
			r.Tools = append(r.Tools, text(object(f)["name"]))
		}
	}
	r.Schema = object(object(r.Body["generationConfig"])["responseJsonSchema"])
	if system := object(r.Body["systemInstruction"]); system != nil {
		r.readTurn("system", system)
	}
	for _, c := range list(r.Body["contents"]) {
		role := text(object(c)["role"])
		if role == "model" {
			role = "assistant"
		}
		r.readTurn(role, object(c))
	}
}

// readTurn makes one message of a content, and one of each result in it.
func (r *Request) readTurn(role string, content map[string]any) {
	m := Message{Role: role}
	var texts []string
	var results []Message
	for _, p := range list(content["parts"]) {
		part := object(p)
		switch {
		case part["inlineData"] != nil:
			data := object(part["inlineData"])
			m.Images = append(m.Images, "data:"+text(data["mimeType"])+";base64,"+text(data["data"]))
		case part["fileData"] != nil:
			m.Images = append(m.Images, text(object(part["fileData"])["fileUri"]))
		case part["functionCall"] != nil:
			call := object(part["functionCall"])
			m.Calls = append(m.Calls, ToolCall{
				ID: text(call["id"]), Name: text(call["name"]), Arguments: string(encode(call["args"])),
			})
		case part["functionResponse"] != nil:
			results = append(results, readResult(object(part["functionResponse"])))
		default:
			texts = append(texts, text(part["text"]))
		}
	}
	m.Text = strings.Join(texts, "\n")
	if texts != nil || m.Images != nil || m.Calls != nil {
		r.Messages = append(r.Messages, m)
	}
	r.Messages = append(r.Messages, results...)
}

func readResult(response map[string]any) Message {
	content := any(response["response"])
	if output, ok := object(content)["output"]; ok {
		content = output
	}
	return Message{Role: "tool", ResultOf: text(response["id"]), Text: string(encode(content))}
}
