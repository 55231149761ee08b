package wayflow_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/replay"
)

// asking is a flow that calls a tool and asks a model about what it says, twice the same and once more.
func asking(t *testing.T, prompt string, opts ...wayflow.Option) *wayflow.App {
	t.Helper()
	llm := wayflow.OpenAI("some-model")
	clock := wayflow.Func("clock", "tells the time", func(context.Context, struct{}) (string, error) {
		return "noon:\n  12 o'clock ", nil
	})
	app, err := wayflow.Build(wayflow.Sequence("asking",
		wayflow.CallTool("time", clock).Output("time"),
		wayflow.Parallel("both", wayflow.Prompt("one", llm, "Hello").Output("first"), wayflow.Prompt("two", llm, "Hello").Output("second")),
		wayflow.Prompt("write", llm, prompt).Output("text"), wayflow.Say("show", "{{text}}")), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func recorded(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "asking.yaml")
	tape := replay.Record(path)
	finished(t, start(t, asking(t, "It is {{time}}", talkers(message.Usage{Input: 3, Output: 4}), wayflow.WithTape(tape)), nil))
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func onTape(t *testing.T, path string) wayflow.Option {
	t.Helper()
	tape, err := replay.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return wayflow.WithTape(tape)
}

// TestReplay answers from a recording, with text as it would have come, and gives the same conversation and usage.
func TestReplay(t *testing.T) {
	t.Parallel()
	path := recorded(t)
	conv := start(t, asking(t, "It is {{time}}", onTape(t, path)), nil)
	var said strings.Builder
	for ev, err := range conv.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if delta, ok := ev.Note.(engine.TextDelta); ok {
			said.WriteString(delta.Text)
		}
	}
	finished(t, conv)
	if got := said.String(); got != "hellohellohello" {
		t.Errorf("deltas %q", got)
	}
	if u := conv.Usage(); u.Calls != 3 || u.Total() != 21 || u.Estimated {
		t.Errorf("Usage() = %+v, want what was recorded", u)
	}
}

// TestRecordingsAreTheSame records twice what runs at once.
func TestRecordingsAreTheSame(t *testing.T) {
	t.Parallel()
	one, err := os.ReadFile(recorded(t))
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(recorded(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(one), string(two)); diff != "" {
		t.Errorf("the recordings differ:\n%s", diff)
	}
}

func TestReplayOfAChangedPrompt(t *testing.T) {
	t.Parallel()
	path := recorded(t)
	conv := start(t, asking(t, "It was {{time}}", onTape(t, path)), nil)
	_, err := conv.Run(t.Context())
	wrong, ok := errors.AsType[*replay.MismatchError](err)
	if !ok || !cmp.Equal(wrong.Path, []string{"write"}) || !cmp.Equal(wrong.Nearest, []string{"write"}) {
		t.Fatalf("Run() = %v, want that the question is not recorded", err)
	}
	for _, want := range []string{"It is noon", "It was noon"} {
		if !strings.Contains(wrong.Diff, want) {
			t.Errorf("diff %q, want %q in it", wrong.Diff, want)
		}
	}
}

// TestNoSecretsAreRecorded has a server say all secrets again, and parameters and headers that look like some.
func TestNoSecretsAreRecorded(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		_, _ = w.Write([]byte(`{"said": "for page 2: ` + r.Header.Get("X-Inner") + " " + user + " " + password + `"}`))
	}))
	defer server.Close()
	build := func(tape *replay.Tape) *wayflow.App {
		url := strings.Replace(server.URL, "http://", "http://somebody:hunter22@", 1)
		app, err := wayflow.Build(wayflow.Sequence("web",
			wayflow.API("ask", "GET", url).SecretHeader("X-Inner", "inner-secret").Header("X-Api-Key", "open-secret").
				Query("token", "query-secret").Query("page", "2").Outputs(wayflow.Port[string]("said"))),
			wayflow.WithTape(tape))
		if err != nil {
			t.Fatal(err)
		}
		return app
	}
	path := filepath.Join(t.TempDir(), "web.yaml")
	tape := replay.Record(path)
	finished(t, start(t, build(tape), nil))
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"somebody", "hunter22", "inner-secret", "open-secret", "query-secret"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("%q is in the recording:\n%s", secret, data)
		}
	}
	server.Close()
	if tape, err = replay.Open(path); err != nil {
		t.Fatal(err)
	}
	got := finished(t, start(t, build(tape), nil)).Outputs.Of().String()
	if want := `{"said":"for page 2: [redacted] [redacted] [redacted]"}`; got != want {
		t.Errorf("outputs %s, want %s", got, want)
	}
}
