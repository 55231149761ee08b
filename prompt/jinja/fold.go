package jinja

import (
	"math"
	"math/big"
	"strings"
)

// The reference computes constant expressions once, while it compiles. That can be seen from outside: errors come up
// even in branches that never run, and joining texts with ~ forgets that they were safe. So it is done here too.

// folder computes constants.
type folder struct {
	rt    *runtime
	known map[expr]folded
}

type folded struct {
	value val
	err   error
}

// foldLimits are far below what a rendering may use: a constant that needs more is left to the rendering.
var foldLimits = Limits{Output: 64 << 10, Memory: 4 << 20, Iterations: 50_000, Depth: 200, IntegerBits: 1 << 16}

func newFolder() *folder {
	return &folder{rt: &runtime{meter: &meter{limits: foldLimits}}, known: map[expr]folded{}}
}

// escaping is what the compiler knows about automatic escaping where an expression stands.
type escaping struct {
	on       bool
	volatile bool // only the rendering will know
}

// constant returns the value of e, errImpossible if it has none yet, or the error that compiling it raises.
func (f *folder) constant(e expr, esc escaping) (val, error) {
	if known, ok := f.known[e]; ok {
		return known.value, known.err
	}
	if f.rt.step(1) != nil {
		return nil, errImpossible
	}
	v, err := f.compute(e, esc)
	if err != nil || plainData(v) {
		f.known[e] = folded{v, err}
	}
	return v, err
}

// settled is constant for values that can be written into the compiled template.
func (f *folder) settled(e expr, esc escaping) (val, error) {
	v, err := f.constant(e, esc)
	if err == nil && !plainData(v) {
		return nil, errImpossible
	}
	return v, err
}

func (f *folder) compute(e expr, esc escaping) (val, error) {
	switch e := e.(type) {
	case *constExpr:
		return e.value, nil
	case *dataExpr:
		return f.data(e, esc)
	case *tupleExpr:
		items, err := f.list(e.items, esc)
		return newTuple(items...), err
	case *listExpr:
		items, err := f.list(e.items, esc)
		return newList(items), err
	case *dictExpr:
		return f.dict(e, esc)
	case *binaryExpr:
		return f.binary(e, esc)
	case *unaryExpr:
		return f.unary(e, esc)
	case *concatExpr:
		return f.concat(e, esc)
	case *compareExpr:
		return f.compare(e, esc)
	case *condExpr:
		return f.cond(e, esc)
	case *attrExpr:
		object, err := f.constant(e.object, esc)
		if err != nil {
			return nil, errImpossible
		}
		return attempt(f.rt.access().attr(object, e.name))
	case *itemExpr:
		return f.item(e, esc)
	case *filterExpr:
		return f.filter(e, esc)
	case *testExpr:
		return f.test(e, esc)
	}
	return nil, errImpossible
}

// attempt leaves an error to the rendering.
func attempt(v val, err error) (val, error) {
	if err != nil {
		return nil, errImpossible
	}
	return v, nil
}

func (f *folder) data(e *dataExpr, esc escaping) (val, error) {
	if esc.volatile {
		return nil, errImpossible
	}
	if esc.on {
		return markup(e.text), nil
	}
	return e.text, nil
}

func (f *folder) list(exprs []expr, esc escaping) ([]val, error) {
	items := make([]val, len(exprs))
	for i, e := range exprs {
		v, err := f.constant(e, esc)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, nil
}

func (f *folder) dict(e *dictExpr, esc escaping) (val, error) {
	entries, err := f.list(children(e), esc)
	if err != nil {
		return nil, err
	}
	return f.rt.buildDict(entries) // an error is not left to the rendering: the reference refuses the template
}

func (f *folder) binary(e *binaryExpr, esc escaping) (val, error) {
	if e.op == "and" || e.op == "or" {
		return f.logic(e, esc)
	}
	left, err := f.constant(e.left, esc)
	if err != nil {
		return nil, errImpossible
	}
	right, err := f.constant(e.right, esc)
	if err != nil {
		return nil, errImpossible
	}
	return attempt(f.rt.operate(e.op, left, right))
}

func (f *folder) logic(e *binaryExpr, esc escaping) (val, error) {
	if _, err := f.constant(e.right, esc); isRefusal(err) {
		return nil, err
	}
	left, err := f.constant(e.left, esc)
	if err != nil {
		return nil, err
	}
	truth, err := f.rt.truth(left)
	if err != nil || truth == (e.op == "or") {
		return left, err
	}
	return f.constant(e.right, esc)
}

func (f *folder) unary(e *unaryExpr, esc escaping) (val, error) {
	v, err := f.constant(e.operand, esc)
	if err != nil {
		return nil, errImpossible
	}
	return attempt(f.rt.unary(e.op, v))
}

func (f *folder) concat(e *concatExpr, esc escaping) (val, error) {
	var b strings.Builder
	for _, part := range e.parts {
		v, err := f.constant(part, esc)
		if err != nil {
			return nil, err
		}
		s, err := f.rt.str(v)
		if err != nil {
			return nil, err
		}
		b.WriteString(s)
		if f.rt.size(b.Len()) != nil {
			return nil, errImpossible
		}
	}
	return b.String(), nil
}

func (f *folder) compare(e *compareExpr, esc escaping) (val, error) {
	left, err := f.constant(e.first, esc)
	if err != nil {
		return nil, err
	}
	for _, op := range e.rest {
		right, err := f.constant(op.value, esc)
		if err != nil {
			return nil, errImpossible
		}
		ok, err := f.rt.compare(op.op, left, right)
		if err != nil {
			return nil, errImpossible
		}
		if !ok {
			return false, nil
		}
		left = right
	}
	return true, nil
}

func (f *folder) cond(e *condExpr, esc escaping) (val, error) {
	for _, part := range []expr{e.then, e.orElse} {
		if part == nil {
			continue
		}
		if _, err := f.constant(part, esc); isRefusal(err) {
			return nil, err
		}
	}
	test, err := f.constant(e.test, esc)
	if err != nil {
		return nil, err
	}
	truth, err := f.rt.truth(test)
	switch {
	case err != nil:
		return nil, err
	case truth:
		return f.constant(e.then, esc)
	case e.orElse == nil:
		return nil, errImpossible
	}
	return f.constant(e.orElse, esc)
}

func (f *folder) item(e *itemExpr, esc escaping) (val, error) {
	object, err := f.constant(e.object, esc)
	if err != nil {
		return nil, errImpossible
	}
	index, err := f.constant(e.index, esc)
	if err != nil {
		return nil, errImpossible
	}
	return attempt(f.rt.access().item(object, index))
}

func (f *folder) filter(e *filterExpr, esc escaping) (val, error) {
	fl := filters()[e.name]
	if e.input == nil || esc.volatile || fl == nil || fl.context {
		return nil, errImpossible
	}
	args, err := f.arguments(&e.args, esc)
	if err != nil {
		return nil, err
	}
	input, err := f.constant(e.input, esc)
	if err != nil {
		return nil, err
	}
	f.rt.autoescape = esc.on
	return attempt(f.rt.callFilter(fl, input, args))
}

func (f *folder) test(e *testExpr, esc escaping) (val, error) {
	t := tests()[e.name]
	if esc.volatile || t == nil {
		return nil, errImpossible
	}
	args, err := f.arguments(&e.args, esc)
	if err != nil {
		return nil, err
	}
	input, err := f.constant(e.input, esc)
	if err != nil {
		return nil, err
	}
	return attempt(f.rt.callTest(t, input, args))
}

func (f *folder) arguments(a *arguments, esc escaping) (args callArgs, err error) {
	if args.positional, err = f.list(a.positional, esc); err != nil {
		return args, err
	}
	for _, n := range a.named {
		v, err := f.constant(n.value, esc)
		if err != nil {
			return args, err
		}
		args.take(n.name) // of two with one name the last counts, here if not at run time
		_ = args.add(n.name, v)
	}
	if a.star != nil {
		v, err := f.constant(a.star, esc)
		if err != nil || args.spread(f.rt.meter, v) != nil {
			return args, errImpossible
		}
	}
	if a.starStar != nil {
		v, err := f.constant(a.starStar, esc)
		if err != nil {
			return args, errImpossible
		}
		d, ok := v.(*dict)
		if !ok {
			return args, errImpossible
		}
		for _, key := range d.open().keys {
			if name, ok := textOf(key); ok {
				args.take(name)
			}
		}
		if args.spreadNamed(v) != nil {
			return args, errImpossible
		}
	}
	return args, nil
}

// plainData reports whether v can stand in the compiled template (reference: has_safe_repr), and is small enough to.
func plainData(v val) bool {
	budget := 10_000
	return plain(v, &budget)
}

func plain(v val, budget *int) bool {
	if *budget--; *budget < 0 {
		return false
	}
	switch v := v.(type) {
	case *list:
		return allPlain(v.all(), budget)
	case *tuple:
		return !v.group && allPlain(v.items, budget)
	case *dict:
		return allPlain(v.open().keys, budget) && allPlain(v.vals, budget)
	case *undefined, *generator, *loop, *opaque:
		return false
	}
	return true
}

func allPlain(items []val, budget *int) bool {
	for _, item := range items {
		if !plain(item, budget) {
			return false
		}
	}
	return true
}

// printable refuses constants that hold an integer too long to be written down.
func printable(v val) error {
	switch v := v.(type) {
	case *big.Int:
		if tooManyDigits(v) {
			return raise("ValueError", "Exceeds the limit (%d digits) for integer string conversion", maxDigits)
		}
	case *list:
		return allPrintable(v.all())
	case *tuple:
		return allPrintable(v.items)
	case *dict:
		if err := allPrintable(v.open().keys); err != nil {
			return err
		}
		return allPrintable(v.vals)
	}
	return nil
}

func allPrintable(items []val) error {
	for _, item := range items {
		if err := printable(item); err != nil {
			return err
		}
	}
	return nil
}

// isNegativeNumber reports whether Python writes v with a minus in front.
func isNegativeNumber(v val) bool {
	switch v := v.(type) {
	case int64:
		return v < 0
	case *big.Int:
		return v.Sign() < 0
	case float64:
		return math.Signbit(v) && !math.IsNaN(v)
	}
	return false
}

// freshCopy copies the dicts in a constant, which an assignment to an entry could change.
func freshCopy(v val) val {
	switch v := v.(type) {
	case *list:
		return newList(freshItems(v.all()))
	case *tuple:
		return newTuple(freshItems(v.items)...)
	case *dict:
		d := newDict()
		d.keys, d.vals = append(d.keys, v.keys...), freshItems(v.vals)
		for hash, i := range v.index {
			d.index[hash] = i
		}
		return d
	}
	return v
}

func freshItems(items []val) []val {
	out := make([]val, len(items))
	for i, item := range items {
		out[i] = freshCopy(item)
	}
	return out
}

func holdsDict(v val) bool {
	switch v := v.(type) {
	case *list:
		return anyHoldsDict(v.items)
	case *tuple:
		return anyHoldsDict(v.items)
	case *dict:
		return true
	}
	return false
}

func anyHoldsDict(items []val) bool {
	for _, item := range items {
		if holdsDict(item) {
			return true
		}
	}
	return false
}
