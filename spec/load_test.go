package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/spec"
)

const positions = `{
  "component_type": "Flow", "id": "f", "name": "f",
  "start_node": {"$component_ref": "s"},
  "nodes": [{"$component_ref": "s"},
    {"component_type": "EndNode", "id": "é", "name": "e", "inputs": [{"title": "x"}]}],
  "control_flow_connections": [],
  "$referenced_components": {"s": {"component_type": "StartNode", "id": "s", "name": "s"}},
  "agentspec_version": "25.4.1"
}`

func TestPositions(t *testing.T) {
	t.Parallel()
	doc := load(t, positions, &spec.LoadOptions{File: "f.json"})
	flow := doc.Root.(*spec.Flow)
	start, end := flow.StartNode.Base(), flow.Nodes[1].Base()
	built := &spec.EndNode{}
	tests := []struct {
		name string
		got  spec.Pos
		want string
	}{
		{"the root", flow.Pos(), "f.json:1:1"},
		{"a referenced component", start.Pos(), "f.json:7:35"},
		{"a component in a list", end.Pos(), "f.json:5:5"},
		{"a field", flow.FieldPos("nodes"), "f.json:4:12"},
		{"an item", flow.FieldPos("nodes", 1), "f.json:5:5"},
		{"characters count, not bytes", end.FieldPos("name"), "f.json:5:54"},
		{"a part of a field", end.FieldPos("inputs", 0, "title"), "f.json:5:80"},
		{"a part that is not there", end.FieldPos("inputs", 0, "type"), "f.json:5:70"},
		{"a field that is not there", end.FieldPos("outputs"), "f.json:5:5"},
		{"what was built in Go", built.Pos(), ""},
		{"a field of what was built in Go", built.FieldPos("name"), ""},
	}
	for _, tt := range tests {
		if got := tt.got.String(); got != tt.want {
			t.Errorf("position of %s = %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPositionsInYAML(t *testing.T) {
	t.Parallel()
	doc := load(t, "# Grüße\r\ncomponent_type: ServerTool\r\nid: t\r\nname: &n t\r\ndescription: *n\r\nagentspec_version: 25.4.1\r\n",
		&spec.LoadOptions{File: "t.yaml"})
	base := doc.Root.Base()
	for want, got := range map[string]spec.Pos{
		"t.yaml:2:1":  base.Pos(),
		"t.yaml:3:5":  base.FieldPos("id"),
		"t.yaml:4:7":  base.FieldPos("name"),
		"t.yaml:5:14": base.FieldPos("description"),
	} {
		if got.String() != want {
			t.Errorf("position %v, want %s", got, want)
		}
	}
}

func TestFieldPosKnowsOtherSpellings(t *testing.T) {
	t.Parallel()
	doc := load(t, `
component_type: ExtendedParallelFlowNode
id: n
name: n
flows: []
agentspec_version: 25.4.2
`, nil)
	base := doc.Root.Base()
	if got := base.FieldPos("subflows"); got != base.FieldPos("flows") || got.Line != 5 {
		t.Errorf("FieldPos(subflows) = %v, FieldPos(flows) = %v", got, base.FieldPos("flows"))
	}
}

// TestOneLongLine checks that positions in a document of one line are found fast enough.
func TestOneLongLine(t *testing.T) {
	t.Parallel()
	text := `{"component_type": "ServerTool", "id": "t", "name": "ü", "agentspec_version": "25.4.1", "metadata": {"x": [` +
		strings.Repeat(`"é", `, 100_000) + `1]}` + strings.Repeat(`, "wrong": 1`, 1) + `}`
	for _, format := range []spec.Format{spec.JSON, spec.YAML} {
		_, err := spec.Load([]byte(text), &spec.LoadOptions{Format: format})
		if want := "1:500113"; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Load: %v, want a finding at %s", err, want)
		}
	}
}

func TestReferencesInAnyOrder(t *testing.T) {
	t.Parallel()
	// The definitions stand last, in a component deep inside, and lead to each other.
	doc := load(t, `
component_type: Agent
id: a
name: a
system_prompt: x
llm_config: {$component_ref: m}
tools:
- {$component_ref: t}
- component_type: ServerTool
  id: u
  name: u
  $referenced_components:
    t: {component_type: MCPTool, id: t, name: t, client_transport: {$component_ref: c}}
    c: {component_type: SSETransport, id: c, name: c, url: http://localhost}
    m: {component_type: OllamaConfig, id: m, name: m, model_id: m, url: localhost}
agentspec_version: 25.4.1
`, nil)
	agent := doc.Root.(*spec.Agent)
	if agent.LlmConfig == nil || agent.Tools[0].(*spec.MCPTool).ClientTransport == nil {
		t.Errorf("references are not resolved: %#v", agent)
	}
	if doc.Component("c") == nil || doc.Component("nope") != nil {
		t.Error("Component does not find components by their ids")
	}
}

func TestYAMLAliasIsOneComponent(t *testing.T) {
	t.Parallel()
	doc := load(t, `
component_type: Flow
id: f
name: f
start_node: &start {component_type: StartNode, id: s, name: s}
nodes: [*start, {<<: {component_type: EndNode, name: e}, id: e}]
control_flow_connections: []
agentspec_version: 25.4.1
`, nil)
	flow := doc.Root.(*spec.Flow)
	if flow.Nodes[0] != spec.Node(flow.StartNode) {
		t.Error("an alias is another component than its anchor")
	}
	if flow.Nodes[1].Base().ID != "e" {
		t.Errorf("merged node = %#v", flow.Nodes[1])
	}
}

func TestIDsAreMadeUp(t *testing.T) {
	t.Parallel()
	const text = `
component_type: Agent
name: a
system_prompt: x
llm_config: {component_type: OllamaConfig, name: m, model_id: m, url: localhost}
tools: [{component_type: ServerTool, name: t}, {component_type: ServerTool, name: t}]
agentspec_version: 25.4.1
`
	ids := func() (ids []string) {
		spec.Walk(load(t, text, nil).Root, func(c spec.Component) bool {
			ids = append(ids, c.Base().ID)
			return true
		})
		return ids
	}
	first, second := ids(), ids()
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("ids differ from load to load:\n%s", diff)
	}
	seen := make(map[string]bool)
	for _, id := range first {
		if id == "" || seen[id] {
			t.Errorf("ids = %q, want different ones", first)
		}
		seen[id] = true
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	const sse = `{"component_type": "MCPTool", "id": "t", "name": "t", "agentspec_version": "25.4.1",
		"client_transport": {"component_type": "SSETransport", "id": "x", "name": "x", "url": "http://localhost"}}`
	stdio := strings.Replace(strings.Replace(sse, "SSETransport", "StdioTransport", 1), `"url": "http://localhost"`, `"command": "x"`, 1)
	plugin := strings.Replace(sse, "SSETransport", "PluginSSETransport", 1)
	vllm := `{"component_type": "VllmConfig", "id": "v", "name": "v", "model_id": "m", "url": "u", "agentspec_version": "25.4.1"}`
	tests := []struct {
		name             string
		text             string
		allowed, blocked []string
		want             bool
	}{
		{"the default", sse, nil, nil, true},
		{"programs, by default", stdio, nil, nil, false},
		{"programs, if nothing is blocked", stdio, nil, []string{}, true},
		{"a type", sse, nil, []string{"SSETransport"}, false},
		{"its special case", plugin, nil, []string{"SSETransport"}, false},
		{"an abstract type", sse, nil, []string{"ClientTransport"}, false},
		{"the nearest counts: allowed", sse, []string{"SSETransport", "Component"}, []string{"ClientTransport"}, true},
		{"the nearest counts: blocked", sse, []string{"ClientTransport", "Component"}, []string{"SSETransport"}, false},
		{"blocking wins ties", sse, []string{"SSETransport", "Component"}, []string{"SSETransport"}, false},
		{"not among those allowed", sse, []string{"Tool"}, []string{}, false},
		{"all allowed", sse, []string{"Tool", "ClientTransport"}, []string{}, true},
		{"a base", vllm, nil, []string{"OpenAiCompatibleConfig"}, false},
		{"a base of the base", vllm, nil, []string{"LlmConfig"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := spec.Load([]byte(tt.text), &spec.LoadOptions{Allowed: tt.allowed, Blocked: tt.blocked})
			if (err == nil) != tt.want {
				t.Errorf("Load: %v, want success: %v", err, tt.want)
			}
		})
	}
}

func TestPolicyAppliesToSuppliedComponents(t *testing.T) {
	t.Parallel()
	tool := &spec.StdioTransport{Command: "rm"}
	tool.ID, tool.Name = "x", "x"
	_, err := spec.Load([]byte(`{"component_type": "MCPTool", "id": "t", "name": "t", "agentspec_version": "25.4.1",
		"client_transport": {"$component_ref": "x"}}`), &spec.LoadOptions{Components: map[string]spec.Component{"x": tool}})
	if err == nil || !strings.Contains(err.Error(), "blocked") {
		t.Errorf("Load: %v, want the supplied transport to be blocked", err)
	}
}

func TestFormatIsFound(t *testing.T) {
	t.Parallel()
	const json = `{"component_type": "ServerTool", "id": "t", "name": "t", "agentspec_version": "25.4.1"}`
	const flow = `{component_type: ServerTool, id: t, name: t, agentspec_version: 25.4.1}`
	for _, tt := range []struct {
		name, text string
		opts       spec.LoadOptions
	}{
		{"JSON by content", json, spec.LoadOptions{}},
		{"JSON by name", json, spec.LoadOptions{File: "x.JSON"}},
		{"JSON is YAML", json, spec.LoadOptions{File: "x.yml"}},
		{"a byte order mark", "\ufeff" + json, spec.LoadOptions{}},
		{"YAML in braces", flow, spec.LoadOptions{}},
		{"asked for", json, spec.LoadOptions{File: "x.json", Format: spec.YAML}},
	} {
		if _, err := spec.Load([]byte(tt.text), &tt.opts); err != nil {
			t.Errorf("Load(%s): %v", tt.name, err)
		}
	}
}

// TestHostileDocuments checks that documents made to hurt are refused with one readable finding.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for c := '1'; c <= '9'; c++ {
		bomb += strings.ReplaceAll(strings.ReplaceAll("aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n", "N", string(c)), "M", string(c-1))
	}
	nested := `{"component_type": "Flow", "id": "f", "name": "f", "start_node": `
	var chain strings.Builder
	chain.WriteString(`{"$component_ref": "0", "$referenced_components": {`)
	for i := range 5000 {
		fmt.Fprintf(&chain, `"%d": {"component_type": "AgentNode", "id": "%d", "name": "n", "agent": {"$component_ref": "%d"}}, `, i, i, i+1)
	}
	chain.WriteString(`"5000": {"component_type": "Flow", "id": "last", "name": "f"}}, "agentspec_version": "25.4.1"}`)
	tests := []struct{ name, text, want string }{
		{"JSON, nested 10,000 times", strings.Repeat(nested, 10000), "too-deep"},
		{"JSON lists, nested 10,000 times", `{"a":` + strings.Repeat("[", 10000), "too-deep"},
		{"YAML lists, nested 10,000 times", strings.Repeat("- ", 10000), "too-deep"},
		{"YAML in brackets, nested 10,000 times", "a: " + strings.Repeat("[", 10000), "too-deep"},
		{"aliases of aliases", bomb, "too-large"},
		{"an alias of itself", "a: &a {b: *a}", "syntax"},
		{"a chain of references", chain.String(), "too-deep"},
		{"a number of 100,000 digits", `{"a": ` + strings.Repeat("9", 100_000) + "}", "syntax"},
		{"a number of 100,000 digits in YAML", "a: 0x" + strings.Repeat("9", 100_000), "syntax"},
		{"a number that is too large", `{"a": 1e999}`, "syntax"},
		{"an infinite number", "component_type: Flow\nmetadata: {x: -.inf}", "bad-value"},
		{"a NUL byte", "a: \x00", "syntax"},
		{"not UTF-8", "{\"a\": \"\xff\"}", "syntax"},
		{"nothing", "", "syntax"},
		{"a huge number of findings", "component_type: Flow\n" + strings.Repeat("? a\n: 1\n", 5000), "too-large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := spec.Load([]byte(tt.text), nil)
			if err == nil || !strings.Contains(err.Error(), " "+tt.want+": ") {
				t.Errorf("Load: %.500v, want a finding %s", err, tt.want)
			}
			if len(err.Error()) > 200_000 {
				t.Errorf("Load: the error has %d bytes", len(err.Error()))
			}
		})
	}
	if _, err := spec.Load([]byte("component_type: Flow"), &spec.LoadOptions{MaxSize: 5}); err == nil {
		t.Error("Load takes a document beyond MaxSize")
	}
}

func TestLoadComponentsRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"component_type": "ServerTool", "id": "t", "name": "t"}`,
		`{"$referenced_components": {}, "name": "x"}`,
		`{"$referenced_components": {"a": 5}}`,
		`{"$referenced_components": {"a": {"component_type": "Flow"}}}`,
		`[]`,
	} {
		if _, err := spec.LoadComponents([]byte(text), nil); err == nil {
			t.Errorf("LoadComponents(%s) succeeds", text)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	a, b := load(t, positions, nil), load(t, positions+" ", nil)
	if a.Hash() == b.Hash() || a.Hash() != load(t, positions, nil).Hash() {
		t.Error("Hash does not tell texts apart, or is not the same for one text")
	}
}
