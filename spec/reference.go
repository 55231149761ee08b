package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// definition is a component that references lead to.
type definition struct {
	id   string
	node *node
	// state says whether the component has been read.
	state definitionState
	// component is nil if it could not be read.
	component Component
	// used is set once a reference leads here.
	used bool
}

type definitionState uint8

const (
	unread definitionState = iota
	reading
	read
)

// collectDefinitions finds all definitions of the document, wherever they stand, so that references may come in any
// order. The reference reads them as it meets them.
func (d *decoder) collectDefinitions() {
	for _, found := range d.tree.definitions {
		list := &d.tree.nodes[found.list]
		if !found.holder && !d.tree.isMember(d.tree.root, list) {
			continue // in metadata and the like it is a key like any other
		}
		if list.kind != objectNode {
			d.wrongType(list, place{field: referencedKey}, "an object")
			continue
		}
		for i := range d.tree.children(list) {
			d.define(&d.tree.children(list)[i])
		}
	}
}

func (t *tree) isMember(n, child *node) bool { return t.member(n, child.key) == child }

func (d *decoder) define(n *node) {
	if other, ok := d.definitions[n.key]; ok {
		d.err(d.tree, n.keyPos, codeDuplicateID, "keep one of them", "the component %q is defined here and at %v",
			n.key, d.tree.at(other.node.keyPos))
		return
	}
	if _, ok := d.opts.Components[n.key]; ok {
		d.warn(d.tree, n.keyPos, codeDuplicateID, "remove one of them",
			"the component %q was also supplied from outside, and that one counts", n.key)
	}
	d.definitions[n.key] = &definition{id: n.key, node: n}
}

// reference returns the component that ref, the value of a $component_ref, leads to. It is nil if there is none; that
// is reported.
func (d *decoder) reference(ref *node, at place) Component {
	if c, ok := d.opts.Components[ref.text]; ok {
		d.checkSupplied(ref, c)
		return c
	}
	def := d.definitions[ref.text]
	if def == nil {
		d.unknownReference(ref, at)
		return nil
	}
	def.used = true
	switch def.state {
	case unread:
		return d.read(def)
	case reading:
		d.cycle(ref, def)
		return nil
	default:
		return def.component
	}
}

// read reads the component of a definition.
func (d *decoder) read(def *definition) Component {
	def.state = reading
	d.open = append(d.open, def)
	if def.node.kind == objectNode {
		def.component, _ = d.resolve(def.node, place{})
	} else {
		d.wrongType(def.node, place{field: referencedKey, sub: def.id}, "a component")
	}
	d.open = d.open[:len(d.open)-1]
	def.state = read
	return def.component
}

func (d *decoder) unknownReference(ref *node, at place) {
	if slices.Contains(d.around, ref.text) && ref.text != "" {
		d.err(d.tree, ref.pos, codeReferenceCycle, "", "the component %q contains itself", ref.text)
		return
	}
	help := d.suggest(ref.text, func() []string { return slices.Collect(maps.Keys(d.definitions)) })
	switch {
	case d.ids[ref.text] != nil:
		help = "there is one elsewhere, but not in " + referencedKey + ": move it there"
	case help == "":
		help = "define it in " + referencedKey + " or supply it from outside"
	}
	where := ""
	if at.field != "" {
		where = d.describe(at) + ": "
	}
	d.err(d.tree, ref.pos, codeUnknownReference, help, "%sthere is no component %q", where, ref.text)
}

func (d *decoder) cycle(ref *node, def *definition) {
	from := len(d.open) - 1
	for from > 0 && d.open[from] != def {
		from--
	}
	chain := make([]string, 0, len(d.open)-from+1)
	for _, open := range d.open[from:] {
		chain = append(chain, fmt.Sprintf("%q", open.id))
	}
	if len(chain) > 8 {
		chain = append(chain[:4], "…", chain[len(chain)-1])
	}
	chain = append(chain, fmt.Sprintf("%q", ref.text))
	d.err(d.tree, ref.pos, codeReferenceCycle, "", "the component %q contains itself: %s",
		ref.text, strings.Join(chain, " → "))
}

// onlyReference warns of keys beside a $component_ref, which mean nothing.
func (d *decoder) onlyReference(n *node) {
	for i := range d.tree.children(n) {
		child := &d.tree.children(n)[i]
		switch child.key {
		case refKey, referencedKey:
		case versionKey, oldVersionKey:
			if n != d.tree.root {
				d.misplacedVersion(child)
			}
		default:
			d.warn(d.tree, child.keyPos, codeUnknownField, "remove it",
				"the key %q beside %s has no effect", child.key, refKey)
		}
	}
}

// checkSupplied applies the load policy to a component that was supplied, and to all in it.
func (d *decoder) checkSupplied(ref *node, c Component) {
	if d.checkedOnce[c] {
		return
	}
	Walk(c, func(in Component) bool {
		if d.checkedOnce[in] {
			return false
		}
		d.checkedOnce[in] = true
		if kind := d.kinds.of(in); kind != nil && !d.policy.allows(kind) {
			d.err(d.tree, ref.pos, codeBlocked, blockedHelp(kind),
				"%s, which was supplied, may not be used: components of type %s are blocked", nameOf(in), kind.Name)
		}
		return true
	})
}

// isValueRef reports whether n stands for a value that comes from elsewhere.
func (d *decoder) isValueRef(n *node) bool {
	return n.kind == objectNode && n.count > 0 && d.tree.nodes[n.first].key == refKey
}

func (d *decoder) hasValueRefs(n *node) bool {
	for i := range d.tree.children(n) {
		if d.isValueRef(&d.tree.children(n)[i]) {
			return true
		}
	}
	return false
}

// valueRef reads a field whose value comes from elsewhere. If it was not supplied the field stays empty, and running
// the component is what fails.
func (d *decoder) valueRef(f *fieldPlan, n *node, target reflect.Value, at place) {
	v, ok := d.suppliedValue(n, at, "", f.sensitive)
	if !ok {
		return
	}
	d.inValue(v, n, f, target, at)
}

// suppliedValue returns the value that the reference n stands for, and remembers that it was one.
func (d *decoder) suppliedValue(n *node, at place, entry string, sensitive bool) (value.Value, bool) {
	ref := &d.tree.nodes[n.first]
	if ref.kind != stringNode {
		d.wrongType(ref, place{field: refKey}, "a string")
		return value.Null, false
	}
	v, ok := d.opts.Values[ref.text]
	if def := d.definitions[ref.text]; def != nil && !ok {
		def.used = true
		d.err(d.tree, ref.pos, codeWrongReference, "", "%s must be a value, but %q is a component", d.describe(at), ref.text)
		return value.Null, false
	}
	if at.base == nil || at.within == elsewhere {
		// It could not be put back on export, and would be written in clear.
		d.err(d.tree, n.pos, codeWrongReference, "write the value itself", "%s: a value this deep cannot be supplied from outside",
			d.describe(at))
		return value.Null, false
	}
	rare := at.base.origin.extra()
	rare.refs = append(rare.refs, fieldRef{
		within: at.within, key: at.field, entry: entry, id: ref.text, loaded: v, missing: !ok,
	})
	if !ok {
		missing := MissingValue{ID: ref.text, Field: at.field, Entry: entry, Sensitive: sensitive, Pos: d.tree.at(n.pos)}
		if missing.base = at.base; at.within != "" {
			missing.Field = at.within + "." + at.field
		}
		d.missing = append(d.missing, missing)
	}
	return v, ok
}

// inValue reads a supplied value into a field.
func (d *decoder) inValue(v value.Value, n *node, f *fieldPlan, target reflect.Value, at place) {
	outer := d.tree
	d.tree = treeOfValue(v, outer, n.pos)
	defer func() { d.tree = outer }()
	root := d.tree.root
	at.owner, at.secret, at.within = nil, true, elsewhere
	if root.kind == nullNode {
		if !f.nullable {
			d.wrongNull(root, at, true)
		}
		return
	}
	f.codec.decode(d, root, target, at)
}

// entryRefs reads an object of which some entries come from elsewhere.
func (d *decoder) entryRefs(f *fieldPlan, n *node, target reflect.Value, at place) {
	var b value.ObjectBuilder
	for i := range d.tree.children(n) {
		child := &d.tree.children(n)[i]
		if !d.isValueRef(child) {
			b.Set(child.key, d.tree.value(child))
			continue
		}
		if v, ok := d.suppliedValue(child, at, child.key, f.sensitive); ok {
			b.Set(child.key, v)
		}
	}
	d.inValue(b.Value(), n, f, target, at)
}
