package wayflow_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/value"
)

// finished runs a conversation to its end.
func finished(t *testing.T, conv *wayflow.Conversation) *wayflow.Finished {
	t.Helper()
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done, ok := status.(*wayflow.Finished)
	if !ok {
		t.Fatalf("Run() = %#v, want that it finished", status)
	}
	return done
}

func TestConversation(t *testing.T) {
	t.Parallel()
	conv := start(t, load(t, talk, wayflow.WithTools(look)), wayflow.Inputs{"name": "bob"})
	if got := conv.LastMessage().Text(); got != "" {
		t.Errorf("LastMessage() = %q before the run", got)
	}
	if _, err := conv.Status(); err == nil {
		t.Error("Status() has no error before the run")
	}
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	question, ok := status.(*wayflow.UserMessageRequired)
	if !ok || question.Message.Text() != "Which city, bob?" || question.RequestID == "" {
		t.Fatalf("Run() = %#v, want that it asks for the city", status)
	}
	if err := conv.Return(value.Int(1)); err == nil {
		t.Error("Return() is taken for an answer of the user")
	}
	if err := conv.Say("Paris"); err != nil {
		t.Fatal(err)
	}
	done := finished(t, conv)
	if got, want := done.Outputs.Of().String(), `{"weather":"rain in Paris"}`; got != want || done.End != "end" {
		t.Errorf("it ended at %q with %s, want %s", done.End, got, want)
	}
	var said []string
	for _, m := range conv.Messages() {
		said = append(said, string(m.Role)+": "+m.Text())
	}
	want := []string{"assistant: Which city, bob?", "user: Paris", "assistant: It is rain in Paris."}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("Messages() (-want +got):\n%s", diff)
	}
	if err := conv.Say("more"); err == nil || !strings.Contains(err.Error(), "finished") {
		t.Errorf("Say() = %v after the end", err)
	}
}

func TestRunTriesAFailedStepAgain(t *testing.T) {
	t.Parallel()
	conv := start(t, load(t, talk, wayflow.WithTools(look), wayflow.WithFile("talk.yaml")), wayflow.Inputs{"name": "bob"})
	answered(t, conv, "Atlantis")
	for range 2 {
		_, err := conv.Run(t.Context())
		var failed *wayflow.Error
		if !errors.As(err, &failed) || failed.Message != "there is no Atlantis" || failed.Pos.Line == 0 {
			t.Fatalf("Run() = %v, want the failure of the tool and its place", err)
		}
		if _, err := conv.Status(); !errors.As(err, &failed) {
			t.Errorf("Status() = %v, want the failure", err)
		}
	}
}

// clientTalk is talk with a tool that the caller performs.
var clientTalk = strings.Replace(talk, "component_type: ServerTool", "component_type: ClientTool", 1)

func TestReturn(t *testing.T) {
	t.Parallel()
	conv := start(t, load(t, clientTalk), wayflow.Inputs{"name": "bob"})
	answered(t, conv, "Oslo")
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wanted, ok := status.(*wayflow.ToolRequested)
	if !ok || len(wanted.Requests) != 1 || wanted.Requests[0].Name != "look" || wanted.Requests[0].Args.Of().Get("city").Str() != "Oslo" {
		t.Fatalf("Run() = %#v, want that it asks for the tool", status)
	}
	if err := conv.Say("no"); err == nil || !strings.Contains(err.Error(), "results of tools") {
		t.Errorf("Say() = %v while it waits for a tool", err)
	}
	if err := conv.Return(); err == nil {
		t.Error("Return() takes no results for one")
	}
	if err := conv.Return(value.String("snow")); err != nil {
		t.Fatal(err)
	}
	if got := finished(t, conv).Outputs.Of().Get("weather").Str(); got != "snow" {
		t.Errorf("the weather is %q, want snow", got)
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	app := load(t, talk, wayflow.WithTools(look))
	conv := start(t, app, wayflow.Inputs{"name": "bob"})
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	saved, err := conv.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"Rome", "Bonn"} { // one snapshot goes on as often as one likes
		again, err := app.Resume(t.Context(), saved)
		if err != nil {
			t.Fatal(err)
		}
		if again.ID() != conv.ID() {
			t.Errorf("ID() = %q, want %q", again.ID(), conv.ID())
		}
		if err := again.Say(place); err != nil {
			t.Fatal(err)
		}
		if got := finished(t, again).Outputs.Of().Get("weather").Str(); got != "rain in "+place {
			t.Errorf("the weather is %q", got)
		}
	}
}

func TestResumeInAnotherProcess(t *testing.T) {
	t.Parallel()
	conv := start(t, load(t, talk, wayflow.WithTools(look)), wayflow.Inputs{"name": "bob"})
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	saved, err := conv.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), resumeEnv+"=Lima")
	cmd.Stdin = bytes.NewReader(saved)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := `{"weather":"rain in Lima"}
assistant: Which city, bob?
user: Lima
assistant: It is rain in Lima.`
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("the other process ends with (-want +got):\n%s", diff)
	}
}

func TestResumeRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	conv := start(t, load(t, talk, wayflow.WithTools(look)), wayflow.Inputs{"name": "bob"})
	saved, err := conv.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, clientTalk).Resume(t.Context(), saved); err == nil || !strings.Contains(err.Error(), "another document") {
		t.Errorf("Resume() = %v for a snapshot of another document", err)
	}
	if _, err := load(t, talk, wayflow.WithTools(look)).Resume(t.Context(), wayflow.Snapshot("{")); err == nil {
		t.Error("Resume() takes what is no snapshot")
	}
}
