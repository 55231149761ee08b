package local

import (
	"context"
	"time"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/spec"
)

// Perform performs one effect for a conversation that lives elsewhere, and waits for it. The error is that of ctx, if it
// ended before the effect was done; how the effect went is in the result. It tells listen, unless that is nil, what
// happens meanwhile.
func (h *Host) Perform(ctx context.Context, conversation string, e *engine.Effect, listen func(engine.Note)) (engine.Result, error) {
	r := &run{host: h, conv: &Conversation{id: conversation, host: h}, wake: make(chan struct{}, 1)}
	r.ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	f := &flight{run: r, effect: e, done: e.Done(engine.Result{})}
	if listen != nil {
		r.listen = func(ev Event) { listen(ev.Note) }
		f.place = &engine.Place{ID: e.ID}
	}
	f.Context = r.deadline()
	go r.fly(f)
	for {
		<-r.wake
		for _, rep := range r.collect() {
			if rep.note != nil && listen != nil {
				listen(rep.note)
			}
			if rep.ended != nil && f.broken {
				return engine.Result{}, context.Cause(ctx)
			}
			if rep.ended != nil {
				return f.done.Result, nil
			}
		}
	}
}

// Bound is how long an effect may take: the bound that its tool declares, else that of the host.
func (h *Host) Bound(e *engine.Effect) time.Duration {
	if e.Tool != nil && e.Tool.Tool < len(h.tools) {
		if t := h.tools[e.Tool.Tool]; t != nil && t.Spec().Timeout > 0 {
			return min(t.Spec().Timeout, h.opts.Timeout)
		}
	}
	if e.Datastore != nil {
		if _, local := h.prog.Datastores[e.Datastore.Datastore].Spec.(*spec.InMemoryCollectionDatastore); local {
			return min(time.Second, h.opts.Timeout)
		}
	}
	return h.opts.Timeout
}
