// Package replay keeps what conversations asked of the world and were answered, in a file that people can read and compare,
// and answers the same questions from it: with no network, no models and no tools. It is for tests, and for looking into a
// run again.
//
//	app, err := wayflow.LoadFile("marketing.yaml", wayflow.WithTape(replay.Test(t, "testdata/marketing.replay.yaml")))
//
// A question is found by all that it says: the prompt of a model, the arguments of a tool, a request. Equal ones are
// answered in order, first those from the same place. A question that is not in the file stops the run with a
// [*MismatchError], which shows how it differs from the nearest one that is.
//
// Secrets do not get into the file: neither keys nor sensitive headers nor the credentials of a URL are part of what is
// asked, and where an answer repeats one it is taken out.
package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// Tape is a recording: one that is being made, or one that answers. It is safe for concurrent use.
type Tape struct {
	path      string
	recording bool

	mu      sync.Mutex // guards what follows
	secrets []string
	entries []*entry
}

// entry is one question and its answer.
type entry struct {
	id       string
	path     []string
	request  value.Value
	result   value.Value
	answered bool
}

// Record returns an empty tape that keeps what is asked; [Tape.Close] writes the file.
func Record(path string) *Tape { return &Tape{path: path, recording: true} }

// Open reads a tape, which answers.
func Open(path string) (*Tape, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t := &Tape{path: path}
	if t.entries, err = parse(data); err != nil {
		return nil, fmt.Errorf("read recording %s: %w", path, err)
	}
	return t, nil
}

// TB is what [Test] needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(f func())
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// Test returns the tape of a test. It answers from the file, or makes it anew if the environment variable WAYFLOW_RECORD
// is set.
func Test(tb TB, path string) *Tape {
	tb.Helper()
	if os.Getenv("WAYFLOW_RECORD") == "" {
		t, err := Open(path)
		if err != nil {
			tb.Fatalf("%v; set WAYFLOW_RECORD=1 to make it", err)
		}
		return t
	}
	t := Record(path)
	tb.Cleanup(func() {
		if err := t.Close(); err != nil {
			tb.Errorf("%v", err)
		}
	})
	return t
}

// Replays reports whether the tape answers.
func (t *Tape) Replays() bool { return t != nil && !t.recording }

// Records reports whether the tape keeps what is asked.
func (t *Tape) Records() bool { return t != nil && t.recording }

// Hide adds secrets that are taken out wherever they appear.
func (t *Tape) Hide(secrets ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secrets = append(t.secrets, secrets...)
}

// Keep keeps how an effect ended that was asked for at a place, by the names of the nodes.
func (t *Tape) Keep(prog *program.Program, e *engine.Effect, path []string, r engine.Result) error {
	if r.Err != nil {
		plain := *r.Err
		plain.Stack = ""
		r.Err = &plain
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	result, err := value.ParseJSON(data)
	if err != nil {
		return err
	}
	request, hide, err := t.request(prog, e)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = append(t.entries, &entry{id: e.ID, path: path, request: request, result: hide(result)})
	return nil
}

// Answer answers an effect that was asked for at a place. The error is a [*MismatchError] if the tape has no answer.
func (t *Tape) Answer(prog *program.Program, e *engine.Effect, path []string) (engine.Result, error) {
	var r engine.Result
	request, _, err := t.request(prog, e)
	if err != nil {
		return r, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var found *entry
	for _, known := range t.entries {
		if !known.answered && value.Equal(known.request, request) && (found == nil || found.id != e.ID && known.id == e.ID) {
			found = known
		}
	}
	if found == nil {
		return r, t.mismatch(path, request)
	}
	if err := json.Unmarshal(value.AppendJSON(nil, found.result), &r); err != nil {
		return r, fmt.Errorf("recording %s: the answer for node %q: %w", t.path, strings.Join(path, " > "), err)
	}
	found.answered = true
	return r, nil
}

// Close writes the file of a recording, with what was asked in the order of the places in the flow, so that two
// recordings of one run are the same whatever the timing. A tape that answers is left alone.
func (t *Tape) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.recording {
		return nil
	}
	slices.SortStableFunc(t.entries, func(a, b *entry) int { return compareIDs(a.id, b.id) })
	data, err := write(t.entries)
	if err != nil {
		return fmt.Errorf("write recording %s: %w", t.path, err)
	}
	const private = 0o600
	return os.WriteFile(t.path, data, private)
}

// compareIDs compares number by number.
func compareIDs(a, b string) int {
	split := func(r rune) bool { return r < '0' || r > '9' }
	return cmp.Or(slices.CompareFunc(strings.FieldsFunc(a, split), strings.FieldsFunc(b, split), func(x, y string) int {
		n, _ := strconv.Atoi(x)
		m, _ := strconv.Atoi(y)
		return cmp.Compare(n, m)
	}), cmp.Compare(a, b))
}
