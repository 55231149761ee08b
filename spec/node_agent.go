package spec

// AgentNode runs an agent, a group of agents or a flow. Spelled ExtendedAgentNode when it forbids the
// agent to ask, or ports are renamed.
type AgentNode struct {
	NodeBase
	// Agent is what the node runs.
	Agent AgenticComponent `spec:"agent,required"`
	// CallerInputMode is always or never, which makes the agent go on without asking; nil leaves the agent's own.
	CallerInputMode *string `spec:"-" ext:"caller_input_mode,enum=never|always"`
}

func (n *AgentNode) extended() bool { return n.mapped() || n.CallerInputMode != nil }
