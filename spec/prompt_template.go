package spec

import "github.com/wayflow-go/wayflow/value"

// PromptTemplate is a prompt made of messages, with what to do before and after the model sees it; spelled
// PluginPromptTemplate.
type PromptTemplate struct {
	ComponentBase
	// Messages are templates. One whose only text is [ChatHistoryPlaceholder] is replaced by the conversation.
	Messages []PromptMessage `spec:"messages,required"`
	// OutputParser is applied to the answer, several in order.
	OutputParser OneOrMany[OutputParser] `spec:"output_parser"`
	// Inputs are the variables of the messages; nil means that they are inferred.
	Inputs []value.Property `spec:"inputs"`
	// PreRenderingTransforms change the conversation before it gets into the prompt, PostRenderingTransforms the prompt.
	PreRenderingTransforms  []MessageTransform `spec:"pre_rendering_transforms"`
	PostRenderingTransforms []MessageTransform `spec:"post_rendering_transforms"`
	// Tools are offered to the model.
	Tools []Tool `spec:"tools"`
	// TextToolCalling describes the tools in the text of the prompt, where the variable __TOOLS__ stands, and has
	// OutputParser find the calls in the answer (in documents: native_tool_calling, negated).
	TextToolCalling bool `spec:"native_tool_calling,negated"`
	// ResponseFormat is what the answer should be; nil is a text.
	ResponseFormat *value.Property `spec:"response_format"`
	// TextStructuredGeneration describes ResponseFormat in the text of the prompt, where the variable
	// __RESPONSE_FORMAT__ stands, and has OutputParser read the answer (in documents: native_structured_generation,
	// negated).
	TextStructuredGeneration bool `spec:"native_structured_generation,negated"`
	// StrictOutputValidation makes a wrong answer a failure; otherwise it is cast, or replaced by defaults.
	StrictOutputValidation bool `spec:"strict_output_validation"`
	// GenerationConfig replaces the model's default parameters as a whole; nil leaves them.
	GenerationConfig *LlmGenerationConfig `spec:"generation_config"`
}

// ChatHistoryPlaceholder is the text of a message that stands for the conversation.
const ChatHistoryPlaceholder = "$$__CHAT_HISTORY_PLACEHOLDER__$$"

func (t *PromptTemplate) check(report func(key, problem string)) {
	if t.OutputParser.Items() != nil {
		return
	}
	if t.TextToolCalling {
		report("output_parser", "there must be one where native_tool_calling is false")
	}
	if t.TextStructuredGeneration {
		report("output_parser", "there must be one where native_structured_generation is false")
	}
}

// PromptMessage is a message of a [PromptTemplate]; the reference calls it PluginMessage.
type PromptMessage struct {
	// Role is user, assistant or system.
	Role string `spec:"role,required,enum=user|assistant|system"`
	// Contents are the pieces of the message.
	Contents []PromptContent `spec:"contents,default=[]"`
	// ToolRequests are calls that the message asks for, ToolResult the answer to one; a message has one of these at most.
	ToolRequests []PromptRequest `spec:"tool_requests"`
	ToolResult   *PromptResult   `spec:"tool_result"`
	// DisplayOnly messages are shown to people but not to models.
	DisplayOnly bool `spec:"display_only"`
	// Sender and Recipients are names of agents.
	Sender     *string  `spec:"sender"`
	Recipients []string `spec:"recipients,default=[]"`
	// TimeCreated and TimeUpdated are times in ISO 8601. They are kept and mean nothing in a template.
	TimeCreated *string `spec:"time_created,omitdefault"`
	TimeUpdated *string `spec:"time_updated,omitdefault"`
}

// PromptContent is a piece of a [PromptMessage], a text or an image.
type PromptContent struct {
	// Type is text or image.
	Type string `spec:"type,required,enum=text|image"`
	// Content is the text, a template.
	Content *string `spec:"content,omitdefault"`
	// Base64Content is the image, as a data URL or an ordinary one.
	Base64Content *string `spec:"base64_content,omitdefault"`
}

func (c *PromptContent) check(report func(key, problem string)) {
	switch {
	case c.Type == "image" && c.Base64Content == nil:
		report("base64_content", "an image must have it")
	case c.Type == "image" && c.Content != nil:
		report("content", "an image cannot have it")
	case c.Type == "text" && c.Base64Content != nil:
		report("base64_content", "a text cannot have it")
	}
}

// PromptRequest is a tool call in a [PromptMessage]; the reference calls it PluginToolRequest.
type PromptRequest struct {
	// Name is that of the tool.
	Name string `spec:"name,required"`
	// Args are the arguments by name.
	Args *value.Object `spec:"args,required"`
	// ToolRequestID is what the result refers to.
	ToolRequestID string `spec:"tool_request_id,required"`
}

// PromptResult answers a [PromptRequest]; the reference calls it PluginToolResult.
type PromptResult struct {
	// Content is what the tool returned.
	Content value.Value `spec:"content,required,nullable"`
	// ToolRequestID is that of the request.
	ToolRequestID string `spec:"tool_request_id,required"`
}
