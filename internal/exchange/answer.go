package exchange

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// API reads the answers of one protocol.
type API interface {
	// Answer reads the body of an answer that comes in one piece.
	Answer(body value.Value) (*Answer, *model.Error)
	// Collect starts to read a stream.
	Collect() Collector
}

// Collector puts an answer together from the events of a stream.
type Collector interface {
	// Add takes the next event, and returns the pieces of the answer that it adds; they are valid until the next call.
	Add(event value.Value) ([]model.Chunk, *model.Error)
	// Over reports whether the last event has come, for APIs that say so.
	Over() bool
	// Answer returns what came. With ended, the stream said that it was over; otherwise the collector must know by
	// itself whether the answer is whole, and returns nil if it is not.
	Answer(ended bool) (*Answer, *model.Error)
}

// Answer is what came back, in our terms as far as all APIs agree.
type Answer struct {
	Contents []message.Part
	Calls    []ToolCall
	// Reasoning and Extra are what the provider wants back.
	Reasoning, Extra value.Value
	// Thought is the reasoning as a text to show, if there is one.
	Thought string
	// Usage is nil if the server reported none.
	Usage *message.Usage
	// Truncated is true if the answer reached its token limit.
	Truncated bool
	// CacheKey names the prompt's cache at the provider.
	CacheKey string
}

// ToolCall is a tool request whose arguments are still text.
type ToolCall struct {
	ID, Name, Arguments string
	Extra               value.Value
}

// message turns an answer into a message.
func (a *Answer) message(newID func() string) (message.Message, *model.Error) {
	msg := message.Message{
		Role: message.Assistant, Contents: a.Contents, Reasoning: a.Reasoning, Extra: a.Extra, PromptCacheKey: a.CacheKey,
	}
	for _, c := range a.Calls {
		args, ok := prompt.ParseArguments(c.Arguments)
		if !ok && a.Truncated {
			return msg, &model.Error{
				Kind: model.KindIncomplete, Message: "the answer reached its token limit within the arguments of tool " + c.Name,
				Hint: "raise max_tokens",
			}
		}
		id := c.ID
		if id == "" {
			id = newID()
		}
		msg.ToolRequests = append(msg.ToolRequests, message.ToolRequest{ID: id, Name: c.Name, Args: args, Extra: c.Extra})
	}
	return msg, nil
}

// deltas are the chunks of an answer that came in one piece though a stream was asked for.
func (a *Answer) deltas(msg *message.Message) (chunks []model.Chunk) {
	if a.Thought != "" {
		chunks = append(chunks, model.Chunk{Reasoning: a.Thought})
	}
	if text := msg.Text(); text != "" {
		chunks = append(chunks, model.Chunk{Delta: text})
	}
	for i, r := range msg.ToolRequests {
		chunks = append(chunks, model.Chunk{Tool: &model.ToolDelta{
			Index: i, ID: r.ID, Name: r.Name, Arguments: a.Calls[i].Arguments,
		}})
	}
	return chunks
}

// Number returns the number that v is, written with a fraction or without; 0 if it is none.
func Number(v value.Value) float64 {
	if i, ok := v.AsInt(); ok {
		return float64(i)
	}
	f, _ := v.AsFloat()
	return f
}
