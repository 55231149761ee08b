package openai

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/openai"
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
type Service = openai.Service

// Model is a model behind OpenAI's protocol. It implements [model.Model] and is safe for concurrent use.
type Model struct {
	client     *openai.Client
	api        api
	generation *spec.LlmGenerationConfig
}

var _ model.Model = (*Model)(nil)

// New returns the model of a configuration: an OpenAiConfig, OpenAiCompatibleConfig, VllmConfig or OllamaConfig, or a bare
// LlmConfig whose provider or api_type says that its server speaks this protocol. Any other gets an error of kind
// [model.KindUnsupported]. New does not touch the network. All its errors are a [*model.Error].
func New(cfg spec.LlmConfig, o *Options) (*Model, error) {
	if o == nil {
		o = &Options{}
	}
	client, err := openai.New(cfg, endings, openai.Options(*o))
	if err != nil {
		return nil, err
	}
	m := &Model{client: client, api: chat{}, generation: cfg.Llm().DefaultGenerationParameters}
	if kind := cfg.Llm().APIType; kind != nil {
		m.api = apis[*kind]
	}
	return m, nil
}

// CloseIdleConnections closes the connections that the model keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (m *Model) CloseIdleConnections() { m.client.CloseIdleConnections() }

// Generate implements [model.Model].
func (m *Model) Generate(ctx context.Context, p *prompt.Prompt, opts model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		r, err := m.request(p, opts.Stream)
		if err != nil {
			yield(model.Chunk{}, m.client.Complete(&model.Error{Kind: model.KindPrompt, Message: err.Error(), Err: err}))
			return
		}
		m.client.Ask(ctx, r, yield)
	}
}

// request writes a request.
func (m *Model) request(p *prompt.Prompt, stream bool) (*exchange.Request, error) {
	g := exchange.GenerationOf(p, m.generation)
	api, url := m.api, m.client.URL
	if _, isChat := api.(chat); isChat && m.ownModels() && NeedsResponses(m.client.Model, p, m.generation) {
		api, url = responses{}, m.client.At(responses{}.path())
		g = responsesReasoning(g)
	}
	r := &request{
		prompt: p, generation: &g, modelID: m.client.Model, official: m.client.Official, provider: m.client.Provider, stream: stream,
	}
	if _, isChat := api.(chat); (!isChat || r.official) && m.client.Provider != openai.OCI {
		r.cacheKey = m.cacheKey(p.Messages)
	}
	body, err := api.request(r)
	if err != nil {
		return nil, err
	}
	var reader exchange.API = api
	if m.client.Provider == openai.Ollama {
		reader = withoutHeader{api}
	}
	return &exchange.Request{
		API: reader, URL: url, Header: m.client.Header, Body: value.AppendJSON(nil, body), Prompt: p, Stream: stream,
		CacheKey: r.cacheKey,
	}, nil
}

// ownModels reports whether the server's GPT models are OpenAI's, and not those of somebody who only calls them so.
func (m *Model) ownModels() bool {
	return m.client.Provider == openai.OpenAI ||
		m.client.Provider == openai.OCI && strings.HasPrefix(strings.ToLower(m.client.Model), "openai.")
}

// cacheKey returns the key of the provider's prompt cache that an earlier answer of the conversation came with, or a new
// one.
func (m *Model) cacheKey(messages []message.Message) string {
	for _, msg := range slices.Backward(messages) {
		if msg.PromptCacheKey != "" {
			return msg.PromptCacheKey
		}
	}
	return m.client.NewID()
}
