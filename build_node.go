package wayflow

import (
	"reflect"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Node is a node of a flow that is being built; [Prompt], [Say] and their like make one. It may stand in several flows,
// but in each only once.
type Node interface {
	Part
	common() *nodeCommon
	// compose makes the component. What all nodes have is filled in afterwards. id is that of the node.
	compose(b *builder, id string) spec.Node
}

// nodeCommon is what the builders of all nodes hold.
type nodeCommon struct {
	name        string
	description string
	at          site
	// inputMapping and outputMapping lead from the names inside to those outside.
	inputMapping, outputMapping spec.Dict[string]
	problems                    []problem
}

func (n *nodeCommon) common() *nodeCommon { return n }
func (n *nodeCommon) partName() string    { return n.name }

func (n *nodeCommon) fail(at site, code, help, format string, args ...any) {
	n.problems = append(n.problems, newProblem(at, n.name, code, help, format, args...))
}

// node is what the builders of all nodes share; N is the builder itself.
type node[N any] struct {
	nodeCommon
	self *N
}

// init makes the common part of a builder; at is where it is called for.
func (n *node[N]) init(self *N, name string, at site) *N {
	n.name, n.at, n.self = name, at, self
	return self
}

// Describe says what the node is for.
func (n *node[N]) Describe(text string) *N {
	n.description = text
	return n.self
}

// RenameInput gives an input another name outside the node.
func (n *node[N]) RenameInput(from, to string) *N {
	n.inputMapping = renamed(n.inputMapping, from, to)
	return n.self
}

// RenameOutput gives an output another name outside the node.
func (n *node[N]) RenameOutput(from, to string) *N {
	n.outputMapping = renamed(n.outputMapping, from, to)
	return n.self
}

// renamed adds an entry to a mapping, or replaces one.
func renamed(mapping spec.Dict[string], from, to string) spec.Dict[string] {
	for i := range mapping {
		if mapping[i].Key == from {
			mapping[i].Value = to
			return mapping
		}
	}
	return append(mapping, spec.Entry[string]{Key: from, Value: to})
}

// StartNode is where a flow begins.
type StartNode struct {
	node[StartNode]
	ports []value.Property
}

// Start is where a flow begins; its ports are the inputs of the flow. A flow that has none gets one, with what its nodes
// need.
func Start(name string, ports ...value.Property) *StartNode {
	n := &StartNode{ports: ports}
	return n.init(n, name, here())
}

func (n *StartNode) compose(*builder, string) spec.Node {
	s := &spec.StartNode{}
	s.Inputs = declared(n.ports)
	s.Outputs = s.Inputs
	return s
}

// declared is a list of ports that is there even if it is empty.
func declared(ports []value.Property) []value.Property { return append([]value.Property{}, ports...) }

// EndNode is where a flow ends.
type EndNode struct {
	node[EndNode]
	branch string
	ports  []value.Property
}

// End is where a flow ends. A node that runs the flow then takes the branch of the same name. A flow without an end of
// its own ends after its last node. Ports are outputs of the flow that data edges lead to; all others reach the end by
// themselves.
func End(name string, ports ...value.Property) *EndNode {
	n := &EndNode{branch: name, ports: ports}
	return n.init(n, name, here())
}

// Branch gives the branch that a node which runs the flow takes another name than that of the end.
func (n *EndNode) Branch(name string) *EndNode {
	n.branch = name
	return n
}

func (n *EndNode) compose(*builder, string) spec.Node {
	s := &spec.EndNode{BranchName: n.branch}
	s.Inputs = declared(n.ports)
	s.Outputs = s.Inputs
	return s
}

// CustomNode is a node that was made by hand.
type CustomNode struct {
	node[CustomNode]
	spec spec.Node
}

// Custom is a node that was made by hand, of a kind that this package has no function for. What it leaves out of its
// name, id and ports is filled in; the component itself stays as it is.
func Custom(n spec.Node) *CustomNode {
	c := &CustomNode{spec: n}
	name := ""
	if !isNil(n) {
		name = n.Base().Name
	}
	c.init(c, name, here())
	if isNil(n) {
		c.fail(c.at, "no-node", "give it one", "there is no node")
	}
	return c
}

func (n *CustomNode) compose(*builder, string) spec.Node {
	v := reflect.New(reflect.TypeOf(n.spec).Elem())
	v.Elem().Set(reflect.ValueOf(n.spec).Elem())
	return v.Interface().(spec.Node)
}
