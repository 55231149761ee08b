package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/store/sqlite"
	"github.com/wayflow-go/wayflow/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(tb testing.TB, path string, keys ...store.Key) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), path, &sqlite.Options{Keys: keys})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func file(tb testing.TB) string { return filepath.Join(tb.TempDir(), "a store? of #1%20.db") }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(tb testing.TB) storetest.Place {
		path := file(tb)
		return storetest.Place{Lasting: true, Open: func(tb testing.TB, keys ...store.Key) store.Store { return open(tb, path, keys...) }}
	})
}

// edit runs a statement on the file of a store that is closed.
func edit(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// stored is the file of a store with a conversation of one record and a state.
func stored(t *testing.T, name string) string {
	path := filepath.Join(t.TempDir(), name)
	s := open(t, path)
	storetest.Fill(t, s)
	storetest.Begin(t, s, "c")
	if err := s.Append(t.Context(), "c", store.Write{After: 1, State: []byte("state")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNewerSchemaIsNotTouched(t *testing.T) {
	t.Parallel()
	path := stored(t, "x.db")
	edit(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1000, 1)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), path, nil)
	newer, ok := errors.AsType[*store.NewerError](err)
	if !ok || newer.Version != 1000 || newer.Known != sqlite.Version {
		t.Errorf("Open() = %v, want a *store.NewerError", err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the file was changed")
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	other := filepath.Join(t.TempDir(), "other.db")
	edit(t, other, "CREATE TABLE books (title TEXT)")
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte("This is not a database, but a text which is long enough to have a header of one."), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{other, text, t.TempDir(), filepath.Join(t.TempDir(), "missing", "x.db")} {
		if s, err := sqlite.Open(t.Context(), path, nil); err == nil {
			t.Errorf("Open(%s) went well", path)
			_ = s.Close()
		} else {
			t.Log(err)
		}
	}
}

func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit string
		read func(s store.Store) error
	}{
		"record":   {"UPDATE records SET data = substr(data, 1, 8) || 'x' || substr(data, 10)", func(s store.Store) error { _, err := s.Records(t.Context(), "c", 0, 0); return err }},
		"cut off":  {"UPDATE records SET data = substr(data, 1, 4)", func(s store.Store) error { _, err := s.Records(t.Context(), "c", 0, 0); return err }},
		"state":    {"UPDATE states SET data = data || 'x'", func(s store.Store) error { _, _, err := s.State(t.Context(), "c"); return err }},
		"moved":    {"UPDATE states SET seq = 2", func(s store.Store) error { _, _, err := s.State(t.Context(), "c"); return err }},
		"document": {"UPDATE documents SET data = 'xxxxxxxxx'", func(s store.Store) error { _, err := s.Document(t.Context(), "abc"); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := stored(t, "x.db")
			edit(t, path, test.edit)
			s := open(t, path)
			defer s.Close()
			if _, ok := errors.AsType[*store.CorruptError](test.read(s)); !ok {
				t.Errorf("error %v, want a *store.CorruptError", test.read(s))
			}
		})
	}
}

func TestOnlyTheOwnerMayReadTheFile(t *testing.T) {
	t.Parallel()
	path := stored(t, "x.db")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v", info.Mode())
	}
}
