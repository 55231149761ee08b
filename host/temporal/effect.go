package temporal

import (
	"context"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/wayflow-go/wayflow/engine"
)

const (
	// shortest is the bound up to which an effect counts as short: it is performed as a local activity.
	shortest = 5 * time.Second
	// heartbeat is how often a worker says that it lives, and silence after how long it is given up.
	heartbeat = time.Second
	silence   = 5 * time.Second
	// grace is what the server allows an effect beyond its own bound, so that the worker reports the end, not the server.
	grace = 10 * time.Second
)

// again is how an effect is repeated whose worker died. One that failed is no case for it: its failure is its result.
var again = &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second}

// execute performs an effect on some worker.
func (w *Worker) execute(ctx workflow.Context, c call) (r engine.Result, err error) {
	if c.Short && c.Queue == "" {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
			StartToCloseTimeout: c.Timeout + grace, RetryPolicy: again,
		})
		err = workflow.ExecuteLocalActivity(ctx, w.perform, c).Get(ctx, &r)
		return r, err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: c.Queue, StartToCloseTimeout: c.Timeout + grace, HeartbeatTimeout: silence, RetryPolicy: again,
	})
	err = workflow.ExecuteActivity(ctx, effectActivity, c).Get(ctx, &r)
	return r, err
}

// batch is the workflow that performs a number of effects at once.
func (w *Worker) batch(ctx workflow.Context, calls []call) ([]engine.Result, error) {
	results := make([]engine.Result, len(calls))
	left := len(calls)
	for i, c := range calls {
		workflow.Go(ctx, func(ctx workflow.Context) {
			var err error
			if results[i], err = w.execute(ctx, c); err != nil && !temporal.IsCanceledError(err) {
				results[i] = lost(err)
			}
			left--
		})
	}
	err := workflow.Await(ctx, func() bool { return left == 0 })
	return results, err
}

// perform is the activity. An error means that the effect was not performed to its end, and is to be repeated; what went
// wrong with it is part of the result.
func (w *Worker) perform(ctx context.Context, c call) (engine.Result, error) {
	doc, err := w.document(c.Document)
	if err != nil {
		return engine.Result{}, err
	}
	var said text
	if !activity.GetInfo(ctx).IsLocalActivity {
		stop := beat(ctx, &said)
		defer stop()
	}
	return doc.performer.Perform(ctx, c.Conversation, c.Effect, said.note)
}

// beat sends heartbeats, with the text that a model has said so far, until it is stopped.
func beat(ctx context.Context, said *text) (stop func()) {
	tick := time.NewTicker(heartbeat / 4)
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			case <-tick.C:
				if fresh := said.take(); fresh || n%4 == 0 {
					activity.RecordHeartbeat(ctx, said.String())
				}
			}
		}
	})
	return func() {
		tick.Stop()
		close(done)
		wait.Wait()
	}
}

// text is what a model has said so far.
type text struct {
	mu    sync.Mutex
	said  strings.Builder
	fresh bool
}

// note keeps the text of a note.
func (t *text) note(n engine.Note) {
	d, ok := n.(engine.TextDelta)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said.WriteString(d.Text)
	t.fresh = true
}

// take reports whether there is text that was not taken yet.
func (t *text) take() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := t.fresh
	t.fresh = false
	return fresh
}

// String returns the text.
func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.said.String()
}
