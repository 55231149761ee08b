package program

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Ports are the inputs, outputs and branches of a node as they are called outside it.
type Ports struct {
	Inputs, Outputs []value.Property
	Branches        []string
}

// PortsOf returns what a node has by its own fields, or as it declares, without a flow around it. State are the
// variables of the flow that it is meant for. The findings are what is wrong with the node itself; the ports are then those
// that it has all the same.
func PortsOf(n spec.Node, state []value.Property) (*Ports, spec.Diagnostics) {
	c := newCompiler(nil)
	f := &spec.Flow{Nodes: []spec.Node{n}, State: state}
	fc := newFlowCompiler(c, f, &Flow{})
	node := &Node{Name: n.Base().Name, Spec: n}
	fc.out.Nodes = append(fc.out.Nodes, node)
	fc.node(node)
	p := &Ports{Inputs: node.outerInputs(), Branches: node.Branches}
	for i := range node.Outputs {
		if out := &node.Outputs[i]; !out.Dropped {
			p.Outputs = append(p.Outputs, out.Property)
		}
	}
	c.errors.Sort()
	return p, c.errors
}

// outerInputs are the inputs by their names outside the node. Two that have one name there are one input.
func (n *Node) outerInputs() (props []value.Property) {
	mapping := n.Spec.Node().InputMapping
	for i := range n.Inputs {
		p := n.Inputs[i].WithTitle(outerName(mapping, n.Inputs[i].Title))
		if _, shared := find(props, p.Title); !shared {
			props = append(props, p)
		}
	}
	return props
}
