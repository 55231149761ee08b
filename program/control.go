package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
)

// control resolves the control edges.
func (fc *flowCompiler) control() {
	edges := make([]map[int]bool, len(fc.out.Nodes)) // per node, the branches that an edge leaves from
	entered := make([]bool, len(fc.out.Nodes))
	for i := range edges {
		edges[i] = map[int]bool{}
	}
	for _, e := range fc.spec.ControlFlowConnections {
		from, to := fc.edgeEnd(e, "from_node", e.FromNode), fc.edgeEnd(e, "to_node", e.ToNode)
		if from == nil || to == nil {
			continue
		}
		entered[to.Index] = true
		fc.controlEdge(e, from, to, edges[from.Index])
	}
	for _, n := range fc.out.Nodes {
		fc.checkWaysOut(n, edges[n.Index])
		fc.checkWayIn(n, entered[n.Index])
	}
	fc.checkReach()
}

// edgeEnd finds a node that an edge names.
func (fc *flowCompiler) edgeEnd(edge spec.Component, field string, n spec.Node) *Node {
	node := fc.lookup(n)
	if node == nil {
		name := ""
		if n != nil {
			name = n.Base().Name
		}
		fc.errorf(at(edge, field), "edge-to-foreign-node", "list the node in the flow's nodes, or remove the edge",
			"edge %q touches node %q, which is not in flow %q", edge.Base().Name, name, fc.spec.Name)
	}
	return node
}

func (fc *flowCompiler) controlEdge(e *spec.ControlFlowEdge, from, to *Node, taken map[int]bool) {
	if _, ok := to.Spec.(*spec.StartNode); ok {
		fc.errorf(at(e, "to_node"), "edge-into-start", "lead the edge to the node after the start",
			"edge %q enters the start node %q", e.Name, to.Name)
		return
	}
	if _, ok := from.Spec.(*spec.EndNode); ok {
		fc.errorf(at(e, "from_node"), "edge-out-of-end", "remove the edge, or make the node another one",
			"edge %q leaves the end node %q", e.Name, from.Name)
		return
	}
	branch := spec.DefaultBranch
	if e.FromBranch != nil {
		branch = *e.FromBranch
	}
	b := slices.Index(from.Branches, branch)
	switch {
	case b < 0:
		fc.errorf(at(e, "from_branch"), "unknown-branch", "use one of its branches: "+quoteAll(from.Branches),
			"edge %q leaves branch %q, which %s does not have", e.Name, branch, nodeName(from.Spec))
	case taken[b]:
		fc.errorf(at(e), "duplicate-branch-edge", "keep one edge for each branch",
			"a second edge leaves branch %q of %s", branch, nodeName(from.Spec))
	default:
		taken[b] = true
		from.Next[b] = to.Index
	}
}

// checkWaysOut finds branches that lead nowhere. For a document the flow ends there, as in the reference.
func (fc *flowCompiler) checkWaysOut(n *Node, taken map[int]bool) {
	if _, ok := n.Spec.(*spec.StartNode); ok && len(taken) == 0 {
		fc.errorf(at(n.Spec), "start-without-edge", "lead an edge from it to the first node",
			"no edge leaves the start node %q", n.Name)
		return
	}
	for b, name := range n.Branches {
		if !taken[b] {
			fc.warnf(at(n.Spec), "branch-without-edge", "lead an edge from it to an end node",
				"no edge leaves branch %q of %s; the flow ends there", name, nodeName(n.Spec))
		}
	}
}

func (fc *flowCompiler) checkWayIn(n *Node, entered bool) {
	if entered || n.Index == fc.out.Start {
		return
	}
	fc.errorf(at(n.Spec), "unreachable-node", "lead an edge to it, or remove it",
		"no edge leads to %s of flow %q", nodeName(n.Spec), fc.spec.Name)
}

// checkReach warns of nodes that only lead to each other.
func (fc *flowCompiler) checkReach() {
	reached := make([]bool, len(fc.out.Nodes))
	todo := []int{fc.out.Start}
	reached[fc.out.Start] = true
	for len(todo) > 0 {
		n := fc.out.Nodes[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		for _, next := range n.Next {
			if next != NoNode {
				if !reached[next] {
					reached[next] = true
					todo = append(todo, next)
				}
			}
		}
	}
	for i, n := range fc.out.Nodes {
		if !reached[i] && fc.hasEdgeInto(i) {
			fc.warnf(at(n.Spec), "unreachable-node", "lead an edge to it from a node that the start reaches",
				"%s can never run: no way leads to it from the start of flow %q", nodeName(n.Spec), fc.spec.Name)
		}
	}
}

func (fc *flowCompiler) hasEdgeInto(i int) bool {
	return slices.ContainsFunc(fc.out.Nodes, func(n *Node) bool { return slices.Contains(n.Next, i) })
}
