package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// fanFrame is a node that runs a number of flows, some of them at a time, and merges them in order at the end
// (invariant 2).
type fanFrame struct {
	up   *flowFrame
	work work
	// phase tells the addresses of what the context providers of a node wait for from those of the node's own branches.
	phase string
	// inputs are those of the node; branches that begin later take theirs from here.
	inputs   []value.Value
	branches []branch
	// next is the first branch that has not begun, running how many have begun and not ended, left how many have not
	// ended well. All branches before low have ended well.
	next, running, left, low int
	// failed is the first branch, in order, that failed; -1 if none did.
	failed int
	// spare are a frame and an overlay of a branch that has ended, for the next one; they are no state.
	spare     *flowFrame
	spareTalk *talk
	// filling is true while branches are being started; it is no state.
	filling bool
}

// branch is one of the flows: running, or done with outputs and messages that wait for the join.
type branch struct {
	frame *flowFrame
	outs  []result
	// err is why a branch ended of a turn, where a failure is a result like any other.
	err *Error
	// talk is the overlay; nil if the branch has not begun, or works on the messages of the node itself.
	talk *talk
}

// work is what the nodes that fan out differ in. It holds no state: it follows from the node's op and, for the calls of an
// agent, from the state of the agent.
type work interface {
	// width is how many branches there are, given the inputs of the node.
	width(inputs []value.Value) (int, *Error)
	// workers is how many of them run at a time.
	workers() int
	// overlay is true if a branch has messages of its own until the join.
	overlay(i int) bool
	// flow is what a branch runs, and fill gives it its inputs.
	flow(i int) *program.Flow
	fill(i int, f *flowFrame, inputs []value.Value) *Error
	// collect makes the outputs of the node of those of all branches.
	collect(fan *fanFrame, n *program.Node) ([]value.Value, *Error)
}

// workOf returns the work of a frame's current node that fans out; nil if it does not.
func workOf(f *flowFrame) work {
	switch op := f.current().Op.(type) {
	case *program.Parallel:
		return parallel{op}
	case *program.Map:
		return mapping{op}
	}
	if f.agent != nil && f.agent.Calling > 0 {
		return turn{f}
	}
	return nil
}

// runFan begins a node that fans out.
func (m *Machine) runFan(f *flowFrame, n *program.Node) *flowFrame {
	inputs, err := m.inputs(f, n)
	if err != nil {
		return m.fail(f, err)
	}
	w := workOf(f)
	width, err := w.width(inputs)
	if err != nil {
		return m.fail(f, err)
	}
	if width > m.limits.Items {
		return m.fail(f, errorf(classRuntime, "there are %d items, more than %d; split the list, or raise the limit of items",
			width, m.limits.Items))
	}
	fan := newFan(f, w, slices.Clone(inputs), width)
	f.below = fan
	return m.fillFan(fan)
}

func newFan(up *flowFrame, w work, inputs []value.Value, width int) *fanFrame {
	return &fanFrame{up: up, work: w, inputs: inputs, branches: make([]branch, width), left: width, failed: -1}
}

// fillFan starts branches while there is room, and returns the frame above if all are done.
func (m *Machine) fillFan(fan *fanFrame) *flowFrame {
	fan.filling = true
	for fan.failed < 0 && fan.running < fan.work.workers() && fan.next < len(fan.branches) {
		m.startBranch(fan, fan.next)
	}
	fan.filling = false
	return m.settle(fan)
}

func (m *Machine) startBranch(fan *fanFrame, i int) {
	b := &fan.branches[i]
	t := fan.up.talk
	if fan.work.overlay(i) {
		t = fan.overlay(t)
		b.talk = t
	}
	b.frame = fan.frame(i, t)
	if calls, ok := fan.work.(turn); ok {
		calls.begin(m, i, b.frame)
	}
	fan.next++
	fan.running++
	if err := fan.work.fill(i, b.frame, fan.inputs); err != nil {
		m.drive(m.fail(b.frame, err))
		return
	}
	m.drive(b.frame)
}

// frame is that of a new branch.
func (fan *fanFrame) frame(i int, t *talk) *flowFrame {
	flow := fan.work.flow(i)
	f := fan.spare
	if f == nil || f.flow != flow {
		return newFlowFrame(flow, fan, i, t)
	}
	fan.spare = nil
	f.restart(i, t)
	return f
}

// overlay is that of a new branch.
func (fan *fanFrame) overlay(under *talk) *talk {
	t := fan.spareTalk
	if t == nil {
		return under.over()
	}
	fan.spareTalk = nil
	*t = *under.over()
	return t
}

// branchDone keeps what a branch yields for the join.
func (m *Machine) branchDone(fan *fanFrame, f *flowFrame, outs []result) *flowFrame {
	b := &fan.branches[f.branch]
	b.frame, b.outs = nil, outs
	fan.spare = f
	if b.talk != nil && len(b.talk.own) == 0 {
		b.talk, fan.spareTalk = nil, b.talk // nothing to merge
	}
	for fan.low < fan.next && fan.branches[fan.low].frame == nil {
		if calls, ok := fan.work.(turn); ok {
			calls.returned(m, fan.low, &fan.branches[fan.low])
		}
		fan.low++
	}
	fan.running--
	fan.left--
	if fan.filling {
		return nil
	}
	return m.fillFan(fan)
}

// branchFailed cancels the branches after the one that failed. Those before it run on: if one of them fails as well,
// its error is the one that counts.
func (m *Machine) branchFailed(fan *fanFrame, f *flowFrame) *flowFrame {
	if calls, ok := fan.work.(turn); ok && !calls.raise() {
		fan.branches[f.branch].err = f.err
		m.drop(f)
		return m.branchDone(fan, f, nil)
	}
	fan.running--
	if fan.failed < 0 || f.branch < fan.failed {
		fan.failed = f.branch
	}
	for i := f.branch + 1; i < fan.next; i++ {
		if later := fan.branches[i].frame; later != nil && later.err == nil {
			later.leaves(func(leaf *flowFrame) bool { m.cancel(leaf); return true })
		}
	}
	if fan.filling {
		return nil
	}
	return m.settle(fan)
}

// settle ends the node when there is nothing left to wait for.
func (m *Machine) settle(fan *fanFrame) *flowFrame {
	switch {
	case fan.left == 0:
		return m.join(fan)
	case fan.failed >= 0 && fan.low >= fan.failed:
		return m.fail(fan.up, fan.branches[fan.failed].frame.err)
	}
	return nil
}

// join merges the messages and outputs of all branches, in order.
func (m *Machine) join(fan *fanFrame) *flowFrame {
	f := fan.up
	outs, err := fan.work.collect(fan, f.current())
	if err != nil {
		return m.fail(f, err) // with all branches below it, since a retry runs them again
	}
	f.below = nil
	for i := range fan.branches {
		if t := fan.branches[i].talk; t != nil {
			f.talk.merge(t)
		}
	}
	switch w := fan.work.(type) {
	case gathering:
		return m.gathered(f, w, fan)
	case turn:
		return m.turned(f)
	}
	return m.finish(f, 0, outs...)
}

// retryFan lets the branches go on that failed or were cancelled.
func (m *Machine) retryFan(fan *fanFrame) *flowFrame {
	fan.failed = -1
	fan.running = 0
	for i := fan.low; i < fan.next; i++ {
		if fan.branches[i].frame != nil {
			fan.running++
		}
	}
	fan.filling = true
	for i := fan.low; i < fan.next; i++ {
		if f := fan.branches[i].frame; f != nil && fan.failed < 0 {
			m.retryBranch(fan, i, f)
		}
	}
	fan.filling = false
	return m.fillFan(fan)
}

func (m *Machine) retryBranch(fan *fanFrame, i int, f *flowFrame) {
	if f.err != nil && f.visit == 1 { // it may have failed before it had its inputs
		if err := fan.work.fill(i, f, fan.inputs); err != nil {
			m.drive(m.fail(f, err))
			return
		}
	}
	m.drive(m.retry(f))
}

// appendID appends the address of the visit; an agent waits for its calls more than once in a visit.
func (fan *fanFrame) appendID(b []byte) []byte {
	if fan.up.agent != nil {
		b = fan.up.appendWaitID(b)
	} else {
		b = fan.up.appendID(b)
	}
	return append(b, fan.phase...)
}

func (fan *fanFrame) appendPath(path []string) []string { return fan.up.appendPath(path) }

func (fan *fanFrame) leaves(visit func(*flowFrame) bool) bool {
	for i := fan.low; i < fan.next; i++ {
		if f := fan.branches[i].frame; f != nil && !f.leaves(visit) {
			return false
		}
	}
	return true
}

func (fan *fanFrame) walk(visit func(*flowFrame)) {
	for i := fan.low; i < fan.next; i++ {
		if f := fan.branches[i].frame; f != nil {
			f.walk(visit)
		}
	}
}

// unmerged visits what the branches have said, up to one that failed: what comes after it depends on the timing.
func (fan *fanFrame) unmerged(visit func(*talk)) {
	for i := range fan.next {
		b := &fan.branches[i]
		if b.talk != nil {
			visit(b.talk)
		}
		if b.frame != nil && b.frame.talk.within(fan.up.talk) { // else it belongs to a conversation between agents
			b.frame.unmerged(visit)
		}
		if i == fan.failed {
			return
		}
	}
}
