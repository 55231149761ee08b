package spec

import (
	"fmt"
	"strings"
)

// place says for messages where something stands.
type place struct {
	// owner is the object that has the field; for a component its name and type are told.
	owner *node
	field string
	// sub is a key in the field, index an item of it from 1 on.
	sub   string
	index int
	// base is the component that has the field, or that has the struct which has it: then within is where.
	base   *ComponentBase
	within string
	// secret is set where the text must not be told.
	secret bool
}

func (p place) key(key string) place { p.sub = key; return p }

func (p place) item(i int) place { p.index = i + 1; return p }

// inside returns the place of what is in the struct that stands at p.
func (p place) inside() place {
	if p.within != "" || p.index > 0 || p.sub != "" {
		p.within = elsewhere
	} else {
		p.within = p.field
	}
	p.index, p.sub = 0, ""
	return p
}

// elsewhere is the place of what lies deeper than in a struct that is the value of a component's field.
const elsewhere = "..."

// describe returns the place in words: `node "ask": "tools", item 2`.
func (d *decoder) describe(p place) string {
	var b strings.Builder
	if p.owner != nil {
		b.WriteString(d.describeOwner(p.owner))
	}
	if p.within != "" && p.within != elsewhere {
		fmt.Fprintf(&b, ": %q", p.within)
	}
	if p.field == "" {
		return b.String()
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	fmt.Fprintf(&b, "%q", p.field)
	if p.index > 0 {
		fmt.Fprintf(&b, ", item %d", p.index)
	}
	if p.sub != "" {
		fmt.Fprintf(&b, ", key %q", p.sub)
	}
	return b.String()
}

// describeOwner names a component by its type and its name or id.
func (d *decoder) describeOwner(n *node) string {
	typ := d.tree.member(n, typeKey)
	if typ == nil || typ.kind != stringNode {
		return ""
	}
	for _, key := range []string{"name", "id"} {
		if name := d.tree.member(n, key); name != nil && name.kind == stringNode && name.text != "" {
			return fmt.Sprintf("%s %q", typ.text, name.text)
		}
	}
	return typ.text
}

// describeStruct names the component or struct that has the field of a place.
func (d *decoder) describeStruct(at place) string {
	at.field = ""
	return d.describe(at)
}

func (d *decoder) wrongType(n *node, at place, expected string) {
	help := ""
	switch {
	case n.kind == dateNode || n.kind == binaryNode:
		return // see checkScalars
	case n.kind == boolNode && expected == "a string" && d.tree.yaml:
		help = "put it in quotes"
	}
	d.err(d.tree, n.pos, codeWrongType, help, "%s must be %s, not %s", d.describe(at), expected, d.found(n, at))
}

// looseType warns of a text where something else was meant, which the reference takes as well.
func (d *decoder) looseType(n *node, at place, expected string) {
	d.warn(d.tree, n.pos, codeWrongType, "remove the quotes", "%s should be %s, not a string", d.describe(at), expected)
}

// found says what a node is, with its text if that is short and no secret.
func (d *decoder) found(n *node, at place) string {
	if at.secret {
		return n.kind.what()
	}
	switch n.kind {
	case boolNode, intNode, floatNode:
		if len(n.text) <= 40 {
			return n.text
		}
	case stringNode:
		if len(n.text) <= 40 {
			return fmt.Sprintf("%s %q", n.kind.what(), n.text)
		}
	default:
	}
	return n.kind.what()
}
