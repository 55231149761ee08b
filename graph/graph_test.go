package graph_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/graph"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

var update = flag.Bool("update", false, "write the golden drawings anew")

func compile(tb testing.TB, path string) *program.Flow {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := spec.Load(data, &spec.LoadOptions{File: path})
	if err != nil {
		tb.Fatal(err)
	}
	prog, err := program.Compile(doc.Root)
	if err != nil {
		tb.Fatal(err)
	}
	return prog.Main
}

// TestDrawings draws the documents of the command's tests, and that of the guide.
func TestDrawings(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"../examples/marketing/marketing.yaml",
		"../cmd/wayflow/testdata/flows/branches.yaml",
		"../cmd/wayflow/testdata/flows/ask.yaml",
		"../cmd/wayflow/testdata/flows/parallel.yaml",
	} {
		for ending, draw := range map[string]func(*program.Flow) string{".mmd": graph.Mermaid, ".dot": graph.DOT} {
			name := strings.TrimSuffix(filepath.Base(path), ".yaml") + ending
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				golden := filepath.Join("testdata", name)
				got := draw(compile(t, path))
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("drawing of %s (-want +got):\n%s", path, diff)
				}
			})
		}
	}
}

// TestNamesAreEscaped shows that a name cannot get out of its label.
func TestNamesAreEscaped(t *testing.T) {
	t.Parallel()
	flow := &program.Flow{
		Name: "a \"b\"\nc",
		Nodes: []*program.Node{{
			Name: "x\"]; end <b> `c` #1 \\", Spec: &spec.StartNode{}, Op: &program.Pass{},
			Branches: []string{"next"}, Next: []int{program.NoNode},
		}},
	}
	mermaid := "---\ntitle: \"a \\\"b\\\" c\"\n---\nflowchart TB\n" +
		"    n1([\"x#quot;]; end #lt;b#gt; #96;c#96; #35;1 #92;\"])\n"
	if diff := cmp.Diff(mermaid, graph.Mermaid(flow)); diff != "" {
		t.Errorf("Mermaid (-want +got):\n%s", diff)
	}
	if got, want := graph.DOT(flow), `label="x\"]; end <b> `+"`c`"+` #1 \\"`; !strings.Contains(got, want) {
		t.Errorf("DOT is\n%s\nand has no %s", got, want)
	}
}

// TestLargeFlowsAreFolded draws a flow that uses a flow twice, which does the same, and so on.
func TestLargeFlowsAreFolded(t *testing.T) {
	t.Parallel()
	flow := &program.Flow{Name: "leaf", Nodes: []*program.Node{{Name: "end", Spec: &spec.EndNode{}, Op: &program.Pass{End: true}}}}
	for range 40 {
		branch := program.ParallelBranch{Flow: flow}
		flow = &program.Flow{Name: "level", Nodes: []*program.Node{{
			Name: "both", Spec: &spec.ParallelFlowNode{}, Op: &program.Parallel{Branches: []program.ParallelBranch{branch, branch}, Workers: 2},
			Branches: []string{"next"}, Next: []int{program.NoNode},
		}}}
	}
	if size := len(graph.Mermaid(flow)); size > 4<<20 {
		t.Errorf("the drawing has %d bytes", size)
	}
}
