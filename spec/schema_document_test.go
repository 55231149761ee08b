package spec

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayflow-go/wayflow/value"
)

// The schemas of all documents, ready to check some.
var (
	strictSchema  = sync.OnceValues(func() (*jsonschema.Schema, error) { return compileSchema(nil) })
	lenientSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
		return compileSchema(&SchemaOptions{AllowUnknown: true})
	})
)

func compileSchema(opts *SchemaOptions) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(value.AppendJSON(nil, Schema(opts))))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("documents.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("documents.json")
}

// schemaFindings says what is wrong with a document by the schema.
func schemaFindings(tb testing.TB, schema func() (*jsonschema.Schema, error), file string, text []byte) error {
	tb.Helper()
	s, err := schema()
	if err != nil {
		tb.Fatal(err)
	}
	d, err := open(text, &LoadOptions{File: file})
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(value.AppendJSON(nil, d.tree.value(d.tree.root))))
	if err != nil {
		tb.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaAllowsEveryValidDocument(t *testing.T) {
	t.Parallel()
	cases := conformanceCases(t, "agentspec_valid")
	for _, c := range cases {
		schema := strictSchema
		if slices.Contains(keepsUnknown, c.File) {
			schema = lenientSchema
		}
		for _, file := range []string{c.File, c.Golden} {
			if file == "" {
				continue
			}
			if err := schemaFindings(t, schema, file, c.read(t, file)); err != nil {
				t.Errorf("%s: %v", file, firstLines(err))
			}
		}
	}
	t.Logf("%d valid documents and their exports checked", len(cases))
}

func firstLines(err error) string {
	lines := strings.Split(err.Error(), "\n")
	return strings.Join(lines[:min(len(lines), 12)], "\n")
}

// beyondSchema are the findings of loading that no schema can make: they need the whole document, or its surroundings.
var beyondSchema = []string{
	codeReferenceCycle, codeUnknownReference, codeDuplicateID, codeBlocked,
	"bad-value", // rules between fields
}

// beyondSchemaFiles are invalid documents with a code that a schema finds otherwise.
var beyondSchemaFiles = []string{
	"property_bad_default.yaml", "property_bad_schema.yaml", // a property is checked as far as its keys go
	"version_too_old_for_node.yaml",
}

func TestSchemaRefusesInvalidComponents(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, c := range conformanceCases(t, "agentspec_invalid") {
		name := strings.TrimPrefix(c.File, "agentspec_invalid/")
		code, known := foundBySpec[name]
		_, file, _ := strings.Cut(name, "/")
		if !known || slices.Contains(beyondSchema, code) || slices.Contains(beyondSchemaFiles, file) {
			continue
		}
		if err := schemaFindings(t, strictSchema, c.File, c.read(t, c.File)); err == nil {
			t.Errorf("%s (%s): the schema allows it", c.File, code)
		}
		refused++
	}
	t.Logf("%d invalid documents refused", refused)
}

const schemaFlow = `
component_type: Flow
agentspec_version: 26.1.2
id: f
name: flow
start_node: {$component_ref: s}
nodes:
- {$component_ref: s}
- component_type: PluginWriteVariableNode
  component_plugin_name: NodesPlugin
  component_plugin_version: 26.3.0
  id: w
  name: write
  variable: {title: count, type: integer}
  operation: overwrite
- {$component_ref: e}
control_flow_connections:
- {component_type: ControlFlowEdge, name: a, from_node: {$component_ref: s}, from_branch: null, to_node: {$component_ref: e}}
data_flow_connections: null
inputs: [{title: x, type: string, default: "1"}]
$referenced_components:
  s: {component_type: StartNode, name: s}
  e: {component_type: EndNode, name: e, branch_name: done}
`

func TestSchemaChecksFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string
		want           bool
	}{
		{name: "as it is", want: true},
		{name: "without a version", old: "agentspec_version: 26.1.2\n", want: true},
		{name: "a later patch of a version", old: "26.1.2", new: "26.1.9", want: true},
		{name: "an unknown version", old: "26.1.2", new: "31.1.2"},
		{name: "an old version", old: "26.1.2", new: "25.3.1"},
		{name: "a version that is a number", old: "26.1.2", new: "26.1"},
		{name: "an unknown field", old: "data_flow_connections", new: "data_flow_conections"},
		{name: "an unknown type", old: "PluginWriteVariableNode", new: "WriteVariableNode"},
		{name: "a component of another kind", old: "s: {component_type: StartNode, name: s}", new: "s: {component_type: StartNode}"},
		{name: "a missing field", old: "name: flow\n"},
		{name: "a missing list", old: "nodes:", new: "metadata:"},
		{name: "a text for a list", old: "inputs: [{title: x, type: string, default: \"1\"}]", new: "inputs: x"},
		{name: "a property without a title", old: "{title: count, type: integer}", new: "{type: integer}"},
		{name: "a title that is no name", old: "{title: count, type: integer}", new: "{title: the count, type: integer}"},
		{name: "a word that is not allowed", old: "operation: overwrite", new: "operation: append"},
		{name: "a number for a text", old: "branch_name: done", new: "branch_name: 3"},
		{name: "null where it is allowed", old: "from_branch: null", new: "from_branch: next", want: true},
		{name: "null where it is not", old: "branch_name: done", new: "branch_name: null"},
		{name: "a node that is a tool", old: "- {$component_ref: e}\n", new: "- {component_type: ServerTool, name: t}\n"},
		{name: "a start node that is an end node", old: "start_node: {$component_ref: s}", new: "start_node: {component_type: EndNode, name: s}"},
		{name: "a reference that is no text", old: "start_node: {$component_ref: s}", new: "start_node: {$component_ref: 1}"},
		{name: "a value from outside", old: "branch_name: done", new: "branch_name: {$component_ref: e.branch_name}", want: true},
		{name: "fields of the other spelling", old: "name: e, branch_name: done", new: "name: e, branch_name: done, input_mapping: {}"},
		{name: "a broken definition", old: "e: {component_type: EndNode, name: e", new: "e: {component_type: EndNode, title: e"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := schemaFlow
			if tt.old != "" {
				if text = strings.Replace(schemaFlow, tt.old, tt.new, 1); text == schemaFlow {
					t.Fatalf("there is no %q", tt.old)
				}
			}
			err := schemaFindings(t, strictSchema, "flow.yaml", []byte(text))
			if got := err == nil; got != tt.want {
				t.Errorf("the schema allows it: %t, want %t (%v)", got, tt.want, err)
			}
			if _, err := Load([]byte(text), &LoadOptions{File: "flow.yaml"}); (err == nil) != tt.want {
				t.Errorf("it loads: %t, want %t: schema and loading must agree (%v)", err == nil, tt.want, err)
			}
		})
	}
}

// TestSchemaDescribesEveryKind checks that no type and no field is left out.
func TestSchemaDescribesEveryKind(t *testing.T) {
	t.Parallel()
	schema, _ := Schema(nil).AsObject()
	all, _ := schema.Get("$defs")
	defs, _ := all.AsObject()
	for _, k := range builtinKinds().order {
		def, ok := defs.Get(k.Name)
		if !ok {
			t.Errorf("component type %s is missing", k.Name)
			continue
		}
		o, _ := def.AsObject()
		list, _ := o.Get("properties")
		properties, _ := list.AsObject()
		for key := range k.plan().byKey {
			if _, ok := properties.Get(key); !ok {
				t.Errorf("%s.%s is missing", k.Name, key)
			}
		}
	}
}
