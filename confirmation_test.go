package wayflow_test

import (
	"context"
	"testing"

	"github.com/wayflow-go/wayflow"
)

const careful = `
component_type: Flow
agentspec_version: 26.1.2
name: careful
start_node: {$component_ref: start}
nodes: [{$component_ref: start}, {$component_ref: wipe}, {$component_ref: end}]
control_flow_connections:
- {component_type: ControlFlowEdge, name: a, from_node: {$component_ref: start}, to_node: {$component_ref: wipe}}
- {component_type: ControlFlowEdge, name: b, from_node: {$component_ref: wipe}, to_node: {$component_ref: end}}
data_flow_connections:
- {component_type: DataFlowEdge, name: c, source_node: {$component_ref: start}, source_output: disk, destination_node: {$component_ref: wipe}, destination_input: disk}
- {component_type: DataFlowEdge, name: d, source_node: {$component_ref: wipe}, source_output: report, destination_node: {$component_ref: end}, destination_input: report}
$referenced_components:
  start: {component_type: StartNode, name: start, id: start, inputs: [{title: disk, type: string}]}
  wipe:
    component_type: ToolNode
    name: wipe
    id: wipe
    tool:
      component_type: ServerTool
      name: wipe
      id: tool
      description: Wipes a disk.
      requires_confirmation: true
      inputs: [{title: disk, type: string}]
      outputs: [{title: report, type: string}]
  end: {component_type: EndNode, name: end, id: end, outputs: [{title: report, type: string}]}
`

type disk struct {
	Disk string `json:"disk"`
}

var wipe = wayflow.Func("wipe", "Wipes a disk.", func(_ context.Context, in disk) (string, error) { return "wiped " + in.Disk, nil })

// confirmation runs the flow up to where it asks.
func confirmation(t *testing.T) (*wayflow.Conversation, *wayflow.ToolConfirmationRequired) {
	t.Helper()
	conv := start(t, load(t, careful, wayflow.WithTools(wipe)), wayflow.Inputs{"disk": "sda"})
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked, ok := status.(*wayflow.ToolConfirmationRequired)
	if !ok || len(asked.Requests) != 1 || asked.Requests[0].Name != "wipe" {
		t.Fatalf("Run() = %#v, want that it asks to confirm the tool", status)
	}
	return conv, asked
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	conv, asked := confirmation(t)
	if err := asked.Confirm("another", nil); err == nil {
		t.Error("Confirm() takes the ID of no request")
	}
	if err := asked.Confirm(asked.Requests[0].ID, wayflow.Inputs{"disc": "sdb"}); err == nil {
		t.Error("Confirm() takes an argument that the request has not")
	}
	if err := conv.Say("yes"); err == nil {
		t.Error("Say() is taken for a decision")
	}
	if err := asked.Confirm(asked.Requests[0].ID, wayflow.Inputs{"disk": "sdb"}); err != nil {
		t.Fatal(err)
	}
	if got, want := finished(t, conv).Outputs.Of().String(), `{"report":"wiped sdb"}`; got != want {
		t.Errorf("it ended with %s, want %s", got, want)
	}
}

func TestReject(t *testing.T) {
	t.Parallel()
	conv, asked := confirmation(t)
	if err := asked.Reject(asked.Requests[0].ID, "too risky"); err != nil {
		t.Fatal(err)
	}
	if _, err := conv.Run(t.Context()); err == nil {
		t.Error("Run() = no error, want that the node failed")
	}
}
