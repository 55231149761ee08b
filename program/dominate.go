package program

// dominators returns for each node the one that every way from the start to it passes last before it, or -1 for the
// start and for nodes that no way leads to. (K. Cooper, T. Harvey, K. Kennedy: A Simple, Fast Dominance Algorithm, 2001.)
func (fc *flowCompiler) dominators() []int {
	order := fc.postorder()
	number := make([]int, len(fc.out.Nodes)) // place in postorder; the start has the highest
	for i := range number {
		number[i] = -1
	}
	for i, n := range order {
		number[n] = i
	}
	before := fc.predecessors(number)
	dom := make([]int, len(fc.out.Nodes))
	for i := range dom {
		dom[i] = -1
	}
	start := fc.out.Start
	dom[start] = start
	for changed := true; changed; {
		changed = false
		for i := len(order) - 2; i >= 0; i-- {
			n := order[i]
			best := -1
			for _, p := range before[n] {
				switch {
				case dom[p] < 0:
				case best < 0:
					best = p
				default:
					best = meet(dom, number, best, p)
				}
			}
			if dom[n] != best {
				dom[n], changed = best, true
			}
		}
	}
	dom[start] = -1
	return dom
}

// meet returns the nearest node that dominates both.
func meet(dom, number []int, a, b int) int {
	for a != b {
		for number[a] < number[b] {
			a = dom[a]
		}
		for number[b] < number[a] {
			b = dom[b]
		}
	}
	return a
}

// postorder lists the nodes that the start reaches, each after those it leads to; the start comes last.
func (fc *flowCompiler) postorder() []int {
	type visit struct{ node, next int }
	seen := make([]bool, len(fc.out.Nodes))
	seen[fc.out.Start] = true
	stack := []visit{{fc.out.Start, 0}}
	order := make([]int, 0, len(fc.out.Nodes))
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		next := fc.out.Nodes[top.node].Next
		if top.next == len(next) {
			order = append(order, top.node)
			stack = stack[:len(stack)-1]
			continue
		}
		n := next[top.next]
		top.next++
		if n != NoNode && !seen[n] {
			seen[n] = true
			stack = append(stack, visit{n, 0})
		}
	}
	return order
}

func (fc *flowCompiler) predecessors(number []int) [][]int {
	before := make([][]int, len(fc.out.Nodes))
	for i, n := range fc.out.Nodes {
		if number[i] < 0 {
			continue
		}
		for _, next := range n.Next {
			if next != NoNode {
				before[next] = append(before[next], i)
			}
		}
	}
	return before
}

// tree numbers the nodes so that dominance is a comparison: a node's interval holds those of all nodes it dominates.
type tree struct{ first, last []int }

// domTree builds the tree of dominators. A node that no way leads to has an empty interval.
func (fc *flowCompiler) domTree() tree {
	dom := fc.dominators()
	t := tree{make([]int, len(dom)), make([]int, len(dom))}
	children := make([][]int, len(dom))
	for n, d := range dom {
		if d >= 0 {
			children[d] = append(children[d], n)
		}
	}
	count := 0
	stack := []int{fc.out.Start}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		if t.first[n] == 0 {
			count++
			t.first[n] = count
			stack = append(stack, children[n]...)
			continue
		}
		stack = stack[:len(stack)-1]
		t.last[n] = count
	}
	return t
}

func (t tree) reached(n int) bool { return t.first[n] > 0 }

// dominates reports whether every way from the start to b passes a before it.
func (t tree) dominates(a, b int) bool {
	return a != b && t.reached(a) && t.first[a] <= t.first[b] && t.last[b] <= t.last[a]
}

// alwaysProduced reports whether on every way from the start to n some node has written to the slot. Mostly one of the
// producers dominates n; only where several share the work are the ways walked.
func (fc *flowCompiler) alwaysProduced(dom tree, n *Node, slot int) bool {
	producers := fc.producers[slot]
	for _, p := range producers {
		if dom.dominates(p, n.Index) {
			return true
		}
	}
	return len(producers) > 1 && !fc.reachesAvoiding(n.Index, producers)
}

// reachesAvoiding reports whether a way leads from the start to the node past all of the given ones.
func (fc *flowCompiler) reachesAvoiding(node int, avoid []int) bool {
	seen := make([]bool, len(fc.out.Nodes)) // or to be avoided
	for _, n := range avoid {
		seen[n] = true
	}
	if seen[fc.out.Start] {
		return false
	}
	todo := []int{fc.out.Start}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, next := range fc.out.Nodes[n].Next {
			if next == node {
				return true
			}
			if next != NoNode && !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return false
}
