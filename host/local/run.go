package local

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/replay"
	"github.com/wayflow-go/wayflow/tool"
)

// run is one run of a conversation: the loop that hands results to the machine, and the goroutines that get them. Only
// the loop touches its fields, besides those that have a lock.
type run struct {
	host *Host
	conv *Conversation
	// listen is told what happens, if somebody wants to know; notes are what it was not told yet.
	listen func(Event)
	notes  []Event
	// ctx is what all effects of this run are under.
	ctx  context.Context
	stop context.CancelCauseFunc
	// bounded ends when effects that start before renew have had their time, see [run.deadline].
	bounded context.Context
	renew   time.Time
	release context.CancelFunc
	// told is up to when the machine knows how long the run takes; zero if its budget does not bound that.
	told time.Time
	// flights are the effects being performed, in no order.
	flights []*flight

	mu    sync.Mutex // guards inbox
	inbox []report
	// wake has room for one: it is full when there is something in the inbox.
	wake  chan struct{}
	spare []report
}

// report is what a goroutine tells the loop: that a flight has ended, or that something happened in it.
type report struct {
	ended *flight
	note  engine.Note
}

func (c *Conversation) run(ctx context.Context, listen func(Event)) (engine.Status, error) {
	r := &run{host: c.host, conv: c, listen: listen, wake: make(chan struct{}, 1)}
	r.ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	if listen != nil {
		c.machine.Observe(r.note)
		defer c.machine.Observe(nil)
	} else { // a listener is told of effects with no lock held, so then they start between events
		c.machine.Perform(r.start)
		defer c.machine.Perform(nil)
	}
	if c.Budget().Time > 0 {
		r.told = time.Now()
	}
	if err := r.begin(); err != nil {
		return nil, err
	}
	status, err := r.loop(ctx)
	if _, finished := status.(engine.Finished); finished {
		c.Release()
	}
	return status, err
}

// Release ends what the conversation keeps open outside: sessions with MCP servers, and the logins there. It is called
// by itself when the conversation has finished. A conversation may go on afterwards.
func (c *Conversation) Release() {
	if c.host.opts.MCP != nil {
		c.host.opts.MCP.Release(c.id)
	}
}

// begin takes the events that are due and takes up what was in flight when the last run ended.
func (r *run) begin() error {
	pending, cancels, err := r.conv.begin()
	if err != nil {
		return err
	}
	r.tell()
	r.callOff(cancels)
	if len(pending) > len(r.flights) {
		r.takeUp(pending)
	}
	return nil
}

// takeUp starts those of the pending effects that are not in flight.
func (r *run) takeUp(pending []*engine.Effect) {
	flying := make(map[*engine.Effect]bool, len(r.flights))
	for _, f := range r.flights {
		flying[f.effect] = true
	}
	for _, e := range pending {
		if !flying[e] {
			r.start(e)
		}
	}
}

// begin takes the events that are due. It returns all effects that are pending, and those that were called off.
func (c *Conversation) begin() (pending, cancels []*engine.Effect, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	due := c.first
	if _, failed := c.machine.Status().(engine.Failed); failed {
		due = engine.Retry{}
	}
	if due != nil {
		out, err := c.machine.Advance(due)
		if err != nil {
			return nil, nil, err
		}
		cancels = append(cancels, out.Cancels...)
	}
	c.first = nil
	cancels = append(cancels, c.takeAnswers()...)
	return c.machine.Pending(), cancels, nil
}

// takeAnswers hands the machine the answers that were given. One whose request was withdrawn, because what came of another
// answer failed, is kept until that is tried again; one to what has been dropped altogether goes with it.
// It returns the effects that were called off meanwhile.
func (c *Conversation) takeAnswers() (cancels []*engine.Effect) {
	var kept []engine.Answer
	for _, a := range c.answers {
		out, err := c.machine.Advance(a)
		if err != nil && c.machine.Withdrawn(a.ID) {
			kept = append(kept, a)
		}
		cancels = append(cancels, out.Cancels...)
	}
	c.answers = kept
	return cancels
}

// loop runs until nothing is in flight.
func (r *run) loop(ctx context.Context) (engine.Status, error) {
	for len(r.flights) > 0 {
		select {
		case <-r.wake:
		case <-ctx.Done():
			r.stop(context.Cause(ctx))
			<-r.wake
		}
		r.elapse()
		for _, rep := range r.collect() {
			r.take(rep)
		}
	}
	status := r.conv.Status()
	if _, running := status.(engine.Running); running {
		cause := context.Cause(r.ctx)
		if wrong, ok := errors.AsType[*replay.MismatchError](cause); ok {
			return status, wrong
		}
		return status, &InterruptedError{cause}
	}
	return status, nil
}

// elapse tells the machine how long the conversation has run, if the budget bounds that.
func (r *run) elapse() {
	if r.told.IsZero() {
		return
	}
	now := time.Now()
	r.conv.advance(engine.Elapsed{Time: now.Sub(r.told)})
	r.told = now
}

// collect empties the inbox.
func (r *run) collect() []report {
	r.mu.Lock()
	defer r.mu.Unlock()
	reports := r.inbox
	r.inbox, r.spare = r.spare[:0], reports
	return reports
}

// send puts a report into the inbox.
func (r *run) send(rep report) {
	r.mu.Lock()
	r.inbox = append(r.inbox, rep)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *run) take(rep report) {
	if rep.note != nil {
		r.note(rep.note)
	}
	if rep.ended != nil {
		r.land(rep.ended)
	}
	r.tell()
}

// land hands the result of a flight to the machine, and starts what follows from it.
func (r *run) land(f *flight) {
	last := len(r.flights) - 1
	r.flights[f.index] = r.flights[last]
	r.flights[f.index].index = f.index
	r.flights[last] = nil
	r.flights = r.flights[:last]
	if f.broken {
		return
	}
	if r.listen != nil {
		r.note(engine.EffectFinished{Place: *f.place, Effect: f.effect, Result: f.done.Result})
	}
	out := r.conv.advance(&f.done)
	r.tell()
	r.callOff(out.Cancels)
	for _, e := range out.Effects {
		r.start(e)
	}
}

// advance hands the machine what happened in a run, which it always takes.
func (c *Conversation) advance(ev engine.Event) engine.Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.machine.Advance(ev)
	if err != nil {
		panic("engine refused what happened in a run: " + err.Error())
	}
	return out
}

// callOff ends the flights of effects that are not wanted any more.
func (r *run) callOff(effects []*engine.Effect) {
	if len(effects) == 0 {
		return
	}
	unwanted := make(map[*engine.Effect]bool, len(effects))
	for _, e := range effects {
		unwanted[e] = true
	}
	for _, f := range r.flights {
		if unwanted[f.effect] {
			f.callOff()
		}
	}
}

// start performs an effect on a goroutine of its own, which reports its end. Nothing new begins once the run is being
// stopped: it stays pending.
func (r *run) start(e *engine.Effect) {
	if r.ctx.Err() != nil {
		return
	}
	f := &flight{run: r, effect: e, done: e.Done(engine.Result{}), index: len(r.flights)}
	r.flights = append(r.flights, f)
	if r.listen != nil || r.host.opts.Tape != nil {
		place := e.Place()
		f.place = &place
	}
	if r.listen != nil {
		r.note(engine.EffectStarted{Place: *f.place, Effect: e})
		r.tell()
	}
	f.Context = r.deadline()
	go r.fly(f)
}

// errGone is what becomes of an effect whose goroutine was ended from inside ([runtime.Goexit]).
var errGone = errors.New("the goroutine of the call has ended without a result")

// fly performs an effect, and reports its end.
func (r *run) fly(f *flight) {
	defer func() {
		f.release()
		if !f.ended {
			f.done.Result = failed(tool.RuntimeError, errGone)
		}
		r.send(report{ended: f})
	}()
	r.perform(f)
	f.ended = true
}

// deadline is the context of an effect that starts now: it ends when the effect has had its time, and up to a hundredth
// more, since effects that start close together share one. (A timer for each costs more than many a tool.)
func (r *run) deadline() context.Context {
	now := time.Now()
	if r.bounded == nil || now.After(r.renew) {
		grace := r.host.opts.Timeout / 100
		r.renew = now.Add(grace)
		// Nobody calls release: each ends at its deadline or, when the run does, with r.ctx.
		r.bounded, r.release = context.WithDeadline(r.ctx, r.renew.Add(r.host.opts.Timeout))
	}
	return r.bounded
}

// note keeps what happened, and when, for [run.tell].
func (r *run) note(n engine.Note) { r.notes = append(r.notes, Event{r.host.opts.Now(), n}) }

// tell tells the listener what it does not know yet. The machine is at rest and no lock is held, so that a listener may
// ask the conversation for what it likes.
func (r *run) tell() {
	if len(r.notes) == 0 {
		return
	}
	notes := r.notes
	r.notes = nil
	for _, n := range notes {
		r.listen(n)
	}
}
