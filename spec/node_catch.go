package spec

// CatchExceptionNode runs a flow and, when that fails, takes the branch "caught_exception_branch" with the text of the
// failure as its output caught_exception_info, which is null otherwise (Agent Spec 26.1.2, "CatchExceptionNode").
type CatchExceptionNode struct {
	NodeBase
	// Subflow is the flow to run.
	Subflow *Flow `spec:"subflow,required"`
}

// PluginCatchExceptionNode runs a flow and, when that fails, takes a branch that depends on the kind of failure.
// Its further outputs are exception_name and exception_payload_name. It is no spelling of [CatchExceptionNode],
// which has other branches and outputs.
type PluginCatchExceptionNode struct {
	NodeBase
	// Flow is the flow to run.
	Flow *Flow `spec:"flow,required"`
	// ExceptOn gives a branch for each name of an exception.
	ExceptOn Dict[string] `spec:"except_on"`
	// CatchAllExceptions sends all other failures to the branch "default_exception_branch".
	CatchAllExceptions bool `spec:"catch_all_exceptions"`
}
