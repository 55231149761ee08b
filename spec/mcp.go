package spec

// MCPTool is a tool of an MCP server, which has it under this name (Agent Spec, "MCPTool"). PluginMCPTool
// is its former spelling.
type MCPTool struct {
	ToolBase
	// ClientTransport says how to reach the server.
	ClientTransport ClientTransport `spec:"client_transport,required"`
	// RetryPolicy is for finding and calling the tool; only its attempts and delays count.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.3.1" ext:"-"`
}

// MCPToolBox are the tools of an MCP server (Agent Spec, "MCPToolBox"). PluginMCPToolBox is its former
// spelling.
type MCPToolBox struct {
	ToolBoxBase
	// ClientTransport says how to reach the server.
	ClientTransport ClientTransport `spec:"client_transport,required"`
	// RetryPolicy is for listing and calling the tools; only its attempts and delays count.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.3.1" ext:"-"`
	// ToolFilter says which tools are wanted; nil means all.
	ToolFilter []ToolFilter `spec:"tool_filter"`
}

// ToolFilter asks for one tool of a toolbox: by its name, or by a specification that must fit it.
type ToolFilter struct {
	Name string
	Spec *MCPToolSpec
}

func (f *ToolFilter) decodeSpec(in specInput) {
	if in.kind() == stringNode {
		f.Name = in.text()
		return
	}
	in.decode(&f.Spec)
}

func (f ToolFilter) encodeSpec() any {
	if f.Spec != nil {
		return f.Spec
	}
	return f.Name
}

// MCPToolSpec says what a tool of an MCP server is expected to look like; what it gives replaces what the server says
// (Agent Spec, "MCPToolSpec"). PluginMCPToolSpec is its former spelling.
type MCPToolSpec struct {
	ComponentBase
	IO
	// RequiresConfirmation asks the user before each call.
	RequiresConfirmation bool `spec:"requires_confirmation,since=25.4.2"`
}
