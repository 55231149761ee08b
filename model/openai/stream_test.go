package openai_test

import (
	"context"
	"errors"
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
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// canned is a transport that always gives one answer.
type canned struct {
	contentType, body string
}

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {c.contentType}},
		Body: io.NopCloser(strings.NewReader(c.body)),
	}, nil
}

// answerOf returns what a model makes of a body.
func answerOf(t testing.TB, cfg spec.LlmConfig, contentType, body string, stream bool) (string, *model.Answer, error) {
	t.Helper()
	cfg.Llm().RetryPolicy = once
	m := newModel(t, cfg, &openai.Options{
		Transport: canned{contentType, body}, NewID: func() string { return "made up" },
	})
	text, _, a, err := modeltest.Ask(context.Background(), m, modeltest.Hello(), stream)
	return text, a, err
}

const (
	jsonType   = "application/json; charset=utf-8"
	streamType = "text/event-stream; charset=utf-8"
)

// TestDeviations are answers of servers that do not quite keep to the protocol.
func TestDeviations(t *testing.T) {
	t.Parallel()
	const done = "data: [DONE]\n\n"
	chunk := func(delta string) string { return `data: {"choices":[{"index":0,"delta":` + delta + `}]}` + "\n\n" }
	tests := []struct {
		name, contentType, body string
		stream                  bool
		wantText                string
		wantCalls               string
	}{
		{"a stream though none was asked for", streamType, chunk(`{"content":"a"}`) + chunk(`{"content":"b"}`) + done, false, "ab", ""},
		{"no stream though one was asked for", jsonType, `{"choices":[{"message":{"content":"ab"}}]}`, true, "ab", ""},
		{"no content type", "", `{"choices":[{"message":{"content":"ab"}}]}`, false, "ab", ""},
		{"no space after the colon", streamType, `data:{"choices":[{"delta":{"content":"ab"}}]}` + "\n\ndata:[DONE]\n\n", true, "ab", ""},
		{"line ends of DOS", streamType, strings.ReplaceAll(chunk(`{"content":"ab"}`)+done, "\n", "\r\n"), true, "ab", ""},
		{"comments and events between", streamType, ": ping\n\nevent: x\nid: 1\n" + chunk(`{"content":"ab"}`) + "data:\n\n" + done, true, "ab", ""},
		{"no empty lines between", streamType, strings.ReplaceAll(chunk(`{"content":"a"}`)+chunk(`{"content":"b"}`)+done, "\n\n", "\n") + "\n", true, "ab", ""},
		{"no end mark, but a reason", streamType, chunk(`{"content":"ab"}`) + `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\n", true, "ab", ""},
		{"chunks without choices", streamType, `data: {"choices":[]}` + "\n\n" + `data: {"id":"x"}` + "\n\n" + chunk(`{"content":"ab"}`) + done, true, "ab", ""},
		{"a second choice", streamType, chunk(`{"content":"ab"}`) + `data: {"choices":[{"index":1,"delta":{"content":"zz"}}]}` + "\n\n" + done, true, "ab", ""},
		{"nulls everywhere", streamType, `data: {"error":null,"usage":null,"choices":[{"index":0,"delta":{"content":null,"tool_calls":null},"finish_reason":null}]}` + "\n\n" + chunk(`{"content":"ab"}`) + done, true, "ab", ""},
		{"content in parts", jsonType, `{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}`, false, "ab", ""},
		{
			"a call without an index", streamType,
			chunk(`{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"2","function":{"name":"g","arguments":"{}"}}]}`) + done,
			true, "", `1 f {"a":1}; 2 g {}`,
		},
		{
			"a call whose later pieces have no index", streamType,
			chunk(`{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\""}}]}`) + chunk(`{"tool_calls":[{"function":{"arguments":":1}"}}]}`) + done,
			true, "", `1 f {"a":1}`,
		},
		{
			"a name in each piece", streamType,
			chunk(`{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{"}}]}`) + chunk(`{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]}`) + done,
			true, "", `1 f {}`,
		},
		{
			"a name in two pieces", streamType,
			chunk(`{"tool_calls":[{"index":0,"id":"1","function":{"name":"get_"}}]}`) + chunk(`{"tool_calls":[{"index":0,"function":{"name":"time","arguments":""}}]}`) + done,
			true, "", `1 get_time {}`,
		},
		{
			"interleaved calls", streamType,
			chunk(`{"tool_calls":[{"index":1,"id":"2","function":{"name":"g","arguments":"{"}}]}`) + chunk(`{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]}`) +
				chunk(`{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}`) + done,
			true, "", `2 g {}; 1 f {}`,
		},
		{"arguments as an object", jsonType, `{"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":{"a":1}}}]}}]}`, false, "", `1 f {"a":1}`},
		{"no arguments and no id", jsonType, `{"choices":[{"message":{"tool_calls":[{"function":{"name":"f"}}]}}]}`, false, "", `made up f {}`},
		{"arguments that are not JSON", jsonType, `{"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"nonsense"}}]}}]}`, false, "", `1 f {"wrong_arg_name":"nonsense"}`},
		{"arguments that are no object", jsonType, `{"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"[1]"}}]}}]}`, false, "", `1 f {"wrong_arg_name":[1]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text, a, err := answerOf(t, config("tiny", ""), test.contentType, test.body, test.stream)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Message.Text(); got != test.wantText || test.stream && text != test.wantText {
				t.Errorf("text = %q, deltas = %q, want %q", got, text, test.wantText)
			}
			var calls []string
			for _, r := range a.Message.ToolRequests {
				calls = append(calls, r.ID+" "+r.Name+" "+r.Args.Of().String())
			}
			if got := strings.Join(calls, "; "); got != test.wantCalls {
				t.Errorf("tool requests = %s, want %s", got, test.wantCalls)
			}
		})
	}
}

func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, api, body string
		want            message.Message
		usage           message.Usage
	}{
		{
			"reasoning and extra content of chat completions", "",
			`{"choices":[{"message":{"content":"yes","reasoning_content":"hm","extra_content":{"google":1}}}],
			"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":3}}}`,
			message.Message{
				Role: message.Assistant, Contents: []message.Part{{Text: "yes"}},
				Reasoning: parse(t, `{"reasoning_content":"hm"}`), Extra: parse(t, `{"google":1}`),
			},
			message.Usage{Input: 9, Output: 4, Cached: 8, Reasoning: 3},
		},
		{
			"reasoning and an image of Responses", "responses",
			`{"output":[{"type":"reasoning","id":"r","summary":[{"text":"hm"}]},{"type":"reasoning","summary":[]},
			{"type":"message","content":[{"type":"output_text","text":"yes"},{"type":"output_text","text":"no"}]},{"type":"image_generation_call","result":"AAAA"},{"type":"web_search_call"}],
			"usage":{"input_tokens":9,"output_tokens":4,"input_tokens_details":{"cached_tokens":8},"output_tokens_details":{"reasoning_tokens":3}}}`,
			message.Message{
				Role: message.Assistant, Contents: []message.Part{{Text: "yes"}, {Text: "no"}, {Image: "data:image/png;base64,AAAA"}},
				Reasoning: parse(t, `{"type":"reasoning","id":"r","summary":[{"text":"hm"}]}`), PromptCacheKey: "made up",
			},
			message.Usage{Input: 9, Output: 4, Cached: 8, Reasoning: 3},
		},
		{
			"a tool call that vLLM wrote as text", "responses",
			`{"prompt_cache_key":"theirs","output":[{"type":"message","content":[{"type":"output_text","text":"{\"name\": \"f\", \"parameters\": {\"a\": 1}}"}]}],"usage":{"input_tokens":1}}`,
			message.Message{
				Role: message.Assistant, PromptCacheKey: "theirs",
				ToolRequests: []message.ToolRequest{{ID: "made up", Name: "f", Args: object(t, `{"a":1}`)}},
			},
			message.Usage{Input: 1},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, a, err := answerOf(t, config("tiny", test.api), jsonType, test.body, false)
			if err != nil {
				t.Fatal(err)
			}
			objects := cmp.Comparer(func(a, b *value.Object) bool { return value.Equal(a.Of(), b.Of()) })
			if diff := cmp.Diff(test.want, a.Message, objects); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			if a.Usage != test.usage {
				t.Errorf("usage = %+v, want %+v", a.Usage, test.usage)
			}
		})
	}
}

func TestOllamaHeaderIsRemoved(t *testing.T) {
	t.Parallel()
	const body = `{"choices":[{"message":{"content":"<|start_header_id|>assistant<|end_header_id|>Hi"}}]}`
	cfg := &spec.OllamaConfig{OpenAiCompatibleConfig: *config("llama3.2", "")}
	text, a, err := answerOf(t, cfg, jsonType, body, true)
	if err != nil || text != "Hi" || a.Message.Text() != "Hi" {
		t.Errorf("Generate = %q, %v, %v", text, a, err)
	}
}

func TestTruncatedAnswers(t *testing.T) {
	t.Parallel()
	_, a, err := answerOf(t, config("tiny", ""), jsonType, `{"choices":[{"message":{"content":"and th"},"finish_reason":"length"}]}`, false)
	if err != nil || !a.Truncated {
		t.Errorf("Generate = %+v, %v, want a truncated answer", a, err)
	}
	_, _, err = answerOf(t, config("tiny", ""), jsonType,
		`{"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\": \"b"}}]},"finish_reason":"length"}]}`, false)
	if model.KindOf(err) != model.KindIncomplete || !strings.Contains(err.Error(), "max_tokens") {
		t.Errorf("error = %v, want one of an incomplete answer", err)
	}
	_, _, err = answerOf(t, config("tiny", "responses"), jsonType,
		`{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}`, false)
	if model.KindOf(err) != model.KindIncomplete || !strings.Contains(err.Error(), "max_tokens") {
		t.Errorf("error = %v, want one of an incomplete answer", err)
	}
}

// FuzzAnswer gives arbitrary bodies to both APIs: no panic, and either a whole answer or an error of ours.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"choices":[{"message":{"content":"a","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]}`,
		"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n",
		"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":3}]}}]}\ndata: {}\n\ndata: [DONE]\n\n",
		"data: {\"type\":\"response.completed\",\"response\":{\"output\":[{\"type\":\"message\",\"content\":[{}]}]}}\n\n",
		"event: error\ndata: {\"error\":{\"code\":429}}\n\n", "<html>", "", "data: nul\n\n", `{"output":[{"type":"function_call"}]}`,
	} {
		for _, stream := range []bool{true, false} {
			f.Add(seed, stream, stream)
		}
	}
	f.Fuzz(func(t *testing.T, body string, stream, responses bool) {
		contentType, api := jsonType, ""
		if stream {
			contentType = streamType
		}
		if responses {
			api = "responses"
		}
		_, a, err := answerOf(t, config("tiny", api), contentType, body, true)
		if e, ours := errors.AsType[*model.Error](err); err != nil && (!ours || e.Kind == "" || e.Error() == "") {
			t.Errorf("error = %v", err)
		}
		if (err == nil) != (a != nil) {
			t.Errorf("answer = %v, error = %v", a, err)
		}
	})
}

// TestRealModel asks the model that WAYFLOW_TEST_LLM_URL and WAYFLOW_TEST_LLM_MODEL name.
func TestRealModel(t *testing.T) {
	url, id := os.Getenv("WAYFLOW_TEST_LLM_URL"), os.Getenv("WAYFLOW_TEST_LLM_MODEL")
	if url == "" || id == "" {
		t.Skip("set WAYFLOW_TEST_LLM_URL and WAYFLOW_TEST_LLM_MODEL; scripts/local-model env prints them")
	}
	asked := modeltest.Hello()
	asked.Generation = object(t, `{"max_tokens": 24, "temperature": 0}`)
	for _, api := range []string{"chat_completions", "responses"} {
		t.Run(api, func(t *testing.T) {
			cfg := config(id, api)
			cfg.URL, cfg.APIKey, cfg.RetryPolicy = &url, nil, nil
			m := newModel(t, cfg, nil)
			text, deltas, a, err := modeltest.Ask(t.Context(), m, asked, true)
			if err != nil && api == "responses" && model.KindOf(err) == model.KindIncomplete {
				t.Skipf("the answer reached its limit, which Responses takes for an error: %v", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if text == "" || text != a.Message.Text() || deltas < 2 {
				t.Errorf("%d deltas %q, answer %q", deltas, text, a.Message.Text())
			}
			if a.Usage.Estimated || a.Usage.Output == 0 {
				t.Errorf("usage = %+v", a.Usage)
			}
			t.Logf("%s said %q, %+v", id, text, a.Usage)
		})
	}
	t.Run("structured", func(t *testing.T) {
		p := modeltest.Hello()
		p.Generation = object(t, `{"max_tokens": 60, "temperature": 0}`)
		format := property(t, `{"title": "result", "type": "object", "properties": {"year": {"type": "integer"}}}`)
		p.ResponseFormat = &format
		cfg := config(id, "")
		cfg.URL, cfg.APIKey = &url, nil
		_, _, a, err := modeltest.Ask(t.Context(), newModel(t, cfg, nil), p, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := parse(t, a.Message.Text()).Get("year").AsInt(); !ok {
			t.Errorf("answer = %s", a.Message.Text())
		}
	})
	t.Run("tool call", func(t *testing.T) {
		p := modeltest.Hello()
		p.Generation = object(t, `{"max_tokens": 60, "temperature": 0}`)
		p.Tools = referenceTools(t)[:1]
		p.Tools[0].Inputs = p.Tools[0].Inputs[:1]
		cfg := config(id, "")
		cfg.URL, cfg.APIKey = &url, nil
		_, _, a, err := modeltest.Ask(t.Context(), newModel(t, cfg, nil), p, true)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("tool requests: %v", a.Message.ToolRequests)
	})
}
