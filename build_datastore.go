package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// InMemoryDatastore is a datastore in the memory of the process. A collection is a name and the type of its entities, a
// struct:
//
//	InMemoryDatastore("shop", wayflow.Port[Product]("products"))
func InMemoryDatastore(name string, collections ...value.Property) *spec.InMemoryCollectionDatastore {
	s := &spec.InMemoryCollectionDatastore{}
	s.Name, s.Metadata = name, value.NewObject()
	for _, c := range collections {
		s.DatastoreSchema = append(s.DatastoreSchema, spec.Entry[value.Property]{Key: c.Title, Value: c})
	}
	return s
}

// where collects the values that entities must have.
type where struct{ object *value.Object }

// add returns what is wrong with the value.
func (w *where) add(column string, v any) error {
	val, err := tool.ValueOf(v)
	if err == nil {
		w.object = w.get().With(column, val)
	}
	return err
}

// get is never nil, as what changes entities must say which.
func (w *where) get() *value.Object {
	if w.object == nil {
		return value.NewObject()
	}
	return w.object
}

// CreateEntityNode adds an entity to a collection.
type CreateEntityNode struct {
	node[CreateEntityNode]
	in spec.DatastoreCollection
}

// CreateEntity adds its input, entity, to a collection; what was added is its output, created_entity.
func CreateEntity(name string, store spec.Datastore, collection string) *CreateEntityNode {
	n := &CreateEntityNode{in: spec.DatastoreCollection{Datastore: store, CollectionName: collection}}
	return n.init(n, name, here())
}

func (n *CreateEntityNode) compose(*builder, string) spec.Node {
	return &spec.DatastoreCreateNode{DatastoreCollection: n.in}
}

// ListEntitiesNode looks for entities.
type ListEntitiesNode struct {
	node[ListEntitiesNode]
	in    spec.DatastoreCollection
	where where
	limit *int
	one   bool
}

// ListEntities looks for the entities of a collection; they are its output, entities.
func ListEntities(name string, store spec.Datastore, collection string) *ListEntitiesNode {
	n := &ListEntitiesNode{in: spec.DatastoreCollection{Datastore: store, CollectionName: collection}}
	return n.init(n, name, here())
}

// Where takes only entities that have a value in a column; a text may be a template, whose variable is an input.
func (n *ListEntitiesNode) Where(column string, v any) *ListEntitiesNode {
	if err := n.where.add(column, v); err != nil {
		n.fail(here(), "where", "", "the value of %q: %s", column, err)
	}
	return n
}

// Limit bounds how many entities are taken.
func (n *ListEntitiesNode) Limit(entities int) *ListEntitiesNode {
	n.limit = &entities
	return n
}

// One takes one entity, and makes it the output instead of a list.
func (n *ListEntitiesNode) One() *ListEntitiesNode {
	n.one = true
	return n.Limit(1)
}

func (n *ListEntitiesNode) compose(*builder, string) spec.Node {
	return &spec.DatastoreListNode{
		DatastoreCollection: n.in, Where: n.where.object, Limit: n.limit, UnpackSingleEntityFromList: &n.one,
	}
}

// UpdateEntitiesNode changes entities.
type UpdateEntitiesNode struct {
	node[UpdateEntitiesNode]
	in    spec.DatastoreCollection
	where where
}

// UpdateEntities changes entities of a collection by its input, update; they are its output, entities. Say which with
// Where: without a condition the flow is wrong.
func UpdateEntities(name string, store spec.Datastore, collection string) *UpdateEntitiesNode {
	n := &UpdateEntitiesNode{in: spec.DatastoreCollection{Datastore: store, CollectionName: collection}}
	return n.init(n, name, here())
}

// Where takes only entities that have a value in a column; a text may be a template, whose variable is an input.
func (n *UpdateEntitiesNode) Where(column string, v any) *UpdateEntitiesNode {
	if err := n.where.add(column, v); err != nil {
		n.fail(here(), "where", "", "the value of %q: %s", column, err)
	}
	return n
}

func (n *UpdateEntitiesNode) compose(*builder, string) spec.Node {
	return &spec.DatastoreUpdateNode{DatastoreCollection: n.in, Where: n.where.get()}
}

// DeleteEntitiesNode deletes entities.
type DeleteEntitiesNode struct {
	node[DeleteEntitiesNode]
	in    spec.DatastoreCollection
	where where
}

// DeleteEntities deletes entities of a collection. Say which with Where: without a condition the flow is wrong.
func DeleteEntities(name string, store spec.Datastore, collection string) *DeleteEntitiesNode {
	n := &DeleteEntitiesNode{in: spec.DatastoreCollection{Datastore: store, CollectionName: collection}}
	return n.init(n, name, here())
}

// Where takes only entities that have a value in a column; a text may be a template, whose variable is an input.
func (n *DeleteEntitiesNode) Where(column string, v any) *DeleteEntitiesNode {
	if err := n.where.add(column, v); err != nil {
		n.fail(here(), "where", "", "the value of %q: %s", column, err)
	}
	return n
}

func (n *DeleteEntitiesNode) compose(*builder, string) spec.Node {
	return &spec.DatastoreDeleteNode{DatastoreCollection: n.in, Where: n.where.get()}
}

// QueryNode asks a database.
type QueryNode struct {
	node[QueryNode]
	store spec.RelationalDatastore
	query string
}

// Query asks a database with SQL. Its input bind_variables has the values of variables such as :id, its output result the
// rows.
func Query(name string, store spec.RelationalDatastore, sql string) *QueryNode {
	n := &QueryNode{store: store, query: sql}
	return n.init(n, name, here())
}

func (n *QueryNode) compose(*builder, string) spec.Node {
	return &spec.DatastoreQueryNode{Datastore: n.store, Query: n.query}
}

// SearchNode finds entities by meaning.
type SearchNode struct {
	node[SearchNode]
	in      spec.DatastoreCollection
	where   where
	k       int
	config  *string
	exclude []string
}

// Search finds the entities of a collection that are nearest in meaning to its input, query; they are its output,
// retrieved_documents, the nearest first, three unless Top says otherwise. The datastore needs search configurations.
func Search(name string, store spec.Datastore, collection string) *SearchNode {
	n := &SearchNode{in: spec.DatastoreCollection{Datastore: store, CollectionName: collection}}
	return n.init(n, name, here())
}

// Top says how many entities to find.
func (n *SearchNode) Top(k int) *SearchNode {
	n.k = k
	return n
}

// Config names the search configuration of the datastore to use.
func (n *SearchNode) Config(name string) *SearchNode {
	n.config = &name
	return n
}

// Where takes only entities that have a value in a column; a text may be a template, whose variable is an input.
func (n *SearchNode) Where(column string, v any) *SearchNode {
	if err := n.where.add(column, v); err != nil {
		n.fail(here(), "where", "", "the value of %q: %s", column, err)
	}
	return n
}

// Exclude leaves columns out of what is found.
func (n *SearchNode) Exclude(columns ...string) *SearchNode {
	n.exclude = append(n.exclude, columns...)
	return n
}

func (n *SearchNode) compose(*builder, string) spec.Node {
	return &spec.SearchNode{
		DatastoreCollection: n.in, K: n.k, SearchConfig: n.config, Where: n.where.object, ColumnsToExclude: n.exclude,
	}
}
