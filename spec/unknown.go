package spec

import (
	"github.com/wayflow-go/wayflow/value"
)

// Unknown is a component of a type that is not known. Loading makes one only where that was allowed. It can stand
// wherever a component can, and is written back as it was read; nothing can run it.
type Unknown struct {
	ComponentBase
	IO
	// Type is its component_type.
	Type string `spec:"-"`
}

// unknownKind returns a kind for components of an unknown type. They keep all keys that not every component has.
func unknownKind(name string) *kindPlan {
	return &kindPlan{Kind: Kind{
		Name: name,
		New:  func() Component { return &Unknown{Type: name} },
		Tags: map[string]string{
			"name":        "name,omitdefault",
			"description": "description,omitdefault",
			"metadata":    "metadata,omitdefault",
			"inputs":      "inputs,omitdefault",
			"outputs":     "outputs,omitdefault",
		},
	}}
}

// The methods below let an Unknown stand in any field. The bases that they return are copies.

// Node implements [Node].
func (u *Unknown) Node() *NodeBase { return &NodeBase{ComponentBase: u.ComponentBase, IO: u.IO} }

// Tool implements [Tool].
func (u *Unknown) Tool() *ToolBase { return &ToolBase{ComponentBase: u.ComponentBase, IO: u.IO} }

// ToolBox implements [ToolBox].
func (u *Unknown) ToolBox() *ToolBoxBase { return &ToolBoxBase{ComponentBase: u.ComponentBase} }

// Llm implements [LlmConfig].
func (u *Unknown) Llm() *LlmBase { return &LlmBase{ComponentBase: u.ComponentBase} }

// Datastore implements [Datastore].
func (u *Unknown) Datastore() *DatastoreBase { return &DatastoreBase{ComponentBase: u.ComponentBase} }

// Oracle implements [OracleDatabaseConnectionConfig].
func (u *Unknown) Oracle() *OracleConnection {
	return &OracleConnection{ComponentBase: u.ComponentBase}
}

// Oci implements [OciClientConfig].
func (u *Unknown) Oci() *OciClientBase { return &OciClientBase{ComponentBase: u.ComponentBase} }

// Transport implements [ClientTransport].
func (u *Unknown) Transport() *TransportBase { return &TransportBase{ComponentBase: u.ComponentBase} }

// Remote implements [RemoteTransport].
func (u *Unknown) Remote() *RemoteTransportBase {
	return &RemoteTransportBase{TransportBase: *u.Transport()}
}

func (*Unknown) agentic()          {}
func (*Unknown) manager()          {}
func (*Unknown) contextProvider()  {}
func (*Unknown) relational()       {}
func (*Unknown) postgres()         {}
func (*Unknown) embedding()        {}
func (*Unknown) gemini()           {}
func (*Unknown) auth()             {}
func (*Unknown) outputParser()     {}
func (*Unknown) messageTransform() {}

// kept is what stands under a key that no field has: a [value.Value], a [Component], or a list ([]kept) or object
// ([Dict] of kept) with components in it.
type kept any

// keep reads what stands at n without knowing what it should be.
func (d *decoder) keep(n *node) kept {
	if n.kind == objectNode {
		if c := d.keepComponent(n); c != nil {
			return c
		}
	}
	parts := make(Dict[kept], n.count)
	plain := true
	for i := range parts {
		child := &d.tree.children(n)[i]
		parts[i] = Entry[kept]{child.key, d.keep(child)}
		plain = plain && isValue(parts[i].Value)
	}
	switch {
	case plain:
		return d.tree.value(n)
	case n.kind == objectNode:
		return parts
	}
	items := make([]kept, len(parts))
	for i := range items {
		items[i] = parts[i].Value
	}
	return items
}

func isValue(k kept) bool {
	_, ok := k.(value.Value)
	return ok
}

// keepComponent reads n if it is a component or leads to one.
func (d *decoder) keepComponent(n *node) Component {
	if ref := d.tree.member(n, refKey); ref != nil {
		_, supplied := d.opts.Components[ref.text]
		if !supplied && d.definitions[ref.text] == nil {
			return nil
		}
	} else if typ := d.tree.member(n, typeKey); typ == nil || typ.kind != stringNode {
		return nil
	}
	c, _ := d.resolve(n, place{})
	return c
}

// unknownKey deals with a key that no field of the component or struct at n has.
func (d *decoder) unknownKey(p *structPlan, n, child *node, at place) {
	if at.within == "" && at.base != nil && d.envelopeKey(n, child, at.base) {
		return
	}
	keep := d.opts.AllowUnknown
	if at.within == "" {
		if reason := legacyReason(at.base.origin.kind.Name, child.key); reason != "" {
			d.warn(d.tree, child.keyPos, codeLegacy, "remove it",
				"%s: the key %q has no effect: %s", d.describe(place{owner: n}), child.key, reason)
			keep = true
		}
	}
	if keep && at.within != elsewhere {
		rare := at.base.origin.extra()
		rare.kept = append(rare.kept, keptField{at.within, child.key, d.keep(child)})
		return
	}
	known := make([]string, 0, len(p.fields))
	for _, f := range p.fields {
		known = append(known, f.key)
	}
	d.err(d.tree, child.keyPos, codeUnknownField, DidYouMean(child.key, known),
		"%s: there is no field %q", d.describeStruct(at), child.key)
}

// envelopeKey reports whether child is a key that every component may have.
func (d *decoder) envelopeKey(n, child *node, base *ComponentBase) bool {
	switch child.key {
	case typeKey, referencedKey:
	case pluginKey:
		if child.kind == stringNode && child.text != base.origin.kind.Plugin {
			base.origin.extra().plugin = child.text
		}
	case pluginVersionKey:
		if child.kind == stringNode && child.text != pluginVersion {
			base.origin.extra().pluginVersion = child.text
		}
	case versionKey, oldVersionKey:
		if n != d.tree.root && n != d.entryNode {
			d.misplacedVersion(child)
		}
	default:
		return false
	}
	return true
}

func (d *decoder) misplacedVersion(n *node) {
	d.warn(d.tree, n.keyPos, codeLegacy, "remove it", "the key %q has no effect below the root of the document", n.key)
}

// legacyKeys are keys that earlier versions wrote, and that mean nothing: they are kept. Keys of the extension's
// spelling of a type are found by themselves.
var legacyKeys = map[string][]string{
	"OciAgent": {"agents", "flows", "llm_config", "system_prompt", "tools"},
}

// legacyReason says why a key that a type does not have is no error, or "".
func legacyReason(typeName, key string) string {
	for _, legacy := range legacyKeys[typeName] {
		if key == legacy {
			return "earlier versions wrote it"
		}
	}
	for _, prefix := range []string{"Extended", "Plugin"} {
		twin := builtinKinds().named(prefix + typeName)
		if twin != nil && twin.Legacy == "" && twin.plan().byKey[key] != nil {
			return "it is a field of " + twin.Name
		}
	}
	return ""
}
