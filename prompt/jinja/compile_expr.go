package jinja

// expr compiles an expression. Operators, members, filters and tests are computed now if they are constant, as the
// reference does; the other kinds only as parts of these.
func (c *compiler) expr(e expr, f *frame) (evalFunc, error) {
	switch e := e.(type) {
	case *constExpr:
		return c.constant(e.value, e.place())
	case *dataExpr:
		return c.constant(e.text, e.place())
	case *nameExpr:
		return c.name(e, f), nil
	case *tupleExpr:
		items, err := c.exprList(e.items, f)
		return func(rt *runtime) (val, error) {
			values, err := evalAll(rt, items)
			return newTuple(values...), err
		}, err
	case *listExpr:
		items, err := c.exprList(e.items, f)
		return func(rt *runtime) (val, error) {
			values, err := evalAll(rt, items)
			return newList(values), err
		}, err
	case *dictExpr:
		return c.dict(e, f)
	}
	if c.esc.volatile {
		return c.operation(e, f)
	}
	v, err := c.folder.settled(e, c.esc)
	if err == nil {
		return c.constant(v, e.place())
	}
	if hasClass(err, "UndefinedError") { // the reference refuses to compile this when it renders strictly
		if c.strict == nil {
			c.strict = c.src.at(e.place(), err)
		}
	} else if isRefusal(err) {
		return nil, c.src.at(e.place(), err)
	}
	return c.operation(e, f)
}

func (c *compiler) operation(e expr, f *frame) (evalFunc, error) {
	switch e := e.(type) {
	case *binaryExpr:
		return c.binary(e, f)
	case *unaryExpr:
		return c.unary(e, f)
	case *concatExpr:
		return c.concat(e, f)
	case *compareExpr:
		return c.compare(e, f)
	case *condExpr:
		return c.cond(e, f)
	case *attrExpr:
		return c.attr(e, f)
	case *itemExpr:
		if s, ok := e.index.(*sliceExpr); ok {
			return c.slice(e, s, f)
		}
		return c.item(e, f)
	case *callExpr:
		return c.call(e, f)
	case *filterExpr:
		return c.filter(e, f)
	case *testExpr:
		return c.test(e, f)
	}
	panic("jinja: unknown expression")
}

// constant returns what gives v.
func (c *compiler) constant(v val, at int) (evalFunc, error) {
	if err := printable(v); err != nil {
		return nil, c.src.at(at, err)
	}
	if holdsDict(v) {
		return func(*runtime) (val, error) { return freshCopy(v), nil }, nil
	}
	return func(*runtime) (val, error) { return v, nil }, nil
}

func (c *compiler) name(e *nameExpr, f *frame) evalFunc {
	slot := c.slotOf(f, e.name)
	return func(rt *runtime) (val, error) {
		v := rt.slots[slot]
		if v == absent {
			return &undefined{kind: rt.missing, name: e.name}, nil
		}
		return v, nil
	}
}

func (c *compiler) exprList(list []expr, f *frame) ([]evalFunc, error) {
	out := make([]evalFunc, len(list))
	for i, e := range list {
		eval, err := c.expr(e, f)
		if err != nil {
			return nil, err
		}
		out[i] = eval
	}
	return out, nil
}

func evalAll(rt *runtime, list []evalFunc) ([]val, error) {
	out := make([]val, len(list))
	for i, eval := range list {
		v, err := eval(rt)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (c *compiler) dict(e *dictExpr, f *frame) (evalFunc, error) {
	keys, err := c.exprList(e.keys, f)
	if err != nil {
		return nil, err
	}
	values, err := c.exprList(e.values, f)
	src := c.src
	return func(rt *runtime) (val, error) {
		entries := make([]val, 0, 2*len(keys))
		for i := range keys {
			key, err := keys[i](rt)
			if err != nil {
				return nil, err
			}
			v, err := values[i](rt)
			if err != nil {
				return nil, err
			}
			entries = append(entries, key, v)
		}
		d, err := rt.buildDict(entries)
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return d, nil
	}, err
}

// buildDict makes a dict of keys and values that alternate. Like Python it looks at the keys only when it has all.
func (m *meter) buildDict(entries []val) (*dict, error) {
	d := newDict()
	for i := 0; i < len(entries); i += 2 {
		hash, err := m.hashKey(entries[i])
		if err != nil {
			return nil, err
		}
		d.set(hash, entries[i], entries[i+1])
	}
	return d, nil
}

// two compiles the operands of a binary operation.
func (c *compiler) two(a, b expr, f *frame) (left, right evalFunc, err error) {
	if left, err = c.expr(a, f); err != nil {
		return nil, nil, err
	}
	right, err = c.expr(b, f)
	return left, right, err
}

func (c *compiler) binary(e *binaryExpr, f *frame) (evalFunc, error) {
	left, right, err := c.two(e.left, e.right, f)
	if err != nil {
		return nil, err
	}
	switch {
	case e.op == "and" || e.op == "or":
		return c.logic(e, left, right), nil
	case e.op == "**" && c.isNegativeConstant(e.left):
		return c.negativePower(e, left, right), nil
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		a, err := left(rt)
		if err != nil {
			return nil, err
		}
		b, err := right(rt)
		if err != nil {
			return nil, err
		}
		v, err := rt.operate(e.op, a, b)
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, nil
}

func (c *compiler) isNegativeConstant(e expr) bool {
	if k, ok := e.(*constExpr); ok {
		return isNegativeNumber(k.value)
	}
	v, err := c.folder.settled(e, c.esc)
	return err == nil && !c.esc.volatile && isNegativeNumber(v)
}

// negativePower computes (-2) ** x as -(2 ** x): the reference writes the constant -2 into Python text, where the power
// binds more tightly than the minus.
func (c *compiler) negativePower(e *binaryExpr, left, right evalFunc) evalFunc {
	src := c.src
	return func(rt *runtime) (val, error) {
		a, _ := left(rt) // a constant
		b, err := right(rt)
		if err != nil {
			return nil, err
		}
		v, err := rt.negate(a)
		if err == nil {
			v, err = rt.operate("**", v, b)
		}
		if err == nil {
			v, err = rt.negate(v)
		}
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}
}

func (c *compiler) logic(e *binaryExpr, left, right evalFunc) evalFunc {
	src, or := c.src, e.op == "or"
	return func(rt *runtime) (val, error) {
		a, err := left(rt)
		if err != nil {
			return nil, err
		}
		truth, err := rt.truth(a)
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		if truth == or {
			return a, nil
		}
		return right(rt)
	}
}

func (c *compiler) unary(e *unaryExpr, f *frame) (evalFunc, error) {
	operand, err := c.expr(e.operand, f)
	src := c.src
	return func(rt *runtime) (val, error) {
		v, err := operand(rt)
		if err == nil {
			v, err = rt.unary(e.op, v)
		}
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, err
}

func (m *meter) unary(op string, v val) (val, error) {
	switch op {
	case "-":
		return m.negate(v)
	case "+":
		return positive(v)
	}
	truth, err := m.truth(v)
	return !truth, err
}

func (c *compiler) concat(e *concatExpr, f *frame) (evalFunc, error) {
	parts, err := c.exprList(e.parts, f)
	src, markups := c.src, c.esc.on && !c.esc.volatile
	return func(rt *runtime) (val, error) {
		values, err := evalAll(rt, parts)
		if err != nil {
			return nil, err
		}
		v, err := rt.concat(values, markups)
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, err
}

// concat is the ~ operator. Where escaping is on and a part is safe, the others are escaped and the result is safe.
func (rt *runtime) concat(parts []val, markups bool) (val, error) {
	safe := false
	for _, p := range parts {
		_, ok := p.(markup)
		safe = safe || ok && markups
	}
	w := writer{meter: rt.meter}
	for _, p := range parts {
		if safe {
			s, err := rt.escape(p)
			if err != nil {
				return nil, err
			}
			p = s
		}
		if err := w.str(p); err != nil {
			return nil, err
		}
	}
	if err := rt.size(len(w.buf)); err != nil {
		return nil, err
	}
	if safe {
		return markup(w.buf), nil
	}
	return string(w.buf), nil
}

func (c *compiler) compare(e *compareExpr, f *frame) (evalFunc, error) {
	first, err := c.expr(e.first, f)
	if err != nil {
		return nil, err
	}
	values := make([]evalFunc, len(e.rest))
	for i, op := range e.rest {
		if values[i], err = c.expr(op.value, f); err != nil {
			return nil, err
		}
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		left, err := first(rt)
		if err != nil {
			return nil, err
		}
		for i := range e.rest {
			right, err := values[i](rt)
			if err != nil {
				return nil, err
			}
			ok, err := rt.compare(e.rest[i].op, left, right)
			if err != nil {
				return nil, src.at(e.place(), err)
			}
			if !ok {
				return false, nil
			}
			left = right
		}
		return true, nil
	}, nil
}

// compare is one comparison of a chain.
func (m *meter) compare(op string, a, b val) (bool, error) {
	switch op {
	case "==":
		return m.equal(a, b)
	case "!=":
		same, err := m.equal(a, b)
		return !same, err
	case "in":
		return m.in(a, b)
	case "not in":
		found, err := m.in(a, b)
		return !found, err
	}
	return m.order(op, a, b)
}

func (c *compiler) cond(e *condExpr, f *frame) (evalFunc, error) {
	f = f.softFrame()
	test, then, err := c.two(e.test, e.then, f)
	if err != nil {
		return nil, err
	}
	orElse := func(*runtime) (val, error) {
		return &undefined{kind: plainUndefined, hint: "the inline if-expression evaluated to false and no else" +
			" section was defined."}, nil
	}
	if e.orElse != nil {
		if orElse, err = c.expr(e.orElse, f); err != nil {
			return nil, err
		}
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		v, err := test(rt)
		if err != nil {
			return nil, err
		}
		truth, err := rt.truth(v)
		if err != nil {
			return nil, src.at(e.test.place(), err)
		}
		if truth {
			return then(rt)
		}
		return orElse(rt)
	}, nil
}

func (c *compiler) attr(e *attrExpr, f *frame) (evalFunc, error) {
	object, err := c.expr(e.object, f)
	src := c.src
	return func(rt *runtime) (val, error) {
		v, err := object(rt)
		if err == nil {
			v, err = rt.access().attr(v, e.name)
		}
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, err
}

func (c *compiler) item(e *itemExpr, f *frame) (evalFunc, error) {
	object, key, err := c.two(e.object, e.index, f)
	src := c.src
	return func(rt *runtime) (val, error) {
		o, err := object(rt)
		if err != nil {
			return nil, err
		}
		k, err := key(rt)
		if err != nil {
			return nil, err
		}
		v, err := rt.access().item(o, k)
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, err
}

func (c *compiler) slice(e *itemExpr, s *sliceExpr, f *frame) (evalFunc, error) {
	object, err := c.expr(e.object, f)
	if err != nil {
		return nil, err
	}
	var bounds [3]evalFunc
	for i, b := range []expr{s.start, s.stop, s.step} {
		if b == nil {
			b = &constExpr{s.pos, nil}
		}
		if bounds[i], err = c.expr(b, f); err != nil {
			return nil, err
		}
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		o, err := object(rt)
		if err != nil {
			return nil, err
		}
		b, err := evalAll(rt, bounds[:])
		if err != nil {
			return nil, err
		}
		v, err := rt.slice(o, b[0], b[1], b[2])
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, nil
}
