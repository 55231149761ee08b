package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// runner drives a machine by hand, so that a test sees each effect.
type runner struct {
	*testing.T
	m       *engine.Machine
	pending []*engine.Effect
	// call answers tools by name.
	call func(name string, args *value.Object) (value.Value, *engine.Error)
}

func (r *runner) take(ev engine.Event) {
	r.Helper()
	out, err := r.m.Advance(ev)
	if err != nil {
		r.Fatalf("Advance(%T): %v", ev, err)
	}
	r.pending = append(r.pending, out.Effects...)
}

// finish answers all effects and returns the status that is left.
func (r *runner) finish() engine.Status {
	r.Helper()
	for len(r.pending) > 0 {
		e := r.pending[0]
		r.pending = r.pending[1:]
		v, err := r.call(r.m.Program().Tools[e.Tool.Tool].Name(), e.Tool.Args)
		r.take(e.Done(engine.Result{Value: v, Err: err}))
	}
	return r.m.Status()
}

func begin(t *testing.T, f *spec.Flow, inputs ...value.Member) *runner {
	t.Helper()
	r := &runner{T: t, m: engine.New(flowtest.Compile(t, f), engine.Limits{})}
	r.call = func(name string, args *value.Object) (value.Value, *engine.Error) {
		return value.String(name + "(" + args.Of().String() + ")"), nil
	}
	r.take(engine.Begin{Inputs: value.NewObject(inputs...)})
	return r
}

// outcome is what a flow came to, as text.
func outcome(s engine.Status) string {
	switch s := s.(type) {
	case engine.Finished:
		return s.Outputs.Of().String()
	case engine.Failed:
		return s.Err.Class + ": " + s.Err.Message
	default:
		return fmt.Sprintf("%T", s)
	}
}

func said(m *engine.Machine) (texts []string) {
	for _, msg := range m.Messages() {
		texts = append(texts, msg.Text())
	}
	return texts
}

func parse(t *testing.T, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func of(name string, t *value.Type) value.Property { return value.Property{Title: name, Type: t} }

// around makes a flow of one node, whose inputs and outputs are those of the flow, by their outer names.
func around(n spec.Node, inputs, outputs []value.Property) *flowtest.Graph {
	g := flowtest.NewGraph("around", inputs...)
	g.Add(n, "node")
	end := g.End("end", outputs...)
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	for _, p := range inputs {
		g.Data(g.Start(), p.Title, n, p.Title)
	}
	for _, p := range outputs {
		g.Data(n, p.Title, end, p.Title)
	}
	return g
}

// render is a flow that renders a template of its inputs.
func render(template string, inputs ...value.Property) *spec.Flow {
	g := flowtest.NewGraph("render "+template, inputs...)
	t := g.Add(&spec.TemplateNode{Template: template}, "template")
	end := g.End("end", flowtest.Text("output"))
	g.Edge(g.Start(), "", t)
	g.Edge(t, "", end)
	for _, p := range inputs {
		g.Data(g.Start(), p.Title, t, p.Title)
	}
	g.Data(t, "output", end, "output")
	return g.Flow
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

func TestMapOfTheCore(t *testing.T) {
	t.Parallel()
	texts, text := value.ListOf(value.StringType), value.StringType
	sub := render("{{ a }}-{{ b }}", flowtest.Texts("a", "b")...)
	tests := []struct {
		name   string
		a, b   *value.Type
		inputs string
		want   string
	}{
		{"one iterated, one constant", texts, text, `{"iterated_a": ["x", "y"], "iterated_b": "c"}`, `{"collected_output":["x-c","y-c"]}`},
		{"two iterated together", texts, texts, `{"iterated_a": ["x", "y"], "iterated_b": ["1", "2"]}`, `{"collected_output":["x-1","y-2"]}`},
		{"no items", texts, text, `{"iterated_a": [], "iterated_b": "c"}`, `{"collected_output":[]}`},
		{"items that need a cast", value.ListOf(value.IntegerType), text, `{"iterated_a": [1], "iterated_b": "c"}`, `{"collected_output":["1-c"]}`},
		{
			"the value decides", value.AnyType, value.AnyType, `{"iterated_a": ["x", "y"], "iterated_b": "c"}`,
			`{"collected_output":["x-c","y-c"]}`,
		},
		{
			"unequal lengths", texts, texts, `{"iterated_a": ["x"], "iterated_b": ["1", "2"]}`,
			`ValueError: there are 1 items for "a" and 2 for "b"; lists that are iterated together must be equally long`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := []value.Property{of("iterated_a", test.a), of("iterated_b", test.b)}
			out := []value.Property{of("collected_output", texts)}
			for _, n := range []spec.Node{&spec.MapNode{Subflow: sub}, &spec.ParallelMapNode{Subflow: sub}} {
				given, _ := parse(t, test.inputs).AsObject()
				r := begin(t, around(n, in, out).Flow, members(given)...)
				if got := outcome(r.finish()); got != test.want {
					t.Errorf("%T: got %s, want %s", n, got, test.want)
				}
			}
		})
	}
}

func members(o *value.Object) (all []value.Member) {
	for k, v := range o.All() {
		all = append(all, value.Member{Key: k, Value: v})
	}
	return all
}

func TestMapReduces(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reducer, list string
		of            *value.Type
		want          string
	}{
		{"sum", "[1, 2, 3]", value.IntegerType, "6"},
		{"sum", "[1, 2.5]", value.NumberType, "3.5"},
		{"sum", "[]", value.IntegerType, "0"},
		{"sum", "[]", value.NumberType, "0.0"},
		{"sum", "[9007199254740993, 9007199254740993]", value.IntegerType, "18014398509481986"},
		{"average", "[1, 2]", value.IntegerType, "1.5"},
		{"average", "[]", value.NumberType, `ValueError: output "collected_x" has no value; give it a default`},
		{"max", "[1, 3, 2]", value.IntegerType, "3"},
		{"min", "[2.5, -1]", value.NumberType, "-1.0"},
		{"max", `["b", "c", "a"]`, value.StringType, `"c"`},
		{"append", "[2, 1]", value.IntegerType, "[2,1]"},
	}
	for _, test := range tests {
		n := &spec.MapNode{Subflow: pass(of("x", test.of)), Reducers: spec.Dict[string]{{Key: "x", Value: test.reducer}}}
		out := test.of
		switch test.reducer {
		case "append":
			out = value.ListOf(test.of)
		case "average":
			out = value.NumberType
		}
		f := around(n, []value.Property{of("iterated_x", value.ListOf(test.of))}, []value.Property{of("collected_x", out)}).Flow
		r := begin(t, f, value.Member{Key: "iterated_x", Value: parse(t, test.list)})
		want := test.want
		if !strings.Contains(want, "Error") {
			want = `{"collected_x":` + want + `}`
		}
		if got := outcome(r.finish()); got != want {
			t.Errorf("%s of %s: got %s, want %s", test.reducer, test.list, got, want)
		}
	}
}

func TestMapOfTheExtension(t *testing.T) {
	t.Parallel()
	text := value.StringType
	tests := []struct {
		name   string
		items  *value.Type
		unpack spec.Dict[string]
		inputs string
		want   string
	}{
		{
			"entries of an object in their order", value.DictOf(value.IntegerType),
			spec.Dict[string]{{Key: "a", Value: "._key"}, {Key: "b", Value: "._value"}},
			`{"z": 1, "y": 2}`, `{"output":["z-1","y-2"]}`,
		},
		{
			"parts of an item", value.ListOf(nil),
			spec.Dict[string]{{Key: "a", Value: ".n"}, {Key: "b", Value: ".l | length"}},
			`[{"n": "x", "l": [1, 2]}]`, `{"output":["x-2"]}`,
		},
		{"a query with many results", value.ListOf(nil), spec.Dict[string]{{Key: "a", Value: ".[]"}, {Key: "b", Value: ".[1]"}}, `[["x", "y"]]`, `{"output":["x-y"]}`},
		{
			"a query that finds nothing", value.ListOf(nil),
			spec.Dict[string]{{Key: "a", Value: "empty"}, {Key: "b", Value: "."}},
			`["x", "y"]`,
			`ValueError: item 0: jq query "empty" finds nothing for input "a"`,
		},
		{
			"a query that finds null for a text", value.ListOf(nil),
			spec.Dict[string]{{Key: "a", Value: ".n"}, {Key: "b", Value: ".n"}},
			`[{"n": "x"}, {}]`,
			`{"output":["x-x","-"]}`,
		},
		{
			"a query that fails", value.ListOf(nil),
			spec.Dict[string]{{Key: "a", Value: ".n"}, {Key: "b", Value: "."}},
			`[1]`,
			`ValueError: item 0: jq query ".n": cannot take key "n" of integer`,
		},
		{"something else than a list", nil, spec.Dict[string]{{Key: "a", Value: "."}, {Key: "b", Value: "."}}, `7`, `TypeError: the items must be a list or an object, not integer`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := &spec.MapNode{Subflow: render("{{ a }}-{{ b }}", flowtest.Texts("a", "b")...), UnpackInput: test.unpack}
			n.Inputs = []value.Property{of("iterated_input", test.items)}
			n.Outputs = []value.Property{of("output", value.ListOf(text))}
			r := begin(t, around(n, n.Inputs, n.Outputs).Flow, value.Member{Key: "iterated_input", Value: parse(t, test.inputs)})
			if got := outcome(r.finish()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestMapSharesItsOtherInputs(t *testing.T) {
	t.Parallel()
	n := &spec.MapNode{Subflow: render("{{ a }}-{{ b }}", flowtest.Texts("a", "b")...), UnpackInput: spec.Dict[string]{{Key: "a", Value: "."}}}
	in := []value.Property{of("iterated_input", value.ListOf(value.StringType)), flowtest.Text("b")}
	n.Outputs = []value.Property{of("output", value.ListOf(value.StringType))}
	r := begin(t, around(n, in, n.Outputs).Flow, value.Member{Key: "iterated_input", Value: parse(t, `["x","y"]`)}, value.Member{Key: "b", Value: value.String("c")})
	if got, want := outcome(r.finish()), `{"output":["x-c","y-c"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestMapWithoutAnOutputOfAnItem holds a null where the list may, and else names the item.
func TestMapWithoutAnOutputOfAnItem(t *testing.T) {
	t.Parallel()
	optional := value.Optional(value.StringType)
	for want, items := range map[string]*value.Type{
		`{"collected_x":["a",null]}`:                             optional,
		`KeyError: item 1 gave no output "x"; give it a default`: value.StringType,
	} {
		sub := pass(of("x", optional))
		n := &spec.MapNode{Subflow: sub}
		n.Outputs = []value.Property{of("collected_x", value.ListOf(items))}
		f := around(n, []value.Property{of("iterated_x", value.ListOf(optional))}, n.Outputs).Flow
		r := begin(t, f, value.Member{Key: "iterated_x", Value: parse(t, `["a", null]`)})
		if got := outcome(r.finish()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestMapOfTooManyItems(t *testing.T) {
	t.Parallel()
	n := &spec.ParallelMapNode{Subflow: pass(flowtest.Text("x"))}
	f := around(n, []value.Property{of("iterated_x", value.ListOf(value.StringType))}, []value.Property{of("collected_x", value.ListOf(value.StringType))}).Flow
	m := engine.New(flowtest.Compile(t, f), engine.Limits{Items: 2})
	_, err := m.Advance(engine.Begin{Inputs: value.NewObject(value.Member{Key: "iterated_x", Value: parse(t, `["a","b","c"]`)})})
	if err != nil {
		t.Fatal(err)
	}
	want := "RuntimeError: there are 3 items, more than 2; split the list, or raise the limit of items"
	if got := outcome(m.Status()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSequentialMapAsksTheUser asks for one item after the other.
func TestSequentialMapAsksTheUser(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("ask", flowtest.Text("x"))
	question := "{{ x }}?"
	ask := g.Add(&spec.InputMessageNode{Message: &question}, "ask")
	end := g.End("end", flowtest.Text("user_input"))
	g.Edge(g.Start(), "", ask)
	g.Edge(ask, "", end)
	g.Data(g.Start(), "x", ask, "x")
	g.Data(ask, "user_input", end, "user_input")
	f := around(&spec.MapNode{Subflow: g.Flow}, []value.Property{of("iterated_x", value.ListOf(value.StringType))},
		[]value.Property{of("collected_user_input", value.ListOf(value.StringType))}).Flow
	r := begin(t, f, value.Member{Key: "iterated_x", Value: parse(t, `["tea","milk"]`)})
	for _, answer := range []string{"yes", "no"} {
		waiting, ok := r.m.Status().(engine.Waiting)
		if !ok || len(waiting.Requests) != 1 {
			t.Fatalf("status %v, want one request", r.m.Status())
		}
		msg := message.Text(message.User, answer)
		r.take(engine.Answer{ID: waiting.Requests[0].ID, Message: &msg})
	}
	if got, want := outcome(r.finish()), `{"collected_user_input":["yes","no"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{"tea?", "yes", "milk?", "no"}, said(r.m)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// trial is a flow whose output good a tool decides.
func trial(outputs ...value.Property) *spec.Flow {
	tool := flowtest.ServerTool("try", nil, []value.Property{of("good", value.AnyType)})
	g := flowtest.NewGraph("trial")
	call := g.Add(&spec.ToolNode{Tool: tool}, "call")
	end := g.End("done here", append([]value.Property{of("good", value.AnyType)}, outputs...)...)
	end.BranchName = "fine"
	g.Edge(g.Start(), "", call)
	g.Edge(call, "", end)
	g.Data(call, "good", end, "good")
	return g.Flow
}

// TestRetry counts trials, and takes the branch name of the end node that was reached.
func TestRetry(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		trials  *int
		results []string
		want    string
	}{
		{"at once", nil, []string{`true`}, `{"n":1,"way":"fine"}`},
		{"later", nil, []string{`false`, `0`, `"yes"`}, `{"n":3,"way":"fine"}`},
		{"never", new(2), []string{`false`, `""`}, `{"n":2,"way":"failure"}`},
		{"no trials are one", new(0), []string{`false`}, `{"n":1,"way":"failure"}`},
		{"text is true", new(2), []string{`"false"`}, `{"n":1,"way":"fine"}`},
		{"null", new(2), []string{`null`}, `KeyError: the output "good" that says whether it went well has no value; give it a default`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := flowtest.NewGraph("main")
			n := g.Add(&spec.RetryNode{Flow: trial(), SuccessCondition: "good", MaxNumTrials: test.trials}, "retry")
			g.Edge(g.Start(), "", n)
			outs := []value.Property{of("n", value.IntegerType), flowtest.Text("way")}
			end := g.End("end", outs...)
			for _, way := range []string{"fine", "failure"} {
				c := g.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "way", Value: value.String(way)})}, way)
				g.Edge(n, way, c)
				g.Edge(c, "", end)
				g.Data(c, "way", end, "way")
			}
			g.Data(n, "retry_step_num_retries", end, "n")
			r := begin(t, g.Flow)
			left := test.results
			ids := map[string]bool{}
			r.call = func(string, *value.Object) (value.Value, *engine.Error) {
				v := parse(t, left[0])
				left = left[1:]
				return v, nil
			}
			for _, e := range r.pending {
				ids[e.ID] = true
			}
			if got := outcome(r.finish()); got != test.want || len(left) > 0 {
				t.Errorf("got %s with results %v left, want %s", got, left, test.want)
			}
		})
	}
}

// TestRetryLoopsBackItsOutputs feeds a trial what the one before yielded.
func TestRetryLoopsBackItsOutputs(t *testing.T) {
	t.Parallel()
	tool := flowtest.ServerTool("grow", flowtest.Texts("x"), []value.Property{flowtest.Text("x2"), of("good", value.BooleanType)})
	sub := flowtest.ToolFlow("grow", tool)
	g := flowtest.NewGraph("main", flowtest.Text("x"))
	n := g.Add(&spec.RetryNode{Flow: sub, SuccessCondition: "good"}, "retry")
	end := g.End("end", flowtest.Text("x2"))
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Data(g.Start(), "x", n, "x")
	g.Data(n, "x2", n, "x")
	g.Data(n, "x2", end, "x2")
	r := begin(t, g.Flow, value.Member{Key: "x", Value: value.String("a")})
	r.call = func(_ string, args *value.Object) (value.Value, *engine.Error) {
		x, _ := args.Get("x")
		grown := x.Str() + "a"
		return value.Obj(
			value.Member{Key: "x2", Value: value.String(grown)}, value.Member{Key: "good", Value: value.Bool(len(grown) > 3)},
		), nil
	}
	if got, want := outcome(r.finish()), `{"x2":"aaaa"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// failing says something, calls the tool "fail", and has outputs that it computed before.
func failing() *spec.Flow {
	tool := flowtest.ServerTool("fail", nil, nil)
	g := flowtest.NewGraph("failing")
	outs := []value.Property{of("number", value.IntegerType), flowtest.Text("text").WithDefault(value.String("none"))}
	c := g.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(
		value.Member{Key: "number", Value: value.Int(7)}, value.Member{Key: "text", Value: value.String("some")},
	)}, "values")
	say := g.Add(&spec.OutputMessageNode{Message: "so far so good"}, "say")
	call := g.Add(&spec.ToolNode{Tool: tool}, "call")
	end := g.End("end", outs...)
	g.Flow.Outputs = outs
	g.Edge(g.Start(), "", c)
	g.Edge(c, "", say)
	g.Edge(say, "", call)
	g.Edge(call, "", end)
	for _, p := range outs {
		g.Data(c, p.Title, end, p.Title)
	}
	return g.Flow
}

// caughtBy runs a node that catches, and yields the branch it takes and what it yields.
func caughtBy(t *testing.T, n *spec.PluginCatchExceptionNode, err *engine.Error) string {
	t.Helper()
	g := flowtest.NewGraph("main")
	g.Add(n, "catch")
	g.Edge(g.Start(), "", n)
	outs := append(flowtest.Texts("way", "exception_name", "exception_payload_name"), of("number", value.IntegerType), flowtest.Text("text"))
	end := g.End("end", outs...)
	ways := []string{"next"}
	for _, e := range n.ExceptOn {
		ways = append(ways, e.Value)
	}
	if n.CatchAllExceptions {
		ways = append(ways, "default_exception_branch")
	}
	for i, way := range ways {
		c := g.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "way", Value: value.String(way)})}, fmt.Sprint("way", i))
		g.Edge(n, way, c)
		g.Edge(c, "", end)
		g.Data(c, "way", end, "way")
	}
	for _, p := range outs[1:] {
		g.Data(n, p.Title, end, p.Title)
	}
	r := begin(t, g.Flow)
	r.call = func(string, *value.Object) (value.Value, *engine.Error) { return value.Null, err }
	got := outcome(r.finish())
	if diff := cmp.Diff([]string{"so far so good"}, said(r.m)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	return got
}

// TestCatchGoesByClass prefers the class itself to those above it.
func TestCatchGoesByClass(t *testing.T) {
	t.Parallel()
	except := func(pairs ...string) (d spec.Dict[string]) {
		for i := 0; i < len(pairs); i += 2 {
			d = append(d, spec.Entry[string]{Key: pairs[i], Value: pairs[i+1]})
		}
		return d
	}
	lookup := &engine.Error{Class: "KeyError", Message: "'k'"}
	tests := []struct {
		name   string
		except spec.Dict[string]
		all    bool
		err    *engine.Error
		want   string
	}{
		{"nothing failed", except("KeyError", "k"), true, nil, `{"way":"next","exception_name":"","exception_payload_name":"","number":7,"text":"some"}`},
		{"its class", except("ValueError", "v", "KeyError", "k"), true, lookup, `{"way":"k","exception_name":"KeyError","exception_payload_name":"'k'","number":0,"text":"none"}`},
		{"a class above", except("LookupError", "l", "Exception", "e"), false, lookup, `{"way":"l","exception_name":"KeyError","exception_payload_name":"'k'","number":0,"text":"none"}`},
		{"its class before one above", except("KeyError", "k", "Exception", "e"), false, lookup, `{"way":"k","exception_name":"KeyError","exception_payload_name":"'k'","number":0,"text":"none"}`},
		{
			"classes that the tool knows", except("Shortage", "s"), false, &engine.Error{Class: "OutOfStock", Ancestors: []string{"Shortage"}, Message: "m"},
			`{"way":"s","exception_name":"OutOfStock","exception_payload_name":"m","number":0,"text":"none"}`,
		},
		{"the rest", except("ValueError", "v"), true, lookup, `{"way":"default_exception_branch","exception_name":"KeyError","exception_payload_name":"'k'","number":0,"text":"none"}`},
		{"not caught", except("ValueError", "v"), false, lookup, `KeyError: 'k'`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := &spec.PluginCatchExceptionNode{Flow: failing(), ExceptOn: test.except, CatchAllExceptions: test.all}
			if got := caughtBy(t, n, test.err); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestCatchOfTheCore(t *testing.T) {
	t.Parallel()
	sub := failing()
	for i := range sub.Outputs {
		sub.Outputs[i] = sub.Outputs[i].WithDefault(sub.Outputs[i].Default)
	}
	n := &spec.CatchExceptionNode{Subflow: sub}
	optional := value.Optional(value.StringType)
	n.Outputs = []value.Property{
		of("number", value.IntegerType).WithDefault(value.Int(-1)), flowtest.Text("text").WithDefault(value.String("-")),
		of("caught_exception_info", optional).WithDefault(value.Null),
	}
	g := flowtest.NewGraph("main")
	g.Add(n, "catch")
	end := g.End("end", n.Outputs...)
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Edge(n, "caught_exception_branch", end)
	for _, p := range n.Outputs {
		g.Data(n, p.Title, end, p.Title)
	}
	for _, test := range []struct {
		err  *engine.Error
		want string
	}{
		{&engine.Error{Class: "RuntimeError", Message: "no"}, `{"number":-1,"text":"-","caught_exception_info":"no"}`},
		{nil, `{"number":7,"text":"some"}`},
	} {
		r := begin(t, g.Flow)
		r.call = func(string, *value.Object) (value.Value, *engine.Error) { return value.Null, test.err }
		if got := outcome(r.finish()); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// sayAndCall is a flow that says something and calls a tool.
func sayAndCall(name string) *spec.Flow {
	g := flowtest.NewGraph(name)
	say := g.Add(&spec.OutputMessageNode{Message: name + " begins"}, "say")
	call := g.Add(&spec.ToolNode{Tool: flowtest.ServerTool(name, nil, nil)}, "call")
	end := g.End("end")
	g.Edge(g.Start(), "", say)
	g.Edge(say, "", call)
	g.Edge(call, "", end)
	return g.Flow
}

// TestCatchAroundParallelBranches keeps what the branches up to the failed one have said, in order, and calls off what
// the later ones wait for.
func TestCatchAroundParallelBranches(t *testing.T) {
	t.Parallel()
	fan := flowtest.Fan("fan", 3, []*spec.Flow{sayAndCall("one"), sayAndCall("two"), sayAndCall("three")})
	g := flowtest.NewGraph("main")
	n := g.Add(&spec.PluginCatchExceptionNode{Flow: fan, CatchAllExceptions: true}, "catch")
	end := g.End("end")
	say := g.Add(&spec.OutputMessageNode{Message: "on we go"}, "say")
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Edge(n, "default_exception_branch", say)
	g.Edge(say, "", end)
	r := begin(t, g.Flow)
	effects := r.pending
	out, err := r.m.Advance(effects[1].Done(engine.Result{Err: &engine.Error{Class: "ValueError", Message: "no"}}))
	if err != nil || len(out.Cancels) != 1 || out.Cancels[0] != effects[2] {
		t.Fatalf("after the failure: %v, cancels %v, want the third effect", err, out.Cancels)
	}
	if _, running := r.m.Status().(engine.Running); !running {
		t.Fatalf("status %T, want the first branch to run on", r.m.Status())
	}
	r.take(effects[0].Done(engine.Result{}))
	r.take(effects[2].Done(engine.Result{})) // too late, changes nothing
	if got := outcome(r.m.Status()); got != "{}" {
		t.Errorf("got %s, want the end", got)
	}
	if diff := cmp.Diff([]string{"one begins", "two begins", "on we go"}, said(r.m)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func offered(name string, kind *value.Type, v string, t *testing.T) *spec.ConstantContextProvider {
	p := &spec.ConstantContextProvider{Value: parse(t, v)}
	p.ID, p.Name = "provider."+name, "provider "+name
	p.Outputs = []value.Property{of(name, kind)}
	return p
}

func clock(name string) *spec.ToolContextProvider {
	p := &spec.ToolContextProvider{Tool: flowtest.ServerTool("clock", nil, flowtest.Texts("now")), OutputName: name}
	p.ID, p.Name = "provider."+name, "provider "+name
	return p
}

// TestProviderIsAskedOncePerVisit asks once for each node that uses the value, however often it does and however deep it
// lies.
func TestProviderIsAskedOncePerVisit(t *testing.T) {
	t.Parallel()
	inner := render("{{ x }} {{ time }} {{ time }}", flowtest.Text("x"), flowtest.Text("time"))
	g := flowtest.NewGraph("main", flowtest.Text("x"))
	p := clock("time")
	g.Flow.ContextProviders = []spec.ContextProvider{p}
	n := g.Add(&spec.FlowNode{Subflow: inner}, "inner")
	say := g.Add(&spec.OutputMessageNode{Message: "{{ a }} {{ b }}"}, "say")
	end := g.End("end", flowtest.Text("output"))
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", say)
	g.Edge(say, "", end)
	g.Data(g.Start(), "x", n, "x")
	g.Data(n, "output", end, "output")
	g.Data(p, "time", say, "a")
	g.Data(p, "time", say, "b")
	r := begin(t, g.Flow, value.Member{Key: "x", Value: value.String("at")})
	calls := 0
	r.call = func(string, *value.Object) (value.Value, *engine.Error) {
		calls++
		return value.String(fmt.Sprint(calls)), nil
	}
	if got, want := outcome(r.finish()), `{"output":"at 1 1"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{"2 2"}, said(r.m)); diff != "" || calls != 2 {
		t.Errorf("%d calls, want 2; messages (-want +got):\n%s", calls, diff)
	}
}

// TestProvidersOfOneStepAreAskedAtOnce asks two tools, and fails or goes on as one.
func TestProvidersOfOneStepAreAskedAtOnce(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main")
	g.Flow.ContextProviders = []spec.ContextProvider{clock("a"), clock("b"), offered("c", value.IntegerType, "3", t)}
	n := g.Add(&spec.TemplateNode{Template: "{{ a }} {{ b }} {{ c }}"}, "use")
	end := g.End("end", flowtest.Text("output"))
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Data(n, "output", end, "output")
	r := begin(t, g.Flow)
	if len(r.pending) != 2 || r.pending[0].ID == r.pending[1].ID {
		t.Fatalf("%d effects pending, want two with IDs of their own", len(r.pending))
	}
	a, b := r.pending[0], r.pending[1]
	r.pending = nil
	r.take(b.Done(engine.Result{Value: value.String("B")}))
	r.take(a.Done(engine.Result{Err: &engine.Error{Class: "ValueError", Message: "no"}}))
	if got := outcome(r.m.Status()); got != "ValueError: no" {
		t.Fatalf("got %s, want the failure", got)
	}
	r.take(engine.Retry{})
	if len(r.pending) != 1 || r.pending[0].ID != a.ID {
		t.Fatalf("pending after a retry: %v, want %s again", r.pending, a.ID)
	}
	r.call = func(string, *value.Object) (value.Value, *engine.Error) { return value.String("A"), nil }
	if got, want := outcome(r.finish()), `{"output":"A B 3"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestStartNodeHandsOnWhatAProviderOffers asks at the start where the value goes on under another name.
func TestStartNodeHandsOnWhatAProviderOffers(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main", flowtest.Text("day"))
	g.Flow.ContextProviders = []spec.ContextProvider{offered("day", value.StringType, `"Monday"`, t)}
	n := g.Add(&spec.TemplateNode{Template: "{{ x }}"}, "use")
	end := g.End("end", flowtest.Text("output"))
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Data(g.Start(), "day", n, "x")
	g.Data(n, "output", end, "output")
	if got, want := outcome(begin(t, g.Flow).finish()), `{"output":"Monday"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	list := of("log", value.ListOf(value.StringType)).WithDefault(parse(t, `["a"]`))
	dict := of("facts", value.DictOf(value.IntegerType)).WithDefault(parse(t, `{"x": 1}`))
	number := of("sum", value.NumberType).WithDefault(value.Int(1))
	unset := of("unset", value.StringType)
	anything := of("thing", value.AnyType).WithDefault(value.Int(1))
	tests := []struct {
		name   string
		write  value.Property
		op     string
		given  string
		inType *value.Type
		read   value.Property
		want   string
	}{
		{"insert", list, "insert", `"b"`, value.StringType, list, `{"log":["a","b"]}`},
		{"merge lists", list, "merge", `["b","c"]`, list.Type, list, `{"log":["a","b","c"]}`},
		{"merge objects", dict, "merge", `{"y":2,"x":3}`, dict.Type, dict, `{"facts":{"x":3,"y":2}}`},
		{"overwrite", list, "overwrite", `[]`, list.Type, list, `{"log":[]}`},
		{"an integer becomes a number", number, "overwrite", `2`, value.IntegerType, number, `{"sum":2.0}`},
		{"unset", number, "overwrite", `2`, value.IntegerType, unset, `ValueError: variable "unset" has no value yet; write it first, or give it a default`},
		{"another kind", anything, "overwrite", `"text"`, value.StringType, anything, `ValueError: variable "thing" holds integer, so it cannot become string`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := &spec.VariableNode{
				WriteVariables: []value.Property{test.write}, ReadVariables: []value.Property{test.read},
				WriteOperations: spec.Dict[string]{{Key: test.write.Title, Value: test.op}},
			}
			g := around(n, []value.Property{of(test.write.Title, test.inType)}, []value.Property{test.read.WithoutDefault()})
			g.Flow.State = []value.Property{list, dict, number, unset, anything}
			r := begin(t, g.Flow, value.Member{Key: test.write.Title, Value: parse(t, test.given)})
			if got := outcome(r.finish()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestValuesReadFromVariablesStay reads a variable that changes afterwards.
func TestValuesReadFromVariablesStay(t *testing.T) {
	t.Parallel()
	v := of("log", value.ListOf(value.StringType)).WithDefault(parse(t, `["a"]`))
	g := flowtest.NewGraph("main")
	g.Flow.State = []value.Property{v}
	read := g.Add(&spec.ReadVariableNode{Variable: v}, "read")
	word := g.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "word", Value: value.String("b")})}, "word")
	write := g.Add(&spec.WriteVariableNode{Variable: v, Operation: spec.WriteInsert}, "write")
	end := g.End("end", of("before", v.Type))
	g.Edge(g.Start(), "", read)
	g.Edge(read, "", word)
	g.Edge(word, "", write)
	g.Edge(write, "", end)
	g.Data(word, "word", write, "value")
	g.Data(read, "value", end, "before")
	if got, want := outcome(begin(t, g.Flow).finish()), `{"before":["a"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
