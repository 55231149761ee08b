package datastore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/datastore/memory"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

func newCache() (*datastore.Cache, datastore.Datastore) {
	entry := value.ObjectOf(
		value.Property{Title: "cache_key", Type: value.StringType}, value.Property{Title: "cache_content", Type: value.StringType},
		value.Property{Title: "created_at", Type: value.NumberType}, value.Property{Title: "last_used_at", Type: value.NumberType})
	store := memory.New(spec.Dict[value.Property]{{Key: "c", Value: value.Property{Type: entry}}})
	return &datastore.Cache{Store: store, Collection: "c"}, store
}

func content(text string) *value.Object {
	return value.NewObject(value.Member{Key: "cache_content", Value: value.String(text)})
}

func get(t *testing.T, c *datastore.Cache, now time.Time, key string) string {
	t.Helper()
	e, err := c.Get(context.Background(), now, key)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := e.Get("cache_content")
	return v.Str()
}

func put(t *testing.T, c *datastore.Cache, now time.Time, key, text string) {
	t.Helper()
	if err := c.Put(context.Background(), now, key, content(text)); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, store datastore.Datastore) int {
	t.Helper()
	all, err := store.List(context.Background(), "c", nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestCacheReplaces(t *testing.T) {
	t.Parallel()
	c, store := newCache()
	now := time.Unix(1_000_000, 0)
	put(t, c, now, "a", "one")
	put(t, c, now.Add(time.Second), "a", "two")
	if got := get(t, c, now, "a"); got != "two" || rows(t, store) != 1 {
		t.Errorf("got %q in %d rows, want the second in one", got, rows(t, store))
	}
	if got := get(t, c, now, "b"); got != "" {
		t.Errorf("an unknown key has %q", got)
	}
}

func TestCacheForgets(t *testing.T) {
	t.Parallel()
	c, store := newCache()
	c.MaxAge = time.Minute
	now := time.Unix(1_000_000, 0)
	put(t, c, now, "a", "one")
	if got := get(t, c, now.Add(time.Minute), "a"); got != "one" {
		t.Errorf("after a minute: %q", got)
	}
	later := now.Add(time.Minute + time.Second)
	if got := get(t, c, later, "a"); got != "" {
		t.Errorf("after more than a minute: %q", got)
	}
	put(t, c, later, "b", "two")
	if n := rows(t, store); n != 1 {
		t.Errorf("%d rows, want the new one alone", n)
	}
}

func TestCacheDropsWhatIsNotUsed(t *testing.T) {
	t.Parallel()
	c, store := newCache()
	c.MaxSize = 3
	now := time.Unix(1_000_000, 0)
	tick := func() time.Time { now = now.Add(time.Second); return now }
	for i := range 3 {
		put(t, c, tick(), fmt.Sprint(i), fmt.Sprint(i))
	}
	get(t, c, tick(), "0")
	put(t, c, tick(), "3", "3")
	if got := get(t, c, now, "0"); got != "0" || get(t, c, now, "1") != "" || rows(t, store) != 3 {
		t.Errorf("0 is %q, 1 is %q, %d rows", got, get(t, c, now, "1"), rows(t, store))
	}
}
