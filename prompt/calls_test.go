package prompt_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// objects lets cmp compare arguments.
var objects = cmp.Comparer(func(o, p *value.Object) bool { return value.Equal(o.Of(), p.Of()) })

// callText is what was found in an answer, as text.
func callText(thought string, calls []prompt.Call) string {
	text := thought
	for _, c := range calls {
		text += "|" + c.Name + c.Args.Of().String()
	}
	return text
}

func TestCalls(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		format   prompt.CallFormat
		in, want string
	}{
		{"json", prompt.JSONCalls{}, `{"name": "f", "parameters": {"a": 1}}`, `|f{"a":1}`},
		{"json with words around it", prompt.JSONCalls{}, "Well: ```json\n{'name': 'f', 'parameters': {}}\n``` so", `|f{}`},
		{"json list", prompt.JSONCalls{}, `[{"name": "f", "parameters": {}}, 3, {"name": "g"}, {"name": "h", "parameters": {"x": "y"}}]`, `|f{}|h{"x":"y"}`},
		{"json several", prompt.JSONCalls{}, "{\"name\": \"f\", \"parameters\": {\"a\": 1}}, {\"name\": \"f\", \"parameters\": {\"a\": 2}}", `|f{"a":1}|f{"a":2}`},
		{"no json", prompt.JSONCalls{}, "the name is f", ""},
		{"another object", prompt.JSONCalls{}, `{"answer": 42}`, ""},
		{"thought", prompt.ThoughtJSONCalls{}, "I think. [ {\"name\": \"f\", \"parameters\": {}}]", `I think.|f{}`},
		{"args", prompt.ThoughtJSONCalls{}, `go {"name": "f", args={"a": 1}}`, `go|f{"a":1}`},
		{"actions", prompt.ThoughtJSONCalls{}, `{"thought": "x", "actions": [{"name": "f", "parameters": {}}]}`, `|f{}`},
		{"thought alone", prompt.ThoughtJSONCalls{}, "I think", ""},
		{"react", prompt.ReactCalls{}, "## Thought: so\n## Action:\n```json\n{\"name\": \"f\", \"parameters\": {\"a\": 1}}\n```\n## Observation: no", `so|f{"a":1}`},
		{"react without fence", prompt.ReactCalls{}, "## Thought: so\n## Action: {\"name\": \"f\", \"parameters\": {}}", `so|f{}`},
		{"react without heading", prompt.ReactCalls{}, "```\n{\"name\": \"f\", \"parameters\": {}}\n```", `|f{}`},
		{"react with two actions", prompt.ReactCalls{}, "## Action:\n```json\n{\"name\": \"f\", \"parameters\": {}}\n```\n## Action:\n```json\n{\"name\": \"g\", \"parameters\": {}}\n```", `|f{}`},
	} {
		if got := callText(tt.format.Calls(tt.in)); got != tt.want {
			t.Errorf("%s: Calls(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestCallParserMakesRequests(t *testing.T) {
	t.Parallel()
	tmpl := &prompt.Template{TextTools: true, Parsers: []prompt.Parser{&prompt.CallParser{Format: prompt.ThoughtJSONCalls{}}}}
	asked := &prompt.Asked{ID: "1.7", Tools: []prompt.Tool{{Name: "f", Inputs: []value.Property{property("n", value.IntegerType)}}}}
	got, err := tmpl.Read(message.Text(message.Assistant, `hm [{"name": "f", "parameters": {"n": "3", "x": 1}}, {"name": "unknown", "parameters": {"x": 1}}]`), asked)
	want := message.Message{
		Role: message.Assistant, Contents: []message.Part{{Text: "hm"}},
		ToolRequests: []message.ToolRequest{
			{ID: "1.7-1", Name: "f", Args: value.NewObject(value.Member{Key: "n", Value: value.Int(3)})},
			{ID: "1.7-2", Name: "unknown", Args: value.NewObject(value.Member{Key: "x", Value: value.Int(1)})},
		},
	}
	if diff := cmp.Diff(want, got, objects); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	plain := message.Text(message.Assistant, "no call")
	if got, err := tmpl.Read(plain, asked); err != nil || !cmp.Equal(plain, got, objects) {
		t.Errorf("an answer without calls became %+v, %v", got, err)
	}
	native := message.Message{Role: message.Assistant, ToolRequests: []message.ToolRequest{{ID: "a", Name: "f", Args: value.NewObject(value.Member{Key: "n", Value: value.String("4")})}}}
	got, err = (&prompt.Template{}).Read(native, asked)
	if err != nil || got.ToolRequests[0].ID != "a" || got.ToolRequests[0].Args.Of().String() != `{"n":4}` {
		t.Errorf("a native request became %+v, %v", got, err)
	}
}
