package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// writer asks a model. Its prompt is estimated at 30 tokens, 6 for the message, and one for each four letters.
func writer(model, text string) *spec.Flow {
	g := flowtest.NewGraph(text, flowtest.Text("in"))
	llm := &spec.OpenAiCompatibleConfig{}
	llm.Name, llm.ModelID = model, model
	write := g.Add(&spec.LlmNode{LlmConfig: llm, PromptTemplate: text}, "write")
	out := text + " written"
	write.Ports().Outputs = flowtest.Texts(out)
	end := g.End("end", flowtest.Text(out))
	g.Edge(g.Start(), "", write)
	g.Edge(write, "", end)
	g.Data(write, out, end, out)
	return g.Flow
}

// writers is a flow of two models that write at once, and a tool beside them.
func writers(t *testing.T) *program.Program {
	t.Helper()
	return flowtest.Compile(t, flowtest.Fan("main", 3, []*spec.Flow{writer("large", "poem"), writer("small", "prose"), sayingFlow("tool")}, flowtest.Text("in")))
}

func startWith(t *testing.T, p *program.Program, b engine.Budget) (*engine.Machine, []*engine.Effect) {
	t.Helper()
	m := engine.New(p, engine.Limits{})
	out, err := m.Advance(engine.Begin{Inputs: flowtest.Inputs(), Budget: b})
	if err != nil {
		t.Fatal(err)
	}
	return m, append([]*engine.Effect(nil), out.Effects...)
}

// wrote reports the answer of a model and returns what is wanted next.
func wrote(t *testing.T, m *engine.Machine, e *engine.Effect, u message.Usage) []*engine.Effect {
	t.Helper()
	said := message.Text(message.Assistant, "written")
	out, err := m.Advance(e.Done(engine.Result{Message: &said, Usage: u}))
	if err != nil {
		t.Fatal(err)
	}
	return append([]*engine.Effect(nil), out.Effects...)
}

func ids(effects []*engine.Effect) (ids []string) {
	for _, e := range effects {
		ids = append(ids, e.ID)
	}
	return ids
}

// TestBudgetHoldsBack has room for one of two prompts: the first goes, the tool beside them too, and the other one waits
// until the budget is raised, under the ID that it had.
func TestBudgetHoldsBack(t *testing.T) {
	t.Parallel()
	p := writers(t)
	_, free := startWith(t, p, engine.Budget{})
	m, effects := startWith(t, p, engine.Budget{Bounds: engine.Bounds{TotalTokens: 70}})
	if want := []string{free[0].ID, free[2].ID}; !cmp.Equal(want, ids(effects)) {
		t.Fatalf("effects %v, want %v", ids(effects), want)
	}
	m = reloaded(t, p, m)
	give(t, m, m.Pending()[1], value.String("done"))
	if _, running := m.Status().(engine.Running); !running {
		t.Fatalf("Status() = %#v, want running", m.Status())
	}
	wrote(t, m, m.Pending()[0], message.Usage{Input: 20, Output: 30, Cached: 5})
	m = reloaded(t, p, m)
	stopped, ok := m.Status().(engine.Interrupted)
	want := engine.Shortage{Bound: engine.BoundTotalTokens, Limit: 70, Used: 50, Needs: 38, Path: []string{"fan", "prose", "write"}}
	if !ok || !cmp.Equal(want, *stopped.Shortage) {
		t.Fatalf("Status() = %#v, want %v", m.Status(), want)
	}
	text := `node "fan > prose > write" waits: the budget of total tokens is 70, of which 50 are used, and the next call needs about 38; raise it to go on`
	if got := stopped.Shortage.String(); got != text {
		t.Errorf("String() = %q, want %q", got, text)
	}
	out, err := m.Advance(engine.SetBudget{Budget: engine.Budget{Bounds: engine.Bounds{TotalTokens: 100}}})
	if err != nil || len(out.Effects) != 1 || out.Effects[0].ID != free[1].ID {
		t.Fatalf("SetBudget = %v, %v, want the effect %q", ids(out.Effects), err, free[1].ID)
	}
	wrote(t, m, out.Effects[0], message.Usage{Input: 1, Output: 2, Estimated: true})
	if _, ok := m.Status().(engine.Finished); !ok {
		t.Fatalf("Status() = %#v, want finished", m.Status())
	}
	use := func(u message.Usage) engine.Use { return engine.Use{Usage: u, Calls: 1} }
	large := engine.ModelUse{Model: "large", Use: use(message.Usage{Input: 20, Output: 30, Cached: 5})}
	small := engine.ModelUse{Model: "small", Use: use(message.Usage{Input: 1, Output: 2, Estimated: true})}
	usage := engine.Usage{
		Use:    engine.Use{Usage: message.Usage{Input: 21, Output: 32, Cached: 5, Estimated: true}, Calls: 2},
		Models: []engine.ModelUse{large, small},
		Steps: []engine.StepUse{
			{Path: []string{"fan", "poem", "write"}, ModelUse: large},
			{Path: []string{"fan", "prose", "write"}, ModelUse: small},
		},
	}
	if diff := cmp.Diff(usage, reloaded(t, p, m).Usage()); diff != "" {
		t.Errorf("Usage() (-want +got):\n%s", diff)
	}
}

// TestBudgetHasRoomAgain holds a call back that would fit by what the one before really took.
func TestBudgetHasRoomAgain(t *testing.T) {
	t.Parallel()
	m, effects := startWith(t, writers(t), engine.Budget{Bounds: engine.Bounds{InputTokens: 60}})
	give(t, m, effects[1], value.String("done"))
	if next := wrote(t, m, effects[0], message.Usage{Input: 10, Output: 500}); len(next) != 1 || next[0].Model == nil {
		t.Errorf("effects %v, want the call of the other model", ids(next))
	}
}

func TestBoundsOfABudget(t *testing.T) {
	t.Parallel()
	prices := map[string]engine.Price{"large": {Input: 10, Output: 100, Cached: 1}, "small": {Input: 1}}
	for _, test := range []struct {
		name   string
		budget engine.Budget
		want   string
	}{
		{"calls", engine.Budget{Bounds: engine.Bounds{Calls: 1}}, "budget of calls is 1, of which 1 are used, and the next call needs about 1"},
		{"input", engine.Budget{Bounds: engine.Bounds{InputTokens: 74}}, "budget of input tokens is 74, of which 220 are used, and the next call needs about 38"},
		{"output", engine.Budget{Bounds: engine.Bounds{OutputTokens: 400, Calls: 1}}, "budget of calls is 1, of which 1 are used"},
		{"input of a model", engine.Budget{Models: map[string]engine.Bounds{"small": {InputTokens: 37}}}, `budget of input tokens of model "small" is 37, of which 0 are used`},
		{"cost", engine.Budget{Bounds: engine.Bounds{Cost: 0.0004}, Prices: prices}, "budget of cost is 0.0004, of which 0.041498 are used, and the next call needs about 3.8e-05"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, effects := startWith(t, writers(t), test.budget)
			for _, e := range effects {
				if e.Tool != nil {
					give(t, m, e, value.String("done"))
				} else {
					wrote(t, m, e, message.Usage{Input: 220, Cached: 78, Output: 400})
				}
			}
			s, ok := m.Status().(engine.Interrupted)
			if !ok || !strings.Contains(s.Shortage.String(), test.want) {
				t.Errorf("Status() = %#v %s, want %q", m.Status(), s.Shortage, test.want)
			}
		})
	}
}

// TestTimeIsOver lets nothing begin any more, be it a tool, and an open question goes first.
func TestTimeIsOver(t *testing.T) {
	t.Parallel()
	p := flowtest.Compile(t, loopOf(sayingFlow("a")))
	m := engine.New(p, engine.Limits{})
	out, err := m.Advance(engine.Begin{Inputs: flowtest.Inputs(), Budget: engine.Budget{Time: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	call := out.Effects[0]
	if _, err := m.Advance(engine.Elapsed{Time: 1500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	give(t, m, call, value.String("again"))
	s, ok := m.Status().(engine.Interrupted)
	want := `node "run > call" waits: the 1 seconds of the budget are over; raise it to go on`
	if !ok || s.Shortage.String() != want {
		t.Fatalf("Status() = %#v, want %q", m.Status(), want)
	}
	out, err = reloaded(t, p, m).Advance(engine.SetBudget{Budget: engine.Budget{Time: 2 * time.Second}})
	if err != nil || len(out.Effects) != 1 {
		t.Errorf("SetBudget = %v, %v, want the next call", ids(out.Effects), err)
	}
}

func TestBudgetsThatAreRefused(t *testing.T) {
	t.Parallel()
	m, _ := startWith(t, writers(t), engine.Budget{})
	for want, b := range map[string]engine.Budget{
		"negative":                       {Bounds: engine.Bounds{Calls: -1}},
		`"large" has no price`:           {Bounds: engine.Bounds{Cost: 1}},
		`it uses large, small`:           {Models: map[string]engine.Bounds{"other": {Calls: 1}}},
		`price of model "a" is negative`: {Prices: map[string]engine.Price{"a": {Output: -1}}},
	} {
		before := string(snapshot(t, m))
		_, err := m.Advance(engine.SetBudget{Budget: b})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("SetBudget(%+v) = %v, want %q", b, err, want)
		}
		if after := string(snapshot(t, m)); after != before {
			t.Errorf("a budget that was refused changed the state:\n%s\n%s", before, after)
		}
	}
}
