package a2a_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	sdk "github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2acompat/a2av0"
	"github.com/a2aproject/a2a-go/v2/a2asrv"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/remote/a2a"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is an agent on the official server library. What the user's text begins with decides what it does.
type echo struct{ canceled atomic.Bool }

func (e *echo) Execute(ctx context.Context, c *a2asrv.ExecutorContext) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		text := ""
		for _, p := range c.Message.Parts {
			text += p.Text()
		}
		say := func(state sdk.TaskState, text string) *sdk.TaskStatusUpdateEvent {
			return sdk.NewStatusUpdateEvent(c, state, sdk.NewMessageForTask(sdk.MessageRoleAgent, c, sdk.NewTextPart(text)))
		}
		if text == "hello" {
			yield(sdk.NewMessage(sdk.MessageRoleAgent, sdk.NewTextPart("hello yourself")), nil)
			return
		}
		if c.StoredTask == nil && !yield(sdk.NewSubmittedTask(c, c.Message), nil) {
			return
		}
		switch {
		case strings.HasPrefix(text, "ask") && c.StoredTask == nil:
			yield(say(sdk.TaskStateInputRequired, "What exactly?"), nil)
		case strings.HasPrefix(text, "fail"):
			yield(say(sdk.TaskStateFailed, "It went wrong."), nil)
		case strings.HasPrefix(text, "wait"):
			<-ctx.Done()
		default:
			if yield(sdk.NewArtifactEvent(c, sdk.NewTextPart("You said: "+text)), nil) {
				yield(sdk.NewStatusUpdateEvent(c, sdk.TaskStateCompleted, nil), nil)
			}
		}
	}
}

func (e *echo) Cancel(_ context.Context, c *a2asrv.ExecutorContext) iter.Seq2[sdk.Event, error] {
	e.canceled.Store(true)
	return func(yield func(sdk.Event, error) bool) {
		yield(sdk.NewStatusUpdateEvent(c, sdk.TaskStateCanceled, nil), nil)
	}
}

// serve starts the agent with one version of the protocol, and with a card that claims to live elsewhere.
func serve(t *testing.T, version sdk.ProtocolVersion) string {
	t.Helper()
	handler := a2asrv.NewHandler(&echo{})
	card := &sdk.AgentCard{Name: "echo", SupportedInterfaces: []*sdk.AgentInterface{
		{URL: "http://elsewhere.invalid/", ProtocolBinding: sdk.TransportProtocolJSONRPC, ProtocolVersion: version},
	}}
	mux := http.NewServeMux()
	switch version {
	case a2av0.Version:
		mux.Handle("/", a2av0.NewJSONRPCHandler(handler))
		mux.Handle(a2asrv.WellKnownAgentCardPath, a2asrv.NewAgentCardHandler(a2av0.NewStaticAgentCardProducer(card)))
	case "":
		mux.Handle("POST /", a2av0.NewJSONRPCHandler(handler))
	default:
		mux.Handle("/", a2asrv.NewJSONRPCHandler(handler))
		mux.Handle(a2asrv.WellKnownAgentCardPath, a2asrv.NewStaticAgentCardHandler(card))
	}
	return serveHandler(t, mux)
}

func serveHandler(t *testing.T, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func dial(t *testing.T, url string, change ...func(*spec.A2AAgent)) *a2a.Agent {
	t.Helper()
	cfg := &spec.A2AAgent{
		AgentURL:          url,
		ConnectionConfig:  &spec.A2AConnectionConfig{RetryPolicy: &spec.RetryPolicy{MaxAttempts: 1, InitialRetryDelay: 0.001, MaxRetryDelay: 0.001, ServiceErrorRetryOnAny5xx: true}},
		SessionParameters: &spec.A2ASessionParameters{Timeout: 5, PollInterval: 0.01, MaxRetries: 2},
	}
	cfg.Name = "echo"
	for _, c := range change {
		c(cfg)
	}
	agent, err := a2a.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.Close)
	return agent
}

func turn(key string, session value.Value, text string) *remote.Turn {
	return &remote.Turn{Key: key, Session: session, Messages: []message.Message{message.Text(message.User, text)}}
}

func texts(r *remote.Reply) string {
	var all []string
	for i := range r.Messages {
		all = append(all, r.Messages[i].Text())
	}
	return strings.Join(all, "|")
}

// TestTurns holds the same conversation with every version of the protocol that there is.
func TestTurns(t *testing.T) {
	t.Parallel()
	urls := map[string]string{"1.0": serve(t, sdk.Version), "0.3": serve(t, a2av0.Version), "0.3 without a card": serve(t, "")}
	if peer := os.Getenv("A2A_URL"); peer != "" {
		urls["another implementation"] = peer
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agent := dial(t, url)
			say := func(key string, session value.Value, text, want string) *remote.Reply {
				t.Helper()
				r, err := agent.Send(t.Context(), turn(key, session, text))
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				if got := texts(r); got != want {
					t.Fatalf("%s: got %q, want %q", text, got, want)
				}
				return r
			}
			first := say("1", value.Null, "one", "You said: one")
			second := say("2", first.Session, "ask me", "What exactly?")
			third := say("3", second.Session, "this", "You said: this") // the task that asked goes on
			say("4", third.Session, "ask again", "What exactly?")       // and this is a new one

			_, err := agent.Send(t.Context(), turn("5", value.Null, "fail now"))
			if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.RuntimeError ||
				!strings.Contains(e.Message, "ended as failed: It went wrong.") {
				t.Errorf("fail: %v", err)
			}
		})
	}
}

func TestAnswerThatIsNoTask(t *testing.T) {
	t.Parallel()
	r, err := dial(t, serve(t, sdk.Version)).Send(t.Context(), turn("1", value.Null, "hello"))
	if err != nil || texts(r) != "hello yourself" {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestSilenceEndsWithTheSession(t *testing.T) {
	t.Parallel()
	agent := dial(t, serveHandler(t, liar(t, sdk.TaskStateWorking)), func(a *spec.A2AAgent) { a.SessionParameters.Timeout = 0.05 })
	_, err := agent.Send(t.Context(), turn("1", value.Null, "work"))
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.TimeoutError || !strings.Contains(e.Message, "session_parameters") {
		t.Errorf("got %v", err)
	}
}

func TestEndOfContextCancelsTheTask(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the user has gone")
	canceled := make(chan struct{})
	var asked atomic.Int32
	agent := dial(t, serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(method(r), "Cancel") {
			close(canceled)
		} else if asked.Add(1) == 3 { // the card, the message, and the first look at the task
			cancel(gone)
		}
		answerTask(w, r, "T", sdk.TaskStateWorking)
	})))
	_, err := agent.Send(ctx, turn("1", value.Null, "work"))
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	<-canceled
}
