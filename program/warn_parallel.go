package program

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// warnParallel finds flows of a parallel node that get into each other's way. Variables are none: each flow has its own.
// There the surprise is that nothing is shared.
func (fc *flowCompiler) warnParallel(n *Node) {
	if op, ok := n.Op.(*Parallel); ok {
		fc.warnRaces(n, op)
		fc.warnOwnVariables(n, op)
	}
}

// collection is what several flows can work on at the same time.
type collection struct {
	datastore spec.Datastore
	name      string
}

// touch is that a flow, or one that it runs, works on a collection.
type touch struct {
	collection
	// changes is false if the flow only reads.
	changes bool
}

// warnRaces finds flows that work on one collection while another changes it.
func (fc *flowCompiler) warnRaces(n *Node, op *Parallel) {
	type known struct {
		flow    *Flow // the first that changes the collection, or else the first that reads it
		changes bool
		told    bool
	}
	var seen map[collection]*known
	for i := range op.Branches {
		f := op.Branches[i].Flow
		for _, t := range fc.touches(f) {
			k := seen[t.collection]
			switch {
			case k == nil:
				if seen == nil {
					seen = map[collection]*known{}
				}
				seen[t.collection] = &known{flow: f, changes: t.changes}
				continue
			case (k.changes || t.changes) && !k.told:
				fc.warnf(at(n.Spec), "parallel-writes", "run one after the other, or use two collections",
					"flows %q and %q of %s run at the same time on collection %q, and not only read it: what comes of it depends on which is first",
					k.flow.Name, f.Name, nodeName(n.Spec), t.name)
				k.told = true
			}
			if t.changes && !k.changes {
				k.flow, k.changes = f, true
			}
		}
	}
}

// touches returns the collections that a flow and those that it runs work on, each once. A collection whose name is a
// template is not known before the flow runs.
func (c *compiler) touches(f *Flow) []touch {
	if known, ok := c.touched[f]; ok {
		return known
	}
	var all []touch
	var places map[collection]int
	for _, n := range f.Nodes {
		for _, t := range c.nodeTouches(n) {
			if i, ok := places[t.collection]; ok {
				all[i].changes = all[i].changes || t.changes
				continue
			}
			if places == nil {
				places = map[collection]int{}
			}
			places[t.collection] = len(all)
			all = append(all, t)
		}
	}
	c.touched[f] = all
	return all
}

func (c *compiler) nodeTouches(n *Node) []touch {
	var all []touch
	switch s := n.Spec.(type) {
	case *spec.DatastoreCreateNode:
		all = []touch{{collection{s.Datastore, s.CollectionName}, true}}
	case *spec.DatastoreUpdateNode:
		all = []touch{{collection{s.Datastore, s.CollectionName}, true}}
	case *spec.DatastoreDeleteNode:
		all = []touch{{collection{s.Datastore, s.CollectionName}, true}}
	case *spec.DatastoreListNode:
		all = []touch{{collection{s.Datastore, s.CollectionName}, false}}
	case *spec.SearchNode:
		all = []touch{{collection{s.Datastore, s.CollectionName}, false}}
	default:
		for _, sub := range n.flows() {
			all = append(all, c.touches(sub)...)
		}
	}
	return slices.DeleteFunc(all, func(t touch) bool { return strings.Contains(t.name, "{") })
}

// flows are the flows that a node runs.
func (n *Node) flows() []*Flow {
	switch op := n.Op.(type) {
	case *RunFlow:
		return []*Flow{op.Flow}
	case *Retry:
		return []*Flow{op.Flow}
	case *Catch:
		return []*Flow{op.Flow}
	case *Map:
		return []*Flow{op.Flow}
	case *Agent:
		return op.flows()
	case *Team:
		flows := op.Threads
		for _, a := range op.Agents {
			flows = append(flows[:len(flows):len(flows)], a.flows()...)
		}
		return flows
	case *Parallel:
		flows := make([]*Flow, len(op.Branches))
		for i := range op.Branches {
			flows[i] = op.Branches[i].Flow
		}
		return flows
	}
	return nil
}

// warnOwnVariables finds variables of one name and type that two flows of a parallel node write, as if they shared it.
func (fc *flowCompiler) warnOwnVariables(n *Node, op *Parallel) {
	type writer struct {
		flow     *Flow
		variable value.Property
	}
	var first map[string]writer
	for i := range op.Branches {
		f := op.Branches[i].Flow
		for _, v := range f.written() {
			property := f.Variables[v]
			w, ok := first[property.Title]
			switch {
			case ok && w.flow.Spec != f.Spec && value.SameType(w.variable.Type, property.Type):
				fc.warnf(at(f.Spec, "state", v), "parallel-variables", "give them different names, and hand on as an output what others need",
					"flows %q and %q of %s both write a variable %q: each has its own, and does not see the other's",
					w.flow.Name, f.Name, nodeName(n.Spec), property.Title)
			case !ok && first == nil:
				first = map[string]writer{property.Title: {f, property}}
			case !ok:
				first[property.Title] = writer{f, property}
			}
		}
	}
}

// written are the variables that nodes of f change, in order.
func (f *Flow) written() []int {
	if len(f.Variables) == 0 {
		return nil
	}
	var all []int
	for _, n := range f.Nodes {
		switch op := n.Op.(type) {
		case *WriteVariable:
			all = append(all, op.Variable)
		case *Variables:
			for _, w := range op.Writes {
				all = append(all, w.Variable)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
