package engine

import (
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// DatastoreCall is something that a datastore is to do.
type DatastoreCall struct {
	// Datastore is the index of the datastore in the program.
	Datastore int                     `json:"datastore"`
	Action    program.DatastoreAction `json:"action"`
	// Collection is the name of the collection; a query has none.
	Collection string `json:"collection,omitempty"`
	// Where are values that properties must have. Nil means all entities.
	Where *value.Object `json:"where"`
	// Limit bounds how many entities are listed or found; nil does not.
	Limit *int `json:"limit,omitempty"`
	// Entity is the entity to create, what to change of entities, or the values of the variables of a query.
	Entity *value.Object `json:"entity,omitempty"`
	// Query is the query, or the text to search for.
	Query string `json:"query,omitempty"`
	// Config is the search configuration to use; empty means the one that fits best. Exclude are properties to leave out.
	Config  string   `json:"config,omitempty"`
	Exclude []string `json:"exclude,omitempty"`
}

// runDatastore has a datastore do something.
func (m *Machine) runDatastore(f *flowFrame, n *program.Node, op *program.UseDatastore) *flowFrame {
	args, err := m.inputs(f, n)
	if err != nil {
		return m.fail(f, err)
	}
	call, err := datastoreCall(op, args)
	if err != nil {
		return m.fail(f, err)
	}
	m.emit(f, &Effect{Datastore: call})
	return nil
}

func datastoreCall(op *program.UseDatastore, args []value.Value) (*DatastoreCall, *Error) {
	c := &DatastoreCall{
		Datastore: op.Datastore.Index, Action: op.Action, Query: op.Query, Config: op.Config, Exclude: op.Exclude,
	}
	var err error
	if c.Collection, err = op.Collection.Render(args); err != nil {
		return nil, stepError(err)
	}
	if op.Limit >= 0 {
		limit := op.Limit
		c.Limit = &limit
	}
	if op.Action == program.Search {
		c.Query = value.Text(args[op.Entity])
	} else if op.Entity >= 0 {
		entity, ok := args[op.Entity].AsObject()
		if !ok {
			return nil, errorf(classType, "an entity must be an object, not %s", args[op.Entity].Kind())
		}
		c.Entity = entity
	}
	if c.Where, err = conditions(op, args); err != nil {
		return nil, stepError(err)
	}
	return c, nil
}

// conditions renders what entities must have.
func conditions(op *program.UseDatastore, args []value.Value) (*value.Object, error) {
	if op.All || op.Where == nil {
		return nil, nil
	}
	var b value.ObjectBuilder
	for i := range op.Where {
		cond := &op.Where[i]
		name, err := cond.Property.Render(args)
		if err != nil {
			return nil, err
		}
		var v value.Value
		if cond.Value == nil {
			v = args[cond.Input]
		} else if v, err = cond.Value.Render(args); err != nil {
			return nil, err
		}
		b.Set(name, v)
	}
	return b.Object(), nil
}

// datastoreDone takes what the datastore found or did.
func (m *Machine) datastoreDone(f *flowFrame, op *program.UseDatastore, r Result) *flowFrame {
	if r.Err != nil {
		return m.fail(f, r.Err)
	}
	if op.Action == program.Delete {
		return m.finish(f, 0)
	}
	entities, ok := r.Value.AsList()
	if !ok {
		return m.fail(f, errorf(classRuntime, "the datastore did not answer with a list"))
	}
	if op.Action != program.Create && !op.One {
		return m.finish(f, 0, r.Value)
	}
	if len(entities) == 0 {
		return m.fail(f, errorf(classRuntime,
			"one entity was to be found in the collection and none was; check where, or list without unpack_single_entity_from_list"))
	}
	return m.finish(f, 0, entities[0])
}
