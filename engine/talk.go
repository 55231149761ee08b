package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/message"
)

// talk is the list of messages as one part of the conversation sees it and adds to it. A branch of a parallel node has
// a talk of its own, laid over what its parent had said when the branch began; the join merges it (invariant 2).
type talk struct {
	under *talk
	// seen is how many messages of under are visible here.
	seen int
	own  []message.Message
	// call is the ID of the tool request within which all of it is said, see [message.Message.Within].
	call string
}

// over returns a new overlay.
func (t *talk) over() *talk { return &talk{under: t, seen: len(t.own), call: t.call} }

// add appends a message.
func (t *talk) add(m message.Message) {
	if m.Within == "" {
		m.Within = t.call
	}
	t.own = append(t.own, m)
}

// within reports whether t is u or an overlay over it.
func (t *talk) within(u *talk) bool {
	for ; t != nil; t = t.under {
		if t == u {
			return true
		}
	}
	return false
}

// shown returns the messages that an agent is shown which works on t: not what was said within the calls that it made.
func (t *talk) shown() []message.Message {
	all := t.all()
	for i := range all {
		if t.hides(&all[i]) {
			return slices.DeleteFunc(slices.Clone(all), func(m message.Message) bool { return t.hides(&m) })
		}
	}
	return all
}

// hides reports whether a message was said within a call that is not one of those around t.
func (t *talk) hides(m *message.Message) bool {
	if m.Within == "" {
		return false
	}
	for ; t != nil; t = t.under {
		if t.call == m.Within {
			return false
		}
	}
	return true
}

// merge appends what an overlay has.
func (t *talk) merge(o *talk) { t.own = append(t.own, o.own...) }

// all returns every message visible here, in order.
func (t *talk) all() []message.Message {
	if t.under == nil {
		return t.own
	}
	below := &talk{under: t.under.under, seen: t.under.seen, own: t.under.own[:t.seen]}
	return slices.Concat(below.all(), t.own)
}
