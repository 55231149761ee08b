package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// wipe is a flow that calls a tool which must be confirmed.
func wipe(t *testing.T, ignore bool) (*runner, *engine.Request) {
	t.Helper()
	tool := flowtest.ServerTool("wipe", flowtest.Texts("disk", "how"), flowtest.Texts("report"))
	tool.RequiresConfirmation = true
	g := around(&spec.ToolNode{Tool: tool, IgnoreExceptions: ignore}, flowtest.Texts("disk", "how"), flowtest.Texts("report"))
	r := begin(t, g.Flow, value.Member{Key: "disk", Value: value.String("sda")}, value.Member{Key: "how", Value: value.String("gently")})
	waiting, ok := r.m.Status().(engine.Waiting)
	if !ok || len(r.pending) > 0 {
		t.Fatalf("status %+v, %d effects; want an open request and none", r.m.Status(), len(r.pending))
	}
	return r, waiting.Requests[0]
}

func TestAConfirmedToolIsCalled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		changed *value.Object
		want    string
	}{
		{"as it was asked for", nil, `wipe({"disk":"sda","how":"gently"})`},
		{"with other arguments", value.NewObject(value.Member{Key: "disk", Value: value.String("sdb")}), `wipe({"disk":"sdb","how":"gently"})`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, q := wipe(t, false)
			if !q.ToolRequests.Confirm || q.ToolRequests.Requests[0].Name != "wipe" || len(r.m.Messages()) > 0 {
				t.Fatalf("asked %+v and said %v", q, said(r.m))
			}
			reload(t, r)
			r.take(engine.Answer{ID: q.ID, Decisions: []engine.Decision{
				{RequestID: q.ToolRequests.Requests[0].ID, Confirmed: true, Args: tt.changed},
			}})
			if id := r.pending[0].ID; id == q.ID {
				t.Errorf("the request and the call have the same ID %s", id)
			}
			reloaded := reload(t, r)
			r.pending = reloaded
			done, ok := r.finish().(engine.Finished)
			if !ok || done.Outputs.Of().Get("report").Str() != tt.want {
				t.Errorf("got %s, want %s", outcome(r.m.Status()), tt.want)
			}
		})
	}
}

// reload stores the state and takes it up again; it returns the effects that are pending.
func reload(t *testing.T, r *runner) []*engine.Effect {
	t.Helper()
	data, err := r.m.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if r.m, err = engine.Load(r.m.Program(), data, engine.Limits{}); err != nil {
		t.Fatal(err)
	}
	return r.m.Pending()
}

func TestARejectedToolIsNotCalled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		ignore bool
		want   string
	}{
		{"and fails", false, `ValueError: the call of tool "wipe" was not allowed: too risky`},
		{"and says why", true, `{"report":"Tool Request for tool wipe denied due to reason: too risky"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, q := wipe(t, tt.ignore)
			r.take(engine.Answer{ID: q.ID, Decisions: []engine.Decision{{RequestID: q.ToolRequests.Requests[0].ID, Reason: "too risky"}}})
			if got := outcome(r.m.Status()); got != tt.want || len(r.pending) > 0 {
				t.Errorf("got %s and %d effects, want %s and none", got, len(r.pending), tt.want)
			}
		})
	}
}

func TestWrongDecisionsAreRefused(t *testing.T) {
	t.Parallel()
	r, q := wipe(t, false)
	id := q.ToolRequests.Requests[0].ID
	for _, tt := range []struct {
		name      string
		decisions []engine.Decision
		want      string
	}{
		{"none", nil, "waits for a decision"},
		{"on another request", []engine.Decision{{RequestID: "x", Confirmed: true}}, "waits for a decision"},
		{"two", []engine.Decision{{RequestID: id}, {RequestID: id}}, "more decisions"},
		{"an argument that there is not", []engine.Decision{{RequestID: id, Confirmed: true, Args: value.NewObject(value.Member{Key: "disc"})}}, `argument "disc"`},
	} {
		err := r.m.CheckAnswer(engine.Answer{ID: q.ID, Decisions: tt.decisions})
		var state *engine.StateError
		if !errors.As(err, &state) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}
