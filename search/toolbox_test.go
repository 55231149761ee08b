package search_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/datastore/memory"
	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
	"github.com/wayflow-go/wayflow/search"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// zoo is a datastore of pets and keepers, which can be searched in several ways; plants have none of their own.
func zoo(t *testing.T, general bool) (*spec.InMemoryCollectionDatastore, *search.Datastore) {
	t.Helper()
	c := &spec.InMemoryCollectionDatastore{}
	for _, collection := range []string{"pets", "keepers", "plants"} {
		c.DatastoreSchema = append(c.DatastoreSchema, spec.Entry[value.Property]{Key: collection, Value: value.Property{
			Title: collection, Type: value.ObjectOf(value.Property{Title: "name", Type: value.StringType}),
		}})
	}
	model := &spec.OllamaEmbeddingConfig{}
	c.SearchConfigs = []*spec.SearchConfig{config("by name", text("pets"), model), config("", text("keepers"), model)}
	if general {
		c.SearchConfigs = append(c.SearchConfigs, config("any", nil, model))
	}
	d, err := search.Open(c, func(spec.EmbeddingConfig) (embed.Embedder, error) { return &embedtest.Words{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	return c, d
}

func TestToolsOfAToolbox(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                 string
		collections, configs []string
		general              bool
		want, err            string
	}{
		{"all", nil, nil, true, "search_pets_by_name search_keepers_search_keepers search_plants_any", ""},
		{"what can be searched", nil, nil, false, "search_pets_by_name search_keepers_search_keepers", ""},
		{"a collection", []string{"pets"}, nil, true, "search_pets_by_name", ""},
		{"a configuration for any", []string{"pets", "plants"}, []string{"any"}, true, "search_pets_any search_plants_any", ""},
		{"two for one", []string{"pets"}, []string{"any", "by name"}, true, "search_pets_any search_pets_by_name", ""},
		{"one and the rest", []string{"keepers", "pets"}, []string{"by name"}, true, "search_pets_by_name search_keepers_search_keepers", ""},
		{"no such configuration", nil, []string{"none"}, true, "", `no search configuration "none"`},
		{"no such collection", []string{"stones"}, nil, true, "", `no collection "stones"`},
		{"a collection that cannot be searched", []string{"plants"}, nil, false, "", `for the collection "plants"`},
		{"a configuration of another collection", []string{"plants"}, []string{"by name"}, true, "", "none of the toolbox"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, d := zoo(t, test.general)
			b := &spec.SearchToolBox{CollectionNames: test.collections, SearchConfigs: test.configs, Datastore: c}
			box, err := search.NewToolbox(b, d)
			if test.err != "" || err != nil {
				if err == nil || test.err == "" || !strings.Contains(err.Error(), test.err) {
					t.Errorf("NewToolbox: %v, want %q", err, test.err)
				}
				return
			}
			tools, _ := box.Tools(t.Context()) // it never fails
			var names []string
			for _, tool := range tools {
				names = append(names, tool.Spec().Name)
			}
			if got := strings.Join(names, " "); got != test.want {
				t.Errorf("tools: %s, want %s", got, test.want)
			}
		})
	}
}

func TestToolboxOfADatastoreThatCannotSearch(t *testing.T) {
	t.Parallel()
	c, _ := zoo(t, true)
	c.Name = "zoo"
	if _, err := search.NewToolbox(&spec.SearchToolBox{Datastore: c}, memory.New(nil)); err == nil || !strings.Contains(err.Error(), `"zoo"`) {
		t.Errorf("NewToolbox: %v, want that the datastore cannot search", err)
	}
}

func TestCallOfASearchTool(t *testing.T) {
	t.Parallel()
	c, d := zoo(t, true)
	if _, err := d.Create(t.Context(), "pets", is("name", "a grey cat"), is("name", "a dog"), is("name", "a black cat")); err != nil {
		t.Fatal(err)
	}
	b := &spec.SearchToolBox{CollectionNames: []string{"pets"}, Datastore: c, K: 2}
	b.RequiresConfirmation = true
	box, err := search.NewToolbox(b, d)
	if err != nil {
		t.Fatal(err)
	}
	tools, _ := box.Tools(t.Context()) // it never fails
	if len(tools) != 1 || !tools[0].RequiresConfirmation {
		t.Fatalf("tools: %+v, want one that is confirmed", tools)
	}
	for args, want := range map[string]string{
		`{"query":"grey cat"}`:                                "a grey cat, a black cat",
		`{"query":"dog","columns_to_exclude":null}`:           "a dog, a grey cat",
		`{"query":"black cat","columns_to_exclude":["name"]}`: ", ",
	} {
		v, err := value.ParseJSON([]byte(args))
		if err != nil {
			t.Fatal(err)
		}
		o, _ := v.AsObject()
		got, err := tools[0].Call(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		rows, _ := got.AsList()
		var names []string
		for _, r := range rows {
			names = append(names, r.Get("name").Str())
		}
		if diff := cmp.Diff(want, strings.Join(names, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args, diff)
		}
	}
	if _, err := tools[0].Call(t.Context(), value.NewObject()); err == nil || !strings.Contains(err.Error(), "query") {
		t.Errorf("a call without a query: %v", err)
	}
}
