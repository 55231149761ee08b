package engine

import (
	"github.com/wayflow-go/wayflow/value"
)

// Set changes variables from outside, in a copy of a conversation that is to go on in another way. Each goes to the
// outermost flow that runs and has a variable of the name.
type Set struct {
	Variables *value.Object `json:"variables"`
}

func (Set) event() {}

func (m *Machine) set(ev Set) error {
	type change struct {
		frame *flowFrame
		index int
		value value.Value
	}
	var changes []change
	for name, v := range ev.Variables.All() {
		f, i := owner(m.root, name)
		if f == nil || m.done != nil {
			return stateErrorf("no flow that runs has a variable %q", name)
		}
		cast, err := value.Cast(v, f.flow.Variables[i].Type)
		if err != nil {
			return stateErrorf("variable %q: %v", name, err)
		}
		changes = append(changes, change{f, i, cast})
	}
	for _, c := range changes {
		c.frame.vars[c.index] = c.value
	}
	return nil
}

// owner finds the outermost frame with a variable.
func owner(f *flowFrame, name string) (*flowFrame, int) {
	for i := range f.flow.Variables {
		if f.flow.Variables[i].Title == name {
			return f, i
		}
	}
	switch below := f.below.(type) {
	case *flowFrame:
		return owner(below, name)
	case *fanFrame:
		for i := range below.next {
			if b := below.branches[i].frame; b != nil {
				if found, at := owner(b, name); found != nil {
					return found, at
				}
			}
		}
	}
	return nil, 0
}
