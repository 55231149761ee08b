package value

import (
	"slices"
	"strconv"
	"strings"
)

// maxInlined bounds how many schemas one property may pull in by references: references to references can multiply.
const maxInlined = 10_000

// spend counts a schema that is read by way of a reference, and reports whether it may be read.
func (ps *parser) spend() bool {
	if len(ps.chain) == 0 {
		return true
	}
	if ps.inlined++; ps.inlined == maxInlined {
		ps.fault("", "its references ($ref) expand to more than "+strconv.Itoa(maxInlined)+" schemas")
	}
	return ps.inlined < maxInlined
}

// follow returns the schema that o refers to, overlaid with what stands beside the reference. A reference that leads
// nowhere, out of the document, or in a circle is left alone, as in the reference; such a schema is of type any.
func (ps *parser) follow(o *Object) *Object {
	for ps.unused == 0 {
		ref, ok := o.Get("$ref")
		if !ok {
			return o
		}
		ps.anyRefs = true
		pointer := ref.Str()
		target := ps.resolve(pointer)
		if target == nil || slices.Contains(ps.chain, pointer) || !ps.spend() {
			return o
		}
		ps.chain = append(ps.chain, pointer)
		o = overlay(target, o)
	}
	return o
}

// overlay returns target with the members of o, the reference excepted.
func overlay(target, o *Object) *Object {
	members := slices.Clone(target.members)
	for k, v := range o.All() {
		if k != "$ref" {
			members = append(members, Member{k, v})
		}
	}
	return NewObject(members...)
}

// resolve returns the schema that a pointer into the root schema names, or nil.
func (ps *parser) resolve(pointer string) *Object {
	pointer, ok := strings.CutPrefix(pointer, "#")
	if !ok || pointer != "" && pointer[0] != '/' {
		return nil
	}
	v := ps.root.Of()
	for pointer != "" {
		var step string
		step, pointer, _ = strings.Cut(pointer[1:], "/")
		if pointer != "" {
			pointer = "/" + pointer
		}
		v = stepInto(v, unescapePointer(step))
	}
	o, _ := v.AsObject()
	return o
}

func stepInto(v Value, step string) Value {
	items, ok := v.AsList()
	if !ok {
		return v.Get(step)
	}
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(items) {
		return items[i]
	}
	return Null
}
