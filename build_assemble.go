package wayflow

import (
	"slices"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// assembly makes the component of one flow.
type assembly struct {
	b     *builder
	src   *Flow
	at    spec.Pos
	out   *spec.Flow
	nodes []*placed
	find  map[Node]*placed
	named map[string]bool
	start *placed
	// providers are the context providers, whose index is -1.
	providers []*placed
	// implicit is true if the flow names no start of its own.
	implicit bool
	control  []controlEdge
	data     []dataEdge
}

// placed is a node of the flow, with its component.
type placed struct {
	program.Ports
	spec  spec.Node
	index int
	at    spec.Pos
	end   bool
}

// controlEdge leads to nil where the flow ends without an end node.
type controlEdge struct {
	from   *placed
	branch string
	to     *placed
	at     spec.Pos
}

type dataEdge struct {
	from   *placed
	output string
	to     *placed
	input  string
	at     spec.Pos
}

// assemble makes the component of a flow, nil if something is wrong with it, which has been reported.
func (b *builder) assemble(f *Flow, id string) *spec.Flow {
	before := len(b.errors)
	b.report(f.problems)
	a := &assembly{b: b, src: f, at: f.at.pos(), out: &spec.Flow{}, find: map[Node]*placed{}, named: map[string]bool{}}
	a.envelope(&a.out.ComponentBase, id, f.name, f.description, a.at)
	a.out.State = slices.Clone(f.state)
	for _, n := range f.nodes {
		a.place(n)
	}
	a.provide()
	if len(b.errors) > before || len(a.nodes) == 0 {
		return nil // what follows would only repeat it
	}
	a.controlEdges()
	a.dataEdges()
	a.inputs()
	a.outputs()
	if len(b.errors) > before {
		return nil
	}
	a.write()
	return a.out
}

func (a *assembly) errorf(at spec.Pos, code, help, format string, args ...any) {
	p := newProblem(0, a.src.name, code, help, format, args...)
	p.Pos = at
	a.b.errors = append(a.b.errors, p.Diagnostic)
}

// envelope fills in what all components have.
func (a *assembly) envelope(c *spec.ComponentBase, id, name, description string, at spec.Pos) {
	c.ID, c.Name, c.Metadata = id, name, value.NewObject()
	if description != "" {
		c.Description = &description
	}
	c.BuiltAt(at)
}

// place makes the component of a node.
func (a *assembly) place(n Node) {
	c := n.common()
	a.b.report(c.problems)
	p := &placed{index: len(a.nodes), at: c.at.pos()}
	_, p.end = n.(*EndNode)
	if a.named[c.name] {
		a.errorf(p.at, "node-name", "give it another one", "flow %q has two nodes named %q", a.src.name, c.name)
	}
	a.named[c.name] = true
	if len(c.problems) > 0 {
		return
	}
	id := a.b.id(a.out.ID, c.name)
	before := len(a.b.errors)
	if p.spec = n.compose(a.b, id); p.spec == nil || len(a.b.errors) > before {
		return
	}
	a.fill(p, n, id)
	if start, ok := p.spec.(*spec.StartNode); ok {
		if a.start != nil {
			a.errorf(p.at, "two-starts", "keep one", "flow %q has two start nodes, %q and %q",
				a.src.name, a.start.spec.Base().Name, c.name)
		}
		a.start, a.out.StartNode = p, start
	}
	a.nodes = append(a.nodes, p)
	a.find[n] = p
}

// fill gives a component what all nodes have: the envelope, the mappings and, since documents say them, the ports.
func (a *assembly) fill(p *placed, n Node, id string) {
	c, base := n.common(), p.spec.Node()
	if _, custom := n.(*CustomNode); custom && base.ID != "" {
		id = base.ID
	}
	if base.Metadata == nil {
		base.Metadata = value.NewObject()
	}
	base.ID, base.Name = id, c.name
	if c.description != "" {
		base.Description = &c.description
	}
	base.BuiltAt(p.at)
	base.InputMapping = slices.Concat(base.InputMapping, c.inputMapping)
	base.OutputMapping = slices.Concat(base.OutputMapping, c.outputMapping)
	ports, findings := program.PortsOf(p.spec, a.src.state)
	a.b.errors = append(a.b.errors, findings...)
	p.Ports = program.Ports{Inputs: declared(ports.Inputs), Outputs: declared(ports.Outputs), Branches: ports.Branches}
	base.Inputs, base.Branches = p.Inputs, slices.Sorted(slices.Values(p.Branches))
	if _, api := p.spec.(*spec.ApiNode); !api || base.Outputs != nil {
		base.Outputs = p.Outputs // undeclared, that of an ApiNode is the whole answer; declared, a field of it
	}
}

// controlEdges resolves the edges between nodes: an edge of a whole node is one of each branch that has none of its own.
func (a *assembly) controlEdges() {
	type branch struct {
		node Node
		name string
	}
	own, left := map[branch]bool{}, map[*placed]bool{}
	for _, e := range a.src.edges {
		own[branch{e.from, e.branch}] = true
	}
	for _, e := range a.src.edges {
		from, to := a.find[e.from], a.find[e.to]
		branches := []string{e.branch}
		if e.branch == "" {
			branches = slices.DeleteFunc(slices.Clone(from.Branches), func(b string) bool { return own[branch{e.from, b}] })
		}
		left[from] = true
		for _, b := range branches {
			a.control = append(a.control, controlEdge{from, b, to, e.at.pos()})
		}
		if from.end {
			a.errorf(e.at.pos(), "edge-from-end", "remove it", "an edge leaves the end %q of flow %q", from.spec.Base().Name, a.src.name)
		}
	}
	a.begin()
	for _, p := range a.nodes {
		for _, b := range p.Branches {
			if !left[p] && (p != a.start || !a.implicit) {
				a.control = append(a.control, controlEdge{p, b, nil, p.at})
			}
		}
	}
}

// begin finds where the flow begins, and checks that it is said once.
func (a *assembly) begin() {
	entry := a.nodes[0]
	if a.src.entry != nil {
		entry = a.find[a.src.entry]
	}
	switch {
	case a.start == nil:
		a.implicitStart(entry)
	case a.src.hasInput:
		a.errorf(a.at, "flow-inputs", "give them to the start node", "flow %q declares inputs besides its start node", a.src.name)
	case a.src.entry != nil && entry != a.start:
		a.errorf(a.at, "two-starts", "lead an edge from the start node to it", "flow %q has a start node, and begins with %q too",
			a.src.name, entry.spec.Base().Name)
	}
}

// implicitStart puts a start node before the entry, behind all nodes in the list, as the reference does.
func (a *assembly) implicitStart(entry *placed) {
	a.implicit = true
	start := &spec.StartNode{}
	a.envelope(&start.ComponentBase, a.b.id(a.out.ID, startName), startName, "", a.at)
	start.Branches = []string{spec.DefaultBranch}
	a.start = &placed{spec: start, index: len(a.nodes), at: a.at}
	a.start.Branches = start.Branches
	a.out.StartNode = start
	a.nodes = append(a.nodes, a.start)
	a.control = append(a.control, controlEdge{a.start, spec.DefaultBranch, entry, a.at})
}

// dataEdges are those of the builder or, if there are none, one from each output to each input of the same name.
func (a *assembly) dataEdges() {
	for _, d := range a.src.data {
		from, to := a.find[d.from], a.find[d.to]
		if from == nil || to == nil {
			a.errorf(d.at.pos(), "unknown-node", "lead an edge to it", "a data edge of flow %q names a node that the flow does not have", a.src.name)
			continue
		}
		to.accept(from, d)
		a.data = append(a.data, dataEdge{from, d.output, to, d.input, d.at.pos()})
	}
	if len(a.src.data) > 0 {
		return
	}
	producers := a.producers()
	for _, to := range a.nodes {
		if to == a.start {
			continue
		}
		first := len(a.data)
		for _, in := range to.Inputs {
			for _, from := range producers[in.Title] {
				if !from.end {
					a.data = append(a.data, dataEdge{from, in.Title, to, in.Title, to.at})
				}
			}
		}
		slices.SortStableFunc(a.data[first:], func(d, e dataEdge) int { return d.from.index - e.from.index })
		a.provided(to)
	}
}

// producers finds the nodes that yield an output of a name, in their order.
func (a *assembly) producers() map[string][]*placed {
	found := map[string][]*placed{}
	for _, p := range a.nodes {
		for _, out := range p.Outputs {
			found[out.Title] = append(found[out.Title], p)
		}
	}
	return found
}

// accept gives an end node the port that a data edge leads to.
func (p *placed) accept(from *placed, d dataLink) {
	if out, ok := port(from.Outputs, d.output); ok && p.end && !hasPort(p.Inputs, d.input) {
		p.Inputs = append(p.Inputs, out.WithTitle(d.input))
		p.Outputs = p.Inputs
	}
}

func hasPort(ports []value.Property, name string) bool {
	_, ok := port(ports, name)
	return ok
}

func port(ports []value.Property, name string) (value.Property, bool) {
	i := slices.IndexFunc(ports, func(p value.Property) bool { return p.Title == name })
	if i < 0 {
		return value.Property{}, false
	}
	return ports[i], true
}

// write makes the edges components, and the ends those that all outputs reach.
func (a *assembly) write() {
	f := a.out
	a.noneEnd()
	for _, ends := range []bool{false, true} { // as the reference, whose end nodes come last
		for _, p := range a.nodes {
			if p.end == ends {
				f.Nodes = append(f.Nodes, p.spec)
			}
		}
	}
	for _, e := range a.control {
		edge := &spec.ControlFlowEdge{FromNode: e.from.spec, ToNode: e.to.spec}
		if e.branch != spec.DefaultBranch {
			edge.FromBranch = &e.branch
		}
		name := controlName(e.from.spec.Base().Name, e.to.spec.Base().Name)
		a.envelope(&edge.ComponentBase, a.b.id(f.ID, name), name, "", e.at)
		f.ControlFlowConnections = append(f.ControlFlowConnections, edge)
	}
	f.DataFlowConnections = []*spec.DataFlowEdge{}
	for _, e := range a.data {
		edge := &spec.DataFlowEdge{
			SourceNode: e.from.spec, SourceOutput: e.output, DestinationNode: e.to.spec, DestinationInput: e.input,
		}
		name := dataName(e.from.spec.Base().Name, e.output, e.to.spec.Base().Name, e.input)
		a.envelope(&edge.ComponentBase, a.b.id(f.ID, name), name, "", e.at)
		f.DataFlowConnections = append(f.DataFlowConnections, edge)
	}
}

// noneEnd leads all edges that end the flow without an end node to one that is added, after all other edges.
func (a *assembly) noneEnd() {
	var edges, last []controlEdge
	for _, e := range a.control {
		if e.to == nil {
			last = append(last, e)
		} else {
			edges = append(edges, e)
		}
	}
	if len(last) > 0 {
		end := &spec.EndNode{BranchName: spec.DefaultBranch}
		a.envelope(&end.ComponentBase, a.b.id(a.out.ID, endName), endName, "", a.at)
		p := &placed{spec: end, index: len(a.nodes), at: a.at, end: true}
		a.nodes = append(a.nodes, p)
		for i := range last {
			last[i].to = p
		}
	}
	a.control = slices.Concat(edges, last)
	producers := a.producers()
	for _, p := range a.nodes {
		if p.end {
			a.feedEnd(p, producers)
		}
	}
}

// feedEnd gives an end node all outputs of the flow, and an edge from each node that yields one.
func (a *assembly) feedEnd(end *placed, producers map[string][]*placed) {
	base := end.spec.Node()
	base.Inputs, base.Outputs, base.Branches = declared(a.out.Outputs), declared(a.out.Outputs), []string{}
	fed := map[dataEdge]bool{}
	for _, e := range a.data {
		if e.to == end {
			e.at = end.at
			fed[e] = true
		}
	}
	for _, out := range a.out.Outputs {
		for _, p := range producers[out.Title] {
			made, _ := port(p.Outputs, out.Title)
			e := dataEdge{p, out.Title, end, out.Title, end.at}
			if !p.end && !fed[e] && value.CanCast(made.Type, out.Type) {
				a.data = append(a.data, e)
			}
		}
	}
}
