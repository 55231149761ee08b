package wayflow_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// script is a model that answers at once, in this process.
type script func(p *prompt.Prompt) message.Message

func (s script) Generate(_ context.Context, p *prompt.Prompt, _ model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		yield(model.Chunk{Answer: &model.Answer{Message: s(p), Usage: message.Usage{Input: 1, Output: 1}}}, nil)
	}
}

func asks(pairs ...string) message.Message {
	m := message.Message{Role: message.Assistant}
	for i := 0; i < len(pairs); i += 2 {
		args, err := value.ParseJSON([]byte(pairs[i+1]))
		if err != nil {
			panic(err)
		}
		o, _ := args.AsObject()
		m.ToolRequests = append(m.ToolRequests, message.ToolRequest{ID: fmt.Sprint("c", i), Name: pairs[i], Args: o})
	}
	return m
}

func builtWith(tb testing.TB, part wayflow.Part, m model.Model) *wayflow.App {
	tb.Helper()
	app, err := wayflow.Build(part, wayflow.WithModels(func(spec.LlmConfig) (model.Model, error) { return m, nil }))
	if err != nil {
		tb.Fatal(err)
	}
	return app
}

// talked runs a conversation that the user opens, to where it rests.
func talked(tb testing.TB, app *wayflow.App) *wayflow.Conversation {
	tb.Helper()
	conv, err := app.Start(tb.Context(), nil, message.Text(message.User, "go"))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := conv.Run(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return conv
}

// tenCalls is a server whose model calls a tool ten times, one after the other, and then answers.
func tenCalls(b *testing.B) *modeltest.Server {
	s := modeltest.NewServer(b)
	s.Respond(func(r *modeltest.Request) modeltest.Reply {
		if len(r.Messages) < 22 {
			return calls("get_current_time", `{}`)
		}
		return says("done")
	})
	return s
}

// BenchmarkAgent has an agent call a tool ten times, one after the other, over HTTP on loopback; BenchmarkAgentPlain makes
// the same exchanges in a loop.
func BenchmarkAgent(b *testing.B) {
	s := tenCalls(b)
	app, err := wayflow.Build(wayflow.Agent("a", wayflow.VLLM("scripted", s.URL), "Help.").Tools(clock))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		talked(b, app)
	}
}

func BenchmarkAgentPlain(b *testing.B) {
	s := tenCalls(b)
	m, err := openai.New(wayflow.VLLM("scripted", s.URL), &openai.Options{Transport: model.NewTransport()})
	if err != nil {
		b.Fatal(err)
	}
	tools := []prompt.Tool{{Name: "get_current_time", Description: "The current time"}, {Name: wayflowTalk}}
	b.ReportAllocs()
	for b.Loop() {
		messages := []message.Message{message.Text(message.System, "Help."), message.Text(message.User, "go")}
		for done := false; !done; {
			for chunk, err := range m.Generate(b.Context(), &prompt.Prompt{Messages: messages, Tools: tools}, model.Options{}) {
				if err != nil {
					b.Fatal(err)
				}
				if chunk.Answer == nil {
					continue
				}
				messages = append(messages, chunk.Answer.Message)
				done = len(chunk.Answer.Message.ToolRequests) == 0
				for _, r := range chunk.Answer.Message.ToolRequests {
					v, err := clock.Call(b.Context(), r.Args)
					if err != nil {
						b.Fatal(err)
					}
					messages = append(messages, message.Message{ToolResult: &message.ToolResult{RequestID: r.ID, Content: v}})
				}
			}
		}
	}
}

const wayflowTalk = "talk_to_user"

// BenchmarkTurn has a model call a tool 64 times in one turn, which takes 10 ms each time.
func BenchmarkTurn(b *testing.B) {
	nap := wayflow.Func("nap", "Sleeps.", func(context.Context, struct{}) (string, error) {
		time.Sleep(10 * time.Millisecond)
		return "rested", nil
	})
	var pairs []string
	for range 64 {
		pairs = append(pairs, "nap", "{}")
	}
	app := builtWith(b, wayflow.Agent("a", llm, "Help.").Tools(nap), script(func(p *prompt.Prompt) message.Message {
		if len(p.Messages) > 2 {
			return message.Text(message.Assistant, "done")
		}
		return asks(pairs...)
	}))
	b.ReportAllocs()
	for b.Loop() {
		talked(b, app)
	}
}

// BenchmarkWaitingAgents reports what a conversation with an agent holds that waits for the user.
func BenchmarkWaitingAgents(b *testing.B) {
	const n = 1_000
	app := builtWith(b, wayflow.Agent("a", llm, "Help.").Tools(clock), script(func(p *prompt.Prompt) message.Message {
		if p.Messages[len(p.Messages)-1].ToolResult != nil {
			return message.Text(message.Assistant, "done")
		}
		return asks("get_current_time", "{}")
	}))
	for b.Loop() {
		before, goroutines := inUse(), runtime.NumGoroutine()
		all := make([]*wayflow.Conversation, n)
		for i := range all {
			all[i] = talked(b, app)
		}
		b.ReportMetric(float64(inUse()-before)/n, "B/conversation")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines")
		runtime.KeepAlive(all)
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// BenchmarkSwarm has 16 agents hand a conversation over, round after round.
func BenchmarkSwarm(b *testing.B) {
	for _, passes := range []int{250, 1_000} {
		b.Run(fmt.Sprintf("passes=%d", passes), func(b *testing.B) {
			agents := make([]*wayflow.AgentPart, 16)
			for i := range agents {
				agents[i] = wayflow.Agent(fmt.Sprint("a", i), llm, fmt.Sprint(i)).Describe("one of many")
			}
			swarm := wayflow.Swarm("ring", agents[0])
			for i, a := range agents {
				swarm.Calls(a, agents[(i+1)%len(agents)])
			}
			app := builtWith(b, swarm, script(func(p *prompt.Prompt) message.Message {
				if len(p.Messages) > 2*passes {
					return message.Text(message.Assistant, "done")
				}
				to := p.Tools[len(p.Tools)-2].Inputs[0].Type.Enum[0]
				return asks("handoff_conversation", fmt.Sprintf(`{"recipient": %s}`, to))
			}))
			b.ReportAllocs()
			for b.Loop() {
				talked(b, app)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*passes), "ns/pass")
		})
	}
}
