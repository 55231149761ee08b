package program

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// templated collects the inputs of the templates of a component that has several of them.
type templated struct {
	*compiler
	owner  spec.Component
	inputs []value.Property
	// plain are the variables that Agent Spec sees too: in plain placeholders, outside secrets.
	plain map[string]bool
}

func (c *compiler) templated(owner spec.Component) *templated {
	return &templated{compiler: c, owner: owner, plain: map[string]bool{}}
}

// text compiles a text that may be a template.
func (t *templated) text(s string, field ...any) *Text {
	if !strings.Contains(s, "{") && !strings.HasSuffix(s, "\n") {
		return &Text{Fixed: s}
	}
	return t.parsed(s, at(t.owner, field...))
}

func (t *templated) parsed(s string, where finding) *Text {
	tmpl, err := jinja.Parse(s)
	if err != nil {
		t.errorf(where, "template", "mend the template", "the template of %q is wrong%s", t.owner.Base().Name, templateError(err))
		return &Text{}
	}
	if tmpl.Arity() == 0 {
		if fixed, err := tmpl.Render(nil); err == nil {
			return &Text{Fixed: fixed}
		}
	}
	out := &Text{Template: tmpl, Args: make([]int, tmpl.Arity())}
	for i, v := range tmpl.Variables() {
		out.Args[i] = t.input(prompt.Input(v))
	}
	return out
}

// input returns the index of an input, which is new or known. The first that uses it says what it is.
func (t *templated) input(p value.Property) int {
	i := slices.IndexFunc(t.inputs, func(q value.Property) bool { return q.Title == p.Title })
	if i < 0 {
		i = len(t.inputs)
		t.inputs = append(t.inputs, p)
	}
	return i
}

// see notes the placeholders in a text as ones that a document has to declare.
func (t *templated) see(s string) {
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		t.plain[m[1]] = true
	}
}

// seeAll notes those in all texts of a value, keys included.
func (t *templated) seeAll(v value.Value) {
	switch v.Kind() {
	default: // no text
	case value.KindString:
		t.see(v.Str())
	case value.KindList:
		items, _ := v.AsList()
		for _, item := range items {
			t.seeAll(item)
		}
	case value.KindObject:
		o, _ := v.AsObject()
		for k, item := range o.All() {
			t.see(k)
			t.seeAll(item)
		}
	}
}

// hidden are the inputs that a document need not declare, since Agent Spec does not see them.
func (t *templated) hidden() (names []string) {
	for _, p := range t.inputs {
		if !t.plain[p.Title] {
			names = append(names, p.Title)
		}
	}
	return names
}

// unused adds the inputs that Agent Spec sees, no template uses, and the document goes along with.
func (t *templated) unused(wanted func(name string) bool) {
	var names []string
	for name := range t.plain {
		if _, ok := find(t.inputs, name); !ok && wanted(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		t.inputs = append(t.inputs, value.Property{Title: name, Type: value.StringType})
	}
}

// shape compiles a value in which texts may be templates.
func (t *templated) shape(v value.Value, field ...any) Shape {
	switch v.Kind() {
	case value.KindString:
		text := t.text(v.Str(), field...)
		if text.Template == nil {
			return Shape{Fixed: value.String(text.Fixed)}
		}
		return Shape{Text: text}
	case value.KindList:
		return t.list(v, field)
	case value.KindObject:
		o, _ := v.AsObject()
		pairs := t.pairs(o, field...)
		if !slices.ContainsFunc(pairs, func(p Pair) bool { return p.Key.Template != nil || !p.Value.fixed() }) {
			fixed, _ := RenderPairs(pairs, nil) // nothing in it can fail
			return Shape{Fixed: fixed.Of()}
		}
		return Shape{Members: pairs}
	default:
		return Shape{Fixed: v}
	}
}

func (t *templated) list(v value.Value, field []any) Shape {
	items, _ := v.AsList()
	shapes := make([]Shape, len(items))
	fixed := make([]value.Value, len(items))
	all := true
	for i, item := range items {
		shapes[i] = t.shape(item, inside(field, i)...)
		fixed[i] = shapes[i].Fixed
		all = all && shapes[i].fixed()
	}
	if all {
		return Shape{Fixed: value.List(fixed...)}
	}
	return Shape{List: shapes}
}

// pairs compiles an object in which keys and values may be templates.
func (t *templated) pairs(o *value.Object, field ...any) []Pair {
	var pairs []Pair
	for k, v := range o.All() {
		where := inside(field, k)
		pairs = append(pairs, Pair{Key: t.text(k, where...), Value: t.shape(v, where...)})
	}
	return pairs
}

func (s *Shape) fixed() bool { return s.Text == nil && s.List == nil && s.Members == nil }

// inside is the way to something inside a field.
func inside(field []any, step any) []any { return append(slices.Clip(slices.Clone(field)), step) }
