package jinja

// forParts are the compiled parts of a loop.
type forParts struct {
	src    *source
	node   *forStmt
	iter   evalFunc
	keep   func(*runtime, nextFunc) nextFunc // applies the condition; nil without one
	store  func(*runtime, val) error
	loop   int // where the loop variable lives, -1 if the body does not use it
	enter  execFunc
	body   execFunc
	orElse execFunc
}

func (c *compiler) forLoop(st *forStmt, f *frame) (execFunc, error) {
	p := &forParts{src: c.src, node: st, loop: -1}
	inner := f.innerFrame()
	if st.recursive || findUndeclared(st.body, "loop")["loop"] || hasScopedBlock(st) {
		p.loop = c.slot(inner.declareParam("loop"))
	}
	inner.params(st.target)
	inner.statements(st.body)
	var err error
	if st.test != nil {
		if p.keep, err = c.condition(st, f); err != nil {
			return nil, err
		}
	}
	if err := c.refuseLoopAssignment(st); err != nil {
		return nil, err
	}
	p.store = c.target(st.target, inner)
	if p.iter, err = c.expr(st.iter, f); err != nil {
		return nil, err
	}
	p.enter = c.enter(inner)
	if p.body, err = c.body(st.body, inner); err != nil {
		return nil, err
	}
	if st.orElse != nil {
		if p.orElse, err = c.loopElse(st, f); err != nil {
			return nil, err
		}
	}
	if st.recursive {
		return c.recursive(p), nil
	}
	return p.run, nil
}

// recursive runs a loop marked so. Nothing can call it again; but its text is joined before it is printed.
func (c *compiler) recursive(p *forParts) execFunc {
	volatile := c.esc.volatile
	return func(rt *runtime) error {
		err := rt.joined(p.run)
		if err == nil && volatile {
			_, err = rt.escaping()
		}
		if err != nil {
			return p.src.at(p.node.place(), err)
		}
		return nil
	}
}

func hasScopedBlock(st *forStmt) bool {
	found := false
	var search func([]stmt)
	search = func(body []stmt) {
		for _, s := range body {
			if b, ok := s.(*blockStmt); ok {
				found = found || b.scoped
				search(b.body)
			}
			for _, nested := range bodiesOf(s) {
				search(nested)
			}
		}
	}
	search(st.body)
	search(st.orElse)
	return found
}

// refuseLoopAssignment refuses anything in a loop that would assign to the special variable.
func (c *compiler) refuseLoopAssignment(st *forStmt) error {
	var err error
	check := func(e expr) {
		if n, ok := e.(*nameExpr); ok && n.use == useStore && n.name == "loop" && err == nil {
			err = c.src.fail("TemplateAssertionError", n.place(),
				"Can't assign to special loop variable in for-loop target")
		}
	}
	walkStatements([]stmt{st}, check)
	var blocks func([]stmt)
	blocks = func(body []stmt) {
		for _, s := range body {
			if b, ok := s.(*blockStmt); ok {
				walkStatements(b.body, check)
				blocks(b.body)
			}
			for _, nested := range bodiesOf(s) {
				blocks(nested)
			}
		}
	}
	blocks([]stmt{st})
	return err
}

// condition compiles the "if" of a loop: a filter in front of it, with a scope of its own.
func (c *compiler) condition(st *forStmt, f *frame) (func(*runtime, nextFunc) nextFunc, error) {
	test := &frame{symbols: newSymbols(f.symbols, f.prefix+"?")}
	test.params(st.target)
	test.expr(st.test)
	enter := c.enter(test)
	store := c.target(st.target, test)
	eval, err := c.expr(st.test, test)
	if err != nil {
		return nil, err
	}
	repack := c.repack(st.target, test)
	src := c.src
	return func(rt *runtime, next nextFunc) nextFunc {
		slots := rt.slots
		return func() (val, bool, error) {
			defer func(current []val) { rt.slots = current }(rt.slots)
			rt.slots = slots
			for {
				item, ok, err := next()
				if err != nil || !ok {
					return nil, false, err
				}
				if enter != nil {
					_ = enter(rt) // setting variables cannot fail
				}
				if err := store(rt, item); err != nil {
					return nil, false, err
				}
				v, err := eval(rt)
				if err == nil {
					ok, err = rt.truth(v)
				}
				if err != nil {
					return nil, false, src.at(st.test.place(), err)
				}
				if ok {
					return repack(rt), true, nil
				}
			}
		}
	}, nil
}

// repack reads a target back as a value: unpacking may have used up what it came from.
func (c *compiler) repack(target expr, f *frame) func(*runtime) val {
	if n, ok := target.(*nameExpr); ok {
		slot := c.slotOf(f, n.name)
		return func(rt *runtime) val { return rt.slots[slot] }
	}
	var parts []func(*runtime) val
	for _, item := range target.(*tupleExpr).items {
		parts = append(parts, c.repack(item, f))
	}
	return func(rt *runtime) val {
		items := make([]val, len(parts))
		for i, part := range parts {
			items[i] = part(rt)
		}
		return newTuple(items...)
	}
}

func (c *compiler) loopElse(st *forStmt, f *frame) (execFunc, error) {
	inner := f.innerFrame()
	inner.statements(st.orElse)
	var steps sequence
	steps.add(c.enter(inner))
	body, err := c.body(st.orElse, inner)
	if err != nil {
		return nil, err
	}
	steps.add(body)
	return steps.exec(), nil
}

// run is the loop at run time.
func (p *forParts) run(rt *runtime) error {
	source, err := p.iter(rt)
	if err != nil {
		return err
	}
	next, err := rt.iterate(source)
	if err != nil {
		return p.src.at(p.node.iter.place(), err)
	}
	if p.keep != nil {
		next = p.keep(rt, next)
		source = &generator{name: "generator object", next: next}
	}
	var l *loop
	if p.loop >= 0 {
		l = newLoop(source, next)
		next = l.advance
	}
	empty := true
	for {
		item, ok, err := next()
		if err != nil {
			return p.src.at(p.node.place(), err)
		}
		if !ok {
			break
		}
		empty = false
		if err := p.pass(rt, item, l); err != nil {
			return err
		}
	}
	if empty && p.orElse != nil {
		return p.orElse(rt)
	}
	return nil
}

// pass runs the body for one item.
func (p *forParts) pass(rt *runtime, item val, l *loop) error {
	if err := p.store(rt, item); err != nil {
		return err
	}
	if l != nil {
		rt.slots[p.loop] = l
	}
	if p.enter != nil {
		_ = p.enter(rt) // setting variables cannot fail
	}
	return p.body(rt)
}
