package search_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
	"github.com/wayflow-go/wayflow/search"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

func text(s string) *string { return &s }

func config(name string, collection *string, model spec.EmbeddingConfig) *spec.SearchConfig {
	c := &spec.SearchConfig{Retriever: &spec.VectorRetrieverConfig{CollectionName: collection, Model: model}}
	c.Name = name
	return c
}

// pets is a datastore of pets with a vector property, and the model that it asks.
func pets(t *testing.T) (*search.Datastore, *embedtest.Words) {
	t.Helper()
	words := &embedtest.Words{Size: 4096}
	c := &spec.InMemoryCollectionDatastore{}
	c.DatastoreSchema = spec.Dict[value.Property]{{Key: "pets", Value: value.Property{Title: "pets", Type: value.ObjectOf(
		value.Property{Title: "name", Type: value.StringType},
		value.Property{Title: "kind", Type: value.StringType},
		value.Property{Title: "vector", Type: &value.Type{Kind: value.TypeList, Items: value.NumberType, Vector: true}},
	)}}}
	c.SearchConfigs = []*spec.SearchConfig{config("general", nil, &spec.OllamaEmbeddingConfig{})}
	d, err := search.Open(c, func(spec.EmbeddingConfig) (embed.Embedder, error) { return words, nil })
	if err != nil {
		t.Fatal(err)
	}
	return d, words
}

func pet(name, kind string) *value.Object {
	return value.NewObject(value.Member{Key: "name", Value: value.String(name)}, value.Member{Key: "kind", Value: value.String(kind)})
}

func names(rows []*value.Object) string {
	var all []string
	for _, r := range rows {
		v, _ := r.Get("name")
		all = append(all, v.Str())
	}
	return strings.Join(all, " ")
}

func is(name, want string) *value.Object {
	return value.NewObject(value.Member{Key: name, Value: value.String(want)})
}

func find(t *testing.T, d *search.Datastore, s datastore.Search) []*value.Object {
	t.Helper()
	rows, err := d.Search(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSearchFollowsEveryChange(t *testing.T) {
	t.Parallel()
	d, _ := pets(t)
	ctx := t.Context()
	if _, err := d.Create(ctx, "pets", pet("tom", "grey cat"), pet("rex", "brown dog"), pet("kit", "black cat")); err != nil {
		t.Fatal(err)
	}
	cats := datastore.Search{Query: "cat", Collection: "pets", K: 2}
	if got := names(find(t, d, cats)); got != "tom kit" {
		t.Errorf("cats: %s", got)
	}
	if _, err := d.Update(ctx, "pets", is("name", "rex"), is("kind", "cat")); err != nil {
		t.Fatal(err)
	}
	if got := names(find(t, d, cats)); got != "rex tom" {
		t.Errorf("cats after an update: %s", got)
	}
	if err := d.Delete(ctx, "pets", is("name", "rex")); err != nil {
		t.Fatal(err)
	}
	if got := names(find(t, d, cats)); got != "tom kit" {
		t.Errorf("cats after a deletion: %s", got)
	}
	for _, name := range []string{"tom", "kit"} {
		if err := d.Delete(ctx, "pets", is("name", name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := find(t, d, cats); len(got) != 0 {
		t.Errorf("an empty collection has %v", got)
	}
}

func TestConditionsCountBeforeTheNearestAreChosen(t *testing.T) {
	t.Parallel()
	d, _ := pets(t)
	if _, err := d.Create(t.Context(), "pets", pet("tom", "cat"), pet("kit", "cat"), pet("rex", "dog")); err != nil {
		t.Fatal(err)
	}
	got := names(find(t, d, datastore.Search{Query: "cat", Collection: "pets", K: 1, Where: is("kind", "dog")}))
	if got != "rex" {
		t.Errorf("the nearest dog is %q", got)
	}
}

func TestRowsAreSortedAndHoldNoVectors(t *testing.T) {
	t.Parallel()
	d, _ := pets(t)
	if _, err := d.Create(t.Context(), "pets", pet("rex", "dog"), pet("tom", "cat"), pet("kit", "cat")); err != nil {
		t.Fatal(err)
	}
	rows := find(t, d, datastore.Search{Query: "name: tom,kind: cat", Config: "general", Collection: "pets", K: 50, Exclude: []string{"kind"}})
	if got := names(rows); got != "tom kit rex" {
		t.Errorf("order: %s", got)
	}
	last := 2.0
	for _, r := range rows {
		var keys []string
		for k := range r.All() {
			keys = append(keys, k)
		}
		if diff := cmp.Diff([]string{"name", "_score"}, keys); diff != "" {
			t.Errorf("properties (-want +got):\n%s", diff)
		}
		v, _ := r.Get("_score")
		score, _ := v.AsFloat()
		if score > last {
			t.Errorf("score %v comes after %v", score, last)
		}
		last = score
	}
}

func TestVectorsAreMadeOnce(t *testing.T) {
	t.Parallel()
	d, words := pets(t)
	if _, err := d.Create(t.Context(), "pets", pet("tom", "cat"), pet("rex", "dog")); err != nil {
		t.Fatal(err)
	}
	find(t, d, datastore.Search{Query: "a", Collection: "pets"})
	find(t, d, datastore.Search{Query: "b", Collection: "pets"})
	want := [][]string{{"name: tom,kind: cat", "name: rex,kind: dog"}, {"a"}, {"b"}}
	if diff := cmp.Diff(want, words.Asked()); diff != "" {
		t.Errorf("the model was asked (-want +got):\n%s", diff)
	}
}

func TestModelThatCannotBeReachedFailsTheSearchOnly(t *testing.T) {
	t.Parallel()
	d, words := pets(t)
	words.Err = errors.New("no answer")
	if _, err := d.Create(t.Context(), "pets", pet("tom", "cat")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Search(t.Context(), datastore.Search{Query: "cat", Collection: "pets"}); !errors.Is(err, words.Err) {
		t.Errorf("Search: %v, want %v", err, words.Err)
	}
	words.Err = nil
	if got := names(find(t, d, datastore.Search{Query: "cat", Collection: "pets"})); got != "tom" {
		t.Errorf("later it finds %q", got)
	}
}

func TestPickChoosesTheConfiguration(t *testing.T) {
	t.Parallel()
	a, b, c := &spec.OllamaEmbeddingConfig{}, &spec.VllmEmbeddingConfig{}, &spec.OpenAiEmbeddingConfig{}
	vectors := &spec.VectorConfig{Model: c}
	withVectors := config("", text("books"), b)
	withVectors.Retriever.Vectors.Config, withVectors.Retriever.DistanceMetric = vectors, "l2_distance"
	unnamed := config("", text("films"), nil)
	cfg := search.NewConfig(spec.Dict[value.Property]{{Key: "books"}, {Key: "films"}, {Key: "songs"}}, &spec.DatastoreSearch{
		SearchConfigs: []*spec.SearchConfig{config("any", nil, a), config("plain", text("books"), b), withVectors, unnamed},
	})
	tests := []struct {
		name, collection, config string
		model                    spec.EmbeddingConfig
		metric                   search.Metric
		err                      string
	}{
		{"a configuration for the collection that says which vectors", "books", "", c, search.L2, ""},
		{"one for any collection", "songs", "", a, search.Cosine, ""},
		{"any model there is", "films", "", a, search.Cosine, ""},
		{"by its name", "", "plain", b, search.Cosine, ""},
		{"by the name that one without gets", "", "search_films", a, search.Cosine, ""},
		{"nothing given", "", "", nil, 0, "needs a collection or a search configuration"},
		{"an unknown name", "books", "other", nil, 0, `no search configuration "other"`},
		{"one for another collection", "films", "plain", nil, 0, `is for the collection "books", not for "films"`},
		{"one for any, and no collection", "", "any", nil, 0, "is for any collection; name one"},
		{"an unknown collection", "plays", "", nil, 0, `no collection "plays"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := cfg.Pick(test.collection, test.config)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("Pick: %v, want %q", err, test.err)
				}
				return
			}
			if err != nil || s.Model != test.model || s.Metric != test.metric {
				t.Errorf("Pick = %+v, %v", s, err)
			}
		})
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	o, err := value.ParseJSON([]byte(`{"a": "x, y", "n": 1.5, "b": true, "z": null, "l": [1, "q", [2], null], "o": {"é": [1]}, "_h": 1, "s": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	e, _ := o.AsObject()
	want := `a: x, y,n: 1.5,b: True,z: None,l: 1, q, None,o: {"\u00e9": [1]}`
	if got := search.Text(e, "s"); got != want {
		t.Errorf("Text = %s, want %s", got, want)
	}
}
