package engine

import (
	"fmt"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// drive runs a frame, and whatever follows from it, until nothing can go on without an event.
func (m *Machine) drive(f *flowFrame) {
	for f != nil {
		f = m.step(f)
	}
}

// step runs the current node of a frame and returns the frame to go on with; nil if there is none for now.
func (m *Machine) step(f *flowFrame) *flowFrame {
	n := f.current()
	if m.steps++; m.steps > m.limits.Steps {
		return m.fail(f, errorf(classRuntime,
			"the flow took %d steps without waiting for anything; end the loop, or raise the limit of steps", m.limits.Steps))
	}
	if m.observe != nil {
		m.observe(NodeStarted{f.place()})
	}
	if len(n.Gather) > 0 && !f.gathered && agentOf(f) == nil { // an agent gathers before it asks its model
		return m.gather(f, n)
	}
	return m.run(f, n)
}

// finish takes the outputs of the current node and moves on along a branch.
func (m *Machine) finish(f *flowFrame, branch int, outs ...value.Value) *flowFrame {
	n := f.current()
	if err := f.pushAll(n, outs); err != nil {
		return m.fail(f, err)
	}
	f.gathered, f.trial, f.known = false, 0, nil
	if len(n.Branches) == 0 {
		m.noteFinished(f, "")
		return m.leave(f, n)
	}
	m.noteFinished(f, n.Branches[branch])
	next := n.Next[branch]
	if next == program.NoNode {
		return m.leave(f, nil)
	}
	f.node = next
	f.visit++
	return f
}

func (m *Machine) noteFinished(f *flowFrame, branch string) {
	if m.observe != nil {
		m.observe(NodeFinished{f.place(), branch})
	}
}

// pushAll writes the outputs of a node to the slots they feed.
func (f *flowFrame) pushAll(n *program.Node, outs []value.Value) *Error {
	for i := range n.Outputs {
		if err := f.push(&n.Outputs[i], outs[i]); err != nil {
			return err
		}
	}
	return nil
}

// push writes an output of a node to the slots it feeds. Null is passed on as it is.
func (f *flowFrame) push(out *program.Output, v value.Value) *Error {
	if out.Check && !out.Dropped && !v.IsNull() {
		cast, err := value.Cast(v, out.Type)
		if err != nil {
			return &Error{Class: classValue, Message: fmt.Sprintf("output %q: %s", out.Title, err), Err: err}
		}
		v = cast
	}
	for _, t := range out.Targets {
		f.fill(t, v)
	}
	return nil
}

// input returns the value of an input of the current node: the latest that was fed to it, else its default.
func (f *flowFrame) input(in *program.Input) (value.Value, *Error) {
	s := &f.slots[in.Slot]
	switch {
	case !s.set && in.HasDefault:
		return in.Default, nil
	case !s.set && in.Free:
		return value.Null, nil
	case !s.set:
		return value.Null, errorf(classValue, "input %q was not produced yet and has no default", in.Title)
	case !in.Cast || s.v.IsNull():
		return s.v, nil
	}
	v, err := fit(s.v, in.Type)
	if err != nil {
		return value.Null, &Error{Class: classValue, Message: fmt.Sprintf("input %q: %s", in.Title, err), Err: err}
	}
	return v, nil
}

// fit makes a value one of a type, by the rules for the inputs of steps.
func fit(v value.Value, t *value.Type) (value.Value, error) {
	if parsed, ok := value.ParseText(v, t); ok {
		v = parsed
	}
	v, err := value.Cast(v, t)
	if err != nil {
		return v, err
	}
	return value.FillDefaults(v, t)
}

// inputs returns the values of all inputs of a frame's current node. They are valid until the next step.
func (m *Machine) inputs(f *flowFrame, n *program.Node) ([]value.Value, *Error) {
	m.args = m.args[:0]
	for i := range n.Inputs {
		v, err := f.input(&n.Inputs[i])
		if err != nil {
			return nil, err
		}
		m.args = append(m.args, v)
	}
	return m.args, nil
}

// leave ends a frame at an end node, or at a branch without an edge if end is nil, and hands its outputs to the frame
// above.
func (m *Machine) leave(f *flowFrame, end *program.Node) *flowFrame {
	outs, err := f.outputs()
	if err != nil {
		return m.fail(f, err)
	}
	switch up := f.up.(type) {
	case *flowFrame:
		return m.subflowDone(up, end, outs)
	case *fanFrame:
		return m.branchDone(up, f, outs)
	}
	m.done = &Finished{Outputs: namedOutputs(f.flow, outs)}
	if end != nil {
		m.done.End = end.Name
	}
	return nil
}

// result is a value that may be absent.
type result = slot

// outputs returns the outputs of a flow at its end: the latest value of each, else its default. One that is null and
// has no default is absent.
func (f *flowFrame) outputs() ([]result, *Error) {
	outs := make([]result, len(f.flow.Outputs))
	for i := range f.flow.Outputs {
		out := &f.flow.Outputs[i]
		v := f.slots[out.Slot].v
		if v.IsNull() {
			outs[i] = result{out.Default, !out.Default.IsNull()}
			continue
		}
		if parsed, ok := value.ParseText(v, out.Type); ok {
			v = parsed
		}
		if err := out.Type.Check(v); err != nil {
			return nil, &Error{Class: classValue, Message: fmt.Sprintf("output %q of flow %q: %s", out.Title, f.flow.Name, err), Err: err}
		}
		outs[i] = result{v, true}
	}
	return outs, nil
}

func namedOutputs(flow *program.Flow, outs []result) *value.Object {
	members := make([]value.Member, 0, len(outs))
	for i, o := range outs {
		if o.set {
			members = append(members, value.Member{Key: flow.Outputs[i].Title, Value: o.v})
		}
	}
	return value.NewObject(members...)
}

// beginInputs checks and casts what a conversation begins with.
func beginInputs(flow *program.Flow, given *value.Object) ([]value.Value, error) {
	values := make([]value.Value, len(flow.Inputs))
	found := 0
	for i := range flow.Inputs {
		in := &flow.Inputs[i]
		v, ok := given.Get(in.Title)
		switch {
		case ok:
			found++
			cast, err := value.Cast(v, in.Type)
			if err == nil {
				cast, err = value.FillDefaults(cast, in.Type)
			}
			if err != nil {
				return nil, &InputError{Input: in.Title, Problem: "is wrong: " + err.Error(), Help: "give it " + in.Type.String(), Err: err}
			}
			values[i] = cast
		case in.HasDefault:
			values[i] = in.Default
		case in.Free:
		default:
			return nil, &InputError{Input: in.Title, Problem: "is missing", Help: "give it " + in.Type.String()}
		}
	}
	if found < given.Len() {
		return nil, unknownInput(flow, given)
	}
	return values, nil
}

func unknownInput(flow *program.Flow, given *value.Object) error {
	for name := range given.All() {
		known := false
		for i := range flow.Inputs {
			known = known || flow.Inputs[i].Title == name
		}
		if !known {
			return &InputError{Input: name, Problem: fmt.Sprintf("is none of flow %q", flow.Name), Help: "leave it out"}
		}
	}
	return nil
}

// post adds a message to the conversation.
func (m *Machine) post(f *flowFrame, msg message.Message) {
	f.talk.add(msg)
	if m.observe != nil {
		m.observe(MessageAdded{f.place(), msg, !f.talk.within(&m.talk)})
	}
}
