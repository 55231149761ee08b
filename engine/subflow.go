package engine

import (
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// runFlow begins a sub-flow. It shares the messages of the flow around it, and nothing else.
func (m *Machine) runFlow(f *flowFrame, n *program.Node, op *program.RunFlow) *flowFrame {
	below := newFlowFrame(op.Flow, f, 0, f.talk)
	for j, i := range op.Inputs {
		if i < 0 {
			continue // a context provider offers it inside
		}
		v, err := f.input(&n.Inputs[i])
		if err != nil {
			return m.fail(f, err)
		}
		below.fill(op.Flow.Inputs[j].Slot, v)
	}
	f.below = below
	return below
}

// subflowOf returns what a node does that runs one flow as it is; nil if it does something else.
func subflowOf(op program.Op) *program.RunFlow {
	switch op := op.(type) {
	case *program.RunFlow:
		return op
	case *program.Retry:
		return &op.RunFlow
	case *program.Catch:
		return &op.RunFlow
	default:
		return nil
	}
}

// subflowDone takes the outputs of a sub-flow, and the branch of the end node that it reached.
func (m *Machine) subflowDone(f *flowFrame, end *program.Node, outs []result) *flowFrame {
	f.below = nil
	n := f.current()
	op := subflowOf(n.Op)
	values := make([]value.Value, len(n.Outputs))
	for i, o := range op.Outputs {
		v, err := orDefault(outs[o], &n.Outputs[i])
		if err != nil {
			return m.fail(f, err)
		}
		values[i] = v
	}
	branch := op.Fallthrough
	if end != nil {
		branch = op.Branches[end.Op.(*program.Pass).Branch]
	}
	switch op := n.Op.(type) {
	case *program.Retry:
		return m.tried(f, n, op, branch, outs, values)
	case *program.Catch:
		nothingCaught(op, values)
	}
	return m.finish(f, branch, values...)
}

// orDefault is the value of a node's output that a flow may have left absent.
func orDefault(r result, out *program.Output) (value.Value, *Error) {
	switch {
	case r.set:
		return r.v, nil
	case out.HasDefault:
		return out.Default, nil
	case out.Dropped:
		return value.Null, nil
	}
	return value.Null, errorf(classValue, "output %q has no value; give it a default", out.Title)
}
