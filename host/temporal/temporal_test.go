package temporal_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/temporal"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

// world performs effects as the random flows expect.
type world struct{ *flowtest.World }

func (w world) Program() *program.Program { return w.World.Program }

func (w world) Perform(_ context.Context, _ string, e *engine.Effect, _ func(engine.Note)) (engine.Result, error) {
	return w.Result(e), nil
}

// Bound makes some effects local activities and others not.
func (w world) Bound(e *engine.Effect) time.Duration {
	if e.Model != nil {
		return time.Minute
	}
	return time.Second
}

// server is a connection to the server that TEMPORAL_ADDRESS names.
func server(t *testing.T) client.Client {
	t.Helper()
	address := os.Getenv("TEMPORAL_ADDRESS")
	if address == "" {
		t.Skip("TEMPORAL_ADDRESS names no Temporal server")
	}
	c, err := client.Dial(client.Options{HostPort: address, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// work starts a worker of its own, on a queue of its own.
func work(t *testing.T, c client.Client, docs ...temporal.Document) *temporal.Client {
	t.Helper()
	queue := "test-" + uuid.NewString()
	w := temporal.NewWorker(c, temporal.Options{TaskQueue: queue}, docs...)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return temporal.NewClient(c, queue)
}

// finish answers whatever is asked until the conversation has ended.
func finish(t *testing.T, c *temporal.Conversation, w *flowtest.World) *engine.Machine {
	t.Helper()
	for {
		m, err := c.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		waiting, ok := m.Status().(engine.Waiting)
		if !ok {
			return m
		}
		for _, r := range waiting.Requests {
			c.Answer(w.Answer(r))
		}
	}
}

// TestSameAsTheMachineAlone runs random flows on the server.
func TestSameAsTheMachineAlone(t *testing.T) {
	t.Parallel()
	srv := server(t)
	var flows []*spec.Flow
	draw := rapid.Custom(func(t *rapid.T) *spec.Flow {
		return flowtest.Draw(t, flowtest.Shape{Ask: true, Broken: true, Catch: true, Questions: true, Depth: 2})
	})
	for seed := range 12 {
		flows = append(flows, draw.Example(seed))
	}
	var docs []temporal.Document
	for i, f := range flows {
		w := world{&flowtest.World{Program: flowtest.Compile(t, f)}}
		docs = append(docs, temporal.Document{Hash: fmt.Sprint("flow ", i), Performer: w})
	}
	c := work(t, srv, docs...)
	for i := range flows {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			w := docs[i].Performer.(world).World
			alone := engine.New(w.Program, engine.Limits{})
			want, err := flowtest.Drive(alone, w, flowtest.Plan{})
			if err != nil {
				t.Fatal(err)
			}
			want.Effects = nil
			conv, err := c.Start(t.Context(), uuid.NewString(), docs[i].Hash, w.Program, flowtest.Inputs(), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := flowtest.TraceOf(finish(t, conv, w))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("alone and on the server (-alone +server):\n%s", diff)
			}
		})
	}
}
