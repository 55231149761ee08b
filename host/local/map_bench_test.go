package local_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// shout is an instant tool.
type shout struct{}

var shouted = tool.Spec{Name: "shout", Inputs: flowtest.Texts("x"), Outputs: flowtest.Texts("y")}

func (shout) Spec() *tool.Spec { return &shouted }

func (shout) Call(_ context.Context, args *value.Object) (value.Value, error) {
	x, _ := args.Get("x")
	return value.String(x.Str() + "!"), nil
}

// mapHost runs a parallel map of one tool.
func mapHost(tb testing.TB) *local.Host {
	tb.Helper()
	t := flowtest.ServerTool("shout", flowtest.Texts("x"), flowtest.Texts("y"))
	lines := value.Property{Title: "lines", Type: value.ListOf(value.StringType)}
	g := flowtest.NewGraph("map", lines)
	n := g.Add(&spec.ParallelMapNode{Subflow: flowtest.ToolFlow("each", t)}, "each line")
	end := g.End("end", lines)
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Data(g.Start(), "lines", n, "iterated_x")
	g.Data(n, "collected_y", end, "lines")
	h, err := local.New(flowtest.Compile(tb, g.Flow), &local.Options{Tools: map[string]tool.Tool{"shout": shout{}}})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func lines(n int) *value.Object {
	items := make([]value.Value, n)
	for i := range items {
		items[i] = value.String(strconv.Itoa(i))
	}
	return value.NewObject(value.Member{Key: "lines", Value: value.List(items...)})
}

func BenchmarkParallelMap(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h, inputs := mapHost(b), lines(n)
			b.ReportAllocs()
			for b.Loop() {
				c, err := h.Start("c", inputs, nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := c.Run(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/item")
		})
	}
}

// BenchmarkPlainGoroutines does the same work without a runtime: the limit to approach.
func BenchmarkPlainGoroutines(b *testing.B) {
	const n = 10_000
	v, _ := lines(n).Get("lines")
	items, _ := v.AsList()
	b.ReportAllocs()
	for b.Loop() {
		out := make([]value.Value, n)
		slots := make(chan struct{}, 20)
		var wg sync.WaitGroup
		for i := range items {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				ctx, cancel := context.WithTimeout(b.Context(), local.DefaultTimeout)
				defer cancel()
				out[i], _ = shout{}.Call(ctx, value.NewObject(value.Member{Key: "x", Value: items[i]}))
			})
		}
		wg.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/item")
}
