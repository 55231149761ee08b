package engine

import "github.com/wayflow-go/wayflow/program"

// fail marks the current node of a frame as failed and lets the frames above know. It returns the frame that goes on
// nevertheless; nil if there is none.
func (m *Machine) fail(f *flowFrame, err *Error) *flowFrame {
	if err.Path == nil {
		located := *err
		located.Path = f.path()
		located.Pos = f.current().Spec.Base().Pos()
		err = &located
	}
	f.err = err
	if m.observe != nil {
		m.observe(NodeFailed{f.place(), err})
	}
	switch up := f.up.(type) {
	case *flowFrame:
		if op, ok := up.current().Op.(*program.Catch); ok {
			if branch := catches(op, err); branch >= 0 {
				return m.caught(up, op, branch, err)
			}
		}
		return m.fail(up, err)
	case *fanFrame:
		return m.branchFailed(up, f)
	}
	return nil
}

// retryFailed goes on after a failure (invariant 4).
func (m *Machine) retryFailed() error {
	if m.failure() == nil {
		return stateErrorf("nothing failed that could be tried again")
	}
	m.drive(m.retry(m.root))
	return nil
}

// retry lets a frame go on that failed or was cancelled, and returns it if its current node is to run again.
func (m *Machine) retry(f *flowFrame) *flowFrame {
	failed := f.err != nil
	f.err = nil
	switch below := f.below.(type) {
	case *flowFrame:
		return m.retry(below)
	case *fanFrame:
		if below.left > 0 {
			return m.retryFan(below)
		}
		f.below = nil // its branches ended well, but what they yield would not do
	}
	switch {
	case failed:
		return f
	case f.effect != nil && f.cancelled:
		m.emit(f, f.effect)
	case f.request != nil && f.cancelled:
		m.open(f, f.request)
	}
	return nil
}
