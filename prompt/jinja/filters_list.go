package jinja

import (
	"strings"
)

func listFilters() map[string]*filter {
	return map[string]*filter{
		"batch":    define("linecount fill_with?", filterBatch),
		"slice":    define("slices fill_with?", filterSlice),
		"first":    define("", filterFirst),
		"last":     define("", filterLast),
		"random":   {fn: filterRandom, context: true},
		"join":     define("d? attribute?", filterJoin),
		"list":     define("", filterList),
		"length":   positional("", filterLength),
		"count":    positional("", filterLength),
		"max":      define("case_sensitive? attribute?", extreme(">")),
		"min":      define("case_sensitive? attribute?", extreme("<")),
		"reverse":  define("", filterReverse),
		"sort":     define("reverse? case_sensitive? attribute?", filterSort),
		"unique":   define("case_sensitive? attribute?", filterUnique),
		"groupby":  define("attribute default? case_sensitive?", filterGroupBy),
		"items":    define("", filterItems),
		"dictsort": define("case_sensitive? by? reverse?", filterDictSort),
	}
}

func filterLength(rt *runtime, in val, _ []val) (val, error) {
	n, err := rt.length(in)
	return int64(n), err
}

func filterList(rt *runtime, in val, _ []val) (val, error) {
	items, err := rt.collect(in)
	return newList(items), err
}

// lazily makes a generator that is set up when its first item is asked for.
func lazily(name string, start func() (nextFunc, error)) *generator {
	var next nextFunc
	done := false
	return &generator{name: "generator object " + name, next: func() (val, bool, error) {
		if done {
			return nil, false, nil
		}
		if next == nil {
			var err error
			if next, err = start(); err != nil {
				done = true
				return nil, false, err
			}
		}
		item, ok, err := next()
		done = done || !ok || err != nil
		return item, ok, err
	}}
}

func filterBatch(rt *runtime, in val, args []val) (val, error) {
	fill := orElse(args[1], nil)
	return lazily("do_batch", func() (nextFunc, error) {
		next, err := rt.iterate(in)
		if err != nil {
			return nil, err
		}
		return rt.batches(next, args[0], fill), nil
	}), nil
}

func (rt *runtime) batches(next nextFunc, size, fill val) nextFunc {
	var pending []val
	return func() (val, bool, error) {
		batch := pending
		pending = nil
		for {
			item, ok, err := next()
			if err != nil {
				return nil, false, err
			}
			if !ok {
				break
			}
			full, err := rt.equal(int64(len(batch)), size)
			if err != nil {
				return nil, false, err
			}
			if full {
				pending = []val{item}
				return newList(batch), true, nil
			}
			batch = append(batch, item)
		}
		if len(batch) == 0 {
			return nil, false, nil
		}
		batch, err := rt.fillBatch(batch, size, fill)
		return newList(batch), true, err
	}
}

func (rt *runtime) fillBatch(batch []val, size, fill val) ([]val, error) {
	if fill == nil {
		return batch, nil
	}
	short, err := rt.order("<", int64(len(batch)), size)
	if err != nil || !short {
		return batch, err
	}
	missing, err := rt.operate("-", size, int64(len(batch)))
	if err != nil {
		return nil, err
	}
	filling, err := rt.operate("*", newList([]val{fill}), missing)
	if err != nil {
		return nil, err
	}
	return append(batch, filling.(*list).all()...), nil
}

func filterSlice(rt *runtime, in val, args []val) (val, error) {
	fill := orElse(args[1], nil)
	return lazily("sync_do_slice", func() (nextFunc, error) {
		items, err := rt.collect(in)
		if err != nil {
			return nil, err
		}
		return rt.columns(items, args[0], fill)
	}), nil
}

// columns spreads items over n lists, the first ones longer.
func (rt *runtime) columns(items []val, count, fill val) (nextFunc, error) {
	if _, err := rt.operate("//", int64(len(items)), count); err != nil {
		return nil, err
	}
	n, err := index(count)
	if err != nil {
		return nil, err
	}
	i := 0
	return func() (val, bool, error) {
		if i >= n {
			return nil, false, nil
		}
		per, extra := len(items)/n, len(items)%n
		start := i*per + min(i, extra)
		end := (i+1)*per + min(i+1, extra)
		column := append([]val(nil), items[start:end]...)
		if fill != nil && i >= extra {
			column = append(column, fill)
		}
		i++
		return newList(column), true, rt.step(1)
	}, nil
}

func filterFirst(rt *runtime, in val, _ []val) (val, error) {
	next, err := rt.iterate(in)
	if err != nil {
		return nil, err
	}
	item, ok, err := next()
	if err == nil && !ok {
		return rt.hinted("No first item, sequence was empty."), nil
	}
	return item, err
}

func filterLast(rt *runtime, in val, _ []val) (val, error) {
	r, err := rt.reversed(in)
	if err != nil {
		return nil, err
	}
	item, ok, err := r.next()
	if err == nil && !ok {
		return rt.hinted("No last item, sequence was empty."), nil
	}
	return item, err
}

// reversed is Python's reversed(v).
func (rt *runtime) reversed(v val) (*generator, error) {
	switch v := v.(type) {
	case *list:
		return backwards("list_reverseiterator object", rt, v.all()), nil
	case *tuple:
		return backwards("reversed object", rt, v.items), nil
	case *dict:
		return backwards("dict_reversekeyiterator object", rt, v.open().keys), nil
	case string:
		items, err := rt.collect(v)
		return backwards("reversed object", rt, items), err
	case markup:
		items, err := rt.collect(v)
		for i, item := range items {
			items[i] = markup(item.(string))
		}
		return backwards("reversed object", rt, items), err
	case *undefined:
		return backwards("reversed object", rt, nil), strictFail(v)
	}
	return nil, typeError("%s object is not reversible", quote(typeName(v)))
}

func backwards(name string, rt *runtime, items []val) *generator {
	n := len(items)
	return &generator{name: name, next: func() (val, bool, error) {
		if n == 0 {
			return nil, false, nil
		}
		n--
		return items[n], true, rt.step(1)
	}}
}

func filterReverse(rt *runtime, in val, _ []val) (val, error) {
	if _, ok := textOf(in); ok {
		return rt.slice(in, nil, nil, int64(-1))
	}
	r, err := rt.reversed(in)
	if !hasClass(err, "TypeError") {
		return r, err
	}
	items, err := rt.collect(in)
	if hasClass(err, "TypeError") {
		return nil, raise("FilterArgumentError", "argument must be iterable")
	}
	for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
		items[i], items[j] = items[j], items[i]
	}
	return newList(items), err
}

// filterRandom draws from a sequence that is fixed for a template and the place in its rendering: a flow that is
// replayed must come to the same text.
func filterRandom(rt *runtime, in val, _ []val) (val, error) {
	n, err := rt.length(in)
	if err != nil {
		return nil, err
	}
	pick := 0
	if n > 0 {
		pick = int(rt.draw() % uint64(n))
	}
	switch v := in.(type) {
	case *dict:
		hash := any(int64(pick))
		entry, ok := v.get(hash)
		if !ok {
			return nil, raise("KeyError", "%d", pick)
		}
		return entry, nil
	case *loop:
		return nil, typeError("'LoopContext' object is not subscriptable")
	case *undefined:
		if v.kind != strictUndefined {
			return nil, v.fail()
		}
	}
	if n == 0 {
		return rt.hinted("No random item, sequence was empty."), nil
	}
	items, err := rt.collect(in)
	if err != nil {
		return nil, err
	}
	if s, ok := in.(markup); ok {
		return sameKind(s, items[pick].(string)), nil
	}
	return items[pick], nil
}

// draw returns the next number of the splitmix64 sequence.
func (rt *runtime) draw() uint64 {
	rt.draws++
	z := rt.seed + rt.draws*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func filterJoin(rt *runtime, in val, args []val) (val, error) {
	separator := orElse(args[0], "")
	attribute := orElse(args[1], nil)
	if attribute != nil { // Python asks for the iterator before it looks at anything else
		if _, err := rt.iterate(in); err != nil {
			return nil, err
		}
	}
	if escaping, err := rt.escaping(); err != nil {
		return nil, err
	} else if escaping {
		return rt.joinEscaped(in, separator, attribute)
	}
	sep, err := rt.str(separator)
	if err != nil {
		return nil, err
	}
	next, err := rt.iterate(in)
	if err != nil {
		return nil, err
	}
	parts, err := rt.pathParts(attribute)
	if err != nil {
		return nil, err
	}
	w, first := writer{meter: rt.meter}, true
	err = each(next, func(item val) (err error) {
		if !first {
			w.buf = append(w.buf, sep...)
		}
		first = false
		if item, err = rt.access().path(item, parts, nil); err != nil {
			return err
		}
		return w.str(item)
	})
	return string(w.buf), err
}

// joinEscaped is join where escaping is on: one safe item makes the whole safe.
func (rt *runtime) joinEscaped(in, separator, attribute val) (val, error) {
	items, err := rt.collect(in)
	if err != nil {
		return nil, err
	}
	parts, err := rt.pathParts(attribute)
	if err != nil {
		return nil, err
	}
	safe := false
	for i := range items {
		if items[i], err = rt.access().path(items[i], parts, nil); err != nil {
			return nil, err
		}
		_, isMarkup := items[i].(markup)
		safe = safe || isMarkup
		if !isMarkup {
			if items[i], err = rt.str(items[i]); err != nil {
				return nil, err
			}
		}
	}
	if _, isMarkup := separator.(markup); isMarkup {
		safe = true
	}
	if !safe {
		return rt.joinPlain(items, separator)
	}
	sep, err := rt.escape(separator)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(items))
	for i, item := range items {
		escaped, err := rt.escape(item)
		if err != nil {
			return nil, err
		}
		texts[i] = string(escaped)
	}
	return markup(strings.Join(texts, string(sep))), rt.product(len(texts), len(sep))
}

func (rt *runtime) joinPlain(items []val, separator val) (val, error) {
	sep, err := rt.str(separator)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i], _ = textOf(item)
	}
	if err := rt.product(len(texts), len(sep)); err != nil {
		return nil, err
	}
	return strings.Join(texts, sep), nil
}

func filterItems(rt *runtime, in val, _ []val) (val, error) {
	return lazily("do_items", func() (nextFunc, error) {
		switch v := in.(type) {
		case *undefined:
			return rt.iterateItems(nil), nil
		case *dict:
			return rt.iterateItems(pairs(v)), nil
		}
		return nil, typeError("Can only get item pairs from a mapping.")
	}), nil
}

// asDict returns a dict, or the error for asking something else for a method only dicts have.
func asDict(v val, method string) (*dict, error) {
	switch v := v.(type) {
	case *dict:
		return v, nil
	case *undefined:
		return nil, v.fail()
	}
	return nil, raise("AttributeError", "%s object has no attribute %s", quote(typeName(v)), quote(method))
}
