package jinja

import (
	"math"
	"math/big"
	"strings"
)

// equal is Python's ==.
func (m *meter) equal(a, b val) (bool, error) { return m.equalAt(a, b, 0) }

func (m *meter) equalAt(a, b val, depth int) (bool, error) {
	if err := m.depth(depth); err != nil {
		return false, err
	}
	if u, ok := a.(*undefined); ok {
		return u.equals(b)
	}
	if u, ok := b.(*undefined); ok {
		return u.equals(a)
	}
	if x, ok := textOf(a); ok {
		y, ok := textOf(b)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return x == y, m.scan(len(x))
	}
	if isNumber(a) && isNumber(b) {
		return equalNumbers(a, b), nil
	}
	switch x := a.(type) {
	case nil:
		return b == nil, nil
	case *list:
		if y, ok := b.(*list); ok {
			return m.equalItems(x.all(), y.all(), depth)
		}
	case *tuple:
		if y, ok := b.(*tuple); ok {
			return m.equalItems(x.items, y.items, depth)
		}
	case *dict:
		if y, ok := b.(*dict); ok {
			return m.equalDicts(x.open(), y.open(), depth)
		}
	case *generator, *loop, *opaque:
		return a == b, nil
	}
	return false, nil
}

func (u *undefined) equals(other val) (bool, error) {
	if u.kind == strictUndefined {
		return false, u.fail()
	}
	o, ok := other.(*undefined)
	if ok && o.kind == strictUndefined {
		return false, o.fail()
	}
	return ok && o.kind == u.kind, nil
}

func equalNumbers(a, b val) bool {
	c, complex1 := a.(complex128)
	d, complex2 := b.(complex128)
	switch {
	case complex1 && complex2:
		return c == d
	case complex1:
		return imag(c) == 0 && equalNumbers(real(c), b)
	case complex2:
		return imag(d) == 0 && equalNumbers(a, real(d))
	}
	order, unordered := compareNumbers(a, b)
	return order == 0 && !unordered
}

func (m *meter) equalItems(a, b []val, depth int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	i, err := m.firstDifference(a, b, depth)
	return i == len(a), err
}

// firstDifference returns how many items the two sequences have in common at their start.
func (m *meter) firstDifference(a, b []val, depth int) (int, error) {
	n := min(len(a), len(b))
	for i := range n {
		if err := m.step(1); err != nil {
			return 0, err
		}
		if identical(a[i], b[i]) {
			continue
		}
		same, err := m.equalAt(a[i], b[i], depth+1)
		if err != nil || !same {
			return i, err
		}
	}
	return n, nil
}

func (m *meter) equalDicts(a, b *dict, depth int) (bool, error) {
	if len(a.keys) != len(b.keys) {
		return false, nil
	}
	for i, key := range a.keys {
		if err := m.step(1); err != nil {
			return false, err
		}
		hash, err := m.hashKey(key)
		if err != nil {
			return false, err
		}
		v, ok := b.get(hash)
		if !ok {
			return false, nil
		}
		if identical(a.vals[i], v) {
			continue
		}
		same, err := m.equalAt(a.vals[i], v, depth+1)
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

// identical is Python's "is" as far as it can be known: objects by identity, plain data by type and content, where
// Python shares some equal ones and not others.
func identical(a, b val) bool {
	switch x := a.(type) {
	case *big.Int:
		y, ok := b.(*big.Int)
		return ok && x.Cmp(y) == 0
	case float64:
		y, ok := b.(float64)
		return ok && math.Float64bits(x) == math.Float64bits(y)
	}
	return a == b
}

// order is one of Python's <, <=, > and >=.
func (m *meter) order(op string, a, b val) (bool, error) { return m.orderAt(op, a, b, 0) }

func (m *meter) orderAt(op string, a, b val, depth int) (bool, error) {
	if u, ok := a.(*undefined); ok {
		return false, u.fail()
	}
	if u, ok := b.(*undefined); ok {
		return false, u.fail()
	}
	if x, ok := textOf(a); ok {
		if y, ok := textOf(b); ok {
			return holds(op, strings.Compare(x, y)), m.scan(min(len(x), len(y)))
		}
	}
	_, complex1 := a.(complex128)
	_, complex2 := b.(complex128)
	if isNumber(a) && isNumber(b) && !complex1 && !complex2 {
		order, unordered := compareNumbers(a, b)
		return !unordered && holds(op, order), nil
	}
	switch x := a.(type) {
	case *list:
		if y, ok := b.(*list); ok {
			return m.orderItems(op, x.all(), y.all(), depth)
		}
	case *tuple:
		if y, ok := b.(*tuple); ok {
			return m.orderItems(op, x.items, y.items, depth)
		}
	}
	return false, typeError("%s not supported between instances of %s and %s",
		quote(op), quote(typeName(a)), quote(typeName(b)))
}

func holds(op string, order int) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

func (m *meter) orderItems(op string, a, b []val, depth int) (bool, error) {
	if err := m.depth(depth); err != nil {
		return false, err
	}
	i, err := m.firstDifference(a, b, depth)
	if err != nil {
		return false, err
	}
	if i == len(a) || i == len(b) {
		return holds(op, len(a)-len(b)), nil
	}
	return m.orderAt(op, a[i], b[i], depth+1)
}

// truth is Python's bool(v).
func (m *meter) truth(v val) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case int64:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case complex128:
		return v != 0, nil
	case string:
		return v != "", nil
	case markup:
		return v != "", nil
	case *list:
		return v.len() > 0, nil
	case *tuple:
		return len(v.items) > 0, nil
	case *dict:
		return v.len() > 0, nil
	case *undefined:
		return false, strictFail(v)
	case *loop:
		n, err := v.length(m)
		return n > 0, err
	}
	return true, nil
}

// length is Python's len(v).
func (m *meter) length(v val) (int, error) {
	switch v := v.(type) {
	case string:
		return runeCount(v), m.scan(len(v))
	case markup:
		return runeCount(string(v)), m.scan(len(v))
	case *list:
		return v.len(), nil
	case *tuple:
		return len(v.items), nil
	case *dict:
		return v.len(), nil
	case *undefined:
		return 0, strictFail(v)
	case *loop:
		return v.length(m)
	}
	return 0, typeError("object of type %s has no len()", quote(typeName(v)))
}

// in is Python's "needle in haystack".
func (m *meter) in(needle, haystack val) (bool, error) {
	if err := strictFail(haystack); err != nil {
		return false, err
	}
	switch h := haystack.(type) {
	case string, markup:
		n, ok := textOf(needle)
		if !ok {
			return false, typeError("'in <string>' requires string as left operand, not %s", typeName(needle))
		}
		text, _ := textOf(h)
		return strings.Contains(text, n), m.scan(len(text))
	case *dict:
		hash, err := m.hashKey(needle)
		if err != nil {
			return false, err
		}
		_, ok := h.get(hash)
		return ok, nil
	}
	next, err := m.iterate(haystack)
	if err != nil {
		return false, err
	}
	for {
		item, ok, err := next()
		if err != nil || !ok {
			return false, err
		}
		if identical(item, needle) {
			return true, nil
		}
		if same, err := m.equal(item, needle); err != nil || same {
			return same, err
		}
	}
}
