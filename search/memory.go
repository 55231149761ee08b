package search

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/datastore/memory"
	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Datastore is a datastore in memory that can be searched. What is created or changed gets its vectors at once. If the
// model cannot be reached then, that is no failure of the change: the search that needs the vectors asks again.
type Datastore struct {
	*memory.Datastore
	config *Config

	mu     sync.Mutex // guards what follows
	spaces map[spaceKey]*vectors
	models map[spec.EmbeddingConfig]embed.Embedder
}

var _ datastore.Searcher = (*Datastore)(nil)

// spaceKey tells spaces apart that do not share their vectors. Metrics do.
type spaceKey struct {
	collection, property string
	model                spec.EmbeddingConfig
}

// vectors are those of the entities of a collection. Entities never change, an update replaces them: so an entity without
// a vector is a new one.
type vectors struct {
	index Index
	slots map[*value.Object]int
}

// Open makes the datastore of a configuration. embedder makes the models, each once.
func Open(c *spec.InMemoryCollectionDatastore, embedder func(spec.EmbeddingConfig) (embed.Embedder, error)) (*Datastore, error) {
	d := &Datastore{
		Datastore: memory.New(c.DatastoreSchema),
		config:    NewConfig(c.DatastoreSchema, &c.DatastoreSearch),
		spaces:    map[spaceKey]*vectors{},
		models:    map[spec.EmbeddingConfig]embed.Embedder{},
	}
	for _, collection := range c.DatastoreSchema {
		for _, s := range d.config.Spaces(collection.Key) {
			if d.models[s.Model] != nil {
				continue
			}
			m, err := embedder(s.Model)
			if err != nil {
				return nil, fmt.Errorf("embedding model %q: %w", s.Model.Base().Name, err)
			}
			d.models[s.Model] = m
		}
	}
	return d, nil
}

// Create implements [datastore.Datastore]. A vector that the type asks for may be missing.
func (d *Datastore) Create(ctx context.Context, collection string, entities ...*value.Object) ([]*value.Object, error) {
	if p := vectorProperty(d.config.schema, collection); p != "" {
		complete := make([]*value.Object, len(entities))
		for i, e := range entities {
			if complete[i] = e; !has(e, p) {
				complete[i] = e.With(p, value.List())
			}
		}
		entities = complete
	}
	created, kept, err := d.Insert(ctx, collection, entities...)
	if err != nil {
		return nil, err
	}
	d.prepare(ctx, collection, kept)
	return created, nil
}

func has(e *value.Object, property string) bool {
	_, ok := e.Get(property)
	return ok
}

// Update implements [datastore.Datastore].
func (d *Datastore) Update(ctx context.Context, collection string, where, update *value.Object) ([]*value.Object, error) {
	changed, err := d.Datastore.Update(ctx, collection, where, update)
	if err != nil {
		return nil, err
	}
	d.prepare(ctx, collection, changed)
	return changed, d.forget(ctx, collection)
}

// Delete implements [datastore.Datastore].
func (d *Datastore) Delete(ctx context.Context, collection string, where *value.Object) error {
	if err := d.Datastore.Delete(ctx, collection, where); err != nil {
		return err
	}
	return d.forget(ctx, collection)
}

// Search implements [datastore.Searcher].
func (d *Datastore) Search(ctx context.Context, s datastore.Search) ([]*value.Object, error) {
	space, err := d.config.Pick(s.Collection, s.Config)
	if err != nil {
		return nil, err
	}
	entities, err := d.List(ctx, space.Collection, s.Where, -1)
	if err != nil || len(entities) == 0 {
		return nil, err
	}
	if err := d.embed(ctx, space, entities); err != nil {
		return nil, err
	}
	query, err := d.models[space.Model].Embed(ctx, []string{s.Query})
	if err != nil {
		return nil, err
	}
	found, err := d.nearest(space, entities, query[0], s.Top())
	if err != nil {
		return nil, err
	}
	rows := make([]*value.Object, len(found))
	for i, hit := range found {
		rows[i] = d.row(space, entities[hit.At], hit.Score, s.Exclude)
	}
	return rows, nil
}

// prepare gives entities their vectors. That may fail: then a search does it.
func (d *Datastore) prepare(ctx context.Context, collection string, entities []*value.Object) {
	for _, s := range d.config.Spaces(collection) {
		_ = d.embed(ctx, s, entities) // see Datastore
	}
}

// embed gives a vector to each entity that has none.
func (d *Datastore) embed(ctx context.Context, s *Space, entities []*value.Object) error {
	var missing []*value.Object
	var texts []string
	made := map[*value.Object][]float32{}
	d.mu.Lock()
	v := d.vectors(s)
	for _, e := range entities {
		if _, ok := v.slots[e]; ok {
			continue
		}
		if own := ownVector(e, s.Property); own != nil {
			made[e] = own
			continue
		}
		missing = append(missing, e)
		texts = append(texts, Text(e, s.Property))
	}
	d.mu.Unlock()
	if len(missing) > 0 {
		got, err := d.models[s.Model].Embed(ctx, texts)
		if err != nil {
			return err
		}
		for i, e := range missing {
			made[e] = got[i]
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range entities { // in their order, so that slots do not depend on chance
		if err := v.add(e, made[e]); err != nil {
			return datastore.Errorf(datastore.SearchError, "collection %q: %w", s.Collection, err)
		}
	}
	return nil
}

func (v *vectors) add(e *value.Object, vector []float32) error {
	if _, ok := v.slots[e]; ok || vector == nil {
		return nil
	}
	slot, err := v.index.Add(vector)
	if err != nil {
		return err
	}
	v.slots[e] = slot
	return nil
}

// vectors returns those of a space. The caller holds the lock.
func (d *Datastore) vectors(s *Space) *vectors {
	key := spaceKey{s.Collection, s.Property, s.Model}
	v := d.spaces[key]
	if v == nil {
		v = &vectors{slots: map[*value.Object]int{}}
		d.spaces[key] = v
	}
	return v
}

// ownVector is the vector that an entity came with; nil if it has none.
func ownVector(e *value.Object, property string) []float32 {
	held, _ := e.Get(property)
	numbers, _ := held.AsList()
	if property == "" || len(numbers) == 0 {
		return nil
	}
	vector := make([]float32, len(numbers))
	for i, n := range numbers {
		if f, ok := n.AsFloat(); ok {
			vector[i] = float32(f)
		} else if whole, ok := n.AsInt(); ok {
			vector[i] = float32(whole)
		}
	}
	return vector
}

// nearest finds the nearest of the entities that have a vector, which all have that were not deleted meanwhile.
func (d *Datastore) nearest(s *Space, entities []*value.Object, query []float32, k int) ([]Hit, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.vectors(s)
	slots, places := make([]int, 0, len(entities)), make([]int, 0, len(entities))
	for i, e := range entities {
		if slot, ok := v.slots[e]; ok {
			slots, places = append(slots, slot), append(places, i)
		}
	}
	found, err := v.index.Nearest(query, slots, k, s.Metric)
	if err != nil {
		return nil, datastore.Errorf(datastore.SearchError, "collection %q: %w", s.Collection, err)
	}
	for i := range found {
		found[i].At = places[found[i].At]
	}
	return found, nil
}

// row is an entity as a search yields it: with its score, and without its vectors.
func (d *Datastore) row(s *Space, e *value.Object, score float32, exclude []string) *value.Object {
	t := entityType(d.config.schema, s.Collection)
	var b value.ObjectBuilder
	for name, v := range e.All() {
		p, declared := t.Property(name)
		if name == s.Property || declared && p.Type != nil && p.Type.Vector || slices.Contains(exclude, name) {
			continue
		}
		b.Set(name, v)
	}
	b.Set("_score", value.Float(float64(score)))
	return b.Object()
}

// forget drops the vectors of entities that are no more.
func (d *Datastore) forget(ctx context.Context, collection string) error {
	entities, err := d.List(ctx, collection, nil, -1)
	if err != nil {
		return err
	}
	live := make(map[*value.Object]bool, len(entities))
	for _, e := range entities {
		live[e] = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, v := range d.spaces {
		if key.collection != collection {
			continue
		}
		for e, slot := range v.slots {
			if !live[e] {
				v.index.Remove(slot)
				delete(v.slots, e)
			}
		}
	}
	return nil
}
