package engine

import (
	"fmt"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// runReadVariable yields a variable.
func (m *Machine) runReadVariable(f *flowFrame, op *program.ReadVariable) *flowFrame {
	v, err := f.variable(op.Variable)
	return m.finishOr(f, err, v)
}

// runWriteVariable changes a variable.
func (m *Machine) runWriteVariable(f *flowFrame, n *program.Node, op *program.WriteVariable) *flowFrame {
	v, err := f.input(&n.Inputs[0])
	if err == nil {
		err = f.write(*op, v)
	}
	return m.finishOr(f, err)
}

// runVariables changes some variables, and then yields some.
func (m *Machine) runVariables(f *flowFrame, n *program.Node, op *program.Variables) *flowFrame {
	args, err := m.inputs(f, n)
	if err != nil {
		return m.fail(f, err)
	}
	for i, w := range op.Writes {
		if err := f.write(w, args[i]); err != nil {
			return m.fail(f, err)
		}
	}
	outs := make([]value.Value, len(op.Reads))
	for i, r := range op.Reads {
		if outs[i], err = f.variable(r); err != nil {
			return m.fail(f, err)
		}
	}
	return m.finish(f, 0, outs...)
}

// variable returns the value of a variable; one that is null was never set.
func (f *flowFrame) variable(i int) (value.Value, *Error) {
	v := f.vars[i]
	if v.IsNull() {
		return v, errorf(classValue, "variable %q has no value yet; write it first, or give it a default", f.flow.Variables[i].Title)
	}
	return v, nil
}

// write changes a variable. Once it has a value it only takes values of that kind, even if its type allows others, as in
// the reference.
func (f *flowFrame) write(w program.WriteVariable, v value.Value) *Error {
	variable := &f.flow.Variables[w.Variable]
	old := f.vars[w.Variable]
	if w.Operation == program.Overwrite && !v.IsNull() {
		cast, err := value.Cast(v, variable.Type)
		if err != nil {
			return &Error{Class: classValue, Message: fmt.Sprintf("variable %q: %s", variable.Title, err), Err: err}
		}
		v = cast
	}
	if w.Operation != program.Insert && !old.IsNull() && v.Kind() != old.Kind() {
		return errorf(classValue, "variable %q holds %s, so it cannot become %s", variable.Title, old.Kind(), v.Kind())
	}
	next := written(old, v, w.Operation)
	if w.Operation != program.Overwrite {
		if err := variable.Type.Check(next); err != nil {
			return &Error{Class: classValue, Message: fmt.Sprintf("variable %q: %s", variable.Title, err), Err: err}
		}
	}
	f.vars[w.Variable] = next
	return nil
}

// written is what a variable becomes. Values never change, so what was read before stays as it was.
func written(old, v value.Value, op program.WriteOperation) value.Value {
	switch op {
	case program.Insert:
		items, _ := old.AsList()
		return value.List(append(items[:len(items):len(items)], v)...)
	case program.Merge:
		return merged(old, v)
	default:
		return v
	}
}

// merged is a list with another after it, or an object with the entries of another.
func merged(old, v value.Value) value.Value {
	if more, ok := v.AsList(); ok {
		items, _ := old.AsList()
		return value.List(append(items[:len(items):len(items)], more...)...)
	}
	var b value.ObjectBuilder
	o, _ := old.AsObject()
	for k, w := range o.All() {
		b.Set(k, w)
	}
	more, _ := v.AsObject()
	for k, w := range more.All() {
		b.Set(k, w)
	}
	return b.Value()
}
