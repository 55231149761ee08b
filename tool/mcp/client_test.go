package mcp_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/mcp"
	"github.com/wayflow-go/wayflow/value"
)

// transports are the ways to a peer.
func transports(t *testing.T) map[string]spec.ClientTransport {
	t.Helper()
	streamable, _ := overHTTP(t)
	sse := &spec.SSETransport{}
	p := newPeer()
	sse.URL = serve(t, sdk.NewSSEHandler(func(*http.Request) *sdk.Server { return p.server }, nil))
	return map[string]spec.ClientTransport{"streamable HTTP": streamable, "SSE": sse, "stdio": overStdio(t, "well")}
}

func TestToolsAreCalledOverEachTransport(t *testing.T) {
	t.Parallel()
	for name, transport := range transports(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			add := mcpTool(t, c, transport, "add", property("sum", value.IntegerType))
			h := &host{key: "c1/3", conversation: "c1"}
			if got, err := add.Call(h.context(t), arguments(`{"a": 2, "b": 3}`)); err != nil || got.String() != "5" {
				t.Errorf("add = %v, %v; want 5", got, err)
			}
			if got, err := mcpTool(t, c, transport, "key").Call(h.context(t), nil); err != nil || got.Str() != "c1/3" {
				t.Errorf("the server saw the key %v, %v; want c1/3", got, err)
			}
			if got, err := mcpTool(t, c, transport, "stream").Call(h.context(t), nil); err != nil || got.Str() != "done" {
				t.Errorf("stream = %v, %v; want done", got, err)
			}
			_, err := mcpTool(t, c, transport, "fail").Call(h.context(t), nil)
			if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != mcp.ToolError || e.Message != "out of stock" {
				t.Errorf("fail: %v, want an %s", err, mcp.ToolError)
			}
			_, err = mcpTool(t, c, transport, "missing").Call(h.context(t), nil)
			if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.ValueError {
				t.Errorf("missing: %v, want a ValueError", err)
			}
		})
	}
}

func TestAConversationHasOneSession(t *testing.T) {
	t.Parallel()
	transport, p := overHTTP(t)
	c := newClient(t)
	call := func(conversation string) {
		t.Helper()
		h := &host{conversation: conversation}
		if _, err := mcpTool(t, c, transport, "text").Call(h.context(t), nil); err != nil {
			t.Error(err)
		}
	}
	for range 3 {
		call("a")
	}
	call("b")
	if n := p.sessions.Load(); n != 2 {
		t.Errorf("opened %d sessions for two conversations", n)
	}
	c.Release("a")
	call("a")
	if n := p.sessions.Load(); n != 3 {
		t.Errorf("opened %d sessions, want a new one after the release", n)
	}
	_ = c.Close()
	if _, err := mcpTool(t, c, transport, "text").Call(t.Context(), nil); err == nil {
		t.Error("a closed client called a tool")
	}
}

func TestProgressIsEmitted(t *testing.T) {
	t.Parallel()
	transport, _ := overHTTP(t)
	c := newClient(t)
	h := &host{}
	told := make(chan value.Value, 10)
	ctx := tool.WithCall(t.Context(), emitter{h, told})
	if _, err := mcpTool(t, c, transport, "stream").Call(ctx, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"part 0", "part 2"} {
		if got := <-told; got.Str() != want {
			t.Errorf("emitted %v, want %s", got, want)
		}
	}
}

type emitter struct {
	*host
	told chan value.Value
}

func (e emitter) Emit(v value.Value) { e.told <- v }

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	transport, p := overHTTP(t)
	c := newClient(t)
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if _, err := mcpTool(t, c, transport, "wait").Call(ctx, nil); !errors.Is(err, stop) {
		t.Errorf("got %v, want the cause of the context", err)
	}
	transport.SessionParameters = &spec.SessionParameters{ReadTimeoutSeconds: 0.2}
	_, err := mcpTool(t, c, transport, "wait").Call(t.Context(), nil)
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.TimeoutError || !strings.Contains(e.Message, "read_timeout_seconds") {
		t.Errorf("got %v, want a TimeoutError that names its bound", err)
	}
	<-p.stopped // the server is told
}

func TestHeadersReachTheServerAndNobodyElse(t *testing.T) {
	t.Parallel()
	p := newPeer()
	seen := make(chan string, 100)
	elsewhere := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- "elsewhere " + r.Header.Get("X-Key") }))
	handler := p.handler()
	home := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
			return
		}
		seen <- r.Header.Get("X-Team") + r.Header.Get("X-Key")
		handler.ServeHTTP(w, r)
	}))
	transport := &spec.StreamableHTTPTransport{}
	transport.URL = home
	transport.Headers = spec.Dict[string]{{Key: "X-Team", Value: "a"}}
	transport.SensitiveHeaders = spec.Dict[string]{{Key: "X-Key", Value: "b"}}
	c := newClient(t)
	if _, err := mcpTool(t, c, transport, "text").Call(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "ab" {
		t.Errorf("the server saw the headers %q, want both", got)
	}
	away := &spec.StreamableHTTPTransport{}
	*away = *transport
	away.URL = home + "/away"
	if _, err := mcpTool(t, c, away, "text").Call(t.Context(), nil); err == nil {
		t.Error("a server led us to another host")
	}
	for len(seen) > 0 {
		if got := <-seen; strings.HasPrefix(got, "elsewhere") {
			t.Errorf("another host was asked: %q", got)
		}
	}
}

func TestToolboxes(t *testing.T) {
	t.Parallel()
	transport, p := overHTTP(t)
	c := newClient(t)
	names := func(filter ...spec.ToolFilter) ([]string, []tool.BoxTool, error) {
		box, err := c.Toolbox(&spec.MCPToolBox{ClientTransport: transport, ToolFilter: filter})
		if err != nil {
			t.Fatal(err)
		}
		tools, err := box.Tools(t.Context())
		var all []string
		for _, bound := range tools {
			all = append(all, bound.Spec().Name)
		}
		return all, tools, err
	}
	all, _, err := names()
	if err != nil || !slices.Contains(all, "add") || !slices.Contains(all, "text") {
		t.Fatalf("lists %v, %v", all, err)
	}
	if _, _, err = names(); err != nil || p.lists.Load() != 1 {
		t.Errorf("listed %d times, %v; want once", p.lists.Load(), err)
	}

	want := &spec.MCPToolSpec{RequiresConfirmation: true}
	want.Name, want.Inputs = "args", []value.Property{property("x", value.StringType)}
	some, tools, err := names(spec.ToolFilter{Spec: want}, spec.ToolFilter{Name: "add"})
	if err != nil || !slices.Equal(some, []string{"args", "add"}) || !tools[0].RequiresConfirmation || tools[1].RequiresConfirmation {
		t.Fatalf("filtered %v, %+v, %v", some, tools, err)
	}
	if in := tools[1].Spec().Inputs; len(in) != 2 || in[0].Title != "a" || in[0].HasDefault || !in[1].HasDefault || in[1].Description != "the other" {
		t.Errorf("the inputs of add are %+v", in)
	}
	if got, err := tools[1].Call(t.Context(), arguments(`{"a": 4, "b": null}`)); err != nil || got.Get("result").String() != "4" {
		t.Errorf("add without b = %v, %v; want 4", got, err)
	}

	_, _, err = names(spec.ToolFilter{Name: "nope"})
	if missing, ok := errors.AsType[*mcp.NoSuchToolError](err); !ok || missing.Tool != "nope" || !slices.Contains(missing.Has, "add") {
		t.Errorf("got %v, want a NoSuchToolError", err)
	}
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != "NoSuchToolFoundOnMCPServerError" {
		t.Errorf("got the class %v", err)
	}
}

func TestAListIsAskedForAgainWhenItChanged(t *testing.T) {
	t.Parallel()
	transport, p := overHTTP(t)
	c := newClient(t)
	box, err := c.Toolbox(&spec.MCPToolBox{ClientTransport: transport})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Tools(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := mcpTool(t, c, transport, "grow").Call(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for { // until the notice has come
		tools, err := box.Tools(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(tools, func(b tool.BoxTool) bool { return b.Spec().Name == "grown" }) {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("the new tool was not listed")
		}
	}
	if n := p.lists.Load(); n > 3 {
		t.Errorf("listed %d times", n)
	}
}

func TestBadTransportsAreFoundEarly(t *testing.T) {
	t.Parallel()
	remote := func(url string) *spec.StreamableHTTPTransport {
		s := &spec.StreamableHTTPTransport{}
		s.URL = url
		return s
	}
	withAuth := remote("https://example.com/mcp")
	withAuth.Auth = &spec.OAuthConfig{Client: &spec.OAuthClientConfig{Type: "pre_registered"}}
	for _, tt := range []struct {
		name      string
		transport spec.ClientTransport
		want      string
	}{
		{"none", nil, "no transport"},
		{"no URL", remote("example"), "https://example.com/mcp"},
		{"another scheme", remote("ftp://example.com"), "https://example.com/mcp"},
		{"an encoding", &spec.StdioTransport{Command: "x", Encoding: "latin-1"}, "utf-8"},
		{"a client without id", withAuth, "client_id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t).Tool(&spec.MCPTool{ClientTransport: tt.transport})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// outputsFrom are the outputs that a toolbox gives a tool.
func outputsFrom(t *testing.T, p *peer, name string) []value.Property {
	t.Helper()
	transport := &spec.StreamableHTTPTransport{}
	transport.URL = serve(t, p.handler())
	box, err := newClient(t).Toolbox(&spec.MCPToolBox{ClientTransport: transport, ToolFilter: []spec.ToolFilter{{Name: name}}})
	if err != nil {
		t.Fatal(err)
	}
	tools, err := box.Tools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tools[0].Spec().Outputs
}
