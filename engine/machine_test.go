package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// begun is a machine that has begun with the inputs of a drawn flow, and what it wants done.
func begun(t *testing.T, p *program.Program, limits engine.Limits) (*engine.Machine, []*engine.Effect) {
	t.Helper()
	m := engine.New(p, limits)
	out, err := m.Advance(engine.Begin{Inputs: flowtest.Inputs()})
	if err != nil {
		t.Fatal(err)
	}
	return m, append([]*engine.Effect(nil), out.Effects...)
}

// give reports the result of an effect and returns what is wanted next.
func give(t *testing.T, m *engine.Machine, e *engine.Effect, v value.Value) []*engine.Effect {
	t.Helper()
	out, err := m.Advance(e.Done(engine.Result{Value: v}))
	if err != nil {
		t.Fatal(err)
	}
	return append([]*engine.Effect(nil), out.Effects...)
}

func texts(m *engine.Machine) (texts []string) {
	for _, msg := range m.Messages() {
		texts = append(texts, msg.Text())
	}
	return texts
}

// sayingFlow says something, and then yields what a tool gives.
func sayingFlow(name string) *spec.Flow {
	g := flowtest.NewGraph(name, flowtest.Text("in"))
	say := g.Add(&spec.OutputMessageNode{Message: "hello from " + name}, "say")
	t := flowtest.ServerTool(name, nil, flowtest.Texts(name))
	call := g.Add(&spec.ToolNode{Tool: t}, "call")
	end := g.End("end", flowtest.Text(name))
	g.Edge(g.Start(), "", say)
	g.Edge(say, "", call)
	g.Edge(call, "", end)
	g.Data(call, name, end, name)
	return g.Flow
}

// TestRetryOfAJoinSaysNothingTwice has a parallel node fail since one of its branches yields nothing.
func TestRetryOfAJoinSaysNothingTwice(t *testing.T) {
	t.Parallel()
	p := flowtest.Compile(t, flowtest.Fan("fan", 2, []*spec.Flow{sayingFlow("a"), sayingFlow("b")}, flowtest.Text("in")))
	m, effects := begun(t, p, engine.Limits{})
	give(t, m, effects[0], value.String("one"))
	give(t, m, effects[1], value.Null)
	failed, ok := m.Status().(engine.Failed)
	if !ok || !strings.Contains(failed.Err.Message, `"b" has no value`) {
		t.Fatalf("Status() = %#v, want that an output has no value", m.Status())
	}
	want := []string{"hello from a", "hello from b"}
	if diff := cmp.Diff(want, texts(m)); diff != "" {
		t.Errorf("Messages() of the failure (-want +got):\n%s", diff)
	}
	m = reloaded(t, p, m)
	out, err := m.Advance(engine.Retry{})
	if err != nil {
		t.Fatal(err)
	}
	effects = append(effects[:0], out.Effects...)
	for _, e := range effects {
		give(t, m, e, value.String("two"))
	}
	if _, ok := m.Status().(engine.Finished); !ok {
		t.Fatalf("Status() = %#v, want that it finished", m.Status())
	}
	if diff := cmp.Diff(want, texts(m)); diff != "" {
		t.Errorf("Messages() in the end (-want +got):\n%s", diff)
	}
}

// loopOf runs a flow again and again.
func loopOf(sub *spec.Flow) *spec.Flow {
	g := flowtest.NewGraph("loop", flowtest.Text("in"))
	run := g.Add(&spec.FlowNode{Subflow: sub}, "run")
	branch := g.Add(&spec.BranchingNode{Mapping: spec.Dict[string]{{Key: "again", Value: "again"}}}, "branch")
	g.Edge(g.Start(), "", run)
	g.Edge(run, "", branch)
	g.Edge(branch, "again", run)
	g.Edge(branch, "default", g.End("end"))
	g.Data(g.Start(), "in", run, "in")
	g.Data(run, "a", branch, "branching_mapping_key")
	return g.Flow
}

// TestStepsAreCountedSinceTheLastWait has a flow run many more steps than the limit, but wait in between, inside a
// sub-flow.
func TestStepsAreCountedSinceTheLastWait(t *testing.T) {
	t.Parallel()
	m, effects := begun(t, flowtest.Compile(t, loopOf(sayingFlow("a"))), engine.Limits{Steps: 8})
	for range 100 {
		if len(effects) != 1 {
			t.Fatalf("Status() = %#v, want that a tool is called", m.Status())
		}
		effects = give(t, m, effects[0], value.String("again"))
	}
	give(t, m, effects[0], value.String("enough"))
	if _, ok := m.Status().(engine.Finished); !ok {
		t.Errorf("Status() = %#v, want that it finished", m.Status())
	}
}

func TestLoopsAreBounded(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("endless", flowtest.Text("in"))
	say := g.Add(&spec.TemplateNode{Template: "round"}, "round")
	branch := g.Add(&spec.BranchingNode{Mapping: spec.Dict[string]{{Key: "round", Value: "again"}}}, "branch")
	g.Edge(g.Start(), "", say)
	g.Edge(say, "", branch)
	g.Edge(branch, "again", say)
	g.Edge(branch, "default", g.End("end"))
	g.Data(say, "output", branch, "branching_mapping_key")
	m, _ := begun(t, flowtest.Compile(t, g.Flow), engine.Limits{Steps: 100})
	failed, ok := m.Status().(engine.Failed)
	if !ok || !strings.Contains(failed.Err.Error(), "raise the limit of steps") {
		t.Errorf("Status() = %#v, want that the loop was ended", m.Status())
	}
}

// TestStepsOfAllFlowsCount runs a short flow so often that all of it together is too much.
func TestStepsOfAllFlowsCount(t *testing.T) {
	t.Parallel()
	say := flowtest.NewGraph("round", flowtest.Text("in"))
	round := say.Add(&spec.TemplateNode{Template: "again"}, "round")
	end := say.End("end", flowtest.Text("a"))
	say.Edge(say.Start(), "", round)
	say.Edge(round, "", end)
	say.Data(round, "output", end, "a")
	m, _ := begun(t, flowtest.Compile(t, loopOf(say.Flow)), engine.Limits{Steps: 1000})
	failed, ok := m.Status().(engine.Failed)
	if !ok || !strings.Contains(failed.Err.Error(), "took 1000 steps without waiting") {
		t.Errorf("Status() = %#v, want that the loop was ended", m.Status())
	}
}

func TestEventsThatDoNotFit(t *testing.T) {
	t.Parallel()
	p := flowtest.Compile(t, sayingFlow("a"))
	m := engine.New(p, engine.Limits{})
	if _, err := m.Advance(engine.Retry{}); err == nil {
		t.Error("Advance(Retry) is taken before the begin")
	}
	m, effects := begun(t, p, engine.Limits{})
	before := string(snapshot(t, m))
	for _, ev := range []engine.Event{engine.Begin{Inputs: flowtest.Inputs()}, engine.Retry{}, engine.Answer{ID: "3"}, nil} {
		if _, err := m.Advance(ev); err == nil {
			t.Errorf("Advance(%#v) is taken", ev)
		}
	}
	if out, err := m.Advance(engine.EffectDone{ID: "7"}); err != nil || len(out.Effects) > 0 {
		t.Errorf("Advance() = %v, %v for a result that nobody waits for", out, err)
	}
	if diff := cmp.Diff(before, string(snapshot(t, m))); diff != "" {
		t.Errorf("events that were refused changed the state (-want +got):\n%s", diff)
	}
	give(t, m, effects[0], value.String("x"))
	give(t, m, effects[0], value.String("y"))
	done, ok := m.Status().(engine.Finished)
	if !ok || done.Outputs.Of().String() != `{"a":"x"}` {
		t.Errorf("Status() = %#v, want the first of two results", m.Status())
	}
}
