package embedtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

// New returns an embedder that asks s with a key and a retry policy, at most two texts at once.
type New func(tb testing.TB, s *modeltest.Server, key string, policy *spec.RetryPolicy) embed.Embedder

// Run tests that a provider's embedders behave as [embed.Embedder] says, over real HTTP. Single is true where requests
// hold one text only.
func Run(t *testing.T, make New, single bool) {
	r := &suite{make: make, single: single}
	t.Run("vectors", r.vectors)
	t.Run("nothing", r.nothing)
	t.Run("failures", r.failures)
	t.Run("retries", r.retries)
	t.Run("a later batch fails", r.laterBatch)
	t.Run("redirect", r.redirect)
	t.Run("timeout", r.timeout)
	t.Run("cancel", r.cancel)
}

type suite struct {
	make   New
	single bool
}

func fast(tries int) *spec.RetryPolicy {
	return &spec.RetryPolicy{
		MaxAttempts: tries - 1, InitialRetryDelay: 0.001, MaxRetryDelay: 0.002, BackoffFactor: 2,
		ServiceErrorRetryOnAny5xx: true,
	}
}

func (r *suite) embedder(t *testing.T, s *modeltest.Server, policy *spec.RetryPolicy) embed.Embedder {
	t.Helper()
	return r.make(t, s, modeltest.Key, policy)
}

func (r *suite) vectors(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	texts := []string{"a cat", "Zoë & 世界 \"quoted\"\n", "", "a dog", "b"}
	got, err := r.embedder(t, s, nil).Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]float32
	for _, text := range texts {
		want = append(want, modeltest.VectorOf(text))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vectors (-want +got):\n%s", diff)
	}
	requests := 3
	if r.single {
		requests = len(texts)
	}
	if n := len(s.Requests()); n != requests {
		t.Errorf("%d requests, want %d", n, requests)
	}
	if key := s.Requests()[0].Key(); key != modeltest.Key {
		t.Errorf("the server got the key %q", key)
	}
}

func (r *suite) nothing(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	got, err := r.embedder(t, s, nil).Embed(t.Context(), nil)
	if err != nil || len(got) != 0 || len(s.Requests()) != 0 {
		t.Errorf("Embed = %v, %v, after %d requests", got, err, len(s.Requests()))
	}
}

func (r *suite) failures(t *testing.T) {
	const page = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>" + modeltest.Key + "</body></html>"
	tests := []struct {
		name  string
		reply modeltest.Reply
		kind  model.Kind
		says  string
	}{
		{"wrong key", modeltest.Reply{Status: 401, Text: "wrong key " + modeltest.Key, Code: "invalid_api_key"}, model.KindAuth, "wrong key"},
		{"unknown model", modeltest.Reply{Status: 404, Text: "model nope does not exist"}, model.KindNotFound, "nope"},
		{"too long", modeltest.Reply{Status: 400, Text: "maximum context length is 512 tokens"}, model.KindContextLength, "512"},
		{"HTML with an error status", modeltest.Reply{Status: 502, Body: page, ContentType: "text/html"}, model.KindServer, "Bad gateway"},
		{"HTML with a good status", modeltest.Reply{Body: page, ContentType: "text/html"}, model.KindProtocol, "Bad gateway"},
		{"truncated JSON", modeltest.Reply{Fault: modeltest.End}, model.KindProtocol, "JSON"},
		{"broken connection", modeltest.Reply{Fault: modeltest.Cut}, model.KindIncomplete, ""},
		{"no vectors", modeltest.Reply{Fault: modeltest.NoChoices}, model.KindProtocol, "embeddings"},
		{"an empty vector", modeltest.Reply{Vectors: [][]float32{{}}}, model.KindProtocol, "numbers"},
		{"error in the answer", modeltest.Reply{Fault: modeltest.Report, Text: "engine died"}, model.KindServer, "engine died"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := modeltest.NewServer(t, test.reply)
			got, err := r.embedder(t, s, fast(1)).Embed(t.Context(), []string{"a cat"})
			_ = check(t, got, err, s.URL, test.kind)
			if err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("error lacks %q: %v", test.says, err)
			}
		})
	}
}

// check tests what holds for every failure.
func check(t *testing.T, got [][]float32, err error, url string, kind model.Kind) *model.Error {
	t.Helper()
	e, ok := errors.AsType[*model.Error](err)
	if !ok || got != nil {
		t.Fatalf("Embed = %v, %v, want a *model.Error", got, err)
	}
	if e.Kind != kind || !strings.Contains(err.Error(), url) {
		t.Errorf("error of kind %q, want %q and the address %s: %v", e.Kind, kind, url, err)
	}
	if all := fmt.Sprintf("%v %+v %#v", err, err, e); strings.Contains(all, modeltest.Key) {
		t.Errorf("error shows the key: %s", all)
	}
	return e
}

func (r *suite) retries(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, modeltest.Reply{Status: 503}, modeltest.Reply{Status: 429}, modeltest.Reply{})
	got, err := r.embedder(t, s, fast(3)).Embed(t.Context(), []string{"a cat"})
	if err != nil || !cmp.Equal(got, [][]float32{modeltest.VectorOf("a cat")}) || len(s.Requests()) != 3 {
		t.Errorf("Embed = %v, %v after %d requests", got, err, len(s.Requests()))
	}
	s = modeltest.NewServer(t, modeltest.Reply{Status: 400, Text: "no"})
	got, err = r.embedder(t, s, fast(3)).Embed(t.Context(), []string{"a cat"})
	if e := check(t, got, err, s.URL, model.KindRejected); e.Tries != 1 {
		t.Errorf("%d tries, want 1", e.Tries)
	}
}

func (r *suite) laterBatch(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t, modeltest.Reply{}, modeltest.Reply{Status: 500, Text: "out of memory"})
	got, err := r.embedder(t, s, fast(1)).Embed(t.Context(), []string{"a", "b", "c", "d", "e", "f"})
	_ = check(t, got, err, s.URL, model.KindServer)
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func (r *suite) redirect(t *testing.T) {
	t.Parallel()
	elsewhere, s := modeltest.NewServer(t), modeltest.NewServer(t)
	s.Respond(func(q *modeltest.Request) modeltest.Reply {
		return modeltest.Reply{Status: 307, Header: map[string]string{"Location": elsewhere.URL + q.Path + "?key=" + modeltest.Key}}
	})
	got, err := r.embedder(t, s, fast(2)).Embed(t.Context(), []string{"a cat"})
	_ = check(t, got, err, s.URL, model.KindRedirect)
	if n := len(elsewhere.Requests()); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

func (r *suite) timeout(t *testing.T) {
	t.Parallel()
	short, policy := 0.1, fast(1)
	policy.RequestTimeout = &short
	s := modeltest.NewServer(t, modeltest.Reply{Fault: modeltest.Hang})
	got, err := r.embedder(t, s, policy).Embed(t.Context(), []string{"a cat"})
	if e := check(t, got, err, s.URL, model.KindTimeout); !errors.Is(e, context.DeadlineExceeded) {
		t.Errorf("error is not DeadlineExceeded: %v", err)
	}
}

func (r *suite) cancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := modeltest.NewServer(t)
	s.Respond(func(*modeltest.Request) modeltest.Reply {
		cancel()
		return modeltest.Reply{Fault: modeltest.Hang}
	})
	got, err := r.embedder(t, s, nil).Embed(ctx, []string{"a cat"})
	if e := check(t, got, err, s.URL, model.KindCancelled); !errors.Is(e, context.Canceled) {
		t.Errorf("error is not Canceled: %v", err)
	}
}
