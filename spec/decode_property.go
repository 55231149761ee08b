package spec

import (
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// property reads a property, which must have a title if titled is set.
func (d *decoder) property(n *node, p *value.Property, at place, titled bool) {
	if n.kind != objectNode {
		d.wrongType(n, at, "a property, which is a JSON schema with a title")
		return
	}
	schema := d.tree.object(n).Of()
	parsed, err := value.ParseProperty(schema)
	if err != nil {
		d.schemaFaults(n, err, at)
		return
	}
	*p = parsed
	if titled && p.Title == "" {
		d.err(d.tree, n.pos, codeBadProperty, "give it a title", "%s: a property must have a title", d.describe(at))
	} else if err := value.CheckTitles(schema); err != nil {
		d.schemaFaults(n, err, at)
	}
	if err := value.CheckDefault(*p); err != nil {
		d.schemaFaults(n, err, at)
	}
}

// schemaFaults reports the faults of the schema at n where they are.
func (d *decoder) schemaFaults(n *node, err error, at place) {
	for _, fault := range value.SchemaErrors(err) {
		in := n
		for step := range strings.SplitSeq(strings.TrimPrefix(fault.Path, "/"), "/") {
			if next := d.tree.pointerStep(in, step); next != nil {
				in = next
			}
		}
		what := fault.Error()
		if strings.Count(fault.Path, "/") == 1 {
			what = fault.Message // the position says where
		}
		d.err(d.tree, in.pos, codeBadProperty, "", "%s: %s", d.describe(at), what)
	}
}
