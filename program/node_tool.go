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
	op := fc.callTool(tool)
	op.IgnoreExceptions = s.IgnoreExceptions
	n.Op = op
}

// callTool makes the call of a tool.
func (c *compiler) callTool(tool *Tool) *CallTool {
	op := &CallTool{Tool: tool, Confirm: tool.Spec.Tool().RequiresConfirmation}
	switch t := tool.Spec.(type) {
	case *spec.ClientTool:
		op.Client = true
	case *spec.MCPTool:
		op.Login = wantsLogin(t.ClientTransport)
	case *spec.ServerTool, *spec.RemoteTool:
	default:
		c.unsupported(tool.Spec)
	}
	return op
}

// wantsLogin reports whether somebody may have to log in before the server can be used.
func wantsLogin(t spec.ClientTransport) bool {
	remote, ok := t.(spec.RemoteTransport)
	return ok && remote.Remote().Auth != nil
}
