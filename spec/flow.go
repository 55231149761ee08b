package spec

import "github.com/wayflow-go/wayflow/value"

// Flow is a graph of nodes: control edges say which runs after which, data edges what each gets from the others
// (Agent Spec, "Flow"). Spelled ExtendedFlow when it has variables or context providers.
type Flow struct {
	ComponentBase
	IO
	// StartNode is where the flow begins; it is one of Nodes.
	StartNode *StartNode `spec:"start_node,required"`
	// Nodes are all nodes of the flow, each once.
	Nodes []Node `spec:"nodes,required"`
	// ControlFlowConnections lead from each branch of each node to the node that comes next.
	ControlFlowConnections []*ControlFlowEdge `spec:"control_flow_connections,required"`
	// DataFlowConnections may be nil or empty: then outputs feed all inputs of the same name.
	DataFlowConnections []*DataFlowEdge `spec:"data_flow_connections"`

	// ContextProviders offer values to all nodes of the flow and of its sub-flows, by the names of their outputs.
	ContextProviders []ContextProvider `spec:"-" ext:"context_providers"`
	// State are the variables of a run of the flow, with their initial values as defaults.
	State []value.Property `spec:"-" ext:"state,default=[]"`
}

func (*Flow) agentic() {}
func (*Flow) manager() {}

func (f *Flow) extended() bool { return len(f.ContextProviders) > 0 || len(f.State) > 0 }

// ControlFlowEdge leads from a branch of one node to the next node (Agent Spec, "ControlFlowEdge").
type ControlFlowEdge struct {
	ComponentBase
	// FromNode is where the edge begins.
	FromNode Node `spec:"from_node,required"`
	// FromBranch nil means the branch "next".
	FromBranch *string `spec:"from_branch"`
	// ToNode is the node that comes next.
	ToNode Node `spec:"to_node,required"`
}

// DataFlowEdge feeds an output of one node to an input of another (Agent Spec, "DataFlowEdge").
type DataFlowEdge struct {
	ComponentBase
	// SourceNode is a node, or a context provider of the flow, and SourceOutput the title of one of its outputs.
	SourceNode   Node   `spec:"source_node,required"`
	SourceOutput string `spec:"source_output,required"`
	// DestinationNode is the node that gets the value, and DestinationInput the title of one of its inputs.
	DestinationNode  Node   `spec:"destination_node,required"`
	DestinationInput string `spec:"destination_input,required"`
}

// DefaultBranch is the branch that a node takes unless it says otherwise (Agent Spec, "Node.branches").
const DefaultBranch = "next"
