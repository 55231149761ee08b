package engine

import (
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// parallel is the work of a parallel node: a flow for each branch, each with its share of the node's inputs.
type parallel struct{ op *program.Parallel }

func (p parallel) width(_ []value.Value) (int, *Error) { return len(p.op.Branches), nil }
func (p parallel) workers() int                        { return p.op.Workers }
func (p parallel) overlay(int) bool                    { return true }
func (p parallel) flow(i int) *program.Flow            { return p.op.Branches[i].Flow }

func (p parallel) fill(i int, f *flowFrame, inputs []value.Value) *Error {
	b := &p.op.Branches[i]
	for j, arg := range b.Inputs {
		if arg >= 0 {
			f.fill(b.Flow.Inputs[j].Slot, inputs[arg])
		}
	}
	return nil
}

// collect gives each output of a branch its place among those of the node; no two share one.
func (p parallel) collect(fan *fanFrame, n *program.Node) ([]value.Value, *Error) {
	outs := make([]value.Value, len(n.Outputs))
	for i := range fan.branches {
		for j, out := range p.op.Branches[i].Outputs {
			v, err := orDefault(fan.branches[i].outs[j], &n.Outputs[out])
			if err != nil {
				return nil, err
			}
			outs[out] = v
		}
	}
	return outs, nil
}
