package prompt_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/internal/jq"
	"github.com/wayflow-go/wayflow/internal/pyre"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

func property(title string, t *value.Type) value.Property {
	return value.Property{Title: title, Type: t}
}

// TestJSONInstruction compares with what the reference puts behind a prompt, byte by byte.
func TestJSONInstruction(t *testing.T) {
	t.Parallel()
	const head = "\n\n\n## Additional instructions: \nAt the end of your answer, finish with <final_answer>$your_answer$</final_answer> " +
		"with $your_answer$ being a properly formatted json that is valid against this JSON schema:"
	object := property("o", value.ObjectOf(property("a", value.IntegerType), property("b", value.StringType).WithDefault(value.String("é")))).WithDescription("an o")
	for _, tt := range []struct {
		name    string
		outputs []value.Property
		want    string
	}{
		{
			"several",
			[]value.Property{property("n", value.IntegerType), property("s", value.StringType).WithDefault(value.String("x"))},
			`{"title": "expected_output", "description": "the expected output of the generation", "type": "object", "properties": ` +
				`{"n": {"type": "integer", "title": "n"}, "s": {"type": "string", "title": "s", "default": "x"}}, "required": ["n"]}`,
		},
		{
			"one object",
			[]value.Property{object},
			`{"type": "object", "additionalProperties": true, "properties": {"a": {"type": "integer", "title": "a"}, ` +
				`"b": {"type": "string", "title": "b", "default": "\u00e9"}}, "description": "an o", "required": ["a"]}`,
		},
	} {
		if diff := cmp.Diff(head+tt.want, prompt.JSONInstruction(tt.outputs)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func regex(t *testing.T, pattern string) prompt.Regex {
	t.Helper()
	p, err := pyre.Compile(pattern, pyre.DotAll)
	if err != nil {
		t.Fatal(err)
	}
	return prompt.Regex{Pattern: p}
}

func TestParsers(t *testing.T) {
	t.Parallel()
	last := regex(t, `\d+`)
	last.Last = true
	for _, tt := range []struct {
		name   string
		parser interface {
			Parse(text string) (string, error)
		}
		in, want string
	}{
		{"regex", &prompt.RegexParser{One: regex(t, `<a>(.*)</a>`)}, "x<a>1\n2</a>", "1\n2"},
		{"regex, nothing", &prompt.RegexParser{One: regex(t, `z`)}, "x", ""},
		{"regex, lenient", &prompt.RegexParser{One: regex(t, `z`), Lenient: true}, "x", "x"},
		{"regexes", &prompt.RegexParser{Named: []prompt.NamedRegex{{Name: "t", Regex: regex(t, `T: (.*?);`)}, {Name: "n", Regex: last}}}, "T: go; 1 22", `{"t": "go", "n": "22"}`},
		{"json", &prompt.JSONParser{}, "so: {'a': 1,}", `{"a": 1}`},
		{"queries", &prompt.JSONParser{Queries: []prompt.NamedQuery{{Name: "a", Query: jq.MustParse(".x[0]")}, {Name: "b", Query: jq.MustParse(".x.y")}}}, `{"x": [5]}`, `{"a": 5}`},
	} {
		got, err := tt.parser.Parse(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("%s: Parse(%q) = %q, %v, want %q", tt.name, tt.in, got, err, tt.want)
		}
	}
}

func TestAnswersOfModelsThatKnowStructure(t *testing.T) {
	t.Parallel()
	output := []value.Property{property("output", value.StringType)}
	dict := []value.Property{property("d", value.DictOf(value.IntegerType))}
	for _, tt := range []struct {
		name    string
		outputs []value.Property
		reply   string
		want    string
	}{
		{"an object", output, `{"output": "x"}`, `["x"]`},
		{"no JSON is a text", output, "plain words", `["plain words"]`},
		{"a dict as a whole", dict, `{"q": 1}`, `[{"q":1}]`},
		{"a dict by its name", dict, `{"d": {"q": 1}}`, `[{"q":1}]`},
	} {
		a := &prompt.Answer{Structured: true, Outputs: tt.outputs}
		got, err := a.Read(tt.reply)
		if err != nil || value.List(got...).String() != tt.want {
			t.Errorf("%s: Read(%q) = %s, %v, want %s", tt.name, tt.reply, value.List(got...), err, tt.want)
		}
	}
}

func TestAgainAsksWithTheMistakes(t *testing.T) {
	t.Parallel()
	p := &prompt.Prompt{Messages: []message.Message{message.Text(message.User, "do")}}
	again := p.Again(message.Text(message.Assistant, "done"), &prompt.AnswerError{Problems: []string{"n: missing"}})
	if len(p.Messages) != 1 || len(again.Messages) != 3 || !strings.Contains(again.Messages[2].Text(), "- n: missing\n") {
		t.Errorf("got %+v", again.Messages)
	}
}
