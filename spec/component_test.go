package spec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Fields that may have several forms are written in the form that was read.
func TestFormsOfFieldsAreKept(t *testing.T) {
	t.Parallel()
	const (
		model = `{"component_type":"OpenAiConfig","id":"m","name":"m","model_id":"x"}`
		store = `{"component_type":"InMemoryCollectionDatastore","id":"d","name":"d","datastore_schema":{}}`
		embed = `{"component_type":"PluginOpenAiEmbeddingConfig","id":"e","name":"e","model_id":"x"}`
		agent = `"component_type":"Agent","system_prompt":"","llm_config":{"$component_ref":"m"}`
		box   = `"client_transport":{"component_type":"StdioTransport","id":"t","name":"t","command":"x"}`
	)
	swarm := `"first_agent":{"$component_ref":"a"},"relationships":[[{"$component_ref":"a"},{"$component_ref":"b"}]],` +
		`"$referenced_components":{"a":{"id":"a","name":"a",` + agent + `},"b":{"id":"b","name":"b",` + agent + `},"m":` + model + `}`
	retriever := `"distance_metric":"cosine_distance","collection_name":null,"model":` + embed
	tests := []struct{ name, typ, rest, field, want string }{
		{"a mode", "Swarm", swarm + `,"handoff":"always"`, "handoff", `"always"`},
		{"a mode as a boolean", "Swarm", swarm + `,"handoff":false`, "handoff", `false`},
		{"no mode", "Swarm", swarm, "handoff", `"optional"`},
		{"no mode of the legacy type", "PluginSwarm", swarm, "handoff", `true`},
		{"one executor", "BuiltinTool", `"tool_type":"x","executor_name":"e"`, "executor_name", `"e"`},
		{"executors", "BuiltinTool", `"tool_type":"x","executor_name":["e","f"]`, "executor_name", `["e","f"]`},
		{"no executor", "BuiltinTool", `"tool_type":"x"`, "executor_name", `null`},
		{"a name of a tool", "MCPToolBox", box + `,"tool_filter":["x"]`, "tool_filter", `["x"]`},
		{"a pattern", "PluginRegexNode", `"regex_pattern":"a+"`, "regex_pattern", `"a+"`},
		{
			"a pattern with flags", "PluginRegexNode", `"regex_pattern":{"pattern":"a","flags":2}`,
			"regex_pattern", `{"pattern":"a","match":"first","flags":2}`,
		},
		{
			"named patterns", "PluginRegexOutputParser", `"regex_pattern":{"x":"a","pattern":{"pattern":"b"}}`,
			"regex_pattern", `{"x":"a","pattern":{"pattern":"b","match":"first","flags":null}}`,
		},
		{
			"one pattern", "PluginRegexOutputParser", `"regex_pattern":{"pattern":"b"}`,
			"regex_pattern", `{"pattern":"b","match":"first","flags":null}`,
		},
		{"vectors by name", "PluginVectorRetrieverConfig", retriever + `,"vectors":"v"`, "vectors", `"v"`},
		{"no vectors", "PluginVectorRetrieverConfig", retriever + `,"vectors":null`, "vectors", `null`},
		{"choices", "PluginChoiceNode", `"next_branches":[["a","b"],["c","d","e"]],"llm_config":` + model, "next_branches", `[["a","b"],["c","d","e"]]`},
		{"credentials", "GeminiVertexAIAuthConfig", `"location":"x"`, "credentials", `null`},
		{"a text as body", "ApiNode", `"url":"u","http_method":"POST","data":"x"`, "data", `"x"`},
		{"no body", "ApiNode", `"url":"u","http_method":"POST"`, "data", `{}`},
		{
			"no parameters", "A2AAgent", `"agent_url":"u","connection_config":{"component_type":"A2AConnectionConfig","id":"c","name":"c"}`,
			"session_parameters", `{"timeout":60.0,"poll_interval":2.0,"max_retries":5}`,
		},
		{"nobody to ask", "Agent", `"system_prompt":"","human_in_the_loop":false,"llm_config":` + model, "human_in_the_loop", `false`},
		{"names", "PluginSearchToolBox", `"collection_names":null,"search_configs":["s"],"k":3,"datastore":` + store, "search_configs", `["s"]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			document := fmt.Sprintf(`{"component_type":%q,"id":"root","name":"root",%s}`, test.typ, test.rest)
			doc, err := spec.Load([]byte(document), &spec.LoadOptions{Blocked: []string{}})
			if err != nil {
				t.Fatalf("Load(%s): %v", document, err)
			}
			out, err := spec.Export(doc.Root, nil)
			if err != nil {
				t.Fatalf("Export: %v", err)
			}
			var fields map[string]json.RawMessage
			if err := json.Unmarshal(out, &fields); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(compact(t, test.want), compact(t, string(fields[test.field]))); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", test.field, document, diff)
			}
		})
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// What is built in Go gets the plainest type that can hold it.
func TestSpellingOfComponentsBuiltInGo(t *testing.T) {
	t.Parallel()
	text, number := "x", 3
	renamed := spec.NodeBase{InputMapping: spec.Dict[string]{{Key: "a", Value: "b"}}}
	tests := []struct {
		component spec.Component
		want      string
	}{
		{&spec.Agent{}, "Agent"},
		{&spec.Agent{Unattended: true, MaxIterations: 10, CallerInputMode: spec.CallerInputAlways}, "Agent"},
		{&spec.Agent{MaxIterations: 3}, "ExtendedAgent"},
		{&spec.Agent{InitialMessage: &text}, "ExtendedAgent"},
		{&spec.Flow{}, "Flow"},
		{&spec.Flow{ContextProviders: []spec.ContextProvider{&spec.ConstantContextProvider{}}}, "ExtendedFlow"},
		{&spec.LlmNode{}, "LlmNode"},
		{&spec.LlmNode{SendMessage: true}, "ExtendedLlmNode"},
		{&spec.LlmNode{NodeBase: spec.NodeBase{Extended: true}}, "ExtendedLlmNode"},
		{&spec.ToolNode{}, "ToolNode"},
		{&spec.ToolNode{NodeBase: renamed}, "ExtendedToolNode"},
		{&spec.AgentNode{}, "AgentNode"},
		{&spec.AgentNode{CallerInputMode: &text}, "ExtendedAgentNode"},
		{&spec.ParallelFlowNode{}, "ParallelFlowNode"},
		{&spec.ParallelFlowNode{MaxWorkers: &number}, "ExtendedParallelFlowNode"},
		{&spec.MapNode{}, "MapNode"},
		{&spec.MapNode{UnpackInput: spec.Dict[string]{}}, "ExtendedMapNode"},
		{&spec.ParallelMapNode{}, "ParallelMapNode"},
		{&spec.ParallelMapNode{NodeBase: renamed}, "ExtendedParallelMapNode"},
		{&spec.InputMessageNode{Message: &text}, "InputMessageNode"},
		{&spec.InputMessageNode{MessageTemplate: &text}, "PluginInputMessageNode"},
		{&spec.OutputMessageNode{MessageType: "AGENT"}, "OutputMessageNode"},
		{&spec.OutputMessageNode{ExposeMessageAsOutput: true}, "PluginOutputMessageNode"},
		{&spec.TemplateNode{}, "PluginTemplateNode"},
		{&spec.RetryNode{}, "PluginRetryNode"},
		{&spec.CatchExceptionNode{}, "CatchExceptionNode"},
		{&spec.Swarm{}, "Swarm"},
		{&spec.ManagerWorkers{GroupManager: &spec.Agent{}}, "ManagerWorkers"},
		{&spec.ManagerWorkers{GroupManager: &spec.VllmConfig{}}, "PluginManagerWorkers"},
		{&spec.MCPTool{}, "MCPTool"},
		{&spec.SSEmTLSTransport{}, "SSEmTLSTransport"},
		{&spec.SSEmTLSTransport{RemoteTransportBase: spec.RemoteTransportBase{Timeout: 9}}, "PluginSSEmTLSTransport"},
		{&spec.StdioTransport{EncodingErrorHandler: "ignore"}, "PluginStdioTransport"},
		{&spec.InMemoryCollectionDatastore{}, "InMemoryCollectionDatastore"},
		{
			&spec.OracleDatabaseDatastore{
				DatastoreSearch: spec.DatastoreSearch{SearchConfigs: []*spec.SearchConfig{{}}},
			},
			"PluginOracleDatabaseDatastore",
		},
		{&spec.GenericLlmConfig{}, "LlmConfig"},
		{&spec.ToolRequestAndCallsTransform{}, "PluginToolRequestAndCallsTransform"},
	}
	for _, test := range tests {
		if got := spec.TypeName(test.component); got != test.want {
			t.Errorf("TypeName(%T) = %s, want %s", test.component, got, test.want)
		}
	}
}

// The configuration of a component may ask for a newer version than its type does.
func TestMinVersionOfConfigurations(t *testing.T) {
	t.Parallel()
	text, xai, responses := "x", "XAI", "responses"
	outputs := func(types ...*value.Type) spec.NodeBase {
		var n spec.NodeBase
		for _, typ := range types {
			n.Outputs = append(n.Outputs, value.Property{Title: "o" + strconv.Itoa(len(n.Outputs)), Type: typ})
		}
		return n
	}
	policy := spec.LlmBase{RetryPolicy: &spec.RetryPolicy{}}
	tests := []struct {
		name      string
		component spec.Component
		want      spec.Version
	}{
		{"an agent", &spec.Agent{}, spec.V25_4_1},
		{"an agent with a toolbox", &spec.Agent{Toolboxes: []spec.ToolBox{&spec.MCPToolBox{}}}, spec.V25_4_2},
		{"an unattended agent", &spec.Agent{Unattended: true}, spec.V25_4_2},
		{"an extended agent", &spec.Agent{Unattended: true, MaxIterations: 3}, spec.V25_4_1},
		{"a node with a text", &spec.LlmNode{NodeBase: outputs(value.StringType)}, spec.V25_4_1},
		{"a node with a number", &spec.LlmNode{NodeBase: outputs(value.NumberType)}, spec.V25_4_2},
		{"a node with two texts", &spec.LlmNode{NodeBase: outputs(value.StringType, value.StringType)}, spec.V25_4_2},
		{"a request", &spec.ApiNode{}, spec.V25_4_1},
		{"a request with a text", &spec.RemoteTool{Request: spec.Request{Data: value.String("x")}}, spec.V25_4_2},
		{"a request with an allow list", &spec.ApiNode{Request: spec.Request{URLAllowList: []string{}}}, spec.V26_1_2},
		{"a tool to confirm", &spec.ServerTool{ToolBase: spec.ToolBase{RequiresConfirmation: true}}, spec.V25_4_2},
		{"a toolbox to confirm", &spec.MCPToolBox{ToolBoxBase: spec.ToolBoxBase{RequiresConfirmation: true}}, spec.V26_1_2},
		{"a tool with retries", &spec.MCPTool{RetryPolicy: &spec.RetryPolicy{}}, spec.V26_3_1},
		{"a model", &spec.OpenAiConfig{}, spec.V25_4_1},
		{"a model with a key", &spec.OpenAiConfig{LlmBase: spec.LlmBase{APIKey: &text}}, spec.V25_4_2},
		{"a model with another protocol", &spec.OpenAiConfig{LlmBase: spec.LlmBase{APIType: &responses}}, spec.V25_4_2},
		{"a model with retries", &spec.OpenAiConfig{LlmBase: policy}, spec.V26_1_2},
		{"a generic model", &spec.GenericLlmConfig{}, spec.V26_1_2},
		{"a model of xAI", &spec.OciGenAiConfig{LlmBase: spec.LlmBase{Provider: &xai}}, spec.V26_1_2},
		{"a model that stores", &spec.OciGenAiConfig{ConversationStoreID: &text}, spec.V25_4_2},
		{"a new type", &spec.DbmsVectorChainLlmConfig{}, spec.V26_3_1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := spec.MinVersion(test.component); got != test.want {
				t.Errorf("MinVersion(%s) = %v, want %v", spec.TypeName(test.component), got, test.want)
			}
		})
	}
}

// Rules that concern more than one field of a component are checked when it is loaded.
func TestRulesOfComponents(t *testing.T) {
	t.Parallel()
	const model = `{"component_type":"OpenAiConfig","id":"m","name":"m","model_id":"x"}`
	tests := []struct{ name, typ, rest, want string }{
		{"a header twice", "ApiNode", `"url":"u","http_method":"GET","headers":{"a":"b"},"sensitive_headers":{"a":"c"}`, `"sensitive_headers"`},
		{"a swarm of nobody", "Swarm", `"first_agent":{"component_type":"Agent","id":"a","name":"a","system_prompt":"","llm_config":` + model + `},"relationships":[]`, "relationship"},
		{"an unknown mode", "Swarm", `"first_agent":{"component_type":"Agent","id":"a","name":"a","system_prompt":"","llm_config":` + model + `},"handoff":"maybe","relationships":[]`, `"handoff"`},
		{"thresholds at odds", "ConversationSummarizationTransform", `"max_num_characters":3,"llm":` + model, "max_num_characters"},
		{"too few messages", "ConversationSummarizationTransform", `"max_num_messages":3,"llm":` + model, "min_num_messages"},
		{"delays at odds", "OpenAiConfig", `"model_id":"x","retry_policy":{"max_retry_delay":0.5}`, "max_retry_delay"},
		{"a database without access", "DbmsVectorChainLlmConfig", `"model_id":"x","provider":"p","url":"u"`, "credential_name"},
		{"no model to rephrase", "PluginOutputMessageNode", `"message":"x","rephrase":true`, "llm_config"},
		{"two prompts", "ExtendedLlmNode", `"prompt_template":"x","prompt_template_object":{"component_type":"PluginPromptTemplate","id":"p","name":"p","messages":[]},"llm_config":` + model, "prompt_template_object"},
		{"no operation", "PluginVariableNode", `"write_variables":[{"title":"v","type":"string"}]`, "write_operations"},
		{"entities without properties", "InMemoryCollectionDatastore", `"datastore_schema":{"c":{"type":"string"}}`, "datastore_schema"},
		{"another provider", "OpenAiConfig", `"model_id":"x","provider":"meta"`, "provider"},
		{"an unknown protocol", "VllmConfig", `"model_id":"x","url":"u","api_type":"oci"`, "api_type"},
		{"an unknown operation", "PluginVariableNode", `"write_operations":{"v":"add"},"write_variables":[{"title":"v","type":"string"}]`, "write_operations"},
		{"an unknown type of message", "PluginGetChatHistoryNode", `"message_types":["USER","BOT"]`, "message_types"},
		{"null for a list", "PluginVariableNode", `"write_variables":null`, "write_variables"},
		{"null for a required text", "PluginTemplateNode", `"template":null`, "template"},
		{"inputs of a context provider", "PluginConstantContextProvider", `"value":1,"inputs":[{"title":"a","type":"string"}]`, "inputs"},
		{"a choice without description", "PluginChoiceNode", `"next_branches":[["a"]],"llm_config":` + model, "next_branches"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			document := fmt.Sprintf(`{"component_type":%q,"id":"root","name":"root",%s}`, test.typ, test.rest)
			_, err := spec.Load([]byte(document), nil)
			var found spec.Diagnostics
			if !errors.As(err, &found) {
				t.Fatalf("Load(%s) = %v, want findings", document, err)
			}
			named := slices.ContainsFunc(found, func(d spec.Diagnostic) bool {
				return d.Severity == spec.Error && strings.Contains(d.Message, test.want)
			})
			if !named {
				t.Errorf("Load(%s) does not tell of %s:\n%v", document, test.want, err)
			}
		})
	}
}
