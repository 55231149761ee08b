package search

import (
	"fmt"
	"slices"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Config is how a datastore can be searched: its configuration, with a name for everything that has none.
type Config struct {
	schema  spec.Dict[value.Property]
	configs []named[*spec.SearchConfig]
	vectors []named[*spec.VectorConfig]
}

// named is a configuration and what it is called.
type named[T any] struct {
	name   string
	config T
}

// Space is where to search: the vectors of a collection that one model makes.
type Space struct {
	// Collection is the name of the collection.
	Collection string
	// Model makes the vectors.
	Model spec.EmbeddingConfig
	// Property is the property of the entities that holds their vectors; empty if none does.
	Property string
	// Metric is how nearness is measured.
	Metric Metric
}

// NewConfig reads how a datastore can be searched. Without search configurations it cannot be.
func NewConfig(schema spec.Dict[value.Property], s *spec.DatastoreSearch) *Config {
	c := &Config{schema: schema}
	for i, sc := range s.SearchConfigs {
		name := sc.Name
		switch {
		case name != "":
		case sc.Retriever != nil && sc.Retriever.CollectionName != nil:
			name = "search_" + *sc.Retriever.CollectionName
		default:
			name = fmt.Sprintf("search_config_%d", i)
		}
		c.configs = append(c.configs, named[*spec.SearchConfig]{name, sc})
	}
	for i, vc := range s.VectorConfigs {
		name := vc.Name
		if name == "" && vc.CollectionName != nil {
			name = fmt.Sprintf("vector_%s_%d", *vc.CollectionName, i)
		}
		c.vectors = append(c.vectors, named[*spec.VectorConfig]{name, vc})
	}
	return c
}

// Pick chooses how to search. One of collection and config, the name of a search configuration, must be given. A collection
// alone is searched by the configuration for it, preferably one that says which vectors, else by one for any collection.
// The model is that of the vectors, else that of the configuration, else any that the datastore has. Errors are a
// [*datastore.Error].
func (c *Config) Pick(collection, config string) (*Space, error) {
	sc, err := c.pick(collection, config)
	if err != nil {
		return nil, err
	}
	r := sc.Retriever
	if r.CollectionName != nil {
		if collection != "" && collection != *r.CollectionName {
			return nil, datastore.Errorf(datastore.SearchError, "the search configuration %q is for the collection %q, not for %q",
				config, *r.CollectionName, collection)
		}
		collection = *r.CollectionName
	}
	if collection == "" {
		return nil, datastore.Errorf(datastore.SearchError, "the search configuration %q is for any collection; name one", config)
	}
	return c.space(collection, r)
}

func (c *Config) pick(collection, config string) (*spec.SearchConfig, error) {
	if config != "" {
		i := slices.IndexFunc(c.configs, func(n named[*spec.SearchConfig]) bool { return n.name == config })
		if i < 0 {
			return nil, datastore.Errorf(datastore.SearchError, "the datastore has no search configuration %q", config)
		}
		return c.configs[i].config, nil
	}
	if collection == "" {
		return nil, datastore.Errorf(datastore.SearchError, "a search needs a collection or a search configuration")
	}
	if found := c.forCollection(collection); found != nil {
		return found, nil
	}
	return nil, datastore.Errorf(datastore.SearchError, "no search configuration of the datastore is for the collection %q", collection)
}

// forCollection is the configuration that suits a collection best; nil if none does.
func (c *Config) forCollection(collection string) *spec.SearchConfig {
	var best *spec.SearchConfig
	rank := 0
	for _, n := range c.configs {
		r := n.config.Retriever
		mine := 0
		switch {
		case r.CollectionName == nil:
			mine = 1
		case *r.CollectionName != collection:
			continue
		case r.Vectors == (spec.VectorSource{}):
			mine = 2
		default:
			mine = 3
		}
		if mine > rank {
			best, rank = n.config, mine
		}
	}
	return best
}

func (c *Config) space(collection string, r *spec.VectorRetrieverConfig) (*Space, error) {
	if _, ok := c.schema.Get(collection); !ok {
		return nil, datastore.Errorf(datastore.KeyError, "the datastore has no collection %q", collection)
	}
	metric, err := ParseMetric(r.DistanceMetric)
	if err != nil {
		return nil, datastore.Errorf(datastore.SearchError, "%w", err)
	}
	s := &Space{Collection: collection, Metric: metric}
	vc, err := c.vectorsOf(collection, r)
	if err != nil {
		return nil, err
	}
	if vc != nil {
		s.Model = vc.Model
		if vc.VectorProperty != nil {
			s.Property = *vc.VectorProperty
		}
	}
	if s.Model == nil {
		s.Model = r.Model
	}
	if s.Model == nil {
		s.Model = c.anyModel()
	}
	if s.Property == "" {
		s.Property = vectorProperty(c.schema, collection)
	}
	if s.Model == nil {
		return nil, datastore.Errorf(datastore.SearchError, "no configuration names the embedding model for the collection %q", collection)
	}
	return s, nil
}

// vectorsOf is the configuration of the vectors to search; nil if there is none.
func (c *Config) vectorsOf(collection string, r *spec.VectorRetrieverConfig) (*spec.VectorConfig, error) {
	if r.Vectors.Config != nil {
		return r.Vectors.Config, nil
	}
	var general *spec.VectorConfig
	for _, n := range c.vectors {
		of := n.config.CollectionName
		switch {
		case r.Vectors.Name != nil:
			if n.name == *r.Vectors.Name || n.config.VectorProperty != nil && *n.config.VectorProperty == *r.Vectors.Name {
				return n.config, nil
			}
		case of == nil && general == nil:
			general = n.config
		case of != nil && *of == collection:
			return n.config, nil
		}
	}
	if r.Vectors.Name == nil {
		return general, nil
	}
	if t := entityType(c.schema, collection); t != nil {
		if p, ok := t.Property(*r.Vectors.Name); ok && p.Type != nil && p.Type.Vector {
			return &spec.VectorConfig{VectorProperty: r.Vectors.Name}, nil
		}
	}
	return nil, datastore.Errorf(datastore.SearchError, "the datastore has no vector configuration %q", *r.Vectors.Name)
}

func (c *Config) anyModel() spec.EmbeddingConfig {
	for _, n := range c.configs {
		if m := n.config.Retriever.Model; m != nil {
			return m
		}
	}
	for _, n := range c.vectors {
		if n.config.Model != nil {
			return n.config.Model
		}
	}
	return nil
}

// Spaces are all that can be searched of a collection, in the order of the configurations.
func (c *Config) Spaces(collection string) []*Space {
	var spaces []*Space
	for _, n := range c.configs {
		r := n.config.Retriever
		if r.CollectionName != nil && *r.CollectionName != collection {
			continue
		}
		if s, err := c.space(collection, r); err == nil {
			spaces = append(spaces, s)
		}
	}
	return spaces
}

func entityType(schema spec.Dict[value.Property], collection string) *value.Type {
	p, _ := schema.Get(collection)
	return p.Type
}

// vectorProperty is the first property of a collection that is a vector; empty if none is.
func vectorProperty(schema spec.Dict[value.Property], collection string) string {
	if t := entityType(schema, collection); t != nil {
		for _, p := range t.Properties {
			if p.Type != nil && p.Type.Vector {
				return p.Title
			}
		}
	}
	return ""
}
