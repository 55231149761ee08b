package mcp_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// class is the class of a failure, and its text.
func class(err error) (string, string) {
	e, ok := errors.AsType[*tool.Error](err)
	if !ok {
		return "", ""
	}
	return e.Class, e.Message
}

func TestServersThatMisbehave(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ how, tool, class, text string }{
		{"well", "die", "ConnectionError", "out of memory"},
		{"noise", "text", "ConnectionError", ""},
		{"flood", "text", "ConnectionError", ""},
		{"silent", "text", tool.TimeoutError, "read_timeout_seconds"},
		{"wrong-id", "text", "", ""}, // nobody waits for that answer
	} {
		t.Run(tt.how, func(t *testing.T) {
			t.Parallel()
			transport := overStdio(t, tt.how)
			transport.SessionParameters = &spec.SessionParameters{ReadTimeoutSeconds: 20}
			if tt.how == "silent" {
				transport.SessionParameters.ReadTimeoutSeconds = 0.5
			}
			c := newClient(t)
			_, err := mcpTool(t, c, transport, tt.tool).Call(t.Context(), nil)
			if got, text := class(err); got != tt.class || !strings.Contains(text, tt.text) {
				t.Errorf("got %v, want a %s with %q", err, tt.class, tt.text)
			}
			if tt.how == "well" { // the next call has a new process
				if got, err := mcpTool(t, c, transport, "text").Call(t.Context(), nil); err != nil || got.Str() != "one, two" {
					t.Errorf("after the server died: %v, %v", got, err)
				}
			}
		})
	}
}

func TestAProgramThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := mcpTool(t, newClient(t), &spec.StdioTransport{Command: "no-such-program"}, "x").Call(t.Context(), nil)
	if got, text := class(err); got != "ConnectionError" || !strings.Contains(text, "no-such-program") {
		t.Errorf("got %v, want a ConnectionError that names the program", err)
	}
}

func TestRefusalsGiveHints(t *testing.T) {
	t.Parallel()
	for status, hint := range map[int]string{
		http.StatusUnauthorized: "auth", http.StatusNotFound: "url", http.StatusMethodNotAllowed: "transport", http.StatusBadGateway: "",
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			transport := &spec.StreamableHTTPTransport{}
			transport.URL = serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
			_, err := mcpTool(t, newClient(t), transport, "x").Call(t.Context(), nil)
			if got, text := class(err); got != "ConnectionError" || !strings.Contains(text, hint) {
				t.Errorf("got %v, want a ConnectionError with a hint at %s", err, hint)
			}
		})
	}
}

func TestARetryPolicyTriesAgain(t *testing.T) {
	t.Parallel()
	p := newPeer()
	handler := p.handler()
	var refused atomic.Int32
	transport := &spec.StreamableHTTPTransport{}
	transport.URL = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refused.Add(1) <= 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	transport.RetryPolicy = &spec.RetryPolicy{MaxAttempts: 5, InitialRetryDelay: 0.001, MaxRetryDelay: 0.001, ServiceErrorRetryOnAny5xx: true}
	got, err := mcpTool(t, newClient(t), transport, "text", property("x", value.StringType)).Call(t.Context(), nil)
	if err != nil || got.Str() != "one, two" {
		t.Errorf("got %v, %v", got, err)
	}
}
