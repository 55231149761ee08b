package local

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/replay"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/http"
	"github.com/wayflow-go/wayflow/value"
)

// DefaultTimeout bounds an effect for which no other bound was set.
const DefaultTimeout = 10 * time.Minute

// Options say how a [Host] works. A nil pointer means defaults.
type Options struct {
	// Tools finds the tool that a document's server tool is bound to, by name.
	Tools map[string]tool.Tool
	// MCP reaches MCP servers. Required if the program uses any.
	MCP MCP
	// Model makes the model of a configuration. Required if the program asks any.
	Model func(spec.LlmConfig) (model.Model, error)
	// HTTP sends requests; default a client of the host's own.
	HTTP *http.Client
	// Datastore makes the datastore of a configuration; default [OpenDatastore].
	Datastore func(spec.Datastore) (datastore.Datastore, error)
	// Toolbox makes the toolbox of a configuration. Required if the program has any that does not search a datastore.
	Toolbox func(spec.ToolBox) (tool.Box, error)
	// Remote makes the way to an agent that runs elsewhere. Required if the program has any.
	Remote func(spec.Component) (remote.Agent, error)
	// Embedder makes the embedding model of a configuration. Required if the program searches a datastore by meaning and
	// Datastore is nil.
	Embedder func(spec.EmbeddingConfig) (embed.Embedder, error)
	// Timeout bounds each effect; default [DefaultTimeout]. A tool or a model may have a shorter bound of its own.
	Timeout time.Duration
	// Limits bound what a document may make the engine do.
	Limits engine.Limits
	// Tape keeps how effects ended, or answers them: then neither tools nor models nor datastores are needed.
	Tape *replay.Tape
	// Budget is what each conversation begins with.
	Budget engine.Budget
	// Now tells the time of events; default [time.Now].
	Now func() time.Time
	// Store keeps the conversations, if it is not nil; Document is then required.
	Store    store.Store
	Document *Document
	// ReadOnly makes a host that looks at stored conversations and forks them: it needs neither tools nor models, and runs
	// nothing.
	ReadOnly bool
	// Drain is how long effects in flight may go on when the context of a run has ended; default 0. Nothing new begins
	// meanwhile.
	Drain time.Duration
}

// Document is what the conversations of a host are stored with.
type Document struct {
	// Component is the name of what runs.
	Component string
	// Hash identifies the document, and Data is what a store keeps of it, once for all conversations.
	Hash string
	Data []byte
}

// MCP reaches MCP servers; package tool/mcp has one.
type MCP interface {
	// Tool makes the tool that calls a tool of a server.
	Tool(*spec.MCPTool) (tool.Tool, error)
	// Release ends what a conversation has kept open.
	Release(conversation string)
}

// Host performs the effects of conversations that run one program.
type Host struct {
	prog   *program.Program
	tools  []tool.Tool
	models []model.Model
	opts   Options
	http   *http.Client

	datastores []datastore.Datastore
	boxes      []tool.Box
	remotes    []remote.Agent
	// asks is true if there are tools that must not be called twice without asking.
	asks bool
}

// BindError says that a document cannot run with the tools and models that it was given. It lists all that is wrong.
type BindError struct{ Problems []spec.Diagnostic }

// Error implements error: one problem a line.
func (e *BindError) Error() string { return spec.Diagnostics(e.Problems).Error() }

// New binds the tools and models of a program. Whatever is missing or does not fit is reported at once, as a
// [*BindError].
func New(prog *program.Program, opts *Options) (*Host, error) {
	h := &Host{prog: prog}
	if opts != nil {
		h.opts = *opts
	}
	if h.opts.Timeout <= 0 {
		h.opts.Timeout = DefaultTimeout
	}
	if h.opts.Now == nil {
		h.opts.Now = time.Now
	}
	if h.http = h.opts.HTTP; h.http == nil {
		h.http = http.New(nil)
	}
	problems := slices.Clone(prog.Unsupported)
	if !h.opts.Tape.Replays() && !h.opts.ReadOnly {
		problems = slices.Concat(problems, h.bindTools(), h.bindModels(), h.bindDatastores(), h.bindBoxes(), h.bindRemotes())
	}
	h.asks = slices.ContainsFunc(h.tools, func(t tool.Tool) bool { return t != nil && t.Spec().AskToRepeat })
	if len(problems) > 0 {
		spec.Diagnostics(problems).Sort()
		return nil, &BindError{problems}
	}
	return h, nil
}

func (h *Host) bindTools() (problems []spec.Diagnostic) {
	h.tools = make([]tool.Tool, len(h.prog.Tools))
	for i, t := range h.prog.Tools {
		if m, ok := t.Spec.(*spec.MCPTool); ok {
			problems = append(problems, h.bindMCP(i, m)...)
			continue
		}
		if _, server := t.Spec.(*spec.ServerTool); !server {
			continue
		}
		bound, ok := h.opts.Tools[t.Name()]
		if !ok {
			problems = append(problems, problem(t.Spec, "tool-not-bound", "bind a tool of this name",
				fmt.Sprintf("tool %q is not bound", t.Name())))
			continue
		}
		for _, m := range tool.Check(t.Inputs, t.Outputs, bound.Spec()) {
			problems = append(problems, problem(t.Spec, "tool-mismatch", "change the document or the tool",
				fmt.Sprintf("tool %q is not what the document says: %s", t.Name(), m)))
		}
		h.tools[i] = bound
	}
	return problems
}

// bindMCP binds a tool of an MCP server. The server is not asked before the tool is called.
func (h *Host) bindMCP(i int, t *spec.MCPTool) []spec.Diagnostic {
	err := errors.New("the host was given no way to reach MCP servers")
	if h.opts.MCP != nil {
		h.tools[i], err = h.opts.MCP.Tool(t)
	}
	if err != nil {
		return []spec.Diagnostic{problem(t, "mcp", "change the transport", fmt.Sprintf("tool %q: %s", t.Name, err))}
	}
	return nil
}

func (h *Host) bindModels() (problems []spec.Diagnostic) {
	h.models = make([]model.Model, len(h.prog.Models))
	for i, m := range h.prog.Models {
		err := errors.New("the host was given no way to make models")
		if h.opts.Model != nil {
			h.models[i], err = h.opts.Model(m.Config)
		}
		if err != nil {
			problems = append(problems, problem(m.Config, "model", "change the configuration, or replace the model", err.Error()))
		}
	}
	return problems
}

func problem(c spec.Component, code, help, msg string) spec.Diagnostic {
	base := c.Base()
	return spec.Diagnostic{Severity: spec.Error, Code: code, Pos: base.Pos(), Message: msg, Help: help, Component: base.Name}
}

// Program returns the program that the host runs.
func (h *Host) Program() *program.Program { return h.prog }

// Start begins a conversation: it checks the inputs and runs nothing yet. The error is an [*engine.InputError] if an
// input is missing, unknown or of the wrong type, and an [*engine.StateError] if the budget does not fit the program. The id
// names the conversation to tools and listeners.
func (h *Host) Start(id string, inputs *value.Object, messages []message.Message) (*Conversation, error) {
	m := engine.New(h.prog, h.opts.Limits)
	if err := m.Check(inputs); err != nil {
		return nil, err
	}
	if err := h.opts.Budget.Check(h.prog); err != nil {
		return nil, err
	}
	begin := &engine.Begin{Inputs: inputs, Messages: messages, Budget: h.opts.Budget}
	c := &Conversation{id: id, host: h, machine: m, first: begin}
	c.journal = h.journal(c)
	return c, nil
}

// Resume takes up a conversation from what [Conversation.Snapshot] gave, in this process or another.
func (h *Host) Resume(id string, snapshot []byte) (*Conversation, error) {
	m, err := engine.Load(h.prog, snapshot, h.opts.Limits)
	if err != nil {
		return nil, err
	}
	return &Conversation{id: id, host: h, machine: m}, nil
}
