package wayflow

import (
	"fmt"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Flow is a flow that is being built. [Sequence] and [Graph] make one, [Build] makes an app of it. It may be used in
// several places of a document, where it then is one component.
//
// # Data
//
// Each output feeds the inputs of the same name in all nodes. Once [Flow.Data] is called there are only the data edges
// that it makes. In both cases an input that nothing feeds on some way to its node is an input of the flow.
type Flow struct {
	name, description string
	at                site
	nodes             []Node
	edges             []edge
	data              []dataLink
	entry             Node
	inputs, outputs   []value.Property
	// selected are outputs that are declared by name alone.
	selected           []string
	hasInput, hasWants bool
	state              []value.Property
	providers          []*Provider
	ends, conditions   int
	problems           []problem
}

// edge leads from a branch of a node to the next node, or from all branches without an edge of their own.
type edge struct {
	from   Node
	branch string // empty for all that have no edge of their own
	to     Node   // nil ends the flow
	at     site
}

// dataLink feeds an output to an input.
type dataLink struct {
	from   Node
	output string
	to     Node
	input  string
	at     site
}

func (f *Flow) partName() string { return f.name }

// Sequence is a flow that runs its nodes one after the other.
func Sequence(name string, nodes ...Node) *Flow {
	f := &Flow{name: name, at: here()}
	f.chain(nodes, f.at)
	if len(nodes) == 0 {
		f.fail(f.at, "no-nodes", "give it at least one", "the sequence %q has no nodes", name)
	}
	return f
}

// Graph is a flow whose nodes are joined by [Flow.Edge], [Flow.Branch] and their like. They need not be listed
// beforehand; the order in which they are named is that of the document.
func Graph(name string, nodes ...Node) *Flow {
	f := &Flow{name: name, at: here()}
	f.add(nodes...)
	return f
}

func (f *Flow) fail(at site, code, help, format string, args ...any) {
	f.problems = append(f.problems, newProblem(at, f.name, code, help, format, args...))
}

// add lists nodes that are not listed yet.
func (f *Flow) add(nodes ...Node) {
	for _, n := range nodes {
		if !isNil(n) && !f.has(n) {
			f.nodes = append(f.nodes, n)
		}
	}
}

func (f *Flow) has(n Node) bool {
	for _, m := range f.nodes {
		if m == n {
			return true
		}
	}
	return false
}

// link adds an edge, and its nodes to the list.
func (f *Flow) link(e edge) {
	if isNil(e.from) {
		f.fail(e.at, "no-node", "name the node that it leaves", "an edge of flow %q begins nowhere", f.name)
		return
	}
	if isNil(e.to) {
		e.to = nil
	}
	f.add(e.from, e.to)
	f.edges = append(f.edges, e)
}

func (f *Flow) chain(nodes []Node, at site) {
	for i, n := range nodes {
		switch {
		case isNil(n):
			f.fail(at, "no-node", "give it one", "node %d of flow %q is nil", i, f.name)
		case f.has(n):
			f.fail(at, "node-twice", "make a second one, or an edge that leads back", "flow %q lists node %q twice", f.name, n.partName())
		}
		f.add(n)
	}
	for i, n := range nodes[:max(0, len(nodes)-1)] {
		if !isNil(n) {
			f.link(edge{from: n, to: nodes[i+1], at: at})
		}
	}
}

// Describe says what the flow is for.
func (f *Flow) Describe(text string) *Flow {
	f.description = text
	return f
}

// Chain adds nodes that run one after the other.
func (f *Flow) Chain(nodes ...Node) *Flow {
	f.chain(nodes, here())
	return f
}

// Edge leads from a node to the next one, whichever branch the node takes; branches that [Flow.Branch] leads elsewhere
// are excepted. If to is nil the flow ends there, as it does after a node that no edge leaves.
func (f *Flow) Edge(from, to Node) *Flow {
	f.link(edge{from: from, to: to, at: here()})
	return f
}

// Branch leads from one branch of a node to the next node. If to is nil the flow ends there.
func (f *Flow) Branch(from Node, branch string, to Node) *Flow {
	f.link(edge{from: from, branch: branch, to: to, at: here()})
	return f
}

// Data feeds an output of a node to an input of another. A flow that has such an edge has no others.
func (f *Flow) Data(from Node, output string, to Node, input string) *Flow {
	f.dataEdge(dataLink{from, output, to, input, here()})
	return f
}

func (f *Flow) dataEdge(d dataLink) {
	if isNil(d.from) || isNil(d.to) {
		f.fail(d.at, "no-node", "name both nodes", "a data edge of flow %q has a node that is nil", f.name)
		return
	}
	f.data = append(f.data, d)
}

// Case is a way on: to a node, for a value.
type Case struct {
	Value string
	To    Node
}

// Conditional leads on by the value of an output: to the node of the case with that value, else to fallback. It adds a
// branching node, which gets the value by a data edge.
func (f *Flow) Conditional(from Node, output string, fallback Node, cases ...Case) *Flow {
	at := here()
	f.conditions++
	n := &BranchNode{input: nextStepName}
	n.init(n, fmt.Sprintf("BranchingStep_%d", f.conditions), at)
	for _, c := range cases {
		if isNil(c.To) {
			f.fail(at, "no-node", "name one", "the case %q leads nowhere", c.Value)
			return f
		}
		n.On(c.Value, c.To.partName())
	}
	f.link(edge{from: from, to: n, at: at})
	for _, c := range cases {
		if !f.leaves(n, c.To.partName()) {
			f.link(edge{from: n, branch: c.To.partName(), to: c.To, at: at})
		}
	}
	f.link(edge{from: n, branch: defaultBranch, to: fallback, at: at})
	f.dataEdge(dataLink{from, output, n, nextStepName, at})
	return f
}

// leaves reports whether an edge leaves a branch of a node.
func (f *Flow) leaves(n Node, branch string) bool {
	for _, e := range f.edges {
		if e.from == n && e.branch == branch {
			return true
		}
	}
	return false
}

// Entry says with which node the flow begins; else it is the first. With inputs, a [Start] is put before it that has
// exactly these.
func (f *Flow) Entry(n Node, inputs ...value.Property) *Flow {
	at := here()
	if f.entry != nil {
		f.fail(at, "two-starts", "keep one", "flow %q begins at %q and %q", f.name, f.entry.partName(), n.partName())
	}
	f.add(n)
	f.entry = n
	if len(inputs) > 0 {
		start := &StartNode{ports: inputs}
		f.entry = start.init(start, startName, at)
		f.link(edge{from: start, to: n, at: at})
	}
	return f
}

// Finish puts an [End] behind each of the nodes.
func (f *Flow) Finish(nodes ...Node) *Flow {
	at := here()
	for _, n := range nodes {
		f.ends++
		name := fmt.Sprintf("CompleteStep_%d", f.ends)
		end := &EndNode{branch: name}
		f.link(edge{from: n, to: end.init(end, name, at), at: at})
	}
	return f
}

// Inputs declares the inputs of the flow; else they are what its nodes need.
func (f *Flow) Inputs(ports ...value.Property) *Flow {
	f.inputs, f.hasInput = ports, true
	return f
}

// Outputs selects the outputs of the flow; else they are all that its nodes yield on every way to its end.
func (f *Flow) Outputs(names ...string) *Flow {
	f.selected, f.hasWants = append(f.selected, names...), true
	return f
}

// OutputPorts declares outputs of the flow with their types. One with a default need not be produced on every way.
func (f *Flow) OutputPorts(ports ...value.Property) *Flow {
	f.outputs, f.hasWants = append(f.outputs, ports...), true
	return f
}

// State adds variables; see [Variable].
func (f *Flow) State(variables ...value.Property) *Flow {
	f.state = append(f.state, variables...)
	return f
}

// Component makes the component that the flow stands for, with all in it. The error is a [Diagnostics].
func (f *Flow) Component() (*spec.Flow, error) {
	root, err := newBuilder().root(f)
	if err != nil {
		return nil, err
	}
	return root.(*spec.Flow), nil
}
