package prompt_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shown is a prompt as text.
func shown(p *prompt.Prompt) string {
	var b strings.Builder
	for i := range p.Messages {
		m := &p.Messages[i]
		b.WriteString("=== " + string(m.Role) + "\n" + m.Text() + "\n")
		for _, r := range m.ToolRequests {
			b.WriteString("request " + r.ID + " " + r.Name + r.Args.Of().String() + "\n")
		}
		if m.ToolResult != nil {
			b.WriteString("for " + m.ToolResult.RequestID + "\n")
		}
	}
	for i := range p.Tools {
		b.WriteString("=== tool\n" + p.Tools[i].Described().String() + "\n")
	}
	if p.Generation != nil {
		b.WriteString("=== generation\n" + p.Generation.Of().String() + "\n")
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference. Got:\n%s", path, got)
	}
}

// errand is a conversation with tools.
func errand() []message.Message {
	arg := func(name string, v value.Value) *value.Object {
		return value.NewObject(value.Member{Key: name, Value: v})
	}
	return []message.Message{
		message.Text(message.User, "What is the weather in Zurich and in Bern?"),
		{
			Role: message.Assistant, Contents: []message.Part{{Text: "I look it up"}},
			ToolRequests: []message.ToolRequest{
				{ID: "a", Name: "weather", Args: arg("city", value.String("Zürich"))},
				{ID: "b", Name: "weather", Args: arg("city", value.String("Bern"))},
			},
		},
		{Role: message.User, ToolResult: &message.ToolResult{RequestID: "a", Content: value.String("<sunny> & warm")}},
		{Role: message.User, ToolResult: &message.ToolResult{RequestID: "b", Content: value.Obj(value.Member{Key: "rain", Value: value.Bool(true)})}},
		message.Text(message.Assistant, "Sun and rain."),
		message.Text(message.User, "Thanks"),
	}
}

func TestBuiltinTemplates(t *testing.T) {
	t.Parallel()
	city := property("city", value.StringType).WithDescription("where")
	tools := []prompt.Tool{{Name: "weather", Description: "tells the weather", Inputs: []value.Property{city}}}
	for _, f := range prompt.Formats {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			args := []value.Value{value.String("Be kind."), value.String("- ask")}
			agent := render(t, f.Agent(), args, errand(), tools)
			golden(t, "agent_"+string(f)+".txt", shown(agent))
			chat := render(t, f.Chat(), nil, errand(), tools)
			golden(t, "chat_"+string(f)+".txt", shown(chat))
			bare := render(t, f.Agent(), []value.Value{value.String(""), value.String("")}, errand()[:1], nil)
			if len(bare.Messages) != 1 {
				t.Errorf("without tools, instructions and plan: %+v", bare)
			}
		})
	}
}

func TestBuiltinTemplatesHaveTheirVariables(t *testing.T) {
	t.Parallel()
	for _, f := range prompt.Formats {
		vars := f.Agent().Variables
		if len(vars) != 2 || vars[0].Title != prompt.InstructionVariable || vars[1].Title != prompt.PlanVariable {
			t.Errorf("%s: variables %+v", f, vars)
		}
	}
}
