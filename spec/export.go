package spec

import (
	"fmt"

	"github.com/wayflow-go/wayflow/value"
)

// ExportOptions say how a document is written. Nil and the zero value mean the defaults.
type ExportOptions struct {
	// Format is the syntax; the default is JSON.
	Format Format
	// Version is the version of Agent Spec to write. Zero means the smallest one that can hold all components; it is never
	// older than that of the document which they were read from.
	Version Version
	// Components are left out of the document, which refers to them; [ExportParts] writes them as a companion.
	Components []Component
	// Plugins are further component types; see [LoadOptions.Plugins].
	Plugins []Kind
	// Compact writes JSON without white space.
	Compact bool
}

// Export writes root, with all components in it, as a document.
//
// A component that is used more than once is defined in the lowest component around all of its uses, under
// $referenced_components, and referred to. Secrets are never written: in their place stand references that
// [LoadOptions.Values] answers. An error is of type [Diagnostics]; it is returned if a version cannot hold a component,
// if two components have one id, or if a component contains itself.
func Export(root Component, opts *ExportOptions) ([]byte, error) {
	document, _, err := ExportParts(root, opts)
	return document, err
}

// ExportParts is [Export] for a document whose components are divided: those of [ExportOptions.Components] are written
// into a companion, which [LoadComponents] reads. The companion is nil if there are none.
func ExportParts(root Component, opts *ExportOptions) (document, companion []byte, err error) {
	if opts == nil {
		opts = &ExportOptions{}
	}
	if root == nil {
		return nil, nil, Diagnostics{{Code: codeNotComponent, Message: "there is no component to export"}}
	}
	e := newEncoder(opts)
	graphs := e.graphs(root, opts.Components)
	e.chooseVersion(opts.Version, graphs)
	if len(e.errs) > 0 {
		return nil, nil, e.errs
	}
	main := e.document(graphs[0])
	var list value.ObjectBuilder
	for _, part := range graphs[1:] {
		list.Set(part.root.id, e.document(part))
	}
	if len(e.errs) > 0 {
		return nil, nil, e.errs
	}
	document = write(main, opts)
	if len(graphs) > 1 {
		companion = write(value.Obj(value.Member{Key: referencedKey, Value: list.Value()}), opts)
	}
	return document, companion, nil
}

// MinVersion returns the smallest version of Agent Spec that can hold root and all components in it. It is never older
// than that of the document that they were read from.
func MinVersion(root Component) Version {
	e := newEncoder(&ExportOptions{})
	least, _ := minVersion(e.graphs(root, nil))
	return least
}

func write(v value.Value, opts *ExportOptions) []byte {
	switch {
	case opts.Format == YAML:
		return appendYAML(nil, v)
	case opts.Compact:
		return append(value.AppendJSON(nil, v), '\n')
	default:
		return append(appendIndented(nil, v, "\n"), '\n')
	}
}

// chooseVersion sets the version to write, and reports what the one asked for cannot hold.
func (e *encoder) chooseVersion(asked Version, graphs []*graph) {
	least, because := minVersion(graphs)
	switch {
	case asked == 0:
		e.version = least
	case asked > Current:
		e.fail(Pos{}, "", versionHelp(), "there is no %v of agent spec", asked)
	case asked >= least:
		e.version = asked
	default:
		e.version = asked
		for _, b := range because {
			if b.needs > asked {
				e.fail(b.pos, b.component.id, fmt.Sprintf("export to %v or newer", b.needs),
					"%s needs version %v of agent spec, but %v was asked for", b.what, b.needs, asked)
			}
		}
	}
}

func (e *encoder) fail(pos Pos, id, help, format string, args ...any) {
	e.errs = append(e.errs, Diagnostic{
		Code: codeVersion, Pos: pos, Component: id, Help: help, Message: fmt.Sprintf(format, args...),
	})
}
