package spec

import "github.com/wayflow-go/wayflow/value"

// The operations that change a variable.
const (
	// WriteOverwrite replaces the value.
	WriteOverwrite = "overwrite"
	// WriteMerge adds the entries of an object to an object, or the items of a list to a list.
	WriteMerge = "merge"
	// WriteInsert adds one item to a list.
	WriteInsert = "insert"
)

// ReadVariableNode outputs a variable of the flow as value; spelled PluginReadVariableNode.
type ReadVariableNode struct {
	NodeBase
	// Variable is one of [Flow.State].
	Variable value.Property `spec:"variable,required"`
}

// WriteVariableNode changes a variable of the flow by its input value; spelled PluginWriteVariableNode.
type WriteVariableNode struct {
	NodeBase
	// Variable is one of [Flow.State].
	Variable value.Property `spec:"variable,required"`
	// Operation is overwrite, merge or insert; empty means overwrite.
	Operation string `spec:"operation,nonzero,enum=overwrite|merge|insert,default=overwrite"`
}

// VariableNode changes some variables of the flow, an input each, and then outputs some; spelled PluginVariableNode.
type VariableNode struct {
	NodeBase
	// WriteVariables and ReadVariables are some of [Flow.State]; their titles are the names of the ports.
	WriteVariables []value.Property `spec:"write_variables,default=[]"`
	ReadVariables  []value.Property `spec:"read_variables,default=[]"`
	// WriteOperations give the operation for each variable of WriteVariables.
	WriteOperations Dict[string] `spec:"write_operations,enum=overwrite|merge|insert,default={}"`
}

func (n *VariableNode) check(report func(key, problem string)) {
	for _, v := range n.WriteVariables {
		if _, ok := n.WriteOperations.Get(v.Title); !ok {
			report("write_operations", "the operation for variable \""+v.Title+"\" is missing")
		}
	}
	if len(n.WriteOperations) > len(n.WriteVariables) {
		report("write_operations", "there is an operation for a variable that is not in write_variables")
	}
}
