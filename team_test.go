package wayflow_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/model/modeltest"
)

// member is an agent of a team whose model goes by the agent's name.
func member(s *modeltest.Server, name, more string) string {
	return fmt.Sprintf(`{component_type: Agent, id: %[1]s, name: %[1]s, description: about %[1]s, system_prompt: You are kind.,
  llm_config: {component_type: VllmConfig, id: %[1]s-model, name: m, model_id: %[1]s, url: %[2]s}%[3]s}`, name, s.URL, more)
}

// swarmDocument is a swarm of agents a, b and c who all may call each other.
func swarmDocument(s *modeltest.Server, more string) string {
	return fmt.Sprintf(`
component_type: Swarm
agentspec_version: 25.4.2
id: team
name: team
first_agent: {$component_ref: a}
relationships:
- [{$component_ref: a}, {$component_ref: b}]
- [{$component_ref: b}, {$component_ref: a}]
- [{$component_ref: b}, {$component_ref: c}]
- [{$component_ref: c}, {$component_ref: a}]
%s
$referenced_components:
  a: %s
  b: %s
  c: %s
`, more, member(s, "a", ""), member(s, "b", ""), member(s, "c", ""))
}

// modelOf is the model that a request is for.
func modelOf(r *modeltest.Request) string { return fmt.Sprint(r.Body["model"]) }

// byModel answers for each model in turn.
func byModel(s *modeltest.Server, replies map[string][]modeltest.Reply) {
	var mu sync.Mutex
	next := map[string]int{}
	s.Respond(func(r *modeltest.Request) modeltest.Reply {
		mu.Lock()
		defer mu.Unlock()
		n := next[modelOf(r)]
		next[modelOf(r)]++
		if n >= len(replies[modelOf(r)]) {
			return says("nothing more to say")
		}
		return replies[modelOf(r)][n]
	})
}

func send(to, text string) []string {
	return []string{"send_message", fmt.Sprintf(`{"recipient": %q, "message": %q}`, to, text)}
}

// TestSwarmPassesMessages sends messages to agents that can answer, and to such that cannot.
func TestSwarmPassesMessages(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	byModel(s, map[string][]modeltest.Reply{
		"a": {calls(append(send("b", "one"), send("z", "who?")...)...), calls(append(send("a", "me"), send("b", "two")...)...), says("All said.")},
		"b": {says("first"), says("second")},
	})
	conv := opened(t, swarmDocument(s, ""), "go")
	got := spoken(conv)
	for _, want := range []string{
		"result first\n", "result second\n", `result There is nobody called "z" to send a message to. There are: b.`,
		"result You cannot send a message to yourself.", "assistant: All said.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the conversation lacks %q:\n%s", want, got)
		}
	}
	for _, r := range s.Requests() {
		if modelOf(r) != "b" {
			continue
		}
		if asked := fmt.Sprint(r.Messages); strings.Contains(asked, "two") && !strings.Contains(asked, "first") {
			t.Errorf("b has forgotten what it said before: %s", asked)
		}
	}
}

// TestBusyAgentOfASwarmIsNotAsked has a ask b, who asks a, who asks b once more.
func TestBusyAgentOfASwarmIsNotAsked(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	byModel(s, map[string][]modeltest.Reply{
		"a": {calls(send("b", "1")...), calls(send("b", "3")...), says("b is busy"), says("done")},
		"b": {calls(send("a", "2")...), says("so a says")},
	})
	conv := opened(t, swarmDocument(s, ""), "go")
	wantSpoken(t, conv, `
user: go
call send_message {"recipient":"b","message":"1"}
result so a says
assistant: done
`)
	if asked := fmt.Sprint(s.Requests()[3].Messages); !strings.Contains(asked, "b cannot answer now") {
		t.Errorf("a is not told that b is busy: %s", asked)
	}
}

// TestHandoff hands the conversation over, and cancels what was asked for besides.
func TestHandoff(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	byModel(s, map[string][]modeltest.Reply{
		"a": {calls("handoff_conversation", `{"recipient": "b"}`, "send_message", `{"recipient": "b", "message": "hi"}`)},
		"b": {says("b here"), says("still b")},
	})
	conv := opened(t, swarmDocument(s, "handoff: optional"), "go")
	if err := conv.Say("and now?"); err != nil {
		t.Fatal(err)
	}
	waits(t, conv)
	wantSpoken(t, conv, `
user: go
call handoff_conversation {"recipient":"b"}
call send_message {"recipient":"b","message":"hi"}
result The conversation was handed over to b.
result The conversation was handed over; this was not called.
assistant: b here
user: and now?
assistant: still b
`)
}

// TestEndlessHandoffIsEnded has two agents hand over to each other for ever.
func TestEndlessHandoffIsEnded(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	s.Respond(func(r *modeltest.Request) modeltest.Reply {
		to := map[string]string{"a": "b", "b": "a"}[modelOf(r)]
		return calls("handoff_conversation", fmt.Sprintf(`{"recipient": %q}`, to))
	})
	app := load(t, swarmDocument(s, "handoff: always"), wayflow.WithRoundLimit(5))
	conv := start(t, app, nil)
	if _, err := conv.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "5 times") {
		t.Errorf("Run() = %v, want that it was ended", err)
	}
}

// TestFinishingWorkerDoesNotEndTheGroup: in the reference it does, with the outputs of the worker.
func TestFinishingWorkerDoesNotEndTheGroup(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	byModel(s, map[string][]modeltest.Reply{
		"boss": {calls(append(send("judge", "rate it"), send("judge", "rate it again")...)...), says("Eight, then nine.")},
		"judge": {
			calls("submit_result", `{"score": 8}`), calls("submit_result", `{"score": 9}`),
		},
	})
	conv := opened(t, fmt.Sprintf(`
component_type: ManagerWorkers
agentspec_version: 25.4.2
id: group
name: group
group_manager: %s
workers:
- %s
`, member(s, "boss", ""), member(s, "judge", ", outputs: [{title: score, type: integer}], human_in_the_loop: false")), "go")
	wantSpoken(t, conv, `
user: go
call send_message {"recipient":"judge","message":"rate it"}
call send_message {"recipient":"judge","message":"rate it again"}
result 8
result 9
assistant: Eight, then nine.
`)
}

// TestNestedManager has a worker that is a group itself.
func TestNestedManager(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	byModel(s, map[string][]modeltest.Reply{
		"boss": {calls(send("inner", "ask around")...), says("I see.")},
		"lead": {calls(append(send("x", "hm?"), send("y", "hm?")...)...), says("x and y agree")},
		"x":    {says("yes")},
		"y":    {says("yes")},
	})
	conv := opened(t, fmt.Sprintf(`
component_type: ManagerWorkers
agentspec_version: 25.4.2
id: group
name: group
group_manager: %s
workers:
- component_type: ManagerWorkers
  id: inner
  name: inner
  description: a group
  group_manager: %s
  workers: [%s, %s]
`, member(s, "boss", ""), member(s, "lead", ""), member(s, "x", ""), member(s, "y", "")), "go")
	wantSpoken(t, conv, `
user: go
call send_message {"recipient":"inner","message":"ask around"}
result x and y agree
assistant: I see.
`)
}

// TestSubAgentRemembers asks another agent twice; it knows what it was asked before, until it finishes.
func TestSubAgentRemembers(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	byModel(s, map[string][]modeltest.Reply{
		"scripted": {calls("expert", `{"context": "one"}`), calls("expert", `{"context": "two"}`), calls("expert", `{"context": "three"}`), says("Good.")},
		"expert":   {says("which?"), calls("submit_result", `{"x": "y"}`), says("what?")},
	})
	opened(t, agentDocument(s, "system_prompt: Ask.\nagents: ["+member(s, "expert", ", outputs: [{title: x, type: string}]")+"]"), "go")
	var asked []string
	for _, r := range s.Requests() {
		if modelOf(r) == "expert" {
			asked = append(asked, fmt.Sprint(len(r.Messages)))
		}
	}
	if got := strings.Join(asked, " "); got != "2 4 2" { // with the system message
		t.Errorf("the expert is shown %s messages, want that it forgets when it has finished", got)
	}
}
