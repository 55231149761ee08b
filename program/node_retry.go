package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

const (
	// maxTrials bounds the trials of a retry node, as in the reference.
	maxTrials = 20
	// retryFailure is the branch of a retry node whose last trial failed.
	retryFailure = "failure"
)

// retryNode runs a flow until an output of it is true.
func (fc *flowCompiler) retryNode(n *Node, s *spec.RetryNode) {
	sub := fc.subflow(s.Flow)
	if sub == nil {
		n.Op = &Unsupported{Kind: "a flow that is missing"}
		return
	}
	branches := sub.branches()
	if !slices.Contains(branches, retryFailure) {
		branches = append(branches, retryFailure)
	}
	op := &Retry{RunFlow: runFlow(sub, branches), Failure: slices.Index(branches, retryFailure), Trials: fc.trials(s)}
	outputs := sub.outputs()
	op.Condition = slices.IndexFunc(outputs, func(p value.Property) bool { return p.Title == s.SuccessCondition })
	if op.Condition < 0 {
		fc.errorf(at(s, "success_condition"), "unknown-output", "use one of its outputs: "+propertyNames(outputs),
			"%s waits for %q, which is no output of flow %q", nodeName(s), s.SuccessCondition, sub.Name)
	} else {
		outputs = slices.Delete(outputs, op.Condition, op.Condition+1)
		op.Outputs = slices.Delete(op.Outputs, op.Condition, op.Condition+1)
	}
	outputs = append(outputs,
		value.Property{
			Title: "retry_step_num_retries", Type: value.IntegerType,
			Description: "Number of retries the retry step took to succeed or exit",
		},
		value.Property{
			Title: "retry_step_success", Type: value.BooleanType,
			Description: "Whether the retry step succeeded in the end or not",
		})
	fc.ports(n, &signature{inputs: sub.inputs(), free: sub.free(), outputs: outputs, branches: branches, typed: true, loose: true})
	n.Op = op
}

// trials is how often a retry node runs its flow at most.
func (fc *flowCompiler) trials(s *spec.RetryNode) int {
	if s.MaxNumTrials == nil {
		return 5
	}
	n := *s.MaxNumTrials
	if n < 0 || n > maxTrials {
		fc.errorf(at(s, "max_num_trials"), "max-num-trials", "use a number from 0 to 20",
			"%s tries %d times", nodeName(s), n)
	}
	return n
}
