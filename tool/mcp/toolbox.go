package mcp

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Toolbox is the tools of a server, all or some.
type Toolbox struct {
	client *Client
	spec   *spec.MCPToolBox
	retry  policy
}

// Toolbox returns the toolbox of a document. Nothing is asked of the server yet.
func (c *Client) Toolbox(b *spec.MCPToolBox) (*Toolbox, error) {
	if err := Check(b.ClientTransport); err != nil {
		return nil, err
	}
	return &Toolbox{client: c, spec: b, retry: newPolicy(b.RetryPolicy, b.ClientTransport)}, nil
}

var _ tool.Box = (*Toolbox)(nil)

// Tools lists the tools, in the order of the filter or else of the server. The server is asked once, and again when it has
// told that its tools have changed. A tool of the filter that it does not have is a [*tool.Error] around a
// [*NoSuchToolError]. Where a tool is not what the filter says, the filter wins, and the logger is told.
func (b *Toolbox) Tools(ctx context.Context) ([]tool.BoxTool, error) {
	s, err := b.client.session(tool.Conversation(ctx), b.spec.ClientTransport)
	if err != nil {
		return nil, err
	}
	if s.access != nil {
		if login := tool.Authorization(ctx); login != nil {
			if err := s.access.finish(ctx, login); err != nil {
				return nil, s.failure(ctx, b.spec.Name, err)
			}
		}
	}
	var tools []tool.BoxTool
	err = b.retry.do(ctx, s, func(ctx context.Context) error {
		listed, err := s.list(ctx)
		if err == nil {
			tools, err = b.choose(listed)
		}
		return err
	})
	if err != nil {
		return nil, s.failure(ctx, b.spec.Name, err)
	}
	return tools, nil
}

// choose returns the tools that the filter asks for.
func (b *Toolbox) choose(listed []*sdk.Tool) ([]tool.BoxTool, error) {
	tools := []tool.BoxTool{}
	if b.spec.ToolFilter == nil {
		for _, t := range listed {
			tools = append(tools, tool.BoxTool{Tool: b.bind(t), RequiresConfirmation: b.spec.RequiresConfirmation})
		}
		return tools, nil
	}
	for _, f := range b.spec.ToolFilter {
		name := f.Name
		if f.Spec != nil {
			name = f.Spec.Name
		}
		i := slices.IndexFunc(listed, func(t *sdk.Tool) bool { return t.Name == name })
		if i < 0 {
			e := &NoSuchToolError{Toolbox: b.spec.Name, Tool: name}
			for _, t := range listed {
				e.Has = append(e.Has, t.Name)
			}
			return nil, e
		}
		bound := b.bind(listed[i])
		confirm := b.spec.RequiresConfirmation
		if f.Spec != nil {
			b.sign(bound, f.Spec)
			confirm = confirm || f.Spec.RequiresConfirmation
		}
		tools = append(tools, tool.BoxTool{Tool: bound, RequiresConfirmation: confirm})
	}
	return tools, nil
}

func (b *Toolbox) bind(t *sdk.Tool) *remoteTool {
	bound := &remoteTool{
		client: b.client, transport: b.spec.ClientTransport, remote: t.Name, retry: b.retry,
		spec:     &tool.Spec{Name: t.Name, Description: t.Description, Outputs: outputsOf(t.OutputSchema)},
		optional: map[string]bool{},
	}
	bound.spec.Inputs = inputsOf(t.InputSchema, bound.optional)
	return bound
}

// sign gives a tool the signature that a filter wants.
func (b *Toolbox) sign(t *remoteTool, want *spec.MCPToolSpec) {
	differs := func(what string) {
		b.client.opts.Logger.Warn("tool of an MCP server is not what the filter of the toolbox says",
			slog.String("toolbox", b.spec.Name), slog.String("tool", want.Name), slog.String("differs", what))
	}
	if want.Description != nil && *want.Description != "" {
		t.spec.Description = *want.Description
	}
	if want.Inputs != nil {
		if !sameProperties(want.Inputs, t.spec.Inputs) {
			differs("inputs")
		}
		t.spec.Inputs = want.Inputs
	}
	if want.Outputs != nil {
		if !sameProperties(want.Outputs, t.spec.Outputs) {
			differs("outputs")
		}
		t.spec.Outputs = want.Outputs
	}
}

// sameProperties reports whether both have the same names and types, in whatever order.
func sameProperties(a, b []value.Property) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(p value.Property) bool {
		return !slices.ContainsFunc(b, func(q value.Property) bool { return p.Title == q.Title && p.Type.Equal(q.Type) })
	})
}

// inputsOf are the inputs that a schema describes. Those that it does not require, and gives no default, have null as
// one; optional gets their names.
func inputsOf(schema any, optional map[string]bool) []value.Property {
	o := objectOf(schema)
	properties, _ := o.Of().Get("properties").AsObject()
	required, _ := o.Of().Get("required").AsList()
	inputs := []value.Property{}
	for name, s := range properties.All() {
		p := propertyOf(s, name)
		if !p.HasDefault && !slices.ContainsFunc(required, func(v value.Value) bool { return v.Str() == name }) {
			optional[name] = true
			p = p.WithType(value.Optional(p.Type)).WithDefault(value.Null)
		}
		inputs = append(inputs, p)
	}
	return inputs
}

// outputsOf are the outputs that a schema describes (reference: several by a tuple in the field "result").
func outputsOf(schema any) []value.Property {
	o := objectOf(schema)
	if o == nil {
		return defaultOutputs
	}
	properties, _ := o.Of().Get("properties").AsObject()
	result, hasResult := properties.Get("result")
	further, hasFurther := o.Get("additionalProperties")
	switch _, open := further.AsObject(); {
	case hasFurther && open && !hasResult:
		return []value.Property{propertyOf(o.Of(), tool.OutputName)}
	case hasResult && properties.Len() == 1:
		if tuple, ok := result.Get("prefixItems").AsList(); ok && result.Get("type").Str() == "array" {
			return tupleOf(tuple)
		}
		return []value.Property{propertyOf(result, tool.OutputName)}
	case properties.Len() > 0:
		return []value.Property{propertyOf(o.Of(), tool.OutputName)}
	}
	return defaultOutputs
}

func tupleOf(items []value.Value) []value.Property {
	var outputs []value.Property
	for i, item := range items {
		name := item.Get("title").Str()
		if name == "" || slices.ContainsFunc(outputs, func(p value.Property) bool { return p.Title == name }) {
			name = tool.OutputName + "_" + string(value.AppendJSON(nil, value.Int(int64(i))))
		}
		outputs = append(outputs, propertyOf(item, name))
	}
	return outputs
}

// propertyOf is the property that a schema describes, under a name; one of any type if it says more than types can.
func propertyOf(schema value.Value, name string) value.Property {
	if o, ok := schema.AsObject(); ok {
		if p, err := value.ParseProperty(o.With("title", value.String(name)).Of()); err == nil {
			return p
		}
	}
	p := value.Property{Title: name, Type: value.AnyType}
	if text := schema.Get("description").Str(); text != "" {
		p = p.WithDescription(text)
	}
	return p
}

// objectOf is a schema as the SDK gives it; nil if it is none.
func objectOf(schema any) *value.Object {
	data, err := json.Marshal(schema)
	if err != nil {
		return nil
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		return nil
	}
	o, _ := v.AsObject()
	return o
}
