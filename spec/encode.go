package spec

import (
	"reflect"

	"github.com/wayflow-go/wayflow/value"
)

// pluginVersion is what is written as the version of the plugins for the extensions of WayFlow: that of the reference
// whose components we have.
const pluginVersion = "26.3.1"

// encoder turns components into values.
type encoder struct {
	kinds   *kindTable
	version Version
	// apart are the components that are left out of the document, uses those of the document that is being written.
	apart map[Component]bool
	uses  map[Component]*use
	// owner is the component whose fields are being written.
	owner *use
	errs  Diagnostics
}

func newEncoder(opts *ExportOptions) *encoder {
	e := &encoder{kinds: builtinKinds(), version: Current}
	if len(opts.Plugins) > 0 {
		e.kinds = newKindTable(opts.Plugins, e.kinds)
	}
	return e
}

// document returns what is written for the root of a graph.
func (e *encoder) document(g *graph) value.Value {
	e.uses = g.uses
	var b value.ObjectBuilder
	e.body(g.root, &b)
	b.Set(versionKey, value.String(e.version.String()))
	return b.Value()
}

// component returns what is written where c is used.
func (e *encoder) component(c Component) value.Value {
	u := e.uses[c]
	if u.shared() {
		return reference(u.id)
	}
	var b value.ObjectBuilder
	e.body(u, &b)
	return b.Value()
}

func reference(id string) value.Value {
	return value.Obj(value.Member{Key: refKey, Value: value.String(id)})
}

// body writes the keys of a component.
func (e *encoder) body(u *use, b *value.ObjectBuilder) {
	outer := e.owner
	e.owner = u
	defer func() { e.owner = outer }()
	rare := u.component.Base().origin.rare
	b.Set(typeKey, value.String(u.kind.Name))
	e.structure(u.kind.plan(), reflect.ValueOf(u.component).Elem(), b)
	if rare != nil {
		for _, k := range rare.kept {
			if k.within == "" {
				b.Set(k.key, e.any(k.value))
			}
		}
	}
	e.plugin(u, rare, b)
	if len(u.defines) > 0 {
		var list value.ObjectBuilder
		for _, defined := range u.defines {
			var in value.ObjectBuilder
			e.body(defined, &in)
			list.Set(defined.id, in.Value())
		}
		b.Set(referencedKey, list.Value())
	}
}

// plugin writes which plugin a component belongs to, as it was read if it was.
func (e *encoder) plugin(u *use, rare *rareOrigin, b *value.ObjectBuilder) {
	name, version := u.kind.Plugin, pluginVersion
	if rare != nil && rare.plugin != "" {
		name = rare.plugin
	}
	if rare != nil && rare.pluginVersion != "" {
		version = rare.pluginVersion
	}
	if name != "" {
		b.Set(pluginKey, value.String(name))
		b.Set(pluginVersionKey, value.String(version))
	}
}

// structure writes the fields of a component or of another struct.
func (e *encoder) structure(p *structPlan, v reflect.Value, b *value.ObjectBuilder) {
	var base *ComponentBase
	if c, ok := v.Addr().Interface().(Component); ok {
		base = c.Base()
	}
	for _, f := range p.fields {
		field := f.field(v)
		isRef := base != nil && base.origin.isRef(f.key)
		if (f.omitDefault || f.since > e.version) && !isRef && f.atDefault(field) {
			continue
		}
		b.Set(f.key, e.field(f, field, base))
	}
	if p.extra != nil {
		extra := p.extra.field(v).Interface().(*value.Object)
		for key, member := range extra.All() {
			b.Set(key, member)
		}
	}
}

// field returns what is written for a field. base is the component that has it, or nil.
func (e *encoder) field(f *fieldPlan, v reflect.Value, base *ComponentBase) value.Value {
	out := e.plain(f, v)
	if base == nil {
		return out
	}
	if f.key == "id" {
		return value.String(e.owner.id)
	}
	if f.sensitive && out.Truthy() {
		if id := base.origin.refOf(f.key); id != "" {
			return reference(id)
		}
		return reference(e.owner.id + "." + f.key)
	}
	if rare := base.origin.rare; rare != nil {
		out = rare.restore(f.key, out)
		for _, k := range rare.kept {
			if k.within == f.key {
				o, _ := out.AsObject()
				out = o.With(k.key, e.any(k.value)).Of()
			}
		}
	}
	return out
}

// restore puts the references to plain values back that the field was read with, unless it was changed since.
func (r *rareOrigin) restore(key string, out value.Value) value.Value {
	for _, ref := range r.refs {
		switch {
		case ref.within == "" && ref.key == key:
			out = ref.restore(out)
		case ref.within == key:
			o, ok := out.AsObject()
			if now, there := o.Get(ref.key); ok && (there || ref.missing) {
				out = o.With(ref.key, ref.restore(now)).Of()
			}
		}
	}
	return out
}

// restore puts the reference into what a field is written as.
func (r *fieldRef) restore(out value.Value) value.Value {
	if r.entry == "" {
		if r.isUnchanged(out) {
			return reference(r.id)
		}
		return out
	}
	o, _ := out.AsObject()
	if now, _ := o.Get(r.entry); r.isUnchanged(now) {
		return o.With(r.entry, reference(r.id)).Of()
	}
	return out
}

// isUnchanged reports whether a value is still the one that was supplied, or still missing.
func (r *fieldRef) isUnchanged(now value.Value) bool {
	if r.missing {
		return !now.Truthy()
	}
	return value.Equal(now, r.loaded)
}

// plain returns what is written for a field, secrets in clear.
func (e *encoder) plain(f *fieldPlan, v reflect.Value) value.Value {
	switch {
	case f.negated:
		return value.Bool(!v.Bool())
	case f.nonzero && v.IsZero():
		return f.def
	}
	out := f.codec.encode(e, v)
	if out.IsNull() && !f.nullable && f.hasDefault && isEmptyContainer(f.def) {
		return e.emptyDefault(f, v.Type())
	}
	return out
}

// emptyDefault returns what a missing field with the default {} or [] is written as: for a struct that is one with the
// defaults of its own fields.
func (e *encoder) emptyDefault(f *fieldPlan, t reflect.Type) value.Value {
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct || f.codec == objectCodec {
		return f.def
	}
	p := reflect.New(t).Elem()
	f.decodeDefault(p)
	return f.codec.encode(e, p)
}

// atDefault reports whether a field has what a missing key means.
func (f *fieldPlan) atDefault(v reflect.Value) bool {
	if v.IsZero() {
		return f.negated || f.nonzero || !f.hasDefault || isEmptyContainer(f.def) || f.def.IsNull()
	}
	switch {
	case f.negated:
		return false
	case v.Kind() == reflect.Slice && v.Len() == 0:
		return f.hasDefault && isEmptyContainer(f.def)
	case f.codec.component || f.codec.visit != nil && !f.codec.hook:
		return false
	}
	out := f.codec.encode(&encoder{}, v)
	if !f.hasDefault {
		return out.IsNull()
	}
	if value.Equal(out, f.def) {
		return true
	}
	p := reflect.New(v.Type()).Elem()
	f.decodeDefault(p)
	return value.Equal(out, f.codec.encode(&encoder{}, p))
}

// any returns what is written for a value that a hook or an unknown key gave.
func (e *encoder) any(x any) value.Value {
	switch x := x.(type) {
	case nil:
		return value.Null
	case value.Value:
		return x
	case Component:
		return e.component(x)
	case []kept:
		items := make([]value.Value, len(x))
		for i := range x {
			items[i] = e.any(x[i])
		}
		return value.List(items...)
	case Dict[kept]:
		var b value.ObjectBuilder
		for _, entry := range x {
			b.Set(entry.Key, e.any(entry.Value))
		}
		return b.Value()
	}
	v := reflect.New(reflect.TypeOf(x)).Elem()
	v.Set(reflect.ValueOf(x))
	return codecOf(v.Type()).encode(e, v)
}
