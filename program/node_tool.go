package program

import "github.com/wayflow-go/wayflow/spec"

// toolNode calls a tool; its ports are the tool's (Agent Spec, "ToolNode").
func (fc *flowCompiler) toolNode(n *Node, s *spec.ToolNode) {
	if s.Tool == nil {
		n.Op = &Unsupported{Kind: "a tool that is missing"}
		return
	}
	ports := s.Tool.Ports()
	fc.duplicates(s.Tool, "inputs", ports.Inputs)
	fc.duplicates(s.Tool, "outputs", ports.Outputs)
	tool := fc.tool(s.Tool)
	fc.ports(n, &signature{inputs: tool.Inputs, outputs: tool.Outputs, branches: nextOnly, hidden: tool.Hidden})
	_, client := s.Tool.(*spec.ClientTool)
	if _, server := s.Tool.(*spec.ServerTool); !server && !client && tool.Request == nil {
		fc.unsupported(s.Tool)
	}
	n.Op = &CallTool{
		Tool:             tool,
		Client:           client,
		Confirm:          s.Tool.Tool().RequiresConfirmation,
		IgnoreExceptions: s.IgnoreExceptions,
	}
}
