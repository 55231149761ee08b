package wayflow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// opened begins a conversation with an agent, and runs it to where it waits for the user.
func opened(t *testing.T, document, said string, opts ...wayflow.Option) *wayflow.Conversation {
	t.Helper()
	conv, err := load(t, document, opts...).Start(t.Context(), nil, message.Text(message.User, said))
	if err != nil {
		t.Fatal(err)
	}
	waits(t, conv)
	return conv
}

// TestBadCallsAreAnsweredToTheModel has a model call what it cannot.
func TestBadCallsAreAnsweredToTheModel(t *testing.T) {
	t.Parallel()
	big := wayflow.Func("big", "Says much.", func(context.Context, struct{}) (string, error) { return strings.Repeat("x", 2<<20), nil })
	panics := wayflow.Func("panics", "Fails.", func(context.Context, struct{}) (string, error) { panic("oh no") })
	garbled := wayflow.Func("garbled", "Says bytes.", func(context.Context, struct{}) (string, error) { return "a\xffb", nil })
	tools := `[` + lookTool + `,
  {component_type: ServerTool, id: big, name: big, outputs: [{title: tool_output, type: string}]},
  {component_type: ServerTool, id: panics, name: panics, outputs: [{title: tool_output, type: string}]},
  {component_type: ServerTool, id: garbled, name: garbled, outputs: [{title: tool_output, type: string}]}]`
	tests := []struct{ name, arguments, want string }{
		{"nothing", `{}`, `There is no tool "nothing" now. You can call: look, big, panics, garbled, talk_to_user.`},
		{"look", `[1, 2]`, `The arguments of look must be a JSON object; these are none: [1, 2]`},
		{"look", `{}`, `The call of look lacks the arguments: city.`},
		{"look", `{"city": "Atlantis"}`, `there is no Atlantis`},
		{"look", `{"city": "Rome",}`, `rain in Rome`}, // what can be mended is
		{"look", `{"city": 7}`, `rain in 7`},
		{"big", `{}`, `big returned more than 1048576 bytes, which is more than can be shown; ask it for less`},
		{"panics", `{}`, `panic: oh no`},
		{"garbled", `{}`, "result: the text is not valid UTF-8; return bytes as []byte"},
	}
	for _, test := range tests {
		t.Run(test.name+test.arguments, func(t *testing.T) {
			t.Parallel()
			s := modeltest.NewServer(t, calls(test.name, test.arguments), says("So."))
			conv := opened(t, agentDocument(s, "system_prompt: Help.\ntools: "+tools), "go", wayflow.WithTools(look, big, panics, garbled))
			if got := conv.Messages()[2].Text(); got != test.want {
				t.Errorf("the model is told %q, want %q", got, test.want)
			}
		})
	}
}

// TestRaisedFailureIsTriedAgain has a tool fail, under raise_exceptions.
func TestRaisedFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("flaky", `{}`, "look", `{"city": "Rome"}`), says("It went well."))
	var mu sync.Mutex
	failed := false
	flaky := wayflow.Func("flaky", "Fails once.", func(context.Context, struct{}) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if !failed {
			failed = true
			return "", errors.New("not yet")
		}
		return "done", nil
	})
	app := load(t, agentDocument(s, `
system_prompt: Help.
raise_exceptions: true
tools: [{component_type: ServerTool, id: flaky, name: flaky, outputs: [{title: tool_output, type: string}]}, `+lookTool+`]`),
		wayflow.WithTools(flaky, look))
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "go"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conv.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "not yet") {
		t.Fatalf("Run() = %v, want the failure of the tool", err)
	}
	waits(t, conv)
	wantSpoken(t, conv, `
user: go
call flaky {}
call look {"city":"Rome"}
result done
result rain in Rome
assistant: It went well.
`)
}

// TestMaxIterationsNamesMissingOutputs: the reference makes up objects for outputs that have no default.
func TestMaxIterationsNamesMissingOutputs(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	s.Respond(func(*modeltest.Request) modeltest.Reply { return calls("look", `{"city": "Rome"}`) })
	app := load(t, agentDocument(s, `
system_prompt: Help.
human_in_the_loop: false
max_iterations: 3
outputs: [{title: score, type: integer}, {title: why, type: string, default: none}]
tools: [`+lookTool+`]`), wayflow.WithTools(look))
	conv := start(t, app, nil)
	_, err := conv.Run(t.Context())
	var missing *engine.MissingOutputsError
	if !errors.As(err, &missing) || fmt.Sprint(missing.Outputs) != "[score]" || !strings.Contains(err.Error(), "max_iterations") {
		t.Fatalf("Run() = %v, want that score is missing", err)
	}
	if got := len(s.Requests()); got != 3 {
		t.Errorf("the model was asked %d times, want 3", got)
	}
	last := s.Requests()[2]
	if len(last.Tools) != 1 {
		t.Errorf("at the last question the model is offered %v, want only to submit", last.Tools)
	}
}

// TestOpenRequestsOfATurnAreAskedTogether: the reference asks for one confirmation at a time, and lets client tools run
// that nobody has allowed.
func TestOpenRequestsOfATurnAreAskedTogether(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t,
		calls("look", `{"city": "Rome"}`, "scan", `{"door": "red"}`, "look", `{"city": "Oslo"}`), says("Done."))
	app := load(t, agentDocument(s, `
system_prompt: Help.
tools:
- {component_type: ServerTool, id: look, name: look, requires_confirmation: true, inputs: [{title: city, type: string}], outputs: [{title: weather, type: string}]}
- {component_type: ClientTool, id: scan, name: scan, requires_confirmation: true, inputs: [{title: door, type: string}], outputs: [{title: ok, type: boolean}]}`),
		wayflow.WithTools(look))
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "go"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	open := conv.Requests()
	if len(open) != 3 {
		t.Fatalf("Requests() = %v, want three", open)
	}
	for i, want := range []string{"look", "scan", "look"} {
		s, ok := open[i].Status.(*wayflow.ToolConfirmationRequired)
		if !ok || s.Requests[0].Name != want || s.Requests[0].ID != fmt.Sprintf("call-%d", i) {
			t.Fatalf("request %d is %#v, want the confirmation of %s", i, open[i].Status, want)
		}
		var err error
		switch i {
		case 0:
			err = s.Reject(s.Requests[0].ID, "no")
		default:
			err = s.Confirm(s.Requests[0].ID, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := status.(*wayflow.ToolRequested); !ok || r.Requests[0].ID != "call-1" {
		t.Fatalf("Run() = %#v, want that the client is to scan", status)
	}
	if err := conv.Return(value.Bool(true)); err != nil {
		t.Fatal(err)
	}
	waits(t, conv)
	wantSpoken(t, conv, `
user: go
call look {"city":"Rome"}
call scan {"door":"red"}
call look {"city":"Oslo"}
result Tool Request for tool look denied due to reason: no
result true
result rain in Oslo
assistant: Done.
`)
}

// TestCallsOfATurnRunAtOnce has tools that wait for each other, in one turn: the reference runs them one by one.
func TestCallsOfATurnRunAtOnce(t *testing.T) {
	t.Parallel()
	const width = 64
	var pairs []string
	for i := range width {
		pairs = append(pairs, "meet", fmt.Sprintf(`{"n": %d}`, i))
	}
	var all sync.WaitGroup
	all.Add(width)
	meet := wayflow.Func("meet", "Waits for the others.", func(_ context.Context, in struct {
		N int `json:"n"`
	},
	) (int, error) {
		all.Done()
		all.Wait()
		return in.N, nil
	})
	s := modeltest.NewServer(t, calls(pairs...), says("All met."))
	conv := opened(t, agentDocument(s, `
system_prompt: Help.
tools: [{component_type: ServerTool, id: meet, name: meet, inputs: [{title: n, type: integer}], outputs: [{title: tool_output, type: integer}]}]`),
		"go", wayflow.WithTools(meet))
	messages := conv.Messages()
	for i := range width {
		if got := messages[2+i].Text(); got != fmt.Sprint(i) {
			t.Errorf("result %d is %s: the results must come in the order of the calls", i, got)
		}
	}
}

// TestSystemMessagesReachTheModel: the reference drops them without a word.
func TestSystemMessagesReachTheModel(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, says("Yes."))
	app := load(t, agentDocument(s, "system_prompt: Help."))
	conv, err := app.Start(t.Context(), nil, message.Text(message.System, "It is Monday."), message.Text(message.User, "go"))
	if err != nil {
		t.Fatal(err)
	}
	waits(t, conv)
	if got := fmt.Sprint(s.Requests()[0].Messages); !strings.Contains(got, "It is Monday.") {
		t.Errorf("the model is asked %s, want the system message in it", got)
	}
}

func TestAgentMayLeaveAfterAskingTwice(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("end_conversation", `{}`), calls("end_conversation", `{}`))
	app := load(t, agentDocument(s, "system_prompt: Help.\ncan_finish_conversation: true"))
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "bye"))
	if err != nil {
		t.Fatal(err)
	}
	if got := finished(t, conv).Outputs.Of().String(); got != "{}" {
		t.Errorf("Outputs = %s, want none", got)
	}
}

// TestStrictOutputsAreListedBack has a model submit outputs that would have to be cast.
func TestStrictOutputsAreListedBack(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("submit_result", `{"score": "8", "more": 1}`), calls("submit_result", `{"score": 8}`))
	app := load(t, agentDocument(s, `
system_prompt: Judge.
human_in_the_loop: false
strict_output_validation: true
outputs: [{title: score, type: integer}]`))
	conv := start(t, app, nil)
	if got := finished(t, conv).Outputs.Of().String(); got != `{"score":8}` {
		t.Errorf("Outputs = %s", got)
	}
	if got := conv.Messages()[1].Text(); !strings.Contains(got, "score:") || !strings.Contains(got, "more: there is no such result") {
		t.Errorf("the model is told %q, want both mistakes", got)
	}
}

// TestUnattendedAgentIsReminded has a model talk although nobody listens.
func TestUnattendedAgentIsReminded(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, says("What should I do?"), calls("submit_result", `{"summary": "done"}`))
	conv := start(t, load(t, agentDocument(s, "system_prompt: Work.\nhuman_in_the_loop: false")), nil)
	finished(t, conv)
	wantSpoken(t, conv, `
assistant: What should I do?
user: Nobody reads this. Go on by yourself, and call submit_result when you are done.
call submit_result {"summary":"done"}
result The results were taken.
`)
}

// shelf is a toolbox with one tool, which it counts.
type shelf struct {
	mu     sync.Mutex
	listed int
}

func (b *shelf) Tools(context.Context) ([]tool.BoxTool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listed++
	return []tool.BoxTool{{Tool: look, RequiresConfirmation: true}}, nil
}

// TestToolsOfAToolbox calls a tool that the document does not name.
func TestToolsOfAToolbox(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("look", `{"city": "Rome"}`), says("Rain."))
	box := &shelf{}
	app := load(t, agentDocument(s, `
system_prompt: Help.
toolboxes:
- component_type: MCPToolBox
  id: box
  name: box
  client_transport: {component_type: StreamableHTTPTransport, id: t, name: t, url: "https://example.com/mcp"}`),
		wayflow.WithToolboxes(func(spec.ToolBox) (tool.Box, error) { return box, nil }))
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "How is Rome?"))
	if err != nil {
		t.Fatal(err)
	}
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask, ok := status.(*wayflow.ToolConfirmationRequired)
	if !ok {
		t.Fatalf("Run() = %#v, want that the call is to be confirmed", status)
	}
	if err := ask.Confirm(ask.Requests[0].ID, wayflow.Inputs{"city": "Oslo"}); err != nil {
		t.Fatal(err)
	}
	waits(t, conv)
	wantSpoken(t, conv, `
user: How is Rome?
call look {"city":"Rome"}
result rain in Oslo
assistant: Rain.
`)
	if box.listed != 2 { // once for the turn, once to find the tool
		t.Errorf("the toolbox was asked %d times, want 2", box.listed)
	}
}
