package local

import (
	"context"
	"errors"
	"slices"
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
	// effects are to be started, and cancels to be called off, once what led to them is written down.
	effects, cancels []*engine.Effect
	// draining is true if nothing new begins, while what is in flight may end.
	draining bool

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

var errReadOnly = errors.New("the host only reads; conversations do not run in it")

func (c *Conversation) run(ctx context.Context, listen func(Event)) (engine.Status, error) {
	if c.host.opts.ReadOnly {
		return nil, errReadOnly
	}
	if err := c.refresh(ctx); err != nil {
		return nil, err
	}
	if err := c.Keep(ctx); err != nil {
		return nil, err
	}
	r := &run{host: c.host, conv: c, listen: listen, wake: make(chan struct{}, 1)}
	under := ctx
	if c.host.opts.Drain > 0 { // what is in flight may go on for a while when ctx has ended
		under = context.WithoutCancel(ctx)
	}
	r.ctx, r.stop = context.WithCancelCause(under)
	defer r.stop(nil)
	if listen != nil {
		c.machine.Observe(r.note)
		defer c.machine.Observe(nil)
	} else if c.journal == nil && !c.host.asks { // nothing is to be written down or told before effects start
		c.machine.Perform(r.start)
		defer c.machine.Perform(nil)
	}
	if c.Budget().Time > 0 {
		r.told = time.Now()
	}
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	status, err := r.loop(ctx)
	c.leave(ctx)
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
func (r *run) begin(ctx context.Context) error {
	given := r.conv.answers
	pending, cancels, err := r.conv.begin()
	if err != nil {
		return err
	}
	if err := r.conv.claim(ctx); err != nil {
		if r.conv.journal.stale { // they are for the conversation as it is read again
			r.conv.answers = given
		}
		return err
	}
	r.tell()
	r.callOff(cancels)
	if len(pending) > len(r.flights) {
		return r.takeUp(ctx, pending)
	}
	return nil
}

// takeUp starts those of the pending effects that are not in flight.
func (r *run) takeUp(ctx context.Context, pending []*engine.Effect) error {
	flying := make(map[*engine.Effect]bool, len(r.flights))
	for _, f := range r.flights {
		flying[f.effect] = true
	}
	for _, e := range pending {
		if !flying[e] {
			r.effects = append(r.effects, e)
		}
	}
	return r.act(ctx)
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
		if _, begins := due.(*engine.Begin); !begins { // what begins it was written down when it was made
			c.record(due)
		}
		cancels = append(cancels, out.Cancels...)
		cancels = append(cancels, c.takeKept(c.machine)...)
	}
	c.first = nil
	given := c.answers
	c.answers = nil
	for _, a := range given {
		called, err := c.takeAnswer(c.machine, a)
		if err == nil {
			c.record(a)
		}
		cancels = append(cancels, called...)
	}
	return c.machine.Pending(), cancels, nil
}

// takeAnswer hands the machine an answer. One whose request was withdrawn, because what came of another answer failed, is
// kept until that is tried again; one to what has been dropped altogether is an error. It returns the effects that were
// called off meanwhile.
func (c *Conversation) takeAnswer(m *engine.Machine, a engine.Answer) ([]*engine.Effect, error) {
	out, err := m.Advance(a)
	if err != nil && m.Withdrawn(a.ID) {
		c.kept = append(c.kept, a)
		return nil, nil
	}
	return slices.Clone(out.Cancels), err
}

// takeKept hands the machine the answers that were kept, after a retry.
func (c *Conversation) takeKept(m *engine.Machine) (cancels []*engine.Effect) {
	kept := c.kept
	c.kept = nil
	for _, a := range kept {
		called, _ := c.takeAnswer(m, a) // nobody waits any more for one that is refused now
		cancels = append(cancels, called...)
	}
	return cancels
}

// loop runs until nothing is in flight.
func (r *run) loop(ctx context.Context) (engine.Status, error) {
	var failed error
	ended := ctx.Done()
	var drained <-chan time.Time
	beat, stopBeat := r.conv.heartbeat()
	defer stopBeat()
	for len(r.flights) > 0 {
		var err error
		select {
		case <-r.wake:
			r.elapse()
			err = r.takeAll(ctx, r.collect())
		case <-ended:
			ended = nil
			if drain := r.host.opts.Drain; drain > 0 && r.ctx.Err() == nil {
				r.draining = true
				timer := time.NewTimer(drain)
				defer timer.Stop()
				drained = timer.C
				continue
			}
			r.stop(context.Cause(ctx))
		case <-drained:
			r.stop(context.Cause(ctx))
		case <-beat:
			err = r.conv.write(ctx, true)
		}
		if err != nil && failed == nil {
			failed = err
			r.stop(err)
		}
	}
	status := r.conv.Status()
	if failed != nil {
		return status, failed
	}
	if _, running := status.(engine.Running); running {
		cause := context.Cause(r.ctx)
		if cause == nil {
			cause = context.Cause(ctx)
		}
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
	r.conv.elapse(engine.Elapsed{Time: now.Sub(r.told)})
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

// takeAll takes what has been reported: all of it is written down at once, and then acted on.
func (r *run) takeAll(ctx context.Context, reports []report) error {
	for _, rep := range reports {
		if rep.note != nil {
			r.note(rep.note)
		}
		if rep.ended != nil {
			r.land(rep.ended)
		}
	}
	err := r.conv.write(ctx, false)
	r.tell()
	if err != nil {
		r.effects, r.cancels = nil, nil // they stay pending
		return err
	}
	return r.act(ctx)
}

// land hands the result of a flight to the machine.
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
	out := r.conv.advance(f)
	r.cancels = append(r.cancels, out.Cancels...)
	r.effects = append(r.effects, out.Effects...)
}

// act calls off what is not wanted any more, and starts what is.
func (r *run) act(ctx context.Context) error {
	r.callOff(r.cancels)
	r.cancels = r.cancels[:0]
	effects := r.effects
	r.effects = nil
	if r.host.asks {
		var err error
		if effects, err = r.conv.ask(ctx, effects, r.stopping()); err != nil {
			return err
		}
		r.tell()
	}
	for _, e := range effects {
		if r.conv.machine.Wants(e) {
			r.start(e)
		}
	}
	if r.effects == nil {
		r.effects = effects[:0]
	}
	return nil
}

// elapse hands the machine the time that has passed, which it always takes.
func (c *Conversation) elapse(ev engine.Elapsed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.machine.Advance(ev); err == nil {
		c.record(ev)
	}
}

// advance hands the machine the result of a flight, and notes that it is to be written down.
func (c *Conversation) advance(f *flight) engine.Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.journal != nil {
		if !c.machine.Wants(f.effect) {
			return engine.Outcome{}
		}
		if f.read { // what was written down is not quite what there was
			f.done.Result = f.written
		}
		c.journal.add(c.host.opts.Now(), f.record)
	}
	out, err := c.machine.Advance(&f.done)
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
	if r.stopping() {
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

// stopping reports whether nothing new is to begin.
func (r *run) stopping() bool { return r.draining || r.ctx.Err() != nil }

// errGone is what becomes of an effect whose goroutine was ended from inside ([runtime.Goexit]).
var errGone = errors.New("the goroutine of the call has ended without a result")

// fly performs an effect, and reports its end.
func (r *run) fly(f *flight) {
	defer func() {
		f.release()
		if !f.ended {
			f.done.Result = failed(tool.RuntimeError, errGone)
		}
		if r.conv.journal != nil && !f.broken {
			f.encode()
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
func (r *run) note(n engine.Note) { r.notes = append(r.notes, Event{Time: r.host.opts.Now(), Note: n}) }

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
