package value

import (
	"math"
	"math/big"
)

// Cast turns v into a value of type t, by the rules of the reference (_cast_value_into):
//
//   - a value that fits t stays as it is, and is returned without a copy;
//   - to a string: null becomes "", everything else its [Text];
//   - to a number: integers and booleans;
//   - to an integer: numbers, cut towards zero;
//   - to a boolean: numbers and integers, true unless they are zero;
//   - lists, dicts and objects part by part; an object gets its missing properties' defaults, and loses further
//     properties only if the type is closed;
//   - to a union: the first member for which it works.
//
// Texts are never parsed ([ParseText] does that where it is wanted). Anything else is a [*CastError]. Null is cast like
// any other value here; that null skips casting on an edge is the caller's rule.
func Cast(v Value, t *Type) (Value, error) {
	w, err := cast(v, t, strict)
	if err != nil {
		return Null, err
	}
	return w, nil
}

// castMode tells what a cast may do.
type castMode bool

const (
	strict castMode = false
	loose  castMode = true // texts are parsed
)

// cast returns v itself if and only if it fits t.
func cast(v Value, t *Type, mode castMode) (Value, *CastError) {
	if t == nil {
		return v, nil
	}
	w, err := castKind(v, t, mode)
	if err != nil || t.Enum == nil || t.allows(w) {
		return w, err
	}
	return Null, &CastError{Want: t, Got: v}
}

func castKind(v Value, t *Type, mode castMode) (Value, *CastError) {
	switch t.Kind {
	case TypeAny:
		return v, nil
	case TypeString:
		if _, ok := v.ref.(stringPtr); ok {
			return v, nil
		}
		return String(Text(v)), nil
	case TypeList:
		return castList(v, t, mode)
	case TypeDict:
		return castDict(v, t, mode)
	case TypeObject:
		return castObject(v, t, mode)
	case TypeUnion:
		return castUnion(v, t, mode)
	default:
		return castScalar(v, t, mode)
	}
}

// castScalar casts to null, a boolean, an integer or a number.
func castScalar(v Value, t *Type, mode castMode) (Value, *CastError) {
	if t.fitsKind(v) {
		return v, nil
	}
	if mode == loose {
		if w, ok := ParseText(v, t); ok {
			return w, nil
		}
	}
	f, isFloat := v.AsFloat()
	switch {
	case t.Kind == TypeBoolean && (isFloat || v.isInteger()):
		return Bool(v.Truthy()), nil
	case t.Kind == TypeNumber && v.isInteger():
		return toFloat(v, t)
	case t.Kind == TypeInteger && isFloat:
		return toInteger(v, f, t)
	}
	return Null, &CastError{Want: t, Got: v}
}

func toFloat(v Value, t *Type) (Value, *CastError) {
	if b, ok := v.ref.(*big.Int); ok {
		f, _ := new(big.Float).SetInt(b).Float64()
		if math.IsInf(f, 0) {
			return Null, &CastError{Want: t, Got: v, Reason: "too large"}
		}
		return Float(f), nil
	}
	if v.ref == scalarKind(KindBool) {
		return Float(float64(v.num)), nil
	}
	return Float(float64(int64(v.num))), nil
}

func toInteger(v Value, f float64, t *Type) (Value, *CastError) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Null, &CastError{Want: t, Got: v}
	}
	if f = math.Trunc(f); f >= math.MinInt64 && f < -math.MinInt64 {
		return Int(int64(f)), nil
	}
	i, _ := big.NewFloat(f).Int(nil)
	return BigInt(i), nil
}

func castList(v Value, t *Type, mode castMode) (Value, *CastError) {
	items, ok := v.AsList()
	if !ok {
		return Null, &CastError{Want: t, Got: v}
	}
	if t.Items == nil && !t.Vector {
		return v, nil
	}
	var out []Value
	for i, item := range items {
		w, err := castItem(item, t, mode)
		if err != nil {
			return Null, err.atIndex(i)
		}
		if out == nil && !same(w, item) {
			out = append(make([]Value, 0, len(items)), items[:i]...)
		}
		if out != nil {
			out = append(out, w)
		}
	}
	if out == nil {
		return v, nil
	}
	return List(out...), nil
}

func castItem(v Value, t *Type, mode castMode) (Value, *CastError) {
	if t.Vector && v.isNumeric() {
		return v, nil
	}
	return cast(v, t.item(), mode)
}

func castDict(v Value, t *Type, mode castMode) (Value, *CastError) {
	o, ok := v.AsObject()
	if !ok {
		return Null, &CastError{Want: t, Got: v}
	}
	var out []Member
	for i := range o.members {
		m := o.members[i]
		if t.Keys != nil && !t.Keys.Fits(String(m.Key)) {
			return Null, t.dictMisfit(o)
		}
		w, err := cast(m.Value, t.Additional, mode)
		if err != nil {
			return Null, err.atKey(m.Key)
		}
		if out == nil && !same(w, m.Value) {
			out = append(make([]Member, 0, len(o.members)), o.members[:i]...)
		}
		if out != nil {
			out = append(out, Member{m.Key, w})
		}
	}
	if out == nil {
		return v, nil
	}
	return o.replaced(out).Of(), nil
}

// castObject begins a new object only when it finds something to change. The defaults of missing properties are filled in
// only then: as it is, an object that lacks them fits.
func castObject(v Value, t *Type, mode castMode) (Value, *CastError) {
	o, ok := v.AsObject()
	if !ok {
		return Null, &CastError{Want: t, Got: v}
	}
	out, known, err := castKnown(o, t, mode)
	if err != nil {
		return Null, err
	}
	if known < o.Len() {
		out, err = castExtras(out, o, t, mode)
	}
	switch {
	case err != nil:
		return Null, err
	case out == nil:
		return v, nil
	}
	return NewObject(out...).Of(), nil
}

// castKnown casts the properties that t names, and returns nil if all stay as they are, and how many o has of them.
func castKnown(o *Object, t *Type, mode castMode) (out []Member, known int, err *CastError) {
	for i := range t.Properties {
		p := &t.Properties[i]
		w, present := o.Get(p.Title)
		if present {
			known++
		} else if out == nil && p.HasDefault {
			continue
		}
		c, err := castProperty(w, present, p, mode)
		if err != nil {
			return nil, 0, err
		}
		if out == nil && !same(c, w) {
			if out, err = knownAsIs(o, t, i); err != nil {
				return nil, 0, err
			}
		}
		if out != nil {
			out = append(out, Member{p.Title, c})
		}
	}
	return out, known, nil
}

// knownAsIs returns the first n properties that t names, as o has them or by their default.
func knownAsIs(o *Object, t *Type, n int) ([]Member, *CastError) {
	out := make([]Member, 0, max(o.Len(), len(t.Properties)))
	for i := range t.Properties[:n] {
		p := &t.Properties[i]
		w, present := o.Get(p.Title)
		if !present {
			var err *CastError
			if w, err = p.defaultValue(); err != nil {
				return nil, err.atKey(p.Title)
			}
		}
		out = append(out, Member{p.Title, w})
	}
	return out, nil
}

// castExtras appends the properties that t does not name, cast, to the others; nil still means that nothing changed.
func castExtras(out []Member, o *Object, t *Type, mode castMode) (_ []Member, err *CastError) {
	if t.Closed {
		if out == nil {
			out, err = knownAsIs(o, t, len(t.Properties))
		}
		return out, err
	}
	changed := out != nil
	if !changed && t.Additional == nil {
		return nil, nil
	}
	var extras []Member
	for k, w := range o.All() {
		if t.property(k) != nil {
			continue
		}
		c, err := cast(w, t.Additional, mode)
		if err != nil {
			return nil, err.atKey(k)
		}
		if changed = changed || !same(c, w); changed && extras == nil {
			extras = extrasAsIs(o, t, k)
		}
		if changed {
			extras = append(extras, Member{k, c})
		}
	}
	if !changed {
		return nil, nil
	}
	if out == nil {
		if out, err = knownAsIs(o, t, len(t.Properties)); err != nil {
			return nil, err
		}
	}
	return append(out, extras...), nil
}

// extrasAsIs returns the properties that t does not name and that stand before a certain one.
func extrasAsIs(o *Object, t *Type, before string) []Member {
	out := make([]Member, 0, o.Len())
	for k, w := range o.All() {
		if k == before {
			break
		}
		if t.property(k) == nil {
			out = append(out, Member{k, w})
		}
	}
	return out
}

// castProperty returns what an object has for p, cast, or else the default of p.
func castProperty(w Value, present bool, p *Property, mode castMode) (c Value, err *CastError) {
	switch {
	case present:
		c, err = cast(w, p.Type, mode)
	case p.HasDefault:
		c, err = p.defaultValue()
	default:
		return Null, missing(p)
	}
	if err != nil {
		return Null, err.atKey(p.Title)
	}
	return c, nil
}

func castUnion(v Value, t *Type, mode castMode) (Value, *CastError) {
	if t.fitsMember(v) {
		return v, nil
	}
	for _, m := range t.Members {
		if w, err := cast(v, m, mode); err == nil {
			return w, nil
		}
	}
	if m := t.soleCandidate(v); m != nil && t.Enum == nil {
		_, err := cast(v, m, mode)
		return Null, err
	}
	return Null, &CastError{Want: t, Got: v}
}
