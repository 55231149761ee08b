package jinja

import (
	"maps"
	"slices"
)

// Which variable a name means is settled before anything runs, as in the reference (jinja2.idtracking): every scope
// knows for each name whether it is its own or an outer one, and what to set its own ones to on entry. The rules have
// corners that documents can see, so they are followed to the letter.

// loadKind says what a variable is set to when its scope is entered.
type loadKind uint8

const (
	loadParam     loadKind = iota // set by the statement that opens the scope
	loadResolve                   // looked up in the context
	loadAlias                     // copied from an outer scope
	loadUndefined                 // undefined until assigned
)

type load struct {
	kind loadKind
	from string // the name to resolve, or the variable to copy
}

// symbols are the names of one scope. Variables are identified by scope level and name.
type symbols struct {
	prefix string
	parent *symbols
	refs   map[string]string // name to variable
	loads  map[string]load   // variable to how it starts
	stores map[string]bool   // names assigned here
	// under is the same scope without what one branch of an if adds to it; nil outside branches.
	under *symbols
}

// newSymbols makes the scope of a new level; the prefix tells it from other levels of the same function.
func newSymbols(parent *symbols, prefix string) *symbols {
	return &symbols{
		prefix: prefix, parent: parent,
		refs: map[string]string{}, loads: map[string]load{}, stores: map[string]bool{},
	}
}

func (s *symbols) inner() *symbols { return newSymbols(s, s.prefix+".") }

// branch makes a layer over s for one branch of an if.
func (s *symbols) branch() *symbols {
	b := newSymbols(s.parent, s.prefix)
	b.under = s
	return b
}

func (s *symbols) define(name string, l load) string {
	id := s.prefix + name
	s.refs[name] = id
	s.loads[id] = l
	return id
}

// own returns the variable of a name in this scope.
func (s *symbols) own(name string) (id string, ok bool) {
	for ; s != nil; s = s.under {
		if id, ok = s.refs[name]; ok {
			return id, true
		}
	}
	return "", false
}

// find returns the variable of a name, here or in an outer scope.
func (s *symbols) find(name string) (id string, ok bool) {
	for ; s != nil; s = s.parent {
		if id, ok = s.own(name); ok {
			return id, true
		}
	}
	return "", false
}

// assigns reports whether a name was assigned in this scope.
func (s *symbols) assigns(name string) bool {
	for ; s != nil; s = s.under {
		if s.stores[name] {
			return true
		}
	}
	return false
}

// store notes an assignment.
func (s *symbols) store(name string) {
	s.stores[name] = true
	if _, ok := s.own(name); ok {
		return
	}
	if outer, ok := s.parent.find(name); ok {
		s.define(name, load{loadAlias, outer})
		return
	}
	s.define(name, load{kind: loadUndefined})
}

func (s *symbols) declareParam(name string) string {
	s.stores[name] = true
	return s.define(name, load{kind: loadParam})
}

func (s *symbols) load(name string) {
	if _, ok := s.find(name); !ok {
		s.define(name, load{loadResolve, name})
	}
}

// mergeBranches takes over what the branches of an if define. What only some assign keeps its outer value.
func (s *symbols) mergeBranches(branches ...*symbols) {
	stores := map[string]bool{}
	for _, b := range branches {
		for name := range b.stores {
			if !s.assigns(name) {
				stores[name] = true
			}
		}
	}
	for _, b := range branches {
		maps.Copy(s.refs, b.refs)
		maps.Copy(s.loads, b.loads)
		maps.Copy(s.stores, b.stores)
	}
	for name := range stores {
		id, _ := s.find(name)
		if outer, ok := s.parent.find(name); ok {
			s.loads[id] = load{loadAlias, outer}
		} else {
			s.loads[id] = load{loadResolve, name}
		}
	}
}

// visible returns the variables of all names assigned here or further out.
func (s *symbols) visible() map[string]string {
	all := map[string]string{}
	for node := s; node != nil; node = node.parent {
		for name := range node.stores {
			if _, ok := all[name]; !ok {
				all[name], _ = s.find(name)
			}
		}
	}
	return all
}

// entries returns the variables of this scope in a fixed order.
func (s *symbols) entries() []string { return slices.Sorted(maps.Keys(s.loads)) }

// statements notes the names of a list of statements.
func (s *symbols) statements(body []stmt) {
	for _, st := range body {
		s.statement(st)
	}
}

// statement notes the names a statement uses in the scope it stands in; bodies with a scope of their own are left
// out (reference: FrameSymbolVisitor).
func (s *symbols) statement(st stmt) {
	switch st := st.(type) {
	case *outputStmt:
		s.exprs(st.parts...)
	case *forStmt:
		s.expr(st.iter)
	case *ifStmt:
		s.ifStatement(st)
	case *setStmt:
		s.expr(st.value)
		s.expr(st.target)
	case *setBlockStmt:
		s.expr(st.target)
	case *withStmt:
		s.exprs(st.values...)
	case *filterBlockStmt:
		s.expr(st.filter)
	case *macroStmt:
		s.store(st.name)
	case *callBlockStmt:
		s.expr(st.call)
	case *extendsStmt:
		s.expr(st.template)
	case *includeStmt:
		s.expr(st.template)
	case *importStmt:
		s.expr(st.template)
		for _, name := range st.targets {
			s.store(name)
		}
	}
}

func (s *symbols) ifStatement(st *ifStmt) {
	s.expr(st.test)
	body, elifs, orElse := s.branch(), s.branch(), s.branch()
	body.statements(st.body)
	for _, e := range st.elifs {
		elifs.ifStatement(e)
	}
	orElse.statements(st.orElse)
	s.mergeBranches(body, elifs, orElse)
}

func (s *symbols) exprs(list ...expr) {
	for _, e := range list {
		s.expr(e)
	}
}

// expr notes the names in an expression.
func (s *symbols) expr(e expr) {
	walk(e, func(e expr) {
		switch e := e.(type) {
		case *nsRefExpr:
			s.load(e.name)
		case *nameExpr:
			switch e.use {
			case useLoad:
				s.load(e.name)
			case useStore:
				s.store(e.name)
			case useParam:
				s.declareParam(e.name)
			}
		}
	})
}

// params declares the names of a loop's target.
func (s *symbols) params(target expr) {
	walk(target, func(e expr) {
		if n, ok := e.(*nameExpr); ok {
			s.declareParam(n.name)
		}
	})
}

// walk calls visit for e and all expressions in it, outer ones first.
func walk(e expr, visit func(expr)) {
	if e == nil {
		return
	}
	visit(e)
	for _, child := range children(e) {
		walk(child, visit)
	}
}

// children returns the direct parts of an expression, in the order of the reference's fields.
func children(e expr) []expr {
	switch e := e.(type) {
	case *tupleExpr:
		return e.items
	case *listExpr:
		return e.items
	case *dictExpr:
		var parts []expr
		for i := range e.keys {
			parts = append(parts, e.keys[i], e.values[i])
		}
		return parts
	case *binaryExpr:
		return []expr{e.left, e.right}
	case *unaryExpr:
		return []expr{e.operand}
	case *concatExpr:
		return e.parts
	case *compareExpr:
		parts := []expr{e.first}
		for _, op := range e.rest {
			parts = append(parts, op.value)
		}
		return parts
	case *condExpr:
		return []expr{e.test, e.then, e.orElse}
	case *attrExpr:
		return []expr{e.object}
	case *itemExpr:
		return []expr{e.object, e.index}
	case *sliceExpr:
		return []expr{e.start, e.stop, e.step}
	case *callExpr:
		return append([]expr{e.callee}, e.args.all()...)
	case *filterExpr:
		return append([]expr{e.input}, e.args.all()...)
	case *testExpr:
		return append([]expr{e.input}, e.args.all()...)
	}
	return nil
}

// undeclared reports which of some special names are read in a body without being assigned before, blocks left out
// (reference: find_undeclared). It does not stop at scopes.
type undeclared struct {
	names map[string]bool
	found map[string]bool
}

func findUndeclared(body []stmt, names ...string) map[string]bool {
	u := &undeclared{names: map[string]bool{}, found: map[string]bool{}}
	for _, n := range names {
		u.names[n] = true
	}
	walkStatements(body, u.visit)
	return u.found
}

func (u *undeclared) visit(e expr) {
	n, ok := e.(*nameExpr)
	if !ok {
		return
	}
	if n.use == useLoad && u.names[n.name] {
		u.found[n.name] = true
	} else {
		delete(u.names, n.name)
	}
}

// walkStatements visits all expressions of a body in the order of the reference's fields, blocks left out.
func walkStatements(body []stmt, visit func(expr)) {
	for _, st := range body {
		for _, e := range exprsOf(st) {
			walk(e, visit)
		}
		for _, b := range bodiesOf(st) {
			walkStatements(b, visit)
		}
		if f, ok := st.(*forStmt); ok { // the condition is the last but one field
			walk(f.test, visit)
		}
	}
}

// exprsOf returns the expressions a statement consists of, without those in its bodies.
func exprsOf(st stmt) []expr {
	switch st := st.(type) {
	case *outputStmt:
		return st.parts
	case *forStmt:
		return []expr{st.target, st.iter}
	case *ifStmt:
		return []expr{st.test}
	case *setStmt:
		return []expr{st.target, st.value}
	case *setBlockStmt:
		if st.filter != nil {
			return []expr{st.target, st.filter}
		}
		return []expr{st.target}
	case *withStmt:
		return append(slices.Clone(st.targets), st.values...)
	case *autoescapeStmt:
		return []expr{st.value}
	case *filterBlockStmt:
		return []expr{st.filter}
	case *macroStmt:
		return append(paramExprs(st.params), st.defaults...)
	case *callBlockStmt:
		return append(append([]expr{st.call}, paramExprs(st.params)...), st.defaults...)
	case *extendsStmt:
		return []expr{st.template}
	case *includeStmt:
		return []expr{st.template}
	case *importStmt:
		return []expr{st.template}
	}
	return nil
}

func paramExprs(params []*nameExpr) []expr {
	list := make([]expr, len(params))
	for i, p := range params {
		list[i] = p
	}
	return list
}

// bodiesOf returns the bodies of a statement; those of blocks stand apart.
func bodiesOf(st stmt) [][]stmt {
	switch st := st.(type) {
	case *forStmt:
		return [][]stmt{st.body, st.orElse}
	case *ifStmt:
		bodies := [][]stmt{st.body}
		for _, e := range st.elifs {
			bodies = append(bodies, []stmt{e})
		}
		return append(bodies, st.orElse)
	case *setBlockStmt:
		return [][]stmt{st.body}
	case *withStmt:
		return [][]stmt{st.body}
	case *autoescapeStmt:
		return [][]stmt{st.body}
	case *filterBlockStmt:
		return [][]stmt{st.body}
	case *macroStmt:
		return [][]stmt{st.body}
	case *callBlockStmt:
		return [][]stmt{st.body}
	}
	return nil
}
