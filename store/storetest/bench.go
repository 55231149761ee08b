package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/store"
)

// BenchAppend writes one record after the other to each of many conversations, all at once, and reports how long one
// takes: that is what a journal adds to an effect.
func BenchAppend(b *testing.B, s store.Store, conversations int) {
	Fill(b, s)
	data := []byte(`{"v":1,"event":"effect_done","data":{"id":"2.0.2","result":{"value":["a movie","a video game","a broom"]}}}`)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range conversations {
		wg.Go(func() {
			id := fmt.Sprint(b.N, "-", i)
			Begin(b, s, id)
			for after := int64(1); next.Add(1) <= int64(b.N); after++ {
				w := store.Write{
					After: after, Time: time.Now(), Status: store.Running, By: "bench", For: time.Minute,
					Records: []store.Record{{Time: time.Now(), Data: data}},
				}
				if err := s.Append(b.Context(), id, w); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/effect")
}

// BenchList lists a page of many conversations that wait.
func BenchList(b *testing.B, s store.Store, waiting int) {
	Fill(b, s)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 256 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(waiting); i = next.Add(1) {
				w := write(0, "begin")
				w.Status, w.WaitingFor = store.Waiting, []byte(`[{"id":"2","kind":"user_message","path":["ask"]}]`)
				if i%100 == 0 {
					w.Status = store.Finished
				}
				if err := s.Create(b.Context(), conversation(fmt.Sprint(i)), w); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	q := store.Query{Status: store.Waiting}
	for b.Loop() {
		page, err := s.List(b.Context(), q)
		must(b, err)
		if page.Next != "" && len(page.Conversations) != store.DefaultLimit {
			b.Fatalf("a page of %d", len(page.Conversations))
		}
		q.After = page.Next
	}
}
