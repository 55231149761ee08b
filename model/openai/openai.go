package openai

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Options are the surroundings of a [Model]. Nil means defaults.
type Options struct {
	// Transport performs the requests; nil means one of the model's own, made by [model.NewTransport]. Give all models
	// of a program the same, so that they share connections. A configuration with TLS files gets a copy of it with
	// connections of its own, which only works for an *http.Transport.
	Transport http.RoundTripper
	// Service is the cloud that speaks the protocol, where it is one with rules of its own; nil goes by the configuration.
	Service *Service
	// Env looks up environment variables; nil means [os.Getenv].
	Env func(string) string
	// ShareKey sends the OPENAI_API_KEY of the environment also to an OpenAI-compatible server whose configuration
	// gives no key. vLLM and Ollama never get it.
	ShareKey bool
	// Logger is told of requests (debug) and of failed tries (warn), never of their contents; nil discards.
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID names tool requests that a server left without an id, and prompt caches; nil means random UUIDs.
	NewID func() string
}

// Service is a cloud whose models speak OpenAI's protocol, for the package that knows the rest of it, such as model/oci.
type Service struct {
	// Provider is how errors and logs name it; oci has rules of its own.
	Provider string
	// Header is sent with each request besides what the protocol asks for.
	Header http.Header
	// Secrets are what must not be shown.
	Secrets []string
	// Hint says what to do about an error; it returns "" where it knows no better than what is common to all.
	Hint func(*model.Error) string
}

// Model is a model behind OpenAI's protocol. It implements [model.Model] and is safe for concurrent use.
type Model struct {
	*settings
	server exchange.Server
	header http.Header
	// owned is true if the connections belong to this model alone.
	owned bool
}

var _ model.Model = (*Model)(nil)

// New returns the model of a configuration: an OpenAiConfig, OpenAiCompatibleConfig, VllmConfig or OllamaConfig, or a bare
// LlmConfig whose provider or api_type says that its server speaks this protocol. Any other gets an error of kind
// [model.KindUnsupported]. New does not touch the network. All its errors are a [*model.Error].
func New(cfg spec.LlmConfig, o *Options) (*Model, error) {
	var opts Options
	if o != nil {
		opts = *o
	}
	if opts.Env == nil {
		opts.Env = os.Getenv
	}
	if opts.Service == nil {
		opts.Service = &Service{}
	}
	s, problem := readConfig(cfg, &opts)
	m := &Model{settings: s, server: exchange.Server{
		Provider: s.provider, Model: s.modelID, Address: s.endpoint.shown,
		Redact: model.NewRedactor(slices.Concat(s.endpoint.secrets, []string{s.key}, opts.Service.Secrets)...),
	}}
	if m.server.Hint = opts.Service.Hint; m.server.Hint == nil {
		m.server.Hint = m.hint
	}
	m.server.Use(s.retry, exchange.Options{Logger: opts.Logger, Random: opts.Random, NewID: opts.NewID})
	if problem != nil {
		return nil, m.server.Complete(problem)
	}
	transport, owned, err := exchange.Transport(opts.Transport, s.tls)
	if err != nil {
		return nil, m.server.Complete(configError(err.Error()))
	}
	m.owned = owned
	m.server.HTTP = exchange.Client(transport)
	m.header = opts.Service.Header.Clone()
	if m.header == nil {
		m.header = http.Header{}
	}
	m.header.Set("Content-Type", "application/json")
	m.header.Set("User-Agent", "wayflow")
	if s.key != "" {
		m.header.Set("Authorization", "Bearer "+s.key)
	}
	return m, nil
}

// CloseIdleConnections closes the connections that the model keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (m *Model) CloseIdleConnections() {
	if m.owned {
		m.server.HTTP.CloseIdleConnections()
	}
}

// Generate implements [model.Model].
func (m *Model) Generate(ctx context.Context, p *prompt.Prompt, opts model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		r, err := m.request(p, opts.Stream)
		if err != nil {
			yield(model.Chunk{}, m.server.Complete(&model.Error{Kind: model.KindPrompt, Message: err.Error(), Err: err}))
			return
		}
		m.server.Ask(ctx, r, yield)
	}
}

// request writes a request.
func (m *Model) request(p *prompt.Prompt, stream bool) (*exchange.Request, error) {
	g := exchange.GenerationOf(p, m.generation)
	api, url := m.api, m.endpoint.url
	if _, isChat := api.(chat); isChat && m.ownModels() && NeedsResponses(m.modelID, p, m.generation) {
		api, url = responses{}, m.endpoint.with(responses{}.path())
		g = responsesReasoning(g)
	}
	r := &request{
		prompt: p, generation: &g, modelID: m.modelID, official: m.endpoint.official, provider: m.provider, stream: stream,
	}
	if _, isChat := api.(chat); (!isChat || r.official) && m.provider != providerOCI {
		r.cacheKey = m.cacheKey(p.Messages)
	}
	body, err := api.request(r)
	if err != nil {
		return nil, err
	}
	var reader exchange.API = api
	if m.provider == providerOllama {
		reader = withoutHeader{api}
	}
	return &exchange.Request{
		API: reader, URL: url, Header: m.header, Body: value.AppendJSON(nil, body), Prompt: p, Stream: stream,
		CacheKey: r.cacheKey,
	}, nil
}

// ownModels reports whether the server's GPT models are OpenAI's, and not those of somebody who only calls them so.
func (m *Model) ownModels() bool {
	return m.provider == providerOpenAI ||
		m.provider == providerOCI && strings.HasPrefix(strings.ToLower(m.modelID), "openai.")
}

// cacheKey returns the key of the provider's prompt cache that an earlier answer of the conversation came with, or a new
// one.
func (m *Model) cacheKey(messages []message.Message) string {
	for _, msg := range slices.Backward(messages) {
		if msg.PromptCacheKey != "" {
			return msg.PromptCacheKey
		}
	}
	return m.server.NewID()
}

// hint says what to do about an error, where this protocol's servers let one know.
func (m *Model) hint(e *model.Error) string {
	switch e.Kind {
	case model.KindAuth:
		switch {
		case m.key != "":
			return "check the API key and what it may be used for"
		case m.provider == providerOpenAI || m.provider == providerCompatible:
			return keyHint
		}
		return "give the configuration an api_key"
	case model.KindNotFound:
		return m.notFoundHint(e)
	case model.KindUnreachable:
		if m.provider == providerOllama && errors.Is(e, syscall.ECONNREFUSED) {
			return "start the server with: ollama serve"
		}
	default:
	}
	return ""
}

func (m *Model) notFoundHint(e *model.Error) string {
	if !strings.Contains(strings.ToLower(e.Message+e.Code), "model") {
		return "check the url: the address above is what it leads to"
	}
	if m.provider == providerOllama {
		return "get the model with: ollama pull " + m.modelID
	}
	return "check model_id; the server lists its models at /v1/models"
}
