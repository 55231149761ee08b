package modeltest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Request is a request that a [Server] got, with what all protocols say in common.
type Request struct {
	Host, Path string
	Header     http.Header
	// Raw is the body, and Body the same as encoding/json reads it.
	Raw      []byte
	Body     map[string]any
	Stream   bool
	Messages []Message
	// Texts are what a request for embeddings is for.
	Texts []string
	// Tools are the names of the tools offered.
	Tools []string
	// Schema is the JSON schema of the answer, if one is asked for.
	Schema map[string]any

	wire wire
}

// Message is a message of a request.
type Message struct {
	Role   string
	Text   string
	Images []string
	Calls  []ToolCall
	// ResultOf is the id of the tool call that the message answers.
	ResultOf string
}

// LastText returns the text of the last message.
func (r *Request) LastText() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[len(r.Messages)-1].Text
}

// Key returns the key that came as a bearer token, or in Google's own header.
func (r *Request) Key() string {
	if key := r.Header.Get("X-Goog-Api-Key"); key != "" {
		return key
	}
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return key
}

func readRequest(req *http.Request, raw []byte, w wire) (*Request, error) {
	r := &Request{Host: req.Host, Path: req.URL.Path, Header: req.Header.Clone(), Raw: raw, wire: w}
	if err := json.Unmarshal(raw, &r.Body); err != nil {
		return nil, err
	}
	w.read(r)
	return r, nil
}

// readTools takes the names of tools, which stand beside their type or one level below it.
func (r *Request) readTools(tools any) {
	for _, t := range list(tools) {
		if f := object(object(t)["function"]); f != nil {
			t = f
		}
		r.Tools = append(r.Tools, text(object(t)["name"]))
	}
}

func (chatWire) read(r *Request) {
	r.Stream, _ = r.Body["stream"].(bool)
	r.readTools(r.Body["tools"])
	r.Schema = object(object(object(r.Body["response_format"])["json_schema"])["schema"])
	for _, m := range list(r.Body["messages"]) {
		r.Messages = append(r.Messages, readMessage(object(m)))
	}
}

func (responsesWire) read(r *Request) {
	r.Stream, _ = r.Body["stream"].(bool)
	r.readTools(r.Body["tools"])
	r.Schema = object(object(object(r.Body["text"])["format"])["schema"])
	r.readItems()
}

func readMessage(m map[string]any) Message {
	out := Message{Role: text(m["role"]), ResultOf: text(m["tool_call_id"])}
	out.readContent(m["content"])
	for _, c := range list(m["tool_calls"]) {
		f := object(object(c)["function"])
		out.Calls = append(out.Calls, ToolCall{
			ID: text(object(c)["id"]), Name: text(f["name"]), Arguments: text(f["arguments"]),
		})
	}
	return out
}

func (r *Request) readItems() {
	for _, i := range list(r.Body["input"]) {
		item := object(i)
		switch text(item["type"]) {
		case "function_call":
			r.Messages = append(r.Messages, Message{Role: "assistant", Calls: []ToolCall{{
				ID: text(item["call_id"]), Name: text(item["name"]), Arguments: text(item["arguments"]),
			}}})
		case "function_call_output":
			r.Messages = append(r.Messages, Message{
				Role: "tool", Text: text(item["output"]), ResultOf: text(item["call_id"]),
			})
		case "reasoning":
		default:
			r.Messages = append(r.Messages, readMessage(item))
		}
	}
}

func (m *Message) readContent(content any) {
	m.Text = text(content)
	var texts []string
	for _, p := range list(content) {
		part := object(p)
		switch image := part["image_url"].(type) {
		case string:
			m.Images = append(m.Images, image)
		case map[string]any:
			m.Images = append(m.Images, text(image["url"]))
		default:
			texts = append(texts, text(part["text"]))
		}
	}
	if texts != nil {
		m.Text = strings.Join(texts, "\n")
	}
}

func text(v any) string           { s, _ := v.(string); return s }
func list(v any) []any            { l, _ := v.([]any); return l }
func object(v any) map[string]any { o, _ := v.(map[string]any); return o }
