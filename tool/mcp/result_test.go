package mcp_test

import (
	"context"
	"encoding/json"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

func TestResults(t *testing.T) {
	t.Parallel()
	one := func(typ *value.Type) []value.Property { return []value.Property{property("x", typ)} }
	tuple := []value.Property{property("first", value.StringType), property("second", value.IntegerType)}
	structure := func(text string) *sdk.CallToolResult {
		return &sdk.CallToolResult{StructuredContent: json.RawMessage(text), Content: texts(text).Content}
	}
	for _, tt := range []struct {
		name    string
		answer  *sdk.CallToolResult
		outputs []value.Property
		want    string // or the class of the failure
	}{
		{"texts", texts("a", "b"), nil, `"ab"`},
		{"a text of a structure", structure(`{"result":"a"}`), one(value.StringType), `"{\"result\":\"a\"}"`},
		{"a number", structure(`{"result":3}`), one(value.IntegerType), `3`},
		{"a list", structure(`{"result":["a","b"]}`), one(value.ListOf(value.StringType)), `["a","b"]`},
		{"an object", structure(`{"b":1,"a":12345678901234567890}`), one(value.DictOf(value.IntegerType)), `{"b":1,"a":12345678901234567890}`},
		{"an object with a result", structure(`{"result":1}`), one(value.DictOf(value.IntegerType)), `{"result":1}`},
		{"a union", structure(`{"result":"a"}`), one(value.UnionOf(value.IntegerType, value.StringType)), `"a"`},
		{"a tuple", structure(`{"result":["a",2]}`), tuple, `{"first":"a","second":2}`},
		{"several by name", structure(`{"second":2,"first":"a"}`), tuple, `{"second":2,"first":"a"}`},
		{"JSON without structure", texts(`[1,2]`), one(value.ListOf(value.IntegerType)), `[1,2]`},
		{"a resource", &sdk.CallToolResult{Content: []sdk.Content{&sdk.EmbeddedResource{Resource: &sdk.ResourceContents{
			URI: "file:///a", MIMEType: "text/plain", Text: "é",
		}}}}, nil, `"{\"uri\": \"file:///a\", \"mimeType\": \"text/plain\", \"text\": \"\\u00e9\"}"`},
		{"an image", &sdk.CallToolResult{Content: []sdk.Content{&sdk.ImageContent{Data: []byte("x"), MIMEType: "image/png"}}}, nil, tool.ValueError},
		{"a link", &sdk.CallToolResult{Content: []sdk.Content{&sdk.ResourceLink{URI: "file:///a", Name: "a"}}}, nil, tool.ValueError},
		{"nothing", &sdk.CallToolResult{}, nil, tool.ValueError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			transport, p := overHTTP(t)
			p.raw("answer", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) { return tt.answer, nil })
			got, err := mcpTool(t, newClient(t), transport, "answer", tt.outputs...).Call(t.Context(), nil)
			if got, _ := class(err); err != nil && got != tt.want {
				t.Fatalf("failed: %v, want %s", err, tt.want)
			}
			if err == nil && got.String() != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOutputsOfSchemas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, schema, want string }{
		{"none", `null`, `tool_output: string`},
		{"a dict", `{"type":"object","additionalProperties":{"type":"integer"}}`, `tool_output: {"type":"object","additionalProperties":{"type":"integer"}}`},
		{"a list", `{"type":"object","properties":{"result":{"type":"array","items":{"type":"string"}}}}`, `tool_output: {"type":"array","items":{"type":"string"}}`},
		{
			"a tuple", `{"type":"object","properties":{"result":{"type":"array","prefixItems":[{"type":"string","title":"a"},{"type":"integer"}]}}}`,
			`a: string, tool_output_1: integer`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPeer()
			p.server.AddTool(&sdk.Tool{Name: "made", InputSchema: json.RawMessage(object), OutputSchema: json.RawMessage(tt.schema)},
				func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) { return texts("x"), nil })
			got := ""
			for i, o := range outputsFrom(t, p, "made") {
				if i > 0 {
					got += ", "
				}
				text := o.Type.Schema().String()
				if kind := o.Type.Schema().Get("type").Str(); kind == "string" || kind == "integer" {
					text = kind
				}
				got += o.Title + ": " + text
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
