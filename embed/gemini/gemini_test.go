package gemini_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
	"github.com/wayflow-go/wayflow/embed/gemini"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newEmbedder(tb testing.TB, cfg gemini.Config, o *gemini.Options) *gemini.Embedder {
	tb.Helper()
	e, err := gemini.New(cfg, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(e.CloseIdleConnections)
	return e
}

func TestSuite(t *testing.T) {
	t.Parallel()
	embedtest.Run(t, func(tb testing.TB, s *modeltest.Server, key string, policy *spec.RetryPolicy) embed.Embedder {
		return newEmbedder(tb, gemini.Config{
			ModelID: "gemini-embedding-001", Auth: &spec.GeminiAIStudioAuthConfig{APIKey: &key}, URL: s.URL, RetryPolicy: policy,
		}, &gemini.Options{BatchSize: 2})
	}, false)
}

func TestParameters(t *testing.T) {
	t.Parallel()
	key := modeltest.Key
	s := modeltest.NewServer(t)
	e := newEmbedder(t, gemini.Config{
		ModelID: "gemini-embedding-001", Auth: &spec.GeminiAIStudioAuthConfig{APIKey: &key}, URL: s.URL,
		Dimensions: 256, TaskType: "RETRIEVAL_QUERY",
	}, nil)
	if _, err := e.Embed(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	requests, _ := s.Requests()[0].Body["requests"].([]any)
	request, _ := requests[0].(map[string]any)
	if request["taskType"] != "RETRIEVAL_QUERY" || request["outputDimensionality"] != 256.0 ||
		request["model"] != "models/gemini-embedding-001" {
		t.Errorf("request = %v", request)
	}
}

func TestNoKey(t *testing.T) {
	t.Parallel()
	_, err := gemini.New(gemini.Config{ModelID: "m"}, &gemini.Options{Env: func(string) string { return "" }})
	if model.KindOf(err) != model.KindAuth {
		t.Errorf("New = %v", err)
	}
}
