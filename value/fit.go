package value

import "math/big"

// Fits reports whether v is of type t, as it is. It is strict in the way of the reference (is_value_of_expected_type):
// an integer is no number until it is cast, a boolean is an integer, and properties that have a default may be missing.
func (t *Type) Fits(v Value) bool {
	if t == nil {
		return true
	}
	return t.fitsKind(v) && (t.Enum == nil || t.allows(v))
}

func (t *Type) fitsKind(v Value) bool {
	switch t.Kind {
	case TypeNull:
		return v.IsNull()
	case TypeBoolean:
		return v.ref == scalarKind(KindBool)
	case TypeInteger:
		return v.isInteger()
	case TypeNumber:
		return v.ref == scalarKind(KindFloat)
	case TypeString:
		_, ok := v.ref.(stringPtr)
		return ok
	case TypeList:
		return t.fitsList(v)
	case TypeDict:
		return t.fitsDict(v)
	case TypeObject:
		return t.fitsObject(v)
	case TypeUnion:
		return t.fitsMember(v)
	default:
		return true
	}
}

// isInteger reports whether v is an integer or a boolean.
func (v Value) isInteger() bool {
	switch r := v.ref.(type) {
	case scalarKind:
		return Kind(r) != KindFloat
	case *big.Int:
		return true
	}
	return false
}

// isNumeric reports whether v is a boolean, an integer or a number.
func (v Value) isNumeric() bool { return v.isInteger() || v.ref == scalarKind(KindFloat) }

func (t *Type) fitsList(v Value) bool {
	items, ok := v.AsList()
	if !ok {
		return false
	}
	for _, item := range items {
		if !t.fitsItem(item) {
			return false
		}
	}
	return true
}

// fitsItem reports whether v may stand in a list of type t. Vectors take numbers of any kind.
func (t *Type) fitsItem(v Value) bool {
	if t.Vector {
		return v.isNumeric()
	}
	return t.Items.Fits(v)
}

func (t *Type) fitsDict(v Value) bool {
	o, ok := v.AsObject()
	if !ok {
		return false
	}
	for i := range o.members {
		m := &o.members[i]
		if !t.Additional.Fits(m.Value) || t.Keys != nil && !t.Keys.Fits(String(m.Key)) {
			return false
		}
	}
	return true
}

func (t *Type) fitsObject(v Value) bool {
	o, ok := v.AsObject()
	if !ok {
		return false
	}
	known := 0
	for i := range t.Properties {
		p := &t.Properties[i]
		w, ok := o.Get(p.Title)
		if !ok && !p.HasDefault || ok && !p.Type.Fits(w) {
			return false
		}
		if ok {
			known++
		}
	}
	if known == o.Len() || !t.Closed && t.Additional == nil {
		return true
	}
	return !t.Closed && t.fitsExtras(o)
}

func (t *Type) fitsExtras(o *Object) bool {
	for k, v := range o.All() {
		if t.property(k) == nil && !t.Additional.Fits(v) {
			return false
		}
	}
	return true
}

func (t *Type) fitsMember(v Value) bool {
	for _, m := range t.Members {
		if m.Fits(v) {
			return true
		}
	}
	return false
}

// allows reports whether v is in the enum. Numbers are compared by what they count, as in Python.
func (t *Type) allows(v Value) bool {
	for _, e := range t.Enum {
		if Equal(e, v) || sameNumber(e, v) {
			return true
		}
	}
	return false
}

// sameNumber reports whether a and b are booleans, integers or numbers that count the same.
func sameNumber(a, b Value) bool {
	x, ok := exactly(a)
	if !ok {
		return false
	}
	y, ok := exactly(b)
	return ok && x.Cmp(y) == 0
}

func exactly(v Value) (*big.Rat, bool) {
	switch v.Kind() {
	case KindBool:
		return new(big.Rat).SetInt64(int64(v.num)), true
	case KindInt:
		i, _ := v.AsBigInt()
		return new(big.Rat).SetInt(i), true
	case KindFloat:
		f, _ := v.AsFloat()
		r := new(big.Rat).SetFloat64(f)
		return r, r != nil
	default:
		return nil, false
	}
}

// Check returns nil if v is of type t, and otherwise a [*CastError] that names the first place where it is not.
func (t *Type) Check(v Value) error {
	if t.Fits(v) {
		return nil
	}
	return t.misfit(v)
}

// misfit says where v, which does not fit t, fails.
func (t *Type) misfit(v Value) *CastError {
	switch t.Kind {
	case TypeList:
		items, _ := v.AsList()
		for i, item := range items {
			if !t.fitsItem(item) {
				return t.item().misfit(item).atIndex(i)
			}
		}
	case TypeDict:
		if o, ok := v.AsObject(); ok {
			return t.dictMisfit(o)
		}
	case TypeObject:
		if o, ok := v.AsObject(); ok {
			return t.objectMisfit(o)
		}
	case TypeUnion:
		if m := t.soleCandidate(v); m != nil && t.Enum == nil {
			return m.misfit(v)
		}
	default:
	}
	return &CastError{Want: t, Got: v}
}

// item returns the type of a list's items.
func (t *Type) item() *Type {
	if t.Vector {
		return NumberType
	}
	return orAny(t.Items)
}

func (t *Type) dictMisfit(o *Object) *CastError {
	for k, v := range o.All() {
		if t.Keys != nil && !t.Keys.Fits(String(k)) {
			return (&CastError{Want: t.Keys, Got: String(k), Reason: "as a key"}).atKey(k)
		}
		if !t.Additional.Fits(v) {
			return t.Additional.misfit(v).atKey(k)
		}
	}
	return &CastError{Want: t, Got: o.Of()}
}

func (t *Type) objectMisfit(o *Object) *CastError {
	for i := range t.Properties {
		p := &t.Properties[i]
		v, ok := o.Get(p.Title)
		if !ok && !p.HasDefault {
			return missing(p)
		}
		if ok && !p.Type.Fits(v) {
			return p.Type.misfit(v).atKey(p.Title)
		}
	}
	for k, v := range o.All() {
		switch {
		case t.property(k) != nil:
		case t.Closed:
			return (&CastError{Want: t, Got: v, Unexpected: true}).atKey(k)
		case !t.Additional.Fits(v):
			return t.Additional.misfit(v).atKey(k)
		}
	}
	return &CastError{Want: t, Got: o.Of()}
}

// missing says that the property p is missing.
func missing(p *Property) *CastError {
	return (&CastError{Want: orAny(p.Type), Missing: true}).atKey(p.Title)
}

// soleCandidate returns the one member of a union that is a list, or an object, as v is; a message about its parts
// helps more than one about the whole.
func (t *Type) soleCandidate(v Value) (candidate *Type) {
	for _, m := range t.Members {
		if !m.sameShape(v) {
			continue
		}
		if candidate != nil {
			return nil
		}
		candidate = m
	}
	return candidate
}

func (t *Type) sameShape(v Value) bool {
	switch v.Kind() {
	case KindList:
		return t.Kind == TypeList
	case KindObject:
		return t.Kind == TypeDict || t.Kind == TypeObject
	default:
		return false
	}
}
