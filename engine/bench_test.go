package engine_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// chain is a flow of n template steps, each rendering what the one before it rendered.
func chain(n int) *spec.Flow {
	g := flowtest.NewGraph("chain", flowtest.Text("x"))
	prev, out := g.Start(), "x"
	for i := range n {
		in, text := "x", "step {{ x }} of the chain"
		if i%10 == 0 { // keep the text short
			in, text = "y", "begin {{ y | length }}"
		}
		t := g.Add(&spec.TemplateNode{Template: text}, fmt.Sprintf("t%d", i))
		g.Edge(prev, "", t)
		g.Data(prev, out, t, in)
		prev, out = t, "output"
	}
	end := g.End("end", flowtest.Text("output"))
	g.Edge(prev, "", end)
	g.Data(prev, out, end, "output")
	return g.Flow
}

// constants is a flow of n steps that yield a constant, and branches one of n steps that choose a way.
func constants(n int) *spec.Flow {
	g := flowtest.NewGraph("constants", flowtest.Text("x"))
	prev := g.Start()
	for i := range n {
		c := g.Add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "c", Value: value.Int(int64(i))})},
			fmt.Sprintf("c%d", i))
		g.Edge(prev, "", c)
		prev = c
	}
	g.Edge(prev, "", g.End("end"))
	return g.Flow
}

func branches(n int) *spec.Flow {
	g := flowtest.NewGraph("branches", flowtest.Text("x"))
	end := g.End("end")
	prev, branch := g.Start(), ""
	for i := range n {
		b := g.Add(&spec.BranchingNode{Mapping: spec.Dict[string]{{Key: "hello", Value: "on"}, {Key: "stop", Value: "off"}}},
			fmt.Sprintf("b%d", i))
		g.Edge(prev, branch, b)
		g.Data(g.Start(), "x", b, "branching_mapping_key")
		g.Edge(b, "off", end)
		g.Edge(b, "default", end)
		prev, branch = b, "on"
	}
	g.Edge(prev, branch, end)
	return g.Flow
}

// hello is what the flows begin with.
var hello = value.NewObject(value.Member{Key: "x", Value: value.String("hello")})

func benchmarkSteps(b *testing.B, flow func(n int) *spec.Flow, sizes ...int) {
	for _, n := range sizes {
		p := flowtest.Compile(b, flow(n))
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			began := flowtest.CPU()
			for b.Loop() {
				m := engine.New(p, engine.Limits{})
				if _, err := m.Advance(engine.Begin{Inputs: hello}); err != nil {
					b.Fatal(err)
				}
				if s, ok := m.Status().(engine.Finished); !ok {
					b.Fatal(s)
				}
			}
			perStep(b, n, began)
		})
	}
}

// perStep reports what one of n steps took, by the clock and by the processor.
func perStep(b *testing.B, n int, began time.Duration) {
	b.ReportMetric(float64((flowtest.CPU()-began).Nanoseconds())/float64(b.N)/float64(n), "cpu-ns/step")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/step")
}

func BenchmarkChain(b *testing.B) { benchmarkSteps(b, chain, 100, 1_000, 10_000) }

func BenchmarkConstants(b *testing.B) { benchmarkSteps(b, constants, 1_000) }

func BenchmarkBranches(b *testing.B) { benchmarkSteps(b, branches, 1_000) }

// BenchmarkChainPlain is the work of BenchmarkChain without a runtime: parsed templates, executed one after the other.
func BenchmarkChainPlain(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		templates := make([]*template.Template, n)
		for i := range templates {
			text := "step {{ .X }} of the chain"
			if i%10 == 0 {
				text = "begin {{ len .X }}"
			}
			templates[i] = template.Must(template.New("t").Parse(text))
		}
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			began := flowtest.CPU()
			for b.Loop() {
				x := executeAll(b, templates)
				_, _ = io.WriteString(io.Discard, x)
			}
			perStep(b, n, began)
		})
	}
}

func executeAll(b *testing.B, templates []*template.Template) string {
	data := struct{ X string }{"hello"}
	var out strings.Builder
	for _, t := range templates {
		out.Reset()
		if err := t.Execute(&out, &data); err != nil {
			b.Fatal(err)
		}
		data.X = out.String()
	}
	return data.X
}

// waiting is a conversation that waits for the user, after a number of messages.
func waiting(tb testing.TB, messages int) *engine.Machine {
	g := flowtest.NewGraph("talk")
	question := "what next?"
	ask := g.Add(&spec.InputMessageNode{Message: &question}, "ask")
	g.Edge(g.Start(), "", ask)
	g.Edge(ask, "", ask)
	end := g.End("end")
	g.Flow.ControlFlowConnections[1].ToNode = end
	p := flowtest.Compile(tb, g.Flow)
	m := engine.New(p, engine.Limits{})
	var before []message.Message
	for i := range messages - 1 {
		before = append(before, message.Text([]message.Role{message.User, message.Assistant}[i%2], strings.Repeat("some words ", 10)))
	}
	if _, err := m.Advance(engine.Begin{Messages: before}); err != nil {
		tb.Fatal(err)
	}
	return m
}

// plainTalk is what a program without a runtime would keep of a conversation.
type plainTalk struct {
	Messages []message.Message `json:"messages"`
	Waiting  string            `json:"waiting"`
}

func BenchmarkSnapshotWrite(b *testing.B) {
	m := waiting(b, 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshotWritePlain(b *testing.B) {
	talk := plainTalk{waiting(b, 20).Messages(), "2"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(talk); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshotRead(b *testing.B) {
	m := waiting(b, 20)
	data := snapshot(b, m)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Load(m.Program(), data, engine.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshotReadPlain(b *testing.B) {
	data, err := json.Marshal(plainTalk{waiting(b, 20).Messages(), "2"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var talk plainTalk
		if err := json.Unmarshal(data, &talk); err != nil {
			b.Fatal(err)
		}
	}
}
