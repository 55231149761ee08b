package program

import (
	"strings"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// DefaultWorkers is how many branches of a parallel node run at a time if the document does not say.
const DefaultWorkers = 20

// parallelFlowNode runs several flows at once (Agent Spec, "ParallelFlowNode"). Inputs of one name are one
// input, which must have one type; outputs must have distinct names; no flow may ask the user,
// unless the node allows it.
func (fc *flowCompiler) parallelFlowNode(n *Node, s *spec.ParallelFlowNode) {
	field := "subflows"
	if s.Extended {
		field = "flows"
	}
	if len(s.Subflows) == 0 {
		fc.errorf(at(s, field), "no-subflows", "list at least one flow", "%s has no flows to run", nodeName(s))
	}
	op := &Parallel{Workers: fc.workers(s, s.MaxWorkers)}
	sig := &signature{branches: nextOnly, typed: true}
	inputs, taken := map[string]int{}, map[string]bool{}
	for i, f := range s.Subflows {
		sub := fc.subflow(f)
		if sub == nil {
			continue
		}
		if !s.AllowQuestions {
			fc.mayNotAsk(at(s, field, i), s, sub)
		}
		op.Branches = append(op.Branches, fc.parallelBranch(at(s, field, i), sub, sig, inputs, taken))
	}
	fc.ports(n, sig)
	n.Op = op
}

// parallelBranch merges the ports of a flow into those of the node. inputs has the places of those that the node has by
// now, and taken its outputs, since a search for each of thousands would be too long.
func (fc *flowCompiler) parallelBranch(where finding, sub *Flow, sig *signature, inputs map[string]int, taken map[string]bool) ParallelBranch {
	b := ParallelBranch{Flow: sub}
	node := where.component.Base().Name
	for k, p := range sub.inputs() {
		j, shared := inputs[p.Title]
		switch {
		case !shared:
			j = len(sig.inputs)
			inputs[p.Title] = j
			sig.inputs = append(sig.inputs, p)
		case !value.SameType(sig.inputs[j].Type, p.Type):
			fc.errorf(where, "parallel-inputs", "give both one type, or rename one",
				"input %q of flow %q is %s, but %s in an earlier flow of node %q", p.Title, sub.Name, p.Type, sig.inputs[j].Type, node)
		}
		if sub.Inputs[k].Free {
			sig.free = append(sig.free, p.Title)
			j = -1
		}
		b.Inputs = append(b.Inputs, j)
	}
	for _, p := range sub.outputs() {
		if taken[p.Title] {
			fc.errorf(where, "parallel-outputs", "rename one of them",
				"output %q of flow %q is also an output of an earlier flow of node %q", p.Title, sub.Name, node)
		}
		taken[p.Title] = true
		b.Outputs = append(b.Outputs, len(sig.outputs))
		sig.outputs = append(sig.outputs, p)
	}
	return b
}

// workers returns how many branches may run at a time.
func (fc *flowCompiler) workers(n spec.Node, wanted *int) int {
	switch {
	case wanted == nil || *wanted == 0:
		return DefaultWorkers
	case *wanted < 0:
		fc.errorf(at(n, "max_workers"), "max-workers", "use a positive number, or null for the default of 20",
			"%s has %d workers", nodeName(n), *wanted)
	}
	return *wanted
}

// mayNotAsk refuses a flow that may ask the user something where several run at once.
func (fc *flowCompiler) mayNotAsk(where finding, n spec.Node, sub *Flow) {
	if sub.Ask == nil {
		return
	}
	fc.errorf(where, "parallel-asks", "ask before or after the parallel node, or allow it there with allow_questions",
		"%s cannot run flow %q in parallel, because it may ask the user at %s", nodeName(n), sub.Name,
		strings.Join(append([]string{sub.Name}, sub.Ask...), " > "))
}
