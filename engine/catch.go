package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// ancestors are the classes above those that the machine itself reports, nearest first; Exception is above all.
var ancestors = map[string][]string{
	classKey:              {"LookupError"},
	"IndexError":          {"LookupError"},
	"ZeroDivisionError":   {"ArithmeticError"},
	"OverflowError":       {"ArithmeticError"},
	"TimeoutError":        {"OSError"},
	"ConnectionError":     {"OSError"},
	"FileNotFoundError":   {"OSError"},
	"PermissionError":     {"OSError"},
	"NotImplementedError": {classRuntime},
	"RecursionError":      {classRuntime},
	"UnicodeError":        {classValue},
	"UnicodeDecodeError":  {"UnicodeError", classValue},
	"JSONDecodeError":     {classValue},
}

// classes returns the class of an error and those above it, nearest first.
func (e *Error) classes() []string {
	above := e.Ancestors
	if above == nil {
		above = ancestors[e.Class]
	}
	return slices.Concat([]string{e.Class}, above, []string{"Exception"})
}

// catches returns the branch for an error; -1 if it is not caught. The class itself goes before those above it,
// and of several cases for one class the last counts, as in the reference.
func catches(op *program.Catch, err *Error) int {
	for _, class := range err.classes() {
		for _, c := range slices.Backward(op.Cases) {
			if c.Class == class {
				return c.Branch
			}
		}
	}
	return op.All
}

// caught goes on after the flow of the current node failed. What it said stays, what it waits for is called off, and its
// outputs have their defaults, even those that it had computed.
func (m *Machine) caught(f *flowFrame, op *program.Catch, branch int, err *Error) *flowFrame {
	m.drop(f)
	n := f.current()
	values := make([]value.Value, len(n.Outputs))
	for i, o := range op.Outputs {
		values[i] = valueOnFailure(&op.Flow.Outputs[o], &n.Outputs[i])
	}
	text := value.String(err.Message)
	if op.Named {
		values[len(values)-2] = value.String(err.Class)
	}
	values[len(values)-1] = text
	return m.finish(f, branch, values...)
}

// drop ends what runs below a frame. What it waits for is called off; what it said stays.
func (m *Machine) drop(f *flowFrame) {
	f.walk(m.abandon)
	if f.below == nil {
		return
	}
	f.below.leaves(func(leaf *flowFrame) bool { m.cancel(leaf); return true })
	f.below.unmerged(f.talk.merge)
	f.below = nil
}

// abandon ends what an agent is doing: the calls that have no result get one, since no model takes a conversation in which
// one is missing.
func (m *Machine) abandon(f *flowFrame) {
	if th := f.thread(); th != nil {
		*th = thread{}
		return
	}
	s := f.agent
	if s == nil || len(s.Requests) == 0 {
		return
	}
	if fan, ok := f.below.(*fanFrame); ok && s.Calling > 0 {
		s.Answered += fan.low
	}
	m.skip(f, "It was not called: something before it failed.")
}

// valueOnFailure is the declared default of an output, else the plainest value of its type.
func valueOnFailure(flow, node *program.Output) value.Value {
	switch {
	case node.HasDefault:
		return node.Default
	case flow.HasDefault:
		return flow.Default
	}
	return value.Zero(flow.Type)
}

// nothingCaught fills the outputs that tell of a failure when there was none.
func nothingCaught(op *program.Catch, values []value.Value) {
	if op.Named {
		values[len(values)-2], values[len(values)-1] = value.String(""), value.String("")
	}
}
