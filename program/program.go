package program

import (
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Program is a compiled document.
type Program struct {
	// Root is the component that was compiled.
	Root spec.Component
	// Main is the flow to run; nil if the root is something that this version cannot run.
	Main *Flow
	// Flows are all flows, a sub-flow before the flow that uses it. The order follows from the document alone.
	Flows []*Flow
	// Tools and Models are all that the flows use, in order of first use. Effects name them by index.
	Tools  []*Tool
	Models []*Model
	// Requests and Datastores are likewise all HTTP requests and datastores that they use.
	Requests   []*HTTPRequest
	Datastores []*Datastore
	// Remotes are likewise all agents that run elsewhere.
	Remotes []*Remote
	// Toolboxes are likewise all toolboxes of agents.
	Toolboxes []*Toolbox
	// Warnings are findings that do not keep the document from running.
	Warnings spec.Diagnostics
	// Unsupported are components that this version can load but not run.
	Unsupported spec.Diagnostics
}

// Flow is a compiled flow.
type Flow struct {
	Index  int
	Name   string
	Spec   *spec.Flow
	Inputs []Input
	// Outputs are what the flow yields at its end.
	Outputs []Output
	Nodes   []*Node
	// Start is the index of the start node.
	Start int
	// Slots is how many values a run of the flow holds: the inputs of its nodes and its outputs so far.
	Slots int
	// Variables are the state of a run, with their initial values.
	Variables []value.Property
	// Ask is the way to a node that may ask the user something, as names of nodes; nil if there is none.
	Ask []string
}

// Node is a compiled node of a flow.
type Node struct {
	Index int
	// Name is unique in the flow: of nodes with one name in the document the second is called "name 2", and so on, as
	// in the reference.
	Name string
	Spec spec.Node
	Op   Op
	// Inputs are in the order that the Op expects.
	Inputs []Input
	// Gather are the context providers that are asked, once each, before the Op runs.
	Gather []Gather
	// Outputs are in the order that the Op yields.
	Outputs []Output
	// Branches are the names of the ways out; Next holds for each the node it leads to, or [NoNode] where the flow ends.
	Branches []string
	Next     []int
}

// NoNode stands in [Node.Next] where no edge leaves a branch: the flow ends there.
const NoNode = -1

// Input is a port through which a value enters.
type Input struct {
	// Property has the name used inside, and the type and default that count.
	value.Property
	// Slot is where the value lies.
	Slot int
	// Cast is false if what can lie in the slot is of the right type already.
	Cast bool
	// Free is true if the input needs no value, since a context provider offers it where it is used.
	Free bool
}

// Output is a port through which a value leaves.
type Output struct {
	// Property has the name used outside, and the type and default that count.
	value.Property
	// Targets are the slots that get the value.
	Targets []int
	// Check is false if the Op only yields values of the right type.
	Check bool
	// Slot is, for an output of a flow, where its latest value lies.
	Slot int
	// Dropped is true if the document does not declare the output: then it is computed and forgotten.
	Dropped bool
}

// Tool is a tool that some node calls.
type Tool struct {
	Index int
	Spec  spec.Tool
	// Inputs and Outputs are the declared ports.
	Inputs, Outputs []value.Property
	// Request is what a remote tool sends; nil for other tools. Its inputs are those of the tool.
	Request *HTTPRequest
	// Hidden are inputs that a document need not declare.
	Hidden []string
}

// Name returns the name by which a tool is bound.
func (t *Tool) Name() string { return t.Spec.Base().Name }

// Toolbox is a source of tools that are only known when it is asked.
type Toolbox struct {
	Index int
	Spec  spec.ToolBox
	// Only is the one tool of it that is used; nil means all.
	Only *spec.ToolFromToolBox
	// Datastore is what the tools search; nil for toolboxes that search none.
	Datastore *Datastore
	// Call is a flow of one node that calls one of the tools; its inputs are the name and the arguments, and whether the
	// user is asked first.
	Call *Flow
}

// Model is a model that some node asks.
type Model struct {
	Index  int
	Config spec.LlmConfig
	// Format is how an agent talks to it.
	Format prompt.Format
}

// Remote is an agent that runs elsewhere.
type Remote struct {
	Index int
	// Spec is its configuration, a [*spec.A2AAgent] or a [*spec.OciAgent].
	Spec spec.AgenticComponent
}

// Datastore is a datastore that some node uses.
type Datastore struct {
	Index int
	Spec  spec.Datastore
}
