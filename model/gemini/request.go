package gemini

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// request writes the fields of a request's body.
func (m *Model) request(p *prompt.Prompt, g *exchange.Generation) (map[string]any, error) {
	contents, system, err := m.contents(p.Messages)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"contents": raw(value.List(contents...))}
	if len(system) > 0 {
		body["systemInstruction"] = raw(value.Obj(value.Member{Key: "parts", Value: value.List(system...)}))
	}
	tools := tools(p.Tools)
	config, fields, err := m.generationConfig(p, g)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if more, ok := f.Value.AsList(); ok && f.Key == "tools" { // Google's own, such as google_search
			tools = append(tools, more...)
			continue
		}
		body[f.Key] = raw(f.Value)
	}
	if len(tools) > 0 {
		body["tools"] = raw(value.List(tools...))
	}
	if config.Len() > 0 {
		body["generationConfig"] = raw(config.Of())
	}
	return body, nil
}

func raw(v value.Value) json.RawMessage { return value.AppendJSON(nil, v) }

func field(key string, v value.Value) value.Value { return value.Obj(value.Member{Key: key, Value: v}) }

// turn is a content in the making: what one side says before the other speaks.
type turn struct {
	role  string
	parts []value.Value
}

// contents turns messages into turns of the user and the model, and the parts of the system instruction. Gemini takes
// turns by turns, and all results of a turn's calls together, so neighbours of one role become one turn.
func (m *Model) contents(messages []message.Message) (contents, system []value.Value, err error) {
	w := &writer{names: map[string]string{}, placeholder: needsSignature(m.id)}
	for i := range messages {
		msg := &messages[i]
		if msg.Type() == message.TypeSystem {
			parts, err := w.parts(msg)
			if err != nil {
				return nil, nil, err
			}
			system = append(system, parts...)
			continue
		}
		if err := w.add(msg); err != nil {
			return nil, nil, err
		}
	}
	if len(w.turns) == 0 { // Gemini wants someone to speak
		if len(system) == 0 {
			return nil, nil, errors.New("the prompt has no messages")
		}
		w.turns, system = []turn{{role: "user", parts: system}}, nil
	}
	for _, t := range w.turns {
		if len(t.parts) == 0 { // and to say something
			t.parts = []value.Value{field("text", value.String(" "))}
		}
		contents = append(contents, value.Obj(
			value.Member{Key: "role", Value: value.String(t.role)},
			value.Member{Key: "parts", Value: value.List(t.parts...)},
		))
	}
	return contents, system, nil
}

// writer turns messages into turns.
type writer struct {
	turns []turn
	// names are those of the tools that were called, by the id of the request, because a result must name its tool.
	names map[string]string
	// placeholder is true if calls must have a thought signature.
	placeholder bool
}

func (w *writer) add(msg *message.Message) error {
	role := "user"
	if msg.Role == message.Assistant && msg.ToolResult == nil {
		role = "model"
	}
	if n := len(w.turns); n == 0 || w.turns[n-1].role != role {
		w.turns = append(w.turns, turn{role: role})
	}
	t := &w.turns[len(w.turns)-1]
	parts, err := w.parts(msg)
	if err != nil {
		return err
	}
	t.parts = append(t.parts, parts...)
	for i := range msg.ToolRequests {
		t.parts = append(t.parts, w.call(&msg.ToolRequests[i], i == 0))
	}
	if msg.ToolResult != nil {
		result, err := w.result(msg.ToolResult)
		if err != nil {
			return err
		}
		t.parts = append(t.parts, result)
	}
	return nil
}

// parts are the texts and images of a message; the signature of the message goes with the last text.
func (w *writer) parts(msg *message.Message) (parts []value.Value, err error) {
	last := -1
	for _, p := range msg.Contents {
		switch {
		case p.Image != "":
			image, err := imagePart(p.Image)
			if err != nil {
				return nil, err
			}
			parts = append(parts, image)
		case p.Text != "":
			last = len(parts)
			parts = append(parts, field("text", value.String(p.Text)))
		}
	}
	if signature := signatureOf(msg.Extra); !signature.IsNull() && msg.Role == message.Assistant {
		if last < 0 {
			last = len(parts)
			parts = append(parts, field("text", value.String("")))
		}
		o, _ := parts[last].AsObject()
		parts[last] = o.With("thoughtSignature", signature).Of()
	}
	return parts, nil
}

// noSignature stands for the thought signature of a call that no Gemini model made
// (https://ai.google.dev/gemini-api/docs/thought-signatures).
const noSignature = "skip_thought_signature_validator"

var newGemini = lazy(`gemini-(?:[3-9]|[1-9][0-9])(?:[.-]|$)`)

// needsSignature reports whether a model refuses calls without a thought signature.
func needsSignature(modelID string) bool { return newGemini().MatchString(modelID) }

// call is a tool request. Of several at once only the first one needs a signature.
func (w *writer) call(r *message.ToolRequest, first bool) value.Value {
	w.names[r.ID] = r.Name
	call := []value.Member{{Key: "name", Value: value.String(r.Name)}, {Key: "args", Value: r.Args.Of()}}
	if r.ID != "" {
		call = append([]value.Member{{Key: "id", Value: value.String(r.ID)}}, call...)
	}
	part := []value.Member{{Key: "functionCall", Value: value.Obj(call...)}}
	signature := signatureOf(r.Extra)
	if signature.IsNull() && first && w.placeholder {
		signature = value.String(noSignature)
	}
	if !signature.IsNull() {
		part = append(part, value.Member{Key: "thoughtSignature", Value: signature})
	}
	return value.Obj(part...)
}

// result is the answer to a call: an object as it is, anything else as the output of the function.
func (w *writer) result(r *message.ToolResult) (value.Value, error) {
	name, ok := w.names[r.RequestID]
	if !ok {
		return value.Null, fmt.Errorf("the result of a tool answers the request %q, which no message before it makes", r.RequestID)
	}
	response := r.Content
	if _, isObject := response.AsObject(); !isObject {
		response = field("output", response)
	}
	return field("functionResponse", value.Obj(
		value.Member{Key: "id", Value: value.String(r.RequestID)},
		value.Member{Key: "name", Value: value.String(name)},
		value.Member{Key: "response", Value: response},
	)), nil
}

// signatureOf finds the thought signature that [extraOf] put away.
func signatureOf(extra value.Value) value.Value { return extra.Get("google").Get("thought_signature") }

func extraOf(signature string) value.Value {
	if signature == "" {
		return value.Null
	}
	return field("google", field("thought_signature", value.String(signature)))
}

// imageTypes are the kinds of images that Gemini knows, by the ending of a link.
var imageTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".heic": "image/heic",
	".heif": "image/heif", ".gif": "image/gif", ".pdf": "application/pdf",
}

// imagePart is an image: the data of a data URL (RFC 2397), or a link, whose kind Gemini wants to know.
func imagePart(image string) (value.Value, error) {
	if rest, isData := cutPrefixFold(image, "data:"); isData {
		return dataPart(rest)
	}
	u, err := url.Parse(image)
	if err != nil || u.Scheme == "" {
		return value.Null, errors.New("an image is neither a data URL nor the address of one")
	}
	kind := imageTypes[strings.ToLower(path.Ext(u.Path))]
	if kind == "" {
		kind = "image/jpeg"
	}
	return field("fileData", value.Obj(
		value.Member{Key: "mimeType", Value: value.String(kind)},
		value.Member{Key: "fileUri", Value: value.String(image)},
	)), nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

func dataPart(rest string) (value.Value, error) {
	kind, data, ok := strings.Cut(rest, ",")
	if !ok {
		return value.Null, errors.New("an image is a data URL without a comma")
	}
	kind, isBase64 := strings.CutSuffix(kind, ";base64")
	if !isBase64 {
		plain, err := url.PathUnescape(data)
		if err != nil {
			return value.Null, fmt.Errorf("an image is not a valid data URL: %w", err)
		}
		data = base64.StdEncoding.EncodeToString([]byte(plain))
	}
	kind, _, _ = strings.Cut(kind, ";")
	if kind == "" {
		kind = "text/plain"
	}
	return field("inlineData", value.Obj(
		value.Member{Key: "mimeType", Value: value.String(kind)},
		value.Member{Key: "data", Value: value.String(data)},
	)), nil
}

// tools are the functions offered.
func tools(list []prompt.Tool) []value.Value {
	if len(list) == 0 {
		return nil
	}
	functions := make([]value.Value, len(list))
	for i := range list {
		t := &list[i]
		function := []value.Member{
			{Key: "name", Value: value.String(t.Name)},
			{Key: "description", Value: value.String(t.Description)},
		}
		if len(t.Inputs) > 0 { // an object without properties is refused
			function = append(function, value.Member{Key: "parametersJsonSchema", Value: model.ToolParameters(t)})
		}
		functions[i] = value.Obj(function...)
	}
	return []value.Value{field("functionDeclarations", value.List(functions...))}
}
