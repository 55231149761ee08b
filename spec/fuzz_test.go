package spec_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/spec"
)

// FuzzLoad reads anything: reading must not panic, and what it takes must come out of the export as it went in.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"ours/step_*.yaml", "ours/core_*.yaml", "wayflow-tests/*.yaml", "*/*.json"} {
		files, _ := filepath.Glob("../../shared/conformance/agentspec_valid/" + pattern)
		for i, file := range files {
			if data, err := os.ReadFile(file); err == nil && len(data) < 6000 && i < 25 {
				f.Add(data)
			}
		}
	}
	f.Add([]byte(secretDocument))
	f.Add([]byte(unknownDocument))
	f.Add([]byte(positions))
	f.Add([]byte("a: &a {<<: *a, ? [x] : !!binary x}\n--- \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		opts := &spec.LoadOptions{File: "f", AllowUnknown: len(data)%2 == 0, Blocked: []string{}}
		doc, err := spec.Load(data, opts)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("Load fails without a finding")
			}
			_, _ = spec.LoadComponents(data, opts)
			return
		}
		first, err := spec.Export(doc.Root, nil)
		if err != nil {
			t.Fatalf("Export: %v", err)
		}
		for _, format := range []spec.Format{spec.JSON, spec.YAML} {
			checkStable(t, doc.Root, first, format, opts)
		}
		spec.Walk(doc.Root, func(c spec.Component) bool {
			if c.Base().Pos().Line == 0 {
				t.Errorf("%s %q has no position", spec.TypeName(c), c.Base().ID)
			}
			return true
		})
	})
}

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkStable checks that root, written in a format and read again, is written as first.
func checkStable(t failer, root spec.Component, first []byte, format spec.Format, opts *spec.LoadOptions) {
	t.Helper()
	text, err := spec.Export(root, &spec.ExportOptions{Format: format})
	if err != nil {
		t.Fatalf("Export: %v", err)
	}
	again, err := spec.Load(text, &spec.LoadOptions{Format: format, AllowUnknown: opts.AllowUnknown, Blocked: opts.Blocked})
	if err != nil {
		t.Fatalf("Load(Export): %v\n%s", err, text)
	}
	second, err := spec.Export(again.Root, nil)
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("Export(Load(Export)) differs: %v\n%s\n%s", err, first, second)
	}
}

// TestRoundTripOfBuiltFlows writes and reads flows that are made at random in Go.
func TestRoundTripOfBuiltFlows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		flow := drawFlow(t, 2)
		first, err := spec.Export(flow, nil)
		if err != nil {
			t.Fatalf("Export: %v", err)
		}
		for _, format := range []spec.Format{spec.JSON, spec.YAML} {
			checkStable(t, flow, first, format, &spec.LoadOptions{})
		}
	})
}

// drawFlow makes a flow of a few nodes, some of which share tools and sub-flows.
func drawFlow(t *rapid.T, depth int) *spec.Flow {
	n := &nodeDrawer{T: t, tool: &spec.ServerTool{}, depth: depth}
	n.envelope(&n.tool.ComponentBase)
	f := &spec.Flow{StartNode: &spec.StartNode{}}
	n.envelope(&f.ComponentBase)
	n.envelope(&f.StartNode.ComponentBase)
	f.Nodes = []spec.Node{f.StartNode}
	for range rapid.IntRange(1, 5).Draw(t, "nodes") {
		f.Nodes = append(f.Nodes, n.node())
	}
	f.ControlFlowConnections = []*spec.ControlFlowEdge{}
	for i := range len(f.Nodes) - 1 {
		e := &spec.ControlFlowEdge{FromNode: f.Nodes[i], ToNode: f.Nodes[i+1]}
		n.envelope(&e.ComponentBase)
		f.ControlFlowConnections = append(f.ControlFlowConnections, e)
	}
	return f
}

type nodeDrawer struct {
	*rapid.T
	tool  *spec.ServerTool
	flow  *spec.Flow
	depth int
}

func (n *nodeDrawer) text() string {
	return rapid.OneOf(rapid.StringN(0, 8, -1), rapid.SampledFrom([]string{"yes", "12", "a: b", "{{ x }}", "a\nb\n", "2024-01-01"})).
		Draw(n.T, "text")
}

func (n *nodeDrawer) envelope(c *spec.ComponentBase) {
	c.ID = rapid.StringMatching(`[a-z]{12}`).Draw(n.T, "id")
	c.Name = n.text()
	if rapid.Bool().Draw(n.T, "described") {
		text := n.text()
		c.Description = &text
	}
}

func (n *nodeDrawer) node() spec.Node {
	switch rapid.IntRange(0, 4).Draw(n.T, "kind") {
	case 0:
		c := &spec.ToolNode{Tool: n.tool, IgnoreExceptions: rapid.Bool().Draw(n.T, "ignore")}
		n.envelope(&c.ComponentBase)
		return c
	case 1:
		c := &spec.OutputMessageNode{Message: n.text(), MessageType: "AGENT", ExposeMessageAsOutput: rapid.Bool().Draw(n.T, "exposed")}
		n.envelope(&c.ComponentBase)
		return c
	case 2:
		c := &spec.BranchingNode{Mapping: spec.Dict[string]{{Key: n.text(), Value: n.text()}}}
		n.envelope(&c.ComponentBase)
		return c
	default:
		if n.depth == 0 {
			c := &spec.EndNode{BranchName: n.text()}
			n.envelope(&c.ComponentBase)
			return c
		}
		if n.flow == nil {
			n.flow = drawFlow(n.T, n.depth-1)
		}
		workers := rapid.IntRange(0, 4).Draw(n.T, "workers")
		c := &spec.ParallelFlowNode{Subflows: []*spec.Flow{n.flow, n.flow}, MaxWorkers: &workers}
		n.envelope(&c.ComponentBase)
		return c
	}
}
