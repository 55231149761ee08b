package jinja

// Blocks, and the statements that would read other templates if there were any to read.

// block is a compiled {% block %}.
type block struct {
	node  *blockStmt
	run   execFunc
	slots int
}

func (c *compiler) collectBlocks(body []stmt) error {
	for _, st := range body {
		nested := bodiesOf(st)
		switch st := st.(type) {
		case *extendsStmt:
			c.hasExtends = true
		case *blockStmt:
			if c.blocks[st.name] != nil {
				return c.src.fail("TemplateAssertionError", st.place(), "block %s defined twice", quote(st.name))
			}
			c.blocks[st.name] = &block{node: st}
			nested = [][]stmt{st.body}
		}
		for _, b := range nested {
			if err := c.collectBlocks(b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *compiler) block(b *block) error {
	c.slots = map[string]int{}
	f := &frame{symbols: newSymbols(nil, "")}
	special := findUndeclared(b.node.body, "self", "super")
	var run sequence
	if special["self"] {
		run.add(c.setConstant(f.declareParam("self"), templateReference))
	}
	if special["super"] {
		hint := "there is no parent block called " + quote(b.node.name) + "."
		slot := c.slot(f.declareParam("super"))
		run.add(func(rt *runtime) error {
			rt.slots[slot] = rt.hinted(hint)
			return nil
		})
	}
	f.statements(b.node.body)
	run.add(c.enter(f))
	main, err := c.body(b.node.body, f)
	if err != nil {
		return err
	}
	run.add(main)
	b.run, b.slots = run.exec(), len(c.slots)
	return nil
}

func (c *compiler) callBlock(st *blockStmt, f *frame) (execFunc, error) {
	if c.extends && f.toplevel {
		return nil, nil
	}
	if st.required {
		err := c.src.at(st.place(), raise("TemplateRuntimeError", "Required block %s not found", quote(st.name)))
		return func(*runtime) error { return err }, nil
	}
	b := c.blocks[st.name]
	locals := map[string]int{}
	if st.scoped {
		for name, id := range f.visible() {
			locals[name] = c.slot(id)
		}
	}
	return func(rt *runtime) error { return rt.callBlock(b, locals) }, nil
}

// callBlock runs a block with variables of its own; a scoped one sees those given.
func (rt *runtime) callBlock(b *block, locals map[string]int) error {
	slots, outer := rt.slots, rt.context
	if len(locals) > 0 {
		rt.context = &context{parent: outer, exports: map[string]val{}}
		for name, slot := range locals {
			if v := slots[slot]; v != absent {
				rt.context.exports[name] = v
			}
		}
	}
	rt.slots = newSlots(b.slots)
	err := b.run(rt)
	rt.slots, rt.context = slots, outer
	return err
}

func (c *compiler) extend(st *extendsStmt, f *frame) (execFunc, error) {
	if !f.toplevel {
		return nil, c.src.fail("TemplateAssertionError", st.place(), "cannot use extend from a non top-level scope")
	}
	if !f.soft {
		defer func() { c.extends = true }()
	}
	return c.load(st.template, st.place(), f)
}

// load compiles what would read another template: there is no place to read one from.
func (c *compiler) load(template expr, at int, f *frame) (execFunc, error) {
	eval, err := c.expr(template, f)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) error {
		if _, err := eval(rt); err != nil {
			return err
		}
		return src.at(at, errNoLoader())
	}, nil
}

func errNoLoader() error { return typeError("no loader for this environment specified") }

func (c *compiler) include(st *includeStmt, f *frame) (execFunc, error) {
	eval, err := c.expr(st.template, f)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) error {
		v, err := eval(rt)
		if err != nil {
			return err
		}
		err = rt.selectTemplate(v)
		if st.ignoreMissing && hasClass(err, "TemplatesNotFound") {
			return nil
		}
		return src.at(st.place(), err)
	}, nil
}

// selectTemplate fails as including v does: a list of names may be empty, which is not the loader's fault.
func (rt *runtime) selectTemplate(v val) error {
	switch v.(type) {
	case string, markup, *undefined:
		return errNoLoader()
	}
	truth, err := rt.truth(v)
	if err != nil {
		return err
	}
	if !truth {
		return raise("TemplatesNotFound", "Tried to select from an empty list of templates.")
	}
	next, err := rt.iterate(v)
	if err != nil {
		return err
	}
	_, ok, err := next()
	if err == nil && ok {
		err = errNoLoader()
	}
	if err == nil {
		err = raise("TemplatesNotFound", "none of the templates given were found")
	}
	return err
}
