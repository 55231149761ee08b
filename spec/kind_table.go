package spec

import (
	"reflect"
	"sync"
)

// Keys that are no fields.
const (
	typeKey          = "component_type"
	pluginKey        = "component_plugin_name"
	pluginVersionKey = "component_plugin_version"
	refKey           = "$component_ref"
	referencedKey    = "$referenced_components"
	versionKey       = "agentspec_version"
	oldVersionKey    = "air_version"
)

// kindTable finds kinds by the names and by the structs of their components.
type kindTable struct {
	order  []*kindPlan
	byName map[string]*kindPlan
	// byType is filled at the first question: most programs only read documents.
	indexed sync.Once
	byType  map[reflect.Type][]*kindPlan
	// rest is asked for what is not here.
	rest *kindTable
}

// builtinKinds has what Agent Spec and the WayFlow extensions define.
var builtinKinds = sync.OnceValue(func() *kindTable { return newKindTable(kinds, nil) })

func newKindTable(kinds []Kind, rest *kindTable) *kindTable {
	t := &kindTable{byName: make(map[string]*kindPlan, len(kinds)), rest: rest}
	plans := make([]kindPlan, len(kinds))
	for i := range kinds {
		plans[i].Kind = kinds[i]
		t.byName[kinds[i].Name] = &plans[i]
		t.order = append(t.order, &plans[i])
	}
	return t
}

// named returns the kind of a component_type, or nil.
func (t *kindTable) named(name string) *kindPlan {
	for ; t != nil; t = t.rest {
		if k := t.byName[name]; k != nil {
			return k
		}
	}
	return nil
}

// names returns the names of all kinds.
func (t *kindTable) names() []string {
	var names []string
	for ; t != nil; t = t.rest {
		for name := range t.byName {
			names = append(names, name)
		}
	}
	return names
}

// of returns the kind that c is written as: what it was read as or, if that cannot hold it or c was built in Go, the
// plainest one that can. It is nil for components of plugins that the table does not have.
func (t *kindTable) of(c Component) *kindPlan {
	read := c.Base().origin.kind
	ext, ok := c.(extendable)
	extended := ok && ext.extended()
	if read != nil && (read.Extended || !extended) {
		return read
	}
	for ; t != nil; t = t.rest {
		t.indexTypes()
		var best *kindPlan
		for _, k := range t.byType[reflect.TypeOf(c).Elem()] {
			if best == nil || k.Extended == extended && (best.Extended != extended || best.Legacy != "" && k.Legacy == "") {
				best = k
			}
		}
		if best != nil {
			return best
		}
	}
	return read
}

func (t *kindTable) indexTypes() {
	t.indexed.Do(func() {
		t.byType = make(map[reflect.Type][]*kindPlan, len(t.order))
		for _, k := range t.order {
			t.byType[k.structType()] = append(t.byType[k.structType()], k)
		}
	})
}

// TypeName returns the component_type of c: what it was read as or, if that cannot hold it or c was built in Go, the
// plainest one that can.
func TypeName(c Component) string {
	if k := builtinKinds().of(c); k != nil {
		return k.Name
	}
	return reflect.TypeOf(c).Elem().Name()
}
