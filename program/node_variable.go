package program

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// variableNode changes some variables of the flow, in the order in which it lists them, and then yields some.
// Its ports have the names of the variables.
func (fc *flowCompiler) variableNode(n *Node, s *spec.VariableNode) {
	if len(s.WriteVariables)+len(s.ReadVariables) == 0 {
		fc.errorf(at(s), "no-variables", "list variables to write or to read, or remove the node",
			"%s neither writes nor reads a variable", nodeName(s))
	}
	op := &Variables{}
	sig := &signature{branches: nextOnly, loose: true, typed: true}
	for _, v := range s.WriteVariables {
		name, _ := s.WriteOperations.Get(v.Title)
		w := WriteVariable{Variable: fc.variable(s, v), Operation: fc.writeOperation(s, name, v)}
		op.Writes = append(op.Writes, w)
		sig.inputs = append(sig.inputs, written(v, w.Operation))
	}
	for _, v := range s.ReadVariables {
		op.Reads = append(op.Reads, fc.variable(s, v))
		sig.outputs = append(sig.outputs, v)
	}
	fc.ports(n, sig)
	n.Op = op
}

// written is the input that changes a variable: the value, or for an insertion one item. It is the variable's default if
// nothing feeds it, as in the reference.
func written(v value.Property, op WriteOperation) value.Property {
	if op == Insert && v.Type != nil && v.Type.Kind == value.TypeList {
		return value.Property{Title: v.Title, Description: v.Description, Type: v.Type.Items}
	}
	if v.Default.IsNull() {
		return v.WithoutDefault()
	}
	return v
}

// initial is a variable with the value that it begins with. Lists and objects must have one, so that something can be
// added to them.
func (fc *flowCompiler) initial(i int, v value.Property) value.Property {
	where := at(fc.spec, "state", i)
	if v.Default.IsNull() {
		if t := v.Type; t != nil && (t.Kind == value.TypeList || t.Kind == value.TypeDict) {
			fc.errorf(where, "variable-default", "give it an empty one", "variable %q of flow %q is %s and has no default",
				v.Title, fc.spec.Name, t)
		}
		return v
	}
	first, err := v.DefaultValue()
	if err != nil {
		fc.errorf(where, "variable-default", "mend the default", "the default of variable %q of flow %q is wrong: %s",
			v.Title, fc.spec.Name, err)
		return v
	}
	return v.WithDefault(first)
}
