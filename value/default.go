package value

import "strconv"

// Zero returns the value that the reference takes for a type when there is nothing better: 0, 0.0, "", false, an empty
// list or dict, null for any, an object of its properties' zeros, and of a union the first member's. Defaults and enums
// play no part in it.
func Zero(t *Type) Value {
	switch orAny(t).Kind {
	case TypeBoolean:
		return Bool(false)
	case TypeInteger:
		return Int(0)
	case TypeNumber:
		return Float(0)
	case TypeString:
		return String("")
	case TypeList:
		return List()
	case TypeDict:
		return Obj()
	case TypeObject:
		return zeroObject(t, func(p *Property) Value { return Zero(p.Type) })
	case TypeUnion:
		if len(t.Members) > 0 {
			return Zero(t.Members[0])
		}
		return Null
	default:
		return Null
	}
}

func zeroObject(t *Type, zero func(*Property) Value) Value {
	members := make([]Member, len(t.Properties))
	for i := range t.Properties {
		members[i] = Member{t.Properties[i].Title, zero(&t.Properties[i])}
	}
	return Obj(members...)
}

// FillDefaults returns v with the declared defaults of missing object properties filled in, at every depth. It
// neither checks nor casts v, and returns v itself if nothing was missing. It fails only if a default cannot be cast to
// its type, see [CheckDefault].
func FillDefaults(v Value, t *Type) (Value, error) {
	w, err := fill(v, t)
	if err != nil {
		return Null, err
	}
	return w, nil
}

func fill(v Value, t *Type) (Value, *CastError) {
	if t == nil || !t.hasDefaults() {
		return v, nil
	}
	switch t.Kind {
	case TypeList:
		return fillList(v, t)
	case TypeDict, TypeObject:
		return fillObject(v, t)
	case TypeUnion:
		return fillUnion(v, t)
	default:
		return v, nil
	}
}

// hasDefaults reports whether a value of type t could miss a default somewhere.
func (t *Type) hasDefaults() bool {
	switch t.Kind {
	case TypeList:
		return t.Items != nil && t.Items.hasDefaults()
	case TypeDict:
		return t.Additional != nil && t.Additional.hasDefaults()
	case TypeObject:
		for i := range t.Properties {
			if p := &t.Properties[i]; p.HasDefault || p.Type != nil && p.Type.hasDefaults() {
				return true
			}
		}
		return t.Additional != nil && t.Additional.hasDefaults()
	case TypeUnion:
		for _, m := range t.Members {
			if m.hasDefaults() {
				return true
			}
		}
		return false
	default:
		return false
	}
}

func fillList(v Value, t *Type) (Value, *CastError) {
	items, _ := v.AsList()
	var out []Value
	for i, item := range items {
		w, err := fill(item, t.Items)
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

// fillObject fills in the members of an object or dict; what is new comes behind what was there.
func fillObject(v Value, t *Type) (Value, *CastError) {
	o, ok := v.AsObject()
	if !ok {
		return v, nil
	}
	var out []Member
	for i := range o.members {
		m := o.members[i]
		w, err := fill(m.Value, t.memberType(m.Key))
		if err != nil {
			return Null, err.atKey(m.Key)
		}
		if out == nil && !same(w, m.Value) {
			out = append(make([]Member, 0, o.Len()+len(t.Properties)), o.members[:i]...)
		}
		if out != nil {
			out = append(out, Member{m.Key, w})
		}
	}
	return fillMissing(v, o, out, t)
}

// memberType returns the type that a member of an object of type t has.
func (t *Type) memberType(key string) *Type {
	if p := t.property(key); p != nil {
		return p.Type
	}
	return t.Additional
}

func fillMissing(v Value, o *Object, out []Member, t *Type) (Value, *CastError) {
	for i := range t.Properties {
		p := &t.Properties[i]
		if !p.HasDefault {
			continue
		}
		if _, ok := o.Get(p.Title); ok {
			continue
		}
		w, err := p.defaultValue()
		if err != nil {
			return Null, err.atKey(p.Title)
		}
		if out == nil {
			out = append(make([]Member, 0, o.Len()+len(t.Properties)), o.members...)
		}
		out = append(out, Member{p.Title, w})
	}
	if out == nil {
		return v, nil
	}
	return Obj(out...), nil
}

func fillUnion(v Value, t *Type) (Value, *CastError) {
	for _, m := range t.Members {
		if w, err := fill(v, m); err == nil && m.Fits(w) {
			return w, nil
		}
	}
	return v, nil
}

func (p *Property) defaultValue() (Value, *CastError) {
	w, err := cast(p.Default, p.Type, strict)
	if err != nil {
		return Null, err
	}
	return fill(w, p.Type)
}

// CheckDefault returns an error if the default of p, or of a property nested in it, does not fit: by the rules of Agent
// Spec, in which booleans, integers and numbers stand for one another and a string takes anything, and the enum.
// Each fault is a [*SchemaError] at the place of the default in the schema of p; [SchemaErrors] takes them apart.
func CheckDefault(p Property) error { return joined(checkDefaults(nil, &p, "")) }

func checkDefaults(errs []*SchemaError, p *Property, path string) []*SchemaError {
	if p.HasDefault {
		if err := p.Type.misfitDefault(p.Default); err != nil {
			errs = append(errs, &SchemaError{path + "/default", "default: " + err.Error(), err})
		}
	}
	if p.Type == nil || !p.Type.hasDefaults() {
		return errs
	}
	return nestedDefaults(errs, p.Type, path)
}

func nestedDefaults(errs []*SchemaError, t *Type, path string) []*SchemaError {
	if t == nil {
		return errs
	}
	for i := range t.Properties {
		errs = checkDefaults(errs, &t.Properties[i], path+"/properties/"+escapePointer(t.Properties[i].Title))
	}
	for i, m := range t.Members {
		errs = nestedDefaults(errs, m, path+"/anyOf/"+strconv.Itoa(i))
	}
	errs = nestedDefaults(errs, t.Items, path+"/items")
	return nestedDefaults(errs, t.Additional, path+"/additionalProperties")
}

// misfitDefault says where v is no default for type t; see [CheckDefault].
func (t *Type) misfitDefault(v Value) *CastError {
	if t == nil || t.Kind == TypeAny && !t.bareObject {
		return nil
	}
	if err := t.misfitDefaultKind(v); err != nil || t.Enum == nil {
		return err
	}
	w, err := castKind(v, t, strict)
	if err == nil && !t.allows(w) {
		err = &CastError{Want: t, Got: v}
	}
	return err
}

func (t *Type) misfitDefaultKind(v Value) *CastError {
	var ok bool
	switch t.Kind {
	case TypeNull:
		ok = v.IsNull()
	case TypeBoolean, TypeInteger, TypeNumber:
		_, err := castKind(v, t, strict)
		return err
	case TypeString:
		ok = true
	case TypeList:
		return t.misfitDefaultList(v)
	case TypeUnion:
		return t.misfitDefaultUnion(v)
	default:
		return t.misfitDefaultObject(v)
	}
	if ok {
		return nil
	}
	return &CastError{Want: t, Got: v}
}

func (t *Type) misfitDefaultList(v Value) *CastError {
	items, ok := v.AsList()
	if !ok {
		return &CastError{Want: t, Got: v}
	}
	for i, item := range items {
		if err := t.item().misfitDefault(item); err != nil {
			return err.atIndex(i)
		}
	}
	return nil
}

func (t *Type) misfitDefaultUnion(v Value) *CastError {
	for _, m := range t.Members {
		if m.misfitDefault(v) == nil {
			return nil
		}
	}
	if m := t.soleCandidate(v); m != nil {
		return m.misfitDefault(v)
	}
	return &CastError{Want: t, Got: v}
}

func (t *Type) misfitDefaultObject(v Value) *CastError {
	o, ok := v.AsObject()
	if !ok {
		return &CastError{Want: t, Got: v}
	}
	for i := range t.Properties {
		p := &t.Properties[i]
		if _, ok := o.Get(p.Title); !ok && !p.HasDefault {
			return missing(p)
		}
	}
	for k, w := range o.All() {
		if t.Closed && t.property(k) == nil {
			return (&CastError{Want: t, Got: w, Unexpected: true}).atKey(k)
		}
		if err := t.memberType(k).misfitDefault(w); err != nil {
			return err.atKey(k)
		}
	}
	return nil
}
