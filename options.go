package wayflow

import (
	"fmt"
	"net/http"
	"time"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/embed"
	ociembed "github.com/wayflow-go/wayflow/embed/oci"
	openaiembed "github.com/wayflow-go/wayflow/embed/openai"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/gemini"
	"github.com/wayflow-go/wayflow/model/oci"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/replay"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/tool"
	httptool "github.com/wayflow-go/wayflow/tool/http"
	"github.com/wayflow-go/wayflow/tool/mcp"
	"github.com/wayflow-go/wayflow/value"
)

// Option changes how an app is loaded or run.
type Option func(*options) error

type options struct {
	load     spec.LoadOptions
	tools    map[string]tool.Tool
	override *ModelSpec
	models   func(spec.LlmConfig) (model.Model, error)
	timeout  time.Duration
	limits   engine.Limits
	budget   engine.Budget
	tape     *replay.Tape
	client   *httptool.Client
	mcp      *mcp.Client
	stores   func(spec.Datastore) (datastore.Datastore, error)
	boxes    func(spec.ToolBox) (tool.Box, error)
	remotes  func(spec.Component) (remote.Agent, error)
	store    store.Store
	drain    time.Duration
	readOnly bool
	// embedders makes the embedding models of searched datastores.
	embedders func(spec.EmbeddingConfig) (embed.Embedder, error)
	// transport is shared by all models of the app.
	transport *http.Transport
}

func newOptions(opts []Option) (*options, error) {
	o := &options{tools: map[string]tool.Tool{}}
	for _, opt := range opts {
		if err := opt(o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// WithFile names the document in messages, for [Load]; the ending of the name may tell its syntax. [LoadFile] does this
// itself.
func WithFile(name string) Option {
	return func(o *options) error {
		o.load.File = name
		return nil
	}
}

// WithTools binds the server tools of a document, by name. A tool may be given as what [Func] returns.
func WithTools(tools ...tool.Tool) Option {
	return func(o *options) error {
		for _, t := range tools {
			if bad, ok := t.(badTool); ok {
				return bad.err
			}
			name := t.Spec().Name
			if _, twice := o.tools[name]; twice {
				return fmt.Errorf("bind tools: two are named %q", name)
			}
			o.tools[name] = t
		}
		return nil
	}
}

// WithModel replaces every model of the document, see [ParseModel] for the text.
func WithModel(text string) Option {
	return func(o *options) error {
		m, err := ParseModel(text)
		o.override = m
		return err
	}
}

// WithModels sets the function that makes the model of a configuration, instead of the providers that come with the
// runtime.
func WithModels(f func(spec.LlmConfig) (model.Model, error)) Option {
	return func(o *options) error {
		o.models = f
		return nil
	}
}

// WithHTTP sets the client that sends the requests of API nodes and remote tools, for other bounds than the default ones
// or to let names lead into private networks.
func WithHTTP(client *httptool.Client) Option {
	return func(o *options) error {
		o.client = client
		return nil
	}
}

// WithMCP sets the client that reaches MCP servers, for other settings than the default ones. Whoever made it closes it.
func WithMCP(client *mcp.Client) Option {
	return func(o *options) error {
		o.mcp = client
		return nil
	}
}

// WithStdio allows documents to start programs: MCP servers that run as processes of ours (StdioTransport). Use it for
// documents that you trust as you trust a program.
func WithStdio() Option {
	return func(o *options) error {
		o.load.Blocked = []string{}
		return nil
	}
}

// WithEmbedders sets the function that makes the embedding model of a configuration, for datastores that are searched by
// meaning, instead of the providers that come with the runtime.
func WithEmbedders(f func(spec.EmbeddingConfig) (embed.Embedder, error)) Option {
	return func(o *options) error {
		o.embedders = f
		return nil
	}
}

// WithDatastores sets the function that makes the datastore of a configuration. Without it an app can only keep entities
// in memory, as long as it lives itself; all its conversations share them.
func WithDatastores(f func(spec.Datastore) (datastore.Datastore, error)) Option {
	return func(o *options) error {
		o.stores = f
		return nil
	}
}

// WithToolboxes sets the function that makes the toolbox of a configuration, instead of those of MCP servers that come with
// the runtime. Toolboxes that search a datastore are not asked for: they use that of the app.
func WithToolboxes(f func(spec.ToolBox) (tool.Box, error)) Option {
	return func(o *options) error {
		o.boxes = f
		return nil
	}
}

// WithRemoteAgents sets the function that makes the way to an agent that runs elsewhere, instead of the one for A2A that
// comes with the runtime. The app does not close what it returns.
func WithRemoteAgents(f func(spec.Component) (remote.Agent, error)) Option {
	return func(o *options) error {
		o.remotes = f
		return nil
	}
}

// WithStore keeps conversations in a store: each is there from [App.Start] on, and whatever happens to it is written down
// before it is acted on, so that it goes on after a crash, see [App.Open]. The app does not close the store.
func WithStore(s store.Store) Option {
	return func(o *options) error {
		o.store = s
		return nil
	}
}

// WithReadOnly makes an app that looks at conversations in its store and forks them, see [App.Open], [App.History] and
// [App.Fork]. It needs neither tools nor models nor values, and running a conversation is an error.
func WithReadOnly() Option {
	return func(o *options) error {
		o.readOnly = true
		return nil
	}
}

// WithDrain lets calls of tools and models that are in flight go on for a while when the context of a run has ended; nothing
// new begins meanwhile. The default is to interrupt them at once.
func WithDrain(d time.Duration) Option {
	return func(o *options) error {
		o.drain = d
		return nil
	}
}

// WithComponents gives the components that a disaggregated document refers to, as [spec.LoadComponents] reads them.
func WithComponents(components map[string]spec.Component) Option {
	return func(o *options) error {
		o.load.Components = components
		return nil
	}
}

// WithValues gives values that a document leaves to its surroundings, such as secrets, by the id of the reference.
func WithValues(values map[string]value.Value) Option {
	return func(o *options) error {
		o.load.Values = values
		return nil
	}
}

// WithUnknownFields keeps fields and component types that this version does not know, instead of refusing them.
func WithUnknownFields() Option {
	return func(o *options) error {
		o.load.AllowUnknown = true
		return nil
	}
}

// WithTimeout bounds each call of a tool or a model; the default is ten minutes.
func WithTimeout(d time.Duration) Option {
	return func(o *options) error {
		o.timeout = d
		return nil
	}
}

// WithStepLimit bounds how many steps a conversation may take without waiting for anything, those of all its flows
// together; the default is ten million.
func WithStepLimit(steps int) Option {
	return func(o *options) error {
		o.limits.Steps = steps
		return nil
	}
}

// WithRoundLimit bounds how often the agents of a team may pass on messages, or the conversation, from one message of the
// user to the next; the default is one thousand.
func WithRoundLimit(rounds int) Option {
	return func(o *options) error {
		o.limits.Rounds = rounds
		return nil
	}
}

// WithResultLimit bounds how many bytes of what a tool returns the model of an agent is shown; the default is one MiB. If
// there are more, the model is told so instead.
func WithResultLimit(bytes int) Option {
	return func(o *options) error {
		o.limits.Result = bytes
		return nil
	}
}

// WithItemLimit bounds how many items a map node may run its flow for; the default is one million.
func WithItemLimit(items int) Option {
	return func(o *options) error {
		o.limits.Items = items
		return nil
	}
}

// WithTape keeps what conversations ask of models, tools and servers and are answered, or answers them from such a
// recording: then nothing is asked, and neither tools nor values need to be given. See package replay.
func WithTape(tape *replay.Tape) Option {
	return func(o *options) error {
		o.tape = tape
		return nil
	}
}

// replace returns the configuration that takes the place of one of the document.
func (o *options) replace(cfg spec.LlmConfig) (spec.LlmConfig, error) {
	if o.override == nil {
		return cfg, nil
	}
	return o.override.Apply(cfg)
}

// model makes the model of a configuration.
func (o *options) model(cfg spec.LlmConfig) (model.Model, error) {
	cfg, err := o.replace(cfg)
	if err != nil {
		return nil, err
	}
	if o.models != nil {
		return o.models(cfg)
	}
	transport := o.connections()
	// The user's key only goes to a server that the user named, never to one that a document names.
	shareKey := o.override != nil && o.override.Provider != ""
	// Each provider takes the configurations that are its own.
	google, err := gemini.New(cfg, &gemini.Options{Transport: transport, ShareKey: shareKey})
	if model.KindOf(err) != model.KindUnsupported {
		return google, err
	}
	oracle, err := oci.New(cfg, &oci.Options{Transport: transport})
	if model.KindOf(err) != model.KindUnsupported {
		return oracle, err
	}
	return openai.New(cfg, &openai.Options{Transport: transport, ShareKey: shareKey})
}

// embedder makes the embedding model of a configuration. The user's key only goes to OpenAI.
func (o *options) embedder(cfg spec.EmbeddingConfig) (embed.Embedder, error) {
	if o.embedders != nil {
		return o.embedders(cfg)
	}
	if cfg, ok := cfg.(*spec.OciGenAiEmbeddingConfig); ok {
		return ociembed.New(cfg, &ociembed.Options{Transport: o.connections()})
	}
	return openaiembed.New(cfg, &openaiembed.Options{Transport: o.connections()})
}

// connections is what all models of the app share.
func (o *options) connections() *http.Transport {
	if o.transport == nil {
		o.transport = model.NewTransport()
	}
	return o.transport
}
