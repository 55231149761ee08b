package jinja

// call evaluates callee and arguments and then refuses: nothing may be called.
func (c *compiler) call(e *callExpr, f *frame) (evalFunc, error) {
	callee, err := c.expr(e.callee, f)
	if err != nil {
		return nil, err
	}
	args, err := c.arguments(&e.args, f)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		v, err := callee(rt)
		if err != nil {
			return nil, err
		}
		if _, err = args(rt); err == nil {
			var text string
			if text, err = rt.repr(v); err == nil {
				err = securityError("%s is not safely callable", text)
			}
		}
		return nil, src.at(e.place(), err)
	}, nil
}

// arguments compiles the arguments of a call.
func (c *compiler) arguments(a *arguments, f *frame) (func(*runtime) (callArgs, error), error) {
	if err := c.repeatedKeywords(a); err != nil {
		return nil, err
	}
	positional, err := c.exprList(a.positional, f)
	if err != nil {
		return nil, err
	}
	values := make([]expr, len(a.named))
	for i, n := range a.named {
		values[i] = n.value
	}
	named, err := c.exprList(values, f)
	if err != nil {
		return nil, err
	}
	var spreads [2]evalFunc
	for i, e := range []expr{a.star, a.starStar} {
		if e != nil {
			if spreads[i], err = c.expr(e, f); err != nil {
				return nil, err
			}
		}
	}
	star, starStar := spreads[0], spreads[1]
	return func(rt *runtime) (args callArgs, err error) {
		if args.positional, err = evalAll(rt, positional); err != nil {
			return args, err
		}
		if star != nil {
			v, err := star(rt)
			if err != nil {
				return args, err
			}
			if err := args.spread(rt.meter, v); err != nil {
				return args, err
			}
		}
		for i, eval := range named {
			v, err := eval(rt)
			if err != nil {
				return args, err
			}
			args.take(a.named[i].name)
			_ = args.add(a.named[i].name, v) // it was taken out
		}
		if starStar == nil {
			return args, nil
		}
		v, err := starStar(rt)
		if err != nil {
			return args, err
		}
		return args, args.spreadNamed(v)
	}, nil
}

// repeatedKeywords refuses f(a=1, a=2) as Python does, unless a name is a Python keyword: then the reference passes a
// dict, where the last one counts.
func (c *compiler) repeatedKeywords(a *arguments) error {
	seen := map[string]bool{}
	var repeated *namedArg
	for i, n := range a.named {
		if isPythonKeyword(n.name) {
			return nil
		}
		if seen[n.name] && repeated == nil {
			repeated = &a.named[i]
		}
		seen[n.name] = true
	}
	if repeated != nil {
		return c.repeatedKeyword(*repeated)
	}
	return nil
}

func (c *compiler) repeatedKeyword(n namedArg) error {
	return c.src.fail("SyntaxError", n.value.place(), "keyword argument repeated: %s", n.name)
}

func isPythonKeyword(s string) bool {
	return contains([]string{
		"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
		"elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
		"nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
	}, s)
}

// filter compiles x|name(...).
func (c *compiler) filter(e *filterExpr, f *frame) (evalFunc, error) {
	input, err := c.expr(e.input, f)
	if err != nil {
		return nil, err
	}
	return c.blockFilter(e, input, f)
}

// blockFilter compiles a filter, and those before it, that starts from the given input. For a block the chain of
// filters ends in a nil input.
func (c *compiler) blockFilter(e *filterExpr, input evalFunc, f *frame) (evalFunc, error) {
	if inner, ok := e.input.(*filterExpr); ok && bottomless(e) {
		var err error
		if input, err = c.blockFilter(inner, input, f); err != nil {
			return nil, err
		}
	}
	fl := filters()[e.name]
	if fl == nil && !f.soft {
		return nil, c.src.fail("TemplateAssertionError", e.place(), "No filter named %s.", quote(e.name))
	}
	args, err := c.arguments(&e.args, f)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		v, err := input(rt)
		if err != nil {
			return nil, err
		}
		a, err := args(rt)
		if err == nil && fl == nil {
			err = noSuch("filter", e.name, a)
		}
		if err == nil {
			v, err = rt.callFilter(fl, v, a)
		}
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, nil
}

// noSuch is the error for running an unknown filter or test. What stands for it in the reference takes no named arguments.
func noSuch(kind, name string, args callArgs) error {
	if len(args.names) > 0 {
		return typeError("got an unexpected keyword argument %s", quote(args.names[0]))
	}
	return raise("TemplateRuntimeError", "No %s named %s found.", kind, quote(name))
}

// bottomless reports whether the chain of filters that ends in e filters a block.
func bottomless(e *filterExpr) bool {
	for {
		if e.input == nil {
			return true
		}
		inner, ok := e.input.(*filterExpr)
		if !ok {
			return false
		}
		e = inner
	}
}

// test compiles x is name(...).
func (c *compiler) test(e *testExpr, f *frame) (evalFunc, error) {
	input, err := c.expr(e.input, f)
	if err != nil {
		return nil, err
	}
	t := tests()[e.name]
	if t == nil && !f.soft {
		return nil, c.src.fail("TemplateAssertionError", e.place(), "No test named %s.", quote(e.name))
	}
	args, err := c.arguments(&e.args, f)
	if err != nil {
		return nil, err
	}
	src := c.src
	return func(rt *runtime) (val, error) {
		v, err := input(rt)
		if err != nil {
			return nil, err
		}
		a, err := args(rt)
		if err == nil && t == nil {
			err = noSuch("test", e.name, a)
		}
		if err == nil {
			v, err = rt.callTest(t, v, a)
		}
		if err != nil {
			return nil, src.at(e.place(), err)
		}
		return v, nil
	}, nil
}
