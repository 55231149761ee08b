package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// DatastoreAction is what a node does with a datastore.
type DatastoreAction uint8

// The actions.
const (
	Create DatastoreAction = iota
	List
	Update
	Delete
	Query
	Search
)

// Condition is a value that a property must have.
type Condition struct {
	Property *Text
	// Value is the value; if it is nil that of the input counts, as it is.
	Value *Shape
	Input int
}

// entityType is an entity as nodes see it.
var entityType = value.DictOf(nil)

// datastoreNode is a node of a datastore that is being compiled.
type datastoreNode struct {
	fc *flowCompiler
	n  *Node
	*templated
	op  *UseDatastore
	sig *signature
	// later is what depends on the types that the document gives the inputs.
	later []func()
}

func (fc *flowCompiler) datastoreNode(n *Node, d spec.Datastore, action DatastoreAction) *datastoreNode {
	if d == nil {
		n.Op = &Unsupported{Kind: "a datastore that is missing"}
		return nil
	}
	return &datastoreNode{
		fc: fc, n: n, templated: fc.templated(n.Spec),
		op:  &UseDatastore{Datastore: fc.datastore(d), Action: action, Limit: -1, Entity: -1},
		sig: &signature{branches: nextOnly, loose: true, typed: true},
	}
}

// datastoreCreateNode adds an entity.
func (fc *flowCompiler) datastoreCreateNode(n *Node, s *spec.DatastoreCreateNode) {
	d := fc.datastoreNode(n, s.Datastore, Create)
	if d == nil {
		return
	}
	d.collection(&s.DatastoreCollection)
	d.entity("entity")
	d.sig.outputs = []value.Property{{Title: "created_entity", Type: entityType}}
	d.done()
}

// datastoreListNode yields entities.
func (fc *flowCompiler) datastoreListNode(n *Node, s *spec.DatastoreListNode) {
	d := fc.datastoreNode(n, s.Datastore, List)
	if d == nil {
		return
	}
	d.collection(&s.DatastoreCollection)
	d.where(s.Where)
	if s.Limit != nil {
		d.op.Limit = *s.Limit
		if *s.Limit < 0 {
			d.errorf(at(s, "limit"), "limit", "make it 0 or more, or null for no bound", "%s lists %d entities", nodeName(s), *s.Limit)
		}
	}
	out := value.Property{Title: "entities", Type: value.ListOf(entityType)}
	if s.UnpackSingleEntityFromList != nil && *s.UnpackSingleEntityFromList {
		d.op.One, out.Type = true, entityType
	}
	d.sig.outputs = []value.Property{out}
	d.done()
}

// datastoreUpdateNode changes entities.
func (fc *flowCompiler) datastoreUpdateNode(n *Node, s *spec.DatastoreUpdateNode) {
	d := fc.datastoreNode(n, s.Datastore, Update)
	if d == nil {
		return
	}
	d.collection(&s.DatastoreCollection)
	d.somewhere(s.Where)
	d.entity("update")
	d.sig.outputs = []value.Property{{Title: "entities", Type: value.ListOf(entityType)}}
	d.done()
}

// datastoreDeleteNode deletes entities.
func (fc *flowCompiler) datastoreDeleteNode(n *Node, s *spec.DatastoreDeleteNode) {
	d := fc.datastoreNode(n, s.Datastore, Delete)
	if d == nil {
		return
	}
	d.collection(&s.DatastoreCollection)
	d.somewhere(s.Where)
	d.done()
}

// datastoreQueryNode runs a query.
func (fc *flowCompiler) datastoreQueryNode(n *Node, s *spec.DatastoreQueryNode) {
	d := fc.datastoreNode(n, s.Datastore, Query)
	if d == nil {
		return
	}
	d.op.Collection, d.op.Query = &Text{}, s.Query
	if t, err := jinja.Parse(s.Query); err != nil || t.Arity() > 0 {
		d.errorf(at(s, "query"), "query-template", "write :name where the value belongs, and give it in bind_variables",
			"the query of %s is a template, which would let a value change what it does", nodeName(s))
	}
	d.entity("bind_variables")
	d.sig.outputs = []value.Property{{Title: "result", Type: value.ListOf(entityType)}}
	d.done()
}

// searchNode finds entities by meaning.
func (fc *flowCompiler) searchNode(n *Node, s *spec.SearchNode) {
	d := fc.datastoreNode(n, s.Datastore, Search)
	if d == nil {
		return
	}
	d.collection(&s.DatastoreCollection)
	d.where(s.Where)
	d.op.Limit, d.op.Exclude = s.K, s.ColumnsToExclude
	if s.SearchConfig != nil {
		d.op.Config = *s.SearchConfig
	}
	d.searchable(s)
	d.ownInput(value.Property{Title: "query", Type: value.StringType})
	d.sig.outputs = []value.Property{{Title: "retrieved_documents", Type: value.ListOf(entityType)}}
	d.done()
}

// searchable reports what the datastore's configuration says against a search.
func (d *datastoreNode) searchable(s *spec.SearchNode) {
	configs := searchConfigs(s.Datastore)
	if len(configs) == 0 {
		d.errorf(at(s, "datastore"), "not-searchable", "give it search_configs", "%s searches a datastore that cannot be searched", nodeName(s))
		return
	}
	if s.SearchConfig == nil {
		return
	}
	if !slices.ContainsFunc(configs, func(c *spec.SearchConfig) bool { return c.Name == *s.SearchConfig }) {
		d.errorf(at(s, "search_config"), "not-searchable", "name one of search_configs",
			"%s uses the search configuration %q, which its datastore does not have", nodeName(s), *s.SearchConfig)
	}
}

func searchConfigs(d spec.Datastore) []*spec.SearchConfig {
	switch d := d.(type) {
	case *spec.InMemoryCollectionDatastore:
		return d.SearchConfigs
	case *spec.OracleDatabaseDatastore:
		return d.SearchConfigs
	}
	return nil
}

// collection compiles the name of the collection, which may be a template.
func (d *datastoreNode) collection(c *spec.DatastoreCollection) {
	d.op.Collection = d.text(c.CollectionName, "collection_name")
	if d.op.Collection.Template != nil {
		return
	}
	if _, ok := c.Datastore.Datastore().DatastoreSchema.Get(d.op.Collection.Fixed); !ok {
		d.errorf(at(d.owner, "collection_name"), "unknown-collection", "name one of datastore_schema",
			"%s works on the collection %q, which its datastore does not have", nodeName(d.n.Spec), c.CollectionName)
	}
}

// somewhere compiles the conditions of a node that changes entities. Without any the reference changes nothing in memory
// and every row of a database, which hardly anybody means: here it is wrong.
func (d *datastoreNode) somewhere(o *value.Object) {
	if o.Len() == 0 {
		d.errorf(at(d.owner, "where"), "where", "name a property and the value that it must have",
			"where of %s has no condition, so it is not said which entities it changes", nodeName(d.n.Spec))
	}
	d.where(o)
}

// where compiles the conditions. A value that is a template of an input that is no text stands for the input as it is,
// as in the reference.
func (d *datastoreNode) where(o *value.Object) {
	if d.op.All = o == nil; d.op.All {
		return
	}
	d.op.Where = make([]Condition, 0, o.Len())
	for k, v := range o.All() {
		i := len(d.op.Where)
		cond := Condition{Property: d.text(k, "where", k), Value: &Shape{Fixed: v}}
		if v.Kind() == value.KindString {
			text := d.text(v.Str(), "where", k)
			cond.Value = textShape(text)
			d.later = append(d.later, func() { d.plainInput(i, text) })
			if text.Template != nil && len(text.Args) > 1 {
				d.errorf(at(d.owner, "where", k), "where", "render it in a TemplateNode before",
					"a value in where of %s uses %d variables; it may use one", nodeName(d.n.Spec), len(text.Args))
			}
		}
		d.op.Where = append(d.op.Where, cond)
	}
}

func textShape(t *Text) *Shape {
	if t.Template == nil {
		return &Shape{Fixed: value.String(t.Fixed)}
	}
	return &Shape{Text: t}
}

// plainInput makes a condition take the input itself if that is no text.
func (d *datastoreNode) plainInput(i int, t *Text) {
	if t.Template == nil || len(t.Args) == 0 {
		return
	}
	in := t.Args[0]
	if in < len(d.n.Inputs) && !isText(d.n.Inputs[in].Type) {
		d.op.Where[i].Value, d.op.Where[i].Input = nil, in
	}
}

func isText(t *value.Type) bool { return t != nil && t.Kind == value.TypeString }

// entity adds the input that holds an entity, or part of one.
func (d *datastoreNode) entity(name string) {
	d.ownInput(value.Property{Title: name, Type: entityType})
}

// ownInput adds the input that is no variable of a template.
func (d *datastoreNode) ownInput(p value.Property) {
	if slices.ContainsFunc(d.inputs, func(q value.Property) bool { return q.Title == p.Title }) {
		d.errorf(at(d.owner), "reserved-name", "give the variable another name",
			"a template of %s uses the variable %q, which is the name of an input of its own", nodeName(d.n.Spec), p.Title)
	}
	d.op.Entity = d.input(p)
}

// done gives the node its ports.
func (d *datastoreNode) done() {
	d.sig.inputs = d.inputs
	d.fc.ports(d.n, d.sig)
	for _, f := range d.later {
		f()
	}
	d.n.Op = d.op
}
