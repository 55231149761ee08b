package openai_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/openai"
)

// TestWhatServersSay are errors as servers really write them.
func TestWhatServersSay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		kind   model.Kind
		code   string
		says   string
	}{
		{"OpenAI, context", 400, `{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`, model.KindContextLength, "context_length_exceeded", "8192"},
		{"OpenAI, quota", 429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, model.KindRateLimit, "insufficient_quota", "quota"},
		{"Azure, filter", 400, `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter"}}`, model.KindContentFilter, "content_filter", "filtered"},
		{"vLLM, context", 400, `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens","type":"BadRequestError","param":null,"code":400}`, model.KindContextLength, "BadRequestError", "5000"},
		{"vLLM, model", 404, `{"error":{"message":"The model nope does not exist.","type":"NotFoundError","param":null,"code":404}}`, model.KindNotFound, "NotFoundError", "model_id"},
		{"llama.cpp, context", 400, `{"error":{"code":400,"message":"request (9022 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_ctx":4096}}`, model.KindContextLength, "exceed_context_size_error", "9022"},
		{"Ollama", 404, `{"error":"model 'nope' not found, try pulling it first"}`, model.KindNotFound, "", "try pulling"},
		{"FastAPI", 422, `{"detail":[{"loc":["body","messages"],"msg":"field required"}]}`, model.KindRejected, "", "field required"},
		{"FastAPI, path", 404, `{"detail":"Not Found"}`, model.KindNotFound, "", "check the url"},
		{"plain text", 503, "no healthy upstream", model.KindServer, "", "no healthy upstream"},
		{"HTML without a title", 502, "<html><style>b{}</style><body><h1>Bad &amp; gone</h1></body></html>", model.KindServer, "", "an HTML page: Bad & gone"},
		{"nothing", 500, "", model.KindServer, "", "500 Internal Server Error"},
		{"a very long text", 500, strings.Repeat("long ", 5000), model.KindServer, "", "long..."},
		{"JSON of another kind", 400, `[1, 2]`, model.KindRejected, "", "[1, 2]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			reply := modeltest.Reply{Status: test.status, Body: test.body}
			if test.body == "" {
				reply.Body = " "
			}
			s := modeltest.NewServer(t, reply)
			cfg := compatible(s.URL, modeltest.Setup{Policy: once}, nil)
			_, _, _, err := modeltest.Ask(t.Context(), newModel(t, &cfg, nil), modeltest.Hello(), true)
			e, ok := errors.AsType[*model.Error](err)
			if !ok || e.Kind != test.kind || e.Code != test.code || e.Status != test.status || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v\n%+v\nwant kind %q, code %q and %q", err, e, test.kind, test.code, test.says)
			}
			if len(err.Error()) > 1000 {
				t.Errorf("error is %d bytes long", len(err.Error()))
			}
		})
	}
}

func TestErrorsWithinStreams(t *testing.T) {
	t.Parallel()
	const begin = `data: {"choices":[{"index":0,"delta":{"content":"a"}}]}` + "\n\n"
	tests := []struct {
		name, api, body string
		kind            model.Kind
		says            string
	}{
		{"error event", "", begin + `data: {"error":{"message":"overloaded","code":503}}` + "\n\n", model.KindServer, "503 Service Unavailable: overloaded"},
		{"error as text", "", begin + `data: {"error":"overloaded"}` + "\n\n", model.KindServer, "overloaded"},
		{"broken event", "", begin + `data: {"choices":[{"delta":` + "\n\n", model.KindProtocol, "event"},
		{"the end is missing", "", begin, model.KindIncomplete, "before the answer was complete"},
		{"half an event", "", begin + `data: {"choi`, model.KindIncomplete, "before the answer was complete"},
		{"nothing at all", "", "", model.KindIncomplete, "before the answer was complete"},
		{"only the end", "", "data: [DONE]\n\n", model.KindProtocol, "no choices"},
		{"response failed", "responses", `data: {"type":"response.failed","response":{"error":{"code":"server_error","message":"overloaded"}}}` + "\n\n", model.KindServer, "overloaded"},
		{"response incomplete", "responses", `data: {"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"}}}` + "\n\n", model.KindContentFilter, "filter"},
		{"error event of Responses", "responses", `data: {"type":"error","code":"rate_limit_exceeded","message":"slow down"}` + "\n\n", model.KindServer, "slow down"},
		{"no end of a response", "responses", `data: {"type":"response.output_text.delta","delta":"a"}` + "\n\n", model.KindIncomplete, "before the answer was complete"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, a, err := answerOf(t, config("tiny", test.api), streamType, test.body, true)
			if a != nil || model.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Generate = %v, %v, want kind %q and %q", a, err, test.kind, test.says)
			}
		})
	}
}

// TestAddressesHoldSecrets has a password in the address and a key in its query.
func TestAddressesHoldSecrets(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, modeltest.Reply{Status: 401, Text: "who is hidden1 with hidden2?"})
	cfg := compatible(strings.Replace(s.URL, "http://", "http://user:hidden1@", 1)+"/v1?key=hidden2", modeltest.Setup{Policy: once}, nil)
	m := newModel(t, &cfg, nil)
	_, _, _, err := modeltest.Ask(t.Context(), m, modeltest.Hello(), true)
	if model.KindOf(err) != model.KindAuth || strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), s.URL) {
		t.Errorf("error = %v", err)
	}
	seen := http.Request{Header: s.Requests()[0].Header}
	if user, password, _ := seen.BasicAuth(); user != "user" || password != "hidden1" {
		t.Errorf("the server was told %s:%s", user, password)
	}
	s.Close()
	_, _, _, err = modeltest.Ask(t.Context(), m, modeltest.Hello(), true)
	if model.KindOf(err) != model.KindUnreachable || strings.Contains(err.Error(), "hidden") {
		t.Errorf("error = %v", err)
	}
}

// TestDefaultPolicyWaits runs the default policy against a transport, in fake time.
func TestDefaultPolicyWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		cfg := config("tiny", "")
		cfg.APIKey = ptr(modeltest.Key)
		m := newModel(t, cfg, &openai.Options{
			Transport: &recorder{}, Random: func() float64 { return 0.5 }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		start := time.Now()
		_, _, _, err := modeltest.Ask(t.Context(), m, modeltest.Hello(), true)
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("three tries took %s, want 1.5s", took)
		}
		if e, ok := errors.AsType[*model.Error](err); !ok || e.Tries != 3 || e.Kind != model.KindUnreachable {
			t.Errorf("error = %v", err)
		}
		if n := strings.Count(log.String(), "level=WARN"); n != 2 || strings.Contains(log.String(), modeltest.Key) {
			t.Errorf("log of %d warnings, want 2:\n%s", n, log.String())
		}
	})
}

func TestCallersDeadline(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, modeltest.Reply{Fault: modeltest.Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	cfg := compatible(s.URL, modeltest.Setup{}, nil)
	_, _, _, err := modeltest.Ask(ctx, newModel(t, &cfg, nil), modeltest.Hello(), false)
	if model.KindOf(err) != model.KindTimeout || !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "tries") {
		t.Errorf("error = %v", err)
	}
}
