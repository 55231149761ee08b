package value

import "strings"

// maxMembers is how many alternatives a union may have; Agent Spec's own limit.
const maxMembers = 100

// ParseProperty reads a property from its JSON Schema. It collects all faults of the schema and returns them joined, each
// a [*SchemaError], with the property as far as it could be read.
//
// Whether the default fits and the title is allowed are questions of their own: [CheckDefault] and [CheckTitle].
func ParseProperty(schema Value) (Property, error) {
	o, ok := schema.AsObject()
	if !ok {
		return Property{Type: AnyType}, notASchema(schema)
	}
	if p, ok := plainProperty(o); ok {
		return p, nil
	}
	ps := parser{root: o}
	p := ps.property(o)
	return p, joined(ps.faults)
}

// ParseType reads a type from its JSON Schema, and reports faults as [ParseProperty] does. Titles, descriptions and
// defaults of the schema itself are not part of the type; a default of null makes it optional.
func ParseType(schema Value) (*Type, error) {
	p, err := ParseProperty(schema)
	return p.Type, err
}

func notASchema(v Value) error {
	return &SchemaError{Message: "expected a schema, found " + describe(v)}
}

// plainProperty reads the most frequent form of a property without any allocation: a type without parts, and
// annotations.
func plainProperty(o *Object) (p Property, ok bool) {
	p.schema = o
	for i := range o.members {
		m := &o.members[i]
		switch m.Key {
		case "type":
			if p.Type = plainType(m.Value.Str()); p.Type == nil {
				return p, false
			}
		case "title":
			p.Title, ok = m.Value.AsString()
			if !ok {
				return p, false
			}
		case "description":
			p.Description, ok = m.Value.AsString()
			if !ok {
				return p, false
			}
		case "default":
			p.Default, p.HasDefault = m.Value, true
		default:
			return p, false
		}
	}
	if p.Type == nil {
		p.Type = AnyType
	}
	p.parsed = p.Type
	return p, !p.HasDefault || p.Type.Fits(Null) || !p.Default.IsNull()
}

// plainType returns the type without parts that JSON Schema calls by a name, or nil.
func plainType(name string) *Type {
	switch name {
	case "string":
		return StringType
	case "integer":
		return IntegerType
	case "number":
		return NumberType
	case "boolean":
		return BooleanType
	case "null":
		return NullType
	}
	return nil
}

// parser reads one schema. Its methods collect faults with paths that begin where the method began; whoever calls a
// method for a part completes them (within), so that a schema without faults costs no paths.
type parser struct {
	root    *Object
	faults  []*SchemaError
	chain   []string // the references that are being followed
	inlined int      // how many schemas were read by way of references
	anyRefs bool     // a reference was seen
	unused  int      // >0 inside keywords that only the metaschema looks at
}

func (ps *parser) fault(path, message string) {
	ps.faults = append(ps.faults, &SchemaError{Path: path, Message: message})
}

// within puts a step in front of the paths of the faults found since there were n of them.
func (ps *parser) within(n int, steps ...string) {
	for _, e := range ps.faults[n:] {
		for i := len(steps) - 1; i >= 0; i-- {
			e.Path = "/" + escapePointer(steps[i]) + e.Path
		}
	}
}

// property reads a schema with its annotations.
func (ps *parser) property(o *Object) Property {
	t, a := ps.annotated(o)
	return Property{
		Title: a.title, Description: a.description, Type: t, Default: a.fallback, HasDefault: a.hasDefault,
		schema: o, parsed: t,
	}
}

// annotated reads a schema, following its reference.
func (ps *parser) annotated(o *Object) (*Type, annotations) {
	chain := ps.chain
	o = ps.follow(o)
	t := AnyType
	if ps.spend() {
		t = ps.kind(o)
	}
	ps.chain = chain
	a := annotate(o, t)
	if a.hasDefault && a.fallback.IsNull() {
		t = t.withNullDefault()
	}
	return t, a
}

// annotations are what a schema says beside the type.
type annotations struct {
	title, description string
	fallback           Value
	hasDefault         bool
}

// annotate reads them; a default that is in the enum but for its case is mended, as in the reference.
func annotate(o *Object, t *Type) annotations {
	var a annotations
	for i := range o.members {
		switch m := &o.members[i]; m.Key {
		case "title":
			a.title = m.Value.Str()
		case "description":
			a.description = m.Value.Str()
		case "default":
			a.fallback, a.hasDefault = m.Value, true
		}
	}
	if text, ok := a.fallback.AsString(); ok && t.Enum != nil {
		a.fallback = enumSpelling(text, t)
	}
	return a
}

func enumSpelling(text string, t *Type) Value {
	if t.allows(String(text)) {
		return String(text)
	}
	for _, e := range t.Enum {
		if s, ok := e.AsString(); ok && strings.EqualFold(s, text) {
			return e
		}
	}
	return String(text)
}

// part reads the schema at a keyword.
func (ps *parser) part(v Value, steps ...string) *Type {
	n := len(ps.faults)
	t := ps.subschema(v)
	ps.within(n, steps...)
	return t
}

// subschema reads an object, or true, which stands for any.
func (ps *parser) subschema(v Value) *Type {
	if o, ok := v.AsObject(); ok {
		t, _ := ps.annotated(o)
		return t
	}
	if b, ok := v.AsBool(); !ok {
		ps.fault("", "expected a schema, found "+describe(v))
	} else if !b && ps.unused == 0 {
		ps.fault("", "the schema false allows no value at all")
	}
	return AnyType
}
