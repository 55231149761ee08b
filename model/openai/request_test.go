package openai_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// recorder is a transport that keeps the last request and answers nothing.
type recorder struct {
	request *http.Request
	body    []byte
}

var errRecorded = errors.New("recorded")

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.request = req
	r.body, _ = io.ReadAll(req.Body)
	return nil, errRecorded
}

// once is a policy without retries.
var once = &spec.RetryPolicy{}

// record returns the request that a model makes.
func record(t *testing.T, cfg spec.LlmConfig, o openai.Options, p *prompt.Prompt, stream bool) *recorder {
	t.Helper()
	r := &recorder{}
	o.Transport = r
	cfg.Llm().RetryPolicy = once
	_, _, _, err := modeltest.Ask(t.Context(), newModel(t, cfg, &o), p, stream)
	if !errors.Is(err, errRecorded) {
		t.Fatalf("Generate made no request: %v", err)
	}
	return r
}

func config(id, api string) *spec.OpenAiCompatibleConfig {
	cfg := compatible("http://localhost:1", modeltest.Setup{Key: "unused"}, &api)
	cfg.ModelID = id
	return &cfg
}

func official(id, api string) *spec.OpenAiConfig {
	return &spec.OpenAiConfig{LlmBase: spec.LlmBase{ModelID: id, APIKey: ptr("unused"), APIType: &api}}
}

func parse(t *testing.T, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func object(t *testing.T, text string) *value.Object {
	t.Helper()
	o, _ := parse(t, text).AsObject()
	return o
}

func property(t *testing.T, schema string) value.Property {
	t.Helper()
	p, err := value.ParseProperty(parse(t, schema))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The prompts of testdata/reference.py.

func referenceTools(t *testing.T) []prompt.Tool {
	return []prompt.Tool{{Name: "get_weather", Description: "the weather", Inputs: []value.Property{
		property(t, `{"title": "city", "type": "string", "description": "where"}`),
		property(t, `{"title": "days", "type": "integer", "default": 3}`),
		property(t, `{"title": "unit", "anyOf": [{"type": "string", "enum": ["C", "F"]}, {"type": "null"}], "default": null}`),
		property(t, `{"title": "place", "type": "object", "required": ["lat"], "properties": {
			"lat": {"type": "number"}, "name": {"type": ["string", "null"], "description": "if known"},
			"tags": {"type": "array", "items": {"type": "string", "description": "a tag"}}}}`),
		property(t, `{"title": "closed", "type": "object", "additionalProperties": false, "properties": {"a": {}}}`),
		property(t, `{"title": "options", "type": "object", "additionalProperties": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}}`),
		property(t, `{"title": "free", "type": "object", "additionalProperties": true}`),
		property(t, `{"title": "anything"}`),
		property(t, `{"title": "bare", "type": "object"}`),
		property(t, `{"title": "either", "type": ["string", "integer"]}`),
		property(t, `{"title": "vector", "type": "array", "items": {"type": "number"}, "x_vector_property": true}`),
	}}, {Name: "get_time"}}
}

func result(id string, content value.Value) message.Message {
	return message.Message{Role: message.Assistant, ToolResult: &message.ToolResult{RequestID: id, Content: content}}
}

func referenceConversation(t *testing.T) []message.Message {
	return []message.Message{
		message.Text(message.System, "Be brief. Zoë & <b>"),
		{Role: message.User, Contents: []message.Part{{Text: "What is here?"}, {Image: "data:image/png;base64,iVBORw0KGgo="}}},
		message.Text(message.Assistant, "A pixel."),
		{Role: message.User},
		{Role: message.Assistant, Contents: []message.Part{{Text: "Let me look."}}, ToolRequests: []message.ToolRequest{
			{ID: "call_1", Name: "get_weather", Args: object(t, `{"city": "Zürich", "days": 3, "ratio": 1.0}`)},
			{ID: "call_2", Name: "get_time", Args: object(t, `{}`)},
		}},
		result("call_1", value.String("<sunny> & \u00fc \U0001f600 \x7f")),
		result("call_2", parse(t, `{"at": [12, 30, null, true, 1.5], "zone": "ü"}`)),
	}
}

func referenceExtras(t *testing.T) []message.Message {
	signature := `{"google": {"thought_signature": "abc"}}`
	return []message.Message{
		message.Text(message.User, "Hi"),
		{Role: message.Assistant, Contents: []message.Part{{Text: "I think."}}, Extra: parse(t, signature)},
		{Role: message.Assistant, Extra: parse(t, `{"k": 1}`), ToolRequests: []message.ToolRequest{
			{ID: "c1", Name: "get_time", Args: object(t, `{}`), Extra: parse(t, strings.Replace(signature, "abc", "def", 1))},
		}},
		result("c1", value.Int(7)),
	}
}

func referenceReasoning(t *testing.T) []message.Message {
	return []message.Message{
		message.Text(message.User, "Hi"),
		{
			Role: message.Assistant, Contents: []message.Part{{Text: "I think."}},
			Reasoning: parse(t, `{"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}`),
		},
		{
			Role: message.Assistant, ToolRequests: []message.ToolRequest{{ID: "c1", Name: "get_time", Args: object(t, `{}`)}},
			Reasoning: parse(t, `{"type": "reasoning", "id": "rs_2", "summary": [], "content": [{"type": "reasoning_text", "text": "ho"}]}`),
		},
		result("c1", value.Int(7)),
	}
}

const referenceFormat = `{"title": "result", "type": "object", "description": "the order", "properties": {
	"customer": {"type": "string", "description": "who"}, "express": {"type": "boolean", "default": false},
	"items": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
	"note": {"type": ["string", "null"]}, "closed": {"type": "object", "properties": {}, "additionalProperties": false}}}`

// TestRequestsEqualTheReference compares bodies with those that the Python reference writes, the order of keys included.
func TestRequestsEqualTheReference(t *testing.T) {
	t.Parallel()
	const chat, responses = "chat_completions", "responses"
	hello := modeltest.Hello().Messages
	ollama := &spec.OllamaConfig{OpenAiCompatibleConfig: *config("llama3.2", chat)}
	format := property(t, referenceFormat)
	free := property(t, `{"title": "free_keys", "type": "object", "additionalProperties": {"type": "integer"}}`)
	tests := []struct {
		name   string
		config spec.LlmConfig
		prompt prompt.Prompt
		stream bool
	}{
		{name: "chat text", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello}},
		{name: "chat stream", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello}, stream: true},
		{name: "chat openai", config: official("gpt-4o", chat), prompt: prompt.Prompt{Messages: hello}, stream: true},
		{name: "chat conversation", config: config("tiny", chat), prompt: prompt.Prompt{Messages: referenceConversation(t)}},
		{name: "chat extra content", config: config("tiny", chat), prompt: prompt.Prompt{Messages: referenceExtras(t)}},
		{name: "chat tools", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello, Tools: referenceTools(t)}},
		{name: "chat structured", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello, ResponseFormat: &format}},
		{name: "chat free keys", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello, ResponseFormat: &free}},
		{name: "chat parameters", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello, Generation: object(t,
			`{"max_tokens": 12, "temperature": 0.7, "top_p": 0.9, "stop": ["\n"], "frequency_penalty": 0.5, "top_logprobs": 2,
			"seed": 7, "reasoning_effort": "", "user": null, "extra_args": {"chat_template_kwargs": {"enable_thinking": false}, "top_p": 1}}`)}},
		{name: "chat effort none", config: config("tiny", chat), prompt: prompt.Prompt{Messages: hello, Generation: object(t,
			`{"reasoning_effort": "none"}`)}},
		{name: "chat gemma 3", config: config("google/gemma-3-27b-it", chat), prompt: prompt.Prompt{Messages: referenceConversation(t)}},
		{name: "chat gemma 4", config: config("google/gemma-4-27b-it", chat), prompt: prompt.Prompt{Messages: referenceConversation(t)}},
		{name: "chat ollama", config: ollama, prompt: prompt.Prompt{Messages: []message.Message{message.Text(message.System, "Say hi.")}}},
		{name: "chat gpt-5.4", config: official("gpt-5.4", chat), prompt: prompt.Prompt{
			Messages: hello, Tools: referenceTools(t)[1:],
			Generation: object(t, `{"reasoning_effort": "High"}`),
		}},
		{name: "responses text", config: config("tiny", responses), prompt: prompt.Prompt{Messages: hello}},
		{name: "responses openai", config: official("gpt-4o", responses), prompt: prompt.Prompt{Messages: hello}, stream: true},
		{name: "responses conversation", config: config("tiny", responses), prompt: prompt.Prompt{Messages: referenceConversation(t)}},
		{name: "responses reasoning", config: config("tiny", responses), prompt: prompt.Prompt{Messages: referenceReasoning(t)}},
		{name: "responses tools", config: config("tiny", responses), prompt: prompt.Prompt{Messages: hello, Tools: referenceTools(t)}},
		{name: "responses structured", config: config("tiny", responses), prompt: prompt.Prompt{Messages: hello, ResponseFormat: &format}},
		{name: "responses parameters", config: config("tiny", responses), prompt: prompt.Prompt{Messages: hello, Generation: object(t,
			`{"max_tokens": 12, "temperature": 0.7, "top_p": 0.9, "top_logprobs": 2, "reasoning": {"effort": "low"}, "max_tool_calls": 3}`)}},
	}
	raw, err := os.ReadFile("testdata/requests.json")
	if err != nil {
		t.Fatal(err)
	}
	golden := parse(t, string(raw))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := golden.Get(test.name)
			if want.IsNull() {
				t.Fatal("testdata/requests.json lacks it; run testdata/reference.py")
			}
			r := record(t, test.config, openai.Options{NewID: func() string { return "KEY" }}, &test.prompt, test.stream)
			if got := r.request.URL.String(); got != want.Get("url").Str() && test.name != "chat ollama" {
				t.Errorf("url = %s, want %s", got, want.Get("url").Str())
			}
			got := indent(t, r.body)
			if diff := cmp.Diff(indent(t, value.AppendJSON(nil, want.Get("body"))), got); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func indent(t *testing.T, raw []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", " "); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return b.String()
}

func TestGenerationParameters(t *testing.T) {
	t.Parallel()
	cfg := config("tiny", "")
	cfg.DefaultGenerationParameters = &spec.LlmGenerationConfig{
		MaxTokens: ptr(5), Temperature: ptr(0.0), Extra: object(t, `{"stop": ["x"], "seed": 1, "stream": true}`),
	}
	asked := modeltest.Hello()
	body := parse(t, string(record(t, cfg, openai.Options{}, asked, false).body))
	for key, want := range map[string]string{
		"max_completion_tokens": "5", "temperature": "0.0", "stop": `["x"]`, "seed": "1", "stream": "false",
	} {
		if got := body.Get(key).String(); got != want {
			t.Errorf("%s = %s, want %s", key, got, want)
		}
	}
	// A prompt's own replace all of them.
	asked.Generation = object(t, `{"temperature": 1}`)
	body = parse(t, string(record(t, cfg, openai.Options{}, asked, false).body))
	if got := body.Get("temperature").String(); got != "1" || !body.Get("seed").IsNull() || !body.Get("stop").IsNull() {
		t.Errorf("body = %s", body)
	}
}

func TestPromptsThatCannotBeSent(t *testing.T) {
	t.Parallel()
	image := []message.Part{{Image: "data:image/png;base64,AA=="}}
	call := []message.ToolRequest{{ID: "1", Name: "f"}}
	free := property(t, `{"title": "free", "type": "array", "items": {"type": "object", "additionalProperties": true}}`)
	hello := modeltest.Hello().Messages
	tests := []struct {
		name   string
		config spec.LlmConfig
		prompt prompt.Prompt
		says   string
	}{
		{"an image beside tool requests", config("m", ""), prompt.Prompt{Messages: []message.Message{{Contents: image, ToolRequests: call}}}, "texts only"},
		{"the same to Responses", config("m", "responses"), prompt.Prompt{Messages: []message.Message{{Contents: image, ToolRequests: call}}}, "texts only"},
		{"a text beside a result", config("m", ""), prompt.Prompt{Messages: []message.Message{{Contents: image, ToolResult: &message.ToolResult{}}}}, "tool result"},
		{"free keys in OpenAI's strict mode", official("m", ""), prompt.Prompt{Messages: hello, ResponseFormat: &free}, "free keys"},
		{"stop sequences to Responses", config("m", "responses"), prompt.Prompt{Messages: hello, Generation: object(t, `{"stop": ["x"]}`)}, "stop"},
		{"frequency_penalty to Responses", config("m", "responses"), prompt.Prompt{Messages: hello, Generation: object(t, `{"frequency_penalty": 1}`)}, "frequency_penalty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, _, _, err := modeltest.Ask(t.Context(), newModel(t, test.config, nil), &test.prompt, false)
			if model.KindOf(err) != model.KindPrompt || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, want one of a prompt that says %q", err, test.says)
			}
		})
	}
}

// TestTheCacheKeyStaysTheSame lets two conversations go on for a second turn.
func TestTheCacheKeyStaysTheSame(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"chat_completions", "responses"} {
		ids := 0
		newID := func() string { ids++; return fmt.Sprintf("key %d", ids) }
		turn := func(says string, messages ...message.Message) message.Message {
			t.Helper()
			var sent value.Value
			m := newModel(t, official("gpt-4o", api), &openai.Options{NewID: newID, Transport: roundTrip(func(req *http.Request) string {
				raw, _ := io.ReadAll(req.Body)
				sent = parse(t, string(raw))
				return `{"choices":[{"message":{"content":"Well."}}],"output":[]}`
			})})
			_, _, a, err := modeltest.Ask(t.Context(), m, &prompt.Prompt{Messages: messages}, false)
			if err != nil {
				t.Fatal(err)
			}
			if got := sent.Get("prompt_cache_key").Str(); got != says || a.Message.PromptCacheKey != says {
				t.Errorf("%s: the key sent is %q, that of the answer %q, want %q", api, got, a.Message.PromptCacheKey, says)
			}
			return a.Message
		}
		one, other := message.Text(message.User, "One"), message.Text(message.User, "Other")
		first := turn("key 1", one)
		_ = turn("key 2", other)
		_ = turn("key 1", one, first, other)
	}
}

// roundTrip is a transport that answers with JSON.
type roundTrip func(*http.Request) string

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) {
	return canned{jsonType, f(req)}.RoundTrip(req)
}

// TestOnlyOpenAIIsToldOfCachesInChats asks a compatible server.
func TestOnlyOpenAIIsToldOfCachesInChats(t *testing.T) {
	t.Parallel()
	body := parse(t, string(record(t, config("tiny", ""), openai.Options{}, modeltest.Hello(), false).body))
	if key := body.Get("prompt_cache_key"); !key.IsNull() {
		t.Errorf("prompt_cache_key = %s", key)
	}
}

// TestThoughtsGoBack sends a tool request again that a model made while thinking.
func TestThoughtsGoBack(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"reasoning_content", "reasoning"} {
		_, a, err := answerOf(t, config("tiny", ""), jsonType,
			`{"choices":[{"message":{"`+key+`":"hm","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}}]}`, false)
		if err != nil {
			t.Fatal(err)
		}
		asked := &prompt.Prompt{Messages: []message.Message{a.Message, result("1", value.Int(7))}}
		body := parse(t, string(record(t, config("tiny", ""), openai.Options{}, asked, false).body))
		messages, _ := body.Get("messages").AsList()
		if got := messages[0].Get(key).Str(); got != "hm" {
			t.Errorf("%s = %q in %s", key, got, body)
		}
	}
}
