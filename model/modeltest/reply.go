package modeltest

import "time"

// Reply is what a [Server] answers to one request.
type Reply struct {
	// Text and ToolCalls are the answer; both may be given.
	Text      string
	ToolCalls []ToolCall
	// Reasoning is what a reasoning model thinks before it answers.
	Reasoning string
	// Refusal is given instead of a text.
	Refusal string
	// Finish is the finish_reason; empty means the one that goes with the answer.
	Finish string
	// Logprobs tells each piece of the text with its probability.
	Logprobs bool
	// Input and Output are the tokens that are reported; 0 means 10 and 5. Cached and Thought are the parts of them that
	// came from a cache and that were reasoning. NoUsage reports none.
	Input, Output   int
	Cached, Thought int
	NoUsage         bool
	// Vectors answer a request for embeddings; nil means those of [VectorOf].
	Vectors [][]float32

	// Delay passes before the answer begins, ChunkDelay before each event of a stream.
	Delay, ChunkDelay time.Duration
	// ChunkSize is how many bytes of text and of arguments go into one event; 0 means 7.
	ChunkSize int

	// Status is the HTTP status; 0 means 200. From 400 on the body is an error with Text as its message and Code as its
	// code.
	Status int
	Code   string
	// Header is added to the answer's.
	Header map[string]string
	// Body, if not empty, is sent as it is instead of an answer of the protocol, with ContentType (empty: JSON).
	Body, ContentType string
	// Fault makes the answer go wrong, after the first After events of a stream or at once.
	Fault Fault
	After int
}

// ToolCall is a call of a tool that the answer asks for. Arguments are JSON text.
type ToolCall struct{ ID, Name, Arguments string }

// Fault is a way for an answer to go wrong.
type Fault int

// The faults.
const (
	// NoFault lets the answer be whole.
	NoFault Fault = iota
	// Cut closes the connection in mid-answer.
	Cut
	// End ends the answer in good order, but too early: a stream without its last events, a body that is half of its
	// JSON.
	End
	// Hang keeps the connection open and says nothing more, until the client goes away.
	Hang
	// Endless sends the text again and again in a stream, until the client goes away.
	Endless
	// NoChoices leaves the answer without any content.
	NoChoices
	// Report sends an error as an event of the stream, or as a body with status 200; Text and Code describe it.
	Report
)

// Echo is the answer to requests for which a script has no reply: the text of the last message after "echo: ".
func Echo(r *Request) Reply { return Reply{Text: "echo: " + r.LastText()} }
