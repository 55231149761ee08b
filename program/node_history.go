package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// defaultHistoryTemplate is the reference's.
const defaultHistoryTemplate = "{% for m in chat_history -%}\n" +
	"{{m.message_type}} >> {{m.content}}{{ \"\n\" if not loop.last }}\n" +
	"{%- endfor %}"

// historyName is the output of the node, and what its template calls the messages.
const historyName = "chat_history"

// historyNode yields messages of the conversation.
func (fc *flowCompiler) historyNode(n *Node, s *spec.GetChatHistoryNode) {
	op := &History{Offset: s.Offset, Count: s.N, First: s.WhichMessages == "first"}
	if s.MessageTypes != nil {
		op.Types = []message.Type{}
		for _, t := range s.MessageTypes {
			op.Types = append(op.Types, message.Type(t))
		}
	}
	sig := &signature{
		branches: nextOnly, loose: true,
		outputs: []value.Property{{Title: historyName, Type: value.ListOf(value.AnyType)}},
	}
	if s.OutputTemplate != nil {
		sig.outputs[0].Type = value.StringType
		fc.historyTemplate(op, sig, s)
	}
	fc.ports(n, sig)
	n.Op = op
}

func (fc *flowCompiler) historyTemplate(op *History, sig *signature, s *spec.GetChatHistoryNode) {
	text := *s.OutputTemplate
	if text == "" {
		text = defaultHistoryTemplate
	}
	t, inputs := fc.template(s, "output_template", text)
	if t == nil {
		return
	}
	op.Template = t
	sig.inputs = slices.DeleteFunc(inputs, func(p value.Property) bool { return p.Title == historyName })
	sig.hidden = hidden(text, sig.inputs)
	for _, v := range t.Variables() {
		op.Inputs = append(op.Inputs, slices.IndexFunc(sig.inputs, func(p value.Property) bool { return p.Title == v.Name }))
	}
}
