package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// runHistory yields messages of the conversation.
func (m *Machine) runHistory(f *flowFrame, n *program.Node, op *program.History) *flowFrame {
	messages := prompt.Described(selected(f.talk.all(), op))
	if op.Template == nil {
		return m.finish(f, 0, messages)
	}
	args := make([]value.Value, len(op.Inputs))
	for i, input := range op.Inputs {
		if input < 0 {
			args[i] = messages
			continue
		}
		v, err := f.input(&n.Inputs[input])
		if err != nil {
			return m.fail(f, err)
		}
		args[i] = v
	}
	text, err := op.Template.Render(args)
	if err != nil {
		return m.fail(f, stepError(err))
	}
	return m.finish(f, 0, value.String(text))
}

// selected takes the messages that a node wants.
func selected(all []message.Message, op *program.History) []message.Message {
	var of []message.Message
	for i := range all {
		if op.Types == nil || slices.Contains(op.Types, all[i].Type()) {
			of = append(of, all[i])
		}
	}
	skip := min(op.Offset, len(of))
	if op.First {
		of = of[skip:]
		return of[:min(op.Count, len(of))]
	}
	of = of[:len(of)-skip]
	return of[len(of)-min(op.Count, len(of)):]
}
