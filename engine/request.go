package engine

import "github.com/wayflow-go/wayflow/message"

// Request is a question that somebody outside must answer before a part of the conversation can go on.
type Request struct {
	// ID is unique in the conversation.
	ID string `json:"id"`
	// Path are the names of the nodes that lead to the one that asks, that one last.
	Path []string `json:"path"`
	// One of the following is set.
	UserMessage  *UserMessage   `json:"user_message,omitempty"`
	ToolRequests *ToolRequests  `json:"tool_requests,omitempty"`
	Auth         *AuthChallenge `json:"auth,omitempty"`
	// Effect is what an AuthChallenge holds up, or what was lost. It is performed again once that is answered.
	Effect *Effect `json:"effect,omitempty"`

	frame *flowFrame
}

// UserMessage waits for the user to say something.
type UserMessage struct {
	// Prompt is what the asking node said; nil if it said nothing.
	Prompt *message.Message `json:"prompt,omitempty"`
}

// ToolRequests waits for the caller to perform tools, or, if Confirm is set, to allow their execution.
type ToolRequests struct {
	Requests []message.ToolRequest `json:"requests"`
	Confirm  bool                  `json:"confirm,omitempty"`
	// Lost is true if the tool was called already and what became of that is not known, see [Lost]: to confirm is to call
	// it again; a result says that it has been performed.
	Lost bool `json:"lost,omitempty"`
}
