package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// SubFlowNode runs a flow.
type SubFlowNode struct {
	node[SubFlowNode]
	part Part
}

// SubFlow runs a flow. Its inputs and outputs are the flow's; its branches are named by the ends of the flow, see [End].
func SubFlow(name string, part Part) *SubFlowNode {
	n := &SubFlowNode{part: part}
	return n.init(n, name, here())
}

func (n *SubFlowNode) compose(b *builder, id string) spec.Node {
	return &spec.FlowNode{Subflow: b.flow(id, n.part, n.at)}
}

// RetryNode runs a flow until it succeeds.
type RetryNode struct {
	node[RetryNode]
	part      Part
	condition string
	trials    int
}

// Retry runs a flow until an output of it, the condition, is true, five times at most. If it is never true the node takes
// the branch "failure".
func Retry(name string, part Part, condition string) *RetryNode {
	n := &RetryNode{part: part, condition: condition, trials: 5}
	return n.init(n, name, here())
}

// Trials bounds how often the flow runs.
func (n *RetryNode) Trials(trials int) *RetryNode {
	n.trials = trials
	return n
}

func (n *RetryNode) compose(b *builder, id string) spec.Node {
	return &spec.RetryNode{Flow: b.flow(id, n.part, n.at), SuccessCondition: n.condition, MaxNumTrials: &n.trials}
}

// CatchNode runs a flow and goes on when it fails.
type CatchNode struct {
	node[CatchNode]
	part   Part
	except spec.Dict[string]
	all    bool
}

// Catch runs a flow; when that fails, it takes the branch caught_exception_branch. Outputs of the flow then have their
// defaults, or the empty value of their type, and caught_exception_info is the text of the failure; it is null otherwise.
// [CatchNode.On] and [CatchNode.All] choose branches by the kind of failure instead.
func Catch(name string, part Part) *CatchNode {
	n := &CatchNode{part: part}
	return n.init(n, name, here())
}

// On takes a branch for failures of one kind, such as "ValueError". The outputs exception_name and
// exception_payload_name tell kind and text; failures of other kinds are not caught, see [CatchNode.All].
func (n *CatchNode) On(exception, branch string) *CatchNode {
	n.except = append(n.except, spec.Entry[string]{Key: exception, Value: branch})
	return n
}

// All catches failures of every other kind too, with the branch default_exception_branch.
func (n *CatchNode) All() *CatchNode {
	n.all = true
	return n
}

func (n *CatchNode) compose(b *builder, id string) spec.Node {
	flow := b.flow(id, n.part, n.at)
	if n.all || n.except != nil {
		return &spec.PluginCatchExceptionNode{Flow: flow, ExceptOn: n.except, CatchAllExceptions: n.all}
	}
	s := &spec.CatchExceptionNode{Subflow: flow}
	if flow == nil {
		return s
	}
	for _, p := range flow.Outputs {
		if !p.HasDefault {
			p = p.WithDefault(value.Zero(p.Type))
		}
		s.Outputs = append(s.Outputs, p)
	}
	info := value.Property{Title: "caught_exception_info", Type: value.Optional(value.StringType)}
	s.Outputs = append(s.Outputs, info.WithDefault(value.Null))
	return s
}
