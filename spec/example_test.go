package spec_test

import (
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

func ExampleLoad() {
	const text = `
component_type: Agent
id: helper
name: helper
system_prompt: You help.
llm_config:
  component_type: OpenAiConfig
  id: model
  name: model
  model_id: gpt-5
  api_key: {$component_ref: model.api_key}
agentspec_version: 25.4.2
`
	doc, err := spec.Load([]byte(text), &spec.LoadOptions{
		File:   "helper.yaml",
		Values: map[string]value.Value{"model.api_key": value.String("from the environment")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	agent := doc.Root.(*spec.Agent)
	fmt.Println(agent.Name, "asks", agent.LlmConfig.Llm().ModelID)
	fmt.Println("its prompt stands at", agent.FieldPos("system_prompt"))
	// Output:
	// helper asks gpt-5
	// its prompt stands at helper.yaml:5:16
}

func ExampleLoad_findings() {
	const text = `
component_type: ToolNode
id: look
name: look
tol: {component_type: ServerTool, name: up}
agentspec_version: 26.3.1
`
	_, err := spec.Load([]byte(text), &spec.LoadOptions{File: "look.yaml"})
	var findings spec.Diagnostics
	if errors.As(err, &findings) {
		for _, f := range findings {
			fmt.Println(f)
		}
	}
	// Output:
	// look.yaml:2:1: error missing-field: ToolNode "look": the required field "tool" is missing
	// look.yaml:5:1: error unknown-field: ToolNode "look": there is no field "tol"; did you mean "tool"?
}

func ExampleExport() {
	tool := &spec.ServerTool{}
	tool.ID, tool.Name = "clock", "clock"
	node := &spec.ToolNode{Tool: tool}
	node.ID, node.Name = "ask the clock", "ask the clock"
	text, err := spec.Export(node, &spec.ExportOptions{Format: spec.YAML})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(text))
	// Output:
	// component_type: ToolNode
	// id: ask the clock
	// name: ask the clock
	// description: null
	// metadata: null
	// inputs: null
	// outputs: null
	// tool:
	//   component_type: ServerTool
	//   id: clock
	//   name: clock
	//   description: null
	//   metadata: null
	//   inputs: null
	//   outputs: null
	// agentspec_version: 25.4.1
}

func ExampleAll() {
	doc, err := spec.Load([]byte(`
component_type: Agent
name: helper
system_prompt: You help.
llm_config: {component_type: OllamaConfig, name: model, model_id: llama, url: localhost}
tools:
- {component_type: ServerTool, name: clock}
- {component_type: ClientTool, name: camera}
agentspec_version: 25.4.1
`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for tool := range spec.All[spec.Tool](doc.Root) {
		fmt.Println(spec.TypeName(tool), tool.Base().Name)
	}
	// Output:
	// ServerTool clock
	// ClientTool camera
}
