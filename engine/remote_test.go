package engine_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// remoteTurn is what a remote agent was told.
type remoteTurn struct {
	ID, Session string
	Texts       []string
}

// talkWithRemote holds a conversation of three turns with a remote agent whose second turn fails at first. Between any two
// events the machine is written down and read again, if suspend is set.
func talkWithRemote(t *testing.T, suspend bool) (turns []remoteTurn, said []string) {
	t.Helper()
	a := &spec.A2AAgent{AgentURL: "http://example.com", ConnectionConfig: &spec.A2AConnectionConfig{}}
	a.Name = "far"
	p, err := program.Compile(a)
	if err != nil {
		t.Fatal(err)
	}
	m := engine.New(p, engine.Limits{})
	advance := func(ev engine.Event) engine.Outcome {
		t.Helper()
		out, err := m.Advance(ev)
		if err != nil {
			t.Fatal(err)
		}
		if suspend {
			m = reloaded(t, p, m)
		}
		return out
	}
	advance(engine.Begin{})
	for i, text := range []string{"one", "two", "three"} {
		open := m.Requests()
		if len(open) != 1 {
			t.Fatalf("before %q: %d requests are open", text, len(open))
		}
		said = append(said, open[0].UserMessage.Prompt.Text())
		msg := message.Text(message.User, text)
		advance(engine.Answer{ID: open[0].ID, Message: &msg})
		for failing := i == 1; ; failing = false {
			e := m.Pending()[0]
			turn := remoteTurn{ID: e.ID, Session: value.Text(e.Remote.Session)}
			for j := range e.Remote.Messages {
				turn.Texts = append(turn.Texts, e.Remote.Messages[j].Text())
			}
			turns = append(turns, turn)
			if !failing {
				advance(e.Done(engine.Result{Remote: &engine.RemoteReply{
					Session:  value.String("session " + strconv.Itoa(i)),
					Messages: []message.Message{message.Text(message.Assistant, "thinking"), message.Text(message.Assistant, "heard "+text)},
				}}))
				break
			}
			advance(e.Done(engine.Result{Remote: &engine.RemoteReply{Messages: []message.Message{message.Text(message.User, "a lie")}}}))
			advance(engine.Retry{})
		}
	}
	return turns, append(said, m.Requests()[0].UserMessage.Prompt.Text())
}

// TestRemoteAgentIsToldWhatIsNew also has it lie once: the turn is then repeated under the same ID.
func TestRemoteAgentIsToldWhatIsNew(t *testing.T) {
	t.Parallel()
	for _, suspend := range []bool{false, true} {
		turns, said := talkWithRemote(t, suspend)
		if diff := cmp.Diff([]string{"Hi! How can I help you?", "heard one", "heard two", "heard three"}, said); diff != "" {
			t.Error(diff)
		}
		if len(turns) != 4 || turns[1].ID != turns[2].ID || turns[0].ID == turns[1].ID {
			t.Fatalf("turns: %v", turns)
		}
		for i := range turns {
			turns[i].ID = ""
		}
		if diff := cmp.Diff([]remoteTurn{
			{"", value.Text(value.Null), []string{"one"}},
			{"", "session 0", []string{"two"}},
			{"", "session 0", []string{"two"}},
			{"", "session 1", []string{"three"}},
		}, turns); diff != "" {
			t.Error(diff)
		}
	}
}

// TestRemoteWorkerAnswersItsManager has a manager ask a remote agent twice, in one conversation.
func TestRemoteWorkerAnswersItsManager(t *testing.T) {
	t.Parallel()
	worker := &spec.A2AAgent{AgentURL: "http://example.com", ConnectionConfig: &spec.A2AConnectionConfig{}}
	worker.Name = "far"
	llm := &spec.VllmConfig{}
	url := "http://example.com"
	llm.Name, llm.ModelID, llm.URL = "m", "m", &url
	lead := &spec.Agent{LlmConfig: llm, SystemPrompt: "Lead."}
	lead.Name = "lead"
	group := &spec.ManagerWorkers{GroupManager: lead, Workers: []spec.AgenticComponent{worker}}
	group.Name = "group"
	p, err := program.Compile(group)
	if err != nil {
		t.Fatal(err)
	}
	m := engine.New(p, engine.Limits{})
	advance := func(ev engine.Event) {
		t.Helper()
		if _, err := m.Advance(ev); err != nil {
			t.Fatal(err)
		}
		m = reloaded(t, p, m)
	}
	advance(engine.Begin{Messages: []message.Message{message.Text(message.User, "begin")}})
	for i, session := range []string{value.Text(value.Null), "session"} {
		ask := message.Message{Role: message.Assistant, ToolRequests: []message.ToolRequest{{
			ID: strconv.Itoa(i), Name: program.MessageTool, Args: value.NewObject(
				value.Member{Key: program.MessageText, Value: value.String("question")},
				value.Member{Key: program.MessageTo, Value: value.String("far")}),
		}}}
		advance(m.Pending()[0].Done(engine.Result{Message: &ask}))
		e := m.Pending()[0]
		if e.Remote == nil || value.Text(e.Remote.Session) != session || len(e.Remote.Messages) != 1 || e.Remote.Messages[0].Text() != "question" {
			t.Fatalf("turn %d: %+v", i, e.Remote)
		}
		advance(e.Done(engine.Result{Remote: &engine.RemoteReply{
			Session: value.String("session"), Messages: []message.Message{message.Text(message.Assistant, "answer")},
		}}))
		seen := m.Pending()[0].Model.Prompt.Messages
		if last := seen[len(seen)-1]; last.ToolResult == nil || value.Text(last.ToolResult.Content) != "answer" {
			t.Fatalf("turn %d: the manager is told %+v", i, last)
		}
	}
}
