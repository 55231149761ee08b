package search

import (
	"cmp"
	"slices"
)

// hits are the best that were offered: a heap of bounded size with the worst at the root.
type hits struct{ heap []Hit }

// compareHits orders the better one first: a larger score, then an earlier place.
func compareHits(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.At, b.At))
}

func (h *hits) worse(i, j int) bool { return compareHits(h.heap[i], h.heap[j]) > 0 }

// offer takes a hit if there is room, or if it is better than the worst.
func (h *hits) offer(hit Hit) {
	if len(h.heap) < cap(h.heap) {
		h.heap = append(h.heap, hit)
		h.up(len(h.heap) - 1)
		return
	}
	if compareHits(hit, h.heap[0]) < 0 {
		h.heap[0] = hit
		h.down(0)
	}
}

func (h *hits) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.worse(i, parent) {
			return
		}
		h.heap[i], h.heap[parent] = h.heap[parent], h.heap[i]
		i = parent
	}
}

func (h *hits) down(i int) {
	for {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h.heap); child++ {
			if h.worse(child, worst) {
				worst = child
			}
		}
		if worst == i {
			return
		}
		h.heap[i], h.heap[worst] = h.heap[worst], h.heap[i]
		i = worst
	}
}

func (h *hits) sorted() []Hit {
	slices.SortFunc(h.heap, compareHits)
	return h.heap
}
