package wayflow

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

// Part is what a node such as [Parallel] or [Map] can run, and what [Build] can make an app of: a [*Flow], a [Node], which
// stands for a flow of it alone, or an agent or a team, see [Agentic].
type Part interface{ partName() string }

// Build makes an app of a flow, an agent or a team that was built in Go. Tools that were given to [CallTool] or to an agent
// are bound already, unless the options bind others under their names. The error is a [Diagnostics] if something is wrong
// with it; its findings name the lines of Go that built what is wrong.
func Build(part Part, opts ...Option) (*App, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	b := newBuilder()
	root, err := b.root(part)
	if err != nil {
		return nil, err
	}
	for name, t := range b.bound {
		if o.tools[name] == nil {
			o.tools[name] = t
		}
	}
	return build(root, o)
}

// builder makes the components of one document.
type builder struct {
	errors Diagnostics
	ids    map[string]bool
	// made are the flows so far, by what they were built of, nil if one is wrong; making are those that are being made.
	made   map[Part]*spec.Flow
	making map[Part]bool
	// agents are the agents and teams so far, nil while one is being made.
	agents map[Agentic]spec.AgenticComponent
	// bound are the Go tools by name, and tools their components by name and output.
	bound map[string]tool.Tool
	tools map[[2]string]*spec.ServerTool
}

func newBuilder() *builder {
	return &builder{
		ids:    map[string]bool{},
		made:   map[Part]*spec.Flow{},
		making: map[Part]bool{},
		agents: map[Agentic]spec.AgenticComponent{},
		bound:  map[string]tool.Tool{},
		tools:  map[[2]string]*spec.ServerTool{},
	}
}

// root makes the component that is the document.
func (b *builder) root(part Part) (spec.Component, error) {
	var root spec.Component
	if a, ok := part.(Agentic); ok {
		root = b.agentic("", a, 0)
	} else {
		root = b.flow("", part, 0)
	}
	if b.errors.HasErrors() {
		b.errors.Sort()
		return nil, slices.Compact(b.errors) // a part that stands in two places repeats its findings
	}
	return root, nil
}

// flow returns the flow that a part is, nil if it is wrong, which has been reported. A flow that is used twice is one
// component. owner is the id of what runs it, empty for the root, and at where that was made.
func (b *builder) flow(owner string, part Part, at site) *spec.Flow {
	if isNil(part) {
		b.report([]problem{newProblem(at, owner, "no-flow", "give it a flow or a node", "there is no flow to run")})
		return nil
	}
	if b.making[part] {
		b.report([]problem{newProblem(at, owner, "recursive-flow", "loop inside the flow, or repeat it with Map or Retry",
			"flow %q contains itself", part.partName())})
		return nil
	}
	made, known := b.made[part]
	if known {
		return made
	}
	b.making[part] = true
	defer delete(b.making, part)
	f, ok := part.(*Flow)
	if !ok {
		n, isNode := part.(Node)
		if a, isAgent := part.(Agentic); !isNode && isAgent {
			run := &AgentNode{agent: a}
			n = run.init(run, a.partName(), a.common().at)
		}
		f = &Flow{name: n.partName(), at: n.common().at}
		f.add(n)
	}
	flow := b.assemble(f, b.id(owner, f.name))
	b.made[part] = flow
	return flow
}

func isNil(x any) bool {
	v := reflect.ValueOf(x)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// id makes an id of a name: the same one whenever the same flow is built.
func (b *builder) id(owner, name string) string {
	id := name
	if owner != "" {
		id = owner + "/" + name
	}
	for unique, i := id, 2; ; i++ {
		if !b.ids[unique] {
			b.ids[unique] = true
			return unique
		}
		unique = fmt.Sprintf("%s %d", id, i)
	}
}

// report takes over what a builder of nodes or flows noted.
func (b *builder) report(problems []problem) {
	for _, p := range problems {
		d := p.Diagnostic
		d.Pos = p.at.pos()
		b.errors = append(b.errors, d)
	}
}
