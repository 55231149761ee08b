package program

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// flowCompiler compiles one flow.
type flowCompiler struct {
	*compiler
	spec *spec.Flow
	out  *Flow
	// index finds the compiled node of a component; byID the one of an id, for edges that repeat a node.
	index map[spec.Node]*Node
	byID  map[string]*Node
	// known are the titles of the ports of large nodes.
	known map[*Node]nodeTitles
	// producers holds for each slot the nodes that write to it.
	producers [][]int
	ends      []*Node
	// scope are the context providers that nodes of the flow see; providers are the flow's own, and provided the slots
	// that data edges lead to from one of them.
	scope     *scope
	providers map[spec.Node]*Provider
	provided  map[int]*Provider
	// later is what can only be decided when all edges are known.
	later []func()
}

// flow compiles a flow that sees no context providers but its own.
func (c *compiler) flow(f *spec.Flow) *Flow { return c.flowIn(f, nil) }

// flowIn compiles a flow for the context providers around it: once for each scope, however often it is used there.
func (c *compiler) flowIn(f *spec.Flow, s *scope) *Flow {
	if c.compiling[f] {
		c.errorf(at(f), "recursive-flow", "loop inside the flow, or repeat it with a map or retry node",
			"flow %q contains itself", f.Name)
		return &Flow{Name: f.Name}
	}
	if known, ok := c.flows[flowKey{f, s}]; ok {
		return known
	}
	out := &Flow{Name: f.Name}
	c.flows[flowKey{f, s}] = out
	c.compiling[f] = true
	defer delete(c.compiling, f)
	fc := newFlowCompiler(c, f, out)
	fc.scope = s
	fc.compile()
	out.Spec = f
	out.Index = len(c.prog.Flows)
	c.prog.Flows = append(c.prog.Flows, out)
	return out
}

func newFlowCompiler(c *compiler, f *spec.Flow, out *Flow) *flowCompiler {
	return &flowCompiler{
		compiler: c, spec: f, out: out, index: map[spec.Node]*Node{}, byID: map[string]*Node{},
		known: map[*Node]nodeTitles{}, providers: map[spec.Node]*Provider{}, provided: map[int]*Provider{},
	}
}

func (fc *flowCompiler) compile() {
	before := len(fc.errors)
	fc.variables()
	fc.contextProviders()
	fc.nodes()
	if !fc.startAndEnds() {
		return // nothing below makes sense without them
	}
	fc.inputs()
	fc.control()
	fc.outputs()
	fc.data()
	for _, f := range fc.later {
		f()
	}
	fc.ask()
	if len(fc.errors) == before {
		fc.warnings()
	}
}

func (fc *flowCompiler) variables() {
	fc.out.Variables = slices.Clone(fc.spec.State)
	seen := map[string]bool{}
	for i, v := range fc.spec.State {
		fc.out.Variables[i] = fc.initial(i, v)
		if seen[v.Title] {
			fc.errorf(at(fc.spec, "state", i), "duplicate-variable", "give each variable a name of its own",
				"flow %q has two variables named %q", fc.spec.Name, v.Title)
		}
		seen[v.Title] = true
	}
}

// nodes compiles the nodes, each by itself.
func (fc *flowCompiler) nodes() {
	names := map[string]int{}
	for i, n := range fc.spec.Nodes {
		if n == nil {
			fc.errorf(at(fc.spec, "nodes", i), "no-node", "remove it", "node %d of flow %q is missing", i+1, fc.spec.Name)
			continue
		}
		if fc.index[n] != nil || n.Base().ID != "" && fc.byID[n.Base().ID] != nil {
			fc.warnf(at(fc.spec, "nodes", i), "duplicate-node", "list each node once",
				"flow %q lists node %q twice", fc.spec.Name, n.Base().Name)
			continue
		}
		node := &Node{Index: len(fc.out.Nodes), Name: uniqueName(names, n.Base().Name), Spec: n}
		fc.out.Nodes = append(fc.out.Nodes, node)
		fc.index[n] = node
		if id := n.Base().ID; id != "" {
			fc.byID[id] = node
		}
		fc.node(node)
	}
}

// uniqueName appends a number to a name that was there before, as the reference does.
func uniqueName(names map[string]int, name string) string {
	names[name]++
	if names[name] == 1 {
		return name
	}
	return uniqueName(names, name+" "+strconv.Itoa(names[name]))
}

// lookup finds the node that an edge means.
func (fc *flowCompiler) lookup(n spec.Node) *Node {
	if n == nil {
		return nil
	}
	if node, ok := fc.index[n]; ok {
		return node
	}
	return fc.byID[n.Base().ID]
}

// startAndEnds checks that there is one start node and at least one end node.
func (fc *flowCompiler) startAndEnds() bool {
	ok := true
	var starts []*Node
	for _, n := range fc.out.Nodes {
		switch n.Spec.(type) {
		case *spec.StartNode:
			starts = append(starts, n)
		case *spec.EndNode:
			fc.ends = append(fc.ends, n)
		}
	}
	start := fc.lookup(startOf(fc.spec))
	switch {
	case fc.spec.StartNode == nil:
		fc.errorf(at(fc.spec, "start_node"), "no-start", "add a StartNode and name it in start_node",
			"flow %q has no start node", fc.spec.Name)
		ok = false
	case start == nil:
		fc.errorf(at(fc.spec, "start_node"), "start-not-listed", "list it in nodes",
			"the start node %q of flow %q is not one of its nodes", fc.spec.StartNode.Name, fc.spec.Name)
		ok = false
	default:
		fc.out.Start = start.Index
	}
	for _, n := range starts {
		if n != start && start != nil {
			fc.errorf(at(n.Spec), "two-starts", "keep one StartNode in a flow",
				"flow %q has a second start node, %q", fc.spec.Name, n.Name)
		}
	}
	if len(fc.ends) == 0 {
		fc.errorf(at(fc.spec, "nodes"), "no-end", "add an EndNode and lead an edge to it",
			"flow %q has no end node", fc.spec.Name)
		ok = false
	}
	return ok
}

// startOf returns the start node as a Node, nil if there is none.
func startOf(f *spec.Flow) spec.Node {
	if f.StartNode == nil {
		return nil
	}
	return f.StartNode
}

// inputs are those of the start node.
func (fc *flowCompiler) inputs() {
	start := fc.out.Nodes[fc.out.Start]
	fc.out.Inputs = start.Inputs
	if fc.spec.Inputs == nil {
		return
	}
	for i, p := range fc.spec.Inputs {
		if !slices.ContainsFunc(start.Inputs, func(in Input) bool { return in.Title == p.Title }) {
			fc.errorf(at(fc.spec, "inputs", i), "flow-inputs", "give flow and start node the same inputs",
				"flow %q declares the input %q, which its start node does not have", fc.spec.Name, p.Title)
		}
	}
	for i := range start.Inputs {
		in := &start.Inputs[i]
		p, ok := find(fc.spec.Inputs, in.Title)
		if !ok {
			fc.errorf(at(start.Spec, "inputs", i), "flow-inputs", "give flow and start node the same inputs",
				"the start node has the input %q, which flow %q does not declare", in.Title, fc.spec.Name)
		}
		if ok && !in.HasDefault && p.HasDefault {
			in.Property = in.WithDefault(p.Default)
		}
	}
}

// find returns the property of a name.
func find(props []value.Property, title string) (value.Property, bool) {
	for _, p := range props {
		if p.Title == title {
			return p, true
		}
	}
	return value.Property{}, false
}

// outputs are the declared ones, or what all end nodes have.
func (fc *flowCompiler) outputs() {
	fc.agreeingEnds()
	declared := fc.spec.Outputs
	if declared == nil {
		declared = fc.commonEndOutputs()
	}
	for i, p := range declared {
		if !p.HasDefault {
			fc.inEveryEnd(i, p)
		}
		fc.out.Outputs = append(fc.out.Outputs, Output{Property: p, Slot: fc.newSlot()})
	}
	fc.duplicates(fc.spec, "outputs", declared)
}

// agreeingEnds checks that outputs of one name have one type in all end nodes.
func (fc *flowCompiler) agreeingEnds() {
	first := map[string]value.Property{}
	for _, end := range fc.ends {
		for i, out := range end.Outputs {
			known, ok := first[out.Title]
			if !ok {
				first[out.Title] = out.Property
				continue
			}
			if !value.SameType(known.Type, out.Type) {
				fc.errorf(at(end.Spec, "outputs", i), "end-types", "give the output one type in all end nodes",
					"output %q is %s here and %s in another end node of flow %q", out.Title, out.Type, known.Type, fc.spec.Name)
			}
		}
	}
}

func (fc *flowCompiler) commonEndOutputs() []value.Property {
	common := []value.Property{}
	for _, out := range fc.ends[0].Outputs {
		everywhere := true
		for _, end := range fc.ends[1:] {
			everywhere = everywhere && fc.titles(end).outputs(out.Title) >= 0
		}
		if everywhere {
			common = append(common, out.Property)
		}
	}
	return common
}

func (fc *flowCompiler) inEveryEnd(i int, p value.Property) {
	for _, end := range fc.ends {
		j := fc.titles(end).outputs(p.Title)
		switch {
		case j < 0:
			fc.errorf(at(fc.spec, "outputs", i), "flow-outputs", "feed it to each end node, or give it a default",
				"output %q of flow %q does not reach the end node %q", p.Title, fc.spec.Name, end.Name)
		case !value.SameType(end.Outputs[j].Type, p.Type):
			fc.errorf(at(fc.spec, "outputs", i), "flow-outputs", "give both one type",
				"output %q of flow %q is %s, but %s in its end node %q", p.Title, fc.spec.Name, p.Type, end.Outputs[j].Type, end.Name)
		}
	}
}

// duplicates checks that the names of ports are distinct.
func (c *compiler) duplicates(comp spec.Component, field string, props []value.Property) {
	seen := map[string]bool{}
	for i, p := range props {
		if seen[p.Title] {
			c.errorf(at(comp, field, i), "duplicate-port", "give each a name of its own",
				"%q has two %s named %q", comp.Base().Name, field, p.Title)
		}
		seen[p.Title] = true
	}
}

func (fc *flowCompiler) newSlot() int {
	fc.producers = append(fc.producers, nil)
	fc.out.Slots++
	return fc.out.Slots - 1
}

// ask finds the first node that may ask the user something.
func (fc *flowCompiler) ask() {
	for _, n := range fc.out.Nodes {
		if path := n.asks(); path != nil {
			fc.out.Ask = append([]string{n.Name}, path...)
			return
		}
	}
}

// asks returns the way from n to a node that asks, empty if it is n itself, nil if there is none.
func (n *Node) asks() []string {
	switch op := n.Op.(type) {
	case *Ask:
		return []string{}
	case *CallTool:
		if op.Client || op.Confirm || op.Login {
			return []string{}
		}
	case *Agent:
		return op.asks()
	case *Team:
		return op.asks()
	case *RunFlow:
		return append([]string(nil), op.Flow.Ask...)
	case *Retry:
		return append([]string(nil), op.Flow.Ask...)
	case *Catch:
		return append([]string(nil), op.Flow.Ask...)
	case *Map:
		return append([]string(nil), op.Flow.Ask...)
	case *Parallel:
		for i := range op.Branches {
			if f := op.Branches[i].Flow; f.Ask != nil {
				return append([]string{f.Name}, f.Ask...)
			}
		}
	}
	return nil
}

// nodeName names a node for people.
func nodeName(n spec.Node) string { return fmt.Sprintf("node %q", n.Base().Name) }
