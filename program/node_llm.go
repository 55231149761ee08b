package program

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// llmNode asks a model (Agent Spec, "LlmNode"). Outputs that are declared, and that are not one plain text,
// are made of JSON in the answer.
func (fc *flowCompiler) llmNode(n *Node, s *spec.LlmNode) {
	op := &CallModel{Say: s.SendMessage, Answer: &prompt.Answer{}}
	sig := &signature{branches: nextOnly, outputs: fc.llmOutputs(s)}
	if s.PromptTemplateObject != nil {
		fc.objectPrompt(op, sig, s)
	} else {
		fc.textPrompt(op, sig, s)
	}
	fc.ports(n, sig)
	if s.LlmConfig == nil {
		n.Op = &Unsupported{Kind: "a model that is missing"}
		return
	}
	op.Model = fc.model(s.LlmConfig)
	n.Op = op
}

// declaredReserved are inputs that a document declares although the prompt has them by itself: they are taken, and mean
// nothing.
func declaredReserved(s *spec.LlmNode) (inputs []value.Property) {
	for _, name := range []string{prompt.HistoryVariable, prompt.ToolsVariable, prompt.FormatVariable} {
		if p, ok := find(s.Inputs, outerName(s.InputMapping, name)); ok {
			inputs = append(inputs, p.WithTitle(name).WithType(value.AnyType).WithDefault(value.Null))
		}
	}
	return inputs
}

// llmOutputs are the outputs by their inner names: those of the document, or one text.
func (fc *flowCompiler) llmOutputs(s *spec.LlmNode) []value.Property {
	if s.Outputs == nil {
		title := "generated_text"
		if s.Extended {
			title = "output"
		}
		return []value.Property{{Title: title, Type: value.StringType}}
	}
	outputs := slices.Clone(s.Outputs)
	for i := range outputs {
		for _, e := range s.OutputMapping {
			if e.Value == outputs[i].Title {
				outputs[i] = outputs[i].WithTitle(e.Key)
				break
			}
		}
	}
	return outputs
}

// textPrompt makes a prompt of a template for one message of the user.
func (fc *flowCompiler) textPrompt(op *CallModel, sig *signature, s *spec.LlmNode) {
	t, inputs := fc.template(s, "prompt_template", s.PromptTemplate)
	sig.inputs, sig.hidden = inputs, hidden(s.PromptTemplate, inputs)
	if !plainText(s.Outputs) {
		if s.SendMessage {
			fc.errorf(at(s, "send_message"), "send-structured", "set it to false, or declare one output that is a string",
				"%s cannot add an answer to the conversation that is made of several outputs, or is no text", nodeName(s))
		}
		op.Answer.Structured, op.Answer.Tagged = true, true
		op.Answer.Outputs = s.Outputs
		if t != nil {
			t = withInstruction(s.PromptTemplate, prompt.JSONInstruction(s.Outputs))
		}
	}
	if t != nil {
		op.Prompt = &prompt.Template{Messages: []prompt.TemplateMessage{prompt.Text(t)}}
		op.Prompt.Infer()
	}
}

// withInstruction parses a template, known to be right, with a text behind it that is none. The blank lines between them
// belong to the template, as in the reference, where the end of a template may take them away.
func withInstruction(text, instruction string) *jinja.Template {
	blank := instruction[:len(instruction)-len(strings.TrimLeft(instruction, "\n"))]
	literal := strings.ReplaceAll(instruction[len(blank):], "{%", "{% endraw %}{{ '{%' }}{% raw %}")
	return mustParse(text + blank + "{% raw %}" + literal + "{% endraw %}")
}

// plainText reports whether outputs are nothing but a text.
func plainText(outputs []value.Property) bool {
	return len(outputs) == 0 || len(outputs) == 1 && outputs[0].Type != nil && outputs[0].Type.Kind == value.TypeString && outputs[0].Type.Enum == nil
}

// objectPrompt makes a prompt of a template of messages. The answer is text only if nothing says what it should be.
func (fc *flowCompiler) objectPrompt(op *CallModel, sig *signature, s *spec.LlmNode) {
	o := s.PromptTemplateObject
	op.Prompt = fc.promptTemplate(s, o)
	op.Answer.Parsed = len(op.Prompt.Parsers) > 0
	sig.inputs = op.Prompt.Variables
	for _, p := range sig.inputs {
		sig.hidden = append(sig.hidden, p.Title)
	}
	sig.inputs = append(sig.inputs[:len(sig.inputs):len(sig.inputs)], declaredReserved(s)...)
	op.Answer.Strict = o.StrictOutputValidation
	format := o.ResponseFormat
	switch {
	case format != nil:
		sig.outputs = []value.Property{*format}
		op.Answer.Outputs = sig.outputs
	case len(s.Outputs) > 0:
		op.Answer.Outputs = s.Outputs
		format = prompt.ResponseFormat(s.Outputs)
	default:
		return
	}
	op.Answer.Structured = true
	if !o.TextStructuredGeneration {
		op.Prompt.ResponseFormat = format
	}
}
