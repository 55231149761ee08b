package engine

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// run does what a node does. Like all that a step leads to, it returns the frame to go on with.
func (m *Machine) run(f *flowFrame, n *program.Node) *flowFrame {
	switch op := n.Op.(type) {
	case *program.Agent, *program.Team:
		return m.runAgent(f, n)
	case *program.Pass:
		args, err := m.inputs(f, n)
		return m.finishOr(f, err, args...)
	case *program.Switch:
		return m.runSwitch(f, n, op)
	case *program.Constants:
		return m.finish(f, 0, op.Values...)
	case *program.Render:
		text, err := m.render(f, n, op.Template)
		return m.finishOr(f, err, value.String(text))
	case *program.Say:
		return m.runSay(f, n, op)
	case *program.Ask:
		return m.runAsk(f, n, op)
	case *program.CallTool:
		return m.runTool(f, n, op)
	case *program.CallBox:
		return m.runBox(f, n, op)
	case *program.CallModel:
		return m.runModel(f, n, op)
	case *program.Choose:
		return m.runChoose(f, n, op)
	case *program.History:
		return m.runHistory(f, n, op)
	case *program.Extract:
		return m.runExtract(f, n, op)
	case *program.Find:
		return m.runFind(f, n, op)
	case *program.RunFlow:
		return m.runFlow(f, n, op)
	case *program.Retry:
		return m.runFlow(f, n, &op.RunFlow)
	case *program.Catch:
		return m.runFlow(f, n, &op.RunFlow)
	case *program.Parallel, *program.Map:
		return m.runFan(f, n)
	case *program.ReadVariable:
		return m.runReadVariable(f, op)
	case *program.WriteVariable:
		return m.runWriteVariable(f, n, op)
	case *program.Variables:
		return m.runVariables(f, n, op)
	case *program.CallAPI:
		return m.runAPI(f, n, op)
	case *program.UseDatastore:
		return m.runDatastore(f, n, op)
	case *program.Unsupported:
		return m.fail(f, errorf(classRuntime, "this version cannot run %s", op.Kind))
	default:
		return m.fail(f, errorf(classRuntime, "the machine does not know the operation %T", op))
	}
}

// finishOr finishes the current node, or fails it.
func (m *Machine) finishOr(f *flowFrame, err *Error, outs ...value.Value) *flowFrame {
	if err != nil {
		return m.fail(f, err)
	}
	return m.finish(f, 0, outs...)
}

// resume goes on with the current node when what it waited for has come.
func (m *Machine) resume(f *flowFrame, r Result) *flowFrame {
	switch op := f.current().Op.(type) {
	case *program.Agent, *program.Team:
		return m.agentDone(f, r)
	case *program.CallTool:
		return m.toolDone(f, op, r)
	case *program.CallBox:
		return m.finishOr(f, r.Err, r.Value)
	case *program.CallModel:
		return m.modelDone(f, op, r)
	case *program.Choose:
		return m.chooseDone(f, op, r)
	case *program.Extract:
		return m.extractDone(f, op, r)
	case *program.Say:
		return m.rephrasedSaying(f, op, r)
	case *program.Ask:
		return m.rephrasedQuestion(f, r)
	case *program.CallAPI:
		return m.apiDone(f, op, r)
	case *program.UseDatastore:
		return m.datastoreDone(f, op, r)
	default:
		return m.fail(f, errorf(classRuntime, "the operation %T waits for nothing", op))
	}
}

// runSwitch takes the branch that the input names; null names none, not even that of an empty text.
func (m *Machine) runSwitch(f *flowFrame, n *program.Node, op *program.Switch) *flowFrame {
	v, err := f.input(&n.Inputs[0])
	if err != nil {
		return m.fail(f, err)
	}
	if branch, ok := op.Cases[value.Text(v)]; ok && !v.IsNull() {
		return m.finish(f, branch)
	}
	return m.finish(f, op.Default)
}

// runSay adds a message to the conversation.
func (m *Machine) runSay(f *flowFrame, n *program.Node, op *program.Say) *flowFrame {
	text, err := m.render(f, n, op.Template)
	if err != nil {
		return m.fail(f, err)
	}
	if op.Rephrase != nil {
		return m.rephrase(f, op.Rephrase, text)
	}
	msg := message.Text(message.Assistant, text)
	switch op.Type {
	case message.TypeSystem:
		msg.Role = message.System
	case message.TypeAgent:
	default:
		msg.Kind = op.Type
	}
	m.post(f, msg)
	return m.finish(f, 0, value.String(text))
}

// rephrasedSaying posts what a model made of the text; the node yields the text as it was.
func (m *Machine) rephrasedSaying(f *flowFrame, op *program.Say, r Result) *flowFrame {
	answer, err := r.answered()
	if err != nil {
		return m.fail(f, err)
	}
	text, err := m.render(f, f.current(), op.Template)
	if err != nil {
		return m.fail(f, err)
	}
	m.post(f, *answer)
	return m.finish(f, 0, value.String(text))
}
