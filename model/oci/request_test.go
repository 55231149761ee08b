package oci_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/oracle/oci-go-sdk/v65/generativeaiinference"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/oci"
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

// record returns the request that a model makes.
func record(t *testing.T, cfg spec.LlmConfig, p *prompt.Prompt, stream bool) *recorder {
	t.Helper()
	r := &recorder{}
	cfg.Llm().RetryPolicy = &spec.RetryPolicy{}
	m := newModel(t, cfg, &oci.Options{Transport: r, NewID: func() string { return "made up" }})
	if _, _, _, err := modeltest.Ask(t.Context(), m, p, stream); !errors.Is(err, errRecorded) {
		t.Fatalf("Generate made no request: %v", err)
	}
	return r
}

func config(t *testing.T, id string) *spec.OciGenAiConfig {
	t.Helper()
	cfg := session(t, "https://inference.example.com", modeltest.Setup{Key: "a-session"})
	cfg.ModelID = id
	return cfg
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

func result(id string, content value.Value) message.Message {
	return message.Message{Role: message.Assistant, ToolResult: &message.ToolResult{RequestID: id, Content: content}}
}

// everything is a prompt with all that one can hold, ending in the results of two tools. Images are left out for Cohere.
func everything(t *testing.T, images bool) *prompt.Prompt {
	t.Helper()
	format := property(t, `{"title": "the order", "type": "object", "properties": {"sku": {"type": "string"}}}`)
	p := &prompt.Prompt{
		Messages: []message.Message{
			message.Text(message.System, "Be brief."),
			message.Text(message.User, "What is here?"),
			message.Text(message.Assistant, "A pixel."),
			message.Text(message.User, "And the weather?"),
			{
				Role: message.Assistant, Contents: []message.Part{{Text: "Let me look."}},
				Reasoning: parse(t, `{"reasoningContent": "hm"}`), ToolRequests: []message.ToolRequest{
					{ID: "call_1", Name: "get_weather", Args: object(t, `{"city": "Zürich"}`)},
					{ID: "call_2", Name: "get_time", Args: object(t, `{}`)},
				},
			},
			result("call_1", value.String("<sunny>")),
			result("call_2", value.Int(12)),
		},
		Tools: []prompt.Tool{{Name: "get_weather", Description: "the weather", Inputs: []value.Property{
			property(t, `{"title": "city", "type": "string", "description": "where"}`),
			property(t, `{"title": "days", "type": "integer", "default": 3}`),
		}}, {Name: "get_time"}},
		ResponseFormat: &format,
	}
	if images {
		p.Messages[1].Contents = append(p.Messages[1].Contents, message.Part{Image: "data:image/png;base64,AA=="})
	}
	return p
}

const parameters = `{"max_tokens": 12, "temperature": 0.5, "top_p": 0.9, "stop": "x", "frequency_penalty": 0.5,
	"extra_args": {"top_k": 4, "seed": 7, "max_tokens": 99}}`

// TestRequests compares bodies with ChatDetails of the API's description (version 20231130), and reads them into the types of the
// SDK, which is made of it: what those do not know would be lost.
func TestRequests(t *testing.T) {
	t.Parallel()
	const schema = `{"type":"object","title":"the order","properties":{"sku":{"type":"string"}},"required":["sku"],"additionalProperties":false}`
	const head = `"compartmentId":"ocid1.compartment.oc1..compartment"`
	genericMessages := `"messages":[
		{"role":"SYSTEM","content":[{"type":"TEXT","text":"Be brief."}]},
		{"role":"USER","content":[{"type":"TEXT","text":"What is here?"},{"type":"IMAGE","imageUrl":{"url":"data:image/png;base64,AA=="}}]},
		{"role":"ASSISTANT","content":[{"type":"TEXT","text":"A pixel."}]},
		{"role":"USER","content":[{"type":"TEXT","text":"And the weather?"}]},
		{"role":"ASSISTANT","content":[{"type":"TEXT","text":"Let me look."}],"toolCalls":[
			{"type":"FUNCTION","id":"call_1","name":"get_weather","arguments":"{\"city\": \"Z\\u00fcrich\"}"},
			{"type":"FUNCTION","id":"call_2","name":"get_time","arguments":"{}"}],"reasoningContent":"hm"},
		{"role":"TOOL","content":[{"type":"TEXT","text":"\"\\u003csunny\\u003e\""}],"toolCallId":"call_1"},
		{"role":"TOOL","content":[{"type":"TEXT","text":"12"}],"toolCallId":"call_2"}]`
	genericRest := `"tools":[
		{"type":"FUNCTION","name":"get_weather","description":"the weather","parameters":{"type":"object","properties":{
			"city":{"title":"city","type":"string","description":"where"},"days":{"title":"days","type":"integer","default":3}},"required":["city"]}},
		{"type":"FUNCTION","name":"get_time","description":"","parameters":{"type":"object","properties":{}}}],
		"responseFormat":{"type":"JSON_SCHEMA","jsonSchema":{"name":"the_order","isStrict":true,"schema":` + schema + `}}`
	tests := []struct {
		name, modelID, provider, mode string
		prompt                        *prompt.Prompt
		generation                    string
		stream                        bool
		want                          string
	}{
		{
			name: "a text", modelID: "xai.grok-4", prompt: modeltest.Hello(),
			want: `{` + head + `,"servingMode":{"servingType":"ON_DEMAND","modelId":"xai.grok-4"},"chatRequest":{"apiFormat":"GENERIC",
				"messages":[{"role":"USER","content":[{"type":"TEXT","text":"Hello?"}]}]}}`,
		},
		{
			name: "everything", modelID: "openai.gpt-4o", prompt: everything(t, true),
			want: `{` + head + `,"servingMode":{"servingType":"ON_DEMAND","modelId":"openai.gpt-4o"},"chatRequest":{"apiFormat":"GENERIC",` +
				genericMessages + `,` + genericRest + `}}`,
		},
		{
			name: "parameters", modelID: "google.gemini-2.5-pro", prompt: modeltest.Hello(), stream: true,
			generation: strings.Replace(parameters, "{", `{"top_logprobs": 2, "reasoning_effort": "low", "tool_choice": "none",`, 1),
			want: `{` + head + `,"servingMode":{"servingType":"ON_DEMAND","modelId":"google.gemini-2.5-pro"},"chatRequest":{"apiFormat":"GENERIC",
				"messages":[{"role":"USER","content":[{"type":"TEXT","text":"Hello?"}]}],
				"topP":0.9,"temperature":0.5,"maxCompletionTokens":12,"stop":["x"],"frequencyPenalty":0.5,"logProbs":2,"reasoningEffort":"LOW",
				"toolChoice":{"type":"NONE"},"topK":4,"seed":7,"isStream":true,"streamOptions":{"isIncludeUsage":true}}}`,
		},
		{
			name: "an endpoint of Meta's", modelID: "ocid1.generativeaiendpoint.oc1.us-chicago-1.e", provider: "META",
			prompt: modeltest.Hello(), generation: `{"max_tokens": 12, "reasoning_effort": ""}`,
			want: `{` + head + `,"servingMode":{"servingType":"DEDICATED","endpointId":"ocid1.generativeaiendpoint.oc1.us-chicago-1.e"},
				"chatRequest":{"apiFormat":"GENERIC","messages":[{"role":"USER","content":[{"type":"TEXT","text":"Hello?"}]}],"maxTokens":12}}`,
		},
		{
			name: "Cohere, everything", modelID: "cohere.command-r", prompt: everything(t, false), generation: parameters,
			want: `{` + head + `,"servingMode":{"servingType":"ON_DEMAND","modelId":"cohere.command-r"},"chatRequest":{"apiFormat":"COHERE",
				"message":"","chatHistory":[
					{"role":"SYSTEM","message":"Be brief."},{"role":"USER","message":"What is here?"},{"role":"CHATBOT","message":"A pixel."},
					{"role":"USER","message":"And the weather?"},
					{"role":"CHATBOT","message":"Let me look.","toolCalls":[
						{"name":"get_weather","parameters":{"city":"Zürich"}},{"name":"get_time","parameters":{}}]}],
				"toolResults":[
					{"call":{"name":"get_weather","parameters":{"city":"Zürich"}},"outputs":[{"content":"<sunny>"}]},
					{"call":{"name":"get_time","parameters":{}},"outputs":[{"content":12}]}],
				"tools":[{"name":"get_weather","description":"the weather","parameterDefinitions":{
						"city":{"description":"where","type":"string","isRequired":true},
						"days":{"description":"","type":"integer","isRequired":false}}},
					{"name":"get_time","description":"","parameterDefinitions":{}}],
				"responseFormat":{"type":"JSON_OBJECT","schema":` + schema + `},
				"topP":0.9,"temperature":0.5,"maxTokens":12,"stopSequences":["x"],"frequencyPenalty":0.25,"topK":4,"seed":7}}`,
		},
		{
			name: "Cohere, two texts of the user", modelID: "cohere.command-r", stream: true,
			prompt: &prompt.Prompt{Messages: []message.Message{
				message.Text(message.Assistant, "Yes?"), message.Text(message.User, "One."), message.Text(message.User, "Two."),
			}},
			want: `{` + head + `,"servingMode":{"servingType":"ON_DEMAND","modelId":"cohere.command-r"},"chatRequest":{"apiFormat":"COHERE",
				"message":"One.\nTwo.","chatHistory":[{"role":"CHATBOT","message":"Yes?"}],"maxTokens":512,
				"isStream":true,"streamOptions":{"isIncludeUsage":true}}}`,
		},
		{
			name: "Cohere, nothing asked", modelID: "ocid1.generativeaimodel.oc1.m", provider: "COHERE", mode: "DEDICATED",
			prompt: &prompt.Prompt{Messages: []message.Message{message.Text(message.System, "Say hi.")}},
			want: `{` + head + `,"servingMode":{"servingType":"DEDICATED","endpointId":"ocid1.generativeaimodel.oc1.m"},
				"chatRequest":{"apiFormat":"COHERE","message":"Start","chatHistory":[{"role":"SYSTEM","message":"Say hi."}],"maxTokens":512}}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := config(t, test.modelID)
			cfg.ServingMode = test.mode
			if test.provider != "" {
				cfg.Provider = &test.provider
			}
			asked := *test.prompt
			if test.generation != "" {
				asked.Generation = object(t, test.generation)
			}
			r := record(t, cfg, &asked, test.stream)
			if got := r.request.URL.String(); got != "https://inference.example.com/20231130/actions/chat" {
				t.Errorf("url = %s", got)
			}
			if got := r.request.Header.Get("Opc-Retry-Token"); got != "made up" {
				t.Errorf("opc-retry-token = %q", got)
			}
			if diff := cmp.Diff(plain(t, []byte(test.want)), plain(t, r.body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			var details generativeaiinference.ChatDetails
			if err := json.Unmarshal(r.body, &details); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(details)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(t, r.body), plain(t, again), cmpopts.IgnoreMapEntries(isEmptyList)); diff != "" {
				t.Errorf("the SDK makes of it (-ours +theirs):\n%s", diff)
			}
		})
	}
}

// isEmptyList finds what the SDK writes for lists that are missing.
func isEmptyList(_ string, v any) bool {
	l, ok := v.([]any)
	return ok && len(l) == 0
}

// plain reads JSON without the members that are null, which the SDK writes for all that is missing.
func plain(t *testing.T, raw []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return withoutNulls(v)
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if member == nil {
				delete(v, key)
				continue
			}
			v[key] = withoutNulls(member)
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

func TestPromptsThatCannotBeSent(t *testing.T) {
	t.Parallel()
	image := message.Message{Role: message.User, Contents: []message.Part{{Image: "data:image/png;base64,AA=="}}}
	tests := []struct {
		name, modelID, generation string
		message                   message.Message
		says                      string
	}{
		{"an image to Cohere", "cohere.c", "", image, "no images"},
		{"log probabilities of Cohere", "cohere.c", `{"top_logprobs": 1}`, message.Text(message.User, "Hi"), "log probabilities"},
		{"a negative penalty to Cohere", "cohere.c", `{"frequency_penalty": -1}`, message.Text(message.User, "Hi"), "negative"},
		{"a result of nothing to Cohere", "cohere.c", "", result("call_9", value.Int(1)), `"call_9"`},
		{"a text beside a result", "xai.g", "", message.Message{
			Contents: image.Contents, ToolResult: &message.ToolResult{},
		}, "tool result"},
		{"an image beside a request", "xai.g", "", message.Message{
			Contents: image.Contents, ToolRequests: []message.ToolRequest{{ID: "1", Name: "f"}},
		}, "texts only"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			asked := &prompt.Prompt{Messages: []message.Message{test.message}}
			if test.generation != "" {
				asked.Generation = object(t, test.generation)
			}
			m := newModel(t, config(t, test.modelID), &oci.Options{Transport: &recorder{}})
			_, _, _, err := modeltest.Ask(t.Context(), m, asked, false)
			if model.KindOf(err) != model.KindPrompt || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, want one of a prompt that says %q", err, test.says)
			}
		})
	}
}

// TestUnknownParameters has a server that does not know them one after the other, in the words that the service has for it.
func TestUnknownParameters(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		replies []modeltest.Reply
		asked   int
		gone    []string
		kind    model.Kind
	}{
		{"one after the other", []modeltest.Reply{
			{Status: 400, Text: "Unsupported parameter: 'max_completion_tokens' is not supported with this model.", Code: "400"},
			{Status: 400, Text: "This model does not support parameter frequencyPenalty", Code: "400"},
			{Text: "ok"},
		}, 3, []string{"maxCompletionTokens", "frequencyPenalty"}, ""},
		{"an extra one", []modeltest.Reply{
			{Status: 400, Text: "Argument not supported on this model: top_k", Code: "400"}, {Text: "ok"},
		}, 2, []string{"topK"}, ""},
		{"one that is not there", []modeltest.Reply{
			{Status: 400, Text: "Unsupported value: 'verbosity' does not support high", Code: "400"},
		}, 1, nil, model.KindRejected},
		{"log probabilities", []modeltest.Reply{
			{Status: 400, Text: "Unsupported parameter: 'log_probs'", Code: "400"},
		}, 1, nil, model.KindRejected},
		{"more than there are tries", []modeltest.Reply{
			{Status: 400, Text: "Unsupported parameter: 'temperature'", Code: "400"},
			{Status: 400, Text: "Unsupported parameter: 'top_k'", Code: "400"},
			{Status: 400, Text: "Unsupported parameter: 'stop'", Code: "400"},
		}, 3, []string{"temperature", "topK"}, model.KindRejected},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := modeltest.NewServer(t, test.replies...)
			cfg := session(t, s.URL, modeltest.Setup{Key: "a-session", Policy: &spec.RetryPolicy{MaxAttempts: 2}})
			asked := modeltest.Hello()
			asked.Generation = object(t, strings.Replace(parameters, "{", `{"top_logprobs": 2,`, 1))
			_, _, a, err := modeltest.Ask(t.Context(), newModel(t, cfg, nil), asked, true)
			if model.KindOf(err) != test.kind || err == nil && a.Message.Text() != "ok" {
				t.Errorf("Generate = %v, %v", a, err)
			}
			if n := len(s.Requests()); n != test.asked {
				t.Fatalf("the server was asked %d times, want %d", n, test.asked)
			}
			last, _ := s.Requests()[test.asked-1].Body["chatRequest"].(map[string]any)
			for _, key := range test.gone {
				if _, ok := last[key]; ok {
					t.Errorf("%s was sent again", key)
				}
			}
			if _, ok := last["topP"]; !ok {
				t.Errorf("topP is missing in %v", last)
			}
		})
	}
}

// TestTheAPIOfOpenAIsKind checks what the service wants of it beside what every such server does: where it is
// (https://docs.oracle.com/en-us/iaas/Content/generative-ai/oci-openai.htm), the compartment and the conversation store in headers.
func TestTheAPIOfOpenAIsKind(t *testing.T) {
	t.Parallel()
	tools := []prompt.Tool{{Name: "get_time"}}
	tests := []struct {
		name, modelID, api string
		prompt             prompt.Prompt
		path               string
	}{
		{"chat", "xai.grok-4", "openai_chat_completions", prompt.Prompt{}, "/openai/v1/chat/completions"},
		{"responses", "xai.grok-4", "openai_responses", prompt.Prompt{}, "/openai/v1/responses"},
		{"an effort", "xai.grok-4", "openai_chat_completions", prompt.Prompt{Generation: object(t, `{"reasoning_effort": "HIGH"}`)}, "/openai/v1/chat/completions"},
		{"chat that must be a response", "openai.gpt-5.4", "openai_chat_completions", prompt.Prompt{
			Tools: tools, Generation: object(t, `{"reasoning_effort": "HIGH"}`),
		}, "/openai/v1/responses"},
		{"its own API that must be a response", "openai.gpt-5.4", "oci", prompt.Prompt{
			Tools: tools, Generation: object(t, `{"reasoning_effort": "HIGH"}`),
		}, "/openai/v1/responses"},
		{"somebody else's", "other.gpt-5.4", "oci", prompt.Prompt{
			Tools: tools, Generation: object(t, `{"reasoning_effort": "HIGH"}`),
		}, "/20231130/actions/chat"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := config(t, test.modelID)
			cfg.APIType, cfg.ConversationStoreID = &test.api, ptr("ocid1.store")
			test.prompt.Messages = modeltest.Hello().Messages
			r := record(t, cfg, &test.prompt, false)
			if got := r.request.URL.Path; got != test.path {
				t.Errorf("path = %s, want %s", got, test.path)
			}
			body := parse(t, string(r.body))
			if test.path == "/20231130/actions/chat" {
				return
			}
			for name, want := range map[string]string{
				"CompartmentId": compartment, "Opc-Compartment-Id": compartment, "Opc-Conversation-Store-Id": "ocid1.store",
			} {
				if got := r.request.Header.Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			if !body.Get("prompt_cache_key").IsNull() || body.Get("store").String() != "false" {
				t.Errorf("body = %s", body)
			}
			effort := body.Get("reasoning_effort").Str() + body.Get("reasoning").Get("effort").Str()
			if test.prompt.Generation != nil && effort != "high" {
				t.Errorf("the effort is %q in %s", effort, body)
			}
		})
	}
}
