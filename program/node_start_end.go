package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// startNode hands the inputs of the flow on; its inputs and outputs are the same.
func (fc *flowCompiler) startNode(n *Node, s *spec.StartNode) {
	props := fc.sameBothWays(s)
	if props == nil {
		props = fc.spec.Inputs
	}
	fc.ports(n, &signature{inputs: props, outputs: props, branches: nextOnly, typed: true})
	n.Op = &Pass{}
}

// endNode hands on what enters it as outputs of the flow; nothing leaves it.
func (fc *flowCompiler) endNode(n *Node, s *spec.EndNode) {
	props := fc.sameBothWays(s)
	if props == nil {
		props = fc.spec.Outputs
	}
	fc.ports(n, &signature{inputs: props, outputs: props, typed: true})
	n.Op = &Pass{End: true, Branch: s.BranchName}
}

// sameBothWays returns the ports of a node whose inputs are its outputs. Either list may be left out.
func (fc *flowCompiler) sameBothWays(n spec.Node) []value.Property {
	ports := n.Ports()
	in, out := ports.Inputs, ports.Outputs
	switch {
	case in == nil:
		return out
	case out == nil:
		return in
	}
	same := len(in) == len(out) && !slices.ContainsFunc(in, func(p value.Property) bool {
		q, ok := find(out, p.Title)
		return !ok || !value.SameType(p.Type, q.Type)
	})
	if !same {
		fc.errorf(at(n, "outputs"), "start-end-ports", "give both lists the same properties, or leave one out",
			"%s hands on its inputs, but its outputs differ from them", nodeName(n))
	}
	return in
}
