package program

import "github.com/wayflow-go/wayflow/spec"

// node compiles one node by itself: its ports, its branches, its op. Edges come later.
func (fc *flowCompiler) node(n *Node) {
	switch s := n.Spec.(type) {
	case *spec.StartNode:
		fc.startNode(n, s)
	case *spec.EndNode:
		fc.endNode(n, s)
	case *spec.BranchingNode:
		fc.branchingNode(n, s)
	case *spec.ToolNode:
		fc.toolNode(n, s)
	case *spec.LlmNode:
		fc.llmNode(n, s)
	case *spec.ChoiceNode:
		fc.choiceNode(n, s)
	case *spec.GetChatHistoryNode:
		fc.historyNode(n, s)
	case *spec.ExtractNode:
		fc.extractNode(n, s)
	case *spec.RegexNode:
		fc.regexNode(n, s)
	case *spec.InputMessageNode:
		fc.inputMessageNode(n, s)
	case *spec.OutputMessageNode:
		fc.outputMessageNode(n, s)
	case *spec.AgentNode:
		fc.agentNode(n, s)
	case *spec.FlowNode:
		fc.flowNode(n, s)
	case *spec.ParallelFlowNode:
		fc.parallelFlowNode(n, s)
	case *spec.ConstantValuesNode:
		fc.constantValuesNode(n, s)
	case *spec.TemplateNode:
		fc.templateNode(n, s)
	case *spec.MapNode:
		fc.mapNode(n, s)
	case *spec.ParallelMapNode:
		fc.parallelMapNode(n, s)
	case *spec.RetryNode:
		fc.retryNode(n, s)
	case *spec.CatchExceptionNode:
		fc.catchNode(n, s)
	case *spec.PluginCatchExceptionNode:
		fc.pluginCatchNode(n, s)
	case *spec.VariableNode:
		fc.variableNode(n, s)
	case *spec.ReadVariableNode:
		fc.readVariableNode(n, s)
	case *spec.WriteVariableNode:
		fc.writeVariableNode(n, s)
	case *spec.ApiNode:
		fc.apiNode(n, s)
	case *spec.DatastoreCreateNode:
		fc.datastoreCreateNode(n, s)
	case *spec.DatastoreListNode:
		fc.datastoreListNode(n, s)
	case *spec.DatastoreUpdateNode:
		fc.datastoreUpdateNode(n, s)
	case *spec.DatastoreDeleteNode:
		fc.datastoreDeleteNode(n, s)
	case *spec.DatastoreQueryNode:
		fc.datastoreQueryNode(n, s)
	case *spec.SearchNode:
		fc.searchNode(n, s)
	default:
		fc.unsupportedNode(n)
	}
}

// unsupportedNode takes the document's word for the ports of a node that this version cannot run.
func (fc *flowCompiler) unsupportedNode(n *Node) {
	ports := n.Spec.Ports()
	branches := n.Spec.Node().Branches
	if branches == nil {
		branches = nextOnly
	}
	fc.ports(n, &signature{inputs: ports.Inputs, outputs: ports.Outputs, branches: branches, loose: true})
	n.Op = &Unsupported{Kind: spec.TypeName(n.Spec)}
	fc.unsupported(n.Spec)
}
