package jinja

import "unicode/utf8"

// iterate is Python's iter(v). Every item that is taken counts as a step.
func (m *meter) iterate(v val) (nextFunc, error) {
	switch v := v.(type) {
	case string:
		return m.iterateText(v), nil
	case markup:
		return m.iterateText(string(v)), nil
	case *list:
		return m.iterateItems(v.all()), nil
	case *tuple:
		return m.iterateItems(v.items), nil
	case *dict:
		return m.iterateItems(v.open().keys), nil
	case *generator:
		return v.next, nil
	case *undefined:
		return m.iterateItems(nil), strictFail(v)
	case *loop:
		return v.pairs(m), nil
	case *opaque:
		if v == templateReference { // Python asks it for the block called 0
			return func() (val, bool, error) { return nil, false, raise("KeyError", "0") }, nil
		}
	}
	return nil, typeError("%s object is not iterable", quote(typeName(v)))
}

func (m *meter) iterateItems(items []val) nextFunc {
	return func() (val, bool, error) {
		if len(items) == 0 {
			return nil, false, nil
		}
		item := items[0]
		items = items[1:]
		return item, true, m.step(1)
	}
}

func (m *meter) iterateText(s string) nextFunc {
	return func() (val, bool, error) {
		if s == "" {
			return nil, false, nil
		}
		_, size := utf8.DecodeRuneInString(s)
		item := s[:size]
		s = s[size:]
		return item, true, m.step(1)
	}
}

// collect is Python's list(v), as a slice that belongs to the caller.
func (m *meter) collect(v val) ([]val, error) {
	next, err := m.iterate(v)
	if err != nil {
		return nil, err
	}
	var items []val
	err = each(next, func(item val) error {
		items = append(items, item)
		if len(items)*itemSize > m.limits.Output {
			return exceeded("MemoryError", "Output", m.limits.Output)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, m.items(len(items))
}

// each calls visit for all remaining items.
func each(next nextFunc, visit func(val) error) error {
	for {
		item, ok, err := next()
		if err != nil || !ok {
			return err
		}
		if err := visit(item); err != nil {
			return err
		}
	}
}

// unpack is Python's assignment of v to n targets.
func (m *meter) unpack(v val, n int) ([]val, error) {
	switch typed := v.(type) {
	case *tuple:
		if len(typed.items) == n {
			return typed.items, nil
		}
	case *list:
		if typed.len() == n {
			return typed.all(), nil
		}
	}
	next, err := m.iterate(v)
	if err != nil {
		if hasClass(err, "TypeError") {
			return nil, typeError("cannot unpack non-iterable %s object", typeName(v))
		}
		return nil, err
	}
	var items []val
	for len(items) <= n {
		item, ok, err := next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		items = append(items, item)
	}
	if len(items) < n {
		return nil, raise("ValueError", "not enough values to unpack (expected %d, got %d)", n, len(items))
	}
	if len(items) > n {
		return nil, raise("ValueError", "too many values to unpack (expected %d)", n)
	}
	return items, nil
}

// loop is the special variable of that name: one pass of a for statement (reference: LoopContext).
type loop struct {
	source val
	next   nextFunc
	index0 int
	size   int // -1 while unknown
	peeked bool
	after  val
	more   bool // after holds an item
}

func newLoop(source val, next nextFunc) *loop {
	return &loop{source: source, next: next, index0: -1, size: -1}
}

// advance returns the next item.
func (l *loop) advance() (item val, ok bool, err error) {
	if l.peeked {
		item, ok = l.after, l.more
		l.peeked, l.after, l.more = false, nil, false
		if !ok { // Python asks the iterator again, which stays exhausted
			return nil, false, nil
		}
	} else if item, ok, err = l.next(); err != nil || !ok {
		return nil, false, err
	}
	l.index0++
	return item, true, nil
}

func (l *loop) peek() error {
	if l.peeked && l.more {
		return nil
	}
	item, ok, err := l.next()
	if err != nil {
		return err
	}
	l.peeked, l.after, l.more = true, item, ok
	return nil
}

// length counts the items, which takes the rest of a generator in advance.
func (l *loop) length(m *meter) (int, error) {
	if l.size >= 0 {
		return l.size, nil
	}
	n, err := m.length(l.source)
	if err != nil {
		if !hasClass(err, "TypeError") {
			return 0, err
		}
		var rest []val
		err := each(l.next, func(item val) error {
			rest = append(rest, item)
			return nil
		})
		if err != nil {
			return 0, err
		}
		l.next = m.iterateItems(rest)
		n = len(rest) + l.index0 + 1
		if l.peeked && l.more {
			n++
		}
	}
	l.size = n
	return n, nil
}

// attribute returns one of the members that templates may see.
func (l *loop) attribute(m *meter, name string) (val, error) {
	switch name {
	case "index0":
		return int64(l.index0), nil
	case "index":
		return int64(l.index0 + 1), nil
	case "first":
		return l.index0 == 0, nil
	case "last":
		err := l.peek()
		return !l.more, err
	default:
		n, err := l.length(m)
		return int64(n), err
	}
}

func isLoopAttribute(name string) bool {
	switch name {
	case "index0", "index", "first", "last", "length":
		return true
	}
	return false
}

// pairs iterates over the loop object itself, as Python allows.
func (l *loop) pairs(m *meter) nextFunc {
	return func() (val, bool, error) {
		item, ok, err := l.advance()
		if err != nil || !ok {
			return nil, false, err
		}
		return newTuple(item, l), true, m.step(1)
	}
}
