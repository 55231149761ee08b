package value

// Schema returns the type as a JSON Schema: as it was written if it was parsed, and otherwise in the reference's
// form and order of keys. A type alone has no title, description or default.
func (t *Type) Schema() Value { return NewObject(t.appendSchema(nil)...).Of() }

// appendSchema appends the keywords of the type.
func (t *Type) appendSchema(b []Member) []Member {
	t = orAny(t)
	if t.written == nil {
		b = t.appendKeywords(b)
		if t.Enum != nil {
			b = append(b, Member{"enum", List(t.Enum...)})
		}
		return b
	}
	for k, v := range t.written.All() {
		if k != "title" && k != "description" && k != "default" {
			b = append(b, Member{k, v})
		}
	}
	return b
}

// appendKeywords appends what the exported fields say, but for the enum.
func (t *Type) appendKeywords(b []Member) []Member {
	switch t.Kind {
	case TypeAny:
		if t.bareObject {
			return append(b, typeMember("object"))
		}
		return b
	case TypeList:
		return t.appendList(b)
	case TypeDict:
		return t.appendDict(append(b, typeMember("object")))
	case TypeObject:
		return t.appendObject(append(b, typeMember("object")))
	case TypeUnion:
		return append(b, Member{"anyOf", t.memberSchemas()})
	default:
		return append(b, typeMember(t.Kind.String()))
	}
}

func typeMember(name string) Member { return Member{"type", String(name)} }

func (t *Type) appendList(b []Member) []Member {
	b = append(b, typeMember("array"))
	if t.Items != nil {
		b = append(b, Member{"items", t.Items.Schema()})
	}
	if t.Vector {
		b = append(b, Member{"x_vector_property", Bool(true)})
	}
	return b
}

func (t *Type) appendDict(b []Member) []Member {
	b = append(b, Member{"additionalProperties", t.Additional.Schema()})
	if t.Keys != nil {
		b = append(b, Member{"key_type", t.Keys.Schema()})
	}
	return b
}

func (t *Type) appendObject(b []Member) []Member {
	if t.Closed {
		b = append(b, Member{"additionalProperties", Bool(false)})
	} else if t.Additional != nil {
		b = append(b, Member{"additionalProperties", t.Additional.Schema()})
	}
	props := make([]Member, len(t.Properties))
	for i, p := range t.Properties {
		props[i] = Member{p.Title, p.Schema()}
	}
	return append(b, Member{"properties", Obj(props...)})
}

func (t *Type) memberSchemas() Value {
	list := make([]Value, len(t.Members))
	for i, m := range t.Members {
		list[i] = m.Schema()
	}
	return List(list...)
}

// Schema returns the property as a JSON Schema. If it was parsed it is what was written then, with only those keywords
// changed that say something else now; otherwise it has the reference's form and order of keys.
func (p Property) Schema() Value {
	if p.schema == nil {
		return Obj(p.generate(nil)...)
	}
	was := p.baseline()
	if p.Type != p.parsed || p.parsed.base != nil && !p.isNullDefault() {
		return Obj(p.generate(p.schema)...)
	}
	o := p.schema
	if p.Title != was.title {
		o = setText(o, "title", p.Title)
	}
	if p.Description != was.description {
		o = setText(o, "description", p.Description)
	}
	if p.HasDefault != was.hasDefault || !same(p.Default, was.fallback) && !identical(p.Default, was.fallback) {
		o = p.setDefault(o)
	}
	return o.Of()
}

// baseline returns the annotations that p had when it was parsed.
func (p *Property) baseline() annotations {
	o := p.schema
	if _, ok := o.Get("$ref"); ok {
		ps := parser{root: o}
		o = ps.follow(o)
	}
	return annotate(o, orAny(p.parsed))
}

func (p *Property) isNullDefault() bool { return p.HasDefault && p.Default.IsNull() }

func (p *Property) setDefault(o *Object) *Object {
	if !p.HasDefault {
		return o.Without("default")
	}
	return o.With("default", p.Default)
}

// identical reports whether two values are written alike.
func identical(v, w Value) bool { return v.Kind() == w.Kind() && v.String() == w.String() }

// setText sets a keyword, or removes it if it has nothing to say.
func setText(o *Object, key, text string) *Object {
	if text == "" {
		return o.Without(key)
	}
	return o.With(key, String(text))
}

// generate makes a schema from the fields of p, and from what else an older schema says that has nothing to do with its
// type.
func (p *Property) generate(old *Object) []Member {
	t := orAny(p.Type)
	b := make([]Member, 0, 6)
	var enum []Member
	for _, m := range t.appendSchema(nil) {
		if m.Key == "enum" {
			enum = append(enum, m)
		} else {
			b = append(b, m)
		}
	}
	if p.Title != "" {
		b = append(b, Member{"title", String(p.Title)})
	}
	if p.Description != "" {
		b = append(b, Member{"description", String(p.Description)})
	}
	if p.HasDefault {
		b = append(b, Member{"default", p.Default})
	}
	b = append(b, enum...)
	for k, v := range old.All() {
		if isAnnotation(k) && k != "title" && k != "description" && k != "default" {
			b = append(b, Member{k, v})
		}
	}
	return b
}
