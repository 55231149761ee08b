package jinja

func selectFilters() map[string]*filter {
	return map[string]*filter{
		"map":        variadic(filterMap),
		"select":     variadic(selecting(true, false)),
		"reject":     variadic(selecting(false, false)),
		"selectattr": variadic(selecting(true, true)),
		"rejectattr": variadic(selecting(false, true)),
	}
}

// refuseOwn refuses to name the parameters that the filter gets anyway.
func refuseOwn(args *callArgs) error {
	for _, name := range []string{"context", "value"} {
		if _, ok := args.take(name); ok {
			return typeError("got multiple values for argument %s", quote(name))
		}
	}
	return nil
}

// whileTrue makes a generator of what transform makes of the items of v; it has none if v is false.
func (rt *runtime) whileTrue(name string, v val, transform func() (func(nextFunc) nextFunc, error)) *generator {
	return lazily(name, func() (nextFunc, error) {
		truth, err := rt.truth(v)
		if err != nil || !truth {
			return rt.iterateItems(nil), err
		}
		over, err := transform()
		if err != nil {
			return nil, err
		}
		next, err := rt.iterate(v)
		if err != nil {
			return nil, err
		}
		return over(next), nil
	})
}

func filterMap(rt *runtime, in val, args callArgs) (val, error) {
	if err := refuseOwn(&args); err != nil {
		return nil, err
	}
	return rt.whileTrue("sync_do_map", in, func() (func(nextFunc) nextFunc, error) {
		apply, err := rt.mapper(args)
		return func(next nextFunc) nextFunc { return mapNext(next, apply) }, err
	}), nil
}

func mapNext(next nextFunc, apply keyFunc) nextFunc {
	return func() (val, bool, error) {
		item, ok, err := next()
		if err != nil || !ok {
			return nil, false, err
		}
		v, err := apply(item)
		return v, err == nil, err
	}
}

// mapper returns what map does to each item: take an attribute or apply a filter.
func (rt *runtime) mapper(args callArgs) (keyFunc, error) {
	if attribute, ok := args.take("attribute"); ok && len(args.positional) == 0 {
		fallback, _ := args.take("default")
		if len(args.names) > 0 {
			return nil, raise("FilterArgumentError", "Unexpected keyword argument %s", quote(args.names[0]))
		}
		return rt.keyFunc(attribute, true, fallback)
	} else if ok {
		_ = args.add("attribute", attribute) // it was there
	}
	if len(args.positional) == 0 {
		return nil, raise("FilterArgumentError", "map requires a filter argument")
	}
	name := args.positional[0]
	args.positional = args.positional[1:]
	return func(item val) (val, error) {
		f, err := rt.lookUp(filters(), "filter", name)
		if err != nil {
			return nil, err
		}
		return rt.callFilter(f, item, args)
	}, nil
}

// selecting makes select and its relatives: keep items, or attributes of items, for which a test holds or fails.
func selecting(keep, attribute bool) func(*runtime, val, callArgs) (val, error) {
	return func(rt *runtime, in val, args callArgs) (val, error) {
		if err := refuseOwn(&args); err != nil {
			return nil, err
		}
		return rt.whileTrue("select_or_reject", in, func() (func(nextFunc) nextFunc, error) {
			holds, err := rt.selector(args, attribute)
			return func(next nextFunc) nextFunc { return filterNext(next, holds, keep) }, err
		}), nil
	}
}

func filterNext(next nextFunc, holds func(val) (bool, error), keep bool) nextFunc {
	return func() (val, bool, error) {
		for {
			item, ok, err := next()
			if err != nil || !ok {
				return nil, false, err
			}
			hit, err := holds(item)
			if err != nil {
				return nil, false, err
			}
			if hit == keep {
				return item, true, nil
			}
		}
	}
}

func (rt *runtime) selector(args callArgs, attribute bool) (func(val) (bool, error), error) {
	pick := keyFunc(func(item val) (val, error) { return item, nil })
	if attribute {
		if len(args.positional) == 0 {
			return nil, raise("FilterArgumentError", "Missing parameter for attribute name")
		}
		var err error
		if pick, err = rt.keyFunc(args.positional[0], true, nil); err != nil {
			return nil, err
		}
		args.positional = args.positional[1:]
	}
	check := func(v val) (val, error) { return v, nil }
	if len(args.positional) > 0 {
		name := args.positional[0]
		args.positional = args.positional[1:]
		check = func(v val) (val, error) {
			t, err := rt.lookUp(tests(), "test", name)
			if err != nil {
				return nil, err
			}
			return rt.callTest(t, v, args)
		}
	}
	return func(item val) (bool, error) {
		v, err := pick(item)
		if err == nil {
			v, err = check(v)
		}
		if err != nil {
			return false, err
		}
		return rt.truth(v)
	}, nil
}
