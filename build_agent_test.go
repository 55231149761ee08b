package wayflow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

// TestBuiltAgentsAreTheirDocuments builds agents and teams, exports them, and loads what was written.
func TestBuiltAgentsAreTheirDocuments(t *testing.T) {
	t.Parallel()
	expert := wayflow.Agent("expert", llm, "You know {{topic}}.").Describe("Knows much").
		Inputs(wayflow.Port[string]("topic").WithDescription("the subject")).Outputs(wayflow.Port[string]("answer"))
	front := wayflow.Agent("front", llm, "You help.").Describe("Helps").
		Greeting("Hello!").Tools(clock).Confirmed(check).Agents(expert).MaxIterations(4).MayFinish().
		Flows(wayflow.Sequence("code", wayflow.Ask("ask", "Which?")))
	parts := map[string]wayflow.Part{
		"agent":   front,
		"swarm":   wayflow.Swarm("clinic", front).Calls(front, expert).Calls(expert, front).Handoff(spec.HandoffAlways),
		"manager": wayflow.ManagerWorkers("office", front, expert, wayflow.ManagerWorkers("inner", wayflow.Agent("lead", llm, "Lead."), wayflow.Agent("x", llm, "Be x."))),
		"flow": wayflow.Sequence("judge",
			wayflow.RunAgent("run", wayflow.Agent("critic", llm, "Judge {{thing}}.").Unattended().Outputs(wayflow.Port[int]("score"))).Unattended(),
			wayflow.Say("show", "{{score}}")),
	}
	for name, part := range parts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, err := wayflow.Build(part)
			if err != nil {
				t.Fatal(err)
			}
			first, err := app.Export(nil)
			if err != nil {
				t.Fatal(err)
			}
			again, err := wayflow.Load(first)
			if err != nil {
				t.Fatalf("%v\n%s", err, first)
			}
			second, err := again.Export(nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(first), string(second)); diff != "" {
				t.Errorf("what was loaded is written differently (-first +second):\n%s", diff)
			}
		})
	}
}

func TestBuiltAgentRuns(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("get_current_time", `{}`), says("It is noon."))
	app, err := wayflow.Build(wayflow.Agent("helper", wayflow.VLLM("scripted", s.URL), "You tell the time.").Tools(clock))
	if err != nil {
		t.Fatal(err)
	}
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "How late is it?"))
	if err != nil {
		t.Fatal(err)
	}
	if got := waits(t, conv).Message.Text(); got != "It is noon." {
		t.Errorf("Message = %q", got)
	}
}

func TestMistakesOfBuiltAgents(t *testing.T) {
	t.Parallel()
	loop := wayflow.Agent("loop", llm, "Be.")
	loop.Agents(loop)
	bad := wayflow.Func("bad", "", func(context.Context, chan int) (string, error) { return "", nil })
	tests := map[string]wayflow.Part{
		"recursive-agent": loop,
		"no-model":        wayflow.Agent("a", nil, "Be."),
		"bad-tool":        wayflow.Agent("a", llm, "Be.").Tools(bad),
		"no-agent":        wayflow.Sequence("f", wayflow.RunAgent("run", nil)),
		"tool-clash":      wayflow.Agent("a", llm, "Be.").Tools(clock).Agents(wayflow.Agent("get current time", llm, "Be.").Describe("x"), wayflow.Agent("get_current_time", llm, "Be.").Describe("x")),
		"relationship":    wayflow.Swarm("s", loop2).Calls(loop2, loop2),
	}
	for code, part := range tests {
		_, err := wayflow.Build(part)
		if err == nil || !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), "build_agent_test.go") {
			t.Errorf("Build() = %v, want the code %s and the place", err, code)
		}
	}
}

var loop2 = wayflow.Agent("loop", llm, "Be.")
