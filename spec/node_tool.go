package spec

// ToolNode calls a tool. Spelled ExtendedToolNode when a failure becomes the output, or ports are renamed.
type ToolNode struct {
	NodeBase
	// Tool is what is called.
	Tool Tool `spec:"tool,required"`
	// IgnoreExceptions makes the text of a failure the output of the node (in documents: raise_exceptions, negated).
	IgnoreExceptions bool `spec:"-" ext:"raise_exceptions,required,negated"`
}

func (n *ToolNode) extended() bool { return n.mapped() || n.IgnoreExceptions }
