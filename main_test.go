package wayflow_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow"
)

// resumeEnv makes the test binary take up the conversation on its standard input, and say to it what the variable has.
const resumeEnv = "WAYFLOW_TEST_RESUME"

func TestMain(m *testing.M) {
	said := os.Getenv(resumeEnv)
	if said == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if err := resumeProcess(said); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// resumeProcess is what a fresh process does: load the document, resume, answer, run, and print the outputs.
func resumeProcess(said string) error {
	snapshot, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	app, err := wayflow.Load([]byte(talk), wayflow.WithTools(look))
	if err != nil {
		return err
	}
	ctx := context.Background()
	conv, err := app.Resume(ctx, snapshot)
	if err != nil {
		return err
	}
	if err := conv.Say(said); err != nil {
		return err
	}
	status, err := conv.Run(ctx)
	if err != nil {
		return err
	}
	done, ok := status.(*wayflow.Finished)
	if !ok {
		return fmt.Errorf("the conversation is %T", status)
	}
	fmt.Print(done.Outputs.Of())
	for _, m := range conv.Messages() {
		fmt.Printf("\n%s: %s", m.Role, m.Text())
	}
	return nil
}

// city is what the tool "look" is asked.
type city struct {
	City string `json:"city"`
}

// look tells the weather.
var look = wayflow.Func("look", "Looks out of the window.", func(_ context.Context, in city) (string, error) {
	if in.City == "Atlantis" {
		return "", fmt.Errorf("there is no %s", in.City)
	}
	return "rain in " + in.City, nil
})

// talk asks for a city, looks at its weather, and tells it.
const talk = `
component_type: Flow
agentspec_version: 25.4.1
id: talk
name: talk
inputs: [{title: name, type: string}]
outputs: [{title: weather, type: string}]
start_node: {$component_ref: start}
nodes:
- {$component_ref: start}
- {$component_ref: ask}
- {$component_ref: look}
- {$component_ref: tell}
- {$component_ref: end}
control_flow_connections:
- {component_type: ControlFlowEdge, id: c1, name: c1, from_node: {$component_ref: start}, to_node: {$component_ref: ask}}
- {component_type: ControlFlowEdge, id: c2, name: c2, from_node: {$component_ref: ask}, to_node: {$component_ref: look}}
- {component_type: ControlFlowEdge, id: c3, name: c3, from_node: {$component_ref: look}, to_node: {$component_ref: tell}}
- {component_type: ControlFlowEdge, id: c4, name: c4, from_node: {$component_ref: tell}, to_node: {$component_ref: end}}
data_flow_connections:
- component_type: DataFlowEdge
  id: d1
  name: d1
  source_node: {$component_ref: start}
  source_output: name
  destination_node: {$component_ref: ask}
  destination_input: name
- component_type: DataFlowEdge
  id: d2
  name: d2
  source_node: {$component_ref: ask}
  source_output: user_input
  destination_node: {$component_ref: look}
  destination_input: city
- component_type: DataFlowEdge
  id: d3
  name: d3
  source_node: {$component_ref: look}
  source_output: weather
  destination_node: {$component_ref: tell}
  destination_input: weather
- component_type: DataFlowEdge
  id: d4
  name: d4
  source_node: {$component_ref: look}
  source_output: weather
  destination_node: {$component_ref: end}
  destination_input: weather
$referenced_components:
  start: {component_type: StartNode, id: start, name: start, inputs: [{title: name, type: string}]}
  ask: {component_type: InputMessageNode, id: ask, name: ask, message: "Which city, {{ name }}?"}
  look:
    component_type: ToolNode
    id: look
    name: look
    tool:
      component_type: ServerTool
      id: tool
      name: look
      inputs: [{title: city, type: string}]
      outputs: [{title: weather, type: string}]
  tell: {component_type: OutputMessageNode, id: tell, name: tell, message: "It is {{ weather }}."}
  end: {component_type: EndNode, id: end, name: end, outputs: [{title: weather, type: string}]}
`
