package flowtest

import (
	"strconv"
	"testing"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Graph builds a flow, edge by edge.
type Graph struct{ Flow *spec.Flow }

// NewGraph returns a flow that has a start node with the inputs, and nothing else. Names of flows must be distinct.
func NewGraph(name string, inputs ...value.Property) *Graph {
	start := &spec.StartNode{}
	start.ID, start.Name, start.Inputs = name+".start", "start", inputs
	f := &spec.Flow{StartNode: start, Nodes: []spec.Node{start}}
	f.ID, f.Name, f.Inputs = name, name, inputs
	f.ControlFlowConnections = []*spec.ControlFlowEdge{}
	return &Graph{f}
}

// Start returns the start node.
func (g *Graph) Start() spec.Node { return g.Flow.StartNode }

// Add adds a node; names must be distinct.
func (g *Graph) Add(n spec.Node, name string) spec.Node {
	n.Base().ID, n.Base().Name = g.Flow.Name+"."+name, name
	g.Flow.Nodes = append(g.Flow.Nodes, n)
	return n
}

// End adds an end node with the outputs.
func (g *Graph) End(name string, outs ...value.Property) *spec.EndNode {
	e := &spec.EndNode{BranchName: spec.DefaultBranch}
	e.Outputs = outs
	g.Add(e, name)
	return e
}

// Edge leads from a branch of a node, "next" if it is empty, to another node.
func (g *Graph) Edge(from spec.Node, branch string, to spec.Node) {
	e := &spec.ControlFlowEdge{FromNode: from, ToNode: to}
	e.ID = g.Flow.Name + ".control" + strconv.Itoa(len(g.Flow.ControlFlowConnections))
	e.Name = "edge"
	if branch != "" {
		e.FromBranch = &branch
	}
	g.Flow.ControlFlowConnections = append(g.Flow.ControlFlowConnections, e)
}

// Data feeds an output of a node to an input of another.
func (g *Graph) Data(from spec.Node, out string, to spec.Node, in string) {
	e := &spec.DataFlowEdge{SourceNode: from, SourceOutput: out, DestinationNode: to, DestinationInput: in}
	e.ID = g.Flow.Name + ".data" + strconv.Itoa(len(g.Flow.DataFlowConnections))
	e.Name = "data"
	g.Flow.DataFlowConnections = append(g.Flow.DataFlowConnections, e)
}

// Text returns a property that is a text.
func Text(name string) value.Property { return value.Property{Title: name, Type: value.StringType} }

// Texts returns a property for each name.
func Texts(names ...string) []value.Property {
	props := make([]value.Property, len(names))
	for i, name := range names {
		props[i] = Text(name)
	}
	return props
}

// ServerTool returns a tool that a host must be given.
func ServerTool(name string, inputs, outputs []value.Property) *spec.ServerTool {
	t := &spec.ServerTool{}
	t.ID, t.Name, t.Inputs, t.Outputs = "tool."+name, name, inputs, outputs
	return t
}

// ToolFlow returns a flow that calls one tool, with the inputs and outputs of the tool.
func ToolFlow(name string, t *spec.ServerTool) *spec.Flow {
	g := NewGraph(name, t.Inputs...)
	call := g.Add(&spec.ToolNode{Tool: t}, "call")
	end := g.End("end", t.Outputs...)
	g.Edge(g.Start(), "", call)
	g.Edge(call, "", end)
	for _, p := range t.Inputs {
		g.Data(g.Start(), p.Title, call, p.Title)
	}
	for _, p := range t.Outputs {
		g.Data(call, p.Title, end, p.Title)
	}
	return g.Flow
}

// Fan returns a flow of one parallel node, that runs the flows with at most so many workers, and has their outputs. Its
// inputs, and those of the flows, are given.
func Fan(name string, workers int, flows []*spec.Flow, inputs ...value.Property) *spec.Flow {
	g := NewGraph(name, inputs...)
	fan := g.Add(&spec.ParallelFlowNode{Subflows: flows, MaxWorkers: &workers}, "fan")
	var outs []value.Property
	for _, f := range flows {
		outs = append(outs, f.Nodes[len(f.Nodes)-1].Ports().Outputs...)
	}
	end := g.End("end", outs...)
	g.Edge(g.Start(), "", fan)
	g.Edge(fan, "", end)
	for _, p := range inputs {
		g.Data(g.Start(), p.Title, fan, p.Title)
	}
	for _, p := range outs {
		g.Data(fan, p.Title, end, p.Title)
	}
	return g.Flow
}

// Compile compiles a flow that is known to be right.
func Compile(tb testing.TB, f *spec.Flow) *program.Program {
	tb.Helper()
	p, err := program.Compile(f)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
