package oci_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/oci"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// canned is a transport that always gives one answer.
type canned struct{ contentType, body string }

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {c.contentType}},
		Body: io.NopCloser(strings.NewReader(c.body)),
	}, nil
}

// answerOf returns what a model makes of a body.
func answerOf(t testing.TB, modelID, body string, stream bool) (string, *model.Answer, error) {
	t.Helper()
	cfg := session(t, "https://inference.example.com", modeltest.Setup{Key: "a-session", Policy: &spec.RetryPolicy{}})
	cfg.ModelID = modelID
	kind := "application/json"
	if stream {
		kind = "text/event-stream"
	}
	m := newModel(t, cfg, &oci.Options{Transport: canned{kind, body}, NewID: func() string { return "made up" }})
	text, _, a, err := modeltest.Ask(context.Background(), m, modeltest.Hello(), stream)
	return text, a, err
}

const (
	grok    = "xai.grok-4"
	command = "cohere.command-a-03-2025"
)

// TestAnswers are hand-made after the descriptions of GenericChatResponse and CohereChatResponse
// (https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/ChatResult), and after how the
// reference reads streams, which the description leaves out.
func TestAnswers(t *testing.T) {
	t.Parallel()
	events := func(list ...string) string { return "data: " + strings.Join(list, "\n\ndata: ") + "\n\n" }
	usage := `"usage":{"promptTokens":9,"completionTokens":4,"totalTokens":13,"promptTokensDetails":{"cachedTokens":8},"completionTokensDetails":{"reasoningTokens":3}}`
	counted := message.Usage{Input: 9, Output: 4, Cached: 8, Reasoning: 3}
	call := func(id, name, args string) message.ToolRequest {
		return message.ToolRequest{ID: id, Name: name, Args: object(t, args)}
	}
	tests := []struct {
		name, modelID, body string
		stream              bool
		want                message.Message
		usage               message.Usage
		truncated           bool
	}{
		{
			"all that a choice can hold", grok, `{"modelId":"m","chatResponse":{"apiFormat":"GENERIC","choices":[{"index":0,"finishReason":"length",
				"message":{"role":"ASSISTANT","content":[{"type":"TEXT","text":"a"},{"type":"TEXT","text":"b"}],"reasoningContent":"hm",
				"toolCalls":[{"type":"FUNCTION","id":"1","name":"f","arguments":"{\"a\":1}"}]},
				"logprobs":{"tokens":["ab"],"tokenLogprobs":[-0.1],"topLogprobs":[{"x":"-3","ab":"-0.1"}]}}],` + usage + `}}`,
			false,
			message.Message{
				Role: message.Assistant, Reasoning: parse(t, `{"reasoningContent":"hm"}`),
				Contents: []message.Part{{Text: "ab", Logprobs: []message.Logprob{{
					Token: "ab", Logprob: -0.1, Top: []message.Logprob{{Token: "ab", Logprob: -0.1}, {Token: "x", Logprob: -3}},
				}}}},
				ToolRequests: []message.ToolRequest{call("1", "f", `{"a":1}`)},
			},
			counted, true,
		},
		{
			"log probabilities without the tokens", grok, `{"chatResponse":{"choices":[{"message":{"content":[{"type":"TEXT","text":"a"}]},
				"logprobs":{"topLogprobs":[{"b":-2,"a":-1}]}}],` + usage + `}}`,
			false,
			message.Message{Role: message.Assistant, Contents: []message.Part{{Text: "a", Logprobs: []message.Logprob{{
				Token: "a", Logprob: -1, Top: []message.Logprob{{Token: "a", Logprob: -1}, {Token: "b", Logprob: -2}},
			}}}}},
			counted, false,
		},
		{
			"a stream with tool calls in pieces, then the usage", grok, events(
				`{"index":0,"message":{"role":"ASSISTANT","content":[{"type":"TEXT","text":"Let "}]},"pad":"aa"}`,
				`{"index":0,"message":{"role":"ASSISTANT","content":[{"type":"TEXT","text":"me."}],"toolCalls":null}}`,
				`{"index":0,"message":{"toolCalls":[{"type":"FUNCTION","id":"1","name":"f","arguments":""}]}}`,
				`{"index":0,"message":{"toolCalls":[{"type":"FUNCTION","arguments":"{\"a\""}]}}`,
				`{"index":0,"message":{"toolCalls":[{"type":"FUNCTION","arguments":":1}"}]}}`,
				`{"index":0,"message":{"toolCalls":[{"type":"FUNCTION","id":"2","name":"g","arguments":"{}"}]}}`,
				`{"finishReason":"tool_calls","pad":"a"}`, `{`+usage+`}`, `[DONE]`),
			true,
			message.Message{
				Role: message.Assistant, Contents: []message.Part{{Text: "Let me."}},
				ToolRequests: []message.ToolRequest{call("1", "f", `{"a":1}`), call("2", "g", `{}`)},
			},
			counted, false,
		},
		{
			"whole calls without an id, and one whose id is repeated", grok, events(
				`{"message":{"toolCalls":[{"type":"FUNCTION","name":"f","arguments":"{}"}]}}`,
				`{"message":{"toolCalls":[{"type":"FUNCTION","id":"2","name":"g","arguments":"{\"a\""}]}}`,
				`{"message":{"toolCalls":[{"type":"FUNCTION","id":"2","arguments":":1}"}]}}`,
				`{"finishReason":"tool_calls"}`, `{`+usage+`}`),
			true,
			message.Message{
				Role: message.Assistant, ToolRequests: []message.ToolRequest{call("made up", "f", `{}`), call("2", "g", `{"a":1}`)},
			},
			counted, false,
		},
		{
			"a second generation", grok, events(
				`{"index":0,"message":{"content":[{"type":"TEXT","text":"a"}]}}`, `{"index":1,"message":{"content":[{"type":"TEXT","text":"z"}]}}`,
				`{"finishReason":"stop",`+usage+`}`),
			true,
			message.Message{Role: message.Assistant, Contents: []message.Part{{Text: "a"}}},
			counted, false,
		},
		{
			"Cohere, whole", command, `{"chatResponse":{"apiFormat":"COHERE","text":"Let me.","finishReason":"MAX_TOKENS",
				"toolCalls":[{"name":"f","parameters":{"a":1}},{"name":"g"}],` + usage + `}}`,
			false,
			message.Message{
				Role: message.Assistant, Contents: []message.Part{{Text: "Let me."}},
				ToolRequests: []message.ToolRequest{call("made up", "f", `{"a":1}`), call("made up", "g", `{}`)},
			},
			counted, true,
		},
		{
			"Cohere, a stream whose last event repeats all", command, events(
				`{"apiFormat":"COHERE","text":"Let ","pad":"a"}`, `{"apiFormat":"COHERE","text":"me."}`,
				`{"apiFormat":"COHERE","toolCalls":[{"name":"f","parameters":{}}]}`,
				`{"apiFormat":"COHERE","text":"Let me.","chatHistory":[],"finishReason":"COMPLETE","toolCalls":[{"name":"f","parameters":{}}]}`,
				`{"apiFormat":"COHERE",`+usage+`}`),
			true,
			message.Message{
				Role: message.Assistant, Contents: []message.Part{{Text: "Let me."}}, ToolRequests: []message.ToolRequest{call("made up", "f", `{}`)},
			},
			counted, false,
		},
		{
			"Cohere, all in the last event", command, events(`{"text":"Hi","finishReason":"COMPLETE","toolCalls":[{"name":"f","parameters":{}}],` + usage + `}`),
			true,
			message.Message{
				Role: message.Assistant, Contents: []message.Part{{Text: "Hi"}}, ToolRequests: []message.ToolRequest{call("made up", "f", `{}`)},
			},
			counted, false,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text, a, err := answerOf(t, test.modelID, test.body, test.stream)
			if err != nil {
				t.Fatal(err)
			}
			objects := cmp.Comparer(func(a, b *value.Object) bool { return value.Equal(a.Of(), b.Of()) })
			values := cmp.Comparer(value.Equal)
			if diff := cmp.Diff(test.want, a.Message, objects, values); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			if a.Usage != test.usage || a.Truncated != test.truncated {
				t.Errorf("usage = %+v, truncated = %t", a.Usage, a.Truncated)
			}
			if want := test.want.Text(); test.stream && text != want {
				t.Errorf("deltas = %q, want %q", text, want)
			}
		})
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	const begun = `data: {"index":0,"message":{"content":[{"type":"TEXT","text":"a"}]}}` + "\n\n"
	tests := []struct {
		name, modelID, body string
		stream              bool
		kind                model.Kind
		says                string
	}{
		{"an error in a stream", grok, begun + `data: {"code":"500","message":"overloaded"}` + "\n\n", true, model.KindServer, "overloaded"},
		{"an error in Cohere's stream", command, `data: {"code":500,"message":"overloaded"}` + "\n\n", true, model.KindServer, "overloaded"},
		{"an error with a good status", grok, `{"code":"Unknown","message":"overloaded"}`, false, model.KindServer, "overloaded"},
		{"no end", grok, begun, true, model.KindIncomplete, "before the answer was complete"},
		{"no end of Cohere's", command, `data: {"text":"a"}` + "\n\n", true, model.KindIncomplete, "before the answer was complete"},
		{"toxic", command, `{"chatResponse":{"text":"","finishReason":"ERROR_TOXIC"}}`, false, model.KindContentFilter, "filter"},
		{"too long", command, `{"chatResponse":{"text":"","finishReason":"ERROR_LIMIT"}}`, false, model.KindContextLength, "context"},
		{"given up", command, `{"chatResponse":{"text":"","finishReason":"ERROR"}}`, false, model.KindServer, "gave"},
		{"Cohere's answer of another's model", grok, `{"chatResponse":{"apiFormat":"COHERE","text":"a"}}`, false, model.KindProtocol, "choices"},
		{"the answer of another's model for Cohere", command, `{"chatResponse":{"choices":[]}}`, false, model.KindProtocol, "text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, a, err := answerOf(t, test.modelID, test.body, test.stream)
			if a != nil || model.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Generate = %v, %v, want kind %q and %q", a, err, test.kind, test.says)
			}
		})
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	t.Parallel()
	with := func(change func(*spec.OciGenAiConfig)) spec.LlmConfig {
		cfg := config(t, grok)
		change(cfg)
		return cfg
	}
	bare := &spec.GenericLlmConfig{LlmBase: spec.LlmBase{ModelID: "m", APIProvider: ptr("anthropic")}}
	tests := []struct {
		name   string
		config spec.LlmConfig
		kind   model.Kind
		says   string
	}{
		{"another provider's", &spec.OpenAiConfig{}, model.KindUnsupported, ""},
		{"a bare one of another provider", bare, model.KindUnsupported, ""},
		{"unknown api", with(func(c *spec.OciGenAiConfig) { c.APIType = ptr("chat_completions") }), model.KindConfig, "openai_chat_completions"},
		{"unknown serving mode", with(func(c *spec.OciGenAiConfig) { c.ServingMode = "SOMETIMES" }), model.KindConfig, "SOMETIMES"},
		{"dedicated without a provider", with(func(c *spec.OciGenAiConfig) { c.ServingMode = "DEDICATED" }), model.KindConfig, "provider"},
		{"dedicated by OpenAI's API", with(func(c *spec.OciGenAiConfig) {
			c.ServingMode, c.APIType = "DEDICATED", ptr("openai_responses")
		}), model.KindConfig, "dedicated"},
		{"no access", with(func(c *spec.OciGenAiConfig) { c.ClientConfig = nil }), model.KindConfig, "client_config"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := oci.New(test.config, nil)
			if model.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("New = %v, want %s and %q", err, test.kind, test.says)
			}
		})
	}
}

// FuzzAnswer gives arbitrary bodies to both formats: no panic, and either a whole answer or an error of ours.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"chatResponse":{"choices":[{"message":{"content":[{"text":"a"}],"toolCalls":[{"id":"1","name":"f","arguments":"{}"}]}}]}}`,
		"data: {\"message\":{\"content\":[{\"text\":\"a\"}]}}\n\ndata: {\"finishReason\":\"stop\"}\n\n", `{"chatResponse":{"text":"a"}}`,
		"data: {\"text\":\"a\"}\n\ndata: {\"finishReason\":\"COMPLETE\",\"toolCalls\":[{}]}\n\n", "<html>", "", "data: nul\n\n",
	} {
		f.Add(seed, true, true)
		f.Add(seed, false, false)
	}
	f.Fuzz(func(t *testing.T, body string, stream, cohere bool) {
		id := grok
		if cohere {
			id = command
		}
		_, a, err := answerOf(t, id, body, stream)
		if e, ours := errors.AsType[*model.Error](err); err != nil && (!ours || e.Kind == "" || e.Error() == "") {
			t.Errorf("error = %v", err)
		}
		if (err == nil) != (a != nil) {
			t.Errorf("answer = %v, error = %v", a, err)
		}
	})
}
