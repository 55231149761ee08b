package spec

import "github.com/wayflow-go/wayflow/value"

// typeSchema is the schema of the type of a property, which itself is a JSON Schema.
func typeSchema() value.Value {
	sub := ref(typeDef)
	subs := newSchema("type", "array").Set("items", sub).value()
	named := newSchema("type", "object").Set("additionalProperties", sub).value()
	names := textList("string", "integer", "number", "boolean", "array", "object", "null")
	name := anyOf(newSchema("enum", names).value(), newSchema("type", "string").value())
	return newSchema("description", "The type of a value, as a JSON Schema").
		Set("type", textList("object", "boolean")).
		Set("properties", newSchema("title", newSchema("type", "string").
			Set("pattern", value.String(`^[^.,{} \n'"]*$`)).value()).
			Set("description", newSchema("type", textList("string", "null")).value()).
			Set("type", anyOf(name, newSchema("type", "array").Set("items", name).value())).
			Set("default", value.Obj()).
			Set("const", value.Obj()).
			Set("enum", newSchema("type", "array").value()).
			Set("items", sub).
			Set("properties", named).
			Set("additionalProperties", sub).
			Set("anyOf", subs).
			Set("x_vector_property", newSchema("type", "boolean").value()).
			Set("$defs", named).value()).value()
}

// propertySchema is the schema of an input, an output or a variable: a type with a title, which is its name.
func propertySchema() value.Value {
	return newSchema("description", "A named value: the title is its name").
		Set("type", value.String("object")).
		Set("$ref", value.String("#/$defs/"+typeDef)).
		Set("required", textList("title")).
		Set("properties", newSchema("title", newSchema("minLength", value.Int(1)).value()).value()).value()
}

// schemaObject is a schema that is being made.
type schemaObject struct{ b value.ObjectBuilder }

// newSchema begins a schema with a keyword. A text stands for itself.
func newSchema[V string | value.Value](key string, v V) *schemaObject {
	s := &schemaObject{}
	switch v := any(v).(type) {
	case string:
		s.b.Set(key, value.String(v))
	case value.Value:
		s.b.Set(key, v)
	}
	return s
}

// Set adds a keyword.
func (s *schemaObject) Set(key string, v value.Value) *schemaObject {
	s.b.Set(key, v)
	return s
}

// with adds the keywords of another schema.
func (s *schemaObject) with(other value.Value) value.Value {
	o, _ := other.AsObject()
	for key, v := range o.All() {
		s.b.Set(key, v)
	}
	return s.value()
}

func (s *schemaObject) value() value.Value { return s.b.Value() }

func ref(name string) value.Value { return newSchema("$ref", "#/$defs/"+name).value() }

func deprecated() value.Value { return newSchema("deprecated", value.Bool(true)).value() }

func constant(v value.Value) value.Value { return newSchema("const", v).value() }

// anyOf allows what one of several schemas allows.
func anyOf(schemas ...value.Value) value.Value {
	if len(schemas) == 1 {
		return schemas[0]
	}
	return newSchema("anyOf", value.List(schemas...)).value()
}

func requires(keys ...string) value.Value { return newSchema("required", textList(keys...)).value() }

func textList(texts ...string) value.Value {
	items := make([]value.Value, len(texts))
	for i, text := range texts {
		items[i] = value.String(text)
	}
	return value.List(items...)
}
