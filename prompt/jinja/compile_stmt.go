package jinja

func (c *compiler) statement(st stmt, f *frame) (execFunc, error) {
	switch st := st.(type) {
	case *outputStmt:
		return c.output(st, f)
	case *forStmt:
		return c.forLoop(st, f)
	case *ifStmt:
		return c.ifElse(st, f)
	case *setStmt:
		return c.set(st, f)
	case *setBlockStmt:
		return c.setBlock(st, f)
	case *withStmt:
		return c.with(st, f)
	case *autoescapeStmt:
		return c.autoescape(st, f)
	case *filterBlockStmt:
		return c.filterBlock(st, f)
	case *blockStmt:
		return c.callBlock(st, f)
	case *macroStmt:
		return c.macro(st, f)
	case *callBlockStmt:
		return c.callMacro(st, f)
	case *extendsStmt:
		return c.extend(st, f)
	case *includeStmt:
		return c.include(st, f)
	case *importStmt:
		return c.load(st.template, st.place(), f)
	}
	panic("jinja: unknown statement")
}

// output prints its parts; what is constant is printed now.
func (c *compiler) output(st *outputStmt, f *frame) (execFunc, error) {
	if c.extends && f.outputCheck {
		return nil, nil
	}
	var steps sequence
	text := ""
	flush := func() {
		if text != "" {
			steps.add(printText(text))
			text = ""
		}
	}
	for _, part := range st.parts {
		if s, ok := c.constantText(part); ok {
			text += s
			continue
		}
		flush()
		if data, ok := part.(*dataExpr); ok {
			steps.add(c.volatileText(data))
			continue
		}
		step, err := c.print(part, f)
		if err != nil {
			return nil, err
		}
		steps.add(step)
	}
	flush()
	return steps.exec(), nil
}

// volatileText prints literal text where the rendering decides about escaping, which may be undefined.
func (c *compiler) volatileText(e *dataExpr) execFunc {
	src := c.src
	return func(rt *runtime) error {
		if _, err := rt.escaping(); err != nil {
			return src.at(e.place(), err)
		}
		return rt.writeText(e.text)
	}
}

func printText(text string) execFunc {
	return func(rt *runtime) error { return rt.writeText(text) }
}

// constantText returns what a constant part of an output prints.
func (c *compiler) constantText(part expr) (string, bool) {
	if data, ok := part.(*dataExpr); ok {
		return data.text, !c.esc.volatile
	}
	v, err := c.folder.constant(part, c.esc)
	if err != nil {
		return "", false
	}
	if _, ok := v.(*undefined); ok {
		return "", false // strict or printed back: the rendering decides
	}
	if c.esc.on {
		s, err := c.folder.rt.escape(v)
		return string(s), err == nil
	}
	s, err := c.folder.rt.str(v)
	return s, err == nil
}

func (c *compiler) print(part expr, f *frame) (execFunc, error) {
	eval, err := c.expr(part, f)
	if err != nil {
		return nil, err
	}
	at, src, esc := part.place(), c.src, c.esc
	return func(rt *runtime) error {
		escape := esc.on
		if esc.volatile { // decided before the value is computed
			var err error
			if escape, err = rt.escaping(); err != nil {
				return src.at(at, err)
			}
		}
		v, err := eval(rt)
		if err == nil {
			err = rt.write(v, escape)
		}
		if err != nil {
			return src.at(at, err)
		}
		return nil
	}, nil
}

func (c *compiler) ifElse(st *ifStmt, f *frame) (execFunc, error) {
	f = f.softFrame()
	type branch struct {
		test evalFunc
		body execFunc
		at   int
	}
	var branches []branch
	for _, node := range append([]*ifStmt{st}, st.elifs...) {
		test, err := c.expr(node.test, f)
		if err != nil {
			return nil, err
		}
		body, err := c.body(node.body, f)
		if err != nil {
			return nil, err
		}
		branches = append(branches, branch{test, body, node.test.place()})
	}
	orElse, err := c.body(st.orElse, f)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) error {
		for i := range branches {
			b := &branches[i]
			v, err := b.test(rt)
			if err != nil {
				return err
			}
			ok, err := rt.truth(v)
			if err != nil {
				return src.at(b.at, err)
			}
			if ok {
				return b.body(rt)
			}
		}
		return orElse(rt)
	}, nil
}

func (c *compiler) with(st *withStmt, f *frame) (execFunc, error) {
	inner := f.innerFrame()
	inner.exprs(st.targets...)
	inner.statements(st.body)
	var steps sequence
	steps.add(c.enter(inner))
	for i, target := range st.targets {
		v, err := c.expr(st.values[i], f)
		if err != nil {
			return nil, err
		}
		steps.add(c.assign(target, v, inner))
	}
	body, err := c.body(st.body, inner)
	if err != nil {
		return nil, err
	}
	steps.add(body)
	return steps.exec(), nil
}

// assign evaluates v and gives it to a target.
func (c *compiler) assign(target expr, v evalFunc, f *frame) execFunc {
	store := c.target(target, f)
	return func(rt *runtime) error {
		x, err := v(rt)
		if err != nil {
			return err
		}
		return store(rt, x)
	}
}

// target returns what stores a value in a target.
func (c *compiler) target(target expr, f *frame) func(*runtime, val) error {
	switch t := target.(type) {
	case *nameExpr:
		slot := c.slotOf(f, t.name)
		return func(rt *runtime, v val) error {
			rt.slots[slot] = v
			return nil
		}
	case *nsRefExpr:
		return c.entryTarget(t, f)
	}
	t := target.(*tupleExpr)
	stores := make([]func(*runtime, val) error, len(t.items))
	for i, item := range t.items {
		stores[i] = c.target(item, f)
	}
	src, at := c.src, t.place()
	return func(rt *runtime, v val) error {
		items, err := rt.unpack(v, len(stores))
		if err != nil {
			return src.at(at, err)
		}
		for i, store := range stores {
			if err := store(rt, items[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// entryTarget stores in an entry of a dict, which {% set d.x %}...{% endset %} does. The dict is the rendering's own.
func (c *compiler) entryTarget(t *nsRefExpr, f *frame) func(*runtime, val) error {
	slot, src := c.slotOf(f, t.name), c.src
	return func(rt *runtime, v val) error {
		d, ok := rt.slots[slot].(*dict)
		if !ok {
			return src.at(t.place(), typeError("%s object does not support item assignment",
				quote(typeName(rt.slots[slot]))))
		}
		d.set(t.attr, t.attr, v)
		return nil
	}
}

func (c *compiler) set(st *setStmt, f *frame) (execFunc, error) {
	v, err := c.expr(st.value, f)
	if err != nil {
		return nil, err
	}
	if hasEntryTarget(st.target) { // only namespace objects have attributes to set, and there are none
		err := c.src.at(st.place(), raise("TemplateRuntimeError", "cannot assign attribute on non-namespace object"))
		return func(*runtime) error { return err }, nil
	}
	return c.exporting(st.target, c.assign(st.target, v, f), f), nil
}

func hasEntryTarget(target expr) bool {
	found := false
	walk(target, func(e expr) {
		if _, ok := e.(*nsRefExpr); ok {
			found = true
		}
	})
	return found
}

// exporting makes the names that a statement of the outermost scope assigns known to the blocks.
func (c *compiler) exporting(target expr, assign execFunc, f *frame) execFunc {
	if !f.toplevel || len(c.blocks) == 0 {
		return assign
	}
	steps := sequence{[]execFunc{assign}}
	walk(target, func(e expr) {
		if n, ok := e.(*nameExpr); ok {
			slot := c.slotOf(f, n.name)
			steps.add(func(rt *runtime) error {
				rt.export(n.name, rt.slots[slot])
				return nil
			})
		}
	})
	return steps.exec()
}

func (c *compiler) setBlock(st *setBlockStmt, f *frame) (execFunc, error) {
	inner := f.innerFrame()
	inner.outputCheck = false
	inner.statements(st.body)
	body, err := c.captured(st.body, st.filter, inner)
	if err != nil {
		return nil, err
	}
	assign := c.assign(st.target, func(rt *runtime) (val, error) {
		v, err := body(rt)
		if err != nil {
			return nil, err
		}
		if safe, err := rt.escaping(); err != nil || !safe {
			return v, err
		}
		return rt.toMarkup(v)
	}, f)
	return c.exporting(st.target, assign, f), nil
}

// captured compiles a body whose text is a value, filtered if there is a filter.
func (c *compiler) captured(body []stmt, filter *filterExpr, f *frame) (evalFunc, error) {
	var steps sequence
	steps.add(c.enter(f))
	run, err := c.body(body, f)
	if err != nil {
		return nil, err
	}
	steps.add(run)
	run = steps.exec()
	text := func(rt *runtime) (val, error) { return rt.captured(run) }
	if filter == nil {
		return func(rt *runtime) (val, error) {
			s, err := rt.capture(run)
			return s, err
		}, nil
	}
	return c.blockFilter(filter, text, f)
}

// captured runs a body for a filter; its text is safe where escaping is on.
func (rt *runtime) captured(body execFunc) (val, error) {
	s, err := rt.capture(body)
	if err != nil {
		return nil, err
	}
	return rt.maybeSafe(s)
}

func (c *compiler) filterBlock(st *filterBlockStmt, f *frame) (execFunc, error) {
	inner := f.innerFrame()
	inner.statements(st.body)
	inner.expr(st.filter)
	eval, err := c.captured(st.body, st.filter, inner)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) error {
		v, err := eval(rt)
		if err == nil {
			err = rt.writeOnly(v)
		}
		if err != nil {
			return src.at(st.place(), err)
		}
		return nil
	}, nil
}

func (c *compiler) autoescape(st *autoescapeStmt, f *frame) (execFunc, error) {
	inner := f.innerFrame()
	inner.expr(st.value)
	inner.statements(st.body)
	enter := c.enter(inner)
	value, err := c.expr(st.value, inner)
	if err != nil {
		return nil, err
	}
	saved := c.esc
	defer func() { c.esc = saved }()
	v, err := c.folder.settled(st.value, c.esc)
	if err == nil {
		c.esc.on, _ = c.folder.rt.truth(v)
	} else {
		c.esc.volatile = true
		st.volatile = true
	}
	body, err := c.body(st.body, inner)
	if err != nil {
		return nil, err
	}
	return func(rt *runtime) error {
		if enter != nil {
			_ = enter(rt) // setting variables cannot fail
		}
		v, err := value(rt)
		if err != nil {
			return err
		}
		saved := rt.autoescape
		rt.autoescape = v
		err = body(rt)
		rt.autoescape = saved
		return err
	}, nil
}
