package prompt_test

import (
	"strings"
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

func TestPythonCalls(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"one", `f(a=1, b="x", c=True, d=None, e=2.50)`, `|f{"a":1,"b":"x","c":true,"d":null,"e":2.5}`},
		{"list", "[f(a='it\\'s'), tools.g()]", `|f{"a":"it's"}|tools.g{}`},
		{"nested first", `f(a=g(b=1))`, `|g{"b":1}|f{"a":"g(b=1)"}`},
		{"not constant", `f(a=-1, b=[1,'x'], c={'k' : (1,)}, d=x if y else z)`, `|f{"a":"-1","b":"[1, 'x']","c":"{'k': (1,)}","d":"x if y else z"}`},
		{"without names", `f("a", 2, *x, **y)`, `|f{"arg0":"'a'","arg1":"2","arg2":"*x","**":"y"}`},
		{"lines", "x = f()\n# well\ng(a='''1\n2''')", "|f{}|g{\"a\":\"1\\n2\"}"},
		{"fenced", "I do it:\n```python\nf(a=1)\n```\nSo.", `|f{"a":1}`},
		{"words", "I cannot do that.", ""},
		{"no name", "f()(x)", ""},
		{"broken", "[f(a=1", ""},
	} {
		if got := callText(prompt.PythonCalls{}.Calls(tt.in)); got != tt.want {
			t.Errorf("%s: Calls(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestNameSenders(t *testing.T) {
	t.Parallel()
	args := value.NewObject(value.Member{Key: "text", Value: value.String(strings.Repeat("long ", 50))})
	from := func(m message.Message, sender string) message.Message { m.Sender = sender; return m }
	got, err := prompt.NameSenders([]message.Message{
		message.Text(message.System, "rules"),
		message.Text(message.User, "hello"),
		from(message.Text(message.User, "do it"), "boss"),
		from(message.Message{Role: message.Assistant, Contents: []message.Part{{Text: "so"}}, ToolRequests: []message.ToolRequest{{ID: "1", Name: "f", Args: args}}}, "bob"),
		{Role: message.Assistant, ToolResult: &message.ToolResult{RequestID: "1", Content: value.String("<ok>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"system|rules",
		"user|--- MESSAGE: From: HUMAN USER ---\n|hello",
		"user|--- MESSAGE: From: boss ---\n|do it",
		"assistant|--- MESSAGE: From: bob ---\nso\n{\"name\": \"f\", \"parameters\": {\"text\": \"" + strings.Repeat("long ", 50) + "\"}}",
		"user|--- TOOL RESULT: name=f, parameters={'text': '" + strings.TrimSuffix(strings.Repeat("long ", 21), " ") + " ...} ---\n\"\\u003cok\\u003e\"",
	}
	for i, m := range got {
		text := string(m.Role)
		for _, p := range m.Contents {
			text += "|" + p.Text
		}
		if text != want[i] {
			t.Errorf("message %d is\n%q, want\n%q", i, text, want[i])
		}
	}
	if _, err := prompt.NameSenders([]message.Message{{ToolResult: &message.ToolResult{RequestID: "9"}}}); err == nil {
		t.Error("a result without a request was named")
	}
}
