package jinja

// Macros cannot be called in the sandbox. They are compiled all the same, because what is wrong in them is wrong in the
// template, and because names in them are variables of the template.

func (c *compiler) macro(st *macroStmt, f *frame) (execFunc, error) {
	if err := c.macroBody(st.place(), st.params, st.defaults, st.body, f); err != nil {
		return nil, err
	}
	m := &opaque{typeName: "Macro", text: "<Macro " + quote(st.name) + ">", callable: true}
	slot := c.slotOf(f, st.name)
	export := f.toplevel && len(c.blocks) > 0
	return func(rt *runtime) error {
		rt.slots[slot] = m
		if export {
			rt.export(st.name, m)
		}
		return nil
	}, nil
}

func (c *compiler) macroBody(at int, params []*nameExpr, defaults []expr, body []stmt, f *frame) error {
	inner := f.innerFrame()
	inner.outputCheck = false
	inner.exprs(paramExprs(params)...)
	inner.exprs(defaults...)
	inner.statements(body)
	if err := c.checkParams(at, params, defaults, body, inner); err != nil {
		return err
	}
	c.enter(inner)
	for _, d := range defaults {
		if _, err := c.expr(d, inner); err != nil {
			return err
		}
	}
	_, err := c.body(body, inner)
	return err
}

// checkParams declares the special parameters that a body uses and refuses what the reference's compiler refuses.
func (c *compiler) checkParams(at int, params []*nameExpr, defaults []expr, body []stmt, f *frame) error {
	seen := map[string]bool{}
	for i, p := range params {
		if seen[p.name] {
			return c.src.fail("SyntaxError", p.place(), "duplicate argument %s in function definition", quote(p.name))
		}
		seen[p.name] = true
		hasDefault := i >= len(params)-len(defaults)
		if p.name == "caller" && !hasDefault && findUndeclared(body, "caller", "kwargs", "varargs")["caller"] {
			return c.src.fail("TemplateAssertionError", at, "When defining macros or call blocks the special"+
				` "caller" argument must be omitted or be given a default.`)
		}
	}
	for name := range findUndeclared(body, "caller", "kwargs", "varargs") {
		if !seen[name] {
			f.declareParam(name)
		}
	}
	return nil
}

// callMacro compiles {% call %}: its call is refused once its arguments were evaluated.
func (c *compiler) callMacro(st *callBlockStmt, f *frame) (execFunc, error) {
	if err := c.macroBody(st.place(), st.params, st.defaults, st.body, f); err != nil {
		return nil, err
	}
	for _, n := range st.call.args.named {
		if n.name == "caller" {
			return nil, c.repeatedKeyword(n)
		}
	}
	eval, err := c.expr(st.call, f)
	if err != nil {
		return nil, err
	}
	return func(rt *runtime) error {
		_, err := eval(rt)
		return err
	}, nil
}
