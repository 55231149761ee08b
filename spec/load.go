package spec

import (
	"crypto/sha256"
	"sync"

	"github.com/wayflow-go/wayflow/value"
)

// Format is a syntax of documents.
type Format uint8

// The formats.
const (
	// AnyFormat finds out by the name of the file and the content.
	AnyFormat Format = iota
	JSON
	YAML
)

// DefaultMaxSize bounds documents unless [LoadOptions.MaxSize] says otherwise.
const DefaultMaxSize = 64 << 20

// LoadOptions say how a document is read. Nil and the zero value mean the defaults.
type LoadOptions struct {
	// File is the name of the document in messages. Its ending may tell the format.
	File string
	// Format is that of the document.
	Format Format
	// Components are components that the document refers to without having them, by the ids that it uses. They come from
	// [LoadComponents] or were built in Go.
	Components map[string]Component
	// Values are plain values that the document refers to, secrets for the most part, by the ids that it uses:
	// "<id of the component>.<field>".
	Values map[string]value.Value
	// AllowUnknown keeps components and fields that are not known, and writes them back on export. Otherwise they are
	// errors.
	AllowUnknown bool
	// Plugins are further component types. They count before those of the package.
	Plugins []Kind
	// Allowed, if not nil, are the only component types that may be loaded; Blocked are those that may not, nil meaning
	// [DefaultBlocked]. A type stands for its special cases too, also an abstract one such as ClientTransport; of
	// entries in both lists the one nearest to a component's type counts, and blocking wins ties.
	Allowed, Blocked []string
	// MaxSize bounds the size of the document in bytes; 0 means [DefaultMaxSize].
	MaxSize int
}

// Document is a document that was loaded without errors.
type Document struct {
	// Root is the component that the document defines.
	Root Component
	// Version is what the document was read as.
	Version Version
	// Warnings are the findings that are no errors.
	Warnings Diagnostics
	// MissingValues are the values that the document leaves to its surroundings and that were not supplied. The document
	// is valid without them, but what needs them cannot run.
	MissingValues []MissingValue

	tree       *tree
	components map[string]Component
	hash       func() [sha256.Size]byte
}

// MissingValue is a plain value, such as a secret, that a document refers to and that was not supplied.
type MissingValue struct {
	// ID is what the document calls it.
	ID string
	// Component and Field say which field needs it, "outer.inner" in a struct that is no component; Entry is the key in it
	// if it is only a part of the field.
	Component, Field, Entry string
	// Sensitive tells that it is a secret.
	Sensitive bool
	// Pos is where the document refers to it.
	Pos Pos

	base *ComponentBase
}

// Component returns the component with the given id, or that references with this id lead to; nil if there is none.
func (doc *Document) Component(id string) Component { return doc.components[id] }

// Hash identifies the text of the document: it is its SHA-256.
func (doc *Document) Hash() [sha256.Size]byte { return doc.hash() }

// Load reads a document. An error is of type [Diagnostics] and has all findings at once. The data is not kept.
//
// References may lead to any place of the document, in any order. What only concerns single components has been checked
// when Load returns: types, required fields, references, versions. How components fit together is checked by package
// program.
func Load(data []byte, opts *LoadOptions) (*Document, error) {
	d, err := open(data, opts)
	if err != nil {
		return nil, err
	}
	root := d.tree.root
	if d.tree.member(root, referencedKey) != nil && root.count == 1 {
		d.err(d.tree, root.pos, codeNotComponent, "load it beside the document that refers to its components",
			"this is the companion of another document, as it only has %s", referencedKey)
		return nil, d.result()
	}
	d.readVersion(root)
	d.collectDefinitions()
	c := d.component(root, componentType, place{})
	d.readUnused(c)
	findings := d.result()
	if findings.HasErrors() {
		return nil, findings
	}
	return d.document(c, findings), nil
}

// LoadComponents reads the companion of a disaggregated document: an object whose only key is $referenced_components.
// It returns the components by their ids in it, for [LoadOptions.Components]. Errors are as those of [Load].
func LoadComponents(data []byte, opts *LoadOptions) (map[string]Component, error) {
	d, err := open(data, opts)
	if err != nil {
		return nil, err
	}
	root := d.tree.root
	list := d.tree.member(root, referencedKey)
	if list == nil || list.kind != objectNode {
		d.err(d.tree, root.pos, codeNotComponent, "", "a companion document must have the object %s", referencedKey)
		return nil, d.result()
	}
	for i := range d.tree.children(root) {
		if child := &d.tree.children(root)[i]; child != list {
			d.err(d.tree, child.keyPos, codeUnknownField, "remove it",
				"a companion document has no key but %s, so not %q", referencedKey, child.key)
		}
	}
	d.collectDefinitions()
	return d.entries(list)
}

// entries reads the components of a companion document, each of which may have a version of its own.
func (d *decoder) entries(list *node) (map[string]Component, error) {
	out := make(map[string]Component, list.count)
	for i := range d.tree.children(list) {
		n := &d.tree.children(list)[i]
		def := d.definitions[n.key]
		if def == nil || def.node != n {
			continue
		}
		d.entryNode = n
		d.version = Current
		if d.tree.member(n, versionKey) != nil {
			d.readVersion(n)
		}
		if def.state == unread {
			d.read(def)
		}
		out[n.key] = def.component
	}
	d.entryNode = nil
	if findings := d.result(); findings.HasErrors() {
		return nil, findings
	}
	return out, nil
}

// open reads the text of a document into a tree and prepares a decoder for it.
func open(data []byte, opts *LoadOptions) (*decoder, error) {
	d := &decoder{
		findings:    &findings{},
		kinds:       builtinKinds(),
		definitions: make(map[string]*definition),
		ids:         make(map[string]Component, len(data)/400+1),
		fits:        make(map[fit]bool),
		checkedOnce: make(map[Component]bool),
		version:     Current,
	}
	if opts != nil {
		d.opts = *opts
	}
	if len(d.opts.Plugins) > 0 {
		d.kinds = newKindTable(d.opts.Plugins, d.kinds)
	}
	d.policy = newPolicy(&d.opts)
	d.tree = d.parse(data)
	if d.tree == nil {
		return nil, d.result()
	}
	d.tree.version = Current
	return d, nil
}

// readUnused reads the definitions that no reference leads to: there may be mistakes in them.
func (d *decoder) readUnused(root Component) {
	if d.overflow {
		return // what lies deeper was not reached, and would seem unused
	}
	for _, found := range d.tree.definitions {
		list := &d.tree.nodes[found.list]
		for i := range d.tree.children(list) {
			def := d.definitions[d.tree.children(list)[i].key]
			if def == nil || def.used {
				continue
			}
			def.used = true
			d.warn(d.tree, def.node.keyPos, codeUnusedDefinition, "", "nothing refers to the component %q", def.id)
			if def.state == unread {
				d.read(def)
			}
			if root != nil && def.component != nil {
				rare := root.Base().origin.extra()
				rare.unused = append(rare.unused, def.component)
			}
		}
	}
}

func (d *decoder) document(root Component, warnings Diagnostics) *Document {
	doc := &Document{
		Root: root, Version: d.version, Warnings: warnings, MissingValues: d.missing,
		tree: d.tree, components: d.ids,
	}
	for i := range doc.MissingValues {
		if base := doc.MissingValues[i].base; base != nil {
			doc.MissingValues[i].Component = base.ID
		}
	}
	for id, def := range d.definitions {
		if _, taken := d.ids[id]; !taken {
			d.ids[id] = def.component
		}
	}
	for id, c := range d.opts.Components {
		d.ids[id] = c
	}
	text := d.tree.text
	doc.hash = sync.OnceValue(func() [sha256.Size]byte { return sha256.Sum256([]byte(text)) })
	return doc
}
