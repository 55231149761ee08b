package a2a_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	sdk "github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2asrv"

	"github.com/wayflow-go/wayflow/remote/a2a"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// method is that of a JSON-RPC request, which can be read again afterwards.
func method(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var call struct{ Method string }
	_ = json.Unmarshal(body, &call) // a request that is none has no method
	return call.Method
}

// answerTask answers any request with a task in a state.
func answerTask(w http.ResponseWriter, r *http.Request, id string, state sdk.TaskState) {
	if r.URL.Path == a2asrv.WellKnownAgentCardPath {
		fmt.Fprint(w, `{"name":"liar","supportedInterfaces":[{"url":"http://elsewhere.invalid/","protocolBinding":"JSONRPC","protocolVersion":"1.0"}]}`)
		return
	}
	task := fmt.Sprintf(`{"id":%q,"contextId":"C","status":{"state":%q}}`, id, state)
	if strings.Contains(method(r), "Send") {
		task = `{"task":` + task + `}`
	}
	fmt.Fprintf(w, `{"jsonrpc":"2.0","id":"1","result":%s}`, task)
}

// liar answers everything with a task in one state.
func liar(t *testing.T, state sdk.TaskState) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answerTask(w, r, "T", state) })
}

func TestFaults(t *testing.T) {
	t.Parallel()
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}
	}
	var changes atomic.Int32
	for name, c := range map[string]struct {
		server http.Handler
		class  string
		want   string
	}{
		"wrong credentials": {status(http.StatusUnauthorized, ""), "ConnectionError", "status 401 Unauthorized; give the credentials"},
		"moved":             {status(http.StatusFound, ""), "ConnectionError", "redirects are not followed"},
		"down":              {status(http.StatusBadGateway, "<html>no upstream"), "ConnectionError", "status 502 Bad Gateway: <html>no upstream"},
		"no JSON":           {status(http.StatusOK, "<html>"), tool.RuntimeError, "invalid character '<'"},
		"wants to log in":   {liar(t, sdk.TaskStateAuthRequired), tool.RuntimeError, "wants credentials"},
		"rejects":           {liar(t, sdk.TaskStateRejected), tool.RuntimeError, "ended as rejected"},
		"endless":           {http.HandlerFunc(flood), tool.RuntimeError, "larger than 16777216 bytes"},
		"another task's state": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answerTask(w, r, fmt.Sprint("T", changes.Add(1)), sdk.TaskStateWorking)
		}), tool.RuntimeError, "told of another one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secret := func(a *spec.A2AAgent) {
				a.ConnectionConfig.Headers = spec.Dict[string]{{Key: "Authorization", Value: "Bearer hidden"}}
			}
			_, err := dial(t, serveHandler(t, c.server), secret).Send(t.Context(), turn("1", value.Null, "go"))
			e, ok := errors.AsType[*tool.Error](err)
			if !ok || e.Class != c.class || !strings.Contains(e.Message, c.want) {
				t.Errorf("got %v, want a %s with %q", err, c.class, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "hidden") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func flood(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == a2asrv.WellKnownAgentCardPath {
		answerTask(w, r, "", "")
		return
	}
	fmt.Fprint(w, `{"jsonrpc":"2.0","id":"`)
	for chunk := strings.Repeat("x", 1<<16); ; {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
	}
}

// TestHeadersStayWithTheAgent redirects a request: the document's headers must not follow it.
func TestHeadersStayWithTheAgent(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	other := serveHandler(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	url := serveHandler(t, http.RedirectHandler(other, http.StatusTemporaryRedirect))
	if _, err := dial(t, url).Send(t.Context(), turn("1", value.Null, "go")); err == nil || reached.Load() {
		t.Errorf("error %v, the other server was reached: %t", err, reached.Load())
	}
}

// TestSentAgainItIsTheSameMessage lets the first try of a message fail.
func TestSentAgainItIsTheSameMessage(t *testing.T) {
	t.Parallel()
	var bodies []string
	url := serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if method(r) != "" {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			bodies = append(bodies, string(body))
			if len(bodies) == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
		}
		answerTask(w, r, "T", sdk.TaskStateCompleted)
	}))
	if _, err := dial(t, url).Send(t.Context(), turn("turn-7", value.Null, "go")); err != nil {
		t.Fatal(err)
	}
	if len(bodies) != 2 || !strings.Contains(bodies[0], `"messageId":"turn-7"`) || !strings.Contains(bodies[1], `"messageId":"turn-7"`) {
		t.Errorf("sent %q", bodies)
	}
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "agent.example", "ftp://agent.example", "http://"} {
		if _, err := a2a.New(&spec.A2AAgent{AgentURL: url}); err == nil {
			t.Errorf("%q is accepted as agent_url", url)
		}
	}
	key := "key.pem"
	_, err := a2a.New(&spec.A2AAgent{AgentURL: "https://agent.example", ConnectionConfig: &spec.A2AConnectionConfig{KeyFile: &key}})
	if err == nil || !strings.Contains(err.Error(), "given together") {
		t.Errorf("a key without a certificate: %v", err)
	}
}
