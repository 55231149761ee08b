package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

// theStart is when the recorded runs began.
var theStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(ms int) time.Time { return theStart.Add(time.Duration(ms) * time.Millisecond) }

// noted is a note of a recorded run, and when it came.
type noted struct {
	ms   int
	note engine.Note
}

// The nodes of the recorded flow: a parallel node of two flows, whose first has a tool, then a decision.
var (
	endNode  = &program.Node{Name: "end", Op: &program.Pass{End: true}, Spec: &spec.EndNode{}}
	toolNode = &program.Node{
		Name: "fetch", Op: &program.CallTool{}, Spec: &spec.ToolNode{}, Branches: []string{"next"}, Next: []int{1},
	}
	modelNode = &program.Node{
		Name: "write", Op: &program.CallModel{}, Spec: &spec.LlmNode{}, Branches: []string{"next"}, Next: []int{1},
	}
	switchNode = &program.Node{
		Name: "check", Op: &program.Switch{}, Spec: &spec.BranchingNode{}, Branches: []string{"default", "yes"}, Next: []int{1, 2},
	}
	sayNode = &program.Node{
		Name: "say", Op: &program.Say{}, Spec: &spec.OutputMessageNode{}, Branches: []string{"next"}, Next: []int{1},
	}
	parallelNode = &program.Node{
		Name: "both", Spec: &spec.ParallelFlowNode{}, Branches: []string{"next"}, Next: []int{1},
		Op: &program.Parallel{Branches: []program.ParallelBranch{
			{Flow: &program.Flow{Name: "one"}}, {Flow: &program.Flow{Name: "two"}}, {Flow: &program.Flow{Name: "three"}},
		}},
	}
)

func started(id string, n *program.Node) engine.Note {
	return engine.NodeStarted{Place: engine.Place{ID: id, Node: n}}
}

func finished(id string, n *program.Node, branch string) engine.Note {
	return engine.NodeFinished{Place: engine.Place{ID: id, Node: n}, Branch: branch}
}

func nodeFailed(id string, n *program.Node) engine.Note {
	return engine.NodeFailed{Place: engine.Place{ID: id, Node: n}, Err: &engine.Error{Message: "no"}}
}

// recorded is a run in which two of three branches run at once.
var recorded = []noted{
	{0, started("1", parallelNode)},
	{0, started("1.0.1", toolNode)},
	{10, started("1.1.1", toolNode)},
	{10, finished("1.1.1", toolNode, "next")},
	{10, started("1.1.2", modelNode)},
	{300, engine.TextDelta{Place: engine.Place{ID: "1.1.2", Node: modelNode}, Text: "Once upon"}},
	{400, finished("1.0.1", toolNode, "next")},
	{400, started("1.0.2", endNode)},
	{400, finished("1.0.2", endNode, "")},
	{400, started("1.2.1", toolNode)},
	{900, finished("1.1.2", modelNode, "next")},
	{900, started("1.1.3", endNode)},
	{900, finished("1.1.3", endNode, "")},
	{1400, finished("1.2.1", toolNode, "next")},
	{1400, started("1.2.2", endNode)},
	{1400, finished("1.2.2", endNode, "")},
	{1400, finished("1", parallelNode, "next")},
	{1400, started("2", switchNode)},
	{1401, finished("2", switchNode, "yes")},
	{1401, started("3", sayNode)},
	{1401, finished("3", sayNode, "next")},
}

// drawn plays a recording up to a time, and draws what stands then: what is final, and what runs.
func drawn(notes []noted, until, limit int) string {
	var tr tree
	l := newLook(false, true)
	var b strings.Builder
	for _, n := range notes {
		if n.ms <= until {
			tr.note(at(n.ms), n.note)
		}
	}
	for _, s := range tr.take() {
		for _, line := range l.lines(fit(rows(s, 0, nil), limit), s.ended) {
			b.WriteString(line + "\n")
		}
	}
	b.WriteString("--\n")
	for _, s := range tr.top {
		for _, line := range l.lines(fit(rows(s, 0, nil), limit), at(until)) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func TestTree(t *testing.T) {
	t.Parallel()
	failing := append(recorded[:6:6], noted{400, nodeFailed("1.0.1", toolNode)}, noted{401, nodeFailed("1", parallelNode)})
	for _, tt := range []struct {
		name  string
		notes []noted
		until int
		limit int
		want  string
	}{
		{"while branches run", recorded, 350, 20, `
--
⠸ both  0.3s
├─ ⠸ one › fetch  0.3s
├─ ⠸ two  0.3s
│  ├─ ✓ fetch  0.0s
│  └─ ⠸ write  0.3s
└─ ○ three
`},
		{"when one is done the next begins", recorded, 700, 20, `
--
⠧ both  0.7s
├─ ✓ one › fetch  0.4s
├─ ⠧ two  0.6s
│  ├─ ✓ fetch  0.0s
│  └─ ⠧ write  0.6s
└─ ⠧ three › fetch  0.3s
`},
		{"at the end", recorded, 2000, 20, `
✓ both  1.4s
├─ ✓ one › fetch  0.4s
├─ ✓ two  0.9s
│  ├─ ✓ fetch  0.0s
│  └─ ✓ write  0.9s
└─ ✓ three › fetch  1.0s
✓ check  1ms  → yes
--
`},
		{"what runs counts more than what is done", recorded, 700, 5, `
--
⠧ both  0.7s
├─ ⠧ two  0.6s
│  └─ ⠧ write  0.6s
├─ ⠧ three › fetch  0.3s
└─ … 2 done
`},
		{"a failure stops the others", failing, 2000, 20, `
✗ both  0.4s
├─ ✗ one › fetch  0.4s
├─ ■ two  0.4s
│  ├─ ✓ fetch  0.0s
│  └─ ■ write  0.4s
└─ ○ three
--
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := "\n" + drawn(tt.notes, tt.until, tt.limit)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("after %d ms (-want +got):\n%s", tt.until, diff)
			}
		})
	}
}

// TestTreeOfALongLoop shows that a loop of many steps takes neither memory nor lines without bound.
func TestTreeOfALongLoop(t *testing.T) {
	t.Parallel()
	var tr tree
	lines := 0
	for i := range 10 * maxQuick {
		id := string(rune('1' + i%9))
		tr.note(at(i), started(id, switchNode))
		tr.note(at(i), finished(id, switchNode, "yes"))
		lines += len(tr.take())
	}
	if lines != maxQuick || tr.hidden != 9*maxQuick || len(tr.spans) != 0 {
		t.Errorf("%d lines, %d hidden, %d open; want %d, %d, 0", lines, tr.hidden, len(tr.spans), maxQuick, 9*maxQuick)
	}
}

func TestTreeStop(t *testing.T) {
	t.Parallel()
	var tr tree
	for _, n := range recorded[:6] {
		tr.note(at(n.ms), n.note)
	}
	tr.stop(at(500))
	taken := tr.take()
	if len(taken) != 1 || taken[0].state != stopped || taken[0].kids[0].state != stopped || taken[0].kids[2].state != queued {
		t.Errorf("after stop the node is %+v, want it and its running branches stopped", taken)
	}
}

// TestSettlingOfContext shows that what context providers say comes before what their node says.
func TestSettlingOfContext(t *testing.T) {
	t.Parallel()
	said := func(id, text string) engine.Note {
		return engine.MessageAdded{Place: engine.Place{ID: id}, Message: message.Text(message.Assistant, text)}
	}
	var s settling
	var got []string
	for _, n := range []engine.Note{
		started("1", parallelNode),
		started("1.0.2", modelNode),
		said("1.0.2g.1.1", "second provider"),
		said("1.0.2g.0.1", "first provider"),
		said("1.0.2", "node"),
		finished("1.0.2", modelNode, "next"),
		finished("1", parallelNode, "next"),
		started("2", modelNode),
		said("2g.0.1", "provider"),
		engine.EffectStarted{Place: engine.Place{ID: "2"}},
	} {
		for _, m := range s.take(n) {
			got = append(got, m.Text())
		}
	}
	want := []string{"first provider", "second provider", "node", "provider"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settled messages (-want +got):\n%s", diff)
	}
}

// TestSettling shows that what parallel branches say comes when they have joined, in the order of the document.
func TestSettling(t *testing.T) {
	t.Parallel()
	said := func(id, text string) engine.Note {
		return engine.MessageAdded{Place: engine.Place{ID: id}, Message: message.Text(message.Assistant, text)}
	}
	var s settling
	var got []string
	for _, n := range []engine.Note{
		said("1", "before"),
		started("2", parallelNode),
		said("2.1.1", "two"),
		started("2.0.4", parallelNode),
		said("2.0.4.2.1", "inner three"),
		said("2.0.4.0.1.7", "inner one, in a flow"),
		said("2.1.2", "two again"),
		finished("2.0.4", parallelNode, "next"),
		said("2.0.5", "one"),
		finished("2", parallelNode, "next"),
		said("3.1", "after"),
	} {
		for _, m := range s.take(n) {
			got = append(got, m.Text())
		}
		got = append(got, "|")
	}
	want := []string{
		"before", "|", "|", "|", "|", "|", "|", "|", "|", "|",
		"inner one, in a flow", "inner three", "one", "two", "two again", "|", "after", "|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settled messages, with a bar after each note (-want +got):\n%s", diff)
	}
}
