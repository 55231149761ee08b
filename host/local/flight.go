package local

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// flight is an effect that a goroutine performs, which owns it until it reports its end.
//
// It is the context of the call, too. Most tools never look at theirs, so what a context needs in order to be cancelled
// by itself is only made when somebody waits for that: in a fan-out of thousands it costs as much as all the rest.
type flight struct {
	context.Context // what it is under: it ends when the time is up, or the run

	run     *run
	effect  *engine.Effect
	place   *engine.Place // if somebody listens or there is a tape
	index   int           // in run.flights
	emitted atomic.Int32

	done engine.EffectDone
	// record is done as it is written down, and written the result that comes of reading it if read is true.
	record  []byte
	read    bool
	written engine.Result
	// broken is true if it ended because its context did: there is no result, and the effect stays pending.
	broken bool
	// ended is false if its goroutine was ended from inside.
	ended bool

	mu       sync.Mutex      // guards what follows
	own      context.Context // nil until somebody waits for it
	cancel   context.CancelFunc
	unwanted bool
}

var _ tool.Call = (*flight)(nil)

// IdempotencyKey implements [tool.Call].
func (f *flight) IdempotencyKey() string { return f.run.conv.id + "/" + f.effect.ID }

// Conversation implements [tool.Call].
func (f *flight) Conversation() string { return f.run.conv.id }

// Authorization implements [tool.Call].
func (f *flight) Authorization() *tool.Login {
	a := f.effect.Auth
	if a == nil {
		return nil
	}
	return &tool.Login{Code: a.Code, State: a.State, Issuer: a.Issuer}
}

// Emit implements [tool.Call].
func (f *flight) Emit(content value.Value) {
	if f.run.listen == nil || f.emitted.Add(1) > tool.MaxEmitted {
		return
	}
	f.run.send(report{note: engine.ToolDelta{Place: *f.place, Content: content}})
}

// callOff ends a flight that nobody wants any more. It reports its end all the same.
func (f *flight) callOff() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unwanted = true
	if f.cancel != nil {
		f.cancel()
	}
}

// release frees what the context holds.
func (f *flight) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel != nil {
		f.cancel()
	}
}

// Done implements [context.Context].
func (f *flight) Done() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.own == nil {
		f.own, f.cancel = context.WithCancel(f.Context)
		if f.unwanted {
			f.cancel()
		}
	}
	return f.own.Done()
}

// Err implements [context.Context].
func (f *flight) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.own != nil:
		return f.own.Err()
	case f.unwanted:
		return context.Canceled
	}
	return f.Context.Err()
}

// Value implements [context.Context]. It leads package context to the context behind Done, which then need not start a
// goroutine for each context that is derived from this one.
func (f *flight) Value(key any) any {
	if tool.IsKey(key) {
		return tool.Call(f)
	}
	f.mu.Lock()
	under := f.own
	f.mu.Unlock()
	if under == nil {
		under = f.Context
	}
	return under.Value(key)
}
