package jinja

import (
	"math/big"
	"strings"
)

// The sandbox: what a template may reach inside a value (reference: RestrictedSandboxedEnvironment).

// access is what the sandbox needs to know besides the object.
type access struct {
	*meter
	missing undefinedKind // what a missing member becomes
}

func (a access) undefined(object, name val) *undefined {
	return &undefined{kind: a.missing, object: object, name: name, hasObj: true}
}

// attr is object.name.
func (a access) attr(object val, name string) (val, error) {
	switch o := object.(type) {
	case *loop:
		return a.loopAttr(o, name)
	case *dict:
		v, ok := o.get(name)
		if !ok {
			return nil, missingKey(name)
		}
		if dictAttributes[name] { // a method of the dict hides the entry, and is itself forbidden
			return a.unsafe(o, name), nil
		}
		return v, nil
	case *list:
		return nil, securityError("Accessing attributes of objects of type `list` is not allowed.")
	}
	return nil, notAccessible(object)
}

func (a access) loopAttr(l *loop, name string) (val, error) {
	if !isLoopAttribute(name) {
		return nil, securityError("Trying to access an unexpected attribute of LoopContext called `%s`."+
			"Only `index`, index0`, `first`, `last`, and `length` are allowed.", name)
	}
	return l.attribute(a.meter, name)
}

func missingKey(name val) error {
	return securityError("Only getting entries from a `dict` is allowed, trying to access `%s` instead.",
		strings.Trim(debugRepr(name), "'"))
}

func notAccessible(object val) error {
	return securityError("Only getting attributes from a `dict` or `list` is allowed, given `%s` instead.",
		typeName(object))
}

func (a access) unsafe(object val, name string) *undefined {
	u := a.undefined(object, name)
	u.unsafe = true
	u.hint = "access to attribute " + quote(name) + " of " + quote(typeName(object)) + " object is unsafe."
	return u
}

// item is object[key].
func (a access) item(object, key val) (val, error) {
	if l, ok := object.(*loop); ok {
		name, ok := key.(string)
		if !ok {
			return nil, securityError("Using an unexpected attribute type on LoopContext `%s`."+
				"Only `index`, `first`, `last`, and `length` strings are allowed.", typeName(key))
		}
		return a.loopAttr(l, name)
	}
	switch key.(type) {
	case string, int64, *big.Int:
	default:
		return nil, securityError("Only integer and string attributes are allowed, given `%s` instead.", typeName(key))
	}
	switch o := object.(type) {
	case *list:
		return a.listItem(o, key)
	case *dict:
		hash, err := a.hashKey(key)
		if err != nil {
			return nil, err
		}
		v, ok := o.get(hash)
		if !ok {
			return nil, missingKey(key)
		}
		return v, nil
	}
	return nil, notAccessible(object)
}

func (a access) listItem(l *list, key val) (val, error) {
	if _, ok := key.(string); ok {
		return nil, securityError("Only integer indices are allowed in `list`, given `str` instead.")
	}
	i, ok := key.(int64)
	n := int64(l.len())
	if ok && i < 0 {
		i += n
	}
	if !ok || i < 0 || i >= n {
		return a.undefined(l, key), nil
	}
	return l.all()[i], nil
}

// path follows an attribute argument of a filter such as "address.city" or 0.
func (a access) path(object val, parts []val, fallback val) (val, error) {
	for _, part := range parts {
		var err error
		if object, err = a.item(object, part); err != nil {
			return nil, err
		}
		if _, ok := object.(*undefined); ok && fallback != nil {
			object = fallback
		}
	}
	return object, nil
}

// pathParts splits an attribute argument (reference: _prepare_attribute_parts).
func (m *meter) pathParts(attribute val) ([]val, error) {
	text, ok := textOf(attribute)
	if !ok {
		if attribute == nil {
			return nil, nil
		}
		return []val{attribute}, nil
	}
	var parts []val
	for part := range strings.SplitSeq(text, ".") {
		if isDigits(part) {
			n, err := m.parseInt(part, 10)
			if err != nil {
				return nil, err
			}
			parts = append(parts, n)
		} else {
			parts = append(parts, part)
		}
	}
	return parts, m.items(len(parts))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// static is the attr filter: attributes only, no entries. Python objects have many attributes, all of them forbidden;
// only asking for one that does not exist is harmless.
func (a access) static(object, name val) (val, error) {
	text, ok := textOf(name)
	if !ok {
		return nil, typeError("attribute name must be string, not %s", quote(typeName(name)))
	}
	if u, ok := object.(*undefined); ok {
		if strings.HasPrefix(text, "__") && strings.HasSuffix(text, "__") {
			return a.undefined(object, text), nil
		}
		return nil, u.fail()
	}
	if !attributeNames(object)[text] {
		return a.undefined(object, text), nil
	}
	return a.attr(object, text)
}

// slice is object[start:stop:step]; each bound may be nil.
func (m *meter) slice(object, start, stop, step val) (val, error) {
	switch o := object.(type) {
	case string, markup:
		text, _ := textOf(o)
		s, err := m.sliceText(text, start, stop, step)
		return sameKind(o, s), err
	case *list:
		items, err := m.sliceItems(o.all(), start, stop, step)
		return newList(items), err
	case *tuple:
		items, err := m.sliceItems(o.items, start, stop, step)
		return newTuple(items...), err
	case *dict:
		return nil, typeError("unhashable type: 'slice'")
	case *undefined:
		return nil, o.fail()
	}
	return nil, typeError("%s object is not subscriptable", quote(typeName(object)))
}

func (m *meter) sliceText(s string, start, stop, step val) (string, error) {
	if err := m.scan(len(s)); err != nil {
		return "", err
	}
	n := len(s)
	ascii := isASCII(s)
	if !ascii {
		n = runeCount(s)
	}
	r, err := newSliceRange(start, stop, step, n)
	if err != nil {
		return "", err
	}
	if err := m.size(r.count); err != nil {
		return "", err
	}
	if r.step == 1 && r.count > 0 {
		if ascii {
			return s[r.first : r.first+r.count], nil
		}
		s = s[byteIndex(s, r.first):]
		return s[:byteIndex(s, r.count)], nil
	}
	runes := []rune(s)
	out := make([]rune, 0, r.count)
	for i := range r.count {
		out = append(out, runes[r.first+i*r.step])
	}
	return string(out), nil
}

func (m *meter) sliceItems(items []val, start, stop, step val) ([]val, error) {
	r, err := newSliceRange(start, stop, step, len(items))
	if err != nil {
		return nil, err
	}
	if err := m.items(r.count); err != nil {
		return nil, err
	}
	out := make([]val, r.count)
	for i := range out {
		out[i] = items[r.first+i*r.step]
	}
	return out, nil
}

// sliceRange are the places a slice takes.
type sliceRange struct{ first, step, count int }

// newSliceRange works out a slice of n items as Python does.
func newSliceRange(start, stop, step val, n int) (sliceRange, error) {
	r := sliceRange{step: 1}
	var err error
	if step != nil {
		if r.step, err = sliceIndex(step); err != nil {
			return r, err
		}
		if r.step == 0 {
			return r, raise("ValueError", "slice step cannot be zero")
		}
	}
	low, high := 0, n
	first, last := 0, n
	if r.step < 0 {
		low, high = -1, n-1
		first, last = n-1, -1
	}
	if first, err = sliceBound(start, first, low, high, n); err != nil {
		return r, err
	}
	if last, err = sliceBound(stop, last, low, high, n); err != nil {
		return r, err
	}
	r.first = first
	switch {
	case r.step > 0 && first < last:
		r.count = (last-first-1)/r.step + 1
	case r.step < 0 && last < first:
		r.count = (first-last-1)/(-r.step) + 1
	}
	return r, nil
}

func sliceBound(v val, def, low, high, n int) (int, error) {
	if v == nil {
		return def, nil
	}
	i, err := sliceIndex(v)
	if err != nil {
		return 0, err
	}
	if i < 0 {
		return max(i+n, low), nil
	}
	return min(i, high), nil
}

// sliceIndex reads a bound; what is beyond any length is cut down.
func sliceIndex(v val) (int, error) {
	const beyond = 1 << 40
	if n, ok := asBig(v); ok {
		if n.IsInt64() {
			return int(max(-beyond, min(beyond, n.Int64()))), nil
		}
		return n.Sign() * beyond, nil
	}
	return 0, typeError("slice indices must be integers or None or have an __index__ method")
}
