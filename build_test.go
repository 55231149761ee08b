package wayflow_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// finish runs an app to its end and returns its outputs.
func finish(t *testing.T, app *wayflow.App, inputs wayflow.Inputs, answers ...string) string {
	t.Helper()
	conv := start(t, app, inputs)
	for {
		status, err := conv.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		switch status := status.(type) {
		case *wayflow.Finished:
			return status.Outputs.Of().String()
		case *wayflow.UserMessageRequired:
			if len(answers) == 0 {
				t.Fatal("it asks once more")
			}
			if err := conv.Say(answers[0]); err != nil {
				t.Fatal(err)
			}
			answers = answers[1:]
		default:
			t.Fatalf("it is %T", status)
		}
	}
}

func build(t *testing.T, part wayflow.Part, opts ...wayflow.Option) *wayflow.App {
	t.Helper()
	app, err := wayflow.Build(part, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// counter asks its way through a loop: it counts the answers until one is "stop".
func counter() *wayflow.Flow {
	count := wayflow.Variable("count", 0)
	ask := wayflow.Ask("ask", "And?").Output("answer")
	route := wayflow.Branch("route").Input("answer").On("stop", "stop")
	get := wayflow.ReadVariable("get", count).Output("n")
	add := wayflow.CallTool("add", wayflow.Func("add_one", "Adds one",
		func(_ context.Context, in struct {
			N int `json:"n"`
		},
		) (int, error) {
			return in.N + 1, nil
		})).Output("sum")
	set := wayflow.WriteVariable("set", count).Input("sum")
	last := wayflow.ReadVariable("last", count).Output("total")
	return wayflow.Graph("count").
		Chain(ask, route, get, add, set).
		Edge(set, ask).
		Branch(route, "stop", last).
		State(count).
		Outputs("total")
}

func fail(_ context.Context, in username) (string, error) {
	if in.Username == "" {
		return "", fmt.Errorf("nobody")
	}
	return "hello " + in.Username, nil
}

// TestBuiltFlowsRun runs flows as they were built and as they were loaded from what was exported.
func TestBuiltFlowsRun(t *testing.T) {
	t.Parallel()
	greet := wayflow.Func("greet", "Greets", fail)
	tests := []struct {
		name    string
		flow    func() wayflow.Part
		inputs  wayflow.Inputs
		answers []string
		want    string
	}{
		{
			name: "a single node",
			flow: func() wayflow.Part { return wayflow.Template("t", "{{a}}-{{b}}") }, inputs: wayflow.Inputs{"a": "x", "b": "y"},
			want: `{"output":"x-y"}`,
		},
		{
			name: "parallel, declared order",
			flow: func() wayflow.Part {
				return wayflow.Parallel("p", wayflow.Template("one", "{{x}}1").Output("a"), wayflow.Template("two", "{{x}}2").Output("b"))
			},
			inputs: wayflow.Inputs{"x": "v"}, want: `{"a":"v1","b":"v2"}`,
		},
		{
			name: "loop", flow: func() wayflow.Part { return counter() },
			answers: []string{"a", "b", "c", "stop"}, want: `{"total":3}`,
		},
		{
			name: "conditional",
			flow: func() wayflow.Part {
				c := wayflow.Constants("c").Set("kind", "b")
				a, b := wayflow.Template("is_a", "A").Output("letter"), wayflow.Template("is_b", "B").Output("letter")
				return wayflow.Graph("g").Conditional(c, "kind", a, wayflow.Case{Value: "b", To: b}).Finish(a, b).Outputs("letter")
			},
			want: `{"letter":"B"}`,
		},
		{
			name: "sub-flow with branches",
			flow: func() wayflow.Part {
				route := wayflow.Branch("route").Input("word").On("x", "left")
				inner := wayflow.Graph("inner", route).
					Branch(route, "left", wayflow.End("left")).
					Edge(route, wayflow.End("right"))
				sub := wayflow.SubFlow("sub", inner)
				return wayflow.Graph("outer", sub).
					Branch(sub, "left", wayflow.Template("l", "L").Output("side")).
					Branch(sub, "right", wayflow.Template("r", "R").Output("side"))
			},
			inputs: wayflow.Inputs{"word": "x"}, want: `{"side":"L"}`,
		},
		{
			name: "map over a list",
			flow: func() wayflow.Part {
				return wayflow.ParallelMap("all", wayflow.Template("t", "{{name}}{{mark}}").Output("loud")).
					Over("users").Unpack("name", ".name")
			},
			inputs: wayflow.Inputs{"users": []map[string]string{{"name": "a"}, {"name": "b"}}, "mark": "!"},
			want:   `{"loud":["a!","b!"]}`,
		},
		{
			name: "map of the core",
			flow: func() wayflow.Part {
				return wayflow.Sequence("main",
					wayflow.Constants("list").Set("iterated_x", []string{"a", "b"}),
					wayflow.Map("each", wayflow.Template("t", "{{x}}!").Output("y")),
				).Outputs("collected_y")
			},
			want: `{"collected_y":["a!","b!"]}`,
		},
		{
			name: "a failure that is caught",
			flow: func() wayflow.Part {
				return wayflow.Sequence("main", wayflow.Catch("try", wayflow.CallTool("greet", greet).Output("greeting")))
			},
			inputs: wayflow.Inputs{"username": ""},
			want:   `{"greeting":"","caught_exception_info":"nobody"}`,
		},
		{
			name: "a failure that is caught by kind",
			flow: func() wayflow.Part {
				catch := wayflow.Catch("try", wayflow.CallTool("greet", greet).Output("greeting")).All()
				return wayflow.Sequence("main", catch).Outputs("exception_payload_name")
			},
			inputs: wayflow.Inputs{"username": ""}, want: `{"exception_payload_name":"nobody"}`,
		},
		{
			name: "retry",
			flow: func() wayflow.Part {
				return wayflow.Sequence("main", wayflow.Retry("r", wayflow.CallTool("check", check).Output("ok"), "ok").Trials(2))
			},
			inputs: wayflow.Inputs{"n": 3}, want: `{"retry_step_num_retries":2,"retry_step_success":false}`,
		},
		{
			name: "context providers",
			flow: func() wayflow.Part {
				return wayflow.Sequence("main", wayflow.Template("t", "{{mark}} {{now}} {{who}}")).Provide(
					wayflow.ConstantContext("mark", "!"),
					wayflow.ToolContext("now", clock),
					wayflow.FlowContext("who", wayflow.Template("w", "bob").Output("who")))
			},
			want: `{"output":"! noon bob"}`,
		},
		{
			name: "a datastore",
			flow: func() wayflow.Part {
				shop := wayflow.InMemoryDatastore("shop", wayflow.Port[struct {
					ID    int    `json:"id"`
					Title string `json:"title"`
				}]("products"))
				return wayflow.Sequence("main",
					wayflow.CreateEntity("create", shop, "products"),
					wayflow.ListEntities("one", shop, "products").Where("title", "{{wanted}}").One().RenameOutput("entities", "found"),
				).Outputs("found")
			},
			inputs: wayflow.Inputs{"wanted": "broom", "entity": map[string]any{"id": 1, "title": "broom"}},
			want:   `{"found":{"id":1,"title":"broom"}}`,
		},
		{
			name: "a default that is used",
			flow: func() wayflow.Part {
				return wayflow.Sequence("main", wayflow.Template("t", "{{a}}{{b}}")).Inputs(wayflow.Port[string]("a"), wayflow.Optional("b", "?"))
			},
			inputs: wayflow.Inputs{"a": "x"}, want: `{"output":"x?"}`,
		},
		{
			name: "one input for a number and a text",
			flow: func() wayflow.Part {
				return wayflow.Sequence("main", wayflow.Template("t", "{{n}} is even: "), wayflow.CallTool("c", check).Output("even"))
			},
			inputs: wayflow.Inputs{"n": 4}, want: `{"output":"4 is even: ","even":true}`,
		},
		{
			name: "an output that only one way yields",
			flow: func() wayflow.Part {
				route := wayflow.Branch("route").Input("word").On("x", "left")
				l, r := wayflow.Template("l", "L").Output("side"), wayflow.Template("r", "R")
				return wayflow.Graph("g", route).Branch(route, "left", l).Branch(route, "default", r).Finish(l, r).
					OutputPorts(wayflow.Optional("side", "none"))
			},
			inputs: wayflow.Inputs{"word": "y"}, want: `{"side":"none"}`,
		},
	}
	tools := wayflow.WithTools(greet, check, clock, wayflow.Func("add_one", "", func(_ context.Context, in struct {
		N int `json:"n"`
	},
	) (int, error) {
		return in.N + 1, nil
	}))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := build(t, tt.flow())
			if got := finish(t, app, tt.inputs, tt.answers...); got != tt.want {
				t.Errorf("built, it gives %s, want %s", got, tt.want)
			}
			for _, format := range []spec.Format{spec.JSON, spec.YAML} {
				document, err := app.Export(&spec.ExportOptions{Format: format})
				if err != nil {
					t.Fatal(err)
				}
				loaded := load(t, string(document), tools)
				if got := finish(t, loaded, tt.inputs, tt.answers...); got != tt.want {
					t.Errorf("exported and loaded, it gives %s, want %s", got, tt.want)
				}
				again, err := loaded.Export(&spec.ExportOptions{Format: format})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(document), string(again)); diff != "" {
					t.Errorf("exported again (-first +second):\n%s", diff)
				}
			}
		})
	}
}

// TestMistakesOfBuilding checks that each finding names the line of Go that made the mistake.
func TestMistakesOfBuilding(t *testing.T) {
	t.Parallel()
	tmpl := wayflow.Template("twice", "x")
	list := wayflow.Sequence("self", wayflow.Template("t", "{{x}}"))
	list.Chain(wayflow.SubFlow("again", list))
	tests := []struct {
		name string
		part wayflow.Part
		want string
	}{
		{"template", wayflow.Sequence("f", wayflow.Template("t", "{{ x")), "template"},
		{"no nodes", wayflow.Sequence("f"), "no-nodes"},
		{"a node twice", wayflow.Sequence("f", tmpl, tmpl), "node-twice"},
		{"a name twice", wayflow.Sequence("f", wayflow.Template("t", ""), wayflow.Say("t", "")), "node-name"},
		{"nil node", wayflow.Sequence("f", tmpl, nil), "no-node"},
		{"no model", wayflow.Prompt("p", nil, "x"), "no-model"},
		{"no tool", wayflow.CallTool("p", nil), "no-tool"},
		{"a function that is no tool", wayflow.CallTool("p", wayflow.Func("f", "", func(context.Context, int) (int, error) { return 0, nil })), "bad-tool"},
		{"rename", wayflow.Template("t", "{{x}}").RenameInput("y", "z"), "unknown-mapping"},
		{"parallel asks", wayflow.Parallel("p", wayflow.Ask("a", "?")), "parallel-asks"},
		{"parallel outputs", wayflow.Parallel("p", wayflow.Template("a", ""), wayflow.Template("b", "")), "parallel-outputs"},
		{"workers", wayflow.Parallel("p", wayflow.Template("a", "")).MaxWorkers(-1), "max-workers"},
		{"no flow", wayflow.SubFlow("s", nil), "no-flow"},
		{"a flow in itself", list, "recursive-flow"},
		{"unknown output", wayflow.Sequence("f", tmpl).Outputs("nothing"), "flow-outputs"},
		{"unknown branch", wayflow.Graph("f").Branch(tmpl, "nowhere", wayflow.Template("u", "")), "unknown-branch"},
		{"edge from an end", wayflow.Graph("f").Edge(tmpl, wayflow.End("e")).Edge(wayflow.End("e2"), tmpl), "edge-from-end"},
		{"unknown data", wayflow.Graph("f").Edge(tmpl, wayflow.Template("u", "{{x}}")).Data(tmpl, "output", wayflow.Template("v", ""), "x"), "unknown-node"},
		{"types", wayflow.Sequence("f", wayflow.Constants("c").Set("n", []string{"x"}), wayflow.CallTool("t", check)), "type-mismatch"},
		{"undeclared variable", wayflow.Sequence("f", wayflow.ReadVariable("r", wayflow.Variable("v", 1))), "undeclared-variable"},
		{"constant", wayflow.Constants("c").Set("n", make(chan int)), "constant"},
		{"condition", wayflow.Retry("r", wayflow.Template("t", ""), "ok"), "unknown-output"},
		{"map of two inputs", wayflow.Map("m", wayflow.Template("t", "{{a}}{{b}}")).Over("list"), "map-unpack"},
		{"two entries", wayflow.Graph("f", tmpl).Entry(tmpl).Entry(tmpl), "two-starts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := wayflow.Build(tt.part)
			var findings wayflow.Diagnostics
			if !errors.As(err, &findings) {
				t.Fatalf("Build = %v, want findings", err)
			}
			found := false
			for _, d := range findings {
				if d.Severity == spec.Warning {
					continue
				}
				found = found || d.Code == tt.want
				if filepath.Base(d.Pos.File) != "build_test.go" || d.Pos.Line == 0 {
					t.Errorf("%s is at %q, which is not the line that made the mistake", d.Code, d.Pos)
				}
			}
			if !found {
				t.Errorf("Build = %v, want a finding %s", err, tt.want)
			}
		})
	}
}

// TestTwoToolsOfOneName checks that a name cannot mean two Go functions.
func TestTwoToolsOfOneName(t *testing.T) {
	t.Parallel()
	one := wayflow.Func("same", "", func(context.Context, struct{}) (string, error) { return "1", nil })
	two := wayflow.Func("same", "", func(context.Context, struct{}) (string, error) { return "2", nil })
	_, err := wayflow.Build(wayflow.Sequence("f", wayflow.CallTool("a", one), wayflow.CallTool("b", two).Output("x")))
	if err == nil || !strings.Contains(err.Error(), `two tools are named "same"`) {
		t.Errorf("Build = %v, want that two tools have one name", err)
	}
	// A function used twice is one tool, and options may bind another in its place.
	flow := wayflow.Sequence("f", wayflow.CallTool("a", one), wayflow.CallTool("b", one).Output("x"))
	if got, want := finish(t, build(t, flow, wayflow.WithTools(two)), nil), `{"tool_output":"2","x":"2"}`; got != want {
		t.Errorf("it gives %s, want %s", got, want)
	}
}

// TestPartsAreReusable checks that building changes no builder: a part stands in several places, and is built at once by
// many.
func TestPartsAreReusable(t *testing.T) {
	t.Parallel()
	shout := wayflow.Sequence("shout", wayflow.Template("t", "{{x}}!").Output("x"))
	flow := wayflow.Sequence("main", wayflow.SubFlow("once", shout), wayflow.SubFlow("twice", shout),
		wayflow.Custom(&spec.TemplateNode{
			NodeBase: spec.NodeBase{ComponentBase: spec.ComponentBase{Name: "by hand"}}, Template: "{{x}}",
		}))
	first, err := build(t, flow).Export(nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			app, err := wayflow.Build(flow)
			if err != nil {
				t.Error(err)
				return
			}
			if again, err := app.Export(nil); err != nil || string(again) != string(first) {
				t.Errorf("built again (%v), the document differs", err)
			}
		})
	}
	wg.Wait()
	if n := strings.Count(string(first), `"name": "shout"`); n != 1 {
		t.Errorf("the flow that is used twice is written %d times", n)
	}
	if got, want := finish(t, build(t, flow), wayflow.Inputs{"x": "a"}), `{"x":"a!!","output":"a!!"}`; got != want {
		t.Errorf("it gives %s, want %s", got, want)
	}
}

// TestClientToolsAreBuilt checks that the caller is asked, by the types of Go.
func TestClientToolsAreBuilt(t *testing.T) {
	t.Parallel()
	app := build(t, wayflow.UseTool("ask", wayflow.ClientTool[username, int]("age", "How old somebody is")).RenameOutput(tool.OutputName, "age"))
	conv := start(t, app, wayflow.Inputs{"username": "bob"})
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := conv.Return(value.Int(42)); err != nil {
		t.Fatal(err)
	}
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := status.(*wayflow.Finished).Outputs.Of().String(); got != `{"age":42}` {
		t.Errorf("it gives %s", got)
	}
}

func TestPort(t *testing.T) {
	t.Parallel()
	if got := wayflow.Port[[]string]("x").Type.String(); got != "list of string" && got != "array of string" {
		t.Errorf("Port[[]string] is %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a channel is taken for a port")
		}
	}()
	wayflow.Port[chan int]("x")
}

// BenchmarkBuild makes the document of a sequence of a thousand nodes, each of which feeds the next.
func BenchmarkBuild(b *testing.B) {
	nodes := make([]wayflow.Node, 1000)
	for i := range nodes {
		nodes[i] = wayflow.Template(fmt.Sprint("t", i), fmt.Sprintf("{{x%d}}", i)).Output(fmt.Sprint("x", i+1))
	}
	flow := wayflow.Sequence("long", nodes...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flow.Component(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAnswerOfAPIStaysWhole checks that the builder declares no output which the node leaves to the runtime: declared, it
// would be a field of the answer.
func TestAnswerOfAPIStaysWhole(t *testing.T) {
	t.Parallel()
	root, err := wayflow.Sequence("main", wayflow.API("get", "GET", "https://example.com/")).Component()
	if err != nil {
		t.Fatal(err)
	}
	for n := range spec.All[*spec.ApiNode](root) {
		if n.Outputs != nil {
			t.Errorf("the node declares %v", n.Outputs)
		}
	}
	if len(root.Outputs) != 1 || root.Outputs[0].Title != "response" {
		t.Errorf("the flow has the outputs %v, want response", root.Outputs)
	}
}
