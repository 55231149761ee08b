package program_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// compileDamaged loads and compiles a document that was damaged: whatever comes of it, it is no panic, and each finding
// says something. What compiles can begin.
func compileDamaged(t *rapid.T, document []byte) {
	bad := flowtest.Damage(t, document)
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%v\n%s\n%s", p, bad, debug.Stack())
		}
	}()
	doc, err := spec.Load(bad, &spec.LoadOptions{AllowUnknown: true, Blocked: []string{}})
	if err != nil {
		return
	}
	p, err := program.Compile(doc.Root)
	if err != nil {
		if findings, ok := errors.AsType[spec.Diagnostics](err); !ok || !findings.HasErrors() {
			t.Fatalf("Compile() = %v, want findings", err)
		}
		return
	}
	if p.Main == nil || len(p.Unsupported) > 0 {
		return
	}
	m := engine.New(p, engine.Limits{Steps: 200, Items: 50})
	if _, err := m.Advance(engine.Begin{Inputs: flowtest.Inputs()}); err == nil {
		_ = m.Status()
		_ = m.Messages()
	}
}

// anyDamagedFlow is the property that no damage to a document breaks the compiler.
func anyDamagedFlow(t *rapid.T) {
	document, err := spec.Export(flowtest.Draw(t, flowtest.Shape{Ask: true, Broken: true, Catch: true, Depth: 2}), nil)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	compileDamaged(t, document)
}

func TestDamagedFlowsAreRefusedOrCompile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, anyDamagedFlow)
}

func FuzzCompile(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anyDamagedFlow)) }

// TestDamagedDocumentsAreRefusedOrCompile damages real documents of all kinds.
func TestDamagedDocumentsAreRefusedOrCompile(t *testing.T) {
	t.Parallel()
	documents := realDocuments(t)
	rapid.Check(t, func(t *rapid.T) { compileDamaged(t, rapid.SampledFrom(documents).Draw(t, "document")) })
}

// realDocuments are the valid documents beside the project, as JSON.
func realDocuments(t *testing.T) (documents [][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(conformance, "agentspec_valid", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil || len(data) > 20_000 {
			continue
		}
		doc, err := spec.Load(data, &spec.LoadOptions{AllowUnknown: true, Blocked: []string{}})
		if err != nil {
			continue
		}
		if data, err = spec.Export(doc.Root, nil); err == nil && json.Valid(data) {
			documents = append(documents, data)
		}
	}
	if len(documents) == 0 {
		t.Skip("skipped: no conformance documents beside the project")
	}
	return documents
}

// TestEmptyNodesCompileToFindings compiles nodes of every kind that were built in Go and left empty.
func TestEmptyNodesCompileToFindings(t *testing.T) {
	t.Parallel()
	nodes := []spec.Node{
		&spec.StartNode{}, &spec.EndNode{}, &spec.BranchingNode{}, &spec.ToolNode{}, &spec.LlmNode{}, &spec.InputMessageNode{},
		&spec.OutputMessageNode{}, &spec.FlowNode{}, &spec.ParallelFlowNode{}, &spec.MapNode{}, &spec.ParallelMapNode{},
		&spec.RetryNode{}, &spec.CatchExceptionNode{}, &spec.PluginCatchExceptionNode{}, &spec.ConstantValuesNode{},
		&spec.TemplateNode{}, &spec.RegexNode{}, &spec.ExtractNode{}, &spec.ReadVariableNode{}, &spec.WriteVariableNode{},
		&spec.VariableNode{}, &spec.GetChatHistoryNode{}, &spec.ChoiceNode{}, &spec.ApiNode{}, &spec.AgentNode{},
		&spec.DatastoreListNode{}, &spec.DatastoreCreateNode{}, &spec.DatastoreUpdateNode{}, &spec.DatastoreDeleteNode{},
		&spec.DatastoreQueryNode{},
	}
	for _, n := range nodes {
		t.Run(strings.TrimPrefix(reflect.TypeOf(n).String(), "*spec."), func(t *testing.T) {
			t.Parallel()
			g := flowtest.NewGraph("main")
			g.Add(n, "empty")
			g.Edge(g.Start(), "", n)
			end := g.End("end")
			g.Edge(n, "", end)
			_, _ = program.Compile(g.Flow)
			g.Flow.State = []value.Property{{Title: "v"}}
			g.Flow.ControlFlowConnections = append(g.Flow.ControlFlowConnections, &spec.ControlFlowEdge{})
			g.Flow.DataFlowConnections = append(g.Flow.DataFlowConnections, &spec.DataFlowEdge{})
			if _, err := program.Compile(g.Flow); err == nil {
				t.Error("Compile() has no finding for edges from nowhere to nowhere")
			}
		})
	}
}

func TestEmptyFlowsCompileToFindings(t *testing.T) {
	t.Parallel()
	for _, f := range []*spec.Flow{{}, {Nodes: []spec.Node{nil}}, {StartNode: &spec.StartNode{}}} {
		if _, err := program.Compile(f); err == nil {
			t.Error("Compile() has no finding for an empty flow")
		}
	}
}
