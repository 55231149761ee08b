package tool

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// structCodec is the plan for the fields of one struct.
type structCodec struct{ fields []field }

// field is one field of a struct, or of a struct embedded in it.
type field struct {
	name     string
	index    []int
	codec    *codec
	optional bool        // may be absent
	def      value.Value // what is taken then, if hasDef is set; else the field stays zero
	hasDef   bool
	omit     func(reflect.Value) bool // left out of results if it says so; nil: never
	doc      string
}

// inputsOf returns the plan and the inputs that a function's argument stands for.
func inputsOf(t reflect.Type) (*structCodec, []value.Property, error) {
	if t.Kind() != reflect.Struct {
		return nil, nil, fmt.Errorf("the function takes a %s; it must take a struct, whose fields are the inputs", t.Kind())
	}
	b := builder{made: map[reflect.Type]*codec{}}
	s, err := b.fields(t)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range s.fields {
		if f.codec.unreadable != "" {
			return nil, nil, fmt.Errorf("input %q: %s", f.name, f.codec.unreadable)
		}
	}
	return s, s.properties(), nil
}

func (b *builder) structure(c *codec, t reflect.Type) error {
	s, err := b.fields(t)
	if err != nil {
		return err
	}
	for _, f := range s.fields {
		if f.codec.unreadable != "" {
			c.unreadable = f.codec.unreadable
		}
	}
	c.typ = value.ObjectOf(s.properties()...)
	c.decode = s.decode
	c.encode = s.encode
	return nil
}

// fields plans the fields of a struct, those of embedded structs at their place.
func (b *builder) fields(t reflect.Type) (*structCodec, error) {
	s := &structCodec{}
	for _, sf := range reflect.VisibleFields(t) {
		f, ok, err := b.field(t, sf)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", sf.Name, err)
		}
		if !ok {
			continue
		}
		if i := slices.IndexFunc(s.fields, func(g field) bool { return g.name == f.name }); i >= 0 {
			return nil, fmt.Errorf("field %s: another field is called %q too; give one of them another name by a json tag",
				sf.Name, f.name)
		}
		s.fields = append(s.fields, f)
	}
	return s, nil
}

// field plans one field; ok is false if it is left out.
func (b *builder) field(t reflect.Type, sf reflect.StructField) (f field, ok bool, err error) {
	tag := sf.Tag.Get("json")
	name, options, _ := strings.Cut(tag, ",")
	switch {
	case tag == "-" || insideNamed(t, sf):
		return field{}, false, nil
	case sf.Anonymous && name == "" && isStruct(sf.Type):
		if sf.Type.Kind() == reflect.Pointer {
			return field{}, false, fmt.Errorf("embed the struct itself, not a pointer to it")
		}
		return field{}, false, nil // its fields are visible themselves
	case !sf.IsExported():
		return field{}, false, nil
	}
	f = field{name: sf.Name, index: sf.Index, doc: sf.Tag.Get("description")}
	if name != "" {
		f.name = name
	}
	if f.doc == "" {
		f.doc = sf.Tag.Get("jsonschema")
	}
	if f.codec, err = b.codec(sf.Type); err != nil {
		return field{}, false, err
	}
	f.optional = sf.Type.Kind() == reflect.Pointer && f.codec.nilable
	for option := range strings.SplitSeq(options, ",") {
		if err := f.option(sf.Type, option); err != nil {
			return field{}, false, err
		}
	}
	return f, true, f.setDefault(sf)
}

// insideNamed reports whether a visible field belongs to an embedded struct that has a name of its own or is left out.
func insideNamed(t reflect.Type, sf reflect.StructField) bool {
	for i := 1; i < len(sf.Index); i++ {
		outer := t.FieldByIndex(sf.Index[:i])
		if name, _, _ := strings.Cut(outer.Tag.Get("json"), ","); name != "" || !isStruct(outer.Type) {
			return true
		}
	}
	return false
}

// isStruct reports whether the fields of an embedded type count as fields of the struct around it.
func isStruct(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && specialCodecs[t] == nil &&
		!reflect.PointerTo(t).Implements(textMarshaler) && !reflect.PointerTo(t).Implements(jsonMarshaler)
}

// option applies an option of the json tag.
func (f *field) option(t reflect.Type, option string) error {
	switch option {
	case "":
	case "omitempty":
		f.optional = true
		f.omit = emptiness(t)
	case "omitzero":
		f.optional = true
		f.omit = zeroness(t)
	default:
		return fmt.Errorf("the json option %q is not supported here", option)
	}
	return nil
}

// emptiness returns what omitempty means for a type in encoding/json.
func emptiness(t reflect.Type) func(reflect.Value) bool {
	switch t.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return func(v reflect.Value) bool { return v.Len() == 0 }
	case reflect.Struct:
		return nil
	default:
		return reflect.Value.IsZero
	}
}

// zeroness returns what omitzero means for a type in encoding/json.
func zeroness(t reflect.Type) func(reflect.Value) bool {
	if t.Implements(reflect.TypeFor[interface{ IsZero() bool }]()) && t.Kind() != reflect.Pointer {
		return func(v reflect.Value) bool { return v.Interface().(interface{ IsZero() bool }).IsZero() }
	}
	return reflect.Value.IsZero
}

// setDefault reads the default tag, and otherwise takes what an absent optional field holds as its default.
func (f *field) setDefault(sf reflect.StructField) error {
	text, given := sf.Tag.Lookup("default")
	switch {
	case given:
		f.optional, f.hasDef = true, true
		f.def = value.String(text)
		if v, err := value.ParseJSON([]byte(text)); err == nil && !f.takes(sf.Type, f.def) {
			f.def = v
		}
		if err := f.codec.decode(reflect.New(sf.Type).Elem(), f.def); err != nil {
			return fmt.Errorf("its default%w", err)
		}
	case f.optional && f.codec.encode != nil:
		v, err := f.codec.encode(reflect.New(sf.Type).Elem(), value.MaxDepth)
		if err != nil {
			return err
		}
		f.def = v
	}
	return nil
}

// takes reports whether the field can be set to v.
func (f *field) takes(t reflect.Type, v value.Value) bool {
	return f.codec.decode(reflect.New(t).Elem(), v) == nil
}

// properties returns what the fields are to a document.
func (s *structCodec) properties() []value.Property {
	props := make([]value.Property, 0, len(s.fields))
	for _, f := range s.fields {
		p := value.Property{Title: f.name, Description: f.doc, Type: f.codec.typ}
		if f.optional {
			p = p.WithDefault(f.def)
		}
		props = append(props, p)
	}
	return props
}

// decodeArgs sets dst to the arguments of a call of the named tool.
func (s *structCodec) decodeArgs(name string, dst reflect.Value, args *value.Object) error {
	used, bad := s.set(dst, args)
	if bad != nil {
		return Failf(name, TypeError, "input %q: %s", bad.place, bad.text)
	}
	if used < args.Len() {
		for key := range args.All() {
			if !slices.ContainsFunc(s.fields, func(f field) bool { return f.name == key }) {
				return Failf(name, TypeError, "there is no input %q; the tool takes %s", key, s.names())
			}
		}
	}
	return nil
}

// names lists the fields for people.
func (s *structCodec) names() string {
	if len(s.fields) == 0 {
		return "none"
	}
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

// set sets the fields of dst to the members of o, and returns how many members it used.
func (s *structCodec) set(dst reflect.Value, o *value.Object) (used int, bad *placeError) {
	for i := range s.fields {
		f := &s.fields[i]
		v, given := memberAt(o, i, f.name)
		if given {
			used++
		}
		if given && v.IsNull() && f.optional && !f.codec.nilable {
			given = false
		}
		if !given {
			if !f.optional {
				return used, placeErrorf("missing; it is required").at(f.name)
			}
			if !f.hasDef {
				continue
			}
			v = f.def
		}
		if err := f.codec.decode(f.in(dst), v); err != nil {
			return used, err.at(f.name)
		}
	}
	return used, nil
}

// memberAt finds a member, which most often stands where its field does.
func memberAt(o *value.Object, i int, name string) (value.Value, bool) {
	if i < o.Len() {
		if m := o.At(i); m.Key == name {
			return m.Value, true
		}
	}
	return o.Get(name)
}

// in returns the field in a struct.
func (f *field) in(s reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return s.Field(f.index[0])
	}
	return s.FieldByIndex(f.index)
}

func (s *structCodec) decode(dst reflect.Value, v value.Value) *placeError {
	o, ok := v.AsObject()
	if !ok {
		return unexpected("an object", v)
	}
	_, err := s.set(dst, o)
	if err != nil {
		return err.at(".")
	}
	return nil
}

func (s *structCodec) encode(src reflect.Value, depth int) (value.Value, *placeError) {
	if depth == 0 {
		return value.Null, tooDeep()
	}
	members := make([]value.Member, 0, len(s.fields))
	for i := range s.fields {
		f := &s.fields[i]
		fv := f.in(src)
		if f.omit != nil && f.omit(fv) {
			continue
		}
		v, err := f.codec.encode(fv, depth-1)
		if err != nil {
			return value.Null, err.at("." + f.name)
		}
		members = append(members, value.Member{Key: f.name, Value: v})
	}
	return value.NewObject(members...).Of(), nil
}
