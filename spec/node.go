package spec

// Node is a component that can stand in a flow.
type Node interface {
	WithIO
	// Node returns what all nodes share.
	Node() *NodeBase
}

// NodeBase is what all nodes share.
type NodeBase struct {
	ComponentBase
	IO
	// Branches may be nil; if given they must be the ones the node has.
	Branches []string `spec:"branches,omitdefault,nonzero"`
	// InputMapping and OutputMapping rename the ports of a node: internal name to the name used outside. Declared
	// inputs and outputs use the outer names. Only the extension spellings have them.
	InputMapping  Dict[string] `spec:"-" ext:"input_mapping,default={}"`
	OutputMapping Dict[string] `spec:"-" ext:"output_mapping,default={}"`

	// Extended is true for a node that a document spells as the extension does. Where both spellings exist, some of
	// them name the ports differently that are not declared; then the names are those of the extension.
	Extended bool `spec:"-"`
}

// Node implements [Node].
func (n *NodeBase) Node() *NodeBase { return n }

// mapped reports whether ports are renamed, which only the extension can spell.
func (n *NodeBase) mapped() bool { return len(n.InputMapping) > 0 || len(n.OutputMapping) > 0 }

// infersAsExtension reports whether the outputs have names that only the extension infers.
func (n *NodeBase) infersAsExtension() bool { return n.Extended && n.Outputs == nil }

// StartNode is where a flow begins; its inputs, which are also its outputs, are those of the flow.
type StartNode struct{ NodeBase }

// EndNode is where a flow ends; its inputs, which are also its outputs, are values of the flow.
type EndNode struct {
	NodeBase
	// BranchName is what a node that runs the flow takes as its branch; empty means "next".
	BranchName string `spec:"branch_name,nonzero,default=next"`
}
