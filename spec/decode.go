package spec

import (
	"fmt"
	"reflect"
)

// decoder turns the tree of a document into components.
type decoder struct {
	*findings
	tree    *tree
	opts    LoadOptions
	kinds   *kindTable
	policy  *policy
	version Version
	// definitions are those of the document, by the ids that references use.
	definitions map[string]*definition
	// ids has every component of the document by its own id.
	ids map[string]Component
	// open are the definitions that are being read, the innermost last.
	open []*definition
	// around are the ids of the component that is being read and of those that it is in, the outermost first.
	around []string
	// overflow is set once components lie too deep.
	overflow bool
	// suggested counts the calls of suggest.
	suggested int
	// shared are the components that YAML aliases stand for.
	shared map[content]Component
	fits   map[fit]bool
	// checked are the components from outside that the load policy was applied to.
	checkedOnce map[Component]bool
	// entryNode is the entry of a companion document that is being read.
	entryNode *node
	missing   []MissingValue
}

func (d *decoder) err(t *tree, pos uint32, code, help, format string, args ...any) {
	d.add(t, pos, Diagnostic{Code: code, Component: d.current(), Help: help, Message: fmt.Sprintf(format, args...)})
}

func (d *decoder) warn(t *tree, pos uint32, code, help, format string, args ...any) {
	d.add(t, pos, Diagnostic{
		Severity: Warning, Code: code, Component: d.current(), Help: help, Message: fmt.Sprintf(format, args...),
	})
}

// maxSuggestions bounds how often names are compared to find the one that was meant, and maxNames with how many: a
// hostile document could keep us busy with it.
const (
	maxSuggestions = 50
	maxNames       = 2000
)

// suggest is [DidYouMean] for sets of names that a document can make large.
func (d *decoder) suggest(name string, known func() []string) string {
	if d.suggested++; d.suggested > maxSuggestions {
		return ""
	}
	names := known()
	if len(names) > maxNames {
		return ""
	}
	return DidYouMean(name, names)
}

// current returns the id of the component that is being read, or "".
func (d *decoder) current() string {
	if len(d.around) == 0 {
		return ""
	}
	return d.around[len(d.around)-1]
}

// idAt returns the id of the component at n, or "".
func (d *decoder) idAt(n *node) string {
	if id := d.tree.member(n, "id"); id != nil && id.kind == stringNode {
		return id.text
	}
	return ""
}

// content says which children a node has, which YAML aliases have in common with their anchors.
type content struct{ first, count uint32 }

// fit asks whether a component fits into a field.
type fit struct{ component, field reflect.Type }

// component reads the component, or the reference to one, that stands at n. It returns nil if there is none that a
// field of type want can hold; that is reported.
func (d *decoder) component(n *node, want reflect.Type, at place) Component {
	if n.kind != objectNode {
		d.wrongType(n, at, typeWords(want))
		return nil
	}
	c, of := d.resolve(n, at)
	if c == nil || d.fit(c, want) {
		return c
	}
	code := codeWrongType
	if of != "" {
		code, of = codeWrongReference, fmt.Sprintf(" (%q)", of)
	}
	d.err(d.tree, n.pos, code, "", "%s must be %s, not %s%s", d.describe(at), typeWords(want), article(TypeName(c)), of)
	return nil
}

// resolve reads what stands at n; for a reference it also returns the id.
func (d *decoder) resolve(n *node, at place) (c Component, id string) {
	if ref := d.tree.member(n, refKey); ref != nil {
		if ref.kind != stringNode {
			d.wrongType(ref, place{field: refKey}, "a string")
			return nil, ""
		}
		d.onlyReference(n)
		return d.reference(ref, at), ref.text
	}
	if n.shared {
		if c, ok := d.shared[content{n.first, n.count}]; ok {
			return c, ""
		}
	}
	c = d.inline(n, at)
	if n.shared {
		if d.shared == nil {
			d.shared = make(map[content]Component)
		}
		d.shared[content{n.first, n.count}] = c
	}
	return c, ""
}

// fit reports whether a field of type want can hold c.
func (d *decoder) fit(c Component, want reflect.Type) bool {
	have := reflect.TypeOf(c)
	if have == want {
		return true
	}
	key := fit{have, want}
	ok, known := d.fits[key]
	if !known {
		ok = have.AssignableTo(want)
		d.fits[key] = ok
	}
	return ok
}

// inline reads the component that stands at n.
func (d *decoder) inline(n *node, at place) Component {
	if len(d.around) >= MaxDepth {
		d.overflow = true
		d.err(d.tree, n.pos, codeTooDeep, "", "components lie more than %d levels deep inside each other", MaxDepth)
		return nil
	}
	kind := d.kindOf(n, at)
	if kind == nil {
		return nil
	}
	if !d.policy.allows(kind) {
		d.err(d.tree, n.pos, codeBlocked, blockedHelp(kind),
			"%s: components of type %s may not be loaded", d.describe(place{owner: n}), kind.Name)
		return nil
	}
	d.around = append(d.around, d.idAt(n))
	defer func() { d.around = d.around[:len(d.around)-1] }()
	c := kind.New()
	base := c.Base()
	base.origin.tree, base.origin.node, base.origin.kind = d.tree, n, kind
	before := len(d.list)
	d.structure(kind.plan(), n, reflect.ValueOf(c).Elem(), place{owner: n, base: base})
	d.identify(n, c)
	if kind.Legacy != "" {
		d.warn(d.tree, n.pos, codeLegacy, "use "+kind.Legacy,
			"%s: the type %s is no longer used", d.describe(place{owner: n}), kind.Name)
	}
	if len(d.list) == before {
		d.checkVersion(n, c, kind)
	}
	return c
}

// kindOf returns the kind of the component that stands at n. If there is none, that is reported.
func (d *decoder) kindOf(n *node, at place) *kindPlan {
	typ := d.tree.member(n, typeKey)
	if typ == nil {
		where := ""
		if at.field != "" {
			where = d.describe(at) + ": "
		}
		d.err(d.tree, n.pos, codeNotComponent, "say what it is with "+typeKey,
			"%sthis object is no component, as it has no %s", where, typeKey)
		return nil
	}
	if typ.kind != stringNode {
		d.wrongType(typ, place{field: typeKey}, "a string")
		return nil
	}
	if kind := d.kinds.named(typ.text); kind != nil {
		return kind
	}
	if d.opts.AllowUnknown {
		return unknownKind(typ.text)
	}
	d.err(d.tree, typ.pos, codeUnknownType, d.suggest(typ.text, d.kinds.names), "there is no component type %q", typ.text)
	return nil
}

// identify gives c an id if it has none, and reports it if another component has the same.
func (d *decoder) identify(n *node, c Component) {
	base := c.Base()
	if base.ID == "" {
		base.ID = d.madeID(base.Name, n.pos)
	}
	other, taken := d.ids[base.ID]
	if !taken {
		d.ids[base.ID] = c
		return
	}
	pos := n.pos
	if id := d.tree.member(n, "id"); id != nil {
		pos = id.pos
	}
	d.err(d.tree, pos, codeDuplicateID, "give them different ids, or put one into "+referencedKey+" and refer to it",
		"%s has the same id %q as %s at %v", d.describe(place{owner: n}), base.ID, nameOf(other), other.Base().Pos())
}

// madeID returns an id for a component that has none. The same document gives the same ids each time.
func (d *decoder) madeID(name string, pos uint32) string {
	for id := name; ; id += "'" {
		made := fmt.Sprintf("%s@%d", id, pos)
		if _, taken := d.ids[made]; !taken {
			return made
		}
	}
}

// nameOf names a component for messages.
func nameOf(c Component) string {
	base := c.Base()
	if base.Name != "" {
		return fmt.Sprintf("%s %q", TypeName(c), base.Name)
	}
	return fmt.Sprintf("%s %q", TypeName(c), base.ID)
}
