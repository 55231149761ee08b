// Package openai embeds texts with models behind OpenAI's protocol (https://platform.openai.com/docs/api-reference/embeddings):
// OpenAI itself, vLLM, Ollama and every compatible server.
//
//	e, err := openai.New(config, &openai.Options{Transport: transport})
//	vectors, err := e.Embed(ctx, []string{"a cat", "a dog"})
//
// Addresses follow the rules for models: a missing /v1 is added, and embeddings after it, unless they are there.
// (The reference adds a second /v1 to an address that ends with one.) Retries follow the document's policy.
package openai

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/openai"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// BatchSize is how many texts go into a request unless [Options] say otherwise: what the compatible servers agree on.
// OpenAI's own takes 2,048.
const BatchSize = 256

// Options are the surroundings of an [Embedder]. Nil means defaults.
type Options struct {
	// Transport performs the requests; nil means one of the embedder's own, made by [model.NewTransport]. Give all models
	// of a program the same, so that they share connections.
	Transport http.RoundTripper
	// Key is the API key, which documents have no field for. Empty means OPENAI_API_KEY, for OpenAI only.
	Key string
	// Env looks up environment variables; nil means os.Getenv.
	Env func(string) string
	// ShareKey sends the OPENAI_API_KEY of the environment also to a compatible server. vLLM and Ollama never get it.
	ShareKey bool
	// BatchSize bounds the texts of one request; 0 means [BatchSize].
	BatchSize int
	// Logger is told of requests (debug) and of failed tries (warn), never of their contents; nil discards.
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
}

// Embedder is a model behind OpenAI's protocol. It implements [embed.Embedder] and is safe for concurrent use.
type Embedder struct {
	client *openai.Client
	batch  int
}

var _ embed.Embedder = (*Embedder)(nil)

// New returns the embedder of a configuration: an OpenAiEmbeddingConfig, OpenAiCompatibleEmbeddingConfig,
// VllmEmbeddingConfig or OllamaEmbeddingConfig. Any other gets an error of kind [model.KindUnsupported]. New does not touch
// the network. All its errors are a [*model.Error].
func New(cfg spec.EmbeddingConfig, o *Options) (*Embedder, error) {
	if o == nil {
		o = &Options{}
	}
	llm := modelOf(cfg)
	if llm == nil {
		return nil, &model.Error{
			Kind: model.KindUnsupported, Message: fmt.Sprintf("a %s is not for a server that speaks OpenAI's protocol", spec.TypeName(cfg)),
		}
	}
	if o.Key != "" {
		llm.Llm().APIKey = &o.Key
	}
	client, err := openai.New(llm, map[string]string{"": "embeddings"}, openai.Options{
		Transport: o.Transport, Env: o.Env, ShareKey: o.ShareKey, Logger: o.Logger, Random: o.Random,
	})
	if err != nil {
		return nil, err
	}
	e := &Embedder{client: client, batch: o.BatchSize}
	if e.batch == 0 {
		e.batch = BatchSize
	}
	return e, nil
}

// modelOf is the configuration of a language model on the same server, or nil if it is none of this protocol's.
func modelOf(cfg spec.EmbeddingConfig) spec.LlmConfig {
	switch c := cfg.(type) {
	case *spec.OpenAiEmbeddingConfig:
		return &spec.OpenAiConfig{LlmBase: spec.LlmBase{ModelID: c.ModelID, RetryPolicy: c.RetryPolicy}}
	case *spec.OpenAiCompatibleEmbeddingConfig:
		return compatible(c)
	case *spec.VllmEmbeddingConfig:
		return &spec.VllmConfig{OpenAiCompatibleConfig: *compatible(&c.OpenAiCompatibleEmbeddingConfig)}
	case *spec.OllamaEmbeddingConfig:
		return &spec.OllamaConfig{OpenAiCompatibleConfig: *compatible(&c.OpenAiCompatibleEmbeddingConfig)}
	default:
		return nil
	}
}

func compatible(c *spec.OpenAiCompatibleEmbeddingConfig) *spec.OpenAiCompatibleConfig {
	return &spec.OpenAiCompatibleConfig{
		LlmBase: spec.LlmBase{ModelID: c.ModelID, URL: &c.URL, RetryPolicy: c.RetryPolicy},
		KeyFile: c.KeyFile, CertFile: c.CertFile, CAFile: c.CAFile,
	}
}

// CloseIdleConnections closes the connections that the embedder keeps for later calls, if they are its own.
func (e *Embedder) CloseIdleConnections() { e.client.CloseIdleConnections() }

// Embed implements [embed.Embedder].
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	return embed.InBatches(ctx, texts, e.batch, e.ask)
}

func (e *Embedder) ask(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	input := make([]value.Value, len(texts))
	for i, text := range texts {
		input[i] = value.String(text)
	}
	body := value.AppendJSON(nil, value.Obj(
		value.Member{Key: "model", Value: value.String(e.client.Model)},
		value.Member{Key: "input", Value: value.List(input...)},
	))
	err = e.client.JSON(ctx, &exchange.Request{URL: e.client.URL, Header: e.client.Header, Body: body},
		func(answer value.Value) (problem *model.Error) {
			vectors, problem = read(answer, len(texts))
			return problem
		})
	return vectors, err
}

// read puts the vectors where their index says; servers that leave it out keep the order.
func read(answer value.Value, texts int) ([][]float32, *model.Error) {
	data, _ := answer.Get("data").AsList()
	if len(data) != texts {
		return nil, exchange.WrongCount(len(data), texts)
	}
	vectors := make([][]float32, texts)
	for i, d := range data {
		at := int64(i)
		if index, ok := d.Get("index").AsInt(); ok {
			at = index
		}
		if at < 0 || at >= int64(texts) || vectors[at] != nil {
			return nil, exchange.BadVector(fmt.Sprintf("the index %d is out of range or comes twice", at))
		}
		vector, problem := exchange.Vector(d.Get("embedding"))
		if problem != nil {
			return nil, problem
		}
		vectors[at] = vector
	}
	return vectors, nil
}
