package engine_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

// drawAgents draws an agent or a team, alone or in a flow whose branches run at once, and compiles it.
func drawAgents(t *rapid.T) *program.Program {
	root := spec.Component(flowtest.DrawAgent(t, 2))
	if rapid.Bool().Draw(t, "in a flow") {
		root = agentFlow(root.(spec.AgenticComponent))
	}
	p, err := program.Compile(root)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

// agentFlow runs an agent in two branches at once, which catch its failures.
func agentFlow(a spec.AgenticComponent) *spec.Flow {
	branch := func(name string) *spec.Flow {
		g := flowtest.NewGraph(name+"-inner", flowtest.Text("in"))
		run := g.Add(&spec.AgentNode{Agent: a}, "run")
		end := g.End("end", flowtest.Text(name))
		g.Edge(g.Start(), "", run)
		g.Edge(run, "", end)
		g.Data(run, "result", end, name)
		g.Flow.Outputs = flowtest.Texts(name)
		o := flowtest.NewGraph(name, flowtest.Text("in"))
		c := o.Add(&spec.PluginCatchExceptionNode{Flow: g.Flow, CatchAllExceptions: true}, "catch")
		last := o.End("end", flowtest.Text(name))
		o.Edge(o.Start(), "", c)
		o.Edge(c, "", last)
		o.Edge(c, "default_exception_branch", last)
		o.Data(o.Start(), "in", c, "in")
		o.Data(c, name, last, name)
		return o.Flow
	}
	f := flowtest.Fan("fan", 2, []*spec.Flow{branch("left"), branch("right")}, flowtest.Text("in"))
	for _, n := range f.Nodes {
		if fan, ok := n.(*spec.ParallelFlowNode); ok {
			fan.AllowQuestions = true
		}
	}
	return f
}

// lasting is long enough for agents that talk to each other, and go on until they have submitted.
const lasting = 100_000

func TestSuspendingAgentsAtEachEventChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawAgents(t)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{Events: lasting})
		got := drive(t, p, &flowtest.World{}, flowtest.Plan{
			Events:  lasting,
			Suspend: func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) },
		})
		wantSame(t, want, got)
	})
}

// TestOrderOfResultsChangesNoAgent lets tools, models and people answer in any order.
func TestOrderOfResultsChangesNoAgent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawAgents(t)
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{Events: lasting})
		plan := anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })
		plan.Events = lasting
		got := drive(t, p, &flowtest.World{}, plan)
		want.Effects, got.Effects = nil, nil // what runs beside a failure is chance
		wantSame(t, want, got)
	})
}

// TestRetriedAgentsEndAsIfNothingHadFailed has a tool fail once at some places.
func TestRetriedAgentsEndAsIfNothingHadFailed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := flowtest.DrawAgent(t, 2)
		raising(a)
		p, err := program.Compile(a)
		if err != nil {
			t.Fatal(err)
		}
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{Events: lasting})
		plan := anyOrder(t, func(m *engine.Machine) *engine.Machine { return reloaded(t, p, m) })
		plan.Retry, plan.Events = 1000, lasting
		got := drive(t, p, &flowtest.World{Flaky: true}, plan)
		wantSame(t, want, got)
	})
}

// raising has all agents raise failures, and takes the tools away that always fail.
func raising(root spec.Component) {
	spec.Walk(root, func(c spec.Component) bool {
		if a, ok := c.(*spec.Agent); ok {
			a.RaiseExceptions = true
			var tools []spec.Tool
			for _, tool := range a.Tools {
				if tool.Base().Name != "broken" {
					tools = append(tools, tool)
				}
			}
			a.Tools, a.Flows = tools, nil
		}
		return true
	})
}

// TestNoEventBreaksAgents gives events that fit and such that do not.
func TestNoEventBreaksAgents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawAgents(t)
		m := engine.New(p, engine.Limits{Steps: 500})
		begin := engine.Begin{Inputs: flowtest.Inputs()}
		if len(p.Main.Inputs) == 0 {
			begin.Inputs = nil
		}
		if _, err := m.Advance(begin); err != nil {
			t.Fatal(err)
		}
		tortured(t, p, m)
	})
}

// TestDamagedAgentsAreRefusedOrWork changes what was stored of agents, at random.
func TestDamagedAgentsAreRefusedOrWork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawAgents(t)
		m := engine.New(p, engine.Limits{Steps: 500})
		_, _ = flowtest.Drive(m, &flowtest.World{Program: p}, flowtest.Plan{
			Events: rapid.IntRange(0, 12).Draw(t, "stop"), Next: func(n int) int { return n - 1 },
		})
		bad := flowtest.Damage(t, snapshot(t, m))
		defer func() {
			if p := recover(); p != nil {
				t.Fatalf("%v\n%s", p, bad)
			}
		}()
		loaded, err := engine.Load(p, bad, engine.Limits{Steps: 500})
		if err != nil {
			return
		}
		waitsForSomething(t, loaded)
		tortured(t, p, loaded)
	})
}
