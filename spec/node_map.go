package spec

// MapNode runs a flow for each item of a list. The core of Agent Spec and the extension spell it with
// different ports: here each input x of the flow is an input iterated_x, and each output y an output collected_y; there,
// with ExtendedMapNode, the input iterated_input is the list, UnpackInput says what of an item goes where, and all
// other inputs are the same in each run. A node is of the second sort if it was spelled so or has any field of the
// extension.
type MapNode struct {
	NodeBase
	// Subflow is the flow to run.
	Subflow *Flow `spec:"subflow,required" ext:"flow,required"`
	// Reducers say how an output of all runs becomes one: append, sum, average, max or min. Nil appends all.
	Reducers Dict[string] `spec:"reducers,enum=append|sum|average|max|min" ext:"-"`

	// UnpackInput gives for each input of the flow the jq query that takes it from the item.
	UnpackInput Dict[string] `spec:"-" ext:"unpack_input,default={}"`
	// ParallelExecution makes it a [ParallelMapNode].
	ParallelExecution bool `spec:"-" ext:"parallel_execution"`
	// MaxWorkers nil or 0 means the runtime's default of 20.
	MaxWorkers *int `spec:"-" ext:"max_workers"`
	// AllowQuestions lets items that run at once ask the user, see [ParallelFlowNode]. One after the other always may.
	AllowQuestions bool `spec:"-" ext:"allow_questions,omitdefault"`
}

func (n *MapNode) extended() bool {
	return n.Extended || n.mapped() || n.UnpackInput != nil || n.ParallelExecution || n.MaxWorkers != nil || n.AllowQuestions
}

// ParallelMapNode is a [MapNode] whose iterations run at once. Spelled ExtendedParallelMapNode with the extension's
// ports or options.
type ParallelMapNode struct {
	NodeBase
	// Subflow and the other fields are those of a [MapNode].
	Subflow  *Flow        `spec:"subflow,required" ext:"flow,required"`
	Reducers Dict[string] `spec:"reducers,enum=append|sum|average|max|min" ext:"-"`

	UnpackInput Dict[string] `spec:"-" ext:"unpack_input,default={}"`
	MaxWorkers  *int         `spec:"-" ext:"max_workers"`
	// AllowQuestions lets the items ask the user, see [ParallelFlowNode].
	AllowQuestions bool `spec:"-" ext:"allow_questions,omitdefault"`
}

func (n *ParallelMapNode) extended() bool {
	return n.Extended || n.mapped() || n.UnpackInput != nil || n.MaxWorkers != nil || n.AllowQuestions
}
