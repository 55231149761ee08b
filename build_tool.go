package wayflow

import (
	"reflect"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

// ToolNode calls a tool.
type ToolNode struct {
	node[ToolNode]
	tool    tool.Tool // or component
	spec    spec.Tool
	output  string
	ignore  bool
	confirm bool
}

// CallTool calls a Go tool, such as [Func] returns. In the document it is a server tool with the inputs and outputs of
// the function; [Build] binds it.
func CallTool(name string, t tool.Tool) *ToolNode {
	n := &ToolNode{tool: t}
	n.init(n, name, here())
	if bad, ok := t.(badTool); ok {
		n.fail(n.at, "bad-tool", "", "%s", bad.err)
	} else if isNil(t) {
		n.fail(n.at, "no-tool", "give it one", "node %q calls a tool that is nil", name)
	}
	return n
}

// UseTool calls a tool that is a component: one that the caller of the runtime performs, see [ClientTool], one that is
// reached over HTTP, a server tool that is bound later.
func UseTool(name string, t spec.Tool) *ToolNode {
	n := &ToolNode{spec: t}
	n.init(n, name, here())
	if isNil(t) {
		n.fail(n.at, "no-tool", "give it one", "node %q calls a tool that is nil", name)
	}
	return n
}

// Output names the only output of the tool, in the document's declaration of it.
func (n *ToolNode) Output(name string) *ToolNode {
	at := here()
	switch {
	case n.tool == nil:
		n.fail(at, "tool-output", "use RenameOutput", "the outputs of the tool of node %q are declared already", n.name)
	case len(n.tool.Spec().Outputs) != 1:
		n.fail(at, "tool-output", "use RenameOutput", "the tool of node %q has %d outputs, not one", n.name, len(n.tool.Spec().Outputs))
	}
	n.output = name
	return n
}

// IgnoreFailures makes the text of a failure the output, instead of stopping the flow.
func (n *ToolNode) IgnoreFailures() *ToolNode {
	n.ignore = true
	return n
}

// Confirm asks the user before each call.
func (n *ToolNode) Confirm() *ToolNode {
	if n.confirm = true; n.tool == nil {
		n.fail(here(), "tool-confirm", "set RequiresConfirmation of the tool", "the tool of node %q is made already", n.name)
	}
	return n
}

func (n *ToolNode) compose(b *builder, _ string) spec.Node {
	s := &spec.ToolNode{Tool: n.spec, IgnoreExceptions: n.ignore}
	if n.tool != nil {
		s.Tool = b.serverTool(n)
	}
	return s
}

// serverTool returns the component of a Go tool: one for each name that its output has.
func (b *builder) serverTool(n *ToolNode) *spec.ServerTool {
	t := n.tool.Spec()
	if other, ok := b.bound[t.Name]; ok && !sameTool(other, n.tool) {
		b.report([]problem{newProblem(n.at, n.name, "two-tools", "rename one of them", "two tools are named %q", t.Name)})
	}
	b.bound[t.Name] = n.tool
	key := [2]string{t.Name, n.output}
	if n.confirm {
		key[1] += "?"
	}
	if made := b.tools[key]; made != nil {
		return made
	}
	s := &spec.ServerTool{}
	a := &assembly{}
	a.envelope(&s.ComponentBase, b.id("", t.Name), t.Name, t.Description, n.at.pos())
	s.Inputs, s.Outputs = declared(t.Inputs), declared(t.Outputs)
	if n.output != "" {
		s.Outputs[0] = s.Outputs[0].WithTitle(n.output)
	}
	s.RequiresConfirmation = n.confirm
	b.tools[key] = s
	return s
}

// sameTool compares tools of any type: of some, two cannot be compared.
func sameTool(a, b tool.Tool) bool {
	return reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable() && a == b
}

// ClientTool is a tool that the caller of the runtime performs, for [UseTool]. The fields of In are its inputs, those of
// Out its outputs; an Out that is no struct is one output. It panics if they cannot be, see [tool.Func].
func ClientTool[In, Out any](name, description string) *spec.ClientTool {
	inputs, err := tool.InputsFor[In]()
	if err != nil {
		panic("wayflow: client tool " + name + ": " + err.Error())
	}
	outputs, err := tool.OutputsFor[Out]()
	if err != nil {
		panic("wayflow: client tool " + name + ": " + err.Error())
	}
	t := &spec.ClientTool{}
	t.ID, t.Name, t.Description = name, name, &description
	t.Inputs, t.Outputs = declared(inputs), outputs
	return t
}
