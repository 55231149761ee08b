package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/store"
)

// journal writes down what happens to a conversation. The loop of a run owns it.
//
// The machine takes an event first, since that only computes; then the event is written, together with how the
// conversation stands after it; and only then is it acted on: effects start and listeners are told. What could not be
// written waits here for the next run, and what was read by somebody else's hand is read again.
type journal struct {
	store store.Store
	conv  *Conversation
	by    string // the name in leases
	// seq is the number of the last record that was written.
	seq int64
	// records are to be written.
	records []store.Record
	// status is the one that was written last.
	status store.Status
	leased bool
	// stale is true if somebody else went on with the conversation: it is to be read again.
	stale bool
	// doubt is true if a write failed and may have been done all the same.
	doubt bool

	// since counts the records, and size their bytes, since the state was stored, which had stateSize bytes.
	since, size, stateSize int
}

const (
	// leaseTime is how long a process that has died keeps others waiting, if they cannot see that it has.
	leaseTime = 15 * time.Second
	// patience is how long a store may be out of reach before a run gives up.
	patience = 30 * time.Second
	// stateEvery is how many records there are at least between two states.
	stateEvery = 64
)

// journal returns that of a new conversation; nil if the host has no store.
func (h *Host) journal(c *Conversation) *journal {
	if h.opts.Store == nil {
		return nil
	}
	return &journal{store: h.opts.Store, conv: c, by: newHolder()}
}

// add notes an event that is to be written.
func (j *journal) add(at time.Time, data []byte) {
	j.records = append(j.records, store.Record{Time: at, Data: data})
}

// record notes an event that is to be written.
func (c *Conversation) record(ev engine.Event) {
	if c.journal == nil {
		return
	}
	data, err := engine.EncodeEvent(ev)
	if err != nil {
		panic("an event cannot be written: " + err.Error())
	}
	c.journal.add(c.host.opts.Now(), data)
}

// encode prepares the result of a flight to be written, on the goroutine of the flight.
func (f *flight) encode() {
	done := f.done
	done.Digest = f.effect.Digest()
	data, err := engine.EncodeEvent(done)
	if err != nil { // such as data of a tool that no JSON can express
		f.done.Result = failed("RuntimeError", err)
		done.Result = f.done.Result
		data, _ = engine.EncodeEvent(done)
	}
	f.record = data
	// A text that is no UTF-8 is mended when it is written; the machine must see what will be read.
	if bytes.Contains(data, []byte("\ufffd")) || bytes.Contains(data, []byte(`\ufffd`)) {
		if ev, err := engine.DecodeEvent(data); err == nil {
			f.read, f.written = true, ev.(engine.EffectDone).Result
		}
	}
}

// Keep writes the beginning of a conversation to the store of the host, if it has one. It is to be called before the
// conversation runs.
func (c *Conversation) Keep(ctx context.Context) error {
	j := c.journal
	if j == nil || c.first == nil || j.seq > 0 {
		return nil
	}
	data, err := engine.EncodeEvent(c.first)
	if err != nil {
		return err
	}
	// As what comes back from the store, so that it makes no difference which of the two the machine gets.
	read, err := engine.DecodeEvent(data)
	if err != nil {
		return err
	}
	begin, ok := read.(engine.Begin)
	if !ok {
		return errors.New("the conversation was begun elsewhere")
	}
	c.first = &begin
	now := c.host.opts.Now()
	d := c.host.opts.Document
	made := store.Conversation{ID: c.id, Component: d.Component, Document: d.Hash}
	w := store.Write{
		Records: []store.Record{{Time: now, Data: data}}, Time: now, Status: store.Running, By: j.by, For: leaseTime,
	}
	err = j.store.Create(ctx, made, w)
	if _, missing := errors.AsType[*store.NoDocumentError](err); missing {
		if err := j.store.PutDocument(ctx, d.Hash, d.Data); err != nil {
			return err
		}
		err = j.store.Create(ctx, made, w)
	}
	if err != nil {
		return err
	}
	j.seq, j.since, j.size, j.status, j.leased = 1, 1, len(data), store.Running, true
	return nil
}

// write writes what is to be written, if there is anything or always is true. The conversation is leased until it rests.
func (c *Conversation) write(ctx context.Context, always bool) error {
	j := c.journal
	if j == nil || len(j.records) == 0 && !always {
		return nil
	}
	w, err := c.next()
	if err != nil {
		return err
	}
	return j.write(ctx, w)
}

// claim writes what is due when a run begins, and leases the conversation for it.
func (c *Conversation) claim(ctx context.Context) error {
	if c.journal == nil || c.journal.leased && len(c.journal.records) == 0 {
		return nil
	}
	return c.write(ctx, true)
}

// next is what is to be written next.
func (c *Conversation) next() (store.Write, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j := c.journal
	w := store.Write{After: j.seq, Records: j.records, Time: c.host.opts.Now(), By: j.by}
	w.Status, w.WaitingFor = standing(c.machine)
	if w.Status == store.Running {
		w.For = leaseTime
	}
	size := 0
	for _, r := range j.records {
		size += len(r.Data)
	}
	since := j.since + len(j.records)
	// A state costs about as much as the records since the last one: then all states together cost no more than the journal.
	if w.Status != store.Finished && since >= stateEvery && j.size+size >= j.stateSize && len(c.kept) == 0 {
		var err error
		if w.State, err = c.machine.MarshalJSON(); err != nil {
			return w, err
		}
	}
	return w, nil
}

// write has the store write, and waits while it is out of reach.
func (j *journal) write(ctx context.Context, w store.Write) error {
	begun := time.Now()
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		// What has happened is written whatever becomes of the context.
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		err := j.store.Append(bounded, j.conv.id, w)
		if err != nil {
			err = j.settle(bounded, &w, err)
		}
		cancel()
		if err == nil {
			j.written(&w)
			return nil
		}
		if !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) || time.Since(begun) > patience || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// settle finds out what an error of a write means: nil if it was written all the same.
func (j *journal) settle(ctx context.Context, w *store.Write, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		j.doubt = true
		return err
	}
	if leased, ok := errors.AsType[*store.LeasedError](err); ok && w.From == "" && isDead(leased.Lease.By) {
		w.From = leased.Lease.By
		return j.store.Append(ctx, j.conv.id, *w)
	}
	if _, ok := errors.AsType[*store.ConflictError](err); ok && j.doubt && len(w.Records) > 0 {
		there, readErr := j.store.Records(ctx, j.conv.id, w.After, 0)
		if readErr != nil {
			return readErr
		}
		if slices.EqualFunc(there, w.Records, func(a, b store.Record) bool { return bytes.Equal(a.Data, b.Data) }) {
			return nil
		}
	}
	switch {
	case errors.As(err, new(*store.ConflictError)), errors.As(err, new(*store.LeasedError)), errors.As(err, new(*store.NotFoundError)):
		j.stale = true
		j.leased = false
	}
	return err
}

// written notes what was written.
func (j *journal) written(w *store.Write) {
	j.seq += int64(len(w.Records))
	j.since += len(w.Records)
	for _, r := range w.Records {
		j.size += len(r.Data)
	}
	if w.State != nil {
		j.since, j.size, j.stateSize = 0, 0, len(w.State)
	}
	j.records, j.doubt = nil, false
	j.status, j.leased = w.Status, w.For > 0
}

// heartbeat returns a channel that says when the lease is to be renewed; nil without a store.
func (c *Conversation) heartbeat() (beat <-chan time.Time, stop func()) {
	if c.journal == nil {
		return nil, func() {}
	}
	t := time.NewTicker(leaseTime / 3)
	return t.C, t.Stop
}

// leave gives up the lease at the end of a run. If that does not work it runs out by itself.
func (c *Conversation) leave(ctx context.Context) {
	j := c.journal
	if j == nil || !j.leased || j.stale || len(j.records) > 0 {
		return
	}
	w, err := c.next()
	if err != nil {
		return
	}
	w.For = 0
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if j.store.Append(bounded, c.id, w) == nil {
		j.written(&w)
	}
}

// standing says for lists where a conversation stands.
func standing(m *engine.Machine) (status store.Status, waitingFor json.RawMessage) {
	switch m.Status().(type) {
	case engine.Finished:
		status = store.Finished
	case engine.Failed:
		status = store.Failed
	case engine.Waiting:
		status = store.Waiting
	default:
		status = store.Running
	}
	requests := m.Requests()
	if len(requests) == 0 {
		return status, nil
	}
	all := make([]Waited, len(requests))
	for i, r := range requests {
		all[i] = waited(r)
	}
	waitingFor, err := json.Marshal(all)
	if err != nil {
		panic(err) // texts can be written
	}
	return status, waitingFor
}

// Waited is what a store knows of an open request: nothing of what was said.
type Waited struct {
	// ID is what an answer refers to.
	ID string `json:"id"`
	// Kind is "user_message", "tool_result", "tool_confirmation" or "login".
	Kind string `json:"kind"`
	// Path are the names of the nodes that lead to the one that asks, that one last.
	Path []string `json:"path"`
	// Tools are the names of the tools that are to be performed or confirmed.
	Tools []string `json:"tools,omitempty"`
}

func waited(r *engine.Request) Waited {
	w := Waited{ID: r.ID, Path: r.Path}
	switch {
	case r.Auth != nil:
		w.Kind = "login"
	case r.UserMessage != nil:
		w.Kind = "user_message"
	case r.ToolRequests.Confirm:
		w.Kind = "tool_confirmation"
	default:
		w.Kind = "tool_result"
	}
	if r.ToolRequests != nil {
		for i := range r.ToolRequests.Requests {
			w.Tools = append(w.Tools, r.ToolRequests.Requests[i].Name)
		}
	}
	return w
}
