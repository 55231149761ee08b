package value

// Property is a typed input or output of a component, or a property of an object type: a name, a description, a type
// and perhaps a default (Agent Spec, "Property").
type Property struct {
	// Title is the name; of an object's property its key.
	Title       string
	Description string
	Type        *Type // nil means any
	// Default counts only if HasDefault is set; null is a default too. It may need a cast, see [Property.DefaultValue].
	Default    Value
	HasDefault bool

	// schema is what the property was parsed from, and parsed the type it was given then.
	schema *Object
	parsed *Type
}

// WithTitle returns a copy of p with another name.
func (p Property) WithTitle(title string) Property {
	p.Title = title
	return p
}

// WithDescription returns a copy of p with another description.
func (p Property) WithDescription(description string) Property {
	p.Description = description
	return p
}

// WithDefault returns a copy of p with the given default.
func (p Property) WithDefault(v Value) Property {
	p.Default, p.HasDefault = v, true
	return p
}

// WithoutDefault returns a copy of p without a default.
func (p Property) WithoutDefault() Property {
	p.Default, p.HasDefault = Null, false
	return p
}

// WithType returns a copy of p with another type, an enum included if that type has one.
func (p Property) WithType(t *Type) Property {
	p.Type = t
	return p
}

// Equal reports whether two properties have the same schema.
func (p Property) Equal(q Property) bool { return Equal(p.Schema(), q.Schema()) }

// DefaultValue returns the default as a value of the property's type: cast to it, and with the defaults of nested
// properties filled in. It fails if the default cannot be cast, which [CheckDefault] finds beforehand.
func (p Property) DefaultValue() (Value, error) {
	v, err := p.defaultValue()
	if err != nil {
		return Null, err
	}
	return v, nil
}

// MarshalJSON implements [encoding/json.Marshaler]: a property is written as its schema.
func (p Property) MarshalJSON() ([]byte, error) { return p.Schema().MarshalJSON() }

// UnmarshalJSON implements [encoding/json.Unmarshaler], as [ParseProperty] reads.
func (p *Property) UnmarshalJSON(data []byte) error {
	var schema Value
	err := schema.UnmarshalJSON(data)
	if err == nil {
		*p, err = ParseProperty(schema)
	}
	return err
}
