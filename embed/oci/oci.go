// Package oci embeds texts with models of Oracle's Generative AI service
// (https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/EmbedTextResult/EmbedText).
//
//	e, err := oci.New(&spec.OciGenAiEmbeddingConfig{ModelID: "cohere.embed-v4.0", ...}, nil)
//	vectors, err := e.Embed(ctx, []string{"a cat", "a dog"})
package oci

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/oracle"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// BatchSize is how many texts go into a request unless [Options] say otherwise, the most that the service takes.
const BatchSize = 96

// Options are the surroundings of an [Embedder]. Nil means defaults.
type Options struct {
	// Transport performs the requests, once they are signed; nil means one of the embedder's own, made by
	// [model.NewTransport].
	Transport http.RoundTripper
	// Env looks up environment variables; nil means os.Getenv.
	Env func(string) string
	// BatchSize bounds the texts of one request; 0 means [BatchSize].
	BatchSize int
	// Logger is told of requests (debug) and of failed tries (warn), never of their contents; nil discards.
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
}

// Embedder is a model of the service. It implements [embed.Embedder] and is safe for concurrent use.
type Embedder struct {
	server *exchange.Server
	access *oracle.Access
	serve  value.Value
	batch  int
	// owned is nil unless the connections belong to this embedder alone.
	owned *http.Transport
}

var _ embed.Embedder = (*Embedder)(nil)

// New returns the embedder of a configuration. It reads the files that the configuration names, and does not touch the
// network. All its errors are a [*model.Error].
func New(cfg *spec.OciGenAiEmbeddingConfig, o *Options) (*Embedder, error) {
	var opts Options
	if o != nil {
		opts = *o
	}
	mode := oracle.ServingMode(cfg.ServingMode, cfg.ModelID)
	e := &Embedder{
		server: &exchange.Server{Provider: oracle.Provider, Model: cfg.ModelID, Hint: oracle.Hint},
		serve:  oracle.Serving(mode, cfg.ModelID), batch: opts.BatchSize,
	}
	if e.batch == 0 {
		e.batch = BatchSize
	}
	e.server.Use(cfg.RetryPolicy, exchange.Options{Logger: opts.Logger, Random: opts.Random})
	if opts.Transport == nil {
		e.owned = model.NewTransport()
		opts.Transport = e.owned
	}
	access, problem := oracle.Open(cfg.ClientConfig, cfg.CompartmentID, oracle.Options{Transport: opts.Transport, Env: opts.Env})
	if problem != nil {
		return nil, e.server.Complete(problem)
	}
	e.access = access
	e.server.Address, e.server.HTTP = access.Host, exchange.Client(access.Transport)
	e.server.Redact = model.NewRedactor(access.Secrets...)
	return e, nil
}

// CloseIdleConnections closes the connections that the embedder keeps for later calls, if they are its own.
func (e *Embedder) CloseIdleConnections() {
	if e.owned != nil {
		e.owned.CloseIdleConnections()
	}
}

// Embed implements [embed.Embedder].
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	return embed.InBatches(ctx, texts, e.batch, e.ask)
}

func (e *Embedder) ask(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	inputs := make([]value.Value, len(texts))
	for i, text := range texts {
		inputs[i] = value.String(text)
	}
	body := value.Obj(
		value.Member{Key: "inputs", Value: value.List(inputs...)},
		value.Member{Key: "servingMode", Value: e.serve},
		value.Member{Key: "compartmentId", Value: value.String(e.access.Compartment)},
	)
	r := &exchange.Request{
		URL: e.access.Endpoint + "/20231130/actions/embedText", Body: value.AppendJSON(nil, body),
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"wayflow"}},
	}
	err = e.server.JSON(ctx, r, func(answer value.Value) (problem *model.Error) {
		vectors, problem = read(answer, len(texts))
		return problem
	})
	return vectors, err
}

// read finds the vectors of an EmbedTextResult.
func read(answer value.Value, texts int) ([][]float32, *model.Error) {
	if e := oracle.Failure(answer); e != nil {
		return nil, e
	}
	list, _ := answer.Get("embeddings").AsList()
	if len(list) != texts {
		return nil, exchange.WrongCount(len(list), texts)
	}
	vectors := make([][]float32, texts)
	for i, v := range list {
		var problem *model.Error
		if vectors[i], problem = exchange.Vector(v); problem != nil {
			return nil, problem
		}
	}
	return vectors, nil
}
