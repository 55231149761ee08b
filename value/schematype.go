package value

import "strconv"

// keywords are the parts of a schema that make its type.
type keywords struct {
	types, anyOf, enum    Value
	items, props, further Value
	keyType, vector       Value
	hasType, hasAnyOf     bool
	hasEnum, hasItems     bool
	hasProps, hasFurther  bool
	extras                bool // there are keywords besides these and the annotations

	list, record *Type // what list and record made of them
}

func (ps *parser) keywords(o *Object) (k keywords) {
	for i := range o.members {
		m := &o.members[i]
		v := m.Value
		switch m.Key {
		case "type":
			k.types, k.hasType = v, true
		case "anyOf":
			k.anyOf, k.hasAnyOf = v, true
		case "enum":
			k.enum, k.hasEnum = v, true
		case "items":
			k.items, k.hasItems = v, true
		case "properties":
			k.props, k.hasProps = v, true
		case "additionalProperties":
			k.further, k.hasFurther = v, true
		case "key_type":
			k.keyType = v
		case "x_vector_property":
			k.vector = v
		case "default":
		case "title", "description":
			ps.check(m.Key, v, textual)
		default:
			k.extras = true
			ps.otherKeyword(m.Key, v)
		}
	}
	return k
}

// kind reads the type of a schema whose reference is resolved.
func (ps *parser) kind(o *Object) *Type {
	refs := ps.anyRefs
	ps.anyRefs = false
	k := ps.keywords(o)
	t := ps.typed(&k)
	if t.written == nil && !t.shared() && !ps.anyRefs {
		t.written = o
	} else if k.extras && !ps.anyRefs {
		u := *t
		u.written = o
		t = &u
	}
	ps.anyRefs = ps.anyRefs || refs
	return t
}

// shared reports whether t may be in use elsewhere too.
func (t *Type) shared() bool {
	return t.simple() || t == bareObjectType || t == anyListType || isDerived(t, &simpleLists) || isDerived(t, &simpleDicts)
}

func isDerived(t *Type, from *[TypeString + 1]*Type) bool {
	for _, u := range from {
		if t == u {
			return true
		}
	}
	return false
}

func (ps *parser) typed(k *keywords) *Type {
	list, isList := k.types.AsList()
	name, isText := k.types.AsString()
	switch {
	case k.hasAnyOf && !k.hasType:
		return ps.withEnum(ps.anyOf(k), k)
	case k.hasAnyOf:
		ps.anyOf(k) // the type outweighs it, as in the reference
	}
	switch {
	case isText:
		return ps.withEnum(ps.single(name, k), k)
	case isList:
		return ps.withEnum(ps.typeList(list, k), k)
	case k.hasType:
		ps.fault("/type", "expected the name of a type or a list of them, found "+describe(k.types))
	}
	return ps.withEnum(ps.untyped(k), k)
}

// untyped reads a schema without a type. Its parts are read for their faults only.
func (ps *parser) untyped(k *keywords) *Type {
	if k.hasItems {
		ps.list(k)
	}
	if k.hasProps || k.hasFurther {
		ps.record(k)
	}
	return AnyType
}

// single reads a schema with one type.
func (ps *parser) single(name string, k *keywords) *Type {
	ps.untyped(k)
	if t := plainType(name); t != nil {
		return t
	}
	switch name {
	case "array":
		return ps.list(k)
	case "object":
		return ps.record(k)
	}
	ps.fault("/type", "unknown type "+strconv.Quote(shorten(name))+
		"; the types are string, integer, number, boolean, null, array, object")
	return AnyType
}

func (ps *parser) typeList(list []Value, k *keywords) *Type {
	members := make([]*Type, 0, len(list))
	for i, v := range list {
		name, ok := v.AsString()
		step := "/type/" + strconv.Itoa(i)
		switch {
		case !ok:
			ps.fault(step, "expected the name of a type, found "+describe(v))
			continue
		case named(list[:i], name):
			ps.fault(step, "the type "+strconv.Quote(shorten(name))+" is listed twice")
			continue
		}
		members = append(members, ps.single(name, k))
	}
	if len(list) == 0 {
		ps.fault("/type", "the list of types is empty")
	}
	return ps.union(members, "/type")
}

func named(list []Value, name string) bool {
	for _, v := range list {
		if v.Str() == name {
			return true
		}
	}
	return false
}

func (ps *parser) anyOf(k *keywords) *Type {
	list, ok := k.anyOf.AsList()
	if !ok || len(list) == 0 {
		ps.fault("/anyOf", "expected a list of schemas, found "+describe(k.anyOf))
		return AnyType
	}
	members := make([]*Type, len(list))
	for i, v := range list {
		n := len(ps.faults)
		members[i] = ps.subschema(v)
		if len(ps.faults) > n {
			ps.within(n, "anyOf", strconv.Itoa(i))
		}
	}
	return ps.union(members, "/anyOf")
}

func (ps *parser) union(members []*Type, path string) *Type {
	t := UnionOf(members...)
	if len(t.Members) > maxMembers {
		ps.fault(path, "a union of "+strconv.Itoa(len(t.Members))+" types; at most "+strconv.Itoa(maxMembers)+
			" are allowed, consider a schema without a type")
	}
	if len(members) == 0 {
		return AnyType
	}
	return t
}

// list reads a list or a vector.
func (ps *parser) list(k *keywords) *Type {
	if k.list != nil {
		return k.list
	}
	var items *Type
	if k.hasItems {
		items = ps.part(k.items, "items")
	}
	if k.list = ListOf(items); k.vector.Truthy() {
		k.list = &Type{Kind: TypeList, Items: NumberType, Vector: true}
	}
	return k.list
}

// record reads an object, a dict, or neither.
func (ps *parser) record(k *keywords) *Type {
	if k.record == nil {
		k.record = ps.newRecord(k)
	}
	return k.record
}

func (ps *parser) newRecord(k *keywords) *Type {
	further, closed := ps.further(k)
	keys := ps.keys(k)
	switch {
	case k.hasProps:
		t := &Type{Kind: TypeObject, Additional: further, Closed: closed, Properties: ps.properties(k.props)}
		if len(t.Properties) == 0 && further != nil { // how pyagentspec writes dicts
			t.Kind, t.Keys = TypeDict, keys
		}
		return t
	case !k.hasFurther:
		return bareObjectType
	case keys != nil:
		return &Type{Kind: TypeDict, Additional: further, Keys: keys}
	}
	return DictOf(further)
}

// further reads additionalProperties.
func (ps *parser) further(k *keywords) (t *Type, closed bool) {
	if !k.hasFurther {
		return nil, false
	}
	if b, ok := k.further.AsBool(); ok {
		return nil, !b
	}
	return ps.part(k.further, "additionalProperties"), false
}

func (ps *parser) keys(k *keywords) *Type {
	if k.keyType.IsNull() {
		return nil
	}
	t := ps.part(k.keyType, "key_type")
	if t == AnyType {
		return nil
	}
	return t
}

func (ps *parser) properties(v Value) []Property {
	o, ok := v.AsObject()
	if !ok {
		ps.fault("/properties", "expected an object of schemas, found "+describe(v))
		return nil
	}
	props := make([]Property, o.Len())
	for i := range o.members {
		m := &o.members[i]
		n := len(ps.faults)
		props[i] = ps.member(m.Value)
		props[i].Title = m.Key
		if len(ps.faults) > n {
			ps.within(n, "properties", m.Key)
		}
	}
	return props
}

func (ps *parser) member(v Value) Property {
	o, ok := v.AsObject()
	if !ok {
		return Property{Type: ps.subschema(v)}
	}
	if p, ok := plainProperty(o); ok && ps.spend() {
		return p
	}
	refs := ps.anyRefs
	ps.anyRefs = false
	p := ps.property(o)
	if ps.anyRefs {
		p.schema = nil // what it refers to is not in it
	}
	ps.anyRefs = ps.anyRefs || refs
	return p
}

// withEnum restricts a type to the enum. In the reference only types without parts can have one, and unions of them.
func (ps *parser) withEnum(t *Type, k *keywords) *Type {
	if !k.hasEnum {
		return t
	}
	values, ok := k.enum.AsList()
	switch {
	case !ok:
		ps.fault("/enum", "expected a list of values, found "+describe(k.enum))
		return t
	case ps.unused > 0:
		return t
	case len(values) == 0:
		ps.fault("/enum", "the list of allowed values is empty")
		return t
	case !k.hasType && !k.hasAnyOf:
		ps.fault("/enum", "an enum needs a type beside it")
		return t
	}
	ps.enumMembers(t, values)
	u := *t
	u.Enum, u.written = values, nil
	return &u
}

func (ps *parser) enumMembers(t *Type, values []Value) {
	if t.Kind == TypeAny || t.Kind >= TypeList && t.Kind != TypeUnion {
		ps.fault("/enum", "only string, integer, number, boolean and null can have an enum, not "+t.String())
		return
	}
	for i, v := range values {
		if w, err := castKind(v, t, strict); err != nil || w.Kind() != v.Kind() && !sameNumber(v, w) {
			ps.fault("/enum/"+strconv.Itoa(i), "expected "+t.String()+", found "+describe(v))
		}
	}
}
