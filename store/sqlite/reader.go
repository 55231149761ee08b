package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/wayflow-go/wayflow/store"
)

// reading reports whether the store is open.
func (s *Store) reading() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	return nil
}

const columns = "number, id, component, document, fork_of, fork_at, status, waiting_for, created, updated, seq, lease_by, lease_until"

func scan(row interface{ Scan(into ...any) error }) (c store.Conversation, number int64, err error) {
	var status string
	var waiting []byte
	var created, updated, until int64
	err = row.Scan(&number, &c.ID, &c.Component, &c.Document, &c.ForkOf, &c.ForkAt, &status, &waiting,
		&created, &updated, &c.Seq, &c.Lease.By, &until)
	c.Status, c.WaitingFor = store.Status(status), waiting
	c.Created, c.Updated = fromMicro(created), fromMicro(updated)
	if c.Lease.By != "" {
		c.Lease.Until = fromMicro(until)
	}
	return c, number, err
}

// Conversation implements [store.Store].
func (s *Store) Conversation(ctx context.Context, id string) (store.Conversation, error) {
	c, _, err := s.find(ctx, id)
	return c, err
}

func (s *Store) find(ctx context.Context, id string) (c store.Conversation, number int64, err error) {
	if err := s.reading(); err != nil {
		return c, 0, err
	}
	c, number, err = scan(s.read.QueryRowContext(ctx, "SELECT "+columns+" FROM conversations WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, 0, &store.NotFoundError{ID: id}
	}
	return c, number, failure(err)
}

// Records implements [store.Store].
func (s *Store) Records(ctx context.Context, id string, after int64, limit int) ([]store.Record, error) {
	_, number, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = -1
	}
	rows, err := s.read.QueryContext(ctx, `SELECT r.seq, r.time, coalesce(r.data, a.data)
		FROM records r LEFT JOIN aside a ON r.data IS NULL AND a.conversation = r.conversation AND a.seq = r.seq
		WHERE r.conversation = ? AND r.seq > ? ORDER BY r.seq LIMIT ?`, number, after, limit)
	if err != nil {
		return nil, failure(err)
	}
	defer rows.Close()
	var records []store.Record
	for rows.Next() {
		var r store.Record
		var micros int64
		var data sql.RawBytes
		if err := rows.Scan(&r.Seq, &micros, &data); err != nil {
			return nil, failure(err)
		}
		r.Time = fromMicro(micros)
		opened, err := s.sealer.OpenAt(store.RecordPlace(id, r.Seq), data)
		if err != nil {
			return nil, err
		}
		r.Data = append(make([]byte, 0, len(opened)), opened...) // what was opened may lie in the row
		records = append(records, r)
	}
	return records, failure(rows.Err())
}

// State implements [store.Store].
func (s *Store) State(ctx context.Context, id string) (state []byte, seq int64, err error) {
	_, number, err := s.find(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	var data []byte
	err = s.read.QueryRowContext(ctx, "SELECT seq, data FROM states WHERE conversation = ?", number).Scan(&seq, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, failure(err)
	}
	state, err = s.sealer.OpenAt(store.StatePlace(id, seq), data)
	return state, seq, err
}

// Document implements [store.Store].
func (s *Store) Document(ctx context.Context, hash string) ([]byte, error) {
	if err := s.reading(); err != nil {
		return nil, err
	}
	var data []byte
	err := s.read.QueryRowContext(ctx, "SELECT data FROM documents WHERE hash = ?", hash).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &store.NoDocumentError{Hash: hash}
	}
	if err != nil {
		return nil, failure(err)
	}
	return s.sealer.OpenAt(store.DocumentPlace(hash), data)
}

// List implements [store.Store].
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	var page store.Page
	below, err := store.ParseCursor(q.After)
	if err != nil {
		return page, err
	}
	if err := s.reading(); err != nil {
		return page, err
	}
	where, args := []string{"number < ?"}, []any{below}
	if q.Status != "" {
		where, args = append(where, "status = ?"), append(args, string(q.Status))
	}
	if q.Component != "" {
		where, args = append(where, "component = ?"), append(args, q.Component)
	}
	if !q.UpdatedBefore.IsZero() {
		where, args = append(where, "updated < ?"), append(args, q.UpdatedBefore.UnixMicro())
	}
	limit := q.Size()
	rows, err := s.read.QueryContext(ctx, "SELECT "+columns+" FROM conversations WHERE "+strings.Join(where, " AND ")+
		" ORDER BY number DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return page, failure(err)
	}
	defer rows.Close()
	var last int64
	for rows.Next() {
		c, number, err := scan(rows)
		if err != nil {
			return page, failure(err)
		}
		if len(page.Conversations) == limit {
			page.Next = store.Cursor(last)
			break
		}
		page.Conversations = append(page.Conversations, c)
		last = number
	}
	return page, failure(rows.Err())
}
