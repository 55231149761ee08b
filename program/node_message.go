package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// inputMessageNode asks the user (Agent Spec, "InputMessageNode"). Its one output is what they answer.
func (fc *flowCompiler) inputMessageNode(n *Node, s *spec.InputMessageNode) {
	field, text := "message", s.Message
	if s.MessageTemplate != nil {
		field, text = "message_template", s.MessageTemplate
	}
	op := &Ask{}
	sig := &signature{branches: nextOnly, typed: true}
	if text != nil {
		op.Template, sig.inputs = fc.template(s, field, *text)
		sig.hidden = hidden(*text, sig.inputs)
	}
	answer := value.Property{Title: "user_input", Type: value.StringType}
	if s.Extended {
		answer.Title = "user_provided_input"
		sig.loose = true
	} else if len(s.Outputs) == 1 {
		answer.Title = s.Outputs[0].Title // the core lets the document choose the name
	}
	sig.outputs = []value.Property{answer}
	fc.ports(n, sig)
	op.Rephrase = fc.rephrase(s.Rephrase, s.LlmConfig)
	n.Op = op
}

// sayable are the types of messages that a node may write.
var sayable = []message.Type{message.TypeAgent, message.TypeSystem, message.TypeThought, message.TypeDisplayOnly}

// outputMessageNode adds a message to the conversation (Agent Spec, "OutputMessageNode").
func (fc *flowCompiler) outputMessageNode(n *Node, s *spec.OutputMessageNode) {
	t, inputs := fc.template(s, "message", s.Message)
	sig := &signature{inputs: inputs, branches: nextOnly, typed: true, hidden: hidden(s.Message, inputs)}
	if s.ExposeMessageAsOutput {
		sig.outputs = []value.Property{{Title: "output_message", Type: value.StringType}}
		sig.loose = true
	}
	fc.ports(n, sig)
	kind := message.Type(s.MessageType)
	if kind == "" {
		kind = message.TypeAgent
	}
	if !slices.Contains(sayable, kind) {
		fc.errorf(at(s, "message_type"), "message-type", "use AGENT, SYSTEM, THOUGHT or DISPLAY_ONLY",
			"%s cannot write a message of type %q", nodeName(s), s.MessageType)
	}
	n.Op = &Say{Template: t, Type: kind, Rephrase: fc.rephrase(s.Rephrase, s.LlmConfig)}
}

// rephrasePrompt is the reference's, word by word.
var rephrasePrompt = mustParse(`Rewrite the following message.
Important: do not change the tone of the provided message or use overly formal language.
Provide the rewritten output and nothing else.

{{input_message}}
`)

// rephrase has a model say a message in other words, if that is wanted.
func (fc *flowCompiler) rephrase(wanted bool, model spec.LlmConfig) *Rephrase {
	if !wanted || model == nil {
		return nil
	}
	t := &prompt.Template{
		Messages:   []prompt.TemplateMessage{prompt.Text(rephrasePrompt)},
		Generation: value.NewObject(value.Member{Key: "temperature", Value: value.Float(1.3)}),
	}
	t.Messages[0].Message.Role = message.System
	t.Infer()
	return &Rephrase{Model: fc.model(model), Prompt: t}
}
