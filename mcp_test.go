package wayflow_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// greeter is a server with one tool, which tells a part of its answer ahead.
func greeter(t *testing.T) *spec.StreamableHTTPTransport {
	t.Helper()
	server := sdk.NewServer(&sdk.Implementation{Name: "greeter"}, nil)
	type who struct {
		Name string `json:"name"`
	}
	sdk.AddTool(server, &sdk.Tool{Name: "greet"}, func(ctx context.Context, r *sdk.CallToolRequest, in who) (*sdk.CallToolResult, any, error) {
		err := r.Session.NotifyProgress(ctx, &sdk.ProgressNotificationParams{
			ProgressToken: r.Params.GetProgressToken(), Message: `{"type":"tool/stream","content":"Hel"}`,
		})
		return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: "Hello " + in.Name}}}, nil, err
	})
	s := httptest.NewServer(sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return server }, nil))
	t.Cleanup(s.Close)
	transport := &spec.StreamableHTTPTransport{}
	transport.ID, transport.Name, transport.URL = "greeter", "greeter", s.URL
	return transport
}

func TestAFlowCallsAToolOfAnMCPServer(t *testing.T) {
	t.Parallel()
	greet := &spec.MCPTool{ClientTransport: greeter(t)}
	greet.ID, greet.Name = "greet", "greet"
	greet.Inputs = []value.Property{{Title: "name", Type: value.StringType}}
	greet.Outputs = []value.Property{{Title: "greeting", Type: value.StringType}}
	app, err := wayflow.Build(wayflow.Sequence("hello", wayflow.UseTool("say", greet)))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	conv, err := app.Start(t.Context(), wayflow.Inputs{"name": "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for ev, err := range conv.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := ev.Note.(engine.ToolDelta); ok {
			told += d.Content.Str()
		}
	}
	status, err := conv.Status()
	done, ok := status.(*wayflow.Finished)
	if !ok || done.Outputs.Of().Get("greeting").Str() != "Hello Ann" {
		t.Errorf("status %+v, %v; want the greeting", status, err)
	}
	if told != "" && told != "Hel" { // the notice may come after the end
		t.Errorf("was told %q", told)
	}
}

func TestAnAgentCallsWhatAnMCPServerLists(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, calls("greet", `{"name": "Ann"}`), says("Greeted."))
	app := load(t, agentDocument(s, `
system_prompt: Help.
toolboxes:
- component_type: MCPToolBox
  id: box
  name: box
  client_transport: {component_type: StreamableHTTPTransport, id: t, name: t, url: "`+greeter(t).URL+`"}`))
	defer app.Close()
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, "Greet Ann."))
	if err != nil {
		t.Fatal(err)
	}
	waits(t, conv)
	wantSpoken(t, conv, `
user: Greet Ann.
call greet {"name":"Ann"}
result Hello Ann
assistant: Greeted.
`)
}
