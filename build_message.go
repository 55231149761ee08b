package wayflow

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// AskNode asks the user.
type AskNode struct {
	node[AskNode]
	text     string
	output   string
	rephrase spec.LlmConfig
}

// Ask says a text, which is a template, and waits for the user. The answer is its output, user_provided_input. An empty
// text says nothing and only waits.
func Ask(name, text string) *AskNode {
	n := &AskNode{text: text}
	return n.init(n, name, here())
}

// Output names the answer.
func (n *AskNode) Output(name string) *AskNode {
	n.output = name
	return n
}

// Rephrase has a model say the text in other words.
func (n *AskNode) Rephrase(llm spec.LlmConfig) *AskNode {
	n.rephrase = llm
	return n
}

const userInput = "user_provided_input"

func (n *AskNode) compose(*builder, string) spec.Node {
	s := &spec.InputMessageNode{}
	if n.text != "" || n.rephrase != nil || len(n.inputMapping) > 0 {
		s.MessageTemplate = &n.text
		s.Extended = true
		if n.output != "" {
			s.OutputMapping = renamed(nil, userInput, n.output)
		}
		s.Rephrase, s.LlmConfig = n.rephrase != nil, n.rephrase
		return s
	}
	answer := n.output // the core lets a document name it
	if answer == "" {
		answer = userInput
	}
	s.Outputs = []value.Property{{Title: answer, Type: value.StringType}}
	return s
}

// SayNode says something to the user.
type SayNode struct {
	node[SayNode]
	text     string
	kind     message.Type
	hidden   bool
	rephrase spec.LlmConfig
}

// Say adds a message of the assistant to the conversation: a template, whose variables are the inputs of the node. The
// text is its output too, output_message.
func Say(name, text string) *SayNode {
	n := &SayNode{text: text}
	return n.init(n, name, here())
}

// Output gives the output another name.
func (n *SayNode) Output(name string) *SayNode { return n.RenameOutput("output_message", name) }

// NoOutput keeps the text from being an output.
func (n *SayNode) NoOutput() *SayNode {
	n.hidden = true
	return n
}

// As sets the type of the message.
func (n *SayNode) As(kind message.Type) *SayNode {
	n.kind = kind
	return n
}

// Rephrase has a model say the text in other words.
func (n *SayNode) Rephrase(llm spec.LlmConfig) *SayNode {
	n.rephrase = llm
	return n
}

func (n *SayNode) compose(*builder, string) spec.Node {
	return &spec.OutputMessageNode{
		Message: n.text, MessageType: string(n.kind), Rephrase: n.rephrase != nil, LlmConfig: n.rephrase,
		ExposeMessageAsOutput: !n.hidden,
	}
}

// ChatHistoryNode looks at the conversation.
type ChatHistoryNode struct {
	node[ChatHistoryNode]
	spec spec.GetChatHistoryNode
}

// ChatHistory has the last n messages of the user and the assistant as its output, chat_history: one text.
func ChatHistory(name string, n int) *ChatHistoryNode {
	b := &ChatHistoryNode{}
	text := ""
	b.spec = spec.GetChatHistoryNode{
		N: n, WhichMessages: "last", MessageTypes: []string{"USER", "AGENT"}, OutputTemplate: &text,
	}
	return b.init(b, name, here())
}

// First takes the first messages instead of the last.
func (n *ChatHistoryNode) First() *ChatHistoryNode {
	n.spec.WhichMessages = "first"
	return n
}

// Skip leaves out as many messages, before the others are counted.
func (n *ChatHistoryNode) Skip(messages int) *ChatHistoryNode {
	n.spec.Offset = messages
	return n
}

// Types takes only messages of these types; without any it takes all.
func (n *ChatHistoryNode) Types(types ...message.Type) *ChatHistoryNode {
	n.spec.MessageTypes = nil
	for _, t := range types {
		n.spec.MessageTypes = append(n.spec.MessageTypes, string(t))
	}
	return n
}

// Template makes the text of the messages, which it has as the variable chat_history.
func (n *ChatHistoryNode) Template(text string) *ChatHistoryNode {
	n.spec.OutputTemplate = &text
	return n
}

// Messages makes the output the list of messages instead of a text.
func (n *ChatHistoryNode) Messages() *ChatHistoryNode {
	n.spec.OutputTemplate = nil
	return n
}

// Output gives the output another name.
func (n *ChatHistoryNode) Output(name string) *ChatHistoryNode {
	return n.RenameOutput("chat_history", name)
}

func (n *ChatHistoryNode) compose(*builder, string) spec.Node {
	s := n.spec
	return &s
}
