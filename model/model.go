// Package model is how the runtime asks a language model: the [Model] interface, what travels through it, and the
// errors that come back. A package below it speaks to each provider with that provider's official client; nothing
// above them mentions a provider's types.
package model

import (
	"context"
	"iter"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
)

// Model answers prompts. Implementations are safe for concurrent use.
type Model interface {
	// Generate asks the model once and yields the answer as it comes: any number of deltas, and last a chunk whose
	// Answer is set. The first error ends the stream. Breaking out of the loop ends the request. The sequence may be
	// ranged over once. Retries by the configuration's policy happen inside, and never after a first delta.
	Generate(ctx context.Context, p *prompt.Prompt, opts Options) iter.Seq2[Chunk, error]
}

// Options say how one answer should come.
type Options struct {
	// Stream asks for deltas; without it only the final chunk comes.
	Stream bool
}

// Chunk is a piece of an answer. One of its fields is set.
type Chunk struct {
	// Delta is a piece of text.
	Delta string
	// Reasoning is a piece of what a model thinks before it answers, from servers that show it.
	Reasoning string
	// Tool is a piece of a tool call.
	Tool *ToolDelta
	// Answer is the whole answer, in the last chunk only.
	Answer *Answer
}

// ToolDelta is a piece of a tool call. What it adds up to is checked only in the [Answer].
type ToolDelta struct {
	// Index counts the calls of an answer from 0; pieces of several may alternate.
	Index int
	// ID and Name are those of the call as far as they are known; both may be missing from the first pieces.
	ID, Name string
	// Arguments is the next piece of the arguments' JSON text. It may be empty.
	Arguments string
}

// Answer is what a model said.
type Answer struct {
	Message message.Message
	Usage   message.Usage
	// Truncated is true if the answer ends where it does because it reached its token limit.
	Truncated bool
}
