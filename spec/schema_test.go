package spec

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// The schemas of all components, as the reference generates them, and as each version was published with.
const (
	allComponents = "agentspec_json_spec_26_3_1_with_wayflow.json"
	schemaFolder  = "../../shared/conformance/schemas"
)

// jsonSchema is the part of JSON Schema that the schemas of components use.
type jsonSchema struct {
	Defs       map[string]*jsonSchema `json:"$defs"`
	Title      string                 `json:"title"`
	Ref        string                 `json:"$ref"`
	AnyOf      []*jsonSchema          `json:"anyOf"`
	Type       any                    `json:"type"`
	Const      any                    `json:"const"`
	Enum       []any                  `json:"enum"`
	Properties map[string]*jsonSchema `json:"properties"`
	Items      *jsonSchema            `json:"items"`
	Required   []string               `json:"required"`
	Default    json.RawMessage        `json:"default"`
}

func (s *jsonSchema) nullable() bool {
	return s.Type == "null" || slices.ContainsFunc(s.AnyOf, (*jsonSchema).nullable) ||
		s.Type == nil && s.Ref == "" && s.AnyOf == nil && s.Const == nil
}

// resolveEnum takes over the enum that s refers to, itself or as an alternative to null or by its items.
func (s *jsonSchema) resolveEnum(defs map[string]*jsonSchema) {
	for _, part := range append(slices.Clone(s.AnyOf), s, s.Items) {
		if part == nil {
			continue
		}
		if name, ok := strings.CutPrefix(part.Ref, "#/$defs/"); ok && defs[name].Enum != nil {
			s.Enum = defs[name].Enum
		} else if part.Enum != nil {
			s.Enum = part.Enum
		}
	}
}

// componentSchemas returns the schema of each component type.
func componentSchemas(t *testing.T, file string) map[string]*jsonSchema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(schemaFolder, file))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the schemas are not here (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all jsonSchema
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, def := range all.Defs {
		for _, s := range append(def.AnyOf, def) {
			for _, property := range s.Properties {
				property.resolveEnum(all.Defs)
			}
		}
	}
	found := make(map[string]*jsonSchema)
	for _, def := range all.Defs {
		for _, s := range append(def.AnyOf, def) {
			if s.Properties["id"] != nil && s.Properties["name"] != nil {
				found[s.Title] = s // some schemas lack component_type
			}
		}
	}
	if len(found) == 0 {
		t.Fatal("the schemas have no components")
	}
	return found
}

// noKinds are the types that the schemas have and documents cannot hold.
var noKinds = map[string]string{
	"PluginContextProvider":       "a base class that the reference does not register",
	"PluginOutputParser":          "a base class that the reference does not register",
	"PluginHTTPmTLSBaseTransport": "a base class that the reference does not register",
}

// otherKeys are those of the envelope, which are no fields.
var otherKeys = []string{"component_type", "$referenced_components", pluginKey, pluginVersionKey, versionKey}

// differing are the fields where we differ from the schemas on purpose.
var differing = map[string]string{
	"OAuthConfig.min_agentspec_version":       keptByMistake,
	"OAuthClientConfig.min_agentspec_version": keptByMistake,
	"Swarm.handoff":                                 "its enum is checked after reading, as it may also be a boolean",
	"PluginOutputMessageNode.message":               viaAlias,
	"PluginOutputMessageNode.message_template":      viaAlias,
	"PluginSSEmTLSTransport.ca_file":                viaAlias,
	"PluginSSEmTLSTransport.ssl_ca_cert":            viaAlias,
	"PluginStreamableHTTPmTLSTransport.ca_file":     viaAlias,
	"PluginStreamableHTTPmTLSTransport.ssl_ca_cert": viaAlias,
	"ExtendedParallelFlowNode.allow_questions":      ourExtension,
	"ExtendedParallelMapNode.allow_questions":       ourExtension,
	"ExtendedMapNode.allow_questions":               ourExtension,
}

// ourComponents are component types of this runtime, see docs/extensions.md.
var ourComponents = []string{"PluginSearchNode"}

const ourExtension = "a field of this runtime, see docs/extensions.md"

const keptByMistake = "the reference writes a field of its own into documents; we keep any text that is there"

const viaAlias = "the schema has only the name that is an alias to us; the reference writes the other one"

func TestComponentsHaveTheFieldsOfTheSchemas(t *testing.T) {
	t.Parallel()
	schemas := componentSchemas(t, allComponents)
	for name, schema := range schemas {
		if noKinds[name] != "" {
			continue
		}
		k := builtinKinds().named(name)
		if k == nil {
			t.Errorf("component type %s is missing", name)
			continue
		}
		compareFields(t, k, schema)
	}
	for _, k := range kinds {
		if schemas[k.Name] == nil && k.Legacy == "" && !slices.Contains(ourComponents, k.Name) {
			t.Errorf("component type %s is not in the schemas", k.Name)
		}
	}
	t.Logf("%d component types compared", len(schemas)-len(noKinds))
}

// publishedSchemas are those that the versions were published with. That of 26.1.0 has an error.
var publishedSchemas = map[Version]string{
	V25_4_1: "agentspec_json_spec_25_4_1.json",
	V25_4_2: "agentspec_json_spec_25_4_2.json",
	V26_1_2: "agentspec_json_spec_26_1_2.json",
	V26_3_1: "agentspec_json_spec_26_3_1.json",
}

// undated are the types and fields whose versions differ from the published schemas on purpose.
var undated = map[string]string{
	"OpenAiAgent":          "a beta that only the schema with the extensions has",
	"MCPToolBox":           "the reference asks for no version; the fields that can hold one do",
	"MCPToolSpec":          "as MCPToolBox",
	"OpenAiConfig.api_key": "the schema of 25.4.2 lacks it, the reference writes it for that version",
}

func TestTypesAndFieldsCameWithTheirVersions(t *testing.T) {
	t.Parallel()
	for version, file := range publishedSchemas {
		schemas := componentSchemas(t, file)
		for i := range kinds {
			k := &kindPlan{Kind: kinds[i]}
			schema := schemas[k.Name]
			if k.Plugin != "" || undated[k.Name] != "" {
				continue
			}
			if got := version >= k.Since; got != (schema != nil) {
				t.Errorf("%s: its Since is %v, its being in the schema of %v is %t", k.Name, k.Since, version, schema != nil)
			}
			if schema == nil {
				continue
			}
			for _, f := range k.plan().fields {
				if f.constant || undated[k.Name+"."+f.key] != "" {
					continue
				}
				_, there := schema.Properties[f.key]
				if got := version >= f.since; got != there {
					t.Errorf("%s.%s: since=%v, its being in the schema of %v is %t", k.Name, f.key, f.since, version, there)
				}
			}
		}
	}
}

func compareFields(t *testing.T, k *kindPlan, schema *jsonSchema) {
	t.Helper()
	plan := k.plan()
	for key, property := range schema.Properties {
		f := plan.byKey[key]
		path := k.Name + "." + key
		switch {
		case slices.Contains(otherKeys, key) || differing[path] != "":
		case f == nil:
			t.Errorf("%s is missing", path)
		default:
			compareField(t, k.structType(), path, f, property, slices.Contains(schema.Required, key))
		}
	}
	for _, f := range plan.fields {
		if schema.Properties[f.key] == nil && differing[k.Name+"."+f.key] == "" {
			t.Errorf("%s.%s is not in the schema", k.Name, f.key)
		}
	}
}

func compareField(t *testing.T, owner reflect.Type, path string, f *fieldPlan, schema *jsonSchema, required bool) {
	t.Helper()
	if f.required != required {
		t.Errorf("%s: required is %t, want %t", path, f.required, required)
	}
	if f.nullable != schema.nullable() {
		t.Errorf("%s: may be null is %t, want %t", path, f.nullable, schema.nullable())
	}
	if f.constant != (schema.Const != nil) {
		t.Errorf("%s: constant is %t, want %t", path, f.constant, schema.Const != nil)
	}
	if want := texts(schema.Enum); want != nil && !slices.Equal(f.enum, want) {
		t.Errorf("%s: allows %v, want %v", path, f.enum, want)
	}
	if schema.Default == nil {
		return
	}
	want, err := value.ParseJSON(schema.Default)
	if err != nil {
		t.Fatal(err)
	}
	if f.hasDefault && isEmptyContainer(f.def) {
		return // of a struct with defaults of its own
	}
	if got := f.missing(owner); !value.Equal(got, want) {
		t.Errorf("%s: default is %s, want %s", path, value.AppendJSON(nil, got), schema.Default)
	}
}

// missing returns what a missing key means, as a document would write it.
func (f *fieldPlan) missing(owner reflect.Type) value.Value {
	switch {
	case f.hasDefault:
		return f.def
	case f.negated:
		return value.Bool(true)
	case f.nullable:
		return value.Null
	}
	switch owner.FieldByIndex(f.index).Type.Kind() {
	case reflect.String:
		return value.String("")
	case reflect.Int:
		return value.Int(0)
	default:
		return value.Bool(false)
	}
}

// texts returns the items of an enum that are texts; the one enum that has others is not ours.
func texts(enum []any) []string {
	var out []string
	for _, item := range enum {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
