package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// warnings finds what a flow can be run with, but was hardly meant. It looks at flows without errors only: what is amiss
// in others mostly follows from these.
func (fc *flowCompiler) warnings() {
	fc.warnEndless()
	for _, n := range fc.out.Nodes {
		fc.warnUnread(n)
		fc.warnUnfed(n)
		fc.warnParallel(n)
	}
	fc.warnNulls()
}

// warnEndless finds the nodes after which the flow can never end: no way leads from them to an end node, nor to a branch
// that no edge leaves. Of those only the ones are told that the flow enters first.
func (fc *flowCompiler) warnEndless() {
	order := fc.postorder()
	ends := fc.endsFrom(order)
	if ends == nil {
		return
	}
	entered := make([]bool, len(ends))
	entered[fc.out.Start] = !ends[fc.out.Start]
	for _, n := range order {
		for _, next := range fc.out.Nodes[n].Next {
			if next != NoNode && ends[n] && !ends[next] {
				entered[next] = true
			}
		}
	}
	for i, n := range fc.out.Nodes {
		if entered[i] {
			fc.warnf(at(n.Spec), "endless-loop", "lead a branch out of the loop",
				"flow %q can never end once it has come to %s: it goes round for ever", fc.spec.Name, nodeName(n.Spec))
		}
	}
}

// endsFrom reports for each node that the start reaches whether the flow can end from there; nil if it always can.
func (fc *flowCompiler) endsFrom(order []int) []bool {
	ends := make([]bool, len(fc.out.Nodes))
	var todo []int
	for _, n := range order { // without loops this is all
		if ends[n] = fc.leadsOn(n, ends); ends[n] {
			todo = append(todo, n)
		}
	}
	if len(todo) == len(order) {
		return nil
	}
	before := fc.predecessorsOf(order)
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range before[n] {
			if !ends[p] {
				ends[p] = true
				todo = append(todo, p)
			}
		}
	}
	return ends
}

// leadsOn reports whether the flow ends at a node, or goes on to one from where it can end.
func (fc *flowCompiler) leadsOn(n int, ends []bool) bool {
	next := fc.out.Nodes[n].Next
	return len(next) == 0 || slices.ContainsFunc(next, func(to int) bool { return to == NoNode || ends[to] })
}

func (fc *flowCompiler) predecessorsOf(order []int) [][]int {
	before := make([][]int, len(fc.out.Nodes))
	for _, n := range order {
		for _, next := range fc.out.Nodes[n].Next {
			if next != NoNode {
				before[next] = append(before[next], n)
			}
		}
	}
	return before
}

// warnUnfed finds variables of templates that are always empty: they may be missing, so no value is asked for, and
// nothing gives them one.
func (fc *flowCompiler) warnUnfed(n *Node) {
	if !hasVariables(n.Spec) {
		return
	}
	for i := range n.Inputs {
		in := &n.Inputs[i]
		name := outerName(n.Spec.Node().InputMapping, in.Title)
		if !in.HasDefault || in.Free || len(fc.producers[in.Slot]) > 0 || n.gathers(i) {
			continue
		}
		if _, declared := find(n.Spec.Ports().Inputs, name); declared {
			continue
		}
		fc.warnf(at(n.Spec), "unfed-variable", "lead a data edge to it, or declare it as an input with the default that is meant",
			"the template of %s uses %q, which nothing provides: it is always empty", nodeName(n.Spec), name)
	}
}

// hasVariables reports whether inputs of a node are variables of templates.
func hasVariables(n spec.Node) bool {
	switch n.(type) {
	case *spec.TemplateNode, *spec.LlmNode, *spec.InputMessageNode, *spec.OutputMessageNode, *spec.ChoiceNode,
		*spec.GetChatHistoryNode, *spec.ApiNode, *spec.DatastoreListNode, *spec.DatastoreUpdateNode,
		*spec.DatastoreDeleteNode, *spec.DatastoreCreateNode, *spec.SearchNode:
		return true
	}
	return false
}

// nullable is an output that may yield null.
type nullable struct {
	node *Node
	out  *Output
}

// warnNulls finds inputs whose default is not what counts when there is no value: what feeds them may yield null, and that
// is then the value. An output of the flow has its default even so.
func (fc *flowCompiler) warnNulls() {
	feeds := fc.nullables()
	if len(feeds) == 0 {
		return
	}
	for _, n := range fc.out.Nodes {
		if _, end := n.Spec.(*spec.EndNode); end {
			continue
		}
		for i := range n.Inputs {
			in := &n.Inputs[i]
			from, ok := feeds[in.Slot]
			if !ok || !in.HasDefault || in.Default.IsNull() {
				continue
			}
			fc.warnf(at(n.Spec), "null-over-default", "use a type without null, or a branch for null",
				"input %q of %s has a default, but is null where output %q of %s is null",
				outerName(n.Spec.Node().InputMapping, in.Title), nodeName(n.Spec), from.out.Title, nodeName(from.node.Spec))
		}
	}
}

// nullables finds, by the slots that they write to, the outputs that may yield null.
func (fc *flowCompiler) nullables() map[int]nullable {
	var feeds map[int]nullable
	for _, n := range fc.out.Nodes {
		for i := range n.Outputs {
			out := &n.Outputs[i]
			if len(out.Targets) == 0 || !mayBeNull(out.Type) {
				continue
			}
			if feeds == nil {
				feeds = map[int]nullable{}
			}
			for _, slot := range out.Targets {
				feeds[slot] = nullable{n, out}
			}
		}
	}
	return feeds
}

// mayBeNull reports whether a type names null as a value. One that takes anything does not.
func mayBeNull(t *value.Type) bool {
	if t == nil {
		return false
	}
	return t.Kind == value.TypeNull || t.Kind == value.TypeUnion && slices.ContainsFunc(t.Members, mayBeNull)
}
