package value

import "strconv"

// shape is what the metaschema demands of the value of a keyword.
type shape uint8

const (
	textual   shape = iota + 1 // a string
	boolean                    // true or false
	numeric                    // a number
	positive                   // a number above zero
	count                      // a whole number from zero on
	list                       // a list of anything
	names                      // a list of different strings
	object                     // an object of anything
	nameLists                  // an object of lists of strings
	schema                     // a schema
	schemas                    // a list of schemas, not empty
	schemaMap                  // an object of schemas
)

var shapeNames = map[shape]string{
	textual: "a text", boolean: "true or false", numeric: "a number", positive: "a number above zero",
	count: "a whole number from zero on", list: "a list", names: "a list of different names", object: "an object",
	nameLists: "an object of lists of names", schema: "a schema", schemas: "a list of schemas",
	schemaMap: "an object of schemas",
}

// otherKeywords are the keywords of JSON Schema (draft 2020-12) that make no difference to a type here. The reference
// refuses schemas in which they are malformed.
var otherKeywords = map[string]shape{
	"$schema": textual, "$id": textual, "$ref": textual, "$anchor": textual, "$dynamicRef": textual,
	"$dynamicAnchor": textual, "$comment": textual, "$vocabulary": object, "$defs": schemaMap, "definitions": schemaMap,
	"prefixItems": schemas, "contains": schema, "patternProperties": schemaMap, "dependentSchemas": schemaMap,
	"propertyNames": schema, "if": schema, "then": schema, "else": schema, "allOf": schemas, "oneOf": schemas,
	"not": schema, "unevaluatedItems": schema, "unevaluatedProperties": schema,
	"multipleOf": positive, "maximum": numeric, "exclusiveMaximum": numeric, "minimum": numeric,
	"exclusiveMinimum": numeric, "maxLength": count, "minLength": count, "pattern": textual, "maxItems": count,
	"minItems": count, "uniqueItems": boolean, "maxContains": count, "minContains": count, "maxProperties": count,
	"minProperties": count, "required": names, "dependentRequired": nameLists,
	"deprecated": boolean, "readOnly": boolean, "writeOnly": boolean, "examples": list, "format": textual,
	"contentEncoding": textual, "contentMediaType": textual, "contentSchema": schema,
}

// typeKeywords are the keywords that make a type.
var typeKeywords = map[string]bool{
	"type": true, "anyOf": true, "enum": true, "items": true, "properties": true, "additionalProperties": true,
	"key_type": true, "x_vector_property": true, "const": true,
}

// isAnnotation reports whether a keyword says nothing about the values that are allowed, so that it survives a change
// of the type.
func isAnnotation(key string) bool {
	switch key {
	case "title", "description", "default", "deprecated", "readOnly", "writeOnly", "$comment":
		return true
	}
	return otherKeywords[key] == 0 && !typeKeywords[key]
}

// otherKeyword checks a keyword that makes no difference to the type. Unknown ones are allowed.
func (ps *parser) otherKeyword(key string, v Value) {
	if want := otherKeywords[key]; want != 0 {
		ps.check(key, v, want)
	}
}

// check reports a fault unless the value of a keyword has the shape that the metaschema demands.
func (ps *parser) check(key string, v Value, want shape) {
	if !ps.hasShape(key, v, want) {
		ps.fault("/"+escapePointer(key), "expected "+shapeNames[want]+", found "+describe(v))
	}
}

func (ps *parser) hasShape(key string, v Value, want shape) bool {
	o, isObject := v.AsObject()
	items, isList := v.AsList()
	switch want {
	case textual:
		return v.Kind() == KindString
	case boolean:
		return v.Kind() == KindBool
	case numeric, positive, count:
		return isQuantity(v, want)
	case list:
		return isList
	case names:
		return isList && distinctNames(items)
	case object:
		return isObject
	case nameLists:
		return isObject && allNameLists(o)
	case schema:
		ps.look(v, key)
		return true
	case schemas:
		return isList && len(items) > 0 && ps.lookAt(items, key)
	default:
		return isObject && ps.lookInto(o, key)
	}
}

func isQuantity(v Value, want shape) bool {
	x, ok := exactly(v)
	if !ok || v.Kind() == KindBool {
		return false
	}
	return want == numeric || want == positive && x.Sign() > 0 || want == count && x.Sign() >= 0 && x.IsInt()
}

func distinctNames(items []Value) bool {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		name, ok := item.AsString()
		if !ok || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

func allNameLists(o *Object) bool {
	for _, v := range o.All() {
		if items, ok := v.AsList(); !ok || !distinctNames(items) {
			return false
		}
	}
	return true
}

// look checks a schema that makes no difference to the type.
func (ps *parser) look(v Value, steps ...string) {
	refs := ps.anyRefs
	ps.unused++
	n := len(ps.faults)
	if o, ok := v.AsObject(); ok {
		ps.kind(o)
	} else {
		ps.subschema(v)
	}
	ps.within(n, steps...)
	ps.unused--
	ps.anyRefs = refs
}

func (ps *parser) lookAt(items []Value, key string) bool {
	for i, item := range items {
		ps.look(item, key, strconv.Itoa(i))
	}
	return true
}

func (ps *parser) lookInto(o *Object, key string) bool {
	for k, v := range o.All() {
		ps.look(v, key, k)
	}
	return true
}
