package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// defaultBranching is the branch that a BranchingNode takes for a value that its mapping does not list.
const defaultBranching = "default"

// branchingNode takes the branch that its one input names (Agent Spec, "BranchingNode"). The input may
// have any name; what it holds is compared as text.
func (fc *flowCompiler) branchingNode(n *Node, s *spec.BranchingNode) {
	title := "branching_mapping_key"
	if len(s.Inputs) == 1 && len(s.InputMapping) == 0 {
		title = s.Inputs[0].Title
	}
	branches := []string{defaultBranching}
	for i, e := range s.Mapping {
		if e.Value == defaultBranching {
			fc.warnf(at(s, "mapping", i), "default-branch", "leave the value out",
				"%s maps %q to the branch that is taken anyway", nodeName(s), e.Key)
		}
		if !slices.Contains(branches, e.Value) {
			branches = append(branches, e.Value)
		}
	}
	key := value.Property{Title: title, Type: value.StringType}
	fc.ports(n, &signature{inputs: []value.Property{key}, branches: branches})
	cases := make(map[string]int, len(s.Mapping))
	for _, e := range s.Mapping {
		cases[e.Key] = slices.Index(branches, e.Value)
	}
	n.Op = &Switch{Cases: cases}
}
