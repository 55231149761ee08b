package prompt

import (
	"errors"

	"github.com/wayflow-go/wayflow/value"
)

// ErrFreeKeys says that a strict schema was asked for of a type that has keys unknown beforehand.
var ErrFreeKeys = errors.New("an object with free keys cannot be generated in the provider's strict mode; " +
	"give it fixed properties, or use a list of key and value objects")

// Parameters returns the JSON schema of a tool's arguments in the form that models are given: an object whose required
// properties are those without a default, and in which "X or null" is written as X (reference:
// _remove_optional_from_signature), because small models understand that better.
func (t *Tool) Parameters() value.Value {
	var properties value.ObjectBuilder
	var required []value.Value
	for i := range t.Inputs {
		p := &t.Inputs[i]
		schema, _ := schemaWriter{flatten: true}.write(p.Schema()) // only a strict writer fails
		properties.Set(p.Title, schema)
		if !p.HasDefault {
			required = append(required, value.String(p.Title))
		}
	}
	var b value.ObjectBuilder
	b.Set("type", value.String("object"))
	b.Set("properties", properties.Value())
	if len(t.Inputs) > 0 {
		b.Set("required", value.List(required...))
	}
	return b.Value()
}

// Described returns a tool as the chat completions API describes it, which is how prompts describe it too.
func (t *Tool) Described() value.Value {
	return value.Obj(
		value.Member{Key: "type", Value: value.String("function")},
		value.Member{Key: "function", Value: value.Obj(
			value.Member{Key: "name", Value: value.String(t.Name)},
			value.Member{Key: "description", Value: value.String(t.Description)},
			value.Member{Key: "parameters", Value: t.Parameters()},
		)},
	)
}

// DescribedTools is a list of [Tool.Described].
func DescribedTools(tools []Tool) value.Value {
	items := make([]value.Value, len(tools))
	for i := range tools {
		items[i] = tools[i].Described()
	}
	return value.List(items...)
}

// StrictSchema returns the JSON schema of p in the form of structured generation: every object is closed and all of its
// properties are required. Unless freeKeys is set, objects with free keys are refused with [ErrFreeKeys].
func StrictSchema(p *value.Property, freeKeys bool) (value.Value, error) {
	return schemaWriter{strict: true, noFreeKeys: !freeKeys}.write(p.Schema())
}

// Schema returns the JSON schema of p as the reference writes it into prompts.
func Schema(p *value.Property) value.Value {
	schema, _ := schemaWriter{}.write(p.Schema()) // only a strict writer fails
	return schema
}

// schemaWriter writes a schema as the reference does: only what its types know, WayFlow's own keywords left out.
type schemaWriter struct {
	// flatten writes "X or null" as X.
	flatten bool
	// strict closes all objects and requires all their properties.
	strict     bool
	noFreeKeys bool
}

func (w schemaWriter) write(schema value.Value) (value.Value, error) {
	var b value.ObjectBuilder
	members, isUnion := unionOf(schema)
	if w.flatten && isUnion {
		if member, ok := optionalOf(members); ok {
			// What the union says of itself goes first, and what its member says replaces it.
			annotate(&b, schema)
			written, err := w.write(member)
			o, _ := written.AsObject()
			for key, v := range o.All() {
				b.Set(key, v)
			}
			return b.Value(), err
		}
	}
	err := w.writeType(&b, schema, members, isUnion)
	annotate(&b, schema)
	return b.Value(), err
}

// annotate adds what is not the type.
func annotate(b *value.ObjectBuilder, schema value.Value) {
	o, _ := schema.AsObject()
	for _, key := range []string{"title", "description", "default", "enum"} {
		v, ok := o.Get(key)
		if !ok || (key == "title" || key == "description") && v.Str() == "" {
			continue
		}
		b.Set(key, v)
	}
}

// unionOf returns the alternatives of a schema that has several types.
func unionOf(schema value.Value) (members []value.Value, ok bool) {
	types, ok := schema.Get("type").AsList()
	if !ok {
		return schema.Get("anyOf").AsList()
	}
	members = make([]value.Value, len(types))
	for i, t := range types {
		members[i] = withType(schema, t)
	}
	return members, true
}

// optionalOf returns X of "X or null".
func optionalOf(members []value.Value) (member value.Value, ok bool) {
	if len(members) != 2 {
		return value.Null, false
	}
	for i, m := range members {
		if value.Equal(m, nullSchema) {
			return members[1-i], true
		}
	}
	return value.Null, false
}

var nullSchema = value.Obj(value.Member{Key: "type", Value: value.String("null")})

func (w schemaWriter) writeType(b *value.ObjectBuilder, schema value.Value, members []value.Value, isUnion bool) error {
	if isUnion {
		return w.writeUnion(b, members)
	}
	switch t := schema.Get("type"); t.Str() {
	case "":
		return nil
	case "array":
		items, err := w.write(schema.Get("items"))
		b.Set("type", t)
		b.Set("items", items)
		return err
	case "object":
		return w.writeObject(b, schema)
	default:
		b.Set("type", t)
		return nil
	}
}

// withType returns a schema that has one of its several types, and what belongs to that.
func withType(schema, t value.Value) value.Value {
	var b value.ObjectBuilder
	b.Set("type", t)
	for _, key := range []string{"items", "properties", "additionalProperties"} {
		if o, _ := schema.AsObject(); o != nil {
			if v, ok := o.Get(key); ok {
				b.Set(key, v)
			}
		}
	}
	return b.Value()
}

func (w schemaWriter) writeUnion(b *value.ObjectBuilder, members []value.Value) error {
	written := make([]value.Value, len(members))
	for i, m := range members {
		var err error
		if written[i], err = w.write(m); err != nil {
			return err
		}
	}
	b.Set("anyOf", value.List(written...))
	return nil
}

func (w schemaWriter) writeObject(b *value.ObjectBuilder, schema value.Value) error {
	o, _ := schema.AsObject()
	properties, hasProperties := o.Get("properties")
	additional, hasAdditional := o.Get("additionalProperties")
	switch {
	case hasProperties:
		return w.writeProperties(b, properties, additional)
	case hasAdditional && w.noFreeKeys:
		return ErrFreeKeys
	case hasAdditional:
		values, err := w.write(additional) // true means any
		b.Set("type", value.String("object"))
		b.Set("additionalProperties", values)
		return err
	default:
		return nil // the reference takes {"type": "object"} for any value
	}
}

func (w schemaWriter) writeProperties(b *value.ObjectBuilder, properties, additional value.Value) error {
	b.Set("type", value.String("object"))
	closed, err := w.additional(additional)
	if err != nil {
		return err
	}
	b.Set("additionalProperties", closed)
	var written value.ObjectBuilder
	var required []value.Value
	o, _ := properties.AsObject()
	for name, p := range o.All() {
		s, err := w.write(p)
		if err != nil {
			return err
		}
		written.Set(name, s)
		required = append(required, value.String(name))
	}
	b.Set("properties", written.Value())
	if w.strict {
		b.Set("required", value.List(required...))
	}
	return nil
}

func (w schemaWriter) additional(v value.Value) (value.Value, error) {
	if w.strict {
		return value.Bool(false), nil
	}
	if _, isObject := v.AsObject(); isObject {
		return w.write(v)
	}
	allowed, given := v.AsBool()
	return value.Bool(allowed || !given), nil
}
