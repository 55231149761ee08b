package wayflow

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/google/uuid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/remote/a2a"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/mcp"
)

// The errors that this package returns, besides those of reading a file.
type (
	// Diagnostics are all findings in a document that is wrong, sorted by place.
	Diagnostics = spec.Diagnostics
	// Diagnostic is one of them.
	Diagnostic = spec.Diagnostic
	// InputError says that an input is missing, unknown or of the wrong type.
	InputError = engine.InputError
	// BindError says which tools and models of a document are missing or do not fit it.
	BindError = local.BindError
	// Error is a step that failed.
	Error = engine.Error
	// InterruptedError says that a context ended a run.
	InterruptedError = local.InterruptedError
)

// App is a document that is ready to run. It is safe for concurrent use.
type App struct {
	opts    options
	root    spec.Component
	doc     *spec.Document // nil if the app was built in Go
	program *program.Program

	mcp    *mcp.Client
	ownMCP bool
	// peers are the remote agents that the app has made.
	peers []*a2a.Agent

	host        func() (*local.Host, error)
	fingerprint func() (string, error)
}

// LoadFile reads a document from a file. Whether it is YAML or JSON is seen from its name and content.
func LoadFile(path string, opts ...Option) (*App, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Load(data, append([]Option{WithFile(path)}, opts...)...)
}

// Load reads a document. The error is a [Diagnostics] if it is wrong.
func Load(data []byte, opts ...Option) (*App, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	doc, err := spec.Load(data, &o.load)
	if err != nil {
		return nil, err
	}
	app, err := build(doc.Root, o)
	if err != nil {
		return nil, err
	}
	app.doc = doc
	return app, nil
}

// New makes an app of a component that was built in Go. The error is a [Diagnostics] if it is wrong.
func New(root spec.Component, opts ...Option) (*App, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	return build(root, o)
}

func build(root spec.Component, o *options) (*App, error) {
	prog, err := program.Compile(root)
	if err != nil {
		return nil, err
	}
	for _, m := range prog.Models {
		if replaced, err := o.replace(m.Config); err == nil { // else the app does not start
			m.Config = replaced
		}
	}
	app := &App{opts: *o, root: root, program: prog}
	if app.mcp = o.mcp; app.mcp == nil {
		app.mcp = mcp.New(nil)
		app.ownMCP = true
	}
	app.host = sync.OnceValues(app.bind)
	app.fingerprint = sync.OnceValues(func() (string, error) { return fingerprint(root) })
	return app, nil
}

// bind makes the host, when the first conversation begins: looking at a document needs neither tools nor models.
func (a *App) bind() (*local.Host, error) {
	if a.opts.tape != nil {
		for _, v := range a.opts.load.Values {
			if s, ok := v.AsString(); ok {
				a.opts.tape.Hide(s)
			}
		}
	}
	if problems := a.missingValues(); problems != nil && !a.opts.tape.Replays() && !a.opts.readOnly {
		return nil, &BindError{Problems: problems}
	}
	var document *local.Document
	if a.opts.store != nil {
		data, err := a.Export(nil)
		if err != nil {
			return nil, err
		}
		hash, err := a.fingerprint()
		if err != nil {
			return nil, err
		}
		document = &local.Document{Component: a.root.Base().Name, Hash: hash, Data: data}
	}
	return local.New(a.program, &local.Options{
		Store: a.opts.store, Document: document, Drain: a.opts.drain, ReadOnly: a.opts.readOnly,
		Tools:   a.opts.tools,
		Model:   a.opts.model,
		Timeout: a.opts.timeout,
		Limits:  a.opts.limits,
		Budget:  a.opts.budget,
		Tape:    a.opts.tape,

		HTTP:      a.opts.client,
		MCP:       a.mcp,
		Datastore: a.opts.stores,
		Toolbox:   a.toolbox,
		Remote:    a.remote,
		Embedder:  a.opts.embedder,
	})
}

// toolbox makes the toolbox of a configuration.
func (a *App) toolbox(s spec.ToolBox) (tool.Box, error) {
	if a.opts.boxes != nil {
		return a.opts.boxes(s)
	}
	if m, ok := s.(*spec.MCPToolBox); ok {
		return a.mcp.Toolbox(m)
	}
	return nil, fmt.Errorf("a %s is not supported", spec.TypeName(s))
}

// remote makes the way to an agent that runs elsewhere.
func (a *App) remote(c spec.Component) (remote.Agent, error) {
	if a.opts.remotes != nil {
		return a.opts.remotes(c)
	}
	s, ok := c.(*spec.A2AAgent)
	if !ok {
		return nil, fmt.Errorf("a %s is not supported yet; give the app one with WithRemoteAgents", spec.TypeName(c))
	}
	agent, err := a2a.New(s)
	if err != nil {
		return nil, err
	}
	a.peers = append(a.peers, agent)
	return agent, nil
}

// Close ends what the app has opened: the sessions with MCP servers and the connections to remote agents. Conversations must not run any more. It may be called
// again; an app of a document that uses neither need not be closed.
func (a *App) Close() error {
	for _, p := range a.peers {
		p.Close()
	}
	if a.ownMCP {
		return a.mcp.Close()
	}
	return nil
}

// Root returns the document's root component. It must not be changed.
func (a *App) Root() spec.Component { return a.root }

// Program returns the compiled document.
func (a *App) Program() *program.Program { return a.program }

// Warnings returns the findings that do not keep the document from running.
func (a *App) Warnings() Diagnostics {
	var all Diagnostics
	if a.doc != nil {
		all = append(all, a.doc.Warnings...)
	}
	all = append(all, a.program.Warnings...)
	all.Sort()
	return all
}

// Export writes the document, as JSON of the smallest version of Agent Spec that holds it unless opts says otherwise.
func (a *App) Export(opts *spec.ExportOptions) ([]byte, error) { return spec.Export(a.root, opts) }

// Start begins a conversation with values for the inputs of the document. Nothing runs yet. The error is an
// [*InputError] if an input is missing, unknown or of the wrong type, and a [*BindError] if the document needs tools or
// models that the app was not given.
func (a *App) Start(ctx context.Context, inputs Inputs, messages ...message.Message) (*Conversation, error) {
	host, err := a.host()
	if err != nil {
		return nil, err
	}
	given, err := inputs.object()
	if err != nil {
		return nil, err
	}
	c, err := host.Start(newID(), given, messages)
	if err != nil {
		return nil, err
	}
	if err := c.Keep(ctx); err != nil {
		return nil, fmt.Errorf("start conversation: %w", err)
	}
	return &Conversation{local: c, app: a}, nil
}

// Resume takes up a conversation from its [Snapshot], in this process or another. The app must be of the same document.
func (a *App) Resume(_ context.Context, snapshot Snapshot) (*Conversation, error) {
	host, err := a.host()
	if err != nil {
		return nil, err
	}
	document, err := a.fingerprint()
	if err != nil {
		return nil, err
	}
	saved, err := snapshot.open(document)
	if err != nil {
		return nil, fmt.Errorf("resume conversation: %w", err)
	}
	c, err := host.Resume(saved.Conversation, saved.State)
	if err != nil {
		return nil, fmt.Errorf("resume conversation %s: %w", saved.Conversation, err)
	}
	return &Conversation{local: c, app: a}, nil
}

// newID returns an id for a conversation; such ids sort by time.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// missingValues are the values that the document leaves to its surroundings and that were not given. A model that is
// replaced needs none of its own.
func (a *App) missingValues() (problems []Diagnostic) {
	if a.doc == nil {
		return nil
	}
	for _, m := range a.doc.MissingValues {
		_, isModel := a.doc.Component(m.Component).(spec.LlmConfig)
		if isModel && a.opts.override != nil && a.opts.override.Provider != "" {
			continue
		}
		problems = append(problems, Diagnostic{
			Severity: spec.Error, Code: "missing-value", Pos: m.Pos, Component: m.Component,
			Message: fmt.Sprintf("the document leaves %q to its surroundings, and it was not given", m.ID),
			Help:    "give the value by this id",
		})
	}
	return problems
}
