// Package message holds what a conversation is made of: messages, the tool calls they ask for and the results that
// answer them. It is the one vocabulary of the engine, the prompts and the models; each provider translates it to its
// own. (Agent Spec leaves messages to the runtime; the fields are those of the WayFlow reference.)
package message

import (
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// Role says who speaks.
type Role string

// The roles of a message.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	System    Role = "system"
)

// Type sorts messages by their purpose; filters and transforms go by it. It follows from the other fields, see
// [Message.Type].
type Type string

// The types of messages.
const (
	TypeUser        Type = "USER"
	TypeAgent       Type = "AGENT"
	TypeSystem      Type = "SYSTEM"
	TypeToolRequest Type = "TOOL_REQUEST"
	TypeToolResult  Type = "TOOL_RESULT"
	TypeThought     Type = "THOUGHT"
	TypeInternal    Type = "INTERNAL"
	TypeError       Type = "ERROR"
	TypeDisplayOnly Type = "DISPLAY_ONLY"
)

// Message is one entry of a conversation. A message is not changed once it is part of one.
type Message struct {
	Role     Role   `json:"role"`
	Contents []Part `json:"contents,omitempty"`
	// ToolRequests are the calls that a model asks for.
	ToolRequests []ToolRequest `json:"tool_requests,omitempty"`
	// ToolResult answers one such request.
	ToolResult *ToolResult `json:"tool_result,omitempty"`
	// Sender is the component that wrote the message, if it was one.
	Sender string `json:"sender,omitempty"`
	// Within is the ID of the tool request within which the message was said, if it was one: by a flow that an agent
	// called as a tool. It is part of the conversation, but the agent that made the request is only shown the result.
	Within string `json:"within,omitempty"`
	// Kind is the type that a writer asked for where it does not follow from the other fields (THOUGHT, INTERNAL,
	// DISPLAY_ONLY, ERROR); empty otherwise.
	Kind Type `json:"kind,omitempty"`
	// Reasoning and Extra are opaque data of a provider, returned to that provider with the history.
	Reasoning value.Value `json:"reasoning,omitzero"`
	Extra     value.Value `json:"extra,omitzero"`
	// PromptCacheKey is what a provider knows the beginning of this conversation by; the next request repeats it.
	PromptCacheKey string `json:"prompt_cache_key,omitempty"`
}

// Part is a piece of a message: a text or an image.
type Part struct {
	Text string `json:"text,omitempty"`
	// Image is a data URL (data:image/png;base64,...) or an ordinary URL; Text is empty then.
	Image string `json:"image,omitempty"`
	// Logprobs are the tokens of a text that a model wrote, if they were asked for.
	Logprobs []Logprob `json:"logprobs,omitempty"`
}

// Logprob is a token and the logarithm of its probability.
type Logprob struct {
	Token   string  `json:"token"`
	Logprob float64 `json:"logprob"`
	// Top are the most probable tokens at this place; theirs are empty.
	Top []Logprob `json:"top_logprobs,omitempty"`
}

// ToolRequest is a call that a model asks for.
type ToolRequest struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	Args *value.Object `json:"args"`
	// Extra is opaque data of a provider.
	Extra value.Value `json:"extra,omitzero"`
}

// ToolResult is the answer to a [ToolRequest].
type ToolResult struct {
	RequestID string      `json:"request_id"`
	Content   value.Value `json:"content"`
	// Failed is true if the content is why what was called failed.
	Failed bool `json:"failed,omitempty"`
}

// Text returns a message that consists of one text.
func Text(role Role, text string) Message {
	return Message{Role: role, Contents: []Part{{Text: text}}}
}

// Text returns the texts of the message, joined with newlines; for a tool result without any, the result as text.
func (m *Message) Text() string {
	switch {
	case len(m.Contents) == 1 && m.Contents[0].Image == "":
		return m.Contents[0].Text
	case len(m.Contents) == 0 && m.ToolResult != nil:
		return value.Text(m.ToolResult.Content)
	}
	var texts []string
	for _, p := range m.Contents {
		if p.Image == "" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// Type derives the type of the message from its fields, by the reference's order of precedence.
func (m *Message) Type() Type {
	switch {
	case m.Role == System:
		return TypeSystem
	case m.ToolRequests != nil:
		return TypeToolRequest
	case m.ToolResult != nil:
		return TypeToolResult
	case m.Role == User:
		return TypeUser
	case m.Kind != "":
		return m.Kind
	default:
		return TypeAgent
	}
}
