// Package storetest says, as tests, what every implementation of [store.Store] promises.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/store"
)

// Place is where a store keeps things.
type Place struct {
	// Open opens it, with keys. It can be opened several times, also at a time, if Lasting is true.
	Open func(tb testing.TB, keys ...store.Key) store.Store
	// Lasting is true if what was written outlives the store that wrote it.
	Lasting bool
}

// Run tests an implementation. Each test gets a place of its own, which is empty.
func Run(t *testing.T, place func(tb testing.TB) Place) {
	for name, test := range map[string]func(t *testing.T, p Place){
		"Create":      create,
		"Append":      appendRecords,
		"Conflict":    conflict,
		"Race":        race,
		"Lease":       lease,
		"State":       state,
		"Large":       large,
		"List":        list,
		"Document":    document,
		"Delete":      remove,
		"Expire":      expire,
		"Keys":        keys,
		"Closed":      closed,
		"Concurrency": concurrency,
		"Cancelled":   cancelled,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, place(t))
		})
	}
}

var at = time.Date(2026, 3, 4, 5, 6, 7, 8_000, time.UTC)

const hash = "abc"

// Fill puts a document into a store, for [Begin].
func Fill(tb testing.TB, s store.Store) {
	tb.Helper()
	must(tb, s.PutDocument(context.Background(), hash, []byte(`{"a": "document"}`)))
}

// Begin creates a conversation with one record.
func Begin(tb testing.TB, s store.Store, id string) {
	tb.Helper()
	must(tb, s.Create(context.Background(), conversation(id), write(0, "begin")))
}

func conversation(id string) store.Conversation {
	return store.Conversation{ID: id, Component: "flow", Document: hash}
}

// write is one of records that say something.
func write(after int64, texts ...string) store.Write {
	w := store.Write{After: after, Time: at, Status: store.Running}
	for i, text := range texts {
		w.Records = append(w.Records, store.Record{Time: at.Add(time.Duration(i) * time.Microsecond), Data: []byte(fmt.Sprintf("%q", text))})
	}
	return w
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// wantError checks that an error is of a type.
func wantError[E error](tb testing.TB, err error) {
	tb.Helper()
	_ = errorOf[E](tb, err)
}

func errorOf[E error](tb testing.TB, err error) (e E) {
	tb.Helper()
	if !errors.As(err, &e) {
		tb.Fatalf("error %v (%T), want a %T", err, err, e)
	}
	return e
}

func open(tb testing.TB, p Place) store.Store {
	tb.Helper()
	s := p.Open(tb)
	tb.Cleanup(func() { must(tb, s.Close()) })
	return s
}

func texts(tb testing.TB, s store.Store, id string, after int64, limit int) string {
	tb.Helper()
	records, err := s.Records(tb.Context(), id, after, limit)
	must(tb, err)
	var all []string
	for i, r := range records {
		if r.Seq != after+int64(i)+1 {
			tb.Errorf("record %d after %d has the number %d", i, after, r.Seq)
		}
		all = append(all, strings.Trim(string(r.Data), `"`))
	}
	return strings.Join(all, " ")
}

func create(t *testing.T, p Place) {
	s := open(t, p)
	w := write(0, "begin", "more")
	w.WaitingFor, w.Status, w.By, w.For = []byte(`["x"]`), store.Waiting, "me", time.Minute
	c := conversation("c")
	c.ForkOf, c.ForkAt = "b", 7
	wantError[*store.NoDocumentError](t, s.Create(t.Context(), c, w))
	Fill(t, s)
	must(t, s.Create(t.Context(), c, w))
	wantError[*store.ExistsError](t, s.Create(t.Context(), c, w))
	got, err := s.Conversation(t.Context(), "c")
	must(t, err)
	want := c
	want.Status, want.WaitingFor, want.Created, want.Updated, want.Seq = w.Status, w.WaitingFor, at, at, 2
	want.Lease = store.Lease{By: "me", Until: at.Add(time.Minute)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("conversation (-want +got):\n%s", diff)
	}
	_, err = s.Conversation(t.Context(), "other")
	wantError[*store.NotFoundError](t, err)
	_, err = s.Records(t.Context(), "other", 0, 0)
	wantError[*store.NotFoundError](t, err)
	_, _, err = s.State(t.Context(), "other")
	wantError[*store.NotFoundError](t, err)
}

func appendRecords(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "c")
	w := write(1, "two", "three")
	w.Time, w.Status = at.Add(time.Hour), store.Finished
	must(t, s.Append(t.Context(), "c", w))
	for _, c := range []struct {
		after int64
		limit int
		want  string
	}{{0, 0, "begin two three"}, {1, 0, "two three"}, {0, 2, "begin two"}, {3, 0, ""}, {9, 0, ""}} {
		if got := texts(t, s, "c", c.after, c.limit); got != c.want {
			t.Errorf("records after %d, at most %d: %q, want %q", c.after, c.limit, got, c.want)
		}
	}
	records, err := s.Records(t.Context(), "c", 1, 0)
	must(t, err)
	if want := at.Add(time.Microsecond); !records[1].Time.Equal(want) {
		t.Errorf("time %v, want %v", records[1].Time, want)
	}
	c, err := s.Conversation(t.Context(), "c")
	must(t, err)
	if c.Seq != 3 || c.Status != store.Finished || !c.Created.Equal(at) || !c.Updated.Equal(w.Time) || c.WaitingFor != nil {
		t.Errorf("after the write: %+v", c)
	}
	wantError[*store.NotFoundError](t, s.Append(t.Context(), "other", write(0, "x")))
}

func conflict(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "c")
	for _, after := range []int64{0, 2} {
		e := errorOf[*store.ConflictError](t, s.Append(t.Context(), "c", write(after, "x")))
		if e.Seq != 1 || e.After != after {
			t.Errorf("conflict: %+v", e)
		}
	}
	if got := texts(t, s, "c", 0, 0); got != "begin" {
		t.Errorf("records: %s", got)
	}
}

// race lets many writers go on with one conversation: each number is given to one of them.
func race(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "c")
	const writers, each = 8, 10
	var wg sync.WaitGroup
	var won, lost atomic.Int64
	for i := range writers {
		wg.Go(func() {
			after := int64(1)
			for range each {
				err := s.Append(t.Context(), "c", write(after, fmt.Sprintf("%d.%d", i, after)))
				if e, ok := errors.AsType[*store.ConflictError](err); ok {
					lost.Add(1)
					after = e.Seq
					continue
				}
				if err != nil {
					t.Error(err)
				}
				won.Add(1)
				after++
			}
		})
	}
	wg.Wait()
	records, err := s.Records(t.Context(), "c", 0, 0)
	must(t, err)
	if int64(len(records)) != won.Load()+1 || won.Load()+lost.Load() != writers*each {
		t.Errorf("%d records, %d writes went well and %d did not", len(records), won.Load(), lost.Load())
	}
}

func lease(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "c")
	by := func(who string, at time.Time, after int64, texts ...string) store.Write {
		w := write(after, texts...)
		w.By, w.For, w.Time = who, time.Minute, at
		return w
	}
	must(t, s.Append(t.Context(), "c", by("me", at, 1)))
	e := errorOf[*store.LeasedError](t, s.Append(t.Context(), "c", by("you", at.Add(59*time.Second), 1, "x")))
	if e.Lease.By != "me" || !e.Lease.Until.Equal(at.Add(time.Minute)) {
		t.Errorf("lease %+v", e.Lease)
	}
	must(t, s.Append(t.Context(), "c", by("me", at.Add(30*time.Second), 1, "mine")))
	must(t, s.Append(t.Context(), "c", by("you", at.Add(91*time.Second), 2, "yours"))) // it has run out
	wantError[*store.LeasedError](t, s.Append(t.Context(), "c", by("me", at.Add(92*time.Second), 3, "x")))
	dead := by("me", at.Add(92*time.Second), 3, "mine")
	dead.From = "you"
	must(t, s.Append(t.Context(), "c", dead))
	given := by("me", at.Add(93*time.Second), 4)
	given.For = 0
	must(t, s.Append(t.Context(), "c", given))
	must(t, s.Append(t.Context(), "c", by("you", at.Add(94*time.Second), 4, "yours")))
	if got := texts(t, s, "c", 1, 0); got != "mine yours mine yours" {
		t.Errorf("records: %s", got)
	}
}

func state(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "c")
	want := func(text string, seq int64) {
		t.Helper()
		got, at, err := s.State(t.Context(), "c")
		must(t, err)
		if string(got) != text || at != seq {
			t.Errorf("state %q after %d, want %q after %d", got, at, text, seq)
		}
	}
	want("", 0)
	w := write(1, "two")
	w.State = []byte("after two")
	must(t, s.Append(t.Context(), "c", w))
	want("after two", 2)
	must(t, s.Append(t.Context(), "c", write(2, "three")))
	want("after two", 2)
	w = write(3, "four", "five")
	w.State = []byte(strings.Repeat("after five ", 100_000))
	must(t, s.Append(t.Context(), "c", w))
	want(string(w.State), 5)
}

// large writes records of all sizes around the one from which they are stored apart.
func large(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "c")
	sizes := []int{0, 1, store.AsideSize - 1, store.AsideSize, 10 * store.AsideSize, 3 << 20}
	var w store.Write
	for i, size := range sizes {
		text := make([]byte, size)
		for j := range text {
			text[j] = byte(j*j>>7 + i)
		}
		w.Records = append(w.Records, store.Record{Time: at, Data: text})
	}
	w.After, w.Time = 1, at
	must(t, s.Append(t.Context(), "c", w))
	records, err := s.Records(t.Context(), "c", 1, 0)
	must(t, err)
	for i, r := range records {
		if !slices.Equal(r.Data, w.Records[i].Data) {
			t.Errorf("a record of %d bytes came back with %d, and not the same", sizes[i], len(r.Data))
		}
	}
	if len(records) != len(sizes) {
		t.Errorf("%d records, want %d", len(records), len(sizes))
	}
}

func list(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	for i := range 10 {
		c := conversation(fmt.Sprint(i))
		w := write(0, "begin")
		w.Time = at.Add(time.Duration(i) * time.Second)
		if i%2 == 1 {
			w.Status = store.Waiting
		}
		if i >= 8 {
			c.Component = "other"
		}
		must(t, s.Create(t.Context(), c, w))
	}
	for _, c := range []struct {
		q    store.Query
		want string
	}{
		{store.Query{}, "9876543210"},
		{store.Query{Limit: 3}, "987 654 321 0"},
		{store.Query{Limit: 5}, "98765 43210"},
		{store.Query{Status: store.Waiting, Limit: 2}, "97 53 1"},
		{store.Query{Status: store.Finished}, ""},
		{store.Query{Component: "other"}, "98"},
		{store.Query{UpdatedBefore: at.Add(2 * time.Second)}, "10"},
	} {
		var pages []string
		q := c.q
		for {
			page, err := s.List(t.Context(), q)
			must(t, err)
			ids := ""
			for _, c := range page.Conversations {
				ids += c.ID
			}
			pages = append(pages, ids)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if got := strings.Join(pages, " "); got != c.want {
			t.Errorf("list of %+v: %q, want %q", c.q, got, c.want)
		}
	}
	if _, err := s.List(t.Context(), store.Query{After: "nonsense"}); err == nil {
		t.Error("a page was found after nonsense")
	}
}

func document(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	must(t, s.PutDocument(t.Context(), hash, []byte("another of this hash")))
	got, err := s.Document(t.Context(), hash)
	must(t, err)
	if string(got) != `{"a": "document"}` {
		t.Errorf("document: %s", got)
	}
	_, err = s.Document(t.Context(), "other")
	wantError[*store.NoDocumentError](t, err)
}

func remove(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	Begin(t, s, "a")
	Begin(t, s, "b")
	must(t, s.Delete(t.Context(), "a", "never was"))
	_, err := s.Conversation(t.Context(), "a")
	wantError[*store.NotFoundError](t, err)
	if _, err := s.Document(t.Context(), hash); err != nil {
		t.Errorf("the document of another conversation: %v", err)
	}
	wantError[*store.NotFoundError](t, s.Append(t.Context(), "a", write(1, "x")))
	must(t, s.Delete(t.Context(), "b"))
	_, err = s.Document(t.Context(), hash)
	wantError[*store.NoDocumentError](t, err)
	Fill(t, s)
	Begin(t, s, "a") // a new one of that name has nothing of the old
	if got := texts(t, s, "a", 0, 0); got != "begin" {
		t.Errorf("records: %s", got)
	}
}

func expire(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	for i, status := range []store.Status{store.Running, store.Waiting, store.Finished, store.Failed, store.Finished} {
		w := write(0, "begin")
		w.Status, w.Time = status, at.Add(time.Duration(i)*time.Hour)
		must(t, s.Create(t.Context(), conversation(fmt.Sprint(i)), w))
	}
	n, err := store.Expire(t.Context(), s, at.Add(4*time.Hour))
	must(t, err)
	page, err := s.List(t.Context(), store.Query{})
	must(t, err)
	if n != 2 || len(page.Conversations) != 3 {
		t.Errorf("%d deleted, %d are left", n, len(page.Conversations))
	}
}

func keys(t *testing.T, p Place) {
	if !p.Lasting {
		t.Skip("nothing is sealed in memory")
	}
	k1, k2 := store.Key{1}, store.Key{2}
	with := func(keys ...store.Key) (store.Store, func()) {
		s := p.Open(t, keys...)
		return s, func() { must(t, s.Close()) }
	}
	s, done := with(k1)
	Fill(t, s)
	w := write(0, "begin")
	w.State = []byte("state")
	must(t, s.Create(t.Context(), conversation("c"), w))
	done()
	s, done = with(k2, k1) // the new key writes, the old one reads
	must(t, s.Append(t.Context(), "c", write(1, "two")))
	if got := texts(t, s, "c", 0, 0); got != "begin two" {
		t.Errorf("records: %s", got)
	}
	done()
	for _, given := range [][]store.Key{{k1}, {k2}, nil} {
		s, done = with(given...)
		_, err := s.Records(t.Context(), "c", 0, 0)
		e := errorOf[*store.KeyError](t, err)
		if e.Fingerprint != k1.Fingerprint() && e.Fingerprint != k2.Fingerprint() {
			t.Errorf("the error names the key %s", e.Fingerprint)
		}
		done()
	}
	s, done = with(k2)
	_, _, err := s.State(t.Context(), "c")
	wantError[*store.KeyError](t, err)
	done()
}

func closed(t *testing.T, p Place) {
	s := p.Open(t)
	Fill(t, s)
	must(t, s.Close())
	must(t, s.Close())
	if err := s.PutDocument(t.Context(), "x", nil); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a write after the end: %v", err)
	}
	if _, err := s.Conversation(t.Context(), "x"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a read after the end: %v", err)
	}
	if p.Lasting {
		s := open(t, p)
		if _, err := s.Document(t.Context(), hash); err != nil {
			t.Errorf("a store that was opened again: %v", err)
		}
	}
}

// concurrency writes to many conversations at once, some of which may not be written to.
func concurrency(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	const conversations, each = 32, 10
	var wg sync.WaitGroup
	for i := range conversations {
		wg.Go(func() {
			id := fmt.Sprint(i)
			if err := s.Create(t.Context(), conversation(id), write(0, "begin")); err != nil {
				t.Error(err)
			}
			for n := range int64(each) {
				if err := s.Append(t.Context(), id, write(n+1, fmt.Sprint(n))); err != nil {
					t.Error(err)
				}
				if _, ok := errors.AsType[*store.ConflictError](s.Append(t.Context(), id, write(n, "x"))); !ok {
					t.Error("a conflict was not found")
				}
			}
		})
	}
	wg.Wait()
	for i := range conversations {
		if got := texts(t, s, fmt.Sprint(i), 1, 0); got != "0 1 2 3 4 5 6 7 8 9" {
			t.Errorf("records of %d: %s", i, got)
		}
	}
}

func cancelled(t *testing.T, p Place) {
	s := open(t, p)
	Fill(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Create(ctx, conversation("c"), write(0, "begin")); !errors.Is(err, context.Canceled) {
		t.Errorf("a write with a context that has ended: %v", err)
	}
	_, err := s.Conversation(t.Context(), "c")
	wantError[*store.NotFoundError](t, err)
}
