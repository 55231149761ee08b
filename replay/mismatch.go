package replay

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/wayflow-go/wayflow/value"
)

// MismatchError says that something was asked that a tape has no answer for. It ends the run: no node of a document can
// catch it.
type MismatchError struct {
	// File is the recording, and Path are the names of the nodes that lead to the one that asked.
	File string
	Path []string
	// Nearest are the names of the nodes of the recorded question that is nearest; empty if nothing of the kind was recorded.
	Nearest []string
	// Diff shows, line by line, what the recorded question has (-) and what was asked (+).
	Diff string
}

// Error says where it happened and how the questions differ.
func (e *MismatchError) Error() string {
	text := fmt.Sprintf("node %q asks what the recording %s has no answer for; record it anew if that is right", strings.Join(e.Path, " > "), e.File)
	if e.Nearest == nil {
		return text
	}
	return fmt.Sprintf("%s\nnearest is what node %q asked (-recorded +asked):\n%s", text, strings.Join(e.Nearest, " > "), strings.TrimRight(e.Diff, "\n"))
}

// mismatch compares a request with the recorded one that shares most of its lines.
func (t *Tape) mismatch(path []string, request value.Value) error {
	e := &MismatchError{File: t.path, Path: path}
	asked, most := linesOf(request), -1
	for _, known := range t.entries {
		if kindOf(known.request) != kindOf(request) {
			continue
		}
		diff, common := compare(linesOf(known.request), asked)
		if common == len(asked) && diff == "" {
			diff = "  (it is the same, and all its answers were given already)\n"
		}
		if common > most {
			most, e.Nearest, e.Diff = common, known.path, diff
		}
	}
	return e
}

func kindOf(request value.Value) string {
	o, _ := request.AsObject()
	for kind := range o.All() {
		return kind
	}
	return ""
}

func linesOf(v value.Value) []string {
	data, err := yaml.Dump(nodeOf(v))
	if err != nil {
		data = value.AppendJSON(nil, v)
	}
	return strings.Split(strings.TrimRight(string(data), "\n"), "\n")
}

// maxCells bounds the table that two questions are compared with.
const maxCells = 4 << 20

// compare tells the lines that differ, and how many are common (the longest common subsequence).
func compare(a, b []string) (diff string, common int) {
	if len(a)*len(b) > maxCells {
		return "  (they are too long to compare)\n", 0
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	var out strings.Builder
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && table[i+1][j] >= table[i][j+1]:
			fmt.Fprintf(&out, "- %s\n", a[i])
			i++
		default:
			fmt.Fprintf(&out, "+ %s\n", b[j])
			j++
		}
	}
	return out.String(), table[0][0]
}
