package program

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/spec"
)

// warnUnread finds values that are computed for nobody: inputs of the flow that nothing uses, nodes of which no output is
// read and that do nothing else, and single outputs that a node only has because the document asks for them.
func (fc *flowCompiler) warnUnread(n *Node) {
	switch {
	case n.Index == fc.out.Start:
		fc.warnUnusedInputs(n)
	case len(n.Next) == 0:
		// What an end node has are the outputs of the flow.
	case n.read():
		fc.warnUnreadOutputs(n)
	case !acts(n.Spec):
		if names := n.unread(); names != nil {
			fc.warnf(at(n.Spec), "unread-output", "lead a data edge from it, or remove the node"+unreadHelp(n.Spec),
				"nothing reads what %s yields: %s", nodeName(n.Spec), quoteAll(names))
		}
	}
}

func unreadHelp(n spec.Node) string {
	if _, ok := n.(*spec.ToolNode); ok {
		return "; a tool that is called for its effect needs no outputs"
	}
	return ""
}

func (fc *flowCompiler) warnUnusedInputs(start *Node) {
	for i := range start.Outputs {
		if out := &start.Outputs[i]; len(out.Targets) == 0 && fc.scope.find(out.Title) == nil {
			fc.warnf(at(start.Spec, "inputs", i), "unused-input", "remove it, or lead a data edge from it",
				"nothing uses the input %q of flow %q", out.Title, fc.spec.Name)
		}
	}
}

// warnUnreadOutputs tells of single outputs. Most nodes have those of their tool or flow and cannot leave one out.
func (fc *flowCompiler) warnUnreadOutputs(n *Node) {
	switch n.Spec.(type) {
	case *spec.LlmNode, *spec.ExtractNode, *spec.ConstantValuesNode, *spec.VariableNode:
		for _, name := range n.unread() {
			fc.warnf(at(n.Spec), "unread-output", "lead a data edge from it, or remove it",
				"nothing reads the output %q of %s", name, nodeName(n.Spec))
		}
	}
}

// read reports whether something reads an output of n.
func (n *Node) read() bool {
	return slices.ContainsFunc(n.Outputs, func(o Output) bool { return len(o.Targets) > 0 })
}

// unread are the outputs that nothing reads.
func (n *Node) unread() (names []string) {
	for i := range n.Outputs {
		if out := &n.Outputs[i]; len(out.Targets) == 0 && !out.Dropped {
			names = append(names, out.Title)
		}
	}
	return names
}

// acts reports whether running a node can be of use although nothing reads what it yields: it talks, keeps something,
// decides on the way, or runs what may. A tool may act too, but then need not yield anything.
func acts(n spec.Node) bool {
	switch n := n.(type) {
	case *spec.LlmNode:
		return n.SendMessage
	case *spec.VariableNode:
		return len(n.WriteVariables) > 0
	case *spec.ApiNode:
		return !strings.EqualFold(n.HTTPMethod, "GET")
	case *spec.ToolNode, *spec.TemplateNode, *spec.ConstantValuesNode, *spec.ReadVariableNode, *spec.ExtractNode,
		*spec.RegexNode, *spec.GetChatHistoryNode, *spec.DatastoreListNode, *spec.DatastoreQueryNode:
		return false
	}
	return true
}
