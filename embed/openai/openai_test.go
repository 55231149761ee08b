package openai_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"testing"

	client "github.com/openai/openai-go/v3"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
	"github.com/wayflow-go/wayflow/embed/openai"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func compatible(url string, policy *spec.RetryPolicy) spec.OpenAiCompatibleEmbeddingConfig {
	return spec.OpenAiCompatibleEmbeddingConfig{URL: url, ModelID: "tiny", RetryPolicy: policy}
}

func newEmbedder(tb testing.TB, cfg spec.EmbeddingConfig, o *openai.Options) *openai.Embedder {
	tb.Helper()
	e, err := openai.New(cfg, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(e.CloseIdleConnections)
	return e
}

func TestSuite(t *testing.T) {
	configs := map[string]func(spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig{
		"compatible": func(c spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig { return &c },
		"vllm": func(c spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig {
			return &spec.VllmEmbeddingConfig{OpenAiCompatibleEmbeddingConfig: c}
		},
		"ollama": func(c spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig {
			return &spec.OllamaEmbeddingConfig{OpenAiCompatibleEmbeddingConfig: c}
		},
	}
	for name, config := range configs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedtest.Run(t, func(tb testing.TB, s *modeltest.Server, key string, policy *spec.RetryPolicy) embed.Embedder {
				return newEmbedder(tb, config(compatible(s.URL, policy)), &openai.Options{Key: key, BatchSize: 2})
			}, false)
		})
	}
}

// recorder is a transport that keeps the last request and answers nothing.
type recorder struct {
	url, key, body string
}

var errRecorded = errors.New("recorded")

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(req.Body)
	r.url, r.key, r.body = req.URL.String(), req.Header.Get("Authorization"), string(body)
	return nil, errRecorded
}

func TestAddressesAndKeys(t *testing.T) {
	t.Parallel()
	env := func(name string) string { return map[string]string{"OPENAI_API_KEY": "sk-environment"}[name] }
	at := func(url string) spec.EmbeddingConfig { c := compatible(url, &spec.RetryPolicy{}); return &c }
	tests := []struct {
		name     string
		cfg      spec.EmbeddingConfig
		share    bool
		url, key string
	}{
		{"OpenAI", &spec.OpenAiEmbeddingConfig{ModelID: "m", RetryPolicy: &spec.RetryPolicy{}}, false, "https://api.openai.com/v1/embeddings", "Bearer sk-environment"},
		{"host", at("host:8000"), false, "http://host:8000/v1/embeddings", ""},
		{"v1", at("http://host/v1/"), false, "http://host/v1/embeddings", ""},
		{"whole", at("http://host/some/embeddings"), false, "http://host/some/embeddings", ""},
		{"shared key", at("http://host"), true, "http://host/v1/embeddings", "Bearer sk-environment"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{}
			e := newEmbedder(t, test.cfg, &openai.Options{Transport: r, Env: env, ShareKey: test.share})
			if _, err := e.Embed(t.Context(), []string{"a"}); !errors.Is(err, errRecorded) {
				t.Fatal(err)
			}
			if r.url != test.url || r.key != test.key {
				t.Errorf("asked %s with %q, want %s with %q", r.url, r.key, test.url, test.key)
			}
		})
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	t.Parallel()
	noKey := &openai.Options{Env: func(string) string { return "" }}
	file := "missing.pem"
	tls := compatible("http://host", nil)
	tls.CAFile = &file
	empty := compatible("", nil)
	tests := []struct {
		name string
		cfg  spec.EmbeddingConfig
		kind model.Kind
	}{
		{"no key for OpenAI", &spec.OpenAiEmbeddingConfig{ModelID: "m"}, model.KindAuth},
		{"another provider", &spec.OciGenAiEmbeddingConfig{ModelID: "m"}, model.KindUnsupported},
		{"no address", &empty, model.KindConfig},
		{"a file that is missing", &tls, model.KindConfig},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, err := openai.New(test.cfg, noKey); model.KindOf(err) != test.kind {
				t.Errorf("New = %v, want kind %q", err, test.kind)
			}
		})
	}
}

// TestTheOfficialClientKnowsOurRequests reads a request into the official client's type, and writes it again.
func TestTheOfficialClientKnowsOurRequests(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	c := compatible("http://host", &spec.RetryPolicy{})
	_, _ = newEmbedder(t, &c, &openai.Options{Transport: r}).Embed(t.Context(), []string{"a", "b"}) // it answers nothing
	var params client.EmbeddingNewParams
	if err := json.Unmarshal([]byte(r.body), &params); err != nil {
		t.Fatal(err)
	}
	if params.Model != "tiny" || strings.Join(params.Input.OfArrayOfStrings, "") != "ab" {
		t.Errorf("the client reads %+v from %s", params, r.body)
	}
}

func TestAnswersOfServers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		ok         bool
	}{
		{"without indexes", `{"data":[{"embedding":[1]},{"embedding":[2]}]}`, true},
		{"in another order", `{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}`, true},
		{"an index twice", `{"data":[{"index":1,"embedding":[2]},{"index":1,"embedding":[1]}]}`, false},
		{"an index out of range", `{"data":[{"index":2,"embedding":[2]},{"index":0,"embedding":[1]}]}`, false},
		{"one too few", `{"data":[{"index":0,"embedding":[1]}]}`, false},
		{"texts", `{"data":[{"embedding":["1"]},{"embedding":[2]}]}`, false},
		{"too large", `{"data":[{"embedding":[1e300]},{"embedding":[2]}]}`, false},
		{"base64", `{"data":[{"embedding":"AACAPw=="},{"embedding":"AAAAQA=="}]}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := modeltest.NewServer(t, modeltest.Reply{Body: test.body})
			c := compatible(s.URL, &spec.RetryPolicy{})
			got, err := newEmbedder(t, &c, nil).Embed(t.Context(), []string{"a", "b"})
			if test.ok && (err != nil || got[0][0] != 1 || got[1][0] != 2) || !test.ok && model.KindOf(err) != model.KindProtocol {
				t.Errorf("Embed = %v, %v", got, err)
			}
		})
	}
}

// TestRealModel asks the model that WAYFLOW_TEST_EMBEDDINGS_URL and WAYFLOW_TEST_EMBEDDINGS_MODEL name.
func TestRealModel(t *testing.T) {
	url, id := os.Getenv("WAYFLOW_TEST_EMBEDDINGS_URL"), os.Getenv("WAYFLOW_TEST_EMBEDDINGS_MODEL")
	if url == "" || id == "" {
		t.Skip("set WAYFLOW_TEST_EMBEDDINGS_URL and WAYFLOW_TEST_EMBEDDINGS_MODEL; scripts/local-model embeddings env prints them")
	}
	c := spec.OpenAiCompatibleEmbeddingConfig{URL: url, ModelID: id}
	e := newEmbedder(t, &c, &openai.Options{BatchSize: 3})
	texts := []string{"The cat sleeps on the sofa.", "A kitten naps on the couch.", "Stocks fell sharply today.", "Shares lost value on the market."}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil || len(vectors) != len(texts) {
		t.Fatalf("Embed = %d vectors, %v", len(vectors), err)
	}
	like, unlike := cosine(vectors[0], vectors[1]), cosine(vectors[0], vectors[2])
	if like < unlike+0.2 {
		t.Errorf("cats are as close to each other (%.2f) as to stocks (%.2f)", like, unlike)
	}
	if like, unlike := cosine(vectors[2], vectors[3]), cosine(vectors[1], vectors[3]); like < unlike+0.2 {
		t.Errorf("stocks are as close to each other (%.2f) as to cats (%.2f)", like, unlike)
	}
	t.Logf("%d dimensions; cats are to cats %.2f, to stocks %.2f", len(vectors[0]), like, unlike)
	_, err = e.Embed(t.Context(), []string{strings.Repeat("many words ", 3000)})
	if model.KindOf(err) != model.KindContextLength && model.KindOf(err) != model.KindServer && err != nil {
		t.Errorf("a text that is too long gives %v", err)
	}
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}
