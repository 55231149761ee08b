package wayflow

import "github.com/wayflow-go/wayflow/spec"

// PromptMessages is a prompt of several messages, for [PromptNode.Messages]: see [SystemText], [UserText],
// [AssistantText] and [ChatSoFar]. Set its fields to offer tools, ask for a format, or change messages and answers.
func PromptMessages(messages ...spec.PromptMessage) *spec.PromptTemplate {
	return &spec.PromptTemplate{Messages: messages}
}

// SystemText is a message of a prompt that tells the model how to behave. The text is a template.
func SystemText(text string) spec.PromptMessage { return promptText("system", text) }

// UserText is a message of a prompt as if the user had said it. The text is a template.
func UserText(text string) spec.PromptMessage { return promptText("user", text) }

// AssistantText is a message of a prompt as if the model had said it. The text is a template.
func AssistantText(text string) spec.PromptMessage { return promptText("assistant", text) }

// ChatSoFar stands for the messages of the conversation in a prompt.
func ChatSoFar() spec.PromptMessage { return SystemText(spec.ChatHistoryPlaceholder) }

func promptText(role, text string) spec.PromptMessage {
	return spec.PromptMessage{Role: role, Contents: []spec.PromptContent{{Type: "text", Content: &text}}}
}

// ParseRegex makes the answer to a prompt what a regular expression, written as in Python, matches first in it, or its
// group if it has one; an empty text if it matches nothing.
func ParseRegex(pattern string) spec.OutputParser {
	return &spec.RegexOutputParser{RegexPattern: spec.RegexSet{One: spec.Regex{Text: pattern}}}
}

// ParseJSON makes the answer to a prompt proper JSON, whatever stands around it or is wrong with it.
func ParseJSON() spec.OutputParser { return &spec.JSONOutputParser{} }

// Parsers are applied to the answer to a prompt in order; for the field OutputParser.
func Parsers(parsers ...spec.OutputParser) spec.OneOrMany[spec.OutputParser] {
	if len(parsers) == 1 {
		return spec.OneOrMany[spec.OutputParser]{One: &parsers[0]}
	}
	return spec.OneOrMany[spec.OutputParser]{Many: parsers}
}

// SummarizeMessages has a model summarise each message of the conversation that has more than 20,000 characters. Summaries
// are kept in memory; set the fields of the transform to change that.
func SummarizeMessages(llm spec.LlmConfig) *spec.MessageSummarizationTransform {
	t := spec.NewMessageSummarization()
	t.Llm, t.MaxMessageSize = llm, 20_000
	t.SummarizationInstructions = "Summarise this message in a few sentences that keep what matters. Write nothing but the summary: it takes the place of the message."
	t.SummarizedMessageTemplate = "Summarized message: {{summary}}"
	t.MaxCacheSize, t.MaxCacheLifetime = new(cacheSize), new(cacheLifetime)
	return t
}

// SummarizeConversation has a model summarise all but the last 10 messages of a conversation of more than 50. Summaries
// are kept in memory; set the fields of the transform to change that.
func SummarizeConversation(llm spec.LlmConfig) *spec.ConversationSummarizationTransform {
	t := spec.NewConversationSummarization()
	t.Llm, t.MaxNumMessages, t.MinNumMessages = llm, new(50), 10
	t.SummarizationInstructions = "Summarise this conversation in a few sentences that keep what matters. Write nothing but the summary: it takes the place of the messages."
	t.SummarizedConversationTemplate = "Summarized conversation: {{summary}}"
	t.MaxCacheSize, t.MaxCacheLifetime = new(cacheSize), new(cacheLifetime)
	return t
}

// How many summaries are kept, and for how many seconds.
const (
	cacheSize     = 10_000
	cacheLifetime = 4 * 60 * 60
)
