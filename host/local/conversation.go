package local

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
)

// Conversation is one run of a program. Its methods may be called from any goroutine, and from a loop over its events;
// only one of them runs or changes it at a time.
type Conversation struct {
	id   string
	host *Host

	// turn is held by whoever runs or changes the conversation, all the time.
	turn sync.Mutex
	// mu guards what follows. It is not held while anything is waited for, nor while a listener is told something.
	mu      sync.Mutex
	machine *engine.Machine
	// first is the begin, or what the user says after the end, while that is still to be taken.
	first engine.Event
	// answers are to be taken when the conversation runs next, in the order in which they were given, and kept are those
	// whose requests were withdrawn before they could be.
	answers, kept []engine.Answer
	// journal is nil if the host has no store.
	journal *journal
}

// Event is something that happened in a conversation, and when.
type Event struct {
	Time time.Time
	// Record is the number of the record that led to it, if it comes from a journal; else 0.
	Record int64
	engine.Note
}

// ErrBusy is returned when a conversation is asked for something while it runs.
var ErrBusy = errors.New("the conversation is running; wait until its run has ended")

// ID returns the name of the conversation.
func (c *Conversation) ID() string { return c.id }

// Run goes on with the conversation until it has ended, waits for somebody, or ctx is done. Then, if ctx is what ended
// it, the error wraps an [*InterruptedError], and Run may be called again. A step that failed is the status
// [engine.Failed]; Run again to try the step again.
func (c *Conversation) Run(ctx context.Context) (engine.Status, error) {
	if !c.turn.TryLock() {
		return nil, ErrBusy
	}
	defer c.turn.Unlock()
	return c.run(ctx, nil)
}

// Events runs the conversation as [Conversation.Run] does, and yields what happens while it does. Times do not go back.
// The sequence ends when the run does; ask [Conversation.Status] for the outcome. An error, which is that of Run, comes
// last. Leaving the loop interrupts the run.
func (c *Conversation) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if !c.turn.TryLock() {
			yield(Event{}, ErrBusy)
			return
		}
		defer c.turn.Unlock()
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		going := true
		_, err := c.run(ctx, func(ev Event) {
			if going && !yield(ev, nil) {
				going = false
				stop(errStopped)
			}
		})
		if err != nil && going {
			yield(Event{}, err)
		}
	}
}

var errStopped = errors.New("the reader of the events has gone")

// InterruptedError says that the context ended a run before the conversation came to rest.
type InterruptedError struct{ Cause error }

// Error implements error.
func (e *InterruptedError) Error() string { return fmt.Sprintf("interrupted: %v", e.Cause) }

// Unwrap returns the cause of the context's end.
func (e *InterruptedError) Unwrap() error { return e.Cause }

// Status says where the conversation stands, also while it runs.
func (c *Conversation) Status() engine.Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Status()
}

// Messages returns the messages so far, also while the conversation runs. The slice must not be changed.
func (c *Conversation) Messages() []message.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Messages()
}

// Requests returns the open requests that no answer was given to yet, in document order, also while the conversation
// runs. They must not be changed.
func (c *Conversation) Requests() []*engine.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(c.machine.Requests(), func(r *engine.Request) bool { return c.answered(r.ID) })
}

// answered reports whether there is an answer to a request that is still to be taken.
func (c *Conversation) answered(id string) bool {
	is := func(a engine.Answer) bool { return a.ID == id }
	return slices.ContainsFunc(c.answers, is) || slices.ContainsFunc(c.kept, is)
}

// Answer answers an open request; the conversation goes on when it runs next. Several requests may be answered before
// that, in any order. The error is an [*engine.StateError] if no such request is open or the answer does not fit it.
func (c *Conversation) Answer(a engine.Answer) error {
	if !c.turn.TryLock() {
		return ErrBusy
	}
	defer c.turn.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answered(a.ID) {
		return &engine.StateError{Problem: fmt.Sprintf("request %q was answered already; run the conversation", a.ID)}
	}
	if err := c.machine.CheckAnswer(a); err != nil {
		return err
	}
	c.answers = append(c.answers, a)
	return nil
}

// Say tells an agent or a team that has finished something more; the conversation goes on when it runs next. The error is
// an [*engine.StateError] if it has not finished, or is a flow.
func (c *Conversation) Say(msg message.Message) error {
	if !c.turn.TryLock() {
		return ErrBusy
	}
	defer c.turn.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	say := engine.Say{Message: msg}
	if c.first != nil {
		return &engine.StateError{Problem: "the conversation has to run before it can be told more"}
	}
	if err := c.machine.CheckSay(say); err != nil {
		return err
	}
	c.first = say
	return nil
}

// Usage says what the conversation took so far, also while it runs.
func (c *Conversation) Usage() engine.Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Usage()
}

// Budget returns what the conversation may take. It must not be changed.
func (c *Conversation) Budget() engine.Budget {
	c.mu.Lock()
	defer c.mu.Unlock()
	if begin, ok := c.first.(*engine.Begin); ok {
		return begin.Budget
	}
	return c.machine.Budget()
}

// SetBudget replaces what the conversation may take; what was held back and is allowed now goes on when it runs next. The
// error is an [*engine.StateError] if the budget does not fit the program.
func (c *Conversation) SetBudget(b engine.Budget) error {
	if !c.turn.TryLock() {
		return ErrBusy
	}
	defer c.turn.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if begin, ok := c.first.(*engine.Begin); ok {
		if err := b.Check(c.host.prog); err != nil {
			return err
		}
		begin.Budget = b
		return nil
	}
	set := engine.SetBudget{Budget: b}
	_, err := c.machine.Advance(set)
	if err == nil {
		c.record(set)
	}
	return err
}

// Snapshot returns the whole state as JSON, for [Host.Resume]. An answer that was given since the last run is not in it
// yet.
func (c *Conversation) Snapshot() ([]byte, error) {
	if !c.turn.TryLock() {
		return nil, ErrBusy
	}
	defer c.turn.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.MarshalJSON()
}
