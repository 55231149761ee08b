package spec

import (
	"fmt"
	"reflect"
)

// readVersion sets the version that the document, or the entry of a companion, has.
func (d *decoder) readVersion(root *node) {
	n := d.tree.member(root, versionKey)
	if n == nil {
		n = d.tree.member(root, oldVersionKey)
	}
	if n == nil {
		if d.tree.member(root, typeKey) == nil && d.tree.member(root, refKey) == nil {
			return // that it is no document is reported later
		}
		d.warn(d.tree, root.pos, codeVersion, "add "+versionKey+": "+Current.String(),
			"the document does not say its version of agent spec, and is read as %s", Current)
		return
	}
	if n.kind != stringNode {
		d.err(d.tree, n.pos, codeVersion, "put it in quotes, with all its numbers, as \"26.3.1\"",
			"%q must be a string, not %s", n.key, d.found(n, place{}))
		return
	}
	v, note, err := readVersion(n.text)
	if err != nil {
		d.err(d.tree, n.pos, codeVersion, versionHelp(), "%v", err)
		return
	}
	if note != "" {
		d.warn(d.tree, n.pos, codeVersion, "", "%s", note)
	}
	d.version, d.tree.version = v, v
}

// checkVersion reports a component that the version of the document does not have.
func (d *decoder) checkVersion(n *node, c Component, kind *kindPlan) {
	need := kind.Since
	if v, ok := c.(versioned); ok {
		need = max(need, v.minVersion())
	}
	if need > d.version {
		d.err(d.tree, n.pos, codeVersion, fmt.Sprintf("write %s: %s", versionKey, need),
			"%s needs version %s of agent spec, but the document has %s", d.describe(place{owner: n}), need, d.version)
	}
}

// checkSince reports a field with a value that the version of the document does not have.
func (d *decoder) checkSince(f *fieldPlan, n *node, target reflect.Value, at place) {
	if f.atDefault(target) {
		return
	}
	d.err(d.tree, n.pos, codeVersion, fmt.Sprintf("write %s: %s", versionKey, f.since),
		"%s needs version %s of agent spec, but the document has %s", d.describe(at), f.since, d.version)
}
