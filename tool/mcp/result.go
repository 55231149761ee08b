package mcp

import (
	"encoding/json"
	"reflect"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// ToolError is the class of failures that a server tells of with isError.
const ToolError = "MCPToolError"

// result is what an answer comes to: its structured content where that has the shape that the outputs want, else its
// text.
func (t *remoteTool) result(res *sdk.CallToolResult) (value.Value, error) {
	text, err := t.text(res.Content)
	if res.IsError {
		if err != nil || text == "" {
			text = "the server says that it failed, and not why"
		}
		e := tool.Failf(t.spec.Name, ToolError, "%s", text)
		e.Ancestors = []string{tool.RuntimeError}
		return value.Null, e
	}
	outputs := t.spec.Outputs
	if t.spec.Untyped {
		outputs = nil
	}
	if res.StructuredContent != nil {
		if v, ok := structured(exact(res.StructuredContent, text), outputs, t.spec.Untyped); ok {
			return v, nil
		}
	}
	switch {
	case err != nil:
		return value.Null, err
	case len(res.Content) == 0 && (len(outputs) > 0 || t.spec.Untyped):
		return value.Null, tool.Failf(t.spec.Name, tool.ValueError, "the server's answer has no content")
	case len(outputs) == 0 && !t.spec.Untyped, len(outputs) == 1 && outputs[0].Type.Fits(value.String("")):
		return value.String(text), nil
	}
	// Something else than a text is wanted, and servers that give no structure write it as JSON.
	if v, err := value.ParseJSON([]byte(text)); err == nil && !t.spec.Untyped {
		if v, ok := structured(v, outputs, false); ok {
			return v, nil
		}
		return v, nil
	}
	return value.String(text), nil
}

// exact returns the structured content as the server wrote it, if it wrote it as a text too: the SDK keeps neither the
// order of keys nor large numbers.
func exact(content any, text string) value.Value {
	data, err := json.Marshal(content)
	if err != nil {
		return value.Null
	}
	var same any
	if json.Unmarshal([]byte(text), &same) == nil && reflect.DeepEqual(same, content) {
		data = []byte(text)
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		return value.Null
	}
	return v
}

// structured makes the outputs of structured content, in which anything but an object lies in the field "result".
func structured(v value.Value, outputs []value.Property, untyped bool) (value.Value, bool) {
	o, isObject := v.AsObject()
	wrapped, hasResult := value.Null, false
	if isObject && o.Len() == 1 {
		wrapped, hasResult = o.Get("result")
	}
	switch len(outputs) {
	case 0:
		if untyped && hasResult {
			v = wrapped
		}
		return v, true
	case 1:
		t := outputs[0].Type
		switch {
		case t.Fits(value.String("")) && t.Kind != value.TypeUnion && t.Kind != value.TypeAny:
			return value.Null, false // the text is meant for it
		case hasResult && castable(wrapped, t) && (!castable(v, t) || t.Kind == value.TypeUnion || t.Kind == value.TypeAny):
			return wrapped, true
		}
		return v, castable(v, t)
	}
	if items, ok := wrapped.AsList(); ok && len(items) == len(outputs) {
		members := make([]value.Member, len(items))
		for i := range items {
			members[i] = value.Member{Key: outputs[i].Title, Value: items[i]}
		}
		return value.Obj(members...), true
	}
	if inner, ok := wrapped.AsObject(); ok {
		o, isObject = inner, true
	}
	if !isObject {
		return value.Null, false
	}
	for i := range outputs {
		if _, ok := o.Get(outputs[i].Title); !ok {
			return value.Null, false
		}
	}
	return o.Of(), true
}

func castable(v value.Value, t *value.Type) bool {
	_, err := value.Cast(v, t)
	return err == nil
}

// text is the text of an answer. Anything that is none is refused.
func (t *remoteTool) text(contents []sdk.Content) (string, error) {
	var b strings.Builder
	for _, c := range contents {
		switch c := c.(type) {
		case *sdk.TextContent:
			b.WriteString(c.Text)
			continue
		case *sdk.EmbeddedResource:
			if c.Resource != nil && c.Resource.Blob == nil {
				b.Write(value.AppendText(nil, value.Obj(
					value.Member{Key: "uri", Value: value.String(c.Resource.URI)},
					value.Member{Key: "mimeType", Value: textOrNull(c.Resource.MIMEType)},
					value.Member{Key: "text", Value: value.String(c.Resource.Text)},
				)))
				continue
			}
		}
		return "", tool.Failf(t.spec.Name, tool.ValueError,
			"the server's answer holds %s; only text and resources that are text can be a tool's output", kindOf(c))
	}
	return b.String(), nil
}

func textOrNull(s string) value.Value {
	if s == "" {
		return value.Null
	}
	return value.String(s)
}

func kindOf(c sdk.Content) string {
	switch c.(type) {
	case *sdk.ImageContent:
		return "an image"
	case *sdk.AudioContent:
		return "audio"
	case *sdk.ResourceLink:
		return "a link to a resource"
	case *sdk.EmbeddedResource:
		return "a resource that is not text"
	}
	return "content of an unknown kind"
}
