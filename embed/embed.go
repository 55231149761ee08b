// Package embed is how the runtime turns texts into vectors: the [Embedder] interface, and what its implementations share.
// A package below it speaks to each kind of provider: embed/openai to OpenAI, vLLM, Ollama and compatible servers,
// embed/gemini to Google, embed/oci to Oracle's cloud. Package embed/embedtest has one for tests, and a suite for
// providers.
//
//	vectors, err := e.Embed(ctx, []string{"a cat", "a dog"})
//
// The package does not compare vectors and keeps none; package search does.
package embed

import (
	"context"
	"fmt"
)

// Embedder turns texts into vectors. Implementations are safe for concurrent use.
type Embedder interface {
	// Embed returns one vector for each text, in the order of the texts. All vectors of an embedder are equally long;
	// whether they have length 1 is the model's affair. No texts give no vectors and ask nobody. Texts that are more than
	// one request may hold go in several, one after the other. It is all or nothing: with an error there are no vectors.
	//
	// Errors are a *model.Error, those of a cancelled context included.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// InBatches embeds texts with requests of at most size texts each, one after the other; size below 1 means no bound. What
// ask returns must hold a vector for each text of its batch. The first error ends it.
func InBatches(ctx context.Context, texts []string, size int,
	ask func(ctx context.Context, batch []string) ([][]float32, error),
) ([][]float32, error) {
	if size < 1 {
		size = max(len(texts), 1)
	}
	vectors := make([][]float32, 0, len(texts))
	for start := 0; start < len(texts); start += size {
		batch := texts[start:min(start+size, len(texts))]
		got, err := ask(ctx, batch)
		if err != nil {
			return nil, err
		}
		if len(got) != len(batch) {
			panic(fmt.Sprintf("embed: %d vectors for a batch of %d texts", len(got), len(batch)))
		}
		vectors = append(vectors, got...)
	}
	return vectors, nil
}
