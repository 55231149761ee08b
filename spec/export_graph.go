package spec

import (
	"fmt"
	"reflect"
	"slices"
)

// graph is what an export has to know of how the components of one document use each other.
type graph struct {
	root *use
	uses map[Component]*use
	// order has every component after all that use it.
	order []*use
}

// use is a component in a graph.
type use struct {
	component Component
	kind      *kindPlan
	id        string
	// children are the components in it, as often as it uses them.
	children []*use
	// count says how often the component is used, and met when it was met first.
	count, met int
	// owner is the lowest component around all uses, and depth how far that is from the root: the owners form the
	// dominator tree of the graph.
	owner *use
	depth int
	// defines are the components that are defined here because they are used more than once below.
	defines []*use
	// apart is true for components that are written elsewhere.
	apart bool
	state definitionState
}

// shared reports whether the component is written as a reference.
func (u *use) shared() bool { return u.apart || u.count > 1 }

// graphs returns the graph of the document and those of the components that are left out of it.
func (e *encoder) graphs(root Component, apart []Component) []*graph {
	e.apart = make(map[Component]bool, len(apart))
	for _, c := range apart {
		e.apart[c] = c != root
	}
	graphs := []*graph{e.graph(root)}
	for _, c := range apart {
		if e.apart[c] {
			graphs = append(graphs, e.graph(c))
		}
	}
	return graphs
}

// graph finds all components below root and where each is defined.
func (e *encoder) graph(root Component) *graph {
	g := &graph{uses: make(map[Component]*use)}
	g.root = e.visit(g, root)
	slices.Reverse(g.order)
	g.findOwners()
	e.nameAll(g)
	return g
}

// visit adds c and all in it to the graph, those in it first.
func (e *encoder) visit(g *graph, c Component) *use {
	if u := g.uses[c]; u != nil {
		if u.state == reading {
			e.errs = append(e.errs, Diagnostic{
				Code: codeReferenceCycle, Pos: c.Base().Pos(), Component: c.Base().ID,
				Message: nameOf(c) + " contains itself",
			})
		}
		return u
	}
	u := &use{component: c, kind: e.kinds.of(c), met: len(g.uses), state: reading}
	g.uses[c] = u
	if u.kind == nil {
		e.errs = append(e.errs, Diagnostic{
			Code: codeUnknownType, Message: fmt.Sprintf("component %q is of a type that is not known", c.Base().Name),
			Help: "pass its plugin to the export",
		})
	}
	if e.apart[c] && len(g.uses) > 1 {
		// It is written elsewhere, with all in it.
		u.apart, u.state = true, read
		g.order = append(g.order, u)
		return u
	}
	children(c, u.kind, func(child Component) bool {
		if in := e.visit(g, child); in.state == read {
			u.children = append(u.children, in)
		}
		return true
	})
	// Definitions that nothing refers to are written as definitions again.
	if rare := c.Base().origin.rare; rare != nil {
		for _, unused := range rare.unused {
			if in := e.visit(g, unused); in.state == read {
				in.count += 2
				u.children = append(u.children, in)
			}
		}
	}
	u.state = read
	g.order = append(g.order, u)
	return u
}

// findOwners computes the owner of each component from those of the components that use it.
func (g *graph) findOwners() {
	for _, u := range g.order {
		if u.owner != nil {
			u.depth = u.owner.depth + 1
		}
		for _, child := range u.children {
			child.count++
			if child.owner == nil {
				child.owner = u
			} else {
				child.owner = common(child.owner, u)
			}
		}
	}
	for _, u := range g.order {
		if u.count > 1 && !u.apart {
			u.owner.defines = append(u.owner.defines, u)
		}
	}
	for _, u := range g.order {
		slices.SortFunc(u.defines, func(a, b *use) int { return a.met - b.met })
	}
}

// common returns the lowest component that owns both; in the end that is the root.
func common(a, b *use) *use {
	for a != b {
		if a.depth >= b.depth {
			a = a.owner
		} else {
			b = b.owner
		}
	}
	return a
}

// nameAll gives every component an id, and reports ids that two have.
func (e *encoder) nameAll(g *graph) {
	taken := make(map[string]*use, len(g.order))
	for _, u := range g.order {
		u.id = u.component.Base().ID
		if u.id == "" {
			continue
		}
		if other := taken[u.id]; other != nil {
			e.errs = append(e.errs, Diagnostic{
				Code: codeDuplicateID, Pos: u.component.Base().Pos(), Component: u.id,
				Message: fmt.Sprintf("%s and %s have the same id %q", nameOf(other.component), nameOf(u.component), u.id),
				Help:    "give them different ids",
			})
		}
		taken[u.id] = u
	}
	for _, u := range g.order {
		for i := 1; u.id == ""; i++ {
			id := fmt.Sprintf("%s-%d", u.component.Base().Name, i)
			if taken[id] == nil {
				u.id = id
				taken[id] = u
			}
		}
	}
}

// need says what needs a version.
type need struct {
	component *use
	needs     Version
	what      string
	pos       Pos
}

// minVersion returns the smallest version that can hold all components, and what needs more than the first one.
func minVersion(graphs []*graph) (least Version, because []need) {
	least = V25_4_1
	for _, g := range graphs {
		for _, u := range g.order {
			if u.kind == nil || u.apart {
				continue
			}
			least = max(least, u.component.Base().origin.version())
			because = append(because, u.needs()...)
		}
	}
	for _, n := range because {
		least = max(least, n.needs)
	}
	return least, because
}

// needs returns what in the component needs a version.
func (u *use) needs() (needs []need) {
	base, name := u.component.Base(), nameOf(u.component)
	since := u.kind.Since
	if c, ok := u.component.(versioned); ok {
		since = max(since, c.minVersion())
	}
	if since > V25_4_1 {
		needs = append(needs, need{u, since, name, base.Pos()})
	}
	v := reflect.ValueOf(u.component).Elem()
	for _, f := range u.kind.plan().fields {
		if f.since > u.kind.Since && (base.origin.isRef(f.key) || !f.atDefault(f.field(v))) {
			what := fmt.Sprintf("%s: the field %q", name, f.key)
			needs = append(needs, need{u, f.since, what, base.FieldPos(f.key)})
		}
	}
	return needs
}
