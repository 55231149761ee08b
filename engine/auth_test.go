package engine_test

import (
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// locked is a flow whose tool wants a login.
func locked(t *testing.T, ignore bool) (*runner, *engine.Request, string) {
	t.Helper()
	tool := flowtest.ServerTool("read", flowtest.Texts("file"), flowtest.Texts("text"))
	g := around(&spec.ToolNode{Tool: tool, IgnoreExceptions: ignore}, flowtest.Texts("file"), flowtest.Texts("text"))
	r := begin(t, g.Flow, value.Member{Key: "file", Value: value.String("a.txt")})
	e := r.pending[0]
	r.pending = nil
	r.take(e.Done(engine.Result{Auth: &engine.AuthChallenge{URL: "https://login.example/?state=s", Resource: "https://files.example"}}))
	waiting, ok := r.m.Status().(engine.Waiting)
	if !ok || waiting.Requests[0].Auth == nil || len(r.m.Pending()) > 0 {
		t.Fatalf("status %+v with %d effects; want an open login and none", r.m.Status(), len(r.m.Pending()))
	}
	return r, waiting.Requests[0], e.ID
}

func TestALoginIsAskedForAndTheEffectTriedAgain(t *testing.T) {
	t.Parallel()
	r, q, id := locked(t, false)
	reload(t, r)
	r.take(engine.Answer{ID: q.ID, Auth: &engine.AuthAnswer{Code: "secret", State: "s"}})
	e := r.pending[0]
	if e.ID != id || e.Auth == nil || e.Auth.Code != "secret" {
		t.Errorf("performs effect %q with %+v, want %q again with the answer", e.ID, e.Auth, id)
	}
	if data, _ := r.m.MarshalJSON(); strings.Contains(string(data), "secret") {
		t.Errorf("the snapshot holds the code: %s", data)
	}
	// It may not have been enough.
	r.pending = nil
	r.take(e.Done(engine.Result{Auth: &engine.AuthChallenge{URL: "https://login.example/?state=t"}}))
	again := r.m.Requests()[0]
	if again.Auth.URL == q.Auth.URL || again.ID != q.ID {
		t.Errorf("asks %+v, want the new challenge under the same ID", again)
	}
	r.take(engine.Answer{ID: again.ID, Auth: &engine.AuthAnswer{Code: "c", State: "t"}})
	done, ok := r.finish().(engine.Finished)
	if want := `read({"file":"a.txt"})`; !ok || done.Outputs.Of().Get("text").Str() != want {
		t.Errorf("got %s, want %s", outcome(r.m.Status()), want)
	}
}

func TestARefusedLoginFailsTheTool(t *testing.T) {
	t.Parallel()
	r, q, _ := locked(t, false)
	r.take(engine.Answer{ID: q.ID, Auth: &engine.AuthAnswer{Error: "access_denied"}})
	failed, ok := r.m.Status().(engine.Failed)
	if !ok || failed.Err.Class != "PermissionError" || !strings.Contains(failed.Err.Message, "access_denied") {
		t.Errorf("status %+v, want a PermissionError", r.m.Status())
	}

	r, q, _ = locked(t, true)
	r.take(engine.Answer{ID: q.ID, Auth: &engine.AuthAnswer{Error: "access_denied"}})
	if done, ok := r.m.Status().(engine.Finished); !ok || !strings.Contains(done.Outputs.Of().Get("text").Str(), "access_denied") {
		t.Errorf("status %+v, want the text of the failure", r.m.Status())
	}
}

func TestALoginTakesOnlyWhatFits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		a    engine.Answer
	}{
		{"nothing", engine.Answer{}},
		{"a decision", engine.Answer{Decisions: []engine.Decision{{}}}},
		{"neither state nor error", engine.Answer{Auth: &engine.AuthAnswer{Code: "c"}}},
		{"both", engine.Answer{Auth: &engine.AuthAnswer{State: "s", Error: "e"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, q, _ := locked(t, false)
			tt.a.ID = q.ID
			if _, err := r.m.Advance(tt.a); err == nil {
				t.Error("the answer was taken")
			}
		})
	}
}
