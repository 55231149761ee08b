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
}

// over returns a new overlay.
func (t *talk) over() *talk { return &talk{under: t, seen: len(t.own)} }

// add appends a message.
func (t *talk) add(m message.Message) { t.own = append(t.own, m) }

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
