package tool

import "context"

// Box is a source of tools that are only known when it is asked (Agent Spec, "ToolBox"). It is safe for concurrent use.
type Box interface {
	// Tools lists the tools. It is asked at the beginning of each turn of an agent, and for each call; whoever has to ask
	// somebody else for them keeps what it was told. A failure is an [*Error].
	Tools(ctx context.Context) ([]BoxTool, error)
}

// BoxTool is a tool of a [Box].
type BoxTool struct {
	Tool
	// RequiresConfirmation asks the user before each call.
	RequiresConfirmation bool
}
