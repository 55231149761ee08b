package spec

import (
	"reflect"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// SchemaDialect is the version of JSON Schema that [Schema] is written in.
const SchemaDialect = "https://json-schema.org/draft/2020-12/schema"

// SchemaOptions say which documents a schema allows. Nil and the zero value mean those that [Load] takes by default.
type SchemaOptions struct {
	// AllowUnknown allows unknown components and fields, as [LoadOptions.AllowUnknown] does.
	AllowUnknown bool
	// Plugins are further component types, as in [LoadOptions].
	Plugins []Kind
}

// Schema returns a JSON Schema of all documents that can be loaded, so that editors complete and check them as they are
// typed. It knows what single fields may hold; how components fit together is checked by package program.
func Schema(opts *SchemaOptions) value.Value {
	if opts == nil {
		opts = &SchemaOptions{}
	}
	b := &schemaBuilder{opts: *opts, defs: map[string]value.Value{}}
	b.kinds = builtinKinds().order
	if len(opts.Plugins) > 0 {
		b.kinds = append(newKindTable(opts.Plugins, nil).order, b.kinds...)
	}
	root := b.root()
	var defs value.ObjectBuilder
	for _, name := range b.sortedDefs() {
		defs.Set(name, b.defs[name])
	}
	return root.Set("$defs", defs.Value()).value()
}

// schemaBuilder collects the parts of the schema, each under its name in $defs.
type schemaBuilder struct {
	opts  SchemaOptions
	kinds []*kindPlan
	defs  map[string]value.Value
}

// Names of parts that are no components.
const (
	componentRefDef = "ComponentReference"
	valueRefDef     = "ValueReference"
	definitionsDef  = "ReferencedComponents"
	propertyDef     = "Property"
	typeDef         = "Type"
	versionDef      = "Version"
	// anyPrefix goes before the name of what a field holds: such a component, or a reference to one.
	anyPrefix = "Any"
)

// root is the document: a component, a reference with the components it leads to, or the companion of another document.
func (b *schemaBuilder) root() *schemaObject {
	b.common()
	companion := newSchema("type", "object").
		Set("required", textList(referencedKey)).
		Set("properties", newSchema(referencedKey, ref(definitionsDef)).value())
	return newSchema("$schema", SchemaDialect).
		Set("title", value.String("Open Agent Spec document")).
		Set("type", value.String("object")).
		Set("properties", newSchema(versionKey, ref(versionDef)).
			Set(oldVersionKey, ref(versionDef)).
			Set(typeKey, b.typeNames(b.kinds)).
			Set(referencedKey, ref(definitionsDef)).value()).
		Set("if", newSchema("anyOf", value.List(requires(typeKey), requires(refKey))).value()).
		Set("then", b.component(componentType)).
		Set("else", companion.value())
}

// common makes the parts that every schema has.
func (b *schemaBuilder) common() {
	b.defs[definitionsDef] = newSchema("description", "Components that references lead to, by their ids").
		Set("type", value.String("object")).
		Set("additionalProperties", b.component(componentType)).value()
	b.defs[componentRefDef] = newSchema("description", "Stands for a component that is defined elsewhere").
		Set("type", value.String("object")).
		Set("required", textList(refKey)).
		Set("properties", newSchema(refKey, newSchema("type", "string").value()).
			Set(referencedKey, ref(definitionsDef)).value()).value()
	b.defs[valueRefDef] = newSchema("description", "Stands for a value that is supplied when the document is loaded").
		Set("type", value.String("object")).
		Set("required", textList(refKey)).
		Set("properties", newSchema(refKey, newSchema("type", "string").value()).value()).value()
	b.defs[versionDef] = versionSchema()
	b.defs[typeDef], b.defs[propertyDef] = typeSchema(), propertySchema()
}

// component returns the schema of what a field holds whose Go type is t: one of the components that fit, or a reference.
func (b *schemaBuilder) component(t reflect.Type) value.Value {
	elem := t
	if t.Kind() == reflect.Pointer {
		elem = t.Elem()
	}
	name := anyPrefix + elem.Name()
	if _, ok := b.defs[name]; ok {
		return ref(name)
	}
	b.defs[name] = value.Null // it may contain itself
	var fitting []*kindPlan
	for _, k := range b.kinds {
		if reflect.PointerTo(k.structType()).AssignableTo(t) {
			fitting = append(fitting, k)
		}
	}
	b.defs[name] = newSchema("type", "object").
		Set("properties", newSchema(typeKey, b.typeNames(fitting)).Set(refKey, newSchema("type", "string").value()).value()).
		Set("if", requires(refKey)).
		Set("then", ref(componentRefDef)).
		Set("else", b.oneOf(fitting)).value()
	return ref(name)
}

// typeNames allows the names of kinds.
func (b *schemaBuilder) typeNames(kinds []*kindPlan) value.Value {
	if b.opts.AllowUnknown {
		return anyOf(kindNames(kinds), newSchema("type", "string").value())
	}
	return kindNames(kinds)
}

func kindNames(kinds []*kindPlan) value.Value {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return newSchema("enum", textList(names...)).value()
}

// oneOf asks for a component of one of the kinds. The type decides which, so that a mistake is told about that one only.
func (b *schemaBuilder) oneOf(kinds []*kindPlan) value.Value {
	return requiresType().with(b.choice(kinds))
}

// choice decides between kinds, by halves: asking for each in turn is slow where there are a hundred.
func (b *schemaBuilder) choice(kinds []*kindPlan) value.Value {
	if len(kinds) == 1 {
		return newSchema("if", b.isOneOf(kinds)).Set("then", b.kind(kinds[0])).value()
	}
	half := kinds[:len(kinds)/2]
	return newSchema("if", b.isOneOf(half)).
		Set("then", b.choice(half)).
		Set("else", b.choice(kinds[len(half):])).value()
}

func (b *schemaBuilder) isOneOf(kinds []*kindPlan) value.Value {
	return requiresType().Set("properties", newSchema(typeKey, kindNames(kinds)).value()).value()
}

func requiresType() *schemaObject { return newSchema("required", textList(typeKey)) }

// kind returns the schema of the components of one kind.
func (b *schemaBuilder) kind(k *kindPlan) value.Value {
	if _, ok := b.defs[k.Name]; ok {
		return ref(k.Name)
	}
	b.defs[k.Name] = value.Null
	properties := newSchema(typeKey, constant(value.String(k.Name)))
	required := b.fields(k.plan(), k.structType(), properties)
	for _, key := range k.strayKeys() {
		properties.Set(key, deprecated())
	}
	plugin := newSchema("type", textList("string", "null"))
	if k.Plugin != "" {
		plugin.Set("default", value.String(k.Plugin))
	}
	properties.Set(referencedKey, ref(definitionsDef)).
		Set(pluginKey, plugin.value()).
		Set(pluginVersionKey, newSchema("type", textList("string", "null")).value()).
		Set(versionKey, value.Obj()). // the root says which ones; below it has no effect
		Set(oldVersionKey, deprecated())
	s := newSchema("title", k.Name)
	if text := schemaTexts[k.structType().Name()][""]; text != "" {
		s.Set("description", value.String(text))
	}
	if k.Legacy != "" {
		s.Set("deprecated", value.Bool(true))
	}
	s.Set("type", value.String("object")).Set("properties", properties.value())
	b.defs[k.Name] = b.close(s, required, false).value()
	return ref(k.Name)
}

// strayKeys are keys that mean nothing to a kind but are let pass with a warning, see [legacyReason].
func (k *kindPlan) strayKeys() []string {
	keys := slices.Clone(legacyKeys[k.Name])
	for _, prefix := range []string{"Extended", "Plugin"} {
		twin := builtinKinds().named(prefix + k.Name)
		if twin == nil || twin.Legacy != "" {
			continue
		}
		for _, f := range twin.plan().fields {
			if k.plan().byKey[f.key] == nil {
				keys = append(keys, f.key)
			}
		}
	}
	return keys
}

// structure returns the schema of a struct that is no component.
func (b *schemaBuilder) structure(t reflect.Type) value.Value {
	name := t.Name()
	if _, ok := b.defs[name]; ok {
		return ref(name)
	}
	b.defs[name] = value.Null
	properties := &schemaObject{}
	plan := structPlanOf(t)
	required := b.fields(plan, t, properties)
	s := newSchema("type", "object").Set("properties", properties.value())
	if text := schemaTexts[name][""]; text != "" {
		s.Set("description", value.String(text))
	}
	b.defs[name] = b.close(s, required, plan.extra != nil).value()
	return ref(name)
}

// close says which keys there must be, and that there are no others.
func (b *schemaBuilder) close(s *schemaObject, required []value.Value, open bool) *schemaObject {
	if len(required) > 0 {
		s.Set("allOf", value.List(required...))
	}
	if !open && !b.opts.AllowUnknown {
		s.Set("additionalProperties", value.Bool(false))
	}
	return s
}

// fields adds the fields of a struct to properties and returns what is required.
func (b *schemaBuilder) fields(p *structPlan, t reflect.Type, properties *schemaObject) (required []value.Value) {
	var plain []string
	for _, f := range p.fields {
		s := b.field(f, t.FieldByIndex(f.index).Type)
		if text := f.text(t); text != "" {
			s = newSchema("description", text).with(s)
		}
		properties.Set(f.key, s)
		names := []string{f.key}
		for _, alias := range p.aliases(f) {
			properties.Set(alias, s)
			names = append(names, alias)
		}
		switch {
		case f.required && len(names) == 1:
			plain = append(plain, f.key)
		case f.required:
			var either []value.Value
			for _, name := range names {
				either = append(either, requires(name))
			}
			required = append(required, anyOf(either...))
		}
	}
	if plain != nil {
		required = append([]value.Value{requires(plain...)}, required...)
	}
	return required
}

// text says what a field of t is for. What is said of a negated field is about its opposite.
func (f *fieldPlan) text(t reflect.Type) string {
	if f.negated {
		return ""
	}
	owner, name := ownerOf(t, f.index)
	return schemaTexts[owner][name]
}

// ownerOf returns the struct that a field stands in, perhaps one that t embeds, and its name there.
func ownerOf(t reflect.Type, index []int) (owner, field string) {
	for ; len(index) > 1; index = index[1:] {
		t = t.Field(index[0]).Type
	}
	return t.Name(), t.Field(index[0]).Name
}

// aliases are the other keys of a field, sorted.
func (p *structPlan) aliases(f *fieldPlan) (keys []string) {
	for key, of := range p.byKey {
		if of == f && key != f.key {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// field returns the schema of a field. Each but those that hold components may be left to the surroundings.
func (b *schemaBuilder) field(f *fieldPlan, t reflect.Type) value.Value {
	if f.constant {
		return constant(f.def)
	}
	var s value.Value
	switch {
	case f.codec.any:
		s = value.Obj()
	case f.codec.component && !f.nullable:
		s = b.of(t, f.enum)
	default:
		choices := []value.Value{b.of(t, f.enum)}
		if !f.codec.component {
			choices = append(choices, ref(valueRefDef))
		}
		if f.nullable {
			choices = append(choices, newSchema("type", "null").value())
		}
		s = anyOf(choices...)
	}
	switch {
	case f.negated:
		return newSchema("default", value.Bool(true)).with(s)
	case f.hasDefault:
		return newSchema("default", f.def).with(s)
	}
	return s
}

// alternatives is implemented by types that documents spell in more than one way.
type alternatives interface {
	// forms are the Go types of what a document may have.
	forms() []reflect.Type
}

func (ToolFilter) forms() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[*MCPToolSpec]()}
}

func (Regex) forms() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[RegexPattern]()}
}

func (RegexSet) forms() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[Regex](), reflect.TypeFor[Dict[Regex]]()}
}

func (VectorSource) forms() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[*VectorConfig]()}
}

func (Handoff) forms() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[HandoffMode](), reflect.TypeFor[bool]()}
}

func (OneOrMany[T]) forms() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[T](), reflect.TypeFor[[]T]()}
}

// enums are the texts that types of text hold, where the field does not say.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[HandoffMode](): {string(HandoffNever), string(HandoffOptional), string(HandoffAlways)},
}

// of returns the schema of the values of a Go type; enum are the only texts allowed in them, if there are any.
func (b *schemaBuilder) of(t reflect.Type, enum []string) value.Value {
	switch t {
	case reflect.TypeFor[value.Value]():
		return value.Obj()
	case reflect.TypeFor[*value.Object]():
		return newSchema("type", "object").value()
	case reflect.TypeFor[value.Property]():
		return ref(propertyDef)
	case reflect.TypeFor[*value.Property]():
		return ref(typeDef)
	}
	if t.Implements(componentType) {
		return b.component(t)
	}
	if t.Kind() == reflect.Struct {
		if a, ok := reflect.Zero(t).Interface().(alternatives); ok {
			return b.formsOf(a, enum)
		}
	}
	if t.Implements(dictType) {
		return b.dict(t, enum)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.of(t.Elem(), enum)
	case reflect.Slice:
		return newSchema("type", "array").Set("items", b.of(t.Elem(), enum)).value()
	case reflect.Array:
		n := value.Int(int64(t.Len()))
		return newSchema("type", "array").Set("items", b.of(t.Elem(), enum)).Set("minItems", n).Set("maxItems", n).value()
	case reflect.Struct:
		return b.structure(t)
	}
	return scalar(t, enum)
}

func (b *schemaBuilder) formsOf(a alternatives, enum []string) value.Value {
	var choices []value.Value
	for _, t := range a.forms() {
		choices = append(choices, b.of(t, enum))
	}
	return anyOf(choices...)
}

// dict is an object with any keys. Each entry may be left to the surroundings. The key of a property does for its title.
func (b *schemaBuilder) dict(t reflect.Type, enum []string) value.Value {
	field, _ := t.Elem().FieldByName("Value")
	entry := b.of(field.Type, enum)
	switch {
	case field.Type == reflect.TypeFor[value.Property]():
		entry = ref(typeDef)
	case !field.Type.Implements(componentType):
		entry = anyOf(entry, ref(valueRefDef))
	}
	return newSchema("type", "object").Set("additionalProperties", entry).value()
}

func scalar(t reflect.Type, enum []string) value.Value {
	switch t.Kind() {
	case reflect.Bool:
		return newSchema("type", "boolean").value()
	case reflect.Int, reflect.Int64:
		return newSchema("type", "integer").value()
	case reflect.Float64:
		return newSchema("type", "number").value()
	case reflect.String:
		if enum == nil {
			enum = enums[t]
		}
		s := newSchema("type", "string")
		if enum != nil {
			s.Set("enum", textList(enum...))
		}
		return s.value()
	}
	panic("spec: no schema for fields of type " + t.String())
}

// versionSchema allows the versions that can be written, and those that are read as one of them: later patches.
func versionSchema() value.Value {
	var known, series []string
	for _, v := range Versions() {
		known = append(known, v.String())
	}
	for text, other := range otherVersions {
		if other.as != 0 {
			known = append(known, text)
		}
	}
	slices.Sort(known)
	for _, text := range known {
		series = append(series, strings.ReplaceAll(text[:strings.LastIndexByte(text, '.')], ".", `\.`))
	}
	later := newSchema("type", "string").Set("pattern", value.String(`^(`+strings.Join(slices.Compact(series), "|")+`)\.[0-9]+$`))
	return newSchema("description", "The version of Open Agent Spec that the document is written for; only at its root").
		with(anyOf(newSchema("enum", textList(known...)).value(), later.value()))
}

func (b *schemaBuilder) sortedDefs() []string {
	names := make([]string, 0, len(b.defs))
	for name := range b.defs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
