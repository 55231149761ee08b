package main

import (
	"strings"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
)

// settling tells, from what happens in a conversation, which messages have their final place in it. What parallel
// branches say is held back until they join; then it comes in the order of the branches (engine, invariant 2).
type settling struct {
	// open holds what is held back, by the ID of the visit.
	open map[string]*heldBack
}

// heldBack is what the branches of a node have said so far.
type heldBack struct{ branches [][]message.Message }

func (h *heldBack) add(branch int, messages []message.Message) {
	for len(h.branches) <= branch {
		h.branches = append(h.branches, nil)
	}
	h.branches[branch] = append(h.branches[branch], messages...)
}

// take returns the messages that have become final.
func (s *settling) take(n engine.Note) []message.Message {
	id := n.Where().ID
	out := s.gathered(id)
	switch n := n.(type) {
	case engine.NodeStarted:
		if _, holdsBack := fansOut(n.Node.Op); holdsBack {
			s.hold(id)
		}
	case engine.NodeFinished:
		return append(out, s.join(id, id)...)
	case engine.MessageAdded:
		if n.Aside {
			return out
		}
		return append(out, s.add(id, []message.Message{n.Message})...)
	}
	return out
}

func (s *settling) hold(id string) *heldBack {
	if s.open == nil {
		s.open = map[string]*heldBack{}
	}
	held := &heldBack{}
	s.open[id] = held
	return held
}

// gathered joins the context providers of the visits around something that happens: they have been asked by then.
func (s *settling) gathered(id string) (out []message.Message) {
	if len(s.open) == 0 || id == "" {
		return nil
	}
	out = s.join(id+gatherPhase, id)
	for outer := range around(id) {
		if !strings.HasSuffix(outer, gatherPhase) {
			out = append(out, s.join(outer+gatherPhase, outer)...)
		}
	}
	return out
}

// join ends the holding back of what the branches of a visit have said. It goes to the visit at.
func (s *settling) join(id, at string) []message.Message {
	held := s.open[id]
	if held == nil {
		return nil
	}
	delete(s.open, id)
	var all []message.Message
	for _, branch := range held.branches {
		all = append(all, branch...)
	}
	return s.add(at, all)
}

// add puts messages into the branch that they were said in, and returns them if that is none.
func (s *settling) add(id string, messages []message.Message) []message.Message {
	for outer, branch := range around(id) {
		held := s.open[outer]
		if held == nil && strings.HasSuffix(outer, gatherPhase) {
			held = s.hold(outer)
		}
		if held != nil {
			held.add(branch, messages)
			return nil
		}
	}
	return messages
}
