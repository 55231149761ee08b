package wayflow_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	sdk "github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2asrv"

	"github.com/wayflow-go/wayflow"
)

// echoAgent is an agent of the official server library: it asks back at "ask", and otherwise says what it heard.
type echoAgent struct{}

func (echoAgent) Execute(_ context.Context, c *a2asrv.ExecutorContext) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		text := c.Message.Parts[0].Text()
		if c.StoredTask == nil && !yield(sdk.NewSubmittedTask(c, c.Message), nil) {
			return
		}
		if strings.HasPrefix(text, "ask") && c.StoredTask == nil {
			yield(sdk.NewStatusUpdateEvent(c, sdk.TaskStateInputRequired, sdk.NewMessageForTask(sdk.MessageRoleAgent, c, sdk.NewTextPart("What exactly?"))), nil)
			return
		}
		if yield(sdk.NewArtifactEvent(c, sdk.NewTextPart("You said: "+text)), nil) {
			yield(sdk.NewStatusUpdateEvent(c, sdk.TaskStateCompleted, nil), nil)
		}
	}
}

func (echoAgent) Cancel(context.Context, *a2asrv.ExecutorContext) iter.Seq2[sdk.Event, error] {
	return func(func(sdk.Event, error) bool) {}
}

// echoServer serves the agent; while broken is set, it does not.
func echoServer(t *testing.T, broken *atomic.Bool) string {
	t.Helper()
	rpc := a2asrv.NewJSONRPCHandler(a2asrv.NewHandler(echoAgent{}))
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			http.Error(w, "gone for lunch", http.StatusForbidden)
			return
		}
		rpc.ServeHTTP(w, r)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	mux.Handle(a2asrv.WellKnownAgentCardPath, a2asrv.NewStaticAgentCardHandler(&sdk.AgentCard{
		Name:                "echo",
		SupportedInterfaces: []*sdk.AgentInterface{{URL: s.URL, ProtocolBinding: sdk.TransportProtocolJSONRPC, ProtocolVersion: sdk.Version}},
	}))
	return s.URL
}

// remoteDocument is a document whose root is a remote agent.
func remoteDocument(url string) []byte {
	return fmt.Appendf(nil, `{"component_type": "A2AAgent", "id": "far", "name": "far", "agentspec_version": "26.1.0", "agent_url": %q,
		"connection_config": {"component_type": "A2AConnectionConfig", "id": "conn", "name": "conn"},
		"session_parameters": {"timeout": 10, "poll_interval": 0.01, "max_retries": 2}}`, url)
}

// TestRemoteAgent talks with a remote agent, and goes on from a snapshot before each turn.
func TestRemoteAgent(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	urls := map[string]string{"in this process": echoServer(t, &broken)}
	if peer := os.Getenv("A2A_URL"); peer != "" {
		urls["another implementation"] = peer
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			app, err := wayflow.Load(remoteDocument(url))
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			conv, err := app.Start(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			run := func(want string) {
				t.Helper()
				if _, err := conv.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := conv.LastMessage().Text(); got != want {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
			run("Hi! How can I help you?")
			for _, turn := range [][2]string{{"one", "You said: one"}, {"ask me", "What exactly?"}, {"this", "You said: this"}} {
				saved, err := conv.Snapshot()
				if err != nil {
					t.Fatal(err)
				}
				if conv, err = app.Resume(t.Context(), saved); err != nil {
					t.Fatal(err)
				}
				if err := conv.Say(turn[0]); err != nil {
					t.Fatal(err)
				}
				if name == "in this process" { // a turn that fails can be tried again
					broken.Store(true)
					if _, err := conv.Run(t.Context()); err == nil {
						t.Fatal("the agent was away, and the run went well")
					}
					broken.Store(false)
				}
				run(turn[1])
			}
		})
	}
}
