package spec

import "github.com/wayflow-go/wayflow/value"

// LlmNode asks a model. Spelled ExtendedLlmNode when the answer becomes a message, the prompt is a
// template object, or ports are renamed.
//
// Declared outputs other than one text make the model answer with an object that has them. Undeclared, there is one
// text: generated_text or, in the extension, output.
type LlmNode struct {
	NodeBase
	// LlmConfig is the model to ask.
	LlmConfig LlmConfig `spec:"llm_config,required"`
	// PromptTemplate is a template for one message of the user. In the extension it is empty if PromptTemplateObject is
	// set.
	PromptTemplate string `spec:"prompt_template,required"`

	// PromptTemplateObject is a prompt of several messages, in place of PromptTemplate.
	PromptTemplateObject *PromptTemplate `spec:"-" ext:"prompt_template_object"`
	// SendMessage adds the answer to the conversation.
	SendMessage bool `spec:"-" ext:"send_message"`
}

func (n *LlmNode) extended() bool {
	return n.mapped() || n.infersAsExtension() || n.PromptTemplateObject != nil || n.SendMessage
}

func (n *LlmNode) check(report func(key, problem string)) {
	switch {
	case n.PromptTemplateObject != nil && n.PromptTemplate != "":
		report("prompt_template_object", "cannot be given together with prompt_template")
	case n.Extended && n.PromptTemplateObject == nil && n.PromptTemplate == "":
		report("prompt_template", "either this or prompt_template_object must be given")
	}
}

// minVersion asks for the version that brought outputs other than one text, if the core spelling needs it.
func (n *LlmNode) minVersion() Version {
	if len(n.Outputs) > 1 || len(n.Outputs) == 1 && !isString(n.Outputs[0].Type) {
		return V25_4_2
	}
	return V25_4_1
}

// isString reports whether a schema of type t has the type "string".
func isString(t *value.Type) bool { return t != nil && t.Kind == value.TypeString }
