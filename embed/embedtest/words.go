// Package embedtest tests embedders and what uses them. Nothing here is for use outside tests.
package embedtest

import (
	"context"
	"hash/fnv"
	"math"
	"strings"
	"sync"
	"unicode"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/model"
)

// Words is an embedder without a model: texts that share words get vectors that are close. It counts the words of a text,
// without regard to case and punctuation, in buckets by their hash; vectors have length 1, that of a text without words is
// all zeros. The same text gives the same vector always.
type Words struct {
	// Size is the length of vectors; 0 means 64.
	Size int
	// Err, if set, is what Embed fails with.
	Err error

	mu    sync.Mutex // guards asked
	asked [][]string
}

var _ embed.Embedder = (*Words)(nil)

// Embed implements [embed.Embedder].
func (w *Words) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, &model.Error{Kind: model.KindCancelled, Provider: "test", Model: "words", Message: "cancelled", Err: err}
	}
	w.mu.Lock()
	w.asked = append(w.asked, append([]string(nil), texts...))
	w.mu.Unlock()
	if w.Err != nil {
		return nil, w.Err
	}
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = w.vector(text)
	}
	return vectors, nil
}

// Asked returns the texts of each call so far.
func (w *Words) Asked() [][]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([][]string(nil), w.asked...)
}

func (w *Words) vector(text string) []float32 {
	size := w.Size
	if size == 0 {
		size = 64
	}
	vector := make([]float32, size)
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		h := fnv.New32a()
		_, _ = h.Write([]byte(word)) // a hash never fails
		vector[h.Sum32()%uint32(size)]++
	}
	var sum float64
	for _, x := range vector {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return vector
	}
	for i := range vector {
		vector[i] /= float32(math.Sqrt(sum))
	}
	return vector
}
