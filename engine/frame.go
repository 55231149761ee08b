package engine

import (
	"strconv"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// flowFrame is a flow that runs.
type flowFrame struct {
	flow *program.Flow
	// up is the frame that runs this one: nil for the main flow, a *flowFrame for a sub-flow, a *fanFrame for a branch.
	up frame
	// branch is the number of this branch below a fanFrame.
	branch int
	talk   *talk
	slots  []slot
	vars   []value.Value

	// node is the current node, and visit the count of nodes begun.
	node  int
	visit int

	// gathered is true if the context providers of the current visit have been asked, trial how often a retry node has
	// run its flow before, or how many things the visit waited for before.
	gathered bool
	trial    int
	// known is what the asides of the current visit said, see [Machine.renderPrompt].
	known []value.Value

	// agent is the state of the agent that the current node is; nil for any other node.
	agent *agentState

	// While the current node waits, one of these is set.
	below   frame
	effect  *Effect
	request *Request
	// cancelled is true if the effect was called off because another branch failed, held if the budget does not allow it.
	cancelled, held bool

	// err is set if the current node failed.
	err *Error
}

// frame is a part of the state that runs: a *flowFrame or a *fanFrame.
type frame interface {
	// appendID appends the address of what is waited for, see invariant 1.
	appendID(b []byte) []byte
	appendPath(path []string) []string
	leaves(visit func(*flowFrame) bool) bool
	walk(visit func(*flowFrame))
	// unmerged visits the overlays of branches that have not joined.
	unmerged(visit func(*talk))
}

// slot holds a value of a flow, if there is one yet.
type slot struct {
	v   value.Value
	set bool
}

func newFlowFrame(flow *program.Flow, up frame, branch int, t *talk) *flowFrame {
	f := &flowFrame{flow: flow, up: up, branch: branch, talk: t, node: flow.Start, visit: 1, slots: make([]slot, flow.Slots)}
	if len(flow.Variables) > 0 {
		f.vars = make([]value.Value, len(flow.Variables))
		for i, v := range flow.Variables {
			f.vars[i] = v.Default
		}
	}
	return f
}

// restart makes a frame that has ended one that begins, as another branch: a map over many items needs no more frames
// than it runs at a time. What the old one waited for is not found again, since the frame no longer waits for it.
func (f *flowFrame) restart(branch int, t *talk) {
	slots, vars := f.slots, f.vars
	clear(slots)
	for i := range vars {
		vars[i] = f.flow.Variables[i].Default
	}
	*f = flowFrame{flow: f.flow, up: f.up, branch: branch, talk: t, node: f.flow.Start, visit: 1, slots: slots, vars: vars}
}

func (f *flowFrame) fill(i int, v value.Value) { f.slots[i] = slot{v, true} }

// above returns the next flow above a frame; nil for the main flow.
func (f *flowFrame) above() *flowFrame {
	switch up := f.up.(type) {
	case *flowFrame:
		return up
	case *fanFrame:
		return up.up
	default:
		return nil
	}
}

func (f *flowFrame) current() *program.Node { return f.flow.Nodes[f.node] }

// id is the address of the current visit: the counts of visits and the numbers of branches on the way from the root.
func (f *flowFrame) id() string { return string(f.appendID(make([]byte, 0, 24))) }

func (f *flowFrame) appendID(b []byte) []byte {
	if f.up != nil {
		b = append(f.up.appendID(b), '.')
		if _, ok := f.up.(*fanFrame); ok {
			b = append(strconv.AppendInt(b, int64(f.branch), 10), '.')
		}
	}
	return strconv.AppendInt(b, int64(f.visit), 10)
}

// path names the nodes that lead to the current one.
func (f *flowFrame) path() []string { return f.appendPath(nil) }

func (f *flowFrame) appendPath(path []string) []string {
	if f.up != nil {
		path = f.up.appendPath(path)
		if _, ok := f.up.(*fanFrame); ok {
			path = append(path, f.flow.Name)
		}
	}
	return append(path, f.current().Name)
}

func (f *flowFrame) leaves(visit func(*flowFrame) bool) bool {
	if f.below != nil {
		return f.below.leaves(visit)
	}
	return visit(f)
}

// walk visits the frames below a frame, and then the frame itself.
func (f *flowFrame) walk(visit func(*flowFrame)) {
	if f.below != nil {
		f.below.walk(visit)
	}
	visit(f)
}

func (f *flowFrame) unmerged(visit func(*talk)) {
	if f.below != nil {
		f.below.unmerged(visit)
	}
}

// place describes the current visit to an observer.
func (f *flowFrame) place() Place { return Place{ID: f.id(), Path: f.path(), Node: f.current()} }
