package jinja

import "sync"

var testTable struct {
	once   sync.Once
	byName map[string]*filter
}

// tests returns all tests by name.
func tests() map[string]*filter {
	testTable.once.Do(func() {
		all := map[string]*filter{
			"odd":         define("", remainder(int64(2), int64(1))),
			"even":        define("", remainder(int64(2), int64(0))),
			"divisibleby": define("num", testDivisible),
			"filter":      define("", testKnown(filters)),
			"test":        define("", testKnown(tests)),
			"lower":       define("", textTest(isLowerText)),
			"upper":       define("", textTest(isUpperText)),
			"sequence":    define("", testSequence),
			"iterable":    define("", testIterable),
			"sameas":      define("other", testSame),
			"in":          define("seq", testIn),
		}
		for name, f := range kindTests() {
			all[name] = define("", kindTest(f))
		}
		all["callable"].keyless = true
		for op, names := range map[string][]string{
			"==": {"==", "eq", "equalto"}, "!=": {"!=", "ne"},
			">": {">", "gt", "greaterthan"}, ">=": {">=", "ge"},
			"<": {"<", "lt", "lessthan"}, "<=": {"<=", "le"},
		} {
			for _, name := range names {
				all[name] = positional("other", comparison(op))
			}
		}
		for name, t := range all {
			t.name = name
		}
		testTable.byName = all
	})
	return testTable.byName
}

// kindTests ask what kind of object something is.
func kindTests() map[string]func(val) bool {
	return map[string]func(val) bool{
		"defined":   func(v val) bool { return !isUndefined(v) },
		"undefined": isUndefined,
		"none":      func(v val) bool { return v == nil },
		"boolean":   func(v val) bool { _, ok := v.(bool); return ok },
		"true":      func(v val) bool { return v == true },
		"false":     func(v val) bool { return v == false },
		"integer":   func(v val) bool { _, isBool := v.(bool); return isInt(v) && !isBool },
		"float":     func(v val) bool { _, ok := v.(float64); return ok },
		"number":    isNumber,
		"string":    func(v val) bool { _, ok := textOf(v); return ok },
		"mapping":   func(v val) bool { _, ok := v.(*dict); return ok },
		"escaped":   func(v val) bool { _, ok := v.(markup); return ok },
		"callable":  isCallable,
	}
}

func isUndefined(v val) bool { _, ok := v.(*undefined); return ok }

func isCallable(v val) bool {
	switch v := v.(type) {
	case *undefined, *loop:
		return true
	case *opaque:
		return v.callable
	}
	return false
}

func kindTest(is func(val) bool) func(*runtime, val, []val) (val, error) {
	return func(_ *runtime, in val, _ []val) (val, error) { return is(in), nil }
}

func remainder(divisor, want int64) func(*runtime, val, []val) (val, error) {
	return func(rt *runtime, in val, _ []val) (val, error) { return rt.leaves(in, divisor, want) }
}

// leaves reports whether v modulo the divisor is the wanted value.
func (rt *runtime) leaves(v, divisor, want val) (val, error) {
	rest, err := rt.operate("%", v, divisor)
	if err != nil {
		return nil, err
	}
	same, err := rt.equal(rest, want)
	return same, err
}

func testDivisible(rt *runtime, in val, args []val) (val, error) {
	return rt.leaves(in, args[0], int64(0))
}

func testKnown(table func() map[string]*filter) func(*runtime, val, []val) (val, error) {
	return func(rt *runtime, in val, _ []val) (val, error) {
		if _, err := rt.hashKey(in); err != nil {
			return nil, err
		}
		name, ok := textOf(in)
		return ok && table()[name] != nil, nil
	}
}

func textTest(is func(string) bool) func(*runtime, val, []val) (val, error) {
	return func(rt *runtime, in val, _ []val) (val, error) {
		_, s, err := rt.softText(in)
		return is(s), err
	}
}

func testSequence(rt *runtime, in val, _ []val) (val, error) {
	if l, ok := in.(*loop); ok { // asking for its length may use up a generator
		_, _ = l.length(rt.meter)
		return false, nil
	}
	_, err := rt.length(in)
	return err == nil, nil
}

func testIterable(rt *runtime, in val, _ []val) (val, error) {
	_, err := rt.iterate(in)
	if hasClass(err, "TypeError") {
		return false, nil
	}
	return err == nil, err
}

func testSame(_ *runtime, in val, args []val) (val, error) { return identical(in, args[0]), nil }

func testIn(rt *runtime, in val, args []val) (val, error) {
	found, err := rt.in(in, args[0])
	return found, err
}

func comparison(op string) func(*runtime, val, []val) (val, error) {
	return func(rt *runtime, in val, args []val) (val, error) {
		ok, err := rt.compare(op, in, args[0])
		return ok, err
	}
}
