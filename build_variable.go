package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// ReadVariableNode looks at a variable.
type ReadVariableNode struct {
	node[ReadVariableNode]
	variable value.Property
}

// ReadVariable has the value of a variable as its output, named value. The flow declares it with [Flow.State].
func ReadVariable(name string, variable value.Property) *ReadVariableNode {
	n := &ReadVariableNode{variable: variable}
	return n.init(n, name, here())
}

// Output gives the output another name.
func (n *ReadVariableNode) Output(name string) *ReadVariableNode {
	return n.RenameOutput("value", name)
}

func (n *ReadVariableNode) compose(*builder, string) spec.Node {
	return &spec.ReadVariableNode{Variable: n.variable}
}

// WriteVariableNode changes a variable.
type WriteVariableNode struct {
	node[WriteVariableNode]
	variable  value.Property
	operation string
}

// WriteVariable sets a variable to its input, named value.
func WriteVariable(name string, variable value.Property) *WriteVariableNode {
	n := &WriteVariableNode{variable: variable, operation: spec.WriteOverwrite}
	return n.init(n, name, here())
}

// Merge adds the items of a list, or the entries of an object, to the variable.
func (n *WriteVariableNode) Merge() *WriteVariableNode {
	n.operation = spec.WriteMerge
	return n
}

// Insert adds the input to the variable, a list, as one item.
func (n *WriteVariableNode) Insert() *WriteVariableNode {
	n.operation = spec.WriteInsert
	return n
}

// Input gives the input another name.
func (n *WriteVariableNode) Input(name string) *WriteVariableNode {
	return n.RenameInput("value", name)
}

func (n *WriteVariableNode) compose(*builder, string) spec.Node {
	return &spec.WriteVariableNode{Variable: n.variable, Operation: n.operation}
}

// VariablesNode changes variables and looks at others.
type VariablesNode struct {
	node[VariablesNode]
	spec spec.VariableNode
}

// Variables first changes variables and then has others as outputs, see its methods. Inputs and outputs have the names
// of the variables.
func Variables(name string) *VariablesNode {
	n := &VariablesNode{}
	return n.init(n, name, here())
}

// Set sets a variable.
func (n *VariablesNode) Set(v value.Property) *VariablesNode { return n.write(v, spec.WriteOverwrite) }

// Merge adds the items of a list, or the entries of an object, to a variable.
func (n *VariablesNode) Merge(v value.Property) *VariablesNode { return n.write(v, spec.WriteMerge) }

// Insert adds one item to a variable that is a list.
func (n *VariablesNode) Insert(v value.Property) *VariablesNode { return n.write(v, spec.WriteInsert) }

func (n *VariablesNode) write(v value.Property, operation string) *VariablesNode {
	n.spec.WriteVariables = append(n.spec.WriteVariables, v)
	n.spec.WriteOperations = append(n.spec.WriteOperations, spec.Entry[string]{Key: v.Title, Value: operation})
	return n
}

// Get adds an output with the value of a variable.
func (n *VariablesNode) Get(v value.Property) *VariablesNode {
	n.spec.ReadVariables = append(n.spec.ReadVariables, v)
	return n
}

func (n *VariablesNode) compose(*builder, string) spec.Node {
	s := n.spec
	return &s
}
