package program_test

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// findingsOf are all findings about a document, a line each.
func findingsOf(t *testing.T, file string, data []byte) string {
	t.Helper()
	found := loadAndCompile(t, file, data)
	if len(found) == 0 {
		return ""
	}
	found.Sort()
	return found.Error() + "\n"
}

func loadAndCompile(t *testing.T, file string, data []byte) spec.Diagnostics {
	t.Helper()
	doc, err := spec.Load(data, &spec.LoadOptions{File: file})
	if err != nil {
		return diagnostics(t, err)
	}
	prog, err := program.Compile(doc.Root)
	if err != nil {
		return append(doc.Warnings, diagnostics(t, err)...)
	}
	return append(append(doc.Warnings, prog.Warnings...), prog.Unsupported...)
}

func diagnostics(t *testing.T, err error) spec.Diagnostics {
	t.Helper()
	found, ok := errors.AsType[spec.Diagnostics](err)
	if !ok {
		t.Fatal(err)
	}
	return found
}

// checkGolden compares what is found about each document of a file with what stands below it.
func checkGolden(t *testing.T, name string, check func(t *testing.T, document, findings string)) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		document, want := archive.Files[i], &archive.Files[i+1]
		if want.Name != document.Name+" finds" {
			t.Fatalf("%s is followed by %s", document.Name, want.Name)
		}
		got := findingsOf(t, document.Name, document.Data)
		if *update {
			want.Data = []byte(got)
		}
		if diff := cmp.Diff(string(want.Data), got); diff != "" {
			t.Errorf("findings of %s differ (-want +got):\n%s", document.Name, diff)
		}
		check(t, document.Name, got)
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFlowRules breaks each rule for flows.
func TestFlowRules(t *testing.T) {
	t.Parallel()
	// allowed are rules that the reference does not apply to documents, or that we only warn of.
	allowed := []string{"W4-island", "W5-node-without-edge", "W6", "W9"}
	checkGolden(t, "testdata/rules.txtar", func(t *testing.T, document, findings string) {
		t.Helper()
		want := true
		for _, name := range allowed {
			want = want && !strings.HasPrefix(document, name)
		}
		if got := strings.Contains(findings, ": error "); got != want {
			t.Errorf("%s: refused is %t, want %t", document, got, want)
		}
		for line := range strings.Lines(findings) {
			if !strings.HasPrefix(line, document+":") {
				t.Errorf("%s: a finding without a line: %s", document, line)
			}
		}
	})
}

// TestStepRules breaks each rule for single nodes.
func TestStepRules(t *testing.T) {
	t.Parallel()
	checkGolden(t, "testdata/steps.txtar", func(t *testing.T, document, findings string) {
		t.Helper()
		if !strings.Contains(findings, ": error ") {
			t.Errorf("%s is not refused", document)
		}
		for line := range strings.Lines(findings) {
			if !strings.HasPrefix(line, document+":") {
				t.Errorf("%s: a finding without a line: %s", document, line)
			}
		}
	})
}

// TestWarnings has a document for each warning about what runs but was hardly meant, and some that give none.
func TestWarnings(t *testing.T) {
	t.Parallel()
	checkGolden(t, "testdata/warnings.txtar", func(t *testing.T, document, findings string) {
		t.Helper()
		if strings.Contains(findings, ": error ") {
			t.Errorf("%s is refused", document)
		}
		if got, want := findings == "", strings.HasPrefix(document, "quiet"); got != want {
			t.Errorf("%s: quiet is %t, want %t", document, got, want)
		}
	})
}

// TestNodesOfOneNameGetNumbers checks that names need not be distinct in a document, and that no name is
// reserved.
func TestNodesOfOneNameGetNumbers(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main")
	last := g.Start()
	for i, name := range []string{"say", "say", "__StartStep__", "say"} {
		n := g.Add(&spec.OutputMessageNode{Message: "Hello"}, strconv.Itoa(i))
		n.Base().Name = name
		g.Edge(last, "", n)
		last = n
	}
	g.Edge(last, "", g.End("end"))
	prog, err := program.Compile(g.Flow)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range prog.Main.Nodes[1:] {
		got = append(got, n.Name)
	}
	want := []string{"say", "say 2", "__StartStep__", "say 3", "end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the names of the nodes differ (-want +got):\n%s", diff)
	}
}

// TestFlowBuiltWithoutItsParts checks the rules that no document can break, as loading requires the field.
func TestFlowBuiltWithoutItsParts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(f *spec.Flow)
		want  string
	}{
		{"no start node", func(f *spec.Flow) { f.StartNode = nil }, "no-start"},
		{"a node that is missing", func(f *spec.Flow) { f.Nodes = append(f.Nodes, nil) }, "no-node"},
		{"an edge without its end", func(f *spec.Flow) { f.ControlFlowConnections[0].ToNode = nil }, "edge-to-foreign-node"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := pass(flowtest.Text("x"))
			tt.spoil(f)
			if got := codes(t, f); !slices.Contains(got, tt.want) {
				t.Errorf("the errors are %v, want %s", got, tt.want)
			}
		})
	}
}
