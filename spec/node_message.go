package spec

// InputMessageNode asks the user and waits for the answer. Spelled PluginInputMessageNode when the question has a
// template of the extension, is rephrased by a model, or ports are renamed. If it is not declared, its output is
// user_input or, in the extension, user_provided_input.
type InputMessageNode struct {
	NodeBase
	// Message is what to ask; nil asks nothing and only waits. A template. The extension has it and ignores it.
	Message *string `spec:"message" ext:"message"`

	// MessageTemplate is the Message of the extension.
	MessageTemplate *string `spec:"-" ext:"message_template,required,nullable"`
	// Rephrase has the model of LlmConfig say the message in other words.
	Rephrase  bool      `spec:"-" ext:"rephrase"`
	LlmConfig LlmConfig `spec:"-" ext:"llm_config"`
}

func (n *InputMessageNode) extended() bool {
	return n.mapped() || n.infersAsExtension() || n.MessageTemplate != nil || n.Rephrase || n.LlmConfig != nil
}

func (n *InputMessageNode) check(report func(key, problem string)) {
	if n.Rephrase && n.LlmConfig == nil {
		report("llm_config", noRephrasingModel)
	}
}

const noRephrasingModel = "there must be a model where rephrase is true"

// OutputMessageNode adds a message to the conversation. Spelled PluginOutputMessageNode when the message is not the
// assistant's, is an output, is rephrased by a model, or ports are renamed.
type OutputMessageNode struct {
	NodeBase
	// Message is a template.
	Message string `spec:"message,required" ext:"message,required,alias=message_template"`

	// MessageType is the type of the message, of which AGENT, SYSTEM, THOUGHT and DISPLAY_ONLY make sense; empty means
	// AGENT.
	MessageType string `spec:"-" ext:"message_type,nonzero,enum=SYSTEM|AGENT|USER|THOUGHT|INTERNAL|TOOL_REQUEST|TOOL_RESULT|ERROR|DISPLAY_ONLY,default=AGENT"`
	// Rephrase has the model of LlmConfig say the message in other words.
	Rephrase  bool      `spec:"-" ext:"rephrase"`
	LlmConfig LlmConfig `spec:"-" ext:"llm_config"`
	// ExposeMessageAsOutput makes the message an output too, output_message unless it is declared.
	ExposeMessageAsOutput bool `spec:"-" ext:"expose_message_as_output,default=true"`
}

func (n *OutputMessageNode) extended() bool {
	return n.mapped() || n.MessageType != "" && n.MessageType != "AGENT" || n.Rephrase || n.LlmConfig != nil ||
		n.ExposeMessageAsOutput
}

func (n *OutputMessageNode) check(report func(key, problem string)) {
	if n.Rephrase && n.LlmConfig == nil {
		report("llm_config", noRephrasingModel)
	}
}

// GetChatHistoryNode outputs messages of the conversation; spelled PluginGetChatHistoryNode. It leaves
// Offset messages out, counted from the end that WhichMessages names, and takes the next N.
type GetChatHistoryNode struct {
	NodeBase
	// N is how many messages to take.
	N int `spec:"n,default=10"`
	// WhichMessages is last or first; empty means last.
	WhichMessages string `spec:"which_messages,nonzero,enum=last|first,default=last"`
	// Offset is how many messages to leave out.
	Offset int `spec:"offset"`
	// MessageTypes are the types of messages that count; nil means all.
	MessageTypes []string `spec:"message_types,enum=SYSTEM|AGENT|USER|THOUGHT|INTERNAL|TOOL_REQUEST|TOOL_RESULT|ERROR|DISPLAY_ONLY,default=[\"USER\",\"AGENT\"]"`
	// OutputTemplate makes the output a text, with the messages as the variable chat_history; empty means the runtime's own
	// template, nil makes the output the list of messages.
	OutputTemplate *string `spec:"output_template,default="`
}

func (n *GetChatHistoryNode) check(report func(key, problem string)) {
	if n.N < 0 {
		report("n", "cannot be negative")
	}
	if n.Offset < 0 {
		report("offset", "cannot be negative")
	}
}
