package gemini

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"strings"

	"google.golang.org/genai"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/google"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
)

// Options are the surroundings of a [Model]. Nil means defaults.
type Options struct {
	// Transport performs the requests; nil means one of the model's own, made by [model.NewTransport]. Give all models of
	// a program the same, so that they share connections.
	Transport http.RoundTripper
	// Env looks up environment variables; nil means os.Getenv. Google's application default credentials read more of the
	// environment by themselves.
	Env func(string) string
	// ShareKey sends the GEMINI_API_KEY of the environment also to a server that is not Google's, if the configuration
	// gives a url but no key.
	ShareKey bool
	// Logger is told of requests (debug) and of failed tries (warn), never of their contents; nil discards.
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID names tool requests that the server left without an id; nil means random UUIDs.
	NewID func() string
}

// Model is a Gemini model. It implements [model.Model] and is safe for concurrent use.
type Model struct {
	client     *google.Client
	id         string
	generation *spec.LlmGenerationConfig
}

var _ model.Model = (*Model)(nil)

// New returns the model of a GeminiConfig, or of a bare LlmConfig whose api_provider, or else provider, is google or gemini
// and which names no api_type, since that is of other protocols. Any other gets an error of kind [model.KindUnsupported].
// New does not touch the network. All its errors are a [*model.Error].
func New(cfg spec.LlmConfig, o *Options) (*Model, error) {
	base := cfg.Llm()
	c := google.Config{ModelID: base.ModelID, URL: text(base.URL), Key: text(base.APIKey), Retry: base.RetryPolicy}
	switch cfg := cfg.(type) {
	case *spec.GeminiConfig:
		c.Auth = cfg.Auth
	case *spec.GenericLlmConfig:
		if !isGemini(base) {
			return nil, unsupported(cfg)
		}
	default:
		return nil, unsupported(cfg)
	}
	if o == nil {
		o = &Options{}
	}
	client, err := google.New(c, google.Options(*o))
	if err != nil {
		return nil, err
	}
	return &Model{client: client, id: base.ModelID, generation: base.DefaultGenerationParameters}, nil
}

func isGemini(base *spec.LlmBase) bool {
	name := strings.ToLower(cmp.Or(text(base.APIProvider), text(base.Provider)))
	return (name == "google" || name == "gemini") && text(base.APIType) == ""
}

func unsupported(cfg spec.LlmConfig) *model.Error {
	return &model.Error{
		Kind: model.KindUnsupported, Provider: google.Provider, Model: cfg.Llm().ModelID,
		Message: fmt.Sprintf("a %s is not for a Gemini model", spec.TypeName(cfg)),
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// CloseIdleConnections closes the connections that the model keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (m *Model) CloseIdleConnections() { m.client.CloseIdleConnections() }

// Generate implements [model.Model].
func (m *Model) Generate(ctx context.Context, p *prompt.Prompt, opts model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		g := exchange.GenerationOf(p, m.generation)
		body, err := m.request(p, &g)
		if err != nil {
			yield(model.Chunk{}, m.client.Complete(&model.Error{Kind: model.KindPrompt, Message: err.Error(), Err: err}))
			return
		}
		m.client.Ask(ctx, &exchange.Request{
			API: api{}, Prompt: p, Stream: opts.Stream,
			Send: func(ctx context.Context) (*http.Response, error) { return m.send(ctx, body, opts.Stream) },
		}, yield)
	}
}

// send makes one request. Going on by itself with an answer that is not at its end is left to the document.
func (m *Model) send(ctx context.Context, body map[string]any, stream bool) (*http.Response, error) {
	return m.client.Send(ctx, func(ctx context.Context, models *genai.Models) error {
		config := &genai.GenerateContentConfig{HTTPOptions: google.Body(body), AutomaticContinuation: new(bool)}
		if !stream {
			_, err := models.GenerateContent(ctx, m.id, nil, config)
			return err
		}
		for _, err := range models.GenerateContentStream(ctx, m.id, nil, config) {
			return err
		}
		return nil
	})
}
