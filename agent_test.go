package wayflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model/modeltest"
)

// agentDocument is an agent whose model is a scripted server. The lines of more are added to it.
func agentDocument(s *modeltest.Server, more string) string {
	return fmt.Sprintf(`
component_type: ExtendedAgent
agentspec_version: 26.1.2
id: helper
name: helper
llm_config: {component_type: VllmConfig, id: m, name: m, model_id: scripted, url: %s}
%s
`, s.URL, strings.TrimSpace(more))
}

// calls is an answer of a model that asks for calls, each given as a name and JSON.
func calls(pairs ...string) modeltest.Reply {
	var r modeltest.Reply
	for i := 0; i < len(pairs); i += 2 {
		r.ToolCalls = append(r.ToolCalls, modeltest.ToolCall{ID: fmt.Sprintf("call-%d", i/2), Name: pairs[i], Arguments: pairs[i+1]})
	}
	return r
}

func says(text string) modeltest.Reply { return modeltest.Reply{Text: text} }

// spoken are the messages of a conversation, one a line.
func spoken(conv *wayflow.Conversation) string {
	var b strings.Builder
	for _, m := range conv.Messages() {
		switch {
		case m.ToolRequests != nil:
			for _, r := range m.ToolRequests {
				fmt.Fprintf(&b, "call %s %s\n", r.Name, r.Args.Of())
			}
		case m.ToolResult != nil:
			fmt.Fprintf(&b, "result %s\n", m.Text())
		default:
			fmt.Fprintf(&b, "%s: %s\n", m.Role, m.Text())
		}
	}
	return b.String()
}

func wantSpoken(t *testing.T, conv *wayflow.Conversation, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), spoken(conv)); diff != "" {
		t.Errorf("Messages() (-want +got):\n%s", diff)
	}
}

// waits runs a conversation to where it waits for the user.
func waits(t *testing.T, conv *wayflow.Conversation) *wayflow.UserMessageRequired {
	t.Helper()
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q, ok := status.(*wayflow.UserMessageRequired)
	if !ok {
		t.Fatalf("Run() = %#v, want that it waits for the user", status)
	}
	return q
}

const lookTool = `{component_type: ServerTool, id: look, name: look, inputs: [{title: city, type: string}], outputs: [{title: weather, type: string}]}`

func TestAgentCallsATool(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("look", `{"city": "Rome", "made_up": 1}`), says("It rains."))
	app := load(t, agentDocument(s, `
system_prompt: "You help {{name}}."
initial_message: Hello!
tools: [`+lookTool+`]`), wayflow.WithTools(look))
	conv := start(t, app, wayflow.Inputs{"name": "bob"})
	if q := waits(t, conv); q.Message.Text() != "Hello!" {
		t.Errorf("Message = %q, want the greeting", q.Message.Text())
	}
	if err := conv.Say("How is Rome?"); err != nil {
		t.Fatal(err)
	}
	if q := waits(t, conv); q.Message.Text() != "It rains." {
		t.Errorf("Message = %q, want the answer", q.Message.Text())
	}
	wantSpoken(t, conv, `
assistant: Hello!
user: How is Rome?
call look {"city":"Rome"}
result rain in Rome
assistant: It rains.
`)
}

// TestFinishedAgentGoesOn has the user say something after an agent has submitted its outputs.
func TestFinishedAgentGoesOn(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t,
		calls("submit_result", `{"score": "8"}`, "look", `{"city": "Rome"}`),
		calls("submit_result", `{"score": 9}`))
	app := load(t, agentDocument(s, `
system_prompt: Judge.
outputs: [{title: score, type: integer}]
tools: [`+lookTool+`]`), wayflow.WithTools(look))
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "a lamp"))
	if err != nil {
		t.Fatal(err)
	}
	if got := finished(t, conv).Outputs.Of().String(); got != `{"score":8}` {
		t.Errorf("Outputs = %s, want 8", got)
	}
	if err := conv.Say("and a better one?"); err != nil {
		t.Fatal(err)
	}
	if got := finished(t, conv).Outputs.Of().String(); got != `{"score":9}` {
		t.Errorf("Outputs = %s, want 9", got)
	}
	wantSpoken(t, conv, `
user: a lamp
call submit_result {"score":8}
call look {"city":"Rome"}
result The results were taken.
result The task has ended; this was not called.
user: and a better one?
call submit_result {"score":9}
result The results were taken.
`)
}
