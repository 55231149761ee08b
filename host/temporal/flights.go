package temporal

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/wayflow-go/wayflow/engine"
)

const (
	// maxActivities and maxBatches bound what a workflow has pending at a time; the server refuses more than 2,000 of
	// either.
	maxActivities = 200
	maxBatches    = 50
	// batchSize is how many effects a child workflow performs.
	batchSize = 100
)

// flights are the effects of a conversation that are being performed, or will be when there is room.
type flights struct {
	conversation *conversation
	queue        []*engine.Effect
	flying       map[*engine.Effect]workflow.CancelFunc
	activities   int
	batches      int
	// grounded is true if nothing is to be started any more.
	grounded bool
}

// landed reports whether nothing is in flight.
func (f *flights) landed() bool { return len(f.flying) == 0 && (f.grounded || len(f.queue) == 0) }

// start performs effects, in order, as far as there is room.
func (f *flights) start(effects []*engine.Effect) {
	f.queue = append(f.queue, effects...)
	for len(f.queue) > 0 && !f.grounded {
		switch room := maxActivities - f.activities; {
		case len(f.queue) > max(room, batchSize) && f.batches < maxBatches:
			f.batch(slices.Clone(f.queue[:batchSize]))
			f.queue = f.queue[batchSize:]
		case room > 0:
			f.single(f.queue[0])
			f.queue = f.queue[1:]
		default:
			return
		}
	}
}

// single performs one effect.
func (f *flights) single(e *engine.Effect) {
	f.activities++
	f.fly([]*engine.Effect{e}, func(ctx workflow.Context) ([]engine.Result, error) {
		r, err := f.conversation.worker.execute(ctx, f.conversation.call(e))
		f.activities--
		return []engine.Result{r}, err
	})
}

// batch performs effects in a child workflow.
func (f *flights) batch(effects []*engine.Effect) {
	f.batches++
	calls := make([]call, len(effects))
	for i, e := range effects {
		calls[i] = f.conversation.call(e)
	}
	f.fly(effects, func(ctx workflow.Context) (results []engine.Result, err error) {
		err = workflow.ExecuteChildWorkflow(ctx, batchWorkflow, calls).Get(ctx, &results)
		f.batches--
		return results, err
	})
}

// fly has a coroutine perform effects, which hands their results to the machine.
func (f *flights) fly(effects []*engine.Effect, perform func(workflow.Context) ([]engine.Result, error)) {
	ctx, cancel := workflow.WithCancel(f.conversation.ctx)
	if f.flying == nil {
		f.flying = map[*engine.Effect]workflow.CancelFunc{}
	}
	left := len(effects)
	for _, e := range effects {
		f.flying[e] = func() {
			if left--; left == 0 {
				cancel()
			}
		}
	}
	workflow.Go(ctx, func(ctx workflow.Context) {
		results, err := perform(ctx)
		for i, e := range effects {
			delete(f.flying, e)
			f.land(e, results, i, err)
		}
		f.start(nil) // there is room for more
	})
}

// land hands the machine the result of an effect.
func (f *flights) land(e *engine.Effect, results []engine.Result, i int, err error) {
	var r engine.Result
	switch {
	case temporal.IsCanceledError(err):
		return
	case err != nil:
		r = lost(err)
	default:
		r = results[i]
	}
	if err := f.conversation.advance(e.Done(r)); err != nil {
		panic(err) // fails the task of the workflow, not the conversation: it is tried again
	}
}

// lost is the result of an effect that the server gave up.
func lost(err error) engine.Result {
	class := "RuntimeError"
	if _, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		class = "TimeoutError"
	}
	return engine.Result{Err: &engine.Error{Class: class, Message: "the call was given up: " + err.Error()}}
}

// callOff ends flights whose results nobody wants. A batch ends when that is true of all its effects.
func (f *flights) callOff(effects []*engine.Effect) {
	for _, e := range effects {
		if cancel, ok := f.flying[e]; ok {
			cancel()
			continue
		}
		f.queue = slices.DeleteFunc(f.queue, func(q *engine.Effect) bool { return q == e })
	}
}

// call is an effect as it travels to a worker.
type call struct {
	Document     string         `json:"document"`
	Conversation string         `json:"conversation"`
	Effect       *engine.Effect `json:"effect"`
	// Timeout bounds each try.
	Timeout time.Duration `json:"timeout"`
	// Short is true if it is over soon.
	Short bool `json:"short,omitempty"`
	// Queue is the task queue of the workers that can perform it; empty for any.
	Queue string `json:"queue,omitempty"`
}

func (c *conversation) call(e *engine.Effect) call {
	timeout := c.doc.performer.Bound(e)
	return call{
		Document: c.doc.hash, Conversation: workflow.GetInfo(c.ctx).WorkflowExecution.ID, Effect: e,
		Timeout: timeout, Short: timeout <= shortest, Queue: c.worker.opts.queue(c.doc.program, e),
	}
}
