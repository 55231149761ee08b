package spec

import (
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// Pos is a place in a document, or in the Go source that built it. Lines and columns count from 1, columns in characters; a
// place in Go source has no column.
type Pos struct {
	File         string
	Line, Column int
}

// String returns "file:line:column", without what is not known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return p.File + ":" + strconv.Itoa(p.Line)
	case p.File == "":
		return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
	default:
		return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
	}
}

// origin is what a component remembers of the document it was read from. The zero origin is that of a component built
// in Go.
type origin struct {
	tree *tree
	node *node
	kind *kindPlan
	// rare is nil unless the component has something that seldom occurs.
	rare *rareOrigin
}

// rareOrigin is what few components remember.
type rareOrigin struct {
	// plugin and pluginVersion are those that were read, unless they are ours.
	plugin, pluginVersion string
	// refs are the fields whose values were references to plain values.
	refs []fieldRef
	// kept are the keys that no field has, as they were read.
	kept []keptField
	// unused are definitions that nothing refers to. Only the root has them.
	unused []Component
	// built is where in Go source the component was made, if that is known.
	built Pos
}

// fieldRef is a field, or an entry of one, whose value was given by reference.
type fieldRef struct {
	// key is that of the field, entry that in the field's object or empty. If the field is in a struct that is the value
	// of a field of the component, within is the key of that one.
	within, key, entry string
	id                 string
	// loaded is the value that was supplied, unless it is missing.
	loaded  value.Value
	missing bool
}

// keptField is a key that no field of the component has.
type keptField struct {
	// within is empty, or the field whose struct the key is in.
	within string
	key    string
	value  kept
}

func (o *origin) extra() *rareOrigin {
	if o.rare == nil {
		o.rare = &rareOrigin{}
	}
	return o.rare
}

// isRef reports whether the whole field was given by reference.
func (o *origin) isRef(key string) bool { return o.refOf(key) != "" }

// refOf returns the id by which the whole field was given, or "".
func (o *origin) refOf(key string) string {
	if o.rare == nil {
		return ""
	}
	for _, ref := range o.rare.refs {
		if ref.within == "" && ref.key == key && ref.entry == "" {
			return ref.id
		}
	}
	return ""
}

// version is the version of the document that the component was read from, or 0.
func (o *origin) version() Version {
	if o.tree == nil {
		return 0
	}
	return o.tree.version
}

// BuiltAt notes where in Go source a component was made, which findings then name as its place.
func (c *ComponentBase) BuiltAt(pos Pos) { c.origin.extra().built = pos }

// builtAt is the place in Go source; zero if it is not known.
func (o *origin) builtAt() Pos {
	if o.rare == nil {
		return Pos{}
	}
	return o.rare.built
}

// Pos returns where the component begins in its document. For one that was built in Go it is the place that was noted
// with [ComponentBase.BuiltAt], else zero.
func (c *ComponentBase) Pos() Pos {
	if c.origin.tree == nil {
		return c.origin.builtAt()
	}
	return c.origin.tree.at(c.origin.node.pos)
}

// FieldPos returns where a field of the component stands in its document, or a part of it: the path is made of keys and
// of indexes into lists. The first key may be the one of another spelling than that of the document. It is the place of the value, or that of the innermost part of
// the path that the document has; in the end the component's own.
func (c *ComponentBase) FieldPos(path ...any) Pos {
	t := c.origin.tree
	if t == nil {
		return c.origin.builtAt()
	}
	n := c.origin.node
	for i, step := range path {
		next := t.step(n, step)
		if key, ok := step.(string); ok && next == nil && i == 0 {
			next = c.origin.otherKey(key)
		}
		if next == nil {
			break
		}
		n = next
	}
	return t.at(n.pos)
}

// otherKey returns what stands in the document for a field under another of its keys: an alias, or the one of its other
// spelling.
func (o *origin) otherKey(key string) *node {
	p := o.kind.plan()
	for i := range o.tree.children(o.node) {
		child := &o.tree.children(o.node)[i]
		f := p.byKey[child.key]
		if f == nil || f.key == child.key && f.plainKey(o.kind) != key {
			continue
		}
		if f.key == key || f.plainKey(o.kind) == key {
			return child
		}
	}
	return nil
}

// plainKey returns the key of a field in the plain spelling of its kind.
func (f *fieldPlan) plainKey(k *kindPlan) string {
	key, _, _ := strings.Cut(k.structType().FieldByIndex(f.index).Tag.Get("spec"), ",")
	return key
}

// step returns the child of n that a key or an index leads to, or nil.
func (t *tree) step(n *node, step any) *node {
	switch s := step.(type) {
	case string:
		return t.member(n, s)
	case int:
		if n.kind == listNode && s >= 0 && s < int(n.count) {
			return &t.children(n)[s]
		}
	}
	return nil
}

// pointerStep returns the child of n that a step of a JSON Pointer leads to, or nil.
func (t *tree) pointerStep(n *node, step string) *node {
	if i, err := strconv.Atoi(step); err == nil && n.kind == listNode {
		return t.step(n, i)
	}
	return t.member(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
}
