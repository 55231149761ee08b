package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// constantValuesNode yields fixed values.
func (fc *flowCompiler) constantValuesNode(n *Node, s *spec.ConstantValuesNode) {
	op := &Constants{}
	sig := &signature{branches: nextOnly, loose: true}
	for name, v := range s.ConstantValues.All() {
		sig.outputs = append(sig.outputs, value.Property{Title: name, Type: typeOf(v)})
		op.Values = append(op.Values, v)
	}
	fc.ports(n, sig)
	n.Op = op
}

// typeOf is the type of a plain value; lists, objects and null could be of many, so they are any.
func typeOf(v value.Value) *value.Type {
	switch v.Kind() {
	case value.KindBool:
		return value.BooleanType
	case value.KindInt:
		return value.IntegerType
	case value.KindFloat:
		return value.NumberType
	case value.KindString:
		return value.StringType
	default:
		return value.AnyType
	}
}

// templateNode renders a template.
func (fc *flowCompiler) templateNode(n *Node, s *spec.TemplateNode) {
	t, inputs := fc.template(s, "template", s.Template)
	fc.ports(n, &signature{
		inputs:   inputs,
		outputs:  []value.Property{{Title: "output", Type: value.StringType}},
		branches: nextOnly,
		loose:    true,
		typed:    true,
	})
	n.Op = &Render{Template: t}
}

// readVariableNode yields a variable of the flow.
func (fc *flowCompiler) readVariableNode(n *Node, s *spec.ReadVariableNode) {
	out := s.Variable.WithTitle("value")
	fc.ports(n, &signature{outputs: []value.Property{out}, branches: nextOnly, loose: true, typed: true})
	n.Op = &ReadVariable{Variable: fc.variable(s, s.Variable)}
}

// writeVariableNode changes a variable of the flow.
func (fc *flowCompiler) writeVariableNode(n *Node, s *spec.WriteVariableNode) {
	op := &WriteVariable{Variable: fc.variable(s, s.Variable), Operation: fc.writeOperation(s, s.Operation, s.Variable)}
	in := written(s.Variable, op.Operation).WithTitle("value")
	fc.ports(n, &signature{inputs: []value.Property{in}, branches: nextOnly, loose: true})
	n.Op = op
}

// variable finds a variable of the flow; a node may only name those that the flow itself declares.
func (fc *flowCompiler) variable(n spec.Node, v value.Property) int {
	i := slices.IndexFunc(fc.spec.State, func(p value.Property) bool { return p.Title == v.Title })
	switch {
	case i < 0:
		fc.errorf(at(n, "variable"), "undeclared-variable", "declare it in the flow's state",
			"%s uses the variable %q, which flow %q does not have", nodeName(n), v.Title, fc.spec.Name)
	case !value.SameType(fc.spec.State[i].Type, v.Type):
		fc.errorf(at(n, "variable"), "variable-type", "give both one type",
			"%s takes the variable %q for %s, but it is %s", nodeName(n), v.Title, v.Type, fc.spec.State[i].Type)
	}
	return i
}

// writeOperation checks that an operation can be done on a variable.
func (fc *flowCompiler) writeOperation(n spec.Node, name string, v value.Property) WriteOperation {
	kind := value.TypeAny
	if v.Type != nil {
		kind = v.Type.Kind
	}
	switch name {
	case "", "overwrite":
		return Overwrite
	case "merge":
		if kind != value.TypeList && kind != value.TypeDict {
			fc.errorf(at(n, "operation"), "write-operation", "use overwrite", "%s cannot merge into %q, which is %s", nodeName(n), v.Title, v.Type)
		}
		return Merge
	case "insert":
		if kind != value.TypeList {
			fc.errorf(at(n, "operation"), "write-operation", "use overwrite", "%s cannot insert into %q, which is %s", nodeName(n), v.Title, v.Type)
		}
		return Insert
	}
	fc.errorf(at(n, "operation"), "write-operation", "use overwrite, merge or insert", "%s has the unknown operation %q", nodeName(n), name)
	return Overwrite
}
