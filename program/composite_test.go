package program_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// single is a flow with one node, that nothing feeds, and an edge from each of the branches to the end.
func single(n spec.Node, branches ...string) *spec.Flow {
	g := flowtest.NewGraph("main")
	g.Add(n, "node")
	end := g.End("end")
	g.Edge(g.Start(), "", n)
	for _, b := range branches {
		g.Edge(n, b, end)
	}
	return g.Flow
}

// codes are those of the errors that a flow has.
func codes(t *testing.T, f *spec.Flow) (found []string) {
	t.Helper()
	_, err := program.Compile(f)
	var all spec.Diagnostics
	if err != nil && !errors.As(err, &all) {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Severity == spec.Error {
			found = append(found, d.Code)
		}
	}
	return found
}

// pass is a flow that yields its inputs.
func pass(inputs ...value.Property) *spec.Flow {
	g := flowtest.NewGraph("pass", inputs...)
	end := g.End("end", inputs...)
	g.Edge(g.Start(), "", end)
	for _, p := range inputs {
		g.Data(g.Start(), p.Title, end, p.Title)
	}
	return g.Flow
}

// asking is a flow that asks the user.
func asking() *spec.Flow {
	g := flowtest.NewGraph("asking")
	ask := g.Add(&spec.InputMessageNode{}, "ask")
	end := g.End("end", flowtest.Text("user_input"))
	g.Edge(g.Start(), "", ask)
	g.Edge(ask, "", end)
	g.Data(ask, "user_input", end, "user_input")
	return g.Flow
}

func TestFindingsOfComposites(t *testing.T) {
	t.Parallel()
	text := pass(flowtest.Text("x"))
	list := []value.Property{{Title: "iterated_input", Type: value.ListOf(value.StringType)}}
	query := func(q string) spec.Dict[string] { return spec.Dict[string]{{Key: "x", Value: q}} }
	branching := pass()
	branching.Nodes[1].(*spec.EndNode).BranchName = "caught_exception_branch"
	informing := pass(flowtest.Text("caught_exception_info").WithDefault(value.String("")))
	workers, often := -1, 21
	tests := []struct {
		name string
		flow *spec.Flow
		want string
	}{
		{"map: wrong query", single(&spec.MapNode{Subflow: text, UnpackInput: query(".[")}, ""), "jq"},
		{"map: query that sees the clock", single(&spec.MapNode{Subflow: text, UnpackInput: query("now")}, ""), "jq"},
		{"map: unknown input", single(&spec.MapNode{Subflow: text, UnpackInput: spec.Dict[string]{{Key: "y", Value: "."}}}, ""), "unknown-input"},
		{"map: nothing to iterate", single(&spec.MapNode{Subflow: text}, ""), "nothing-iterated"},
		{"map: unknown reducer", single(&spec.MapNode{Subflow: text, Reducers: query("first")}, ""), "reducer"},
		{"map: sum of texts", single(&spec.MapNode{Subflow: text, Reducers: query("sum")}, ""), "reducer"},
		{
			"map: object without queries", single(&spec.MapNode{NodeBase: spec.NodeBase{Extended: true, IO: spec.IO{
				Inputs: []value.Property{{Title: "iterated_input", Type: value.DictOf(nil)}, flowtest.Text("x")},
			}}, Subflow: text}, ""), "map-dict",
		},
		{
			"map: text", single(&spec.MapNode{NodeBase: spec.NodeBase{IO: spec.IO{Inputs: flowtest.Texts("iterated_input")}}, Subflow: text, UnpackInput: query(".")}, ""),
			"map-items",
		},
		{
			"map: items of another type", single(&spec.MapNode{NodeBase: spec.NodeBase{IO: spec.IO{Inputs: list}}, Subflow: pass(value.Property{Title: "x", Type: value.IntegerType}), UnpackInput: query(".")}, ""),
			"type-mismatch",
		},
		{
			"map: output that is no list", single(&spec.MapNode{NodeBase: spec.NodeBase{IO: spec.IO{Outputs: flowtest.Texts("x")}}, Subflow: text, UnpackInput: query(".")}, ""),
			"map-output",
		},
		{"map: unknown output", single(&spec.MapNode{NodeBase: spec.NodeBase{IO: spec.IO{Outputs: flowtest.Texts("y")}}, Subflow: text, UnpackInput: query(".")}, ""), "unknown-output"},
		{"map: workers", single(&spec.ParallelMapNode{Subflow: text, UnpackInput: query("."), MaxWorkers: &workers}, ""), "max-workers"},
		{"parallel map that asks", single(&spec.ParallelMapNode{Subflow: asking()}, ""), "parallel-asks"},
		{"retry: unknown condition", single(&spec.RetryNode{Flow: text, SuccessCondition: "y"}, ""), "unknown-output"},
		{"retry: too often", single(&spec.RetryNode{Flow: text, SuccessCondition: "x", MaxNumTrials: &often}, ""), "max-num-trials"},
		{"catch: no default", single(&spec.CatchExceptionNode{Subflow: text}, ""), "catch-default"},
		{"catch: branch taken", single(&spec.CatchExceptionNode{Subflow: branching}, ""), "catch-branch"},
		{"catch: output taken", single(&spec.CatchExceptionNode{Subflow: informing}, ""), "catch-output"},
		{"variables: none", single(&spec.VariableNode{}, ""), "no-variables"},
		{"variables: undeclared", single(&spec.VariableNode{ReadVariables: flowtest.Texts("v")}, ""), "undeclared-variable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := codes(t, test.flow); !slices.Contains(got, test.want) {
				t.Errorf("findings %q, want %s", got, test.want)
			}
		})
	}
}

func constant(name string, outputs ...string) *spec.ConstantContextProvider {
	p := &spec.ConstantContextProvider{Value: value.String("v")}
	p.ID, p.Name, p.Outputs = "provider."+name, name, flowtest.Texts(outputs...)
	return p
}

func toolProvider(name string, tool spec.Tool) *spec.ToolContextProvider {
	p := &spec.ToolContextProvider{Tool: tool, OutputName: name}
	p.ID, p.Name = "provider."+name, name
	return p
}

func flowProvider(name string, f *spec.Flow, outputs ...string) *spec.FlowContextProvider {
	p := &spec.FlowContextProvider{Flow: f, OutputNames: outputs}
	p.ID, p.Name = "provider."+name, name
	return p
}

// using is a flow that has the providers, and renders what the first offers as x.
func using(providers ...spec.ContextProvider) *flowtest.Graph {
	g := flowtest.NewGraph("main")
	g.Flow.ContextProviders = providers
	n := g.Add(&spec.TemplateNode{Template: "{{ x }}"}, "use")
	end := g.End("end")
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	return g
}

// TestFindingsOfContextProviders checks the rules W8 and W12, and what a provider may run.
func TestFindingsOfContextProviders(t *testing.T) {
	t.Parallel()
	client := &spec.ClientTool{}
	client.Name, client.Outputs = "client", flowtest.Texts("o")
	both := using(constant("a", "x"))
	word := both.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "w", Value: value.String("w")})}, "word")
	both.Flow.ControlFlowConnections[0].ToNode = word
	both.Edge(word, "", both.Flow.Nodes[1])
	both.Data(word, "w", both.Flow.Nodes[1], "x")
	twice := using(constant("a", "x"), constant("b", "y"))
	twice.Data(twice.Flow.ContextProviders[0], "x", twice.Flow.Nodes[1], "x")
	twice.Data(twice.Flow.ContextProviders[1], "y", twice.Flow.Nodes[1], "x")
	wrong := using(constant("a", "x"))
	wrong.Data(wrong.Flow.ContextProviders[0], "nothing", wrong.Flow.Nodes[1], "x")
	tests := []struct {
		name string
		flow *spec.Flow
		want string
	}{
		{"one name twice", using(constant("a", "x"), constant("b", "x")).Flow, "duplicate-provider"},
		{"two outputs", using(constant("a", "x", "y")).Flow, "provider-output"},
		{"tool with a required input", using(toolProvider("x", flowtest.ServerTool("t", flowtest.Texts("i"), flowtest.Texts("o")))).Flow, "provider-tool"},
		{"tool with two outputs", using(toolProvider("x", flowtest.ServerTool("t", nil, flowtest.Texts("o", "p")))).Flow, "provider-output"},
		{"tool of the client", using(toolProvider("x", client)).Flow, "provider-asks"},
		{"flow with a required input", using(flowProvider("p", pass(flowtest.Text("x")))).Flow, "provider-flow"},
		{"flow that asks", using(flowProvider("p", asking())).Flow, "provider-asks"},
		{"unknown output of a flow", using(flowProvider("p", asking(), "x")).Flow, "unknown-output"},
		{"fed by a provider and a node", both.Flow, "provider-and-node"},
		{"fed by two providers", twice.Flow, "two-providers"},
		{"edge from an output that a provider lacks", wrong.Flow, "unknown-output"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := codes(t, test.flow); !slices.Contains(got, test.want) {
				t.Errorf("findings %q, want %s", got, test.want)
			}
		})
	}
}

// TestProvidersAreSeenInSubflows compiles a flow for each scope that it is used in.
func TestProvidersAreSeenInSubflows(t *testing.T) {
	t.Parallel()
	inner := pass(flowtest.Text("x"))
	outer := flowtest.NewGraph("outer")
	outer.Flow.ContextProviders = []spec.ContextProvider{constant("a", "x")}
	in := outer.Add(&spec.FlowNode{Subflow: inner}, "inner")
	outer.Edge(outer.Start(), "", in)
	outer.Edge(in, "", outer.End("end"))
	g := flowtest.NewGraph("main", flowtest.Text("x"))
	first := g.Add(&spec.FlowNode{Subflow: outer.Flow}, "with")
	second := g.Add(&spec.FlowNode{Subflow: inner}, "without")
	g.Edge(g.Start(), "", first)
	g.Edge(first, "", second)
	g.Edge(second, "", g.End("end"))
	g.Data(g.Start(), "x", second, "x")
	p := flowtest.Compile(t, g.Flow)
	needs := map[bool]int{}
	for _, f := range p.Flows {
		if f.Name == "pass" {
			needs[!f.Inputs[0].Free]++
		}
	}
	if needs[true] != 1 || needs[false] != 1 {
		t.Errorf("the inner flow needs its input in %d scopes and does not in %d, want 1 and 1", needs[true], needs[false])
	}
}

// itemAsking asks about its input.
func itemAsking() *spec.Flow {
	g := flowtest.NewGraph("item", flowtest.Text("x"))
	question := "{{ x }}?"
	ask := g.Add(&spec.InputMessageNode{Message: &question}, "ask")
	g.Edge(g.Start(), "", ask)
	g.Edge(ask, "", g.End("end"))
	g.Data(g.Start(), "x", ask, "x")
	return g.Flow
}

// fan is a flow of one node that runs flows at once.
func fan(name string, allow bool, flows ...*spec.Flow) *spec.Flow {
	g := flowtest.NewGraph(name)
	n := g.Add(&spec.ParallelFlowNode{Subflows: flows, AllowQuestions: allow}, "node")
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", g.End("end"))
	return g.Flow
}

// TestParallelNodesAskIfAllowed has nodes that run flows at once ask, which finds the way to the node that does.
func TestParallelNodesAskIfAllowed(t *testing.T) {
	t.Parallel()
	items := value.Property{Title: "iterated_input", Type: value.ListOf(value.StringType)}.WithDefault(value.List())
	ports := spec.NodeBase{IO: spec.IO{Inputs: []value.Property{items}, Outputs: []value.Property{}}}
	unpack := spec.Dict[string]{{Key: "x", Value: "."}}
	for _, tt := range []struct {
		name string
		flow *spec.Flow
		want []string
	}{
		{"parallel flows", fan("main", true, pass(), asking()), []string{"node", "asking", "ask"}},
		{"one in the other", fan("main", true, fan("inner", true, asking())), []string{"node", "inner", "node", "asking", "ask"}},
		{"parallel map", single(&spec.ParallelMapNode{NodeBase: ports, Subflow: itemAsking(), UnpackInput: unpack, AllowQuestions: true}, ""), []string{"node", "ask"}},
		{
			"map with parallel execution",
			single(&spec.MapNode{NodeBase: ports, Subflow: itemAsking(), UnpackInput: unpack, ParallelExecution: true, AllowQuestions: true}, ""),
			[]string{"node", "ask"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := flowtest.Compile(t, tt.flow)
			if !slices.Equal(p.Main.Ask, tt.want) {
				t.Errorf("asks at %q, want %q", p.Main.Ask, tt.want)
			}
		})
	}
}

// TestAParallelNodeRefusesQuestionsBelowOneThatAllowsThem names the whole way to the node that asks.
func TestAParallelNodeRefusesQuestionsBelowOneThatAllowsThem(t *testing.T) {
	t.Parallel()
	_, err := program.Compile(fan("main", false, fan("inner", true, asking())))
	if want := "inner > node > asking > ask"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Compile() = %v, want a finding that names %s", err, want)
	}
}

// TestCompositesAsk finds the way to a node that asks.
func TestCompositesAsk(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]spec.Node{
		"retry": &spec.RetryNode{Flow: asking(), SuccessCondition: "user_input"},
		"catch": &spec.PluginCatchExceptionNode{Flow: asking()},
	} {
		p := flowtest.Compile(t, single(n, ""))
		if want := []string{"node", "ask"}; !slices.Equal(p.Main.Ask, want) {
			t.Errorf("%s: asks at %q, want %q", name, p.Main.Ask, want)
		}
	}
}
