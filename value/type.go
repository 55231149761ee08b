package value

// TypeKind tells what a [Type] is.
type TypeKind uint8

// The kinds of types.
const (
	TypeAny     TypeKind = iota // every value
	TypeNull                    // null
	TypeBoolean                 // true and false
	TypeInteger                 // whole numbers of any size; booleans too, as in the reference
	TypeNumber                  // floating-point numbers; an integer becomes one by a cast
	TypeString                  // texts
	TypeList                    // lists whose items are all of one type
	TypeDict                    // objects with keys unknown beforehand, whose values are all of one type
	TypeObject                  // objects with certain properties
	TypeUnion                   // values of any of several types
)

var typeKindNames = [...]string{
	"any", "null", "boolean", "integer", "number", "string", "list", "dict", "object", "union",
}

// String returns the kind's name, as error messages say it.
func (k TypeKind) String() string { return typeKindNames[k] }

// Type is the type of a value: the part of JSON Schema that Agent Spec uses. It is immutable once it was made; make one
// with [ParseType], [ListOf] and their like, or as a literal of which only the exported fields are set.
// A nil Type stands for [AnyType] wherever a Type is expected.
type Type struct {
	Kind TypeKind
	// Closed forbids, in an object, properties other than Properties (additionalProperties: false).
	Closed bool
	// Vector marks a list of numbers as an embedding (x_vector_property).
	Vector bool
	// bareObject marks the type {"type": "object"}: the reference takes every value for it, but connects only
	// objects to it.
	bareObject bool

	// Items is the type of a list's items; nil means any.
	Items *Type
	// Additional is the type of a dict's values, or of an object's further properties; nil means any.
	Additional *Type
	// Keys restricts a dict's keys (WayFlow's key_type); nil means any.
	Keys *Type
	// Properties are an object's properties in order, each with its key as its title.
	Properties []Property
	// Members are the alternatives of a union, none of which is a union itself unless it has an Enum.
	Members []*Type
	// Enum lists the only values allowed; nil means no restriction.
	Enum []Value

	// base is set if null is of the type only because it is the default: the type without it.
	base *Type
	// written is the schema the type was parsed from, for lossless export; nil if it says no more than the above.
	written *Object
}

// The types without parts.
var (
	AnyType     = &Type{Kind: TypeAny}
	NullType    = &Type{Kind: TypeNull}
	BooleanType = &Type{Kind: TypeBoolean}
	IntegerType = &Type{Kind: TypeInteger}
	NumberType  = &Type{Kind: TypeNumber}
	StringType  = &Type{Kind: TypeString}
)

var (
	bareObjectType = &Type{Kind: TypeAny, bareObject: true}
	anyListType    = &Type{Kind: TypeList}

	simpleLists = perSimpleType(func(t *Type) *Type { return &Type{Kind: TypeList, Items: t} })
	simpleDicts = perSimpleType(func(t *Type) *Type { return &Type{Kind: TypeDict, Additional: t} })
	optionals   = perSimpleType(func(t *Type) *Type { return &Type{Kind: TypeUnion, Members: []*Type{t, NullType}} })
	implied     = perSimpleType(impliedOptional)
)

// perSimpleType makes the types derived from the types without parts, so that parsing need not.
func perSimpleType(derive func(*Type) *Type) (types [TypeString + 1]*Type) {
	for _, t := range []*Type{AnyType, NullType, BooleanType, IntegerType, NumberType, StringType} {
		types[t.Kind] = derive(t)
	}
	return types
}

// simple reports whether t is one of the types without parts.
func (t *Type) simple() bool {
	switch t {
	case AnyType, NullType, BooleanType, IntegerType, NumberType, StringType:
		return true
	}
	return false
}

// ListOf returns the type of lists with the given items; nil means any.
func ListOf(items *Type) *Type {
	switch {
	case items == nil:
		return anyListType
	case items.simple():
		return simpleLists[items.Kind]
	}
	return &Type{Kind: TypeList, Items: items}
}

// DictOf returns the type of objects with any keys and the given values; nil means any.
func DictOf(values *Type) *Type {
	values = orAny(values)
	if values.simple() {
		return simpleDicts[values.Kind]
	}
	return &Type{Kind: TypeDict, Additional: values}
}

// ObjectOf returns the type of objects with the given properties, named by their titles. Further properties are allowed.
func ObjectOf(props ...Property) *Type { return &Type{Kind: TypeObject, Properties: props} }

// UnionOf returns the type of values that are of one of the given types. Unions among them are dissolved.
func UnionOf(members ...*Type) *Type { return &Type{Kind: TypeUnion, Members: flatten(members)} }

// flatten replaces the unions among members by their own members.
func flatten(members []*Type) []*Type {
	out := make([]*Type, 0, len(members))
	for _, m := range members {
		if m = orAny(m); m.Kind == TypeUnion && m.Enum == nil {
			out = append(out, m.Members...)
		} else {
			out = append(out, m)
		}
	}
	return out
}

// Optional returns the union of t and null, or t itself if null is of it.
func Optional(t *Type) *Type {
	t = orAny(t)
	switch {
	case t.Fits(Null):
		return t
	case t.simple():
		return optionals[t.Kind]
	}
	return UnionOf(t, NullType)
}

// withNullDefault returns t as it is for a property whose default is null: as the reference does, with null added.
func (t *Type) withNullDefault() *Type {
	switch {
	case t.Fits(Null):
		return t
	case t.simple():
		return implied[t.Kind]
	}
	return impliedOptional(t)
}

func impliedOptional(t *Type) *Type {
	return &Type{Kind: TypeUnion, Members: flatten([]*Type{t, NullType}), base: t}
}

// declared returns the type that the schema says, without the null that a default of null implies.
func (t *Type) declared() *Type {
	switch {
	case t == nil:
		return AnyType
	case t.base != nil:
		return t.base
	}
	return t
}

// Property returns the property of an object type with the given key.
func (t *Type) Property(key string) (Property, bool) {
	for i := range t.Properties {
		if t.Properties[i].Title == key {
			return t.Properties[i], true
		}
	}
	return Property{}, false
}

// property returns what [Type.Property] does, without copying it; nil if there is none.
func (t *Type) property(key string) *Property {
	for i := range t.Properties {
		if t.Properties[i].Title == key {
			return &t.Properties[i]
		}
	}
	return nil
}

// Equal reports whether two types have the same schema. It makes types comparable by tools that look for such a method;
// to compare what two types mean use [SameType].
func (t *Type) Equal(u *Type) bool { return t == u || Equal(t.Schema(), u.Schema()) }

func orAny(t *Type) *Type {
	if t == nil {
		return AnyType
	}
	return t
}
