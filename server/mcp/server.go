package mcp

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow"
)

// Options say how a [Server] works. A nil pointer means defaults.
type Options struct {
	// Version is that of the program, which clients are told; default "dev".
	Version string
	// Key is what HTTP requests must have as their bearer token; empty lets everybody in.
	Key string
	// KeepWaiting is how long a conversation is kept that waits to be continued; default an hour.
	KeepWaiting time.Duration
	// MaxWaiting bounds how many of them are kept; beyond it the oldest is dropped. Default 1000.
	MaxWaiting int
	// Logger is told of calls and failures; default: nobody is.
	Logger *slog.Logger
}

// Server offers apps as tools. It is safe for concurrent use.
type Server struct {
	opts    Options
	sdk     *sdk.Server
	waiting waiting
}

// ContinueTool is the name of the tool that goes on with a conversation.
const ContinueTool = "continue_conversation"

// New returns a server for apps, whose tools and models are looked at once a tool is called. The error says that two of
// them have one name, or that one cannot run.
func New(apps []*wayflow.App, o *Options) (*Server, error) {
	s := &Server{}
	if o != nil {
		s.opts = *o
	}
	if s.opts.Version == "" {
		s.opts.Version = "dev"
	}
	if s.opts.KeepWaiting <= 0 {
		s.opts.KeepWaiting = time.Hour
	}
	if s.opts.MaxWaiting <= 0 {
		s.opts.MaxWaiting = 1000
	}
	if s.opts.Logger == nil {
		s.opts.Logger = slog.New(slog.DiscardHandler)
	}
	s.waiting = waiting{keep: s.opts.KeepWaiting, most: s.opts.MaxWaiting, all: map[string]*held{}}
	s.sdk = sdk.NewServer(&sdk.Implementation{Name: "wayflow", Title: "WayFlow for Go", Version: s.opts.Version},
		&sdk.ServerOptions{Logger: s.opts.Logger, Capabilities: &sdk.ServerCapabilities{}})
	names := map[string]bool{ContinueTool: true}
	asks := false
	for _, app := range apps {
		t, err := newTool(app)
		if err != nil {
			return nil, err
		}
		if names[t.name] {
			return nil, fmt.Errorf("two tools would be named %q; rename one of the documents", t.name)
		}
		names[t.name] = true
		asks = asks || t.asks
		s.sdk.AddTool(t.described(), func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			return s.call(ctx, t, r), nil
		})
	}
	if asks {
		s.sdk.AddTool(continueTool(), func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			return s.goOn(ctx, r), nil
		})
	}
	return s, nil
}

// ServeStdio talks with one client over the standard input and output, until it goes away or ctx is done.
func (s *Server) ServeStdio(ctx context.Context) error {
	return s.Serve(ctx, &sdk.StdioTransport{})
}

// Serve talks with one client over a transport of the SDK.
func (s *Server) Serve(ctx context.Context, t sdk.Transport) error {
	err := s.sdk.Run(ctx, t)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// sessionTimeout is how long a session over HTTP may be idle.
const sessionTimeout = time.Hour

// Handler serves clients over streamable HTTP. Requests from pages of other sites are refused.
func (s *Server) Handler() http.Handler {
	h := http.Handler(sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s.sdk }, &sdk.StreamableHTTPOptions{
		Logger: s.opts.Logger, SessionTimeout: sessionTimeout, PropagateRequestCancellation: true,
	}))
	h = http.NewCrossOriginProtection().Handler(h)
	if s.opts.Key == "" {
		return h
	}
	want := sha256.Sum256([]byte(s.opts.Key))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(token)))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a key is needed, as bearer token", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Close ends the sessions and drops the conversations that wait.
func (s *Server) Close() {
	for session := range s.sdk.Sessions() {
		_ = session.Close() // the client sees that it has gone
	}
	s.waiting.drop()
}

// served is an app as a tool.
type served struct {
	app  *wayflow.App
	name string
	// agent is true if it takes a message, and opens if it cannot do without.
	agent, opens bool
	// asks is true if it may wait for somebody.
	asks bool
}

var odd = regexp.MustCompile(`[^a-zA-Z0-9_-]+`)

func newTool(app *wayflow.App) (*served, error) {
	main := app.Program().Main
	name := app.Root().Base().Name
	if main == nil {
		return nil, fmt.Errorf("%q cannot be served: this version cannot run it", name)
	}
	t := &served{app: app, name: strings.Trim(odd.ReplaceAllString(name, "_"), "_"), asks: main.Ask != nil}
	if t.name == "" {
		return nil, errors.New("a document whose root has no name cannot be a tool; give it one of letters and digits")
	}
	if a := main.Agent(); a != nil {
		t.agent, t.asks, t.opens = true, true, a.Initial == nil
	}
	return t, nil
}

// messageInput is what an agent is told.
const messageInput = "message"

// described is the tool as clients see it.
func (t *served) described() *sdk.Tool {
	main := t.app.Program().Main
	properties, required := map[string]any{}, []string{}
	for i := range main.Inputs {
		in := &main.Inputs[i]
		properties[in.Title] = json.RawMessage(in.Schema().String())
		if !in.HasDefault {
			required = append(required, in.Title)
		}
	}
	if t.agent {
		properties[messageInput] = map[string]any{"type": "string", "description": "What to say to the agent"}
		if t.opens {
			required = append(required, messageInput)
		}
	}
	d := &sdk.Tool{Name: t.name, InputSchema: objectSchema(properties, required)}
	if text := t.app.Root().Base().Description; text != nil {
		d.Description = *text
	}
	if !t.asks {
		outputs := map[string]any{} // none is required: one that has no value is absent
		for i := range main.Outputs {
			outputs[main.Outputs[i].Title] = json.RawMessage(main.Outputs[i].Type.Schema().String())
		}
		d.OutputSchema = objectSchema(outputs, nil)
	}
	return d
}

func objectSchema(properties map[string]any, required []string) map[string]any {
	schema := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func continueTool() *sdk.Tool {
	text := func(description string) map[string]any {
		return map[string]any{"type": "string", "description": description}
	}
	return &sdk.Tool{
		Name:        ContinueTool,
		Description: "Goes on with a conversation that another tool has left open, by its conversation_id",
		InputSchema: objectSchema(map[string]any{
			"conversation_id": text("The id that came with the question"),
			"answer":          text("The answer to what was asked, or what to say next"),
		}, []string{"conversation_id", "answer"}),
	}
}
