package engine

import (
	"errors"
	"strconv"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// render renders a template with the inputs of the current node.
func (m *Machine) render(f *flowFrame, n *program.Node, t *jinja.Template) (string, *Error) {
	args, err := m.inputs(f, n)
	if err != nil {
		return "", err
	}
	text, renderErr := t.Render(args[:t.Arity()])
	if renderErr != nil {
		return "", stepError(renderErr)
	}
	return text, nil
}

// prompt makes a prompt of the inputs of the current node and of the conversation. If it is nil without an error, the
// frame waits for something that has to be known first, and the node goes on when that has come.
func (m *Machine) prompt(f *flowFrame, n *program.Node, t *prompt.Template) (*prompt.Prompt, *Error) {
	args, err := m.inputs(f, n)
	if err != nil {
		return nil, err
	}
	return m.renderPrompt(f, t, &prompt.Rendering{Args: args[:len(t.Variables)], History: f.talk.all(), Tools: t.Tools})
}

// askModel asks a model; say is true if the answer becomes a message.
func (m *Machine) askModel(f *flowFrame, model *program.Model, p *prompt.Prompt, say bool) *flowFrame {
	m.emit(f, &Effect{Model: &ModelCall{Model: model.Index, Prompt: p, Say: say}})
	return nil
}

// runModel asks a model.
func (m *Machine) runModel(f *flowFrame, n *program.Node, op *program.CallModel) *flowFrame {
	f.trial, f.known = 0, nil
	return m.question(f, n, op)
}

// question asks a model, once all that the prompt needs is known.
func (m *Machine) question(f *flowFrame, n *program.Node, op *program.CallModel) *flowFrame {
	p, err := m.prompt(f, n, op.Prompt)
	switch {
	case err != nil:
		return m.fail(f, err)
	case p == nil:
		return nil
	}
	return m.askModel(f, op.Model, p, op.Say)
}

// answered returns the answer of a model, or why there is none.
func (r *Result) answered() (*message.Message, *Error) {
	switch {
	case r.Err != nil:
		return nil, r.Err
	case r.Message == nil:
		return nil, errorf(classRuntime, "the model gave no answer")
	}
	return r.Message, nil
}

// modelDone takes the answer of a model.
func (m *Machine) modelDone(f *flowFrame, op *program.CallModel, r Result) *flowFrame {
	answer, err := r.answered()
	if err != nil {
		return m.fail(f, err)
	}
	read, readErr := op.Prompt.Read(*answer, &prompt.Asked{Tools: op.Prompt.Tools, ID: f.waitID()})
	if readErr != nil {
		return m.fail(f, stepError(readErr))
	}
	outs, readErr := op.Answer.Read(read.Text())
	var wrong *prompt.AnswerError
	if errors.As(readErr, &wrong) && !wrong.Strict && f.trial == len(f.known) {
		return m.askAgain(f, op, answer, wrong)
	}
	if op.Say {
		read.ToolRequests = nil // a node calls no tools, and a request without a result could not be sent to a model again
		m.post(f, read)
	}
	if readErr != nil {
		return m.fail(f, stepError(readErr))
	}
	return m.finish(f, 0, outs...)
}

// askAgain gives the model one more chance to answer in the form that was asked for.
func (m *Machine) askAgain(f *flowFrame, op *program.CallModel, answer *message.Message, wrong *prompt.AnswerError) *flowFrame {
	p, err := m.prompt(f, f.current(), op.Prompt)
	if err != nil {
		return m.fail(f, err)
	}
	f.trial++
	return m.askModel(f, op.Model, p.Again(*answer, wrong), op.Say)
}

// rephrase has a model say a text in other words.
func (m *Machine) rephrase(f *flowFrame, r *program.Rephrase, text string) *flowFrame {
	p, err := m.renderPrompt(f, r.Prompt, &prompt.Rendering{Args: []value.Value{value.String(text)}})
	if err != nil {
		return m.fail(f, err)
	}
	return m.askModel(f, r.Model, p, true)
}

// waitID is the address of what the current visit waits for: that of the visit, and behind it a number if it waits for
// more than one thing, one after the other.
func (f *flowFrame) waitID() string { return string(f.appendWaitID(make([]byte, 0, 24))) }

func (f *flowFrame) appendWaitID(b []byte) []byte {
	b = f.appendID(b)
	if f.trial > 0 {
		b = strconv.AppendInt(append(b, '/'), int64(f.trial), 10)
	}
	return b
}
