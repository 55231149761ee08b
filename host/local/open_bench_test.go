package local_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/store/sqlite"
	"github.com/wayflow-go/wayflow/value"
)

// withoutState is a store that has lost its states: everything is read from the journal.
type withoutState struct{ store.Store }

func (withoutState) State(context.Context, string) (state []byte, seq int64, err error) {
	return nil, 0, nil
}

// BenchmarkOpen takes up a conversation that has 1,000 events, from SQLite: by its newest state, and by the journal alone.
func BenchmarkOpen(b *testing.B) {
	file, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "x.db"), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	tools := make([]string, 1_000)
	for i := range tools {
		tools[i] = "work"
	}
	work := calls("work", func(context.Context, *value.Object) (value.Value, error) { return value.String("done"), nil })
	flow := fanOf(4, tools...)
	host := hostWith(b, flow, &local.Options{Store: file, Document: doc}, work)
	c, err := host.Start("long", nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	finish(b, c)
	for _, from := range []struct {
		name  string
		store store.Store
	}{{"state", file}, {"journal", withoutState{file}}} {
		b.Run(from.name, func(b *testing.B) {
			host := hostWith(b, flow, &local.Options{Store: from.store, Document: doc}, work)
			b.ReportAllocs()
			for b.Loop() {
				c, err := host.Open(b.Context(), "long")
				if err != nil {
					b.Fatal(err)
				}
				if _, ok := c.Status().(engine.Finished); !ok {
					b.Fatalf("status %T", c.Status())
				}
			}
		})
	}
}
