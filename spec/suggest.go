package spec

import (
	"slices"
	"strconv"
	"strings"
)

// DidYouMean returns a hint at the known name that is closest to an unknown one, or "" if none is close.
func DidYouMean(name string, known []string) string {
	best, bound := "", len(name)/3+1
	known = slices.Sorted(slices.Values(known))
	for _, k := range known {
		if len(k) > len(name)+bound || len(k)+bound < len(name) {
			continue
		}
		if dist := distance(strings.ToLower(name), strings.ToLower(k)); dist <= bound && (best == "" || dist < bound) {
			best, bound = k, dist
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + strconv.Quote(best) + "?"
}

// maxCompared bounds the length of names that are compared: longer ones are no slips of the hand.
const maxCompared = 80

// distance counts the letters to change, add, remove or swap to get from a to b (optimal string alignment).
func distance(a, b string) int {
	if len(a) > maxCompared || len(b) > maxCompared {
		return maxCompared
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
