package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// flowNode runs another flow: its ports are the flow's, its branches those of the flow's end nodes (Agent Spec,
// "FlowNode").
func (fc *flowCompiler) flowNode(n *Node, s *spec.FlowNode) {
	fc.flowOf(n, s.Subflow)
}

// flowOf makes a node run a flow.
func (fc *flowCompiler) flowOf(n *Node, f *spec.Flow) {
	sub := fc.subflow(f)
	if sub == nil {
		n.Op = &Unsupported{Kind: "a flow that is missing"}
		return
	}
	branches := sub.branches()
	fc.ports(n, &signature{inputs: sub.inputs(), free: sub.free(), outputs: sub.outputs(), branches: branches, typed: true})
	op := runFlow(sub, branches)
	n.Op = &op
}

// runFlow makes a node with the given branches run a flow whose inputs and outputs are, as far as they go, the node's.
func runFlow(sub *Flow, branches []string) RunFlow {
	op := RunFlow{Flow: sub, Branches: map[string]int{}, Fallthrough: max(0, slices.Index(branches, spec.DefaultBranch))}
	for i := range sub.Inputs {
		if sub.Inputs[i].Free {
			op.Inputs = append(op.Inputs, -1)
			continue
		}
		op.Inputs = append(op.Inputs, i)
	}
	for i := range sub.Outputs {
		op.Outputs = append(op.Outputs, i)
	}
	for _, b := range sub.branches() {
		op.Branches[b] = slices.Index(branches, b)
	}
	return op
}

// subflow compiles a flow that a node runs; nil if there is none.
func (fc *flowCompiler) subflow(f *spec.Flow) *Flow {
	if f == nil {
		return nil
	}
	sub := fc.flowIn(f, fc.scope)
	if sub.Spec == nil { // it contains itself, which was reported
		return nil
	}
	return sub
}

// branches are the sorted distinct branch names of the end nodes; a flow that also ends without one has "next".
func (f *Flow) branches() []string {
	var names []string
	for _, n := range f.Nodes {
		if end, ok := n.Op.(*Pass); ok && end.End && !slices.Contains(names, end.Branch) {
			names = append(names, end.Branch)
		}
	}
	slices.Sort(names)
	return names
}

// inputs are the flow's inputs, as properties.
func (f *Flow) inputs() []value.Property {
	props := make([]value.Property, len(f.Inputs))
	for i := range f.Inputs {
		props[i] = f.Inputs[i].Property
	}
	return props
}

// free are the names of the inputs that need no value, since a context provider offers them.
func (f *Flow) free() (names []string) {
	for i := range f.Inputs {
		if f.Inputs[i].Free {
			names = append(names, f.Inputs[i].Title)
		}
	}
	return names
}

// outputs are the flow's outputs, as properties.
func (f *Flow) outputs() []value.Property {
	props := make([]value.Property, len(f.Outputs))
	for i := range f.Outputs {
		props[i] = f.Outputs[i].Property
	}
	return props
}
