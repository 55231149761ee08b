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
	client, login := false, false
	switch t := s.Tool.(type) {
	case *spec.ClientTool:
		client = true
	case *spec.MCPTool:
		login = wantsLogin(t.ClientTransport)
	case *spec.ServerTool, *spec.RemoteTool:
	default:
		fc.unsupported(s.Tool)
	}
	n.Op = &CallTool{
		Tool:             tool,
		Client:           client,
		Login:            login,
		Confirm:          s.Tool.Tool().RequiresConfirmation,
		IgnoreExceptions: s.IgnoreExceptions,
	}
}

// wantsLogin reports whether somebody may have to log in before the server can be used.
func wantsLogin(t spec.ClientTransport) bool {
	remote, ok := t.(spec.RemoteTransport)
	return ok && remote.Remote().Auth != nil
}
