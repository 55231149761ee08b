// Package memory keeps conversations in memory, as long as the process lives.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow/store"
)

// Store is a [store.Store] in memory.
type Store struct {
	mu            sync.Mutex // guards what follows
	conversations map[string]*conversation
	documents     map[string][]byte
	last          int64 // the number of the newest conversation
	closed        bool
}

type conversation struct {
	store.Conversation
	number   int64
	records  []store.Record
	state    []byte
	stateSeq int64
}

// New returns an empty store.
func New() *Store {
	return &Store{conversations: map[string]*conversation{}, documents: map[string][]byte{}}
}

var _ store.Store = (*Store)(nil)

// lock waits for its turn. Unlock s.mu if there is no error.
func (s *Store) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

// Create implements [store.Store].
func (s *Store) Create(ctx context.Context, c store.Conversation, w store.Write) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.conversations[c.ID] != nil {
		return &store.ExistsError{ID: c.ID}
	}
	if s.documents[c.Document] == nil {
		return &store.NoDocumentError{Hash: c.Document}
	}
	c.Created = w.Time.UTC().Truncate(time.Microsecond)
	c.Seq, c.Lease = 0, store.Lease{}
	s.last++
	added := &conversation{Conversation: c, number: s.last}
	added.write(w)
	s.conversations[c.ID] = added
	return nil
}

// Append implements [store.Store].
func (s *Store) Append(ctx context.Context, id string, w store.Write) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	c := s.conversations[id]
	switch {
	case c == nil:
		return &store.NotFoundError{ID: id}
	case c.Seq != w.After:
		return &store.ConflictError{ID: id, After: w.After, Seq: c.Seq}
	case c.Lease.By != w.From && c.Lease.Held(w.By, w.Time):
		return &store.LeasedError{ID: id, Lease: c.Lease}
	}
	c.write(w)
	return nil
}

func (c *conversation) write(w store.Write) {
	for _, r := range w.Records {
		c.Seq++
		c.records = append(c.records, store.Record{
			Seq: c.Seq, Time: r.Time.UTC().Truncate(time.Microsecond), Data: bytes.Clone(r.Data),
		})
	}
	c.Status, c.WaitingFor, c.Updated = w.Status, bytes.Clone(w.WaitingFor), w.Time.UTC().Truncate(time.Microsecond)
	c.Lease = store.Lease{}
	if w.For > 0 {
		c.Lease = store.Lease{By: w.By, Until: w.Time.Add(w.For).UTC().Truncate(time.Microsecond)}
	}
	if w.State != nil {
		c.state, c.stateSeq = bytes.Clone(w.State), c.Seq
	}
}

func (s *Store) find(id string) (*conversation, error) {
	if c := s.conversations[id]; c != nil {
		return c, nil
	}
	return nil, &store.NotFoundError{ID: id}
}

// Conversation implements [store.Store].
func (s *Store) Conversation(ctx context.Context, id string) (store.Conversation, error) {
	if err := s.lock(ctx); err != nil {
		return store.Conversation{}, err
	}
	defer s.mu.Unlock()
	c, err := s.find(id)
	if err != nil {
		return store.Conversation{}, err
	}
	return c.Conversation, nil
}

// Records implements [store.Store].
func (s *Store) Records(ctx context.Context, id string, after int64, limit int) ([]store.Record, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	c, err := s.find(id)
	if err != nil {
		return nil, err
	}
	records := slices.Clone(c.records[min(max(after, 0), int64(len(c.records))):])
	if limit > 0 && len(records) > limit {
		records = records[:limit]
	}
	return records, nil
}

// State implements [store.Store].
func (s *Store) State(ctx context.Context, id string) (state []byte, seq int64, err error) {
	if err := s.lock(ctx); err != nil {
		return nil, 0, err
	}
	defer s.mu.Unlock()
	c, err := s.find(id)
	if err != nil {
		return nil, 0, err
	}
	return c.state, c.stateSeq, nil
}

// List implements [store.Store].
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	before, err := store.ParseCursor(q.After)
	if err != nil {
		return store.Page{}, err
	}
	if err := s.lock(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.mu.Unlock()
	var all []*conversation
	for _, c := range s.conversations {
		switch {
		case q.Status != "" && q.Status != c.Status,
			q.Component != "" && q.Component != c.Component,
			!q.UpdatedBefore.IsZero() && !c.Updated.Before(q.UpdatedBefore),
			c.number >= before:
			continue
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *conversation) int { return cmp.Compare(b.number, a.number) })
	var page store.Page
	if limit := q.Size(); len(all) > limit {
		all = all[:limit]
		page.Next = store.Cursor(all[limit-1].number)
	}
	for _, c := range all {
		page.Conversations = append(page.Conversations, c.Conversation)
	}
	return page, nil
}

// PutDocument implements [store.Store].
func (s *Store) PutDocument(ctx context.Context, hash string, document []byte) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.documents[hash] == nil {
		s.documents[hash] = append([]byte{}, document...)
	}
	return nil
}

// Document implements [store.Store].
func (s *Store) Document(ctx context.Context, hash string) ([]byte, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if d := s.documents[hash]; d != nil {
		return bytes.Clone(d), nil
	}
	return nil, &store.NoDocumentError{Hash: hash}
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, ids ...string) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	unused := map[string]bool{}
	for _, id := range ids {
		if c := s.conversations[id]; c != nil {
			unused[c.Document] = true
			delete(s.conversations, id)
		}
	}
	for _, c := range s.conversations {
		delete(unused, c.Document)
	}
	for hash := range unused {
		delete(s.documents, hash)
	}
	return nil
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
