package datastore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wayflow-go/wayflow/value"
)

// The columns of a collection that a [Cache] keeps its entries in, beside their content.
const (
	CacheKey   = "cache_key"    // a string
	CreatedAt  = "created_at"   // seconds since 1970, a number
	LastUsedAt = "last_used_at" // likewise
)

// Cache keeps entries in a collection of a datastore, one for each key.
type Cache struct {
	Store      Datastore
	Collection string
	// MaxSize bounds the number of entries: beyond it those go that were not used for the longest time. 0 does not.
	MaxSize int
	// MaxAge bounds the age of entries; 0 does not.
	MaxAge time.Duration
}

// Get returns the entry of a key, and notes that it was used at that time; nil if there is none or it is too old.
func (c *Cache) Get(ctx context.Context, now time.Time, key string) (*value.Object, error) {
	found, err := c.Store.List(ctx, c.Collection, keyed(key), -1)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(slices.Clone(found), func(e *value.Object) bool { return c.expired(now, e) })
	if len(found) == 0 {
		return nil, nil
	}
	newest := slices.MaxFunc(found, func(a, b *value.Object) int { return cmp.Compare(seconds(a, CreatedAt), seconds(b, CreatedAt)) })
	used := value.NewObject(value.Member{Key: LastUsedAt, Value: at(now)})
	_, err = c.Store.Update(ctx, c.Collection, keyed(key), used)
	return newest, err
}

// Put makes content the entry of a key, and drops entries that are too old or too many.
func (c *Cache) Put(ctx context.Context, now time.Time, key string, content *value.Object) error {
	content = content.With(CreatedAt, at(now)).With(LastUsedAt, at(now))
	replaced, err := c.Store.Update(ctx, c.Collection, keyed(key), content)
	if err == nil && len(replaced) == 0 {
		_, err = c.Store.Create(ctx, c.Collection, content.With(CacheKey, value.String(key)))
	}
	if err != nil {
		return err
	}
	return c.tidy(ctx, now)
}

// tidy drops the entries that are too old, and of the rest those that are too many.
func (c *Cache) tidy(ctx context.Context, now time.Time) error {
	if c.MaxSize <= 0 && c.MaxAge <= 0 {
		return nil
	}
	entries, err := c.Store.List(ctx, c.Collection, nil, -1)
	if err != nil {
		return err
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b *value.Object) int {
		return cmp.Compare(seconds(a, LastUsedAt), seconds(b, LastUsedAt))
	})
	left := len(entries)
	for _, e := range entries {
		if key, _ := e.Get(CacheKey); c.expired(now, e) || c.MaxSize > 0 && left > c.MaxSize {
			if err := c.Store.Delete(ctx, c.Collection, keyed(key.Str())); err != nil {
				return err
			}
			left--
		}
	}
	return nil
}

func (c *Cache) expired(now time.Time, e *value.Object) bool {
	return c.MaxAge > 0 && float64(now.UnixNano())/1e9-seconds(e, CreatedAt) > c.MaxAge.Seconds()
}

func keyed(key string) *value.Object {
	return value.NewObject(value.Member{Key: CacheKey, Value: value.String(key)})
}

func at(now time.Time) value.Value { return value.Float(float64(now.UnixNano()) / 1e9) }

func seconds(e *value.Object, column string) float64 {
	v, _ := e.Get(column)
	if i, ok := v.AsInt(); ok {
		return float64(i)
	}
	f, _ := v.AsFloat()
	return f
}
