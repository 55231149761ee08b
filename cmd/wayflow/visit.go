package main

import (
	"iter"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/program"
)

// gatherPhase ends, in the ID of a visit, the part for a node whose context providers are being asked: they are branches
// of their own, before those of the node (engine, invariant 1).
const gatherPhase = "g"

// around yields the visits around a visit, nearest first, each with the number that follows it in the ID: for those of
// nodes that run several flows, the branch. IDs are counts that are joined with dots (engine, invariant 1); the visit
// of a node that is asking its context providers ends with the mark of that phase.
func around(id string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for end := strings.LastIndexByte(id, '.'); end >= 0; end = strings.LastIndexByte(id[:end], '.') {
			next, _, _ := strings.Cut(id[end+1:], ".")
			branch, err := strconv.Atoi(strings.TrimSuffix(next, gatherPhase))
			if err != nil {
				return // not an ID
			}
			if !yield(id[:end], branch) {
				return
			}
		}
	}
}

// fansOut reports whether an op runs several flows, or one several times, and whether what they say is held back until
// all have ended.
func fansOut(op program.Op) (fans, holdsBack bool) {
	switch op := op.(type) {
	case *program.Parallel:
		return true, true
	case *program.Map:
		return true, op.Parallel
	}
	return false, false
}
