package mcp

import (
	"context"
	"encoding/json"
	"fmt"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// KeyMeta is the field of a call's _meta in which a server finds its idempotency key: that of a call which is repeated,
// after a crash or by a retry policy, is the same.
const KeyMeta = "io.github.wayflow-go/idempotency-key"

// Tool returns the tool that calls a tool of a server. Nothing is asked of the server before that is called. The error
// says that the transport cannot be used.
func (c *Client) Tool(t *spec.MCPTool) (tool.Tool, error) {
	if err := Check(t.ClientTransport); err != nil {
		return nil, err
	}
	outputs := t.Outputs
	if outputs == nil {
		outputs = defaultOutputs
	}
	s := &tool.Spec{Name: t.Name, Inputs: t.Inputs, Outputs: outputs}
	if t.Description != nil {
		s.Description = *t.Description
	}
	return &remoteTool{client: c, transport: t.ClientTransport, remote: t.Name, spec: s, retry: newPolicy(t.RetryPolicy, t.ClientTransport)}, nil
}

// defaultOutputs are those of a tool of which nothing is said.
var defaultOutputs = []value.Property{{Title: tool.OutputName, Type: value.StringType}}

// Named returns a tool of the transport about which nothing is known but how the server calls it: any inputs and outputs
// that a document declares will do.
func (c *Client) Named(name string, transport spec.ClientTransport, remote string) (tool.Tool, error) {
	if err := Check(transport); err != nil {
		return nil, err
	}
	return &remoteTool{
		client: c, transport: transport, remote: remote, spec: &tool.Spec{Name: name, Untyped: true}, retry: newPolicy(nil, transport),
	}, nil
}

// remoteTool is a tool of a server.
type remoteTool struct {
	client    *Client
	transport spec.ClientTransport
	// remote is what the server calls the tool.
	remote string
	spec   *tool.Spec
	// optional are inputs that are left out of a call if they are null.
	optional map[string]bool
	retry    policy
}

// Spec implements [tool.Tool].
func (t *remoteTool) Spec() *tool.Spec { return t.spec }

// Call implements [tool.Tool].
func (t *remoteTool) Call(ctx context.Context, args *value.Object) (value.Value, error) {
	s, err := t.client.session(tool.Conversation(ctx), t.transport)
	if err != nil {
		return value.Null, fmt.Errorf("tool %q: %w", t.spec.Name, err)
	}
	if s.access != nil {
		if login := tool.Authorization(ctx); login != nil {
			if err := s.access.finish(ctx, login); err != nil {
				return value.Null, s.failure(ctx, t.spec.Name, err)
			}
		}
	}
	var res *sdk.CallToolResult
	err = t.retry.do(ctx, s, func(ctx context.Context) error {
		var err error
		res, err = s.call(ctx, t.remote, t.params(ctx, args), func(n *sdk.ProgressNotificationParams) { emit(ctx, n) })
		return err
	})
	if err != nil {
		return value.Null, s.failure(ctx, t.spec.Name, err)
	}
	return t.result(res)
}

func (t *remoteTool) params(ctx context.Context, args *value.Object) *sdk.CallToolParams {
	for name := range t.optional {
		if v, ok := args.Get(name); ok && v.IsNull() {
			args = args.Without(name)
		}
	}
	p := &sdk.CallToolParams{Arguments: json.RawMessage("{}")}
	if args.Len() > 0 {
		p.Arguments = json.RawMessage(value.AppendJSON(nil, args.Of()))
	}
	if id := tool.IdempotencyKey(ctx); id != "" {
		p.Meta = sdk.Meta{KeyMeta: id}
	}
	return p
}

// emit tells a part of the output that the server has sent ahead: a progress notification whose message is JSON such as
// {"type": "tool/stream", "content": ...}.
func emit(ctx context.Context, n *sdk.ProgressNotificationParams) {
	v, err := value.ParseJSON([]byte(n.Message))
	if err != nil || v.Get("type").Str() != "tool/stream" {
		return
	}
	tool.Emit(ctx, v.Get("content"))
}
