package mcp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/server/mcp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type pair struct {
	A int `json:"a"`
	B int `json:"b,omitempty" default:"1"`
}

// apps are a flow that adds, one that asks, one that fails, and one that waits for ever, which tells when it begins and
// when it is stopped.
func apps(t *testing.T, hangs chan<- struct{}) []*wayflow.App {
	t.Helper()
	add := wayflow.Func("plus", "Adds", func(_ context.Context, in pair) (int, error) { return in.A + in.B, nil })
	fail := wayflow.Func("bad", "Fails", func(context.Context, struct{}) (string, error) { return "", context.DeadlineExceeded })
	hang := wayflow.Func("hang", "Hangs", func(ctx context.Context, _ struct{}) (string, error) {
		hangs <- struct{}{}
		<-ctx.Done()
		hangs <- struct{}{}
		return "", ctx.Err()
	})
	var all []*wayflow.App
	for _, f := range []*wayflow.Flow{
		wayflow.Sequence("add numbers", wayflow.CallTool("plus", add).Output("sum")),
		wayflow.Sequence("greet", wayflow.Ask("ask", "Who are you?").Output("name"), wayflow.Ask("again", "And from where, {{name}}?").Output("place"),
			wayflow.Say("hello", "Hello {{name}} from {{place}}")),
		wayflow.Sequence("fail", wayflow.CallTool("bad", fail)),
		wayflow.Sequence("hang", wayflow.CallTool("hang", hang)),
	} {
		app, err := wayflow.Build(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, app)
	}
	return all
}

// connect returns a session of a client with a server of the apps, over HTTP.
func connect(t *testing.T, o *sdk.ClientOptions, version string) (*sdk.ClientSession, chan struct{}) {
	t.Helper()
	hangs := make(chan struct{}, 2)
	s, err := mcp.New(apps(t, hangs), &mcp.Options{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s.Handler())
	t.Cleanup(h.Close)
	t.Cleanup(s.Close)
	client := sdk.NewClient(&sdk.Implementation{Name: "test"}, o)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := client.Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint: h.URL, HTTPClient: &http.Client{Transport: keyed{transport}},
	}, &sdk.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, hangs
}

type keyed struct{ next http.RoundTripper }

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer k")
	return k.next.RoundTrip(r)
}

func call(t *testing.T, c *sdk.ClientSession, name string, args map[string]any) *sdk.CallToolResult {
	t.Helper()
	r, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(r *sdk.CallToolResult) string {
	if len(r.Content) == 0 {
		return ""
	}
	c, _ := r.Content[0].(*sdk.TextContent)
	return c.Text
}

func field(r *sdk.CallToolResult, name string) any {
	o, _ := r.StructuredContent.(map[string]any)
	return o[name]
}

func TestAFlowIsATool(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []string
	heard := make(chan struct{}, 10)
	c, _ := connect(t, &sdk.ClientOptions{ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) {
		mu.Lock()
		told = append(told, r.Params.Message)
		mu.Unlock()
		heard <- struct{}{}
	}}, "")
	list, err := c.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		if tool.Name == "add_numbers" {
			in := tool.InputSchema.(map[string]any)
			if r, _ := in["required"].([]any); len(r) != 1 || r[0] != "a" || tool.OutputSchema == nil {
				t.Errorf("describes %v -> %v", in, tool.OutputSchema)
			}
		}
	}
	if got := strings.Join(names, " "); got != "add_numbers continue_conversation fail greet hang" {
		t.Errorf("lists %s", got)
	}
	p := &sdk.CallToolParams{Name: "add_numbers", Arguments: map[string]any{"a": 2}}
	p.SetProgressToken("p")
	r, err := c.CallTool(t.Context(), p)
	if err != nil || r.IsError || field(r, "sum") != 3.0 {
		t.Errorf("got %+v, %v", r, err)
	}
	<-heard
	mu.Lock()
	if told[0] == "" {
		t.Error("was told nothing")
	}
	mu.Unlock()
	for _, args := range []map[string]any{{}, {"a": "x"}, {"a": 1, "c": 2}} {
		if r := call(t, c, "add_numbers", args); !r.IsError || text(r) == "" {
			t.Errorf("with %v: %+v, want a failure", args, r)
		}
	}
	if r := call(t, c, "fail", nil); !r.IsError {
		t.Errorf("got %+v, want a failure", r)
	}
}

func TestAFlowThatAsksIsContinued(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, nil, "")
	first := call(t, c, "greet", nil)
	other := call(t, c, "greet", nil)
	if text(first) != "Who are you?" || field(first, "conversation_id") == field(other, "conversation_id") {
		t.Fatalf("asked %+v and %+v", first, other)
	}
	second := call(t, c, mcp.ContinueTool, map[string]any{"conversation_id": field(first, "conversation_id"), "answer": "Ann"})
	if text(second) != "And from where, Ann?" {
		t.Fatalf("asked %+v", second)
	}
	last := call(t, c, mcp.ContinueTool, map[string]any{"conversation_id": field(second, "conversation_id"), "answer": "Bonn"})
	if last.IsError || field(last, "name") != "Ann" || field(last, "place") != "Bonn" {
		t.Errorf("got %+v", last)
	}
	if r := call(t, c, mcp.ContinueTool, map[string]any{"conversation_id": field(first, "conversation_id"), "answer": "x"}); !r.IsError {
		t.Errorf("an answer was taken twice: %+v", r)
	}
}

func TestAFlowAsksTheUserOfTheClient(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2025-06-18", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			c, _ := connect(t, &sdk.ClientOptions{ElicitationHandler: func(_ context.Context, r *sdk.ElicitRequest) (*sdk.ElicitResult, error) {
				answer := "Ann"
				if strings.Contains(r.Params.Message, "where") {
					answer = "Bonn"
				}
				return &sdk.ElicitResult{Action: "accept", Content: map[string]any{"answer": answer}}, nil
			}}, version)
			r := call(t, c, "greet", nil)
			if r.IsError || field(r, "name") != "Ann" || field(r, "place") != "Bonn" {
				t.Errorf("got %+v: %s", r, text(r))
			}
		})
	}
}

func TestACallIsCancelled(t *testing.T) {
	t.Parallel()
	c, hangs := connect(t, nil, "")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.CallTool(ctx, &sdk.CallToolParams{Name: "hang"})
		done <- err
	}()
	<-hangs
	call(t, c, "add_numbers", map[string]any{"a": 1}) // runs meanwhile
	cancel()
	if err := <-done; err == nil {
		t.Error("the call ended well")
	}
	<-hangs
}

func TestAKeyIsNeeded(t *testing.T) {
	t.Parallel()
	s, err := mcp.New(apps(t, nil), &mcp.Options{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]int{"": 401, "Bearer x": 401, "k": 401, "Basic k": 401} {
		r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
		r.Header.Set("Authorization", header)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("with %q: %d, want %d", header, w.Code, want)
		}
	}
}
