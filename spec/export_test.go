package spec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// load reads a document that must be valid.
func load(t *testing.T, text string, opts *spec.LoadOptions) *spec.Document {
	t.Helper()
	doc, err := spec.Load([]byte(text), opts)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return doc
}

// export writes a component that can be written.
func export(t *testing.T, c spec.Component, opts *spec.ExportOptions) string {
	t.Helper()
	text, err := spec.Export(c, opts)
	if err != nil {
		t.Fatalf("Export: %v", err)
	}
	return string(text)
}

func TestExportPutsSharedComponentsWhereAllUsesAre(t *testing.T) {
	t.Parallel()
	model := &spec.OllamaConfig{}
	model.ID, model.Name, model.ModelID = "model", "model", "m"
	clock := &spec.ServerTool{}
	clock.ID, clock.Name = "clock", "clock"
	agent := func(id string, tools ...spec.Tool) *spec.Agent {
		a := &spec.Agent{LlmConfig: model, Tools: tools}
		a.ID, a.Name = id, id
		return a
	}
	// The clock is used by two agents inside the group, the model by all three agents.
	group := &spec.ManagerWorkers{
		GroupManager: agent("manager", clock),
		Workers:      []spec.AgenticComponent{agent("worker", clock)},
	}
	group.ID, group.Name = "group", "group"
	outer := &spec.ManagerWorkers{GroupManager: agent("boss"), Workers: []spec.AgenticComponent{group}}
	outer.ID, outer.Name = "outer", "outer"

	root, err := value.ParseJSON([]byte(export(t, outer, nil)))
	if err != nil {
		t.Fatal(err)
	}
	inner := root.Get("workers")
	items, _ := inner.AsList()
	want := [][]string{{"model"}, {"clock"}}
	got := [][]string{keys(root.Get("$referenced_components")), keys(items[0].Get("$referenced_components"))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("definitions in the outer and the inner group (-want +got):\n%s", diff)
	}
}

func keys(v value.Value) (keys []string) {
	o, _ := v.AsObject()
	for key := range o.All() {
		keys = append(keys, key)
	}
	return keys
}

func TestExportVersions(t *testing.T) {
	t.Parallel()
	tool := func() *spec.ServerTool {
		c := &spec.ServerTool{}
		c.ID, c.Name = "t", "t"
		return c
	}
	confirmed := tool()
	confirmed.RequiresConfirmation = true
	read := load(t, "component_type: ServerTool\nid: t\nname: t\nagentspec_version: 26.1.2\n", nil).Root
	tests := []struct {
		name      string
		component spec.Component
		ask       spec.Version
		want      string
	}{
		{"the smallest", tool(), 0, "25.4.1"},
		{"the one asked for", tool(), spec.V26_1_0, "26.1.0"},
		{"the smallest that has the field", confirmed, 0, "25.4.2"},
		{"not below the one it was read from", read, 0, "26.1.2"},
		{
			"too old for a field", confirmed, spec.V25_4_1,
			`error version: ServerTool "t": the field "requires_confirmation" needs version 25.4.2 of agent spec, but 25.4.1 was asked for; export to 25.4.2 or newer`,
		},
		{
			"too old for a type", &spec.OAuthConfig{}, spec.V26_1_0,
			`error version: OAuthConfig "" needs version 26.1.2 of agent spec, but 26.1.0 was asked for; export to 26.1.2 or newer`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, err := spec.Export(tt.component, &spec.ExportOptions{Version: tt.ask})
			if err != nil {
				if err.Error() != tt.want {
					t.Errorf("Export(version %v): %v, want %s", tt.ask, err, tt.want)
				}
				return
			}
			v, _ := value.ParseJSON(text)
			if got := v.Get("agentspec_version").Str(); got != tt.want {
				t.Errorf("Export(version %v) has version %s, want %s", tt.ask, got, tt.want)
			}
			if spec.MinVersion(tt.component).String() != tt.want && tt.ask == 0 {
				t.Errorf("MinVersion = %v, want %s", spec.MinVersion(tt.component), tt.want)
			}
		})
	}
}

func TestExportLeavesNewerFieldsOut(t *testing.T) {
	t.Parallel()
	c := &spec.ServerTool{}
	c.ID, c.Name = "t", "t"
	if text := export(t, c, nil); strings.Contains(text, "requires_confirmation") {
		t.Errorf("Export writes a field that 25.4.1 lacks:\n%s", text)
	}
	if text := export(t, c, &spec.ExportOptions{Version: spec.Current}); !strings.Contains(text, `"requires_confirmation": false`) {
		t.Errorf("Export leaves out a field at its default:\n%s", text)
	}
}

const secretDocument = `
component_type: Agent
id: a
name: a
system_prompt: {$component_ref: the-prompt}
llm_config:
  component_type: OpenAiConfig
  id: o
  name: o
  model_id: m
  api_key: {$component_ref: my-key}
  default_generation_parameters: {max_tokens: {$component_ref: limit}, temperature: 0}
tools:
- component_type: RemoteTool
  id: r
  name: r
  url: http://localhost
  http_method: GET
  headers: {X: plain, Y: {$component_ref: header-y}}
  sensitive_headers: {$component_ref: r.sensitive_headers}
agentspec_version: 25.4.2
`

func TestSecrets(t *testing.T) {
	t.Parallel()
	text := value.String
	doc := load(t, secretDocument, &spec.LoadOptions{Values: map[string]value.Value{
		"the-prompt":          text("be kind"),
		"my-key":              text("s3cret"),
		"header-y":            text("hush"),
		"limit":               value.Int(4711),
		"r.sensitive_headers": value.Obj(value.Member{Key: "Token", Value: text("whisper")}),
	}})
	agent := doc.Root.(*spec.Agent)
	model := agent.LlmConfig.Llm()
	if agent.SystemPrompt != "be kind" || model.APIKey == nil || *model.APIKey != "s3cret" {
		t.Errorf("values are not filled in: %q, %v", agent.SystemPrompt, model.APIKey)
	}
	if len(doc.MissingValues) > 0 {
		t.Errorf("MissingValues = %v", doc.MissingValues)
	}
	out := export(t, doc.Root, &spec.ExportOptions{Format: spec.YAML})
	for _, secret := range []string{"be kind", "s3cret", "hush", "whisper", "4711"} {
		if strings.Contains(out, secret) {
			t.Errorf("%q is written:\n%s", secret, out)
		}
	}
	for _, id := range []string{"the-prompt", "my-key", "header-y", "r.sensitive_headers", "limit"} {
		if !strings.Contains(out, "$component_ref: "+id+"\n") {
			t.Errorf("the reference %q is not written:\n%s", id, out)
		}
	}
	// What was changed since is written as it is now, and a new secret under the usual id.
	agent.SystemPrompt = "be quick"
	key := "other"
	built := &spec.OpenAiConfig{}
	built.ID, built.Name, built.ModelID, built.APIKey = "built", "built", "m", &key
	agent.LlmConfig = built
	out = export(t, doc.Root, &spec.ExportOptions{Format: spec.YAML})
	if !strings.Contains(out, "system_prompt: be quick\n") || !strings.Contains(out, "$component_ref: built.api_key\n") {
		t.Errorf("changes are not written:\n%s", out)
	}
}

func TestMissingValues(t *testing.T) {
	t.Parallel()
	doc := load(t, secretDocument, &spec.LoadOptions{File: "a.yaml"})
	var got []string
	for _, m := range doc.MissingValues {
		got = append(got, strings.TrimSpace(m.ID+" "+m.Component+"."+m.Field+" "+m.Entry)+" "+m.Pos.String())
	}
	want := []string{
		"the-prompt a.system_prompt a.yaml:5:16",
		"my-key o.api_key a.yaml:11:12",
		"limit o.default_generation_parameters.max_tokens a.yaml:12:47",
		"header-y r.headers Y a.yaml:19:26",
		"r.sensitive_headers r.sensitive_headers a.yaml:20:22",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("MissingValues (-want +got):\n%s", diff)
	}
	again := load(t, export(t, doc.Root, nil), nil)
	if len(again.MissingValues) != len(want) {
		t.Errorf("after export and load, MissingValues = %v", again.MissingValues)
	}
}

func TestExportParts(t *testing.T) {
	t.Parallel()
	doc := load(t, `
component_type: Agent
id: a
name: a
system_prompt: hi
llm_config: {component_type: OllamaConfig, id: m, name: m, model_id: m, url: localhost}
tools: [{component_type: ServerTool, id: t, name: t}, {component_type: ServerTool, id: u, name: u}]
agentspec_version: 25.4.2
`, nil)
	apart := []spec.Component{doc.Component("m"), doc.Component("t")}
	main, companion, err := spec.ExportParts(doc.Root, &spec.ExportOptions{Components: apart})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := spec.Load(companion, nil); err == nil {
		t.Error("Load takes a companion for a document")
	}
	if _, err := spec.Load(main, nil); err == nil {
		t.Error("Load of the main document does not miss the other components")
	}
	components, err := spec.LoadComponents(companion, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := spec.Load(main, &spec.LoadOptions{Components: components})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(export(t, doc.Root, nil), export(t, again.Root, nil)); diff != "" {
		t.Errorf("taken apart and put together again (-want +got):\n%s", diff)
	}
}

func TestExportRefuses(t *testing.T) {
	t.Parallel()
	twin := func() *spec.ServerTool {
		c := &spec.ServerTool{}
		c.ID, c.Name = "t", "t"
		return c
	}
	twins := &spec.Agent{Tools: []spec.Tool{twin(), twin()}}
	twins.ID, twins.Name = "a", "a"
	loop := &spec.FlowNode{Subflow: &spec.Flow{}}
	loop.ID, loop.Subflow.ID, loop.Subflow.Name = "n", "f", "f"
	loop.Subflow.Nodes = []spec.Node{loop}
	tests := []struct {
		name      string
		component spec.Component
		want      string
	}{
		{"two with one id", twins, `error duplicate-id: ServerTool "t" and ServerTool "t" have the same id "t"; give them different ids`},
		{"one in itself", loop, `error reference-cycle: FlowNode "n" contains itself`},
		{"nothing", nil, `error not-a-component: there is no component to export`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := spec.Export(tt.component, nil); err == nil || err.Error() != tt.want {
				t.Errorf("Export: %v, want %s", err, tt.want)
			}
		})
	}
}

const unknownDocument = `component_type: Flow
id: f
name: f
colour: {deep: [1, {component_type: ServerTool, id: t, name: t}]}
start_node: {$component_ref: s}
nodes: [{$component_ref: s}, {$component_ref: x}]
control_flow_connections: []
data_flow_connections: null
$referenced_components:
  s: {component_type: StartNode, id: s, name: s}
  x:
    component_type: MyNode
    component_plugin_name: MyPlugin
    component_plugin_version: '1.0'
    id: x
    name: x
    tool: {$component_ref: t2}
    model: {component_type: MyModel, name: in, size: 7}
  t2: {component_type: ServerTool, id: t2, name: t2}
agentspec_version: 25.4.1
`

func TestUnknownIsKept(t *testing.T) {
	t.Parallel()
	if _, err := spec.Load([]byte(unknownDocument), nil); err == nil {
		t.Fatal("Load takes what is not known")
	}
	opts := &spec.LoadOptions{AllowUnknown: true}
	doc := load(t, unknownDocument, opts)
	flow := doc.Root.(*spec.Flow)
	if u, ok := flow.Nodes[1].(*spec.Unknown); !ok || u.Type != "MyNode" || spec.TypeName(u) != "MyNode" {
		t.Errorf("the second node is %#v", flow.Nodes[1])
	}
	out := export(t, flow, &spec.ExportOptions{Format: spec.YAML})
	for _, part := range []string{"colour:\n  deep:\n  - 1\n  - component_type: ServerTool\n    id: t\n", "size: 7\n", "component_plugin_name: MyPlugin\n"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is missing in\n%s", part, out)
		}
	}
	if again := export(t, load(t, out, opts).Root, &spec.ExportOptions{Format: spec.YAML}); again != out {
		t.Errorf("export is not stable:\n%s", cmp.Diff(out, again))
	}
	if tools := count(spec.All[*spec.ServerTool](flow)); tools != 2 {
		t.Errorf("All finds %d tools in what is not known, want 2", tools)
	}
}

func count[T any](seq func(func(T) bool)) (n int) {
	seq(func(T) bool { n++; return true })
	return n
}

// pluginNode is a component type that a plugin defines.
type pluginNode struct {
	spec.NodeBase
	Colour string    `spec:"colour,default=red"`
	Tool   spec.Tool `spec:"tool"`
}

func TestPlugins(t *testing.T) {
	t.Parallel()
	plugins := []spec.Kind{{Name: "MyNode", Plugin: "MyPlugin", New: func() spec.Component { return new(pluginNode) }}}
	doc := load(t, `
component_type: MyNode
id: n
name: n
tool: {component_type: ServerTool, id: t, name: t}
agentspec_version: 25.4.1
`, &spec.LoadOptions{Plugins: plugins})
	n, ok := doc.Root.(*pluginNode)
	if !ok || n.Colour != "red" {
		t.Fatalf("Root = %#v", doc.Root)
	}
	built := &pluginNode{Tool: n.Tool}
	built.ID, built.Name, built.Colour = "b", "b", "blue"
	if _, err := spec.Export(built, nil); err == nil {
		t.Error("Export without the plugin succeeds")
	}
	out := export(t, built, &spec.ExportOptions{Plugins: plugins})
	if !strings.Contains(out, `"component_plugin_name": "MyPlugin"`) || !strings.Contains(out, `"colour": "blue"`) {
		t.Errorf("Export:\n%s", out)
	}
}
