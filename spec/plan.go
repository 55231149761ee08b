package spec

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/value"
)

// kindPlan says how the components of one kind are read and written.
type kindPlan struct {
	Kind
	// build fills in what follows at the first use: most programs need few kinds, and should start fast.
	build  sync.Once
	fields *structPlan
}

func (k *kindPlan) plan() *structPlan {
	k.build.Do(func() {
		k.fields = newStructPlan(k.structType(), k.Extended, k.Tags)
		if k.Extended && k.hasPlainTwin() {
			k.fields.plainFirst(k.structType())
		}
	})
	return k.fields
}

// hasPlainTwin reports whether the struct has a plain spelling beside this one.
func (k *kindPlan) hasPlainTwin() bool {
	for _, prefix := range []string{"Extended", "Plugin"} {
		if name, ok := strings.CutPrefix(k.Name, prefix); ok {
			twin := builtinKinds().named(name)
			return twin != nil && twin.structType() == k.structType()
		}
	}
	return false
}

// plainFirst moves the fields that the plain spelling has too before the others, as the reference writes them.
func (p *structPlan) plainFirst(t reflect.Type) {
	slices.SortStableFunc(p.fields, func(a, b *fieldPlan) int {
		return a.onlyExtended(t) - b.onlyExtended(t)
	})
	for i, f := range p.fields {
		f.number = i
	}
}

// onlyExtended returns 0 for fields that are spelled alike in both spellings, 1 for others.
func (f *fieldPlan) onlyExtended(t reflect.Type) int {
	tag := t.FieldByIndex(f.index).Tag
	plain, _, _ := strings.Cut(tag.Get("spec"), ",")
	if plain == f.key {
		return 0
	}
	return 1
}

// structType returns the struct of the kind's components.
func (k *kindPlan) structType() reflect.Type { return reflect.TypeOf(k.New()).Elem() }

// structPlan says how a struct is read and written: its fields in the order in which they are written.
type structPlan struct {
	fields []*fieldPlan
	// byKey finds a field by its key or alias.
	byKey map[string]*fieldPlan
	// extra takes the keys that no other field has; it may be nil.
	extra *fieldPlan
}

// fieldPlan says how a field is read and written.
type fieldPlan struct {
	key   string
	index []int
	// number is the place of the field in its plan.
	number int
	codec  *codec

	required, nullable, nonzero, negated, sensitive, omitDefault, constant bool

	since Version
	enum  []string
	// def is what a missing key means, if there is a default.
	def        value.Value
	hasDefault bool
	// preset is def as Go has it, if it can be shared by all components.
	preset reflect.Value
}

// structPlans are the plans of structs that are no components.
var structPlans sync.Map // of reflect.Type to *structPlan

func structPlanOf(t reflect.Type) *structPlan {
	if p, ok := structPlans.Load(t); ok {
		return p.(*structPlan)
	}
	p, _ := structPlans.LoadOrStore(t, newStructPlan(t, false, nil))
	return p.(*structPlan)
}

func newStructPlan(t reflect.Type, extended bool, tags map[string]string) *structPlan {
	p := &structPlan{byKey: make(map[string]*fieldPlan)}
	p.collect(t, nil, extended, tags)
	return p
}

// collect adds the fields of a struct and of those that it embeds.
func (p *structPlan) collect(t reflect.Type, index []int, extended bool, tags map[string]string) {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := slices.Concat(index, []int{i})
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && sf.Tag.Get("spec") == "" {
			p.collect(sf.Type, at, extended, tags)
			continue
		}
		tag, ok := sf.Tag.Lookup("spec")
		if ext, has := sf.Tag.Lookup("ext"); has && extended {
			tag, ok = ext, true
		}
		key, _, _ := strings.Cut(tag, ",")
		if other, has := tags[key]; has && key != "" {
			tag = other
		}
		if ok && sf.IsExported() && tag != "-" {
			p.add(sf.Type, at, tag)
		}
	}
}

func (p *structPlan) add(t reflect.Type, index []int, tag string) {
	f := &fieldPlan{index: index, codec: codecOf(t), number: len(p.fields)}
	// A default may contain commas, so it is the last option.
	tag, text, hasDefault := cutOption(tag, "default=")
	if !hasDefault {
		tag, text, f.constant = cutOption(tag, "const=")
	}
	f.hasDefault = hasDefault || f.constant
	options := strings.Split(tag, ",")
	f.key = options[0]
	for _, option := range options[1:] {
		p.option(f, option)
	}
	if f.hasDefault {
		f.setDefault(t, text)
	}
	f.nullable = f.mayBeNull(t)
	if p.extra == f {
		return
	}
	p.fields = append(p.fields, f)
	p.byKey[f.key] = f
}

func cutOption(tag, option string) (rest, text string, found bool) {
	rest, text, found = strings.Cut(tag, ","+option)
	return rest, text, found
}

func (p *structPlan) option(f *fieldPlan, option string) {
	name, arg, _ := strings.Cut(option, "=")
	switch name {
	case "required":
		f.required = true
	case "nullable":
		f.nullable = true
	case "nonzero":
		f.nonzero = true
	case "negated":
		f.negated = true
	case "sensitive":
		f.sensitive = true
	case "omitdefault":
		f.omitDefault = true
	case "since":
		f.since = mustVersion(arg)
	case "enum":
		f.enum = strings.Split(arg, "|")
	case "alias":
		p.byKey[arg] = f
	case "extra":
		p.extra = f
	default:
		panic("spec: the tag of field " + f.key + " has an unknown option " + strconv.Quote(option))
	}
}

func mustVersion(text string) Version {
	v, err := ParseVersion(text)
	if err != nil {
		panic("spec: " + err.Error())
	}
	return v
}

// setDefault reads the default of a tag, which is a text for fields that hold texts and JSON for others.
func (f *fieldPlan) setDefault(t reflect.Type, text string) {
	f.def = value.String(text)
	if v, err := value.ParseJSON([]byte(text)); err == nil && !f.codec.holdsText {
		f.def = v
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case f.codec == objectCodec && isEmptyContainer(f.def):
		f.preset = reflect.ValueOf(emptyObject)
		return
	case t.Kind() == reflect.Slice && isEmptyContainer(f.def):
		f.preset = reflect.MakeSlice(t, 0, 0)
		return
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Slice || t.Kind() == reflect.Interface:
		return // made anew for each component
	}
	f.preset = reflect.New(t).Elem()
	setScalar(f.preset, f.def)
}

// setScalar sets a boolean, number or text.
func setScalar(v reflect.Value, to value.Value) {
	switch v.Kind() {
	case reflect.Bool:
		b, _ := to.AsBool()
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		i, _ := to.AsInt()
		v.SetInt(i)
	case reflect.Float64:
		f, isFloat := to.AsFloat()
		if i, ok := to.AsInt(); ok && !isFloat {
			f = float64(i)
		}
		v.SetFloat(f)
	case reflect.String:
		v.SetString(to.Str())
	default:
		panic("spec: no default can be set for a field of type " + v.Type().String())
	}
}

// mayBeNull says whether null is a value of the field: that depends on the type and the tag, see [Kind].
func (f *fieldPlan) mayBeNull(t reflect.Type) bool {
	switch {
	case f.nullable || f.codec.any:
		return true
	case f.required || f.nonzero:
		return false
	case f.hasDefault && isEmptyContainer(f.def):
		return false
	case f.codec.hook:
		return true
	}
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Interface
}

func isEmptyContainer(v value.Value) bool {
	if o, ok := v.AsObject(); ok {
		return o.Len() == 0
	}
	items, ok := v.AsList()
	return ok && len(items) == 0
}

// field returns the field of v that f is about.
func (f *fieldPlan) field(v reflect.Value) reflect.Value { return v.FieldByIndex(f.index) }

// decodeDefault sets a field to its default.
func (f *fieldPlan) decodeDefault(target reflect.Value) {
	d := &decoder{findings: &findings{}, tree: treeOfValue(f.def, &tree{}, 0), version: Current}
	f.codec.decode(d, d.tree.root, target, place{})
}
