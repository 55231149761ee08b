package wayflow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

// TestAgentsCallToolsInAnyFormat: whichever way a document has an agent talk to its model, the tool is called with typed
// arguments, and its result comes back.
func TestAgentsCallToolsInAnyFormat(t *testing.T) {
	t.Parallel()
	for format, call := range map[string]string{
		"llama":  `{"name": "add", "parameters": {"a": "2", "b": 3}}`,
		"react":  "## Thought: I add\n## Action:\n```json\n{\"name\": \"add\", \"parameters\": {\"a\": 2, \"b\": 3}}\n```",
		"python": `[add(a=2, b=3)]`,
		"gemma":  `[add(a=2, b="3")]`,
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			server := modeltest.NewServer(t, modeltest.Reply{Text: call}, modeltest.Reply{Text: "It is five."})
			document := fmt.Sprintf(`
component_type: Agent
agentspec_version: 25.4.1
name: adder
system_prompt: Be exact.
llm_config:
  component_type: VllmConfig
  name: m
  model_id: tiny
  url: %s
  metadata: {chat_format: %s}
tools:
- component_type: ServerTool
  name: add
  description: adds
  inputs: [{title: a, type: integer}, {title: b, type: integer}]
  outputs: [{title: sum, type: integer}]
`, server.URL, format)
			type numbers struct {
				A int `json:"a"`
				B int `json:"b"`
			}
			add := wayflow.Func("add", "adds", func(_ context.Context, in numbers) (int, error) { return in.A + in.B, nil })
			app, err := wayflow.Load([]byte(document), wayflow.WithTools(add))
			if err != nil {
				t.Fatal(err)
			}
			conv, err := app.Start(t.Context(), nil, message.Text(message.User, "add 2 and 3"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conv.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			messages := conv.Messages()
			if last := messages[len(messages)-1]; last.Text() != "It is five." {
				t.Errorf("the last message is %q", last.Text())
			}
			if result := messages[len(messages)-2].ToolResult; result == nil || result.Content.String() != "5" {
				t.Errorf("messages %+v", messages)
			}
		})
	}
}

// TestAgentsAreShownSummaries: what is long in the conversation is shortened for the model, and stays in the conversation.
func TestAgentsAreShownSummaries(t *testing.T) {
	t.Parallel()
	server := modeltest.NewServer(t, modeltest.Reply{Text: "words"}, modeltest.Reply{Text: "a long text"}, modeltest.Reply{Text: "I see."})
	llm := wayflow.VLLM("tiny", server.URL)
	shorten := wayflow.SummarizeMessages(llm)
	shorten.MaxMessageSize = 3000
	agent := &spec.Agent{LlmConfig: llm, SystemPrompt: "Be brief.", Transforms: []spec.MessageTransform{shorten}}
	agent.Name = "reader"
	app, err := wayflow.New(agent)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("words ", 600)
	conv, err := app.Start(t.Context(), nil, message.Text(message.User, long))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	messages := conv.Messages()
	if len(messages) != 2 || messages[0].Text() != long || messages[1].Text() != "I see." {
		t.Errorf("%d messages, the last %q", len(messages), messages[len(messages)-1].Text())
	}
	requests := server.Requests()
	if len(requests) != 3 {
		t.Fatalf("%d requests, want two for the summary and one for the answer", len(requests))
	}
	if body := string(requests[2].Raw); !strings.Contains(body, "Summarized message: a long text") || strings.Contains(body, "words words") {
		t.Errorf("the agent's model was asked %s", body)
	}
}
