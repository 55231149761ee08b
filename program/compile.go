package program

import (
	"fmt"
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Compile checks a document and compiles it. The error, if there is one, is a [spec.Diagnostics] with all findings;
// warnings alone are no error and are in the program.
func Compile(root spec.Component) (*Program, error) {
	c := newCompiler(root)
	switch root := root.(type) {
	case *spec.Flow:
		c.prog.Main = c.flow(root)
	case *spec.Agent, *spec.SpecializedAgent, *spec.ManagerWorkers, *spec.Swarm, *spec.A2AAgent, *spec.OciAgent:
		c.prog.Main = c.agentFlow(root.(spec.AgenticComponent))
	default:
		c.component(root)
	}
	if c.errors.HasErrors() {
		c.errors = append(c.errors, c.prog.Warnings...)
		return nil, distinct(c.errors)
	}
	c.prog.Warnings = distinct(c.prog.Warnings)
	c.prog.Unsupported = distinct(c.prog.Unsupported)
	return c.prog, nil
}

// distinct sorts findings and drops those that a flow repeats which is compiled for several scopes.
func distinct(all spec.Diagnostics) spec.Diagnostics {
	if len(all) == 0 {
		return nil
	}
	seen := make(map[spec.Diagnostic]bool, len(all))
	all = slices.DeleteFunc(all, func(d spec.Diagnostic) bool {
		known := seen[d]
		seen[d] = true
		return known
	})
	all.Sort()
	return all
}

// compiler holds what is known so far of one document.
type compiler struct {
	prog   *Program
	errors spec.Diagnostics
	flows  map[flowKey]*Flow
	tools  map[spec.Tool]*Tool
	models map[spec.LlmConfig]*Model
	stores map[spec.Datastore]*Datastore
	// calls and members are the flows of one node that were made of a tool or an agent that an agent can call.
	calls   map[spec.Tool]*Flow
	members map[spec.AgenticComponent]*Flow
	// compiling are the flows and agents that are being compiled, each inside the one before.
	compiling map[spec.Component]bool
	// touched are the collections that flows work on, as far as that was asked.
	touched map[*Flow][]touch
	boxes   map[boxKey]*Toolbox
}

func newCompiler(root spec.Component) *compiler {
	return &compiler{
		prog:  &Program{Root: root},
		flows: map[flowKey]*Flow{},

		calls:   map[spec.Tool]*Flow{},
		members: map[spec.AgenticComponent]*Flow{},

		compiling: map[spec.Component]bool{},
		touched:   map[*Flow][]touch{},

		tools:  map[spec.Tool]*Tool{},
		models: map[spec.LlmConfig]*Model{},
		stores: map[spec.Datastore]*Datastore{},
		boxes:  map[boxKey]*Toolbox{},
	}
}

// flowKey tells apart what one flow is compiled to in different scopes.
type flowKey struct {
	spec  *spec.Flow
	scope *scope
}

// finding is where a diagnostic belongs.
type finding struct {
	component spec.Component
	// field is the way to the field in question, if it is one.
	field []any
}

// at names a field of a component as the place of a finding.
func at(c spec.Component, field ...any) finding { return finding{c, field} }

// errorf reports what is wrong, and help, how to mend it.
func (c *compiler) errorf(where finding, code, help, format string, args ...any) {
	c.errors = append(c.errors, where.diagnostic(spec.Error, code, help, fmt.Sprintf(format, args...)))
}

// warnf reports something that does not keep the document from running.
func (c *compiler) warnf(where finding, code, help, format string, args ...any) {
	c.prog.Warnings = append(c.prog.Warnings, where.diagnostic(spec.Warning, code, help, fmt.Sprintf(format, args...)))
}

func (f finding) diagnostic(severity spec.Severity, code, help, msg string) spec.Diagnostic {
	base := f.component.Base()
	return spec.Diagnostic{
		Severity:  severity,
		Code:      code,
		Pos:       base.FieldPos(f.field...),
		Message:   msg,
		Help:      help,
		Component: base.ID,
	}
}

// tool returns the program's entry for a tool.
func (c *compiler) tool(t spec.Tool) *Tool {
	if known, ok := c.tools[t]; ok {
		return known
	}
	ports := t.Ports()
	tool := &Tool{Index: len(c.prog.Tools), Spec: t, Inputs: ports.Inputs, Outputs: ports.Outputs}
	c.tools[t] = tool
	c.prog.Tools = append(c.prog.Tools, tool)
	if remote, ok := t.(*spec.RemoteTool); ok {
		c.remoteTool(tool, remote)
	}
	return tool
}

// boxKey is a toolbox, or one tool of it.
type boxKey struct {
	box  spec.ToolBox
	only *spec.ToolFromToolBox
}

// toolbox returns the program's entry for a toolbox, or for one tool of it unless only is nil.
func (c *compiler) toolbox(b spec.ToolBox, only *spec.ToolFromToolBox) *Toolbox {
	if known, ok := c.boxes[boxKey{b, only}]; ok {
		return known
	}
	box := &Toolbox{Index: len(c.prog.Toolboxes), Spec: b, Only: only}
	c.boxes[boxKey{b, only}] = box
	c.prog.Toolboxes = append(c.prog.Toolboxes, box)
	if s, ok := b.(*spec.SearchToolBox); ok && s.Datastore != nil {
		box.Datastore = c.datastore(s.Datastore)
	}
	node := &spec.ToolNode{}
	node.ComponentBase = *b.Base()
	box.Call = c.oneNode(&Flow{}, node, func(fc *flowCompiler, n *Node) {
		for _, p := range []value.Property{
			{Title: "tool", Type: value.StringType},
			{Title: "arguments", Type: value.AnyType},
			{Title: "confirm", Type: value.BooleanType},
		} {
			n.Inputs = append(n.Inputs, Input{Property: p, Slot: fc.newSlot()})
		}
		n.Outputs = []Output{{Property: value.Property{Title: resultPort, Type: value.AnyType}}}
		n.Branches, n.Next = nextOnly, []int{NoNode}
		n.Op = &CallBox{Box: box}
	})
	return box
}

// model returns the program's entry for a model.
func (c *compiler) model(cfg spec.LlmConfig) *Model {
	if known, ok := c.models[cfg]; ok {
		return known
	}
	m := &Model{Index: len(c.prog.Models), Config: cfg, Format: c.chatFormat(cfg)}
	c.models[cfg] = m
	c.prog.Models = append(c.prog.Models, m)
	return m
}

// datastore returns the program's entry for a datastore.
func (c *compiler) datastore(s spec.Datastore) *Datastore {
	if known, ok := c.stores[s]; ok {
		return known
	}
	d := &Datastore{Index: len(c.prog.Datastores), Spec: s}
	c.stores[s] = d
	c.prog.Datastores = append(c.prog.Datastores, d)
	return d
}

// unsupported notes a component that loads but does not run.
func (c *compiler) unsupported(comp spec.Component) {
	kind := spec.TypeName(comp)
	c.prog.Unsupported = append(c.prog.Unsupported, at(comp).diagnostic(spec.Error, "unsupported",
		"use another component, or the reference runtime", fmt.Sprintf("this version cannot run %s", kind)))
}
