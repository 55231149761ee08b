package wayflow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/spec"
)

// interview asks two people at once.
func interview() *wayflow.Flow {
	ask := func(name string) *wayflow.Flow {
		return wayflow.Sequence(name,
			wayflow.Ask("ask", "What does "+name+" say?").Output(name+"_said"),
			wayflow.Say("repeat", name+": {{"+name+"_said}}"),
		).Outputs(name + "_said")
	}
	return wayflow.Sequence("interview", wayflow.Parallel("both", ask("ann"), ask("bob")).AllowQuestions())
}

// TestQuestionsInParallel answers the open questions of branches in either order, all before the next run or one by one,
// with or without a stop in between: the conversation is the same.
func TestQuestionsInParallel(t *testing.T) {
	t.Parallel()
	app, err := wayflow.Build(interview())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"What does ann say?", "yes to ann", "ann: yes to ann", "What does bob say?", "yes to bob", "bob: yes to bob",
	}
	for _, tt := range []struct {
		name                string
		reverse, each, stop bool
	}{
		{name: "in order"},
		{name: "reversed", reverse: true},
		{name: "reversed, one by one", reverse: true, each: true},
		{name: "reversed, one by one, stopped", reverse: true, each: true, stop: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conv := begin(t, app)
			open := conv.Requests()
			if len(open) != 2 {
				t.Fatalf("%d questions are open, want 2", len(open))
			}
			names := []string{open[0].Path[1], open[1].Path[1]}
			if diff := cmp.Diff([]string{"ann", "bob"}, names); diff != "" {
				t.Fatalf("open questions (-want +got):\n%s", diff)
			}
			if tt.reverse {
				slices.Reverse(open)
			}
			for _, r := range open {
				if err := conv.SayTo(r.ID, "yes to "+r.Path[1]); err != nil {
					t.Fatal(err)
				}
				if tt.each {
					mustRun(t, conv)
				}
				if tt.stop {
					conv = reopened(t, app, conv)
				}
			}
			mustRun(t, conv)
			var got []string
			for _, m := range conv.Messages() {
				got = append(got, m.Text())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

// TestQuestionsInParallelExport writes the opt-in down and reads it back.
func TestQuestionsInParallelExport(t *testing.T) {
	t.Parallel()
	app, err := wayflow.Build(interview())
	if err != nil {
		t.Fatal(err)
	}
	data, err := app.Export(&spec.ExportOptions{Format: spec.YAML})
	if err != nil {
		t.Fatal(err)
	}
	again, err := wayflow.Load(data)
	if err != nil {
		t.Fatalf("load what was exported: %v\n%s", err, data)
	}
	if n := len(begin(t, again).Requests()); n != 2 {
		t.Errorf("%d questions are open, want 2", n)
	}
}

func begin(t *testing.T, app *wayflow.App) *wayflow.Conversation {
	t.Helper()
	conv, err := app.Start(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, conv)
	return conv
}

func mustRun(t *testing.T, conv *wayflow.Conversation) {
	t.Helper()
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// reopened takes a conversation down to JSON and up again.
func reopened(t *testing.T, app *wayflow.App, conv *wayflow.Conversation) *wayflow.Conversation {
	t.Helper()
	snapshot, err := conv.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	again, err := app.Resume(t.Context(), snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return again
}
