package jinja

import "strings"

// operate applies a binary operator other than "and" and "or".
func (m *meter) operate(op string, a, b val) (val, error) {
	if v, ok, err := m.arithmetic(op, a, b); ok || err != nil {
		return v, err
	}
	if op == "%" {
		if _, ok := textOf(a); ok { // a text formats even an undefined value
			return m.percent(a, b)
		}
	}
	for _, v := range []val{a, b} {
		if u, ok := v.(*undefined); ok {
			return nil, u.fail()
		}
	}
	switch op {
	case "+":
		return m.join(a, b)
	case "*":
		return m.repeat(a, b)
	}
	return nil, unsupported(op, a, b)
}

func unsupported(op string, a, b val) error {
	return typeError("unsupported operand type(s) for %s: %s and %s", op, quote(typeName(a)), quote(typeName(b)))
}

// join is + of two texts, lists or tuples.
func (m *meter) join(a, b val) (val, error) {
	if x, ok := textOf(a); ok {
		if y, ok := textOf(b); ok {
			return m.joinTexts(a, b, x, y)
		}
	}
	switch x := a.(type) {
	case *list:
		if y, ok := b.(*list); ok {
			items, err := m.joinItems(x.all(), y.all())
			return newList(items), err
		}
	case *tuple:
		if y, ok := b.(*tuple); ok {
			items, err := m.joinItems(x.items, y.items)
			return newTuple(items...), err
		}
	}
	return nil, unsupported("+", a, b)
}

// joinTexts escapes a plain text that is joined to a safe one.
func (m *meter) joinTexts(a, b val, x, y string) (val, error) {
	_, safe1 := a.(markup)
	_, safe2 := b.(markup)
	switch {
	case safe1 && !safe2:
		y = escapeHTML(y)
	case safe2 && !safe1:
		x = escapeHTML(x)
	}
	if err := m.size(len(x) + len(y)); err != nil {
		return nil, err
	}
	if safe1 || safe2 {
		return markup(x + y), nil
	}
	return x + y, nil
}

func (m *meter) joinItems(a, b []val) ([]val, error) {
	if err := m.items(len(a) + len(b)); err != nil {
		return nil, err
	}
	return append(a[:len(a):len(a)], b...), nil
}

// repeat is * of a sequence and a count.
func (m *meter) repeat(a, b val) (val, error) {
	if isInt(a) {
		a, b = b, a
	}
	if !isInt(b) || !isSequence(a) {
		return nil, unsupported("*", a, b)
	}
	n, err := index(b)
	if err != nil {
		return nil, err
	}
	n = max(n, 0)
	switch s := a.(type) {
	case *list:
		items, err := m.repeatItems(s.all(), n)
		return newList(items), err
	case *tuple:
		items, err := m.repeatItems(s.items, n)
		return newTuple(items...), err
	default:
		text, _ := textOf(a)
		repeated, err := m.repeatText(text, n)
		return sameKind(a, repeated), err
	}
}

func isSequence(v val) bool {
	switch v.(type) {
	case string, markup, *list, *tuple:
		return true
	}
	return false
}

func (m *meter) repeatText(s string, n int) (string, error) {
	if err := m.product(n, len(s)); err != nil {
		return "", err
	}
	return strings.Repeat(s, n), nil
}

func (m *meter) repeatItems(items []val, n int) ([]val, error) {
	if err := m.product(n, len(items)*itemSize); err != nil {
		return nil, err
	}
	out := make([]val, 0, n*len(items))
	if len(items) > 0 {
		for range n {
			out = append(out, items...)
		}
	}
	return out, nil
}
