package engine

import (
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// tried decides after a trial of a retry node. branch is the one to take if it went well.
func (m *Machine) tried(f *flowFrame, n *program.Node, op *program.Retry, branch int, outs []result, values []value.Value) *flowFrame {
	condition := outs[op.Condition]
	if !condition.set {
		return m.fail(f, errorf(classKey, "the output %q that says whether it went well has no value; give it a default",
			op.Flow.Outputs[op.Condition].Title))
	}
	f.trial++
	well := condition.v.Truthy()
	values[len(values)-2] = value.Int(int64(f.trial))
	values[len(values)-1] = value.Bool(well)
	switch {
	case well:
		return m.finish(f, branch, values...)
	case f.trial >= op.Trials:
		return m.finish(f, op.Failure, values...)
	}
	return m.again(f, n, values)
}

// again visits a node once more: its outputs are pushed, since they may feed it, and its inputs are gathered anew.
func (m *Machine) again(f *flowFrame, n *program.Node, values []value.Value) *flowFrame {
	if err := f.pushAll(n, values); err != nil {
		return m.fail(f, err)
	}
	m.noteFinished(f, "")
	f.gathered = false
	f.visit++
	return f
}
