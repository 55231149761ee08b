package wayflow

import (
	"slices"

	"github.com/wayflow-go/wayflow/value"
)

// facts says what is certain when a node is reached, on whichever way: which inputs have been fed, and which outputs
// have been produced. Both are numbered.
type facts []uint64

func (f facts) has(i int) bool { return f[i/64]&(1<<(i%64)) != 0 }
func (f facts) set(i int)      { f[i/64] |= 1 << (i % 64) }

// meet keeps what both are certain of, and reports whether that changed f.
func (f facts) meet(g facts) (changed bool) {
	for i := range f {
		if m := f[i] & g[i]; m != f[i] {
			f[i], changed = m, true
		}
	}
	return changed
}

// certainty are the facts of a flow.
type certainty struct {
	// inputs numbers the inputs of nodes, names the names of outputs.
	inputs map[inputKey]int
	names  map[string]int
	// before and made are, for each node, what is certain when it begins, and what it adds.
	before, made []facts
}

type inputKey struct {
	node int
	name string
}

// certain works out what is certain, by going along the edges until nothing changes.
func (a *assembly) certain() *certainty {
	c := &certainty{inputs: map[inputKey]int{}, names: map[string]int{}}
	c.number(a)
	size := (len(c.inputs) + len(c.names) + 63) / 64
	next := make([][]int, len(a.nodes))
	for _, p := range a.nodes {
		all, made := make(facts, size), make(facts, size)
		for i := range all {
			all[i] = ^uint64(0)
		}
		for _, out := range p.Outputs {
			made.set(c.names[out.Title])
		}
		c.before, c.made = append(c.before, all), append(c.made, made)
	}
	for _, d := range a.data {
		if i, ok := c.inputs[inputKey{d.to.index, d.input}]; ok && d.from.index >= 0 {
			c.made[d.from.index].set(i)
		}
	}
	for _, e := range a.control {
		if e.to != nil {
			next[e.from.index] = append(next[e.from.index], e.to.index)
		}
	}
	c.before[a.start.index] = make(facts, size)
	for queue := []int{a.start.index}; len(queue) > 0; queue = queue[1:] {
		after := c.after(queue[0])
		for _, n := range next[queue[0]] {
			if c.before[n].meet(after) {
				queue = append(queue, n)
			}
		}
	}
	return c
}

func (c *certainty) number(a *assembly) {
	for _, p := range a.nodes {
		for _, in := range p.Inputs {
			c.inputs[inputKey{p.index, in.Title}] = len(c.inputs)
		}
	}
	for _, p := range a.nodes {
		for _, out := range p.Outputs {
			if _, ok := c.names[out.Title]; !ok {
				c.names[out.Title] = len(c.inputs) + len(c.names)
			}
		}
	}
}

// after is what is certain when a node is done.
func (c *certainty) after(node int) facts {
	f := slices.Clone(c.before[node])
	for i := range f {
		f[i] |= c.made[node][i]
	}
	return f
}

// need is an input that nothing feeds on some way to its node.
type need struct {
	node *placed
	port value.Property
}

// inputs works out the inputs of the flow, and feeds them from the start node to whoever needs them.
func (a *assembly) inputs() {
	if !a.implicit {
		a.out.Inputs = declared(a.start.Outputs)
		return
	}
	names, needs := a.needs()
	ports := declared(a.src.inputs)
	if !a.src.hasInput {
		for _, name := range names {
			ports = append(ports, a.merge(name, needs[name]))
		}
	}
	base := a.start.spec.Node()
	base.Inputs, base.Outputs = ports, ports
	a.start.Inputs, a.start.Outputs = ports, ports
	a.out.Inputs = ports
	for _, name := range names {
		for _, n := range needs[name] {
			if hasPort(ports, name) {
				a.data = append(a.data, dataEdge{a.start, name, n.node, name, n.node.at})
			}
		}
	}
}

// needs lists the names of inputs that are not certain to be fed, and who needs them.
func (a *assembly) needs() (names []string, needs map[string][]need) {
	c := a.certain()
	needs = map[string][]need{}
	for _, p := range a.nodes {
		for _, in := range p.Inputs {
			if p == a.start || p.end || a.offered(p, in.Title) || c.before[p.index].has(c.inputs[inputKey{p.index, in.Title}]) {
				continue
			}
			if needs[in.Title] == nil {
				names = append(names, in.Title)
			}
			needs[in.Title] = append(needs[in.Title], need{p, in})
		}
	}
	return names, needs
}

// merge is the input of the flow that serves all who need one of this name: of the types the one that fits everywhere.
// It has a default only if all have one.
func (a *assembly) merge(name string, needs []need) value.Property {
	p := needs[0].port
	for _, n := range needs {
		fits := !slices.ContainsFunc(needs, func(m need) bool { return !value.CanCast(n.port.Type, m.port.Type) })
		if fits && !value.CanCast(p.Type, n.port.Type) || fits && value.SameType(p.Type, value.StringType) {
			p = n.port
		}
	}
	for _, n := range needs {
		if why := value.WhyNotCast(p.Type, n.port.Type); why != "" {
			a.errorf(n.node.at, "type-mismatch", "rename one of them, or declare the inputs of the flow",
				"input %q of node %q and that of node %q would be one input of flow %q, but %s", name,
				needs[0].node.spec.Base().Name, n.node.spec.Base().Name, a.src.name, why)
		}
		if !n.port.HasDefault {
			p = p.WithoutDefault()
		}
	}
	return p
}

// outputs are the declared ones, or all that are certain at every end and that not only the start node yields.
func (a *assembly) outputs() {
	c := a.certain()
	certain := a.atEnds(c)
	a.out.Outputs = []value.Property{}
	producers := a.producers()
	available := func(name string) (p value.Property, ok bool) {
		if i, known := c.names[name]; known && certain != nil && certain.has(i) {
			return a.lastOutput(producers[name], name)
		}
		return p, false
	}
	if !a.src.hasWants {
		for _, p := range a.nodes {
			for _, out := range p.Outputs {
				last, ok := available(out.Title)
				if first := producers[out.Title]; ok && (first[0] == p || first[0] == a.start && first[1] == p) {
					a.out.Outputs = append(a.out.Outputs, last)
				}
			}
		}
		return
	}
	for _, name := range a.src.selected {
		if p, ok := available(name); ok {
			a.out.Outputs = append(a.out.Outputs, p)
			continue
		}
		a.errorf(a.at, "flow-outputs", "let a node produce it on every way, or declare it with a default",
			"output %q of flow %q is not certain to be produced", name, a.src.name)
	}
	for _, p := range a.src.outputs {
		if _, ok := available(p.Title); !ok && !p.HasDefault {
			a.errorf(a.at, "flow-outputs", "let a node produce it on every way, or give it a default",
				"output %q of flow %q is not certain to be produced", p.Title, a.src.name)
		}
		a.out.Outputs = append(a.out.Outputs, p)
	}
}

// atEnds is what is certain wherever the flow ends; nil if it never does.
func (a *assembly) atEnds(c *certainty) (certain facts) {
	end := func(p *placed) {
		if after := c.after(p.index); certain == nil {
			certain = after
		} else {
			certain.meet(after)
		}
	}
	for _, p := range a.nodes {
		if p.end {
			end(p)
		}
	}
	for _, e := range a.control {
		if e.to == nil {
			end(e.from)
		}
	}
	return certain
}

// lastOutput is the output of the last producer of a name, besides the start node.
func (a *assembly) lastOutput(producers []*placed, name string) (p value.Property, ok bool) {
	for _, n := range slices.Backward(producers) {
		if n != a.start {
			return port(n.Outputs, name)
		}
	}
	return p, false
}
