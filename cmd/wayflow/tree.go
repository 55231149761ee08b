package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/program"
)

// tree is what is known of the nodes that run, or have run: what the live view draws. It is made from notes alone.
type tree struct {
	// spans are the visits that have not ended, by their IDs.
	spans map[string]*span
	// top are the visits of nodes of the main flow that were not taken yet, in order.
	top []*span
	// quick counts the visits, of the main flow, of nodes that do nothing outside; hidden those that are not shown.
	quick, hidden int
}

// span is one visit of a node, or one branch of a parallel node.
type span struct {
	id    string // empty for a branch
	name  string
	op    program.Op // nil for a branch
	state state
	// began and ended are zero until it has.
	began, ended time.Time
	// more is said behind the name.
	more string
	// said is the end of what a model has said so far.
	said string
	up   *span
	kids []*span
	// branches finds the kids of a node that runs several flows; those that gather context have negative numbers.
	branches map[int]*span
	// quick and hidden are as in tree, for the kids.
	quick, hidden int
}

// state is how far a span has come.
type state uint8

const (
	queued state = iota
	running
	asking
	done
	failed
	stopped
)

// maxQuick bounds how many visits of nodes that do nothing outside are shown below one span: loops have a great many.
const maxQuick = 100

// maxSaid bounds how much of what a model says is kept for show.
const maxSaid = 4096

// note takes what just happened.
func (t *tree) note(at time.Time, note engine.Note) {
	switch n := note.(type) {
	case engine.NodeStarted:
		t.start(at, n.Place)
	case engine.NodeFinished:
		t.finish(at, n.Place, n.Branch)
	case engine.NodeFailed:
		t.fail(at, n.Place)
	case engine.Asked:
		if s := t.spans[n.ID]; s != nil {
			s.state = asking
		}
	case engine.Held:
		if s := t.spans[n.ID]; s != nil {
			s.state, s.more = asking, "over budget"
		}
	case engine.EffectStarted:
		if s := t.spans[n.ID]; s != nil && s.state == asking { // it was confirmed
			s.state, s.began = running, at
		}
	case engine.TextDelta:
		if s := t.spans[n.ID]; s != nil {
			s.said += n.Text
			s.said = s.said[max(0, len(s.said)-maxSaid):]
		}
	case engine.EffectFinished:
		if s := t.spans[n.ID]; s != nil && n.Result.Usage.Output > 0 {
			s.more = fmt.Sprintf("%d tokens", n.Result.Usage.Output)
		}
	}
}

func (t *tree) start(at time.Time, place engine.Place) {
	if known := t.spans[place.ID]; known != nil { // it is tried again
		known.state, known.began, known.said = running, at, ""
		return
	}
	s := &span{id: place.ID, name: place.Node.Name, op: place.Node.Op, state: running, began: at, up: t.above(place.ID)}
	if op, ok := s.op.(*program.Parallel); ok {
		for i := range op.Branches {
			s.branch(i)
		}
	}
	if t.spans == nil {
		t.spans = map[string]*span{}
	}
	t.spans[place.ID] = s
	if s.up == nil {
		t.top = append(t.top, s)
		return
	}
	s.up.kids = append(s.up.kids, s)
	if s.up.state == queued {
		s.up.state, s.up.began = running, at
	}
}

// above returns the span that a visit lies in: a node that runs a flow, or a branch; nil for the main flow.
func (t *tree) above(id string) *span {
	for outer, branch := range around(id) {
		visit, gathers := strings.CutSuffix(outer, gatherPhase)
		s := t.spans[visit]
		switch {
		case s == nil:
			continue
		case gathers:
			return s.branch(-1 - branch)
		}
		if fans, _ := fansOut(s.op); fans {
			return s.branch(branch)
		}
		return s
	}
	return nil
}

// branch returns the span of a branch of a node that runs several flows.
func (s *span) branch(i int) *span {
	if known := s.branches[i]; known != nil {
		return known
	}
	branch := &span{name: s.branchName(i), up: s}
	if s.branches == nil {
		s.branches = map[int]*span{}
	}
	s.branches[i] = branch
	s.kids = append(s.kids, branch)
	return branch
}

func (s *span) branchName(i int) string {
	switch op := s.op.(type) {
	case *program.Parallel:
		if i >= 0 && i < len(op.Branches) {
			return op.Branches[i].Flow.Name
		}
	case *program.Map:
		if i >= 0 {
			return fmt.Sprintf("%s %d", op.Flow.Name, i+1)
		}
	}
	return "context"
}

func (t *tree) finish(at time.Time, place engine.Place, branch string) {
	s := t.spans[place.ID]
	if s == nil {
		return
	}
	delete(t.spans, place.ID)
	s.end(at, done)
	if len(place.Node.Branches) > 1 && branch != "" {
		s.more = "→ " + branch
	}
	if endsFlow(place.Node, branch) && s.up != nil && s.up.op == nil {
		s.up.end(at, done)
	}
	t.drop(s)
}

// endsFlow reports whether a flow ends with a node that takes a branch.
func endsFlow(n *program.Node, branch string) bool {
	if len(n.Branches) == 0 {
		return true
	}
	for i, b := range n.Branches {
		if b == branch {
			return n.Next[i] == program.NoNode
		}
	}
	return false
}

// drop takes a span out again that would be one too many of its kind.
func (t *tree) drop(s *span) {
	if !s.isQuick() {
		return
	}
	quick, hidden, list := &t.quick, &t.hidden, &t.top
	if s.up != nil {
		quick, hidden, list = &s.up.quick, &s.up.hidden, &s.up.kids
	}
	if *quick++; *quick <= maxQuick {
		return
	}
	*hidden++
	*list = (*list)[:len(*list)-1] // it is the last one: what is here runs one after the other
}

// isQuick reports whether the node did nothing outside.
func (s *span) isQuick() bool {
	switch s.op.(type) {
	case *program.Switch, *program.Render:
		return true
	}
	return s.isSilent()
}

// isSilent reports whether a span is not worth a line unless it fails: where a flow begins and ends, what only
// moves values, and what said a message, which is there to be read.
func (s *span) isSilent() bool {
	switch s.op.(type) {
	case *program.Pass, *program.Say, *program.Ask, *program.Constants, *program.ReadVariable, *program.WriteVariable:
		return true
	}
	return false
}

func (t *tree) fail(at time.Time, place engine.Place) {
	s := t.spans[place.ID]
	if s == nil {
		return
	}
	delete(t.spans, place.ID)
	t.stopBelow(s, at)
	s.end(at, failed)
	if s.up != nil && s.up.op == nil {
		s.up.end(at, failed)
	}
}

func (s *span) end(at time.Time, how state) {
	s.state, s.ended, s.said = how, at, ""
	if s.began.IsZero() {
		s.began = at
	}
}

// stopBelow marks what still runs below a span as broken off.
func (t *tree) stopBelow(s *span, at time.Time) {
	for _, kid := range s.kids {
		if kid.state == running || kid.state == asking {
			t.stopBelow(kid, at)
			delete(t.spans, kid.id)
			kid.end(at, stopped)
		}
	}
}

// stop marks everything that runs as broken off. Nodes that wait for an answer do wait.
func (t *tree) stop(at time.Time) {
	for _, s := range t.top {
		if s.state == running {
			t.stopBelow(s, at)
			s.end(at, stopped)
		}
	}
}

// take returns the visits of the main flow that have ended and were not taken yet.
func (t *tree) take() []*span {
	i := 0
	for i < len(t.top) && t.top[i].state != running && t.top[i].state != asking {
		i++
	}
	taken := t.top[:i:i]
	t.top = t.top[i:]
	return taken
}
