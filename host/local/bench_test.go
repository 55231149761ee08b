package local_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// nap is how long each branch of the fan-outs takes.
const nap = 10 * time.Millisecond

var widths = []int{64, 1_024, 10_000}

// fanHost is a host for a flow of n branches at once, each of which calls the tool "nap".
func fanHost(tb testing.TB, n int) *local.Host {
	flows := make([]*spec.Flow, n)
	for i := range flows {
		t := flowtest.ServerTool("nap", flowtest.Texts("who"), flowtest.Texts(fmt.Sprintf("out%d", i)))
		t.ID += fmt.Sprint(i)
		flows[i] = flowtest.ToolFlow(fmt.Sprintf("branch%d", i), t)
	}
	napTool := callTool{name: "nap", call: func(context.Context, *value.Object) (value.Value, error) {
		time.Sleep(nap)
		return value.String("rested"), nil
	}}
	return newHost(tb, flowtest.Fan("fan", n, flows, flowtest.Text("who")), napTool)
}

func BenchmarkFanOut(b *testing.B) {
	who := value.NewObject(value.Member{Key: "who", Value: value.String("bob")})
	for _, n := range widths {
		b.Run(fmt.Sprintf("branches=%d", n), func(b *testing.B) {
			h := fanHost(b, n)
			b.ReportAllocs()
			began := flowtest.CPU()
			for b.Loop() {
				c, err := h.Start("c", who, nil)
				if err != nil {
					b.Fatal(err)
				}
				finish(b, c)
			}
			reportCPU(b, began)
		})
	}
}

// reportCPU reports the processor time of an iteration.
func reportCPU(b *testing.B, began time.Duration) {
	b.ReportMetric(float64(flowtest.CPU()-began)/float64(b.N), "cpu-ns/op")
}

// BenchmarkFanOutPlain does with goroutines alone what BenchmarkFanOut does.
func BenchmarkFanOutPlain(b *testing.B) {
	for _, n := range widths {
		b.Run(fmt.Sprintf("branches=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			began := flowtest.CPU()
			for b.Loop() {
				outs := make([]string, n)
				var wg sync.WaitGroup
				for i := range outs {
					wg.Go(func() {
						time.Sleep(nap)
						outs[i] = "rested"
					})
				}
				wg.Wait()
			}
			reportCPU(b, began)
		})
	}
}

// BenchmarkEffect is what a host adds to one call of a tool.
func BenchmarkEffect(b *testing.B) {
	t := flowtest.ServerTool("word", flowtest.Texts("x"), flowtest.Texts("word"))
	h := newHost(b, flowtest.ToolFlow("one", t), word)
	x := value.NewObject(value.Member{Key: "x", Value: value.String("bob")})
	b.ReportAllocs()
	for b.Loop() {
		c, err := h.Start("c", x, nil)
		if err != nil {
			b.Fatal(err)
		}
		finish(b, c)
	}
}

// BenchmarkWaiting reports what a conversation that waits for the user holds, beside its messages.
func BenchmarkWaiting(b *testing.B) {
	const n = 10_000
	h := newHost(b, askFlow())
	var before []message.Message
	for i := range 19 {
		before = append(before, message.Text([]message.Role{message.User, message.Assistant}[i%2], strings.Repeat("some words ", 10)))
	}
	for b.Loop() {
		goroutines := runtime.NumGoroutine()
		empty := heap()
		conversations := make([]*local.Conversation, n)
		for i := range conversations {
			c, err := h.Start("c", nil, before)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Run(context.Background()); err != nil {
				b.Fatal(err)
			}
			conversations[i] = c
		}
		full := heap()
		messages := make([][]message.Message, n)
		for i, c := range conversations {
			messages[i] = append(messages[i], c.Messages()...)
		}
		own := heap() - full
		b.ReportMetric(float64(full-empty)/n, "B/conversation")
		b.ReportMetric(float64(full-empty-own)/n, "B-beyond-messages")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines")
		runtime.KeepAlive(messages)
		runtime.KeepAlive(conversations)
	}
}

// heap is how much is in use after everything that can go has gone.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
