// Package memory is a datastore in the memory of the process, for trying things out: nothing is kept when the process
// ends.
//
// It does what the reference's InMemoryDatastore does: types are checked strictly, so that 5 is no number where 5.0 is
// asked for; defaults are filled in when an entity is created; a condition on null fits nothing; 1, 1.0 and true are
// equal. Unlike there, a missing value stays null and an integer an integer, whatever else is in the collection.
package memory

import (
	"context"
	"math"
	"math/big"
	"slices"
	"sync"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Datastore is a [datastore.Datastore] in memory.
type Datastore struct {
	types map[string]*value.Type

	mu          sync.RWMutex // guards what follows
	collections map[string]*collection
}

var _ datastore.Datastore = (*Datastore)(nil)

// collection holds entities in the order in which they were created. Entities never change; an update replaces them.
type collection struct {
	entities []*value.Object
	// order is that of the properties, as the first entity had it.
	order []string
}

// New returns an empty datastore with the collections of a schema: the type of the entities of each.
func New(schema spec.Dict[value.Property]) *Datastore {
	d := &Datastore{types: map[string]*value.Type{}, collections: map[string]*collection{}}
	for _, e := range schema {
		d.types[e.Key] = e.Value.Type
		d.collections[e.Key] = &collection{}
	}
	return d
}

// List implements [datastore.Datastore]. Conditions on a collection that is empty are not checked, as in the reference.
func (d *Datastore) List(ctx context.Context, name string, where *value.Object, limit int) ([]*value.Object, error) {
	t, err := d.typeOf(ctx, name)
	if err != nil {
		return nil, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	c := d.collections[name]
	if len(c.entities) > 0 && where != nil {
		if err := checkPart(t, where); err != nil {
			return nil, err
		}
	}
	var found []*value.Object
	for _, e := range c.entities {
		if limit >= 0 && len(found) >= limit {
			break
		}
		if where == nil || fits(e, where) {
			found = append(found, e)
		}
	}
	return found, nil
}

// Create implements [datastore.Datastore]. The order of properties is that of the entities the collection has already.
func (d *Datastore) Create(ctx context.Context, name string, entities ...*value.Object) ([]*value.Object, error) {
	created, _, err := d.Insert(ctx, name, entities...)
	return created, err
}

// Insert is Create, and returns the entities also as they are kept: the objects that List returns, until they are changed.
func (d *Datastore) Insert(ctx context.Context, name string, entities ...*value.Object) (created, kept []*value.Object, err error) {
	t, err := d.typeOf(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	created = make([]*value.Object, len(entities))
	for i, e := range entities {
		created[i] = withDefaults(t, e)
		if err := check(t, created[i]); err != nil {
			return nil, nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.collections[name]
	for _, e := range created {
		if len(c.entities) == 0 {
			c.order = keys(e)
		}
		c.entities = append(c.entities, ordered(e, c.order))
	}
	return created, slices.Clone(c.entities[len(c.entities)-len(created):]), nil
}

// Update implements [datastore.Datastore].
func (d *Datastore) Update(ctx context.Context, name string, where, update *value.Object) ([]*value.Object, error) {
	t, err := d.typeOf(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := datastore.CheckWhere(where); err != nil {
		return nil, err
	}
	for _, part := range []*value.Object{where, update} {
		if err := checkPart(t, part); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var changed []*value.Object
	for i, e := range d.collections[name].entities {
		if !fits(e, where) {
			continue
		}
		for k, v := range update.All() {
			e = e.With(k, v)
		}
		d.collections[name].entities[i] = e
		changed = append(changed, e)
	}
	return changed, nil
}

// Delete implements [datastore.Datastore].
func (d *Datastore) Delete(ctx context.Context, name string, where *value.Object) error {
	t, err := d.typeOf(ctx, name)
	if err != nil {
		return err
	}
	if err := datastore.CheckWhere(where); err != nil {
		return err
	}
	if err := checkPart(t, where); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.collections[name]
	c.entities = slices.DeleteFunc(c.entities, func(e *value.Object) bool { return fits(e, where) })
	return nil
}

// typeOf finds the type of the entities of a collection. The error does not tell which collections there are, as in the
// reference.
func (d *Datastore) typeOf(ctx context.Context, name string) (*value.Type, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	t, ok := d.types[name]
	if !ok {
		return nil, datastore.Errorf(datastore.KeyError, "the datastore has no collection %q", name)
	}
	return t, nil
}

// withDefaults is an entity with all properties that have a default: those first, in the order of the type.
func withDefaults(t *value.Type, e *value.Object) *value.Object {
	var b value.ObjectBuilder
	for _, p := range t.Properties {
		if p.HasDefault {
			v, err := p.DefaultValue()
			if err != nil {
				v = p.Default // which is then found to be wrong
			}
			b.Set(p.Title, v)
		}
	}
	for k, v := range e.All() {
		b.Set(k, v)
	}
	return b.Object()
}

func check(t *value.Type, e *value.Object) error {
	if err := checkPart(t, e); err != nil {
		return err
	}
	for _, p := range t.Properties {
		if _, ok := e.Get(p.Title); !ok {
			return datastore.Errorf(datastore.EntityError, "the entity has no %q, which has no default", p.Title)
		}
	}
	return nil
}

// checkPart checks properties of an entity by themselves.
func checkPart(t *value.Type, part *value.Object) error {
	for k, v := range part.All() {
		p, ok := t.Property(k)
		if !ok {
			return datastore.Errorf(datastore.EntityError, "entities of the collection have no property %q", k)
		}
		if err := p.Type.Check(v); err != nil {
			return datastore.Errorf(datastore.EntityError, "property %q: %w", k, err)
		}
	}
	return nil
}

// fits reports whether an entity has all values. Without any it does not, as in the reference.
func fits(e, where *value.Object) bool {
	for k, want := range where.All() {
		if got, _ := e.Get(k); !same(got, want) {
			return false
		}
	}
	return where.Len() > 0
}

// same compares as Python does: null equals nothing here, and numbers and booleans are compared by what they are worth.
func same(a, b value.Value) bool {
	a, b = asNumber(a), asNumber(b)
	switch {
	case a.IsNull() || b.IsNull():
		return false
	case a.Kind() == value.KindInt && b.Kind() == value.KindFloat:
		return sameWorth(a, b)
	case a.Kind() == value.KindFloat && b.Kind() == value.KindInt:
		return sameWorth(b, a)
	}
	return value.Equal(a, b)
}

// asNumber is what a boolean is worth.
func asNumber(v value.Value) value.Value {
	if yes, ok := v.AsBool(); ok {
		if yes {
			return value.Int(1)
		}
		return value.Int(0)
	}
	return v
}

// sameWorth compares an integer with a number, exactly.
func sameWorth(i, f value.Value) bool {
	whole, _ := i.AsBigInt()
	number, _ := f.AsFloat()
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return false
	}
	return new(big.Float).SetInt(whole).Cmp(big.NewFloat(number)) == 0
}

func keys(o *value.Object) []string {
	names := make([]string, 0, o.Len())
	for k := range o.All() {
		names = append(names, k)
	}
	return names
}

// ordered is an entity with its properties in an order; those that the order does not name come last.
func ordered(e *value.Object, order []string) *value.Object {
	var b value.ObjectBuilder
	for _, k := range order {
		if v, ok := e.Get(k); ok {
			b.Set(k, v)
		}
	}
	for k, v := range e.All() {
		if !slices.Contains(order, k) {
			b.Set(k, v)
		}
	}
	return b.Object()
}
