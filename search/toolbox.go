package search

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Toolbox has a tool for each searchable collection of a datastore, or several where several search configurations are
// wanted. A tool is called search_, then the collection, an underscore and the configuration, with underscores for blanks.
// Its inputs are query and columns_to_exclude; how many entities it finds is the toolbox's affair.
type Toolbox struct{ tools []tool.BoxTool }

var _ tool.Box = (*Toolbox)(nil)

// NewToolbox returns the toolbox of a document, which searches d, the datastore of its configuration.
//
// A search configuration that the toolbox names makes a tool for its collection, or, if it is for any, for each collection
// of the toolbox. A collection for which that makes none is searched by the configuration that suits it best, see
// [Config.Pick]. What the toolbox names and the datastore lacks is an error, where the reference passes over it.
func NewToolbox(b *spec.SearchToolBox, d datastore.Datastore) (*Toolbox, error) {
	store, ok := d.(datastore.Searcher)
	if !ok {
		return nil, fmt.Errorf("the datastore %q cannot be searched by meaning; give it search_configs", b.Datastore.Base().Name)
	}
	schema := b.Datastore.Datastore().DatastoreSchema
	found, err := newSearches(NewConfig(schema, configured(b.Datastore)), schema, b)
	if err != nil {
		return nil, err
	}
	t := &Toolbox{}
	for _, s := range found {
		s.K = b.K
		search, err := newTool(store, s, schema)
		if err != nil {
			return nil, err
		}
		t.tools = append(t.tools, tool.BoxTool{Tool: search, RequiresConfirmation: b.RequiresConfirmation})
	}
	return t, nil
}

// Tools implements [tool.Box].
func (t *Toolbox) Tools(context.Context) ([]tool.BoxTool, error) { return t.tools, nil }

// configured is how a datastore can be searched.
func configured(d spec.Datastore) *spec.DatastoreSearch {
	switch d := d.(type) {
	case *spec.InMemoryCollectionDatastore:
		return &d.DatastoreSearch
	case *spec.OracleDatabaseDatastore:
		return &d.DatastoreSearch
	}
	return &spec.DatastoreSearch{}
}

// newSearches are those that the tools of a toolbox make.
func newSearches(c *Config, schema spec.Dict[value.Property], b *spec.SearchToolBox) ([]datastore.Search, error) {
	collections := b.CollectionNames
	if collections == nil {
		for _, collection := range schema {
			collections = append(collections, collection.Key)
		}
	}
	var found []datastore.Search
	served := map[string]bool{}
	add := func(collection, config string) error {
		if _, err := c.Pick(collection, config); err != nil {
			return err
		}
		found = append(found, datastore.Search{Collection: collection, Config: config})
		served[collection] = true
		return nil
	}
	for _, config := range b.SearchConfigs {
		sc, err := c.pick("", config)
		if err != nil {
			return nil, err
		}
		of := collections
		if name := sc.Retriever.CollectionName; name != nil {
			if !slices.Contains(collections, *name) {
				return nil, fmt.Errorf("the search configuration %q is for the collection %q, which is none of the toolbox", config, *name)
			}
			of = []string{*name}
		}
		for _, collection := range of {
			if err := add(collection, config); err != nil {
				return nil, err
			}
		}
	}
	for _, collection := range collections {
		best := c.forCollection(collection)
		if served[collection] || best == nil && b.CollectionNames == nil {
			continue
		}
		i := slices.IndexFunc(c.configs, func(n named[*spec.SearchConfig]) bool { return n.config == best })
		config := ""
		if i >= 0 {
			config = c.configs[i].name
		}
		if err := add(collection, config); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// wanted are the inputs of a tool.
type wanted struct {
	Query   string   `json:"query" description:"what to find, in words"`
	Exclude []string `json:"columns_to_exclude,omitempty" description:"properties that are not needed"`
}

func newTool(store datastore.Searcher, s datastore.Search, schema spec.Dict[value.Property]) (tool.Tool, error) {
	entity, _ := schema.Get(s.Collection)
	what := entity.Description
	if what == "" {
		what = s.Collection
	}
	return tool.Func(
		strings.ReplaceAll("search_"+s.Collection+"_"+s.Config, " ", "_"),
		fmt.Sprintf("Finds the %d entries of %q that are nearest in meaning to a query, each with a score: %s", s.Top(), s.Collection, what),
		func(ctx context.Context, in wanted) ([]*value.Object, error) {
			s := s
			s.Query, s.Exclude = in.Query, in.Exclude
			return store.Search(ctx, s)
		})
}
