package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// conversation plays a model that answers by the book, and a user.
func conversation(t *testing.T, f *spec.Flow, inputs []value.Member, replies ...string) (*runner, []*prompt.Prompt) {
	t.Helper()
	r := begin(t, f, inputs...)
	var asked []*prompt.Prompt
	for len(r.pending) > 0 {
		e := r.pending[0]
		r.pending = r.pending[1:]
		if e.Model == nil {
			t.Fatalf("an effect that is no question to a model: %+v", e)
		}
		if len(asked) >= len(replies) {
			t.Fatalf("the model is asked once more than expected: %+v", e.Model.Prompt)
		}
		answer := message.Text(message.Assistant, replies[len(asked)])
		asked = append(asked, e.Model.Prompt)
		r.take(e.Done(engine.Result{Message: &answer}))
	}
	if len(asked) < len(replies) {
		t.Errorf("the model was asked %d times, want %d", len(asked), len(replies))
	}
	return r, asked
}

func model() spec.LlmConfig {
	m := &spec.VllmConfig{}
	m.Name, m.ModelID = "model", "model"
	return m
}

func llm(template string, outputs ...value.Property) *spec.LlmNode {
	n := &spec.LlmNode{LlmConfig: model(), PromptTemplate: template}
	n.Outputs = outputs
	return n
}

var (
	x     = []value.Property{flowtest.Text("x")}
	given = []value.Member{{Key: "x", Value: value.String("it")}}
)

func TestStructuredAnswers(t *testing.T) {
	t.Parallel()
	n, s := of("n", value.IntegerType), of("s", value.StringType)
	for _, tt := range []struct {
		name    string
		outputs []value.Property
		reply   string
		want    string
	}{
		{"in tags", []value.Property{n}, "hm <final_answer>{\"n\": 5}</final_answer>", `{"n":5}`},
		{"fenced", []value.Property{n}, "Sure:\n```json\n{\"n\": 7}\n```", `{"n":7}`},
		{"bare", []value.Property{n}, "<final_answer>5</final_answer>", `{"n":5}`},
		{"repaired", []value.Property{n, s}, "{'n': 3, s: 'x',", `{"n":3,"s":"x"}`},
		{"a number in a text is a number", []value.Property{n}, `{"n": "7"}`, `{"n":7}`},
		{"a declared default counts", []value.Property{n.WithDefault(value.Int(9)), s}, `{"s": "x"}`, `{"n":9,"s":"x"}`},
		{"an object as a whole", []value.Property{of("o", value.ObjectOf(n, s.WithDefault(value.String("d"))))}, `{"n": 1}`, `{"o":{"n":1,"s":"d"}}`},
		{"a list", []value.Property{of("l", value.ListOf(value.IntegerType))}, `<final_answer>[1, "2"]</final_answer>`, `{"l":[1,2]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, _ := conversation(t, around(llm("do {{x}}", tt.outputs...), x, tt.outputs).Flow, given, tt.reply)
			if got := outcome(r.m.Status()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAWrongAnswerIsAskedForOnceMore(t *testing.T) {
	t.Parallel()
	outs := []value.Property{of("n", value.IntegerType), of("s", value.StringType)}
	r, asked := conversation(t, around(llm("do {{x}}", outs...), x, outs).Flow, given, `{"n": "many"}`, `{"n": 4, "s": "x"}`)
	if got := outcome(r.m.Status()); got != `{"n":4,"s":"x"}` {
		t.Errorf("got %s", got)
	}
	again := asked[1].Messages
	if len(again) != 3 || again[1].Text() != `{"n": "many"}` || !strings.Contains(again[2].Text(), "n: ") || !strings.Contains(again[2].Text(), "s: ") {
		t.Errorf("asked again with %+v", again)
	}
}

func TestTwoWrongAnswersNameThePath(t *testing.T) {
	t.Parallel()
	outs := []value.Property{of("list", value.ListOf(value.ObjectOf(of("n", value.IntegerType))))}
	r, _ := conversation(t, around(llm("do {{x}}", outs...), x, outs).Flow, given, `[{"n": 1}, {"n": "a"}]`, `[{"n": 1}, {"n": "b"}]`)
	if got := outcome(r.m.Status()); !strings.HasPrefix(got, "ValueError: ") || !strings.Contains(got, "list[1].n: expected integer") {
		t.Errorf("got %s", got)
	}
}

// TestTheSecondQuestionSurvivesASnapshot stores the state while the model is asked once more.
func TestTheSecondQuestionSurvivesASnapshot(t *testing.T) {
	t.Parallel()
	outs := []value.Property{of("n", value.IntegerType)}
	r := begin(t, around(llm("do {{x}}", outs...), x, outs).Flow, given...)
	answer := func(text string) {
		e := r.m.Pending()[0]
		reply := message.Text(message.Assistant, text)
		r.take(engine.EffectDone{ID: e.ID, Result: engine.Result{Message: &reply}})
	}
	first := r.m.Pending()[0].ID
	answer("none")
	data, err := r.m.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if r.m, err = engine.Load(r.m.Program(), data, engine.Limits{}); err != nil {
		t.Fatal(err)
	}
	if second := r.m.Pending()[0].ID; second == first {
		t.Errorf("both questions have the ID %s", first)
	}
	answer("none")
	if got := outcome(r.m.Status()); !strings.HasPrefix(got, "ValueError: ") {
		t.Errorf("got %s, want a failure after the second answer", got)
	}
}

func TestStrictAnswersListAllThatIsWrong(t *testing.T) {
	t.Parallel()
	object := of("output", value.ObjectOf(of("n", value.IntegerType), of("s", value.StringType)))
	n := &spec.LlmNode{LlmConfig: model(), PromptTemplateObject: &spec.PromptTemplate{
		StrictOutputValidation: true, ResponseFormat: &object,
		Messages: []spec.PromptMessage{textMessage("user", "do {{x}}")},
	}}
	n.Extended = true
	r, _ := conversation(t, around(n, x, []value.Property{object}).Flow, given, `{"n": "1", "more": 2}`)
	want := "StructuredOutputValidationError: the model's answer is not what was asked for: " +
		"output.n: expected integer, found string; output.s: missing required field"
	if got := outcome(r.m.Status()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func textMessage(role string, texts ...string) spec.PromptMessage {
	m := spec.PromptMessage{Role: role}
	for _, text := range texts {
		m.Contents = append(m.Contents, spec.PromptContent{Type: "text", Content: &text})
	}
	return m
}

func TestATemplateOfMessagesGetsTheConversation(t *testing.T) {
	t.Parallel()
	g := flowtest.NewGraph("talk", x...)
	say := g.Add(&spec.OutputMessageNode{Message: "hello {{x}}"}, "say")
	thought := g.Add(&spec.OutputMessageNode{Message: "hm", MessageType: "THOUGHT"}, "think")
	n := &spec.LlmNode{LlmConfig: model(), PromptTemplateObject: &spec.PromptTemplate{Messages: []spec.PromptMessage{
		textMessage("system", "be {{x}}"),
		textMessage("system", spec.ChatHistoryPlaceholder),
		textMessage("user", "now"),
	}}}
	n.Extended = true
	g.Add(n, "ask")
	end := g.End("end", flowtest.Text("output"))
	g.Edge(g.Start(), "", say)
	g.Edge(say, "", thought)
	g.Edge(thought, "", n)
	g.Edge(n, "", end)
	g.Data(g.Start(), "x", say, "x")
	g.Data(g.Start(), "x", n, "x")
	g.Data(n, "output", end, "output")
	r, asked := conversation(t, g.Flow, given, "fine")
	if got := outcome(r.m.Status()); got != `{"output":"fine"}` {
		t.Errorf("got %s", got)
	}
	want := []message.Message{
		message.Text(message.System, "be it"), message.Text(message.Assistant, "hello it"), message.Text(message.User, "now"),
	}
	if diff := cmp.Diff(want, asked[0].Messages); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, reply, chosen, end string }{
		{"by the shown name", "I would say: Repair desk", "Repair desk", "tech"},
		{"the longest of those that begin at one place", "s11", "s11", "eleven"},
		{"not as a part of a word", "s1x", "", "default"},
		{"the first in the answer", "Repair desk, not s1", "Repair desk", "tech"},
		{"whatever the case, second", "REPAIR DESK.", "Repair desk", "tech"},
		{"none", "no idea", "", "default"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := &spec.ChoiceNode{LlmConfig: model(), PromptTemplate: "{% for s in next_steps %}{{s.displayed_step_name}} {% endfor %}{{x}}", NextBranches: []spec.Choice{
				{"one", "first", "s1"}, {"eleven", "second", "s11"}, {"tech", "third", "Repair desk"},
			}, NumTokens: 9}
			g := flowtest.NewGraph("choice", x...)
			g.Add(n, "choice")
			g.Edge(g.Start(), "", n)
			g.Data(g.Start(), "x", n, "x")
			for _, branch := range []string{"one", "eleven", "tech", "default"} {
				end := g.End(branch, flowtest.Texts("selected_choice", "llm_output")...)
				g.Edge(n, branch, end)
				g.Data(n, "selected_choice", end, "selected_choice")
				g.Data(n, "llm_output", end, "llm_output")
			}
			r, asked := conversation(t, g.Flow, given, tt.reply)
			done, ok := r.m.Status().(engine.Finished)
			if !ok || done.End != tt.end || done.Outputs.Of().Get("selected_choice").Str() != tt.chosen {
				t.Errorf("got %+v, want %q at %q", r.m.Status(), tt.chosen, tt.end)
			}
			if got := asked[0].Messages[0].Text(); got != "s1 s11 Repair desk it" {
				t.Errorf("asked %q", got)
			}
			if got := asked[0].Generation.Of().String(); got != `{"max_tokens":9}` {
				t.Errorf("asked with %s", got)
			}
		})
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	empty, own := "", "{{x}}:{% for m in chat_history %} {{m.content}}{% endfor %}"
	user := []string{"USER", "AGENT"}
	for _, tt := range []struct {
		name string
		node spec.GetChatHistoryNode
		want string
	}{
		{"rendered", spec.GetChatHistoryNode{N: 10, MessageTypes: user, OutputTemplate: &empty}, "AGENT >> a it\nUSER >> b\nAGENT >> c"},
		{"the last", spec.GetChatHistoryNode{N: 1, MessageTypes: user, OutputTemplate: &empty}, "AGENT >> c"},
		{"before the last", spec.GetChatHistoryNode{N: 1, Offset: 1, MessageTypes: user, OutputTemplate: &empty}, "USER >> b"},
		{"the first", spec.GetChatHistoryNode{N: 2, WhichMessages: "first", MessageTypes: user, OutputTemplate: &empty}, "AGENT >> a it\nUSER >> b"},
		{"all types", spec.GetChatHistoryNode{N: 9, OutputTemplate: &own}, "it: a it b c d"},
		{"beyond the beginning", spec.GetChatHistoryNode{N: 9, Offset: 9, OutputTemplate: &empty}, ""},
		{"no types", spec.GetChatHistoryNode{N: 9, MessageTypes: []string{}, OutputTemplate: &empty}, ""},
		{"as a list", spec.GetChatHistoryNode{N: 1, MessageTypes: user}, `[{"message_type": "AGENT", "content": "c"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := historyOf(t, &tt.node); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// historyOf runs a history node behind four messages: "a it" of the agent, "b" of the user, "c" of the agent, and the
// thought "d".
func historyOf(t *testing.T, n *spec.GetChatHistoryNode) string {
	t.Helper()
	g := flowtest.NewGraph("talk", x...)
	ask := "a {{x}}"
	first := g.Add(&spec.InputMessageNode{Message: &ask}, "ask")
	second := g.Add(&spec.OutputMessageNode{Message: "c"}, "say")
	third := g.Add(&spec.OutputMessageNode{Message: "d", MessageType: "THOUGHT"}, "think")
	g.Add(n, "history")
	end := g.End("end", flowtest.Text("chat_history"))
	for _, pair := range [][2]spec.Node{{g.Start(), first}, {first, second}, {second, third}, {third, n}, {n, end}} {
		g.Edge(pair[0], "", pair[1])
	}
	g.Data(g.Start(), "x", first, "x")
	if n.OutputTemplate != nil && strings.Contains(*n.OutputTemplate, "{{x}}") {
		g.Data(g.Start(), "x", n, "x")
	}
	g.Data(n, "chat_history", end, "chat_history")
	r := begin(t, g.Flow, given...)
	reply := message.Text(message.User, "b")
	r.take(engine.Answer{ID: r.m.Status().(engine.Waiting).Requests[0].ID, Message: &reply})
	done, ok := r.m.Status().(engine.Finished)
	if !ok {
		t.Fatalf("got %s", outcome(r.m.Status()))
	}
	return done.Outputs.Of().Get("chat_history").Str()
}

func TestExtract(t *testing.T) {
	t.Parallel()
	a := of("a", value.IntegerType)
	for _, tt := range []struct {
		name    string
		outputs []value.Property
		text    string
		want    string
	}{
		{"fenced", []value.Property{a}, "so:\n```json\n{\"a\": 1}\n```\nok", `{"a":1}`},
		{"labelled", []value.Property{a}, `[JSON]: {"a": 2}`, `{"a":2}`},
		{"repaired", []value.Property{a}, `{'a': 3,`, `{"a":3}`},
		{"zero counts as found", []value.Property{a}, "```{\"a\": 0}``` ```{\"a\": 4}```", `{"a":0}`},
		{"null does not", []value.Property{a}, "```{\"a\": null}``` ```{\"a\": 4}```", `{"a":4}`},
		{"undeclared outputs are texts", []value.Property{flowtest.Text("a")}, `{"a": 1.50}`, `{"a":"1.5"}`},
		{"a default", []value.Property{a.WithDefault(value.Int(9))}, `{"b": 1}`, `{"a":9}`},
		{"nothing found", []value.Property{a}, `{"b": 1}`, `ValueError: output "a" was not found`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := &spec.ExtractNode{OutputValues: spec.Dict[string]{{Key: "a", Value: ".a"}}}
			if tt.name != "undeclared outputs are texts" {
				n.Outputs = tt.outputs
			}
			r := begin(t, around(n, flowtest.Texts("text"), tt.outputs).Flow, value.Member{Key: "text", Value: value.String(tt.text)})
			if got := outcome(r.m.Status()); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestExtractHasAModelMendTheJSON(t *testing.T) {
	t.Parallel()
	n := &spec.ExtractNode{OutputValues: spec.Dict[string]{{Key: "a", Value: ".a"}, {Key: "b", Value: ".b.c"}}, Retry: true, LlmConfig: model()}
	outs := flowtest.Texts("a", "b")
	r, asked := conversation(t, around(n, flowtest.Texts("text"), outs).Flow,
		[]value.Member{{Key: "text", Value: value.String(`{"a": "x", "b": "y"}`)}}, "```json\n{\"a\": \"z\", \"b\": {\"c\": \"y\"}}\n```")
	if got := outcome(r.m.Status()); got != `{"a":"x","b":"y"}` {
		t.Errorf("got %s", got)
	}
	text := asked[0].Messages[0].Text()
	if !strings.Contains(text, "\n\n{\"a\": \"x\", \"b\": \"y\"}\n---------------\nerror:\n\n") || !strings.HasSuffix(text, " a,  b, \n\n----------------\n(reminder to respond in a JSON blob no matter what)\nAssistant:") {
		t.Errorf("asked %q", text)
	}
}

func TestRegex(t *testing.T) {
	t.Parallel()
	flags := 2
	for _, tt := range []struct {
		name  string
		regex spec.Regex
		all   bool
		text  string
		want  string
	}{
		{"the first", spec.Regex{Text: `\d+`}, false, "a 1 22", `{"output":"1"}`},
		{"the last", spec.Regex{Pattern: &spec.RegexPattern{Pattern: `\d+`, Match: "last"}}, false, "a 1 22", `{"output":"22"}`},
		{"all", spec.Regex{Text: `\d+`}, true, "a 1 22", `{"output":["1","22"]}`},
		{"one group", spec.Regex{Text: `#(\d+)`}, false, "a #42", `{"output":"42"}`},
		{"several groups", spec.Regex{Text: `(\w)=(\d)`}, false, "a=1", `{"output":"[\"a\", \"1\"]"}`},
		{"flags", spec.Regex{Pattern: &spec.RegexPattern{Pattern: "AB", Flags: &flags}}, false, "xab", `{"output":"ab"}`},
		{"a text alone has none", spec.Regex{Text: "a.b"}, false, "a\nb", `{"output":""}`},
		{"empty matches do not count", spec.Regex{Text: "x*"}, true, "axb", `{"output":["x"]}`},
		{"nothing", spec.Regex{Text: "z"}, true, "a", `{"output":[]}`},
		{"a bound", spec.Regex{Text: "(a|aa)+$"}, false, strings.Repeat("a", 40) + "!", "RuntimeError: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			outs := flowtest.Texts("output")
			if tt.all {
				outs = []value.Property{of("output", value.ListOf(value.StringType))}
			}
			n := &spec.RegexNode{RegexPattern: tt.regex, AllMatches: tt.all}
			n.Outputs = outs
			r := begin(t, around(n, flowtest.Texts("text"), outs).Flow, value.Member{Key: "text", Value: value.String(tt.text)})
			if got := outcome(r.m.Status()); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRephrasedMessagesYieldTheTextAsItWas(t *testing.T) {
	t.Parallel()
	n := &spec.OutputMessageNode{Message: "say {{x}}", Rephrase: true, LlmConfig: model(), ExposeMessageAsOutput: true}
	n.Extended = true
	r, asked := conversation(t, around(n, x, flowtest.Texts("output_message")).Flow, given, "nicely said")
	if got := outcome(r.m.Status()); got != `{"output_message":"say it"}` {
		t.Errorf("got %s", got)
	}
	if diff := cmp.Diff([]string{"nicely said"}, said(r.m)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	m := asked[0].Messages
	if len(m) != 1 || m[0].Role != message.System || !strings.HasSuffix(m[0].Text(), "nothing else.\n\nsay it") {
		t.Errorf("asked %+v", m)
	}
	if got := asked[0].Generation.Of().String(); got != `{"temperature":1.3}` {
		t.Errorf("asked with %s", got)
	}
}

func TestARephrasedQuestionWaitsForTheUser(t *testing.T) {
	t.Parallel()
	ask := "say {{x}}"
	n := &spec.InputMessageNode{MessageTemplate: &ask, Rephrase: true, LlmConfig: model()}
	n.Extended = true
	r, _ := conversation(t, around(n, x, flowtest.Texts("user_provided_input")).Flow, given, "please say it")
	waiting, ok := r.m.Status().(engine.Waiting)
	if !ok || waiting.Requests[0].UserMessage.Prompt.Text() != "please say it" {
		t.Fatalf("got %+v", r.m.Status())
	}
	reply := message.Text(message.User, "yes")
	r.take(engine.Answer{ID: waiting.Requests[0].ID, Message: &reply})
	if got := outcome(r.m.Status()); got != `{"user_provided_input":"yes"}` {
		t.Errorf("got %s", got)
	}
}
