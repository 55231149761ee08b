package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/wayflow-go/wayflow/store"
)

// job is something to be written, together with others.
type job struct {
	// do writes it. A [refusal] means that it did nothing.
	do   func(w *writer) error
	done chan error
}

// refusal is the error of a job that may not be done; it does not concern the others.
type refusal struct{ error }

// do has the writer do something, and returns when that is safe on the disk.
func (s *Store) do(ctx context.Context, do func(w *writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return store.ErrClosed
	}
	j := &job{do: do, done: make(chan error, 1)}
	s.jobs <- j
	s.mu.RUnlock()
	return <-j.done
}

// writer writes, from one goroutine.
type writer struct {
	conn *sql.Conn

	create, update, find, insert, aside, state *sql.Stmt
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn}
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&w.create, `INSERT INTO conversations (id, component, document, fork_of, fork_at, created, updated, status, waiting_for, seq, lease_by, lease_until)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11
			WHERE EXISTS (SELECT 1 FROM documents WHERE hash = ?3) ON CONFLICT (id) DO NOTHING`},
		{&w.update, `UPDATE conversations SET seq = seq + ?3, updated = ?4, status = ?5, waiting_for = ?6, lease_by = ?7, lease_until = ?8
			WHERE id = ?1 AND seq = ?2 AND (lease_by IN ('', ?9, ?10) OR lease_until <= ?4) RETURNING number`},
		{&w.find, `SELECT seq, lease_by, lease_until FROM conversations WHERE id = ?`},
		{&w.insert, `INSERT INTO records (conversation, seq, time, data) VALUES (?, ?, ?, ?)`},
		{&w.aside, `INSERT INTO aside (conversation, seq, data) VALUES (?, ?, ?)`},
		{&w.state, `INSERT OR REPLACE INTO states (conversation, seq, data) VALUES (?, ?, ?)`},
	} {
		if *p.stmt, err = conn.PrepareContext(ctx, p.text); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// maxBatch is how many jobs are done together.
const maxBatch = 256

// run does the jobs, until there are no more to come.
func (w *writer) run(jobs <-chan *job) {
	defer w.conn.Close()
	var batch []*job
	for j := range jobs {
		batch = append(batch[:0], j)
		for more := true; more && len(batch) < maxBatch; {
			select {
			case j, ok := <-jobs:
				if more = ok; ok {
					batch = append(batch, j)
				}
			default:
				more = false
			}
		}
		w.together(batch)
	}
}

// together does jobs in one transaction. If one of them breaks it, each gets one of its own.
func (w *writer) together(batch []*job) {
	errs, err := w.transaction(batch)
	if err != nil && len(batch) > 1 {
		for i := range batch {
			w.together(batch[i : i+1])
		}
		return
	}
	for i, j := range batch {
		if err != nil {
			j.done <- failure(err)
			continue
		}
		j.done <- errs[i]
	}
}

// transaction does jobs together, and returns which were refused, or why none was done.
func (w *writer) transaction(batch []*job) (refused []error, err error) {
	ctx := context.Background() // a write that has begun is finished
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	refused = make([]error, len(batch))
	for i, j := range batch {
		err := j.do(w)
		if r, ok := errors.AsType[refusal](err); ok {
			refused[i] = r.error
		} else if err != nil {
			return nil, w.rollback(err)
		}
	}
	if _, err := w.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return nil, w.rollback(err)
	}
	return refused, nil
}

// rollback undoes what a transaction did, if it is not undone already.
func (w *writer) rollback(err error) error {
	_, _ = w.conn.ExecContext(context.Background(), "ROLLBACK")
	return err
}

// sealed is a record as it is stored.
type sealed struct {
	time  int64
	data  []byte
	aside bool
}

// seal prepares what is to be written, before it is the writer's turn.
func (s *Store) seal(id string, w *store.Write) (records []sealed, state []byte) {
	records = make([]sealed, len(w.Records))
	for i, r := range w.Records {
		data := s.sealer.Seal(store.RecordPlace(id, w.After+int64(i)+1), r.Data)
		records[i] = sealed{r.Time.UnixMicro(), data, len(data) >= s.aside}
	}
	if w.State != nil {
		state = s.sealer.Seal(store.StatePlace(id, w.After+int64(len(w.Records))), w.State)
	}
	return records, state
}

// lease returns the columns of the lease after a write.
func lease(w *store.Write) (by string, until int64) {
	if w.For <= 0 {
		return "", 0
	}
	return w.By, w.Time.Add(w.For).UnixMicro()
}

// Create implements [store.Store].
func (s *Store) Create(ctx context.Context, c store.Conversation, write store.Write) error {
	records, state := s.seal(c.ID, &write)
	return s.do(ctx, func(w *writer) error {
		by, until := lease(&write)
		r, err := w.create.Exec(c.ID, c.Component, c.Document, c.ForkOf, c.ForkAt, write.Time.UnixMicro(),
			string(write.Status), nullable(write.WaitingFor), len(records), by, until)
		if err != nil {
			return err
		}
		created, err := r.RowsAffected()
		if err != nil {
			return err
		}
		if created == 0 {
			return w.notCreated(&c)
		}
		number, err := r.LastInsertId()
		if err != nil {
			return err
		}
		return w.put(number, 0, records, state)
	})
}

// notCreated finds out why a conversation was not created.
func (w *writer) notCreated(c *store.Conversation) error {
	var seq int64
	err := w.conn.QueryRowContext(context.Background(), "SELECT seq FROM conversations WHERE id = ?", c.ID).Scan(&seq)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return refusal{&store.NoDocumentError{Hash: c.Document}}
	case err != nil:
		return err
	}
	return refusal{&store.ExistsError{ID: c.ID}}
}

// Append implements [store.Store].
func (s *Store) Append(ctx context.Context, id string, write store.Write) error {
	records, state := s.seal(id, &write)
	return s.do(ctx, func(w *writer) error {
		by, until := lease(&write)
		var number int64
		err := w.update.QueryRow(id, write.After, len(records), write.Time.UnixMicro(), string(write.Status),
			nullable(write.WaitingFor), by, until, write.By, write.From).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return w.notAppended(id, &write)
		}
		if err != nil {
			return err
		}
		return w.put(number, write.After, records, state)
	})
}

// notAppended finds out why nothing was appended.
func (w *writer) notAppended(id string, write *store.Write) error {
	var seq, until int64
	var by string
	err := w.find.QueryRow(id).Scan(&seq, &by, &until)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return refusal{&store.NotFoundError{ID: id}}
	case err != nil:
		return err
	case seq != write.After:
		return refusal{&store.ConflictError{ID: id, After: write.After, Seq: seq}}
	}
	return refusal{&store.LeasedError{ID: id, Lease: store.Lease{By: by, Until: fromMicro(until)}}}
}

// put writes records, and the state after them if there is one.
func (w *writer) put(number, after int64, records []sealed, state []byte) error {
	for _, r := range records {
		after++
		data := r.data
		if r.aside {
			if _, err := w.aside.Exec(number, after, data); err != nil {
				return err
			}
			data = nil
		}
		if _, err := w.insert.Exec(number, after, r.time, data); err != nil {
			return err
		}
	}
	if state == nil {
		return nil
	}
	_, err := w.state.Exec(number, after, state)
	return err
}

// PutDocument implements [store.Store].
func (s *Store) PutDocument(ctx context.Context, hash string, document []byte) error {
	data := s.sealer.Seal(store.DocumentPlace(hash), document)
	return s.do(ctx, func(w *writer) error {
		_, err := w.conn.ExecContext(context.Background(), "INSERT OR IGNORE INTO documents (hash, data) VALUES (?, ?)", hash, data)
		return err
	})
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, ids ...string) error {
	return s.do(ctx, func(w *writer) error {
		for _, id := range ids {
			if err := w.delete(id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *writer) delete(id string) error {
	ctx := context.Background()
	var number int64
	var document string
	err := w.conn.QueryRowContext(ctx, "DELETE FROM conversations WHERE id = ? RETURNING number, document", id).Scan(&number, &document)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, table := range []string{"records", "aside", "states"} {
		if _, err := w.conn.ExecContext(ctx, "DELETE FROM "+table+" WHERE conversation = ?", number); err != nil {
			return err
		}
	}
	_, err = w.conn.ExecContext(ctx,
		"DELETE FROM documents WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM conversations WHERE document = ?1)", document)
	return err
}

// nullable is nil, and not an empty value, for nothing.
func nullable(data []byte) any {
	if data == nil {
		return nil
	}
	return data
}

func fromMicro(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
