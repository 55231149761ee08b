package mcp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/mcp"
	"github.com/wayflow-go/wayflow/value"
)

// asServer makes the test binary a server on its standard input and output, which misbehaves as the value says.
const asServer = "WAYFLOW_TEST_MCP_SERVER"

func TestMain(m *testing.M) {
	if how := os.Getenv(asServer); how != "" {
		serveStdio(how)
		return
	}
	goleak.VerifyTestMain(m)
}

func serveStdio(how string) {
	switch how {
	case "flood":
		line := make([]byte, 1<<20)
		for i := range line {
			line[i] = 'x'
		}
		for {
			if _, err := os.Stdout.Write(line); err != nil {
				return
			}
		}
	case "noise":
		fmt.Println("this is no JSON")
		return
	case "wrong-id":
		fmt.Println(`{"jsonrpc":"2.0","id":"nobody asked","result":{}}`)
	case "silent":
		_, _ = io.Copy(io.Discard, os.Stdin) // waiting for nothing at all would be a deadlock, which the runtime ends
		return
	}
	if err := newPeer().server.Run(context.Background(), &sdk.StdioTransport{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// peer is a server of the SDK.
type peer struct {
	server   *sdk.Server
	lists    atomic.Int32
	sessions atomic.Int32
	// stopped is told when a call of the tool "wait" was cancelled.
	stopped chan struct{}
}

const object = `{"type":"object"}`

func newPeer() *peer {
	p := &peer{stopped: make(chan struct{}, 10)}
	p.server = sdk.NewServer(&sdk.Implementation{Name: "peer"}, nil)
	p.server.AddReceivingMiddleware(func(next sdk.MethodHandler) sdk.MethodHandler {
		return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
			switch method {
			case "tools/list":
				p.lists.Add(1)
			case "initialize":
				p.sessions.Add(1)
			}
			return next(ctx, method, req)
		}
	})
	type pair struct {
		A int `json:"a"`
		B int `json:"b,omitempty" jsonschema:"the other"`
	}
	sdk.AddTool(p.server, &sdk.Tool{Name: "add", Description: "Adds"}, func(_ context.Context, _ *sdk.CallToolRequest, in pair) (*sdk.CallToolResult, map[string]int, error) {
		return nil, map[string]int{"result": in.A + in.B}, nil
	})
	p.raw("text", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return texts("one, ", "two"), nil
	})
	p.raw("fail", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return &sdk.CallToolResult{Content: texts("out of stock").Content, IsError: true}, nil
	})
	p.raw("refuse", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return nil, errors.New("no such thing")
	})
	p.raw("key", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return texts(fmt.Sprint(r.Params.Meta[mcp.KeyMeta])), nil
	})
	p.raw("args", func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return texts(string(r.Params.Arguments)), nil
	})
	p.raw("stream", func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		for i := range 3 {
			message := fmt.Sprintf(`{"type":"tool/stream","content":"part %d"}`, i)
			if i == 1 {
				message = "half way" // is for people
			}
			err := r.Session.NotifyProgress(ctx, &sdk.ProgressNotificationParams{
				ProgressToken: r.Params.GetProgressToken(), Progress: float64(i), Message: message,
			})
			if err != nil {
				return nil, err
			}
		}
		return texts("done"), nil
	})
	p.raw("wait", func(ctx context.Context, _ *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		<-ctx.Done()
		p.stopped <- struct{}{}
		return nil, ctx.Err()
	})
	p.raw("die", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		fmt.Fprintln(os.Stderr, "out of memory")
		os.Exit(3)
		return nil, nil
	})
	p.raw("grow", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		p.raw("grown", func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) { return texts("big"), nil })
		return texts("ok"), nil
	})
	return p
}

func (p *peer) raw(name string, f sdk.ToolHandler) {
	p.server.AddTool(&sdk.Tool{Name: name, InputSchema: json.RawMessage(object)}, f)
}

func texts(all ...string) *sdk.CallToolResult {
	r := &sdk.CallToolResult{}
	for _, t := range all {
		r.Content = append(r.Content, &sdk.TextContent{Text: t})
	}
	return r
}

func (p *peer) handler() http.Handler {
	return sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return p.server }, nil)
}

// overHTTP is a transport to a handler, and the peer behind it.
func overHTTP(t *testing.T) (*spec.StreamableHTTPTransport, *peer) {
	t.Helper()
	p := newPeer()
	transport := &spec.StreamableHTTPTransport{}
	transport.URL = serve(t, p.handler())
	return transport, p
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return s.URL
}

// overStdio is a transport to a process that misbehaves in some way.
func overStdio(t *testing.T, how string) *spec.StdioTransport {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &spec.StdioTransport{Command: self, Env: spec.Dict[string]{{Key: asServer, Value: how}}}
}

func newClient(t *testing.T) *mcp.Client {
	t.Helper()
	c := mcp.New(nil)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// mcpTool is a tool of a server, with outputs of some types.
func mcpTool(t *testing.T, c *mcp.Client, transport spec.ClientTransport, name string, outputs ...value.Property) tool.Tool {
	t.Helper()
	s := &spec.MCPTool{ClientTransport: transport}
	s.Name, s.Outputs = name, outputs
	bound, err := c.Tool(s)
	if err != nil {
		t.Fatal(err)
	}
	return bound
}

func property(name string, typ *value.Type) value.Property {
	return value.Property{Title: name, Type: typ}
}

// host is the host of a call.
type host struct {
	key, conversation string
	login             *tool.Login
	emitted           []value.Value
}

func (h *host) IdempotencyKey() string     { return h.key }
func (h *host) Conversation() string       { return h.conversation }
func (h *host) Authorization() *tool.Login { return h.login }
func (h *host) Emit(v value.Value)         { h.emitted = append(h.emitted, v) }

func (h *host) context(t *testing.T) context.Context { return tool.WithCall(t.Context(), h) }

func arguments(text string) *value.Object {
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		panic(err)
	}
	o, _ := v.AsObject()
	return o
}
