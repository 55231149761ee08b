package spec

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// structure reads the fields of a component or of another struct.
func (d *decoder) structure(p *structPlan, n *node, v reflect.Value, at place) {
	var few [64]bool
	seen := few[:]
	if len(p.fields) > len(few) {
		seen = make([]bool, len(p.fields))
	}
	d.members(p, n, v, at, seen)
	for _, f := range p.fields {
		if !seen[f.number] {
			d.missingField(f, n, v, at)
		}
	}
	if c, ok := v.Addr().Interface().(checked); ok {
		d.check(c, n, at)
	}
}

// members reads the fields that n has, and notes which those are.
func (d *decoder) members(p *structPlan, n *node, v reflect.Value, at place, seen []bool) {
	var extra []value.Member
	next := 0
	for i := range int(n.count) {
		child := &d.tree.nodes[int(n.first)+i]
		var f *fieldPlan
		// Most documents have the fields in our order.
		if next < len(p.fields) && p.fields[next].key == child.key {
			f = p.fields[next]
		} else {
			f = p.byKey[child.key]
		}
		switch {
		case f == nil && p.extra != nil:
			extra = append(extra, value.Member{Key: child.key, Value: d.tree.value(child)})
			continue
		case f == nil:
			d.unknownKey(p, n, child, at)
			continue
		case seen[f.number]:
			d.err(d.tree, child.keyPos, codeDuplicateKey, fmt.Sprintf("keep %q", f.key),
				"%s: %q is another name of %q, which is there too", d.describeStruct(at), child.key, f.key)
			continue
		}
		seen[f.number], next = true, f.number+1
		at.field = child.key
		d.field(f, child, v, at)
	}
	if extra != nil {
		*p.extra.field(v).Addr().Interface().(**value.Object) = value.NewObject(extra...)
	}
}

// field reads the value n of a field of v.
func (d *decoder) field(f *fieldPlan, n *node, v reflect.Value, at place) {
	target := f.field(v)
	at.secret = at.secret || f.sensitive
	switch {
	case n.kind == nullNode && f.nullable:
		// Some nil pointers have a default; here nil was asked for.
		target.SetZero()
		return
	case n.kind == nullNode:
		d.wrongNull(n, at, f.required)
		return
	case n.kind == objectNode && !f.codec.component && d.isValueRef(n):
		d.valueRef(f, n, target, at)
		return
	case n.kind == objectNode && f.codec.entries && d.hasValueRefs(n):
		d.entryRefs(f, n, target, at)
	default:
		f.codec.decode(d, n, target, at)
	}
	if f.negated {
		target.SetBool(!target.Bool())
	}
	if f.enum != nil || f.constant {
		d.checkEnum(f, n, target, at)
	}
	if f.since > d.version {
		d.checkSince(f, n, target, at)
	}
}

// element reads an item of a list or an entry of an object.
func (d *decoder) element(c *codec, n *node, v reflect.Value, at place) {
	if n.kind == nullNode && !c.any {
		if v.Kind() == reflect.Pointer && !c.component {
			return
		}
		d.wrongNull(n, at, true)
		return
	}
	c.decode(d, n, v, at)
}

// decodeTarget reads n into *target.
func (d *decoder) decodeTarget(n *node, target any, at place) {
	v := reflect.ValueOf(target).Elem()
	d.element(codecOf(v.Type()), n, v, at)
}

// missingField gives a field its default, or reports that it must be there.
func (d *decoder) missingField(f *fieldPlan, n *node, v reflect.Value, at place) {
	if f.required {
		d.err(d.tree, n.pos, codeMissingField, "", "%s: the required field %q is missing", d.describeStruct(at), f.key)
		return
	}
	if f.hasDefault {
		d.setDefault(f, f.field(v))
	}
}

func (d *decoder) setDefault(f *fieldPlan, target reflect.Value) {
	switch {
	case f.negated:
		// The zero value is what a missing key means.
	case !f.preset.IsValid():
		f.decodeDefault(target)
	case target.Kind() == reflect.Pointer && f.codec != objectCodec:
		p := reflect.New(f.preset.Type())
		p.Elem().Set(f.preset)
		target.Set(p)
	default:
		target.Set(f.preset)
	}
}

// object returns an object as a value; the empty one, which is frequent, is always the same.
func (d *decoder) object(n *node) *value.Object {
	if n.count == 0 {
		return emptyObject
	}
	return d.tree.object(n)
}

var emptyObject = value.NewObject()

func (d *decoder) wrongNull(n *node, at place, required bool) {
	help := "give a value, or remove the key to have the default"
	if required {
		help = "give a value"
	}
	d.err(d.tree, n.pos, codeWrongType, help, "%s must not be null", d.describe(at))
}

// check reports the rules of c that are broken.
func (d *decoder) check(c checked, n *node, at place) {
	c.check(func(key, problem string) {
		pos := n.pos
		if child := d.tree.member(n, key); child != nil {
			pos = child.pos
		}
		what, help, _ := strings.Cut(problem, "; ")
		at.field = key
		d.err(d.tree, pos, codeBadValue, help, "%s: %s", d.describe(at), what)
	})
}

// checkEnum reports texts that are not among those that the field allows.
func (d *decoder) checkEnum(f *fieldPlan, n *node, v reflect.Value, at place) {
	if f.constant {
		if got := d.tree.value(n); !value.Equal(got, f.def) {
			d.err(d.tree, n.pos, codeBadValue, "", "%s must be %v, not %s", d.describe(at), f.def, d.found(n, at))
		}
		return
	}
	if n.kind == stringNode {
		d.checkAllowed(f, n, at)
		return
	}
	if v.Kind() != reflect.Slice {
		return
	}
	for i := range d.tree.children(n) {
		if child := &d.tree.children(n)[i]; child.kind == stringNode {
			d.checkAllowed(f, child, at.item(i))
		}
	}
}

func (d *decoder) checkAllowed(f *fieldPlan, n *node, at place) {
	for _, allowed := range f.enum {
		if n.text == allowed {
			return
		}
	}
	d.err(d.tree, n.pos, codeBadValue, DidYouMean(n.text, f.enum), "%s must be one of %s, not %s",
		d.describe(at), strings.Join(f.enum, ", "), d.found(n, at))
}
