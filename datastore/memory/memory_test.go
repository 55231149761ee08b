package memory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/datastore/memory"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// schema has one collection, books.
func schema() spec.Dict[value.Property] {
	return spec.Dict[value.Property]{{Key: "books", Value: value.Property{Type: value.ObjectOf(
		value.Property{Title: "id", Type: value.IntegerType},
		value.Property{Title: "title", Type: value.StringType},
		value.Property{Title: "price", Type: value.NumberType}.WithDefault(value.Int(5)),
		value.Property{Title: "sold", Type: value.BooleanType}.WithDefault(value.Bool(false)),
		value.Property{Title: "note", Type: value.Optional(value.StringType)}.WithDefault(value.Null),
	)}}}
}

func object(t testing.TB, text string) *value.Object {
	t.Helper()
	if text == "" {
		return nil
	}
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := v.AsObject()
	return o
}

// filled returns a datastore with three books.
func filled(t testing.TB) *memory.Datastore {
	t.Helper()
	d := memory.New(schema())
	for _, e := range []string{
		`{"id": 1, "title": "Emma", "price": 7.5}`, `{"title": "Dune", "id": 2, "price": 9.0}`, `{"id": 3, "title": "Ulysses", "note": "long"}`,
	} {
		if _, err := d.Create(t.Context(), "books", object(t, e)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// titles are those of entities.
func titles(entities []*value.Object) []string {
	out := []string{}
	for _, e := range entities {
		v, _ := e.Get("title")
		out = append(out, v.Str())
	}
	return out
}

func wantClass(t *testing.T, err error, class string) {
	t.Helper()
	e, ok := errors.AsType[*datastore.Error](err)
	if !ok || e.Class != class {
		t.Errorf("error = %v, want one of class %s", err, class)
	}
	if ok && !slices.Contains(e.Ancestors(), "DatastoreError") {
		t.Errorf("ancestors = %v", e.Ancestors())
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, where string
		limit       int
		want        []string
	}{
		{"all", "", -1, []string{"Emma", "Dune", "Ulysses"}},
		{"some", "", 2, []string{"Emma", "Dune"}},
		{"none", "", 0, []string{}},
		{"one", `{"title": "Dune"}`, -1, []string{"Dune"}},
		{"two conditions", `{"title": "Dune", "id": 1}`, -1, []string{}},
		{"no condition fits nothing", `{}`, -1, []string{}},
		{"null fits nothing", `{"note": null}`, -1, []string{}},
		{"a default", `{"price": 5.0}`, -1, []string{"Ulysses"}},
		{"true is 1", `{"id": true}`, -1, []string{"Emma"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := filled(t).List(t.Context(), "books", object(t, test.where), test.limit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, titles(got)); diff != "" {
				t.Errorf("List (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	d := memory.New(schema())
	made, err := d.Create(t.Context(), "books", object(t, `{"title": "Emma", "id": 1, "sold": true}`))
	if err != nil {
		t.Fatal(err)
	}
	// Defaults come first, as in the reference.
	if got, want := made[0].Of().String(), `{"price":5.0,"sold":true,"note":null,"title":"Emma","id":1}`; got != want {
		t.Errorf("created = %s, want %s", got, want)
	}
	if _, err := d.Create(t.Context(), "books", object(t, `{"id": 2, "title": "Dune"}`)); err != nil {
		t.Fatal(err)
	}
	all, _ := d.List(t.Context(), "books", nil, -1)
	if got, want := all[1].Of().String(), `{"price":5.0,"sold":false,"note":null,"title":"Dune","id":2}`; got != want {
		t.Errorf("listed = %s, want the order of the first: %s", got, want)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	create := func(entity string) func(*memory.Datastore) error {
		return func(d *memory.Datastore) error {
			_, err := d.Create(context.Background(), "books", object(t, `{"id": 9, "title": "fine"}`), object(t, entity))
			return err
		}
	}
	update := func(where, change string) func(*memory.Datastore) error {
		return func(d *memory.Datastore) error {
			_, err := d.Update(context.Background(), "books", object(t, where), object(t, change))
			return err
		}
	}
	tests := []struct {
		name, class string
		do          func(*memory.Datastore) error
	}{
		{"no such collection", datastore.KeyError, func(d *memory.Datastore) error {
			_, err := d.List(context.Background(), "secret", nil, -1)
			return err
		}},
		{"a property that there is not", datastore.EntityError, create(`{"id": 1, "title": "x", "isbn": "y"}`)},
		{"a property that is missing", datastore.EntityError, create(`{"id": 1}`)},
		{"a property of the wrong type", datastore.EntityError, create(`{"id": "1", "title": "x"}`)},
		{"an integer for a number", datastore.EntityError, create(`{"id": 1, "title": "x", "price": 5}`)},
		{"a null", datastore.EntityError, create(`{"id": 1, "title": null}`)},
		{"a condition on nothing", datastore.EntityError, update(`{"isbn": "x"}`, `{"title": "x"}`)},
		{"a condition of the wrong type", datastore.EntityError, update(`{"id": "1"}`, `{"title": "x"}`)},
		{"a change of nothing", datastore.EntityError, update(`{"id": 1}`, `{"isbn": "x"}`)},
		{"a change to the wrong type", datastore.EntityError, update(`{"id": 1}`, `{"title": 1}`)},
		{"a deletion by nothing", datastore.EntityError, func(d *memory.Datastore) error {
			return d.Delete(context.Background(), "books", object(t, `{"isbn": "x"}`))
		}},
		{"a list by nothing", datastore.EntityError, func(d *memory.Datastore) error {
			_, err := d.List(context.Background(), "books", object(t, `{"isbn": "x"}`), -1)
			return err
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := filled(t)
			err := test.do(d)
			wantClass(t, err, test.class)
			if err != nil && test.class == datastore.KeyError && strings.Contains(err.Error(), "books") {
				t.Errorf("the error tells which collections there are: %v", err)
			}
			if all, _ := d.List(t.Context(), "books", nil, -1); len(all) != 3 {
				t.Errorf("%d entities are left, want that nothing changed", len(all))
			}
		})
	}
}

// TestConditionsOnAnEmptyCollection are not checked in the reference, so a document may rely on it.
func TestConditionsOnAnEmptyCollection(t *testing.T) {
	t.Parallel()
	if got, err := memory.New(schema()).List(t.Context(), "books", object(t, `{"isbn": "x"}`), -1); err != nil || len(got) != 0 {
		t.Errorf("List = %v, %v", got, err)
	}
}

func TestUpdateAndDelete(t *testing.T) {
	t.Parallel()
	d := filled(t)
	before, _ := d.List(t.Context(), "books", object(t, `{"id": 2}`), -1)
	changed, err := d.Update(t.Context(), "books", object(t, `{"title": "Dune"}`), object(t, `{"sold": true}`))
	if err != nil || len(changed) != 1 || changed[0].Of().String() != `{"price":9.0,"sold":true,"note":null,"id":2,"title":"Dune"}` {
		t.Errorf("Update = %v, %v", changed, err)
	}
	if v, _ := before[0].Get("sold"); !value.Equal(v, value.Bool(false)) {
		t.Error("an entity that was read has changed")
	}
	for _, none := range []*value.Object{nil, value.NewObject()} {
		if changed, err := d.Update(t.Context(), "books", none, object(t, `{"sold": true}`)); err == nil {
			t.Errorf("Update without a condition = %v, want an error", changed)
		}
		if err := d.Delete(t.Context(), "books", none); err == nil {
			t.Error("Delete without a condition is taken")
		}
	}
	for _, where := range []string{`{"id": 77}`, `{"sold": true}`} {
		if err := d.Delete(t.Context(), "books", object(t, where)); err != nil {
			t.Fatal(err)
		}
	}
	all, _ := d.List(t.Context(), "books", nil, -1)
	if diff := cmp.Diff([]string{"Emma", "Ulysses"}, titles(all)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := memory.New(schema()).List(ctx, "books", nil, -1); !errors.Is(err, gone) {
		t.Errorf("error = %v, want the cause", err)
	}
}

// TestConcurrentUse changes and reads from many goroutines; each change is there or not, and none is lost.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	d := memory.New(schema())
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			id := value.NewObject(value.Member{Key: "id", Value: value.Int(int64(i))})
			_, _ = d.Create(t.Context(), "books", id.With("title", value.String("x")))
			_, _ = d.Update(t.Context(), "books", id, object(t, `{"sold": true}`))
			_, _ = d.List(t.Context(), "books", nil, 10)
			if i%2 == 0 {
				_ = d.Delete(t.Context(), "books", id)
			}
		})
	}
	wg.Wait()
	if sold, _ := d.List(t.Context(), "books", object(t, `{"sold": true}`), -1); len(sold) != 25 {
		t.Errorf("%d books are sold, want 25", len(sold))
	}
}

// TestAgainstAPlainList is the property that a collection does what a list of maps does.
func TestAgainstAPlainList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := memory.New(schema())
		var model []map[string]string
		ctx := context.Background()
		number := rapid.IntRange(0, 3)
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			id, title := number.Draw(t, "id"), fmt.Sprint(number.Draw(t, "title"))
			where := value.NewObject(value.Member{Key: "id", Value: value.Int(int64(id))})
			change := value.NewObject(value.Member{Key: "title", Value: value.String(title)})
			switch number.Draw(t, "action") {
			case 0, 1:
				_, _ = d.Create(ctx, "books", where.With("title", value.String(title)))
				model = append(model, map[string]string{"id": fmt.Sprint(id), "title": title})
			case 2:
				_, _ = d.Update(ctx, "books", where, change)
				for _, m := range model {
					if m["id"] == fmt.Sprint(id) {
						m["title"] = title
					}
				}
			default:
				_ = d.Delete(ctx, "books", where)
				model = slices.DeleteFunc(model, func(m map[string]string) bool { return m["id"] == fmt.Sprint(id) })
			}
		}
		got, err := d.List(ctx, "books", nil, -1)
		if err != nil || len(got) != len(model) {
			t.Fatalf("List = %v, %v, want %v", got, err, model)
		}
		for i, e := range got {
			id, _ := e.Get("id")
			title, _ := e.Get("title")
			if id.String() != model[i]["id"] || title.Str() != model[i]["title"] {
				t.Fatalf("entity %d = %s, want %v", i, e.Of(), model[i])
			}
		}
	})
}

func BenchmarkList(b *testing.B) {
	d := memory.New(schema())
	for i := range 1000 {
		e := value.NewObject(value.Member{Key: "id", Value: value.Int(int64(i))}, value.Member{Key: "title", Value: value.String("x")})
		if _, err := d.Create(b.Context(), "books", e); err != nil {
			b.Fatal(err)
		}
	}
	where := object(b, `{"id": 999}`)
	b.ReportAllocs()
	for b.Loop() {
		if found, err := d.List(b.Context(), "books", where, -1); err != nil || len(found) != 1 {
			b.Fatal(found, err)
		}
	}
}
