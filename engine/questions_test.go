package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// questionFlow asks, or calls a tool, for each of its steps.
func questionFlow(name string, steps ...string) *spec.Flow {
	g := flowtest.NewGraph(name)
	last, out := g.Start(), ""
	for i, step := range steps {
		title := fmt.Sprintf("%s %d", step, i)
		var n spec.Node
		switch step {
		case "ask":
			question := "who is " + name + "?"
			n, out = &spec.InputMessageNode{Message: &question}, "user_input"
		case "client":
			t := &spec.ClientTool{}
			t.ID, t.Name, t.Outputs = name+title, "client", flowtest.Texts("client")
			n, out = &spec.ToolNode{Tool: t}, "client"
		default:
			t := flowtest.ServerTool(step, nil, flowtest.Texts(step))
			t.ID, t.RequiresConfirmation = name+title, step == "guarded"
			n, out = &spec.ToolNode{Tool: t}, step
		}
		g.Add(n, title)
		g.Edge(last, "", n)
		last = n
	}
	end := g.End("end", flowtest.Text("out_"+name))
	g.Edge(last, "", end)
	g.Data(last, out, end, "out_"+name)
	return g.Flow
}

// questionFan runs flows at once, that may ask.
func questionFan(name string, flows ...*spec.Flow) *spec.Flow {
	f := flowtest.Fan(name, len(flows), flows)
	for _, n := range f.Nodes {
		if p, ok := n.(*spec.ParallelFlowNode); ok {
			p.AllowQuestions = true
		}
	}
	return f
}

func beginQuestions(t *testing.T, f *spec.Flow) (*program.Program, *engine.Machine, []*engine.Effect) {
	t.Helper()
	p := flowtest.Compile(t, f)
	m := engine.New(p, engine.Limits{})
	out, err := m.Advance(engine.Begin{})
	if err != nil {
		t.Fatal(err)
	}
	return p, m, slices.Clone(out.Effects)
}

// open lists the open requests with the way to each.
func open(m *engine.Machine) (open []string) {
	for _, r := range m.Requests() {
		open = append(open, r.ID+" "+strings.Join(r.Path, ">"))
	}
	return open
}

func answerText(t *testing.T, m *engine.Machine, id, text string) {
	t.Helper()
	said := message.Text(message.User, text)
	if _, err := m.Advance(engine.Answer{ID: id, Message: &said}); err != nil {
		t.Fatal(err)
	}
}

func wantOpen(t *testing.T, m *engine.Machine, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, open(m)); diff != "" {
		t.Errorf("the open requests (-want +got):\n%s", diff)
	}
}

// TestOpenQuestionsAreReportedTogether has a tool run beside two branches that ask, one of them in a node below.
func TestOpenQuestionsAreReportedTogether(t *testing.T) {
	t.Parallel()
	inner := questionFan("inner", questionFlow("b", "client"), questionFlow("c", "ask"))
	p, m, effects := beginQuestions(t, questionFan("main", questionFlow("a", "ask", "ask"), inner, questionFlow("d", "word")))
	all := []string{"2.0.2 fan>a>ask 0", "2.1.2.0.2 fan>inner>fan>b>client 0", "2.1.2.1.2 fan>inner>fan>c>ask 0"}
	wantOpen(t, m, all...)
	if _, running := m.Status().(engine.Running); !running {
		t.Errorf("Status() = %#v while a tool runs", m.Status())
	}
	m = reloaded(t, p, m)
	answerText(t, m, "2.1.2.1.2", "carol") // while the tool runs
	if _, err := m.Advance(engine.EffectDone{ID: effects[0].ID, Result: engine.Result{Value: value.String("w")}}); err != nil {
		t.Fatal(err)
	}
	waiting, ok := m.Status().(engine.Waiting)
	if !ok || len(waiting.Requests) != 2 {
		t.Fatalf("Status() = %#v, want that it waits with two requests", m.Status())
	}
	answerText(t, m, "2.0.2", "alice")
	wantOpen(t, m, "2.0.3 fan>a>ask 1", all[1])
	answerText(t, m, "2.0.3", "again")
	result := message.ToolResult{RequestID: "2.1.2.0.2", Content: value.String("bob")}
	if _, err := m.Advance(engine.Answer{ID: "2.1.2.0.2", Results: []message.ToolResult{result}}); err != nil {
		t.Fatal(err)
	}
	done, ok := m.Status().(engine.Finished)
	if want := `{"out_a":"again","out_b":"bob","out_c":"carol","out_d":"w"}`; !ok || done.Outputs.Of().String() != want {
		t.Errorf("Status() = %#v, want %s", m.Status(), want)
	}
	want := []string{"who is a?", "alice", "who is a?", "again", "", "bob", "who is c?", "carol"}
	if diff := cmp.Diff(want, texts(m)); diff != "" {
		t.Errorf("Messages() (-want +got):\n%s", diff)
	}
}

// TestAFailureWithdrawsTheQuestionsAfterIt leaves those before it open, since what comes of them may fail as well.
func TestAFailureWithdrawsTheQuestionsAfterIt(t *testing.T) {
	t.Parallel()
	before, after := "2.0.2 fan>a>ask 0", "2.2.2 fan>c>ask 0"
	p, m, effects := beginQuestions(t, questionFan("main", questionFlow("a", "ask"), questionFlow("b", "broken"), questionFlow("c", "ask")))
	wantOpen(t, m, before, after)
	if _, err := m.Advance(effects[0].Done(engine.Result{Err: &engine.Error{Class: "ValueError", Message: "bad"}})); err != nil {
		t.Fatal(err)
	}
	m = reloaded(t, p, m)
	wantOpen(t, m, before)
	said := message.Text(message.User, "carol")
	if _, err := m.Advance(engine.Answer{ID: "2.2.2", Message: &said}); err == nil {
		t.Error("Advance() takes an answer to a question that was withdrawn")
	}
	if !m.Withdrawn("2.2.2") || m.Withdrawn("2.0.2") {
		t.Error("Withdrawn() is wrong")
	}
	answerText(t, m, "2.0.2", "alice")
	if failed, ok := m.Status().(engine.Failed); !ok || failed.Err.Message != "bad" {
		t.Fatalf("Status() = %#v, want the failure", m.Status())
	}
	m = reloaded(t, p, m)
	var asked []string
	m.Observe(func(n engine.Note) {
		if n, ok := n.(engine.Asked); ok {
			asked = append(asked, n.Request.ID)
		}
	})
	out, err := m.Advance(engine.Retry{})
	if err != nil {
		t.Fatal(err)
	}
	wantOpen(t, m, after)
	if !slices.Equal(asked, []string{"2.2.2"}) {
		t.Errorf("the retry told of the questions %q", asked)
	}
	answerText(t, m, "2.2.2", "carol")
	if _, err := m.Advance(out.Effects[0].Done(engine.Result{Value: value.String("better")})); err == nil {
		if _, ok := m.Status().(engine.Finished); !ok {
			t.Errorf("Status() = %#v, want that it finished", m.Status())
		}
	}
}
