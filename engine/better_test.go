package engine_test

import (
	"slices"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Each test here is named after something that documents can rely on here and not in the reference.

// counted is a flow whose one tool counts its calls.
func counted() *spec.Flow {
	return flowtest.ToolFlow("counted", flowtest.ServerTool("count", nil, flowtest.Texts("n")))
}

// counting answers the tool with how often it was called.
func counting(r *runner) {
	calls := 0
	r.call = func(string, *value.Object) (value.Value, *engine.Error) {
		calls++
		return value.String(string(rune('0' + calls))), nil
	}
}

func TestParallelNodeInALoopRunsEachTime(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main")
	fan := g.Add(&spec.ParallelFlowNode{Subflows: []*spec.Flow{counted()}}, "fan")
	branch := g.Add(&spec.BranchingNode{Mapping: spec.Dict[string]{{Key: "1", Value: "again"}}}, "branch")
	branch.Ports().Inputs = flowtest.Texts("n")
	end := g.End("end", flowtest.Text("n"))
	g.Edge(g.Start(), "", fan)
	g.Edge(fan, "", branch)
	g.Edge(branch, "again", fan)
	g.Edge(branch, "default", end)
	g.Data(fan, "n", branch, "n")
	g.Data(fan, "n", end, "n")
	r := begin(t, g.Flow)
	counting(r)
	if got := outcome(r.finish()); got != `{"n":"2"}` {
		t.Errorf("got %s, want what the second round yielded", got)
	}
}

func TestFlowThatIsListedTwiceRunsTwice(t *testing.T) {
	t.Parallel()
	say := flowtest.NewGraph("say")
	n := say.Add(&spec.OutputMessageNode{Message: "Hello"}, "hello")
	say.Edge(say.Start(), "", n)
	say.Edge(n, "", say.End("end"))
	r := begin(t, flowtest.Fan("main", 2, []*spec.Flow{say.Flow, say.Flow}))
	r.finish()
	if got := said(r.m); !slices.Equal(got, []string{"Hello", "Hello"}) {
		t.Errorf("said %q", got)
	}
}

func TestQuestionIsPostedAndIsWhatTheRequestShows(t *testing.T) {
	t.Parallel()
	ask := "What is your name?"
	r := begin(t, around(&spec.InputMessageNode{Message: &ask}, nil, nil).Flow)
	waiting, ok := r.m.Status().(engine.Waiting)
	if !ok || waiting.Requests[0].UserMessage.Prompt.Text() != ask || !slices.Equal(said(r.m), []string{ask}) {
		t.Errorf("status %+v, said %q", r.m.Status(), said(r.m))
	}
}

func TestRequestOfAQuietNodeShowsNoMessage(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main")
	say := g.Add(&spec.OutputMessageNode{Message: "not a question"}, "say")
	ask := g.Add(&spec.InputMessageNode{}, "ask")
	g.Edge(g.Start(), "", say)
	g.Edge(say, "", ask)
	g.Edge(ask, "", g.End("end"))
	waiting, ok := begin(t, g.Flow).m.Status().(engine.Waiting)
	if !ok || waiting.Requests[0].UserMessage.Prompt != nil {
		t.Errorf("the request shows %+v", waiting.Requests[0].UserMessage.Prompt)
	}
}

func TestOutputWithADefaultMayBeMissingFromAnEnd(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main", flowtest.Text("x"))
	branch := g.Add(&spec.BranchingNode{Mapping: spec.Dict[string]{{Key: "a", Value: "a"}}}, "branch")
	branch.Ports().Inputs = flowtest.Texts("x")
	with, without := g.End("with", flowtest.Text("out")), g.End("without")
	g.Edge(g.Start(), "", branch)
	g.Edge(branch, "a", with)
	g.Edge(branch, "default", without)
	g.Data(g.Start(), "x", branch, "x")
	g.Data(g.Start(), "x", with, "out")
	g.Flow.Outputs = []value.Property{flowtest.Text("out").WithDefault(value.String("nothing"))}
	for given, want := range map[string]string{"a": `{"out":"a"}`, "b": `{"out":"nothing"}`} {
		r := begin(t, g.Flow, value.Member{Key: "x", Value: value.String(given)})
		if got := outcome(r.finish()); got != want {
			t.Errorf("for %q: got %s, want %s", given, got, want)
		}
	}
}

func TestOutputIsWhatIsWiredToTheEndThatWasReached(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("main")
	constant := func(name, v string) spec.Node {
		return g.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "out", Value: value.String(v)})}, name)
	}
	wired, other := constant("wired", "right"), constant("other", "wrong")
	end := g.End("end", flowtest.Text("out"))
	g.Edge(g.Start(), "", wired)
	g.Edge(wired, "", other)
	g.Edge(other, "", end)
	g.Data(wired, "out", end, "out")
	if got := outcome(begin(t, g.Flow).finish()); got != `{"out":"right"}` {
		t.Errorf("got %s", got)
	}
}
