// Package sqlite keeps conversations in an SQLite file, which several processes of one machine may use.
//
// All writes of a process go through one goroutine, which takes together what has come in while it wrote the last time:
// many conversations then share one fsync. Reading does not wait for that.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/wayflow-go/wayflow/store"
)

// Options say how a [Store] works. A nil pointer means defaults.
type Options struct {
	// Keys seal what conversations say; the first one seals, all of them open. Without any it is stored as it is.
	Keys []store.Key
	// Aside is the size in bytes from which a record is compressed and stored apart; default [store.AsideSize].
	Aside int
	// Wait is how long to wait for another process that writes; default 10 seconds.
	Wait time.Duration
}

// Store is a [store.Store] in a file.
type Store struct {
	sealer *store.Sealer
	aside  int
	read   *sql.DB
	write  *sql.DB

	mu     sync.RWMutex // held for writing by Close, for reading by whoever sends to jobs
	closed bool
	jobs   chan *job
	gone   chan struct{} // closed when the writer has ended
}

var _ store.Store = (*Store)(nil)

//go:embed migrations/*.sql
var migrations embed.FS

// Version is the version of the schema that this package writes.
const Version = 1

// Open opens a file, and makes it if it is not there. The error is a [*store.NewerError] if a newer release has written it.
func Open(ctx context.Context, path string, opts *Options) (*Store, error) {
	if opts == nil {
		opts = &Options{}
	}
	s := &Store{
		sealer: store.NewSealer(opts.Keys, opts.Aside), aside: opts.Aside,
		jobs: make(chan *job, 256), gone: make(chan struct{}),
	}
	if s.aside <= 0 {
		s.aside = store.AsideSize
	}
	wait := opts.Wait
	if wait <= 0 {
		wait = 10 * time.Second
	}
	if err := s.open(ctx, path, wait); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, errors.Join(err, s.closeFiles()))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string, wait time.Duration) error {
	// What conversations say is for nobody else; SQLite gives its other files the permissions of this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return store.Unavailable(withoutPath(err))
	}
	if err := f.Close(); err != nil {
		return store.Unavailable(err)
	}
	if s.write, err = sql.Open("sqlite", dsn(path, wait, "synchronous(FULL)", "wal_autocheckpoint(4000)")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetMaxIdleConns(1)
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn(path, wait, "query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(8)
	s.read.SetMaxIdleConns(8)
	w, err := newWriter(ctx, s.write)
	if err != nil {
		return failure(err)
	}
	go func() {
		defer close(s.gone)
		w.run(s.jobs)
	}()
	return nil
}

func withoutPath(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}

func dsn(path string, wait time.Duration, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds())}, pragmas...)}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// migrate brings the schema up to date. A file of a newer release is not written to.
func migrate(ctx context.Context, db *sql.DB) error {
	for trial := 0; ; trial++ {
		version, err := schemaVersion(ctx, db)
		switch {
		case err != nil:
			return err
		case version > Version:
			return &store.NewerError{Version: version, Known: Version}
		case version == Version:
			return nil
		}
		// Another process may be doing the same; then one of the two fails, and finds it done.
		if err := migrateUp(ctx, db); err != nil && trial == 2 {
			return failure(err)
		}
	}
}

// schemaVersion is 0 for a file that is empty.
func schemaVersion(ctx context.Context, db *sql.DB) (int64, error) {
	var tables, ours int
	err := db.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = 'goose_db_version'), 0) FROM sqlite_master WHERE type = 'table'").
		Scan(&tables, &ours)
	switch {
	case err != nil:
		return 0, failure(err)
	case tables == 0:
		return 0, nil
	case ours == 0:
		return 0, errors.New("it is a database of something else")
	}
	var version int64
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version); err != nil {
		return 0, failure(err)
	}
	return version, nil
}

func migrateUp(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.jobs)
	s.mu.Unlock()
	<-s.gone
	return s.closeFiles()
}

func (s *Store) closeFiles() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	return errors.Join(errs...)
}

// failure says what kind of failure an error of the database is.
func failure(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return &store.CorruptError{What: "the database", Err: err}
	case lib.SQLITE_FULL:
		return store.Full(err)
	case lib.SQLITE_IOERR, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PROTOCOL:
		return store.Unavailable(err)
	}
	return err
}
