package spec

// FlowNode runs another flow; its branches are the branch names of that flow's end nodes.
type FlowNode struct {
	NodeBase
	// Subflow is the flow to run.
	Subflow *Flow `spec:"subflow,required"`
}

// ParallelFlowNode runs several flows at once. Spelled ExtendedParallelFlowNode when the number that may run at a time
// is limited, or ports are renamed.
type ParallelFlowNode struct {
	NodeBase
	// Subflows are the flows to run. Their outputs must have different names.
	Subflows []*Flow `spec:"subflows,default=[]" ext:"flows,required"`
	// MaxWorkers nil or 0 means the runtime's default of 20.
	MaxWorkers *int `spec:"-" ext:"max_workers"`
	// AllowQuestions lets the flows ask the user, wait for tools of the client and for confirmations. All that is open at
	// a time is reported together. It is a field of this runtime (docs/extensions.md), written only if true.
	AllowQuestions bool `spec:"-" ext:"allow_questions,omitdefault"`
}

func (n *ParallelFlowNode) extended() bool {
	return n.mapped() || n.MaxWorkers != nil || n.AllowQuestions
}

// RetryNode runs a flow again until its success condition holds; spelled PluginRetryNode. Its branches are
// those of the flow, and "failure".
type RetryNode struct {
	NodeBase
	// Flow is the flow to run.
	Flow *Flow `spec:"flow,required"`
	// SuccessCondition is the output of the flow, a boolean, that says that it went well.
	SuccessCondition string `spec:"success_condition,required"`
	// MaxNumTrials bounds how often the flow runs; nil means 5. It runs once in any case.
	MaxNumTrials *int `spec:"max_num_trials,nonzero,default=5"`
}
