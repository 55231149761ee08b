package oci

import (
	"context"
	"iter"
	"log/slog"
	"net/http"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/oracle"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Options are the surroundings of a [Model]. Nil means defaults.
type Options struct {
	// Transport performs the requests, once they are signed; nil means one of the model's own, made by
	// [model.NewTransport]. Give all models of a program the same, so that they share connections.
	Transport http.RoundTripper
	// Env looks up environment variables; nil means [os.Getenv].
	Env func(string) string
	// Logger is told of requests (debug), of failed tries and of parameters that a model does not know (warn), never of
	// the contents of requests; nil discards.
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID names tool requests that a server left without an id, and requests; nil means random UUIDs.
	NewID func() string
}

// Model is a model of the service. It implements [model.Model] and is safe for concurrent use.
type Model struct {
	*settings
	server exchange.Server
	url    string
	access *oracle.Access
	// compatible speaks the API of OpenAI's kind.
	compatible *openai.Model
	// owned is nil unless the connections belong to this model alone.
	owned *http.Transport
}

var _ model.Model = (*Model)(nil)

// New returns the model of an OciGenAiConfig, or of a bare LlmConfig whose api_provider or provider is oci, which gets its
// access from the profile DEFAULT of ~/.oci/config. Any other gets an error of kind [model.KindUnsupported]. New reads the files that
// the configuration names, and does not touch the network. All its errors are a [*model.Error].
func New(cfg spec.LlmConfig, o *Options) (*Model, error) {
	var opts Options
	if o != nil {
		opts = *o
	}
	s, problem := readConfig(cfg)
	m := &Model{settings: s, server: exchange.Server{Provider: oracle.Provider, Model: cfg.Llm().ModelID}}
	m.server.Hint = oracle.Hint
	m.server.Use(cfg.Llm().RetryPolicy, exchange.Options{Logger: opts.Logger, Random: opts.Random, NewID: opts.NewID})
	if problem != nil {
		return nil, m.server.Complete(problem)
	}
	if opts.Transport == nil {
		m.owned = model.NewTransport()
		opts.Transport = m.owned
	}
	m.access, problem = oracle.Open(s.client, s.compartment, oracle.Options{Transport: opts.Transport, Env: opts.Env})
	if problem != nil {
		return nil, m.server.Complete(problem)
	}
	m.server.Address = m.access.Host
	m.server.Redact = model.NewRedactor(m.access.Secrets...)
	m.server.HTTP = exchange.Client(m.access.Transport)
	m.url = m.access.Endpoint + "/20231130/actions/chat"
	compatible, err := openai.New(s.likeOpenAI(m.access), &openai.Options{
		Transport: m.access.Transport, Service: &openai.Service{
			Provider: oracle.Provider, Header: s.header(m.access), Secrets: m.access.Secrets, Hint: oracle.Hint,
		},
		Logger: opts.Logger, Random: opts.Random, NewID: opts.NewID,
	})
	if err != nil {
		return nil, err
	}
	m.compatible = compatible
	return m, nil
}

// CloseIdleConnections closes the connections that the model keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (m *Model) CloseIdleConnections() {
	if m.owned != nil {
		m.owned.CloseIdleConnections()
	}
}

// Generate implements [model.Model].
func (m *Model) Generate(ctx context.Context, p *prompt.Prompt, opts model.Options) iter.Seq2[model.Chunk, error] {
	if !m.native || m.fromOpenAI && openai.NeedsResponses(m.modelID, p, m.defaults) {
		return m.compatible.Generate(ctx, p, opts)
	}
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
	g := exchange.GenerationOf(p, m.defaults)
	body, err := m.body(p, &g, stream)
	if err != nil {
		return nil, err
	}
	return &exchange.Request{
		API: m.format, URL: m.url, Body: body, Prompt: p, Stream: stream,
		Header: http.Header{
			"Content-Type": {"application/json"}, "Accept": {"application/json,text/event-stream"},
			"User-Agent": {"wayflow"}, "Opc-Retry-Token": {m.server.NewID()},
		},
		Mend: func(e *model.Error) []byte {
			if !m.withoutUnknown(&g, e) {
				return nil
			}
			mended, err := m.body(p, &g, stream)
			if err != nil {
				return nil // what could be written with the parameter can be without
			}
			return mended
		},
	}, nil
}

// body writes the ChatDetails of the API.
func (m *Model) body(p *prompt.Prompt, g *exchange.Generation, stream bool) ([]byte, error) {
	request, err := m.format.request(p, g, stream)
	if err != nil {
		return nil, err
	}
	return value.AppendJSON(nil, value.Obj(
		value.Member{Key: "compartmentId", Value: value.String(m.access.Compartment)},
		value.Member{Key: "servingMode", Value: oracle.Serving(m.serving, m.modelID)},
		value.Member{Key: "chatRequest", Value: request},
	)), nil
}
