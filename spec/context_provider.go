package spec

import "github.com/wayflow-go/wayflow/value"

// ContextProvider offers values to the nodes of a flow or to the prompts of an agent, by the names of its outputs
// . It counts as a node, because data edges may start there; it has no inputs and no branches. All context
// providers belong to the extension.
type ContextProvider interface {
	Node
	contextProvider()
}

// ContextProviderBase is what all context providers share.
type ContextProviderBase struct{ NodeBase }

func (*ContextProviderBase) contextProvider() {}

func (c *ContextProviderBase) check(report func(key, problem string)) {
	if len(c.Inputs) > 0 {
		report("inputs", "a context provider cannot have inputs")
	}
}

// ConstantContextProvider offers always the same value; spelled PluginConstantContextProvider.
type ConstantContextProvider struct {
	ContextProviderBase
	// Value is what is offered.
	Value value.Value `spec:"value,required,nullable"`
}

// ToolContextProvider offers what a tool returns that needs no arguments; spelled PluginToolContextProvider.
type ToolContextProvider struct {
	ContextProviderBase
	// Tool is called each time the value is wanted.
	Tool Tool `spec:"tool,required"`
	// OutputName is the name of the value.
	OutputName string `spec:"output_name,required"`
}

// FlowContextProvider offers the outputs of a flow that has no inputs and asks nobody; spelled
// PluginFlowContextProvider.
type FlowContextProvider struct {
	ContextProviderBase
	// Flow is run each time the values are wanted.
	Flow *Flow `spec:"flow,required"`
	// OutputNames are the outputs that are offered; nil means all.
	OutputNames []string `spec:"output_names"`
}
