package local

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/value"
)

// DocumentError says that a conversation began with another document than the one at hand.
type DocumentError struct {
	ID string
	// Began and Given are the hashes of the two.
	Began, Given string
}

// Error implements error.
func (e *DocumentError) Error() string {
	return fmt.Sprintf("conversation %s began with another document, or with another version of this one (%.12s, not %.12s); "+
		"go on with the document that the store keeps for it", e.ID, e.Began, e.Given)
}

// Open takes up a conversation from the store of the host: from the newest state that can be used and the records after
// it. What was in flight when its last process ended is performed again when it runs, with the same idempotency keys.
func (h *Host) Open(ctx context.Context, id string) (*Conversation, error) {
	c := &Conversation{id: id, host: h}
	c.journal = h.journal(c)
	if c.journal == nil {
		return nil, errors.New("the host has no store")
	}
	if err := c.load(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// refresh reads a conversation again that somebody else went on with.
func (c *Conversation) refresh(ctx context.Context) error {
	if c.journal == nil || !c.journal.stale {
		return nil
	}
	return c.load(ctx)
}

// known returns what the store knows of a conversation, which must be one of the document of the host.
func (h *Host) known(ctx context.Context, id string) (store.Conversation, error) {
	head, err := h.opts.Store.Conversation(ctx, id)
	if err != nil {
		return head, err
	}
	if given := h.opts.Document.Hash; head.Document != given {
		return head, &DocumentError{ID: id, Began: head.Document, Given: given}
	}
	return head, nil
}

// load reads the conversation from the store.
func (c *Conversation) load(ctx context.Context) error {
	head, err := c.host.known(ctx, c.id)
	if err != nil {
		return err
	}
	m, after, size, err := c.host.state(ctx, c.id)
	if err != nil {
		return err
	}
	records, err := c.host.opts.Store.Records(ctx, c.id, after, 0)
	if err != nil {
		return err
	}
	replayed := &Conversation{id: c.id, host: c.host}
	since := 0
	for _, r := range records {
		if err := replayed.replay(m, r); err != nil {
			return err
		}
		since += len(r.Data)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.machine, c.kept, c.first = m, replayed.kept, nil
	*c.journal = journal{
		store: c.journal.store, conv: c, by: c.journal.by, seq: after + int64(len(records)), status: head.Status,
		since: len(records), size: since, stateSize: size,
	}
	return nil
}

// state returns the machine as it was stored last, and after which record that was: a new one if there is no state that can
// be used, since the journal is whole all the same.
func (h *Host) state(ctx context.Context, id string) (m *engine.Machine, after int64, size int, err error) {
	state, after, err := h.opts.Store.State(ctx, id)
	if _, damaged := errors.AsType[*store.CorruptError](err); err != nil && !damaged {
		return nil, 0, 0, err
	}
	if err == nil && state != nil {
		if m, err := engine.Load(h.prog, state, h.opts.Limits); err == nil {
			return m, after, len(state), nil
		}
	}
	return engine.New(h.prog, h.opts.Limits), 0, 0, nil
}

// replay takes a record that was written before.
func (c *Conversation) replay(m *engine.Machine, r store.Record) error {
	ev, err := engine.DecodeEvent(r.Data)
	if err != nil {
		return c.replayError(r, err)
	}
	if a, ok := ev.(engine.Answer); ok {
		if _, err := c.takeAnswer(m, a); err != nil {
			return c.replayError(r, &engine.ReplayError{Problem: err.Error()})
		}
		return nil
	}
	if _, err := m.Replay(ev); err != nil {
		return c.replayError(r, err)
	}
	if _, ok := ev.(engine.Retry); ok {
		c.takeKept(m)
	}
	return nil
}

func (c *Conversation) replayError(r store.Record, err error) error {
	return fmt.Errorf("conversation %s, record %d: %w", c.id, r.Seq, err)
}

// History runs a conversation of the store once more, from its beginning, without performing anything, and yields what
// happened, with the times of the records. It checks that the machine asks for what the journal has results of; the last
// error is an [*engine.ReplayError] if it does not. It stops after the record with the number at; 0 means at the end.
func (h *Host) History(ctx context.Context, id string, at int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		_, err := h.replayAll(ctx, id, at, func(ev Event) bool { return yield(ev, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(Event{}, err)
		}
	}
}

// replayAll replays a journal up to a record, and tells what happens.
func (h *Host) replayAll(ctx context.Context, id string, at int64, tell func(Event) bool) (*Conversation, error) {
	if _, err := h.known(ctx, id); err != nil {
		return nil, err
	}
	records, err := h.opts.Store.Records(ctx, id, 0, int(at))
	if err != nil {
		return nil, err
	}
	c := &Conversation{id: id, host: h, machine: engine.New(h.prog, h.opts.Limits)}
	var notes []engine.Note
	c.machine.Observe(func(n engine.Note) { notes = append(notes, n) })
	c.machine.Perform(func(e *engine.Effect) { notes = append(notes, engine.EffectStarted{Place: e.Place(), Effect: e}) })
	for _, r := range records {
		if done, ok := finished(c.machine, r); ok {
			notes = append(notes, done)
		}
		err := c.replay(c.machine, r)
		for _, n := range notes {
			if !tell(Event{Time: r.Time, Record: r.Seq, Note: n}) {
				return nil, errStopped
			}
		}
		notes = notes[:0]
		if err != nil {
			return nil, err
		}
	}
	c.machine.Observe(nil)
	c.machine.Perform(nil)
	return c, nil
}

// finished is the note of a record that has the result of an effect.
func finished(m *engine.Machine, r store.Record) (engine.Note, bool) {
	ev, err := engine.DecodeEvent(r.Data)
	if err != nil {
		return nil, false
	}
	done, ok := ev.(engine.EffectDone)
	if !ok {
		return nil, false
	}
	for _, e := range m.Pending() {
		if e.ID == done.ID {
			return engine.EffectFinished{Place: e.Place(), Effect: e, Result: done.Result}, true
		}
	}
	return nil, false
}

// At replays a conversation up to the record with the number at, 0 for all, and returns it as it stood then. It is for
// looking at: it is not written to the store, and must not run.
func (h *Host) At(ctx context.Context, id string, at int64) (*Conversation, error) {
	return h.replayAll(ctx, id, at, func(Event) bool { return true })
}

// Fork makes a new conversation of the first records of another, up to the record with the number at, or all if that is
// 0. It goes on by itself: what was in flight then is performed again, with idempotency keys of its own. Variables are
// changed before that.
func (h *Host) Fork(ctx context.Context, id string, at int64, forkID string, variables *value.Object) (*Conversation, error) {
	past, err := h.At(ctx, id, at)
	if err != nil {
		return nil, err
	}
	records, err := h.opts.Store.Records(ctx, id, 0, int(at))
	if err != nil {
		return nil, err
	}
	if at > int64(len(records)) || at < 0 || len(records) == 0 {
		return nil, fmt.Errorf("conversation %s has no record %d; it has %d", id, at, len(records))
	}
	now := h.opts.Now()
	made := store.Conversation{
		ID: forkID, Component: h.opts.Document.Component, Document: h.opts.Document.Hash, ForkOf: id, ForkAt: int64(len(records)),
	}
	if variables.Len() > 0 {
		set := engine.Set{Variables: variables}
		if _, err := past.machine.Advance(set); err != nil {
			return nil, err
		}
		data, err := engine.EncodeEvent(set)
		if err != nil {
			return nil, err
		}
		records = append(records, store.Record{Time: now, Data: data})
	}
	w := store.Write{Records: records, Time: now}
	w.Status, w.WaitingFor = standing(past.machine)
	if err := h.opts.Store.Create(ctx, made, w); err != nil {
		return nil, err
	}
	return h.Open(ctx, forkID)
}
