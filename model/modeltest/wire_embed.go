package modeltest

import (
	"slices"
	"strings"
)

// embedWire answers requests for vectors: embeddings of OpenAI's protocol
// (https://platform.openai.com/docs/api-reference/embeddings/object), and of Google's two
// (https://ai.google.dev/api/embeddings,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api).
type embedWire struct{}

func isEmbedding(path string) bool {
	method, ok := geminiCall(path)
	return strings.HasSuffix(path, "/embeddings") ||
		ok && slices.Contains([]string{"batchEmbedContents", "embedContent", "predict"}, method)
}

func (embedWire) read(r *Request) {
	if input, ok := r.Body["input"].(string); ok {
		r.Texts = []string{input}
	}
	for _, t := range list(r.Body["input"]) {
		r.Texts = append(r.Texts, text(t))
	}
	for _, i := range list(r.Body["instances"]) {
		r.Texts = append(r.Texts, text(object(i)["content"]))
	}
	contents := []any{r.Body}
	if requests := list(r.Body["requests"]); requests != nil {
		contents = requests
	}
	for _, c := range contents {
		for _, p := range list(object(object(c)["content"])["parts"]) {
			r.Texts = append(r.Texts, text(object(p)["text"]))
		}
	}
}

// VectorOf is the vector of a text for which a script has none.
func VectorOf(text string) []float32 {
	v := []float32{float32(len(text)), 0.5, -1}
	for _, b := range []byte(text) {
		v[2] += float32(b) / 256
	}
	return v
}

func (r *Reply) vectors(request *Request) [][]float32 {
	if r.Vectors != nil || r.Fault == NoChoices {
		return r.Vectors
	}
	vectors := make([][]float32, len(request.Texts))
	for i, t := range request.Texts {
		vectors[i] = VectorOf(t)
	}
	return vectors
}

func (embedWire) whole(r *Request, reply *Reply) map[string]any {
	vectors := reply.vectors(r)
	out := make([]any, len(vectors))
	method, _ := geminiCall(r.Path)
	for i, v := range vectors {
		switch method {
		case "batchEmbedContents":
			out[i] = map[string]any{"values": v}
		case "predict":
			out[i] = map[string]any{"embeddings": map[string]any{"values": v, "statistics": map[string]any{"token_count": 1}}}
		case "embedContent":
			return map[string]any{"embedding": map[string]any{"values": v}}
		default:
			// Last first: it is the index that counts.
			out[len(vectors)-1-i] = map[string]any{"object": "embedding", "index": i, "embedding": v}
		}
	}
	switch method {
	case "batchEmbedContents":
		return map[string]any{"embeddings": out}
	case "predict":
		return map[string]any{"predictions": out}
	case "embedContent":
		return map[string]any{}
	}
	return map[string]any{
		"object": "list", "data": out, "model": r.Body["model"],
		"usage": map[string]any{"prompt_tokens": 1, "total_tokens": 1},
	}
}

func (embedWire) failure(status int, message, code string) map[string]any {
	return chatWire{}.failure(status, message, code)
}

// Nobody streams vectors.
func (embedWire) events(*Request, *Reply) []event { return nil }
func (embedWire) delta(string) event              { return event{} }
