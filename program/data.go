package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// data resolves the data edges: each output learns the slots it writes to.
func (fc *flowCompiler) data() {
	if len(fc.spec.DataFlowConnections) == 0 {
		fc.wireByName()
	} else {
		for _, e := range fc.spec.DataFlowConnections {
			fc.dataEdge(e)
		}
	}
	fc.gather()
	fc.wireFlowInputs()
	fc.wireFlowOutputs()
	fc.gatherAtStart()
}

func (fc *flowCompiler) dataEdge(e *spec.DataFlowEdge) {
	if p := fc.provider(e.SourceNode); p != nil {
		fc.providerEdge(e, p)
		return
	}
	from, to := fc.edgeEnd(e, "source_node", e.SourceNode), fc.edgeEnd(e, "destination_node", e.DestinationNode)
	if from == nil || to == nil {
		return
	}
	out := fc.titles(from).outputs(e.SourceOutput)
	if out < 0 || from.Outputs[out].Dropped {
		out = -1
		fc.errorf(at(e, "source_output"), "unknown-output", "use one of its outputs: "+outputNames(from),
			"%s has no output %q", nodeName(from.Spec), e.SourceOutput)
	}
	in := fc.titles(to).inputs(e.DestinationInput)
	if in < 0 {
		fc.errorf(at(e, "destination_input"), "unknown-input", "use one of its inputs: "+inputNames(to),
			"%s has no input %q", nodeName(to.Spec), e.DestinationInput)
	}
	if out >= 0 && in >= 0 {
		fc.wire(e, from, out, to, in)
	}
}

// input returns the index of the input that is called so outside, or -1.
func (n *Node) input(name string) int {
	mapping := n.Spec.Node().InputMapping
	for i := range n.Inputs {
		if outerName(mapping, n.Inputs[i].Title) == name {
			return i
		}
	}
	return -1
}

// wire leads an output to an input. edge is the place to report a mismatch at.
func (fc *flowCompiler) wire(edge spec.Component, from *Node, out int, to *Node, in int) {
	o, i := &from.Outputs[out], &to.Inputs[in]
	if why := value.WhyNotCast(o.Type, i.Type); why != "" {
		fc.errorf(at(edge), "type-mismatch", "change one of the types, or put a node between them that converts",
			"output %q of %s cannot feed input %q of %s: %s", o.Title, nodeName(from.Spec), i.Title, nodeName(to.Spec), why)
		return
	}
	fc.connect(from, out, to, in)
}

// connect leads an output to an input, whatever their types.
func (fc *flowCompiler) connect(from *Node, out int, to *Node, in int) {
	o, i := &from.Outputs[out], &to.Inputs[in]
	if slices.Contains(o.Targets, i.Slot) {
		return
	}
	o.Targets = append(o.Targets, i.Slot)
	fc.producers[i.Slot] = append(fc.producers[i.Slot], from.Index)
	if value.NeedsCast(o.Type, i.Type) {
		fc.markCast(to, i.Slot)
	}
}

// markCast notes that what lies in a slot may have to be cast. Several inputs of a node may share one.
func (fc *flowCompiler) markCast(n *Node, slot int) {
	for i := range n.Inputs {
		if n.Inputs[i].Slot == slot {
			n.Inputs[i].Cast = true
		}
	}
}

// wireByName leads each output to all inputs of the same name, whatever their order, as the reference does for a flow
// without data edges.
func (fc *flowCompiler) wireByName() {
	type port struct {
		node *Node
		in   int
	}
	inputs := map[string][]port{}
	for _, n := range fc.out.Nodes {
		for i := range n.Inputs {
			name := outerName(n.Spec.Node().InputMapping, n.Inputs[i].Title)
			inputs[name] = append(inputs[name], port{n, i})
		}
	}
	wired := false
	for _, n := range fc.out.Nodes {
		for o := range n.Outputs {
			for _, p := range inputs[n.Outputs[o].Title] {
				if _, start := p.node.Spec.(*spec.StartNode); !start && !n.Outputs[o].Dropped {
					fc.wire(fc.spec, n, o, p.node, p.in)
					wired = true
				}
			}
		}
	}
	if wired {
		fc.warnf(at(fc.spec, "data_flow_connections"), "wired-by-name", "list the data edges",
			"flow %q lists no data edges, so outputs feed all inputs of the same name", fc.spec.Name)
	}
}

// wireFlowInputs feeds an input that is not produced on every way to its node, and has no default, from the flow's
// input of the same name; without one the flow cannot run.
func (fc *flowCompiler) wireFlowInputs() {
	start := fc.out.Nodes[fc.out.Start]
	dom := fc.domTree()
	for _, n := range fc.out.Nodes {
		if n == start {
			continue
		}
		for i := range n.Inputs {
			if in := &n.Inputs[i]; !in.Free && !n.gathers(i) && !fc.alwaysProduced(dom, n, in.Slot) {
				fc.feedFromStart(start, n, i)
			}
		}
	}
}

func (fc *flowCompiler) feedFromStart(start, n *Node, i int) {
	in := &n.Inputs[i]
	name := outerName(n.Spec.Node().InputMapping, in.Title)
	out := slices.IndexFunc(start.Outputs, func(o Output) bool { return o.Title == name })
	switch {
	case out >= 0:
		fc.warnParsed(start, out, n, i)
		fc.connect(start, out, n, i)
	case !in.HasDefault:
		help := "lead a data edge to it, give it a default, or add an input of this name to the start node"
		if len(fc.producers[in.Slot]) > 0 {
			help = "feed it on every way that leads to the node, or give it a default"
		}
		fc.errorf(at(n.Spec), "input-not-fed", help,
			"input %q of %s has no value on some way through flow %q", name, nodeName(n.Spec), fc.spec.Name)
	}
}

// warnParsed says that an input of the flow reaches a node whose input it may not fit. No edge asks for it, so no rule
// forbids it: as in the reference the value is parsed and cast when the node runs.
func (fc *flowCompiler) warnParsed(start *Node, out int, n *Node, in int) {
	o, i := &start.Outputs[out], &n.Inputs[in]
	if why := value.WhyNotCast(o.Type, i.Type); why != "" {
		fc.warnf(at(n.Spec), "unchecked-input", "give both one type, or lead a data edge to the input of the node",
			"input %q of flow %q feeds input %q of %s, where it may not fit: %s", o.Title, fc.spec.Name, i.Title, nodeName(n.Spec), why)
	}
}

// wireFlowOutputs makes each node output that is named as an output of the flow write to it.
func (fc *flowCompiler) wireFlowOutputs() {
	titles := outputTitles(fc.out.Outputs)
	for _, n := range fc.out.Nodes {
		for j := range n.Outputs {
			o := &n.Outputs[j]
			if i := titles(o.Title); i >= 0 && !o.Dropped {
				slot := fc.out.Outputs[i].Slot
				o.Targets = append(o.Targets, slot)
				fc.producers[slot] = append(fc.producers[slot], n.Index)
			}
		}
	}
	for i := range fc.out.Outputs {
		out := &fc.out.Outputs[i]
		if len(fc.producers[out.Slot]) == 0 && !out.HasDefault {
			fc.errorf(at(fc.spec, "outputs", i), "flow-outputs", "let a node produce it, or remove it",
				"nothing produces the output %q of flow %q", out.Title, fc.spec.Name)
		}
	}
}
