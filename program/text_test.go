package program_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// alone compiles a flow of one node whose inputs and outputs are not connected.
func alone(n spec.Node) (*program.Program, error) {
	g := flowtest.NewGraph("alone")
	g.Add(n, "node")
	end := g.End("end")
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	return program.Compile(g.Flow)
}

func vllm() spec.LlmConfig {
	m := &spec.VllmConfig{}
	m.Name, m.ModelID = "model", "model"
	return m
}

func TestFindingsInTextNodes(t *testing.T) {
	t.Parallel()
	two := []value.Property{flowtest.Text("a"), flowtest.Text("b")}
	structured := &spec.LlmNode{LlmConfig: vllm(), PromptTemplate: "x", SendMessage: true}
	structured.Outputs = two
	content, placeholder := "{% for m in __CHAT_HISTORY__ %}{% endfor %}", spec.ChatHistoryPlaceholder
	histories := &spec.LlmNode{LlmConfig: vllm(), PromptTemplateObject: &spec.PromptTemplate{Messages: []spec.PromptMessage{
		{Role: "user", Contents: []spec.PromptContent{{Type: "text", Content: &content}}},
		{Role: "user", Contents: []spec.PromptContent{{Type: "text", Content: &placeholder}}},
	}}}
	bad := "{% if %}"
	for _, tt := range []struct {
		name string
		node spec.Node
		code string
	}{
		{"an answer of several outputs cannot be said", structured, "send-structured"},
		{"the conversation twice", histories, "two-histories"},
		{"a wrong template in a message", &spec.LlmNode{LlmConfig: vllm(), PromptTemplateObject: &spec.PromptTemplate{Messages: []spec.PromptMessage{{Role: "user", Contents: []spec.PromptContent{{Type: "text", Content: &bad}}}}}}, "template"},
		{"a wrong expression in a parser", &spec.LlmNode{LlmConfig: vllm(), PromptTemplateObject: &spec.PromptTemplate{OutputParser: one(&spec.RegexOutputParser{RegexPattern: spec.RegexSet{One: spec.Regex{Text: "("}}})}}, "regex"},
		{"a wrong query in a parser", &spec.LlmNode{LlmConfig: vllm(), PromptTemplateObject: &spec.PromptTemplate{OutputParser: one(&spec.JSONOutputParser{Properties: spec.Dict[string]{{Key: "a", Value: ".["}}})}}, "jq"},
		{"a wrong expression", &spec.RegexNode{RegexPattern: spec.Regex{Text: `(?<n>a)`}}, "regex"},
		{"a wrong query", &spec.ExtractNode{OutputValues: spec.Dict[string]{{Key: "a", Value: ".["}}}, "jq"},
		{"two choices of one name", &spec.ChoiceNode{LlmConfig: vllm(), NextBranches: []spec.Choice{{"a", "x", "s"}, {"b", "y", "s"}}}, "same-choice"},
		{"a wrong template of choices", &spec.ChoiceNode{LlmConfig: vllm(), PromptTemplate: bad}, "template"},
		{"a wrong template of the history", &spec.GetChatHistoryNode{OutputTemplate: &bad}, "template"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := alone(tt.node)
			findings, _ := errors.AsType[spec.Diagnostics](err)
			found := false
			for _, d := range findings {
				found = found || d.Code == tt.code
			}
			if !found {
				t.Errorf("findings %v, want one with the code %q", err, tt.code)
			}
		})
	}
}

func one(p spec.OutputParser) spec.OneOrMany[spec.OutputParser] {
	return spec.OneOrMany[spec.OutputParser]{One: &p}
}

func TestPortsOfTextNodes(t *testing.T) {
	t.Parallel()
	empty := ""
	for _, tt := range []struct {
		name            string
		node            spec.Node
		inputs, outputs string
		branches        string
	}{
		{"choice", &spec.ChoiceNode{LlmConfig: vllm(), NextBranches: []spec.Choice{{"a", "x"}, {"b", "y", "Bee"}}}, "input", "selected_choice llm_output", "a b default"},
		{"history", &spec.GetChatHistoryNode{OutputTemplate: &empty}, "", "chat_history", "next"},
		{"extract", &spec.ExtractNode{OutputValues: spec.Dict[string]{{Key: "a", Value: "."}, {Key: "b", Value: "."}}}, "text", "a b", "next"},
		{"regex", &spec.RegexNode{RegexPattern: spec.Regex{Text: "a"}}, "text", "output", "next"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := flowtest.NewGraph("ports", flowtest.Texts("input", "text")...)
			g.Add(tt.node, "node")
			end := g.End("end")
			g.Edge(g.Start(), "", tt.node)
			for _, b := range strings.Fields(tt.branches) {
				g.Edge(tt.node, b, end)
			}
			if tt.inputs != "" {
				g.Data(g.Start(), tt.inputs, tt.node, tt.inputs)
			}
			n := flowtest.Compile(t, g.Flow).Main.Nodes[1]
			var inputs, outputs []string
			for _, in := range n.Inputs {
				inputs = append(inputs, in.Title)
			}
			for _, out := range n.Outputs {
				outputs = append(outputs, out.Title)
			}
			if got := strings.Join(inputs, " "); got != tt.inputs {
				t.Errorf("inputs %q, want %q", got, tt.inputs)
			}
			if got := strings.Join(outputs, " "); got != tt.outputs {
				t.Errorf("outputs %q, want %q", got, tt.outputs)
			}
			if got := strings.Join(n.Branches, " "); got != tt.branches {
				t.Errorf("branches %q, want %q", got, tt.branches)
			}
		})
	}
}

func TestFindingsInSummaries(t *testing.T) {
	t.Parallel()
	store := &spec.InMemoryCollectionDatastore{}
	store.DatastoreSchema = spec.Dict[value.Property]{{Key: "c", Value: value.Property{Type: value.ObjectOf(flowtest.Text("cache_key"))}}}
	summaries := func(template, collection string) spec.Node {
		t := &spec.MessageSummarizationTransform{Llm: vllm(), SummarizedMessageTemplate: template}
		t.Datastore, t.CacheCollectionName = store, collection
		return &spec.LlmNode{LlmConfig: vllm(), PromptTemplateObject: &spec.PromptTemplate{PreRenderingTransforms: []spec.MessageTransform{t}}}
	}
	for _, tt := range []struct {
		name  string
		node  spec.Node
		code  string
		count int
	}{
		{"another variable", summaries("{{sumary}}", "c"), "template", 1},
		{"a wrong template", summaries("{% if %}", "c"), "template", 1},
		{"no such collection", summaries("{{summary}}", "d"), "summary-cache", 1},
		{"missing columns", summaries("{{summary}}", "c"), "summary-cache", 3},
	} {
		_, err := alone(tt.node)
		findings, _ := errors.AsType[spec.Diagnostics](err)
		n := 0
		for _, d := range findings {
			if d.Code == tt.code {
				n++
			}
		}
		if n != tt.count {
			t.Errorf("%s: %d findings with the code %q, want %d: %v", tt.name, n, tt.code, tt.count, err)
		}
	}
}
