package wayflow

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// MapNode runs a flow for each item of a list.
type MapNode struct {
	node[MapNode]
	part     Part
	parallel bool
	// questions lets items that run at once ask.
	questions bool
	over      string
	unpack    spec.Dict[string]
	reducers  spec.Dict[string]
	collect   []string
	workers   *int
}

// Map runs a flow for each item of a list, one after the other. As in Agent Spec, for an input x of the flow the node has
// an input iterated_x, a list of such values or one value for all items, and for an output y an output collected_y, the
// list of what the items gave. [MapNode.Over] names the list instead, and is what items need that are objects.
func Map(name string, part Part) *MapNode {
	n := &MapNode{part: part}
	return n.init(n, name, here())
}

// ParallelMap is a [Map] whose items run at once.
func ParallelMap(name string, part Part) *MapNode {
	n := &MapNode{part: part, parallel: true}
	return n.init(n, name, here())
}

// Over names the input that holds the list. Each item goes to the only input of the flow, or where [MapNode.Unpack] says;
// all other inputs and outputs of the node are named as those of the flow.
func (n *MapNode) Over(list string) *MapNode {
	n.over = list
	return n
}

// Unpack takes an input of the flow from the item, by a jq query: "." is the item itself, ".name" its field.
func (n *MapNode) Unpack(input, query string) *MapNode {
	n.unpack = append(n.unpack, spec.Entry[string]{Key: input, Value: query})
	return n
}

// Collect selects the outputs of the flow that are collected; the default is all.
func (n *MapNode) Collect(outputs ...string) *MapNode {
	n.collect = append(n.collect, outputs...)
	return n
}

// Reduce makes one value of what the items gave for an output: "sum", "average", "max" or "min" of them. It does not go
// together with [MapNode.Over] and [MapNode.Unpack].
func (n *MapNode) Reduce(output, by string) *MapNode {
	n.reducers = append(n.reducers, spec.Entry[string]{Key: output, Value: by})
	return n
}

// MaxWorkers bounds how many items run at a time in a [ParallelMap]; the default is 20.
func (n *MapNode) MaxWorkers(workers int) *MapNode {
	n.workers = &workers
	return n
}

// AllowQuestions lets the items of a [ParallelMap] ask, as [ParallelNode.AllowQuestions] does. The ports of the node are
// those of the extension then, see [MapNode.Over].
func (n *MapNode) AllowQuestions() *MapNode {
	n.questions = true
	return n
}

// extended reports whether only the extension of Agent Spec can say what the node does.
func (n *MapNode) extended() bool {
	return n.over != "" || len(n.unpack) > 0 || n.workers != nil || n.questions && n.parallel || len(n.inputMapping)+len(n.outputMapping) > 0
}

func (n *MapNode) compose(b *builder, id string) spec.Node {
	flow := b.flow(id, n.part, n.at)
	if flow == nil {
		return nil
	}
	if !n.extended() {
		return n.core(flow)
	}
	base := spec.NodeBase{Extended: true}
	if n.over != "" {
		base.InputMapping = renamed(nil, "iterated_input", n.over)
	}
	for _, p := range flow.Outputs {
		if n.collect == nil || slices.Contains(n.collect, p.Title) {
			out := value.Property{Title: outerName(n.outputMapping, p.Title), Type: value.ListOf(p.Type)}
			base.Outputs = append(base.Outputs, out)
		}
	}
	if n.reducers != nil {
		b.report([]problem{newProblem(n.at, n.name, "map-reduce", "reduce the list in another node",
			"node %q cannot reduce, as it says how its list is used", n.name)})
	}
	unpack := n.unpacking(b, flow)
	if n.parallel {
		return &spec.ParallelMapNode{NodeBase: base, Subflow: flow, UnpackInput: unpack, MaxWorkers: n.workers, AllowQuestions: n.questions}
	}
	return &spec.MapNode{NodeBase: base, Subflow: flow, UnpackInput: unpack, MaxWorkers: n.workers}
}

// unpacking is what the node was told or, if it is plain, the only input.
func (n *MapNode) unpacking(b *builder, flow *spec.Flow) spec.Dict[string] {
	switch {
	case n.unpack != nil:
		return n.unpack
	case len(flow.Inputs) == 1:
		return renamed(nil, flow.Inputs[0].Title, ".")
	}
	b.report([]problem{newProblem(n.at, n.name, "map-unpack", "say it with Unpack",
		"node %q does not say which of the %d inputs of flow %q gets the item", n.name, len(flow.Inputs), flow.Name)})
	return nil
}

func (n *MapNode) core(flow *spec.Flow) spec.Node {
	var reducers spec.Dict[string]
	for _, p := range flow.Outputs {
		by, ok := n.reducers.Get(p.Title)
		switch {
		case ok:
			reducers = renamed(reducers, p.Title, by)
		case n.collect == nil || slices.Contains(n.collect, p.Title):
			reducers = renamed(reducers, p.Title, "append")
		}
	}
	if n.parallel {
		return &spec.ParallelMapNode{Subflow: flow, Reducers: reducers}
	}
	return &spec.MapNode{Subflow: flow, Reducers: reducers}
}
