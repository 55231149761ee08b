package value

// Lenient makes a value of type t out of what a model wrote, whatever it takes (reference:
// _validate_or_return_default_value). Objects are mended property by property, and a missing property gets its declared
// default. Everything else is taken as it is, or cast with texts parsed ([ParseText]), or replaced: by the first of
// the enum, or the [Zero] of its type. What had to be replaced is lost; [CastText] gives an error instead.
func Lenient(v Value, t *Type) Value {
	if t == nil || t.Kind == TypeAny {
		return v
	}
	if o, ok := v.AsObject(); ok && t.Kind == TypeObject {
		return lenientObject(o, t)
	}
	if w, err := cast(v, t, loose); err == nil {
		return w
	}
	return substitute(t)
}

func lenientObject(o *Object, t *Type) Value {
	out := make([]Member, 0, max(o.Len(), len(t.Properties)))
	for k, v := range o.All() {
		if t.Closed && t.property(k) == nil {
			continue
		}
		out = append(out, Member{k, Lenient(v, t.memberType(k))})
	}
	for i := range t.Properties {
		p := &t.Properties[i]
		if _, ok := o.Get(p.Title); !ok {
			out = append(out, Member{p.Title, substituteFor(p)})
		}
	}
	return Obj(out...)
}

// substituteFor returns what stands for a missing property.
func substituteFor(p *Property) Value {
	if p.HasDefault {
		if v, err := p.defaultValue(); err == nil {
			return v
		}
	}
	return Lenient(Null, p.Type)
}

// substitute returns what stands for a value of which nothing could be made.
func substitute(t *Type) Value {
	switch {
	case len(t.Enum) > 0:
		if v, err := castKind(t.Enum[0], t, strict); err == nil {
			return v
		}
	case t.Kind == TypeUnion && len(t.Members) > 0:
		return substitute(t.Members[0])
	case t.Kind == TypeObject:
		return zeroObject(t, func(p *Property) Value {
			if p.HasDefault {
				return substituteFor(p)
			}
			return substitute(orAny(p.Type))
		})
	}
	return Zero(t)
}

// CastText is [Cast] for what a model wrote: where a boolean, integer or number is wanted, a text that spells one is
// parsed, at every depth. It fails where [Lenient] would put something in place of the value.
func CastText(v Value, t *Type) (Value, error) {
	w, err := cast(v, t, loose)
	if err != nil {
		return Null, err
	}
	return w, nil
}
