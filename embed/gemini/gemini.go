// Package gemini embeds texts with Google's models, by the Gemini API (https://ai.google.dev/api/embeddings) or by Vertex
// AI. Agent Spec has no configuration for them, so [Config] is one of this package.
//
//	e, err := gemini.New(gemini.Config{ModelID: "gemini-embedding-001"}, nil)
//	vectors, err := e.Embed(ctx, []string{"a cat", "a dog"})
package gemini

import (
	"context"
	"log/slog"
	"net/http"

	"google.golang.org/genai"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/google"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// BatchSize is how many texts go into a request unless [Options] say otherwise, the most that the Gemini API takes. Vertex
// AI takes one.
const BatchSize = 100

// Config says which model makes the vectors.
type Config struct {
	// ModelID is the name of the model, such as gemini-embedding-001.
	ModelID string
	// Auth gives access to it; nil means the key of GEMINI_API_KEY.
	Auth spec.GeminiAuthConfig
	// URL is where the server is; empty means Google's.
	URL string
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *spec.RetryPolicy
	// Dimensions is how long vectors are; 0 leaves it to the model.
	Dimensions int32
	// TaskType says what the vectors are for, such as RETRIEVAL_QUERY; empty leaves it to the model.
	TaskType string
}

// Options are the surroundings of an [Embedder]. Nil means defaults.
type Options struct {
	// Transport performs the requests; nil means one of the embedder's own, made by [model.NewTransport].
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

// Embedder is a model of Google. It implements [embed.Embedder] and is safe for concurrent use.
type Embedder struct {
	client *google.Client
	config Config
	batch  int
}

var _ embed.Embedder = (*Embedder)(nil)

// New returns an embedder. It does not touch the network. All its errors are a [*model.Error].
func New(cfg Config, o *Options) (*Embedder, error) {
	if o == nil {
		o = &Options{}
	}
	client, err := google.New(
		google.Config{ModelID: cfg.ModelID, Auth: cfg.Auth, URL: cfg.URL, Retry: cfg.RetryPolicy},
		google.Options{Transport: o.Transport, Env: o.Env, Logger: o.Logger, Random: o.Random},
	)
	if err != nil {
		return nil, err
	}
	e := &Embedder{client: client, config: cfg, batch: o.BatchSize}
	switch {
	case client.Vertex:
		e.batch = 1
	case e.batch == 0:
		e.batch = BatchSize
	}
	return e, nil
}

// CloseIdleConnections closes the connections that the embedder keeps for later calls, if they are its own.
func (e *Embedder) CloseIdleConnections() { e.client.CloseIdleConnections() }

// Embed implements [embed.Embedder].
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	return embed.InBatches(ctx, texts, e.batch, e.ask)
}

func (e *Embedder) ask(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	contents := make([]*genai.Content, len(texts))
	for i, text := range texts {
		contents[i] = genai.NewContentFromText(text, genai.RoleUser)
	}
	config := &genai.EmbedContentConfig{TaskType: e.config.TaskType}
	if e.config.Dimensions != 0 {
		config.OutputDimensionality = &e.config.Dimensions
	}
	send := func(ctx context.Context) (*http.Response, error) {
		return e.client.Send(ctx, func(ctx context.Context, models *genai.Models) error {
			_, err := models.EmbedContent(ctx, e.config.ModelID, contents, config)
			return err
		})
	}
	err = e.client.JSON(ctx, &exchange.Request{Send: send}, func(answer value.Value) (problem *model.Error) {
		vectors, problem = read(answer, len(texts))
		return problem
	})
	return vectors, err
}

// read finds the vectors in the three shapes in which Google sends them: of batchEmbedContents, embedContent and predict.
func read(answer value.Value, texts int) ([][]float32, *model.Error) {
	list, _ := answer.Get("embeddings").AsList()
	if one := answer.Get("embedding"); !one.IsNull() {
		list = []value.Value{one}
	}
	predictions, _ := answer.Get("predictions").AsList()
	for _, p := range predictions {
		list = append(list, p.Get("embeddings"))
	}
	if len(list) != texts {
		return nil, exchange.WrongCount(len(list), texts)
	}
	vectors := make([][]float32, texts)
	for i, v := range list {
		var problem *model.Error
		if vectors[i], problem = exchange.Vector(v.Get("values")); problem != nil {
			return nil, problem
		}
	}
	return vectors, nil
}
