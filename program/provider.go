package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Provider is a context provider: it offers one value to all nodes of its flow and of the flows that they run, by the
// name of its output.
type Provider struct {
	Spec spec.ContextProvider
	// Output is what is offered.
	Output value.Property
	// Flow yields the value, as its output Index: it calls the provider's tool or is the provider's flow. It has no
	// inputs that need a value, and asks nobody. If it is nil the value is always Value.
	Flow  *Flow
	Index int
	Value value.Value
}

// Gather says which inputs of a node get their value from a context provider. It is asked once for each visit of the
// node, however many inputs there are.
type Gather struct {
	Provider *Provider
	Inputs   []int
}

// scope is what the nodes of a flow see of context providers: those of the flow and, further out, those of the flows
// around it.
type scope struct {
	outer     *scope
	providers []*Provider
}

// find returns the nearest provider that offers a name.
func (s *scope) find(name string) *Provider {
	for ; s != nil; s = s.outer {
		for _, p := range s.providers {
			if p.Output.Title == name {
				return p
			}
		}
	}
	return nil
}

// contextProviders compiles the flow's context providers.
func (fc *flowCompiler) contextProviders() {
	if len(fc.spec.ContextProviders) == 0 {
		return
	}
	inner := &scope{outer: fc.scope}
	for i, s := range fc.spec.ContextProviders {
		p := fc.contextProvider(s)
		if p == nil {
			continue
		}
		where := at(fc.spec, "context_providers", i)
		if slices.ContainsFunc(inner.providers, func(q *Provider) bool { return q.Output.Title == p.Output.Title }) {
			fc.errorf(where, "duplicate-provider", "give each output a name of its own",
				"two context providers of flow %q offer %q", fc.spec.Name, p.Output.Title)
		}
		if fc.scope.find(p.Output.Title) != nil {
			fc.warnf(where, "shadowed-provider", "give each output a name of its own",
				"flow %q offers %q, which a flow around it offers too; the nearest counts", fc.spec.Name, p.Output.Title)
		}
		inner.providers = append(inner.providers, p)
		fc.providers[s] = p
	}
	fc.scope = inner
}

func (fc *flowCompiler) contextProvider(s spec.ContextProvider) *Provider {
	switch s := s.(type) {
	case *spec.ConstantContextProvider:
		return fc.constantProvider(s)
	case *spec.ToolContextProvider:
		return fc.toolProvider(s)
	case *spec.FlowContextProvider:
		return fc.flowProvider(s)
	default:
		fc.unsupported(s)
		return nil
	}
}

func (fc *flowCompiler) constantProvider(s *spec.ConstantContextProvider) *Provider {
	if len(s.Outputs) != 1 {
		fc.errorf(at(s, "outputs"), "provider-output", "declare the one output that names the value",
			"context provider %q has %d outputs", s.Name, len(s.Outputs))
		return nil
	}
	return &Provider{Spec: s, Output: s.Outputs[0], Value: s.Value}
}

// toolProvider calls a tool by way of a flow of one node, so that it waits, fails and is stored like any other.
func (fc *flowCompiler) toolProvider(s *spec.ToolContextProvider) *Provider {
	if s.Tool == nil {
		return nil
	}
	ports := s.Tool.Ports()
	for _, p := range ports.Inputs {
		if !p.HasDefault {
			fc.errorf(at(s, "tool"), "provider-tool", "give it a default, or call the tool from a node",
				"context provider %q cannot call tool %q, which needs the input %q", s.Name, s.Tool.Base().Name, p.Title)
		}
	}
	if len(ports.Outputs) != 1 {
		fc.errorf(at(s, "tool"), "provider-output", "use a tool with one output",
			"context provider %q offers one value, but tool %q has %d outputs", s.Name, s.Tool.Base().Name, len(ports.Outputs))
		return nil
	}
	sub := fc.flow(toolFlow(s, ports.Outputs[0]))
	if sub.Ask != nil {
		fc.errorf(at(s, "tool"), "provider-asks", "use a tool that runs without asking",
			"context provider %q cannot call tool %q, which waits for somebody", s.Name, s.Tool.Base().Name)
	}
	name := s.OutputName
	if name == "" {
		name = s.Tool.Base().Name + "_output"
	}
	return &Provider{Spec: s, Output: ports.Outputs[0].WithTitle(name).WithoutDefault(), Flow: sub}
}

// toolFlow is a flow that calls a tool without arguments.
func toolFlow(s *spec.ToolContextProvider, out value.Property) *spec.Flow {
	start, call, end := &spec.StartNode{}, &spec.ToolNode{Tool: s.Tool}, &spec.EndNode{BranchName: spec.DefaultBranch}
	start.Inputs, start.Outputs = []value.Property{}, []value.Property{}
	end.Outputs = []value.Property{out}
	f := &spec.Flow{
		StartNode: start, Nodes: []spec.Node{start, call, end},
		ControlFlowConnections: []*spec.ControlFlowEdge{{FromNode: start, ToNode: call}, {FromNode: call, ToNode: end}},
		DataFlowConnections: []*spec.DataFlowEdge{
			{SourceNode: call, SourceOutput: out.Title, DestinationNode: end, DestinationInput: out.Title},
		},
	}
	f.ComponentBase, call.ComponentBase = s.ComponentBase, s.ComponentBase
	start.ComponentBase, end.ComponentBase = s.ComponentBase, s.ComponentBase
	start.ID, call.ID, end.ID = "", "", ""
	return f
}

func (fc *flowCompiler) flowProvider(s *spec.FlowContextProvider) *Provider {
	if s.Flow == nil {
		return nil
	}
	sub := fc.flow(s.Flow)
	if sub.Spec == nil {
		return nil
	}
	for i := range sub.Inputs {
		if in := &sub.Inputs[i]; !in.HasDefault && !in.Free {
			fc.errorf(at(s, "flow"), "provider-flow", "give it a default, or run the flow from a node",
				"context provider %q cannot run flow %q, which needs the input %q", s.Name, sub.Name, in.Title)
		}
	}
	if sub.Ask != nil {
		fc.errorf(at(s, "flow"), "provider-asks", "use a flow that asks nobody",
			"context provider %q cannot run flow %q, which may ask the user", s.Name, sub.Name)
	}
	return fc.offered(s, sub)
}

// offered picks the one output of a flow that a provider offers.
func (fc *flowCompiler) offered(s *spec.FlowContextProvider, sub *Flow) *Provider {
	outputs := sub.outputs()
	names := s.OutputNames
	if len(names) == 0 {
		for _, p := range outputs {
			names = append(names, p.Title)
		}
	}
	for i, name := range names {
		if _, ok := find(outputs, name); !ok {
			fc.errorf(at(s, "output_names", i), "unknown-output", "use one of its outputs: "+propertyNames(outputs),
				"flow %q of context provider %q has no output %q", sub.Name, s.Name, name)
			return nil
		}
	}
	if len(names) != 1 {
		fc.errorf(at(s, "output_names"), "provider-output", "name one of the flow's outputs",
			"context provider %q offers one value, but it names %d outputs", s.Name, len(names))
		return nil
	}
	i := slices.IndexFunc(outputs, func(p value.Property) bool { return p.Title == names[0] })
	return &Provider{Spec: s, Output: outputs[i].WithoutDefault(), Flow: sub, Index: i}
}

// provider returns the flow's context provider that a data edge starts at; nil if it does not start at one.
func (fc *flowCompiler) provider(n spec.Node) *Provider {
	s, ok := n.(spec.ContextProvider)
	if !ok {
		return nil
	}
	if p := fc.providers[s]; p != nil {
		return p
	}
	for _, known := range fc.spec.ContextProviders {
		if id := known.Base().ID; id != "" && id == s.Base().ID {
			return fc.providers[known]
		}
	}
	return nil
}

// providerEdge leads the value of a context provider to an input.
func (fc *flowCompiler) providerEdge(e *spec.DataFlowEdge, p *Provider) {
	to := fc.edgeEnd(e, "destination_node", e.DestinationNode)
	if to == nil {
		return
	}
	if e.SourceOutput != p.Output.Title {
		fc.errorf(at(e, "source_output"), "unknown-output", "use its output: "+quoteAll([]string{p.Output.Title}),
			"context provider %q has no output %q", p.Spec.Base().Name, e.SourceOutput)
		return
	}
	in := to.input(e.DestinationInput)
	if in < 0 {
		fc.errorf(at(e, "destination_input"), "unknown-input", "use one of its inputs: "+inputNames(to),
			"%s has no input %q", nodeName(to.Spec), e.DestinationInput)
		return
	}
	slot := to.Inputs[in].Slot
	if other := fc.provided[slot]; other != nil && other != p {
		fc.errorf(at(e), "two-providers", "keep one of the edges",
			"two context providers feed input %q of %s", e.DestinationInput, nodeName(to.Spec))
		return
	}
	fc.provided[slot] = p
}

// gather decides which inputs context providers feed: those that a data edge leads to from one, and those that have the
// name of what one offers. Of other nodes only the start node may feed them too; the provider's value counts then.
func (fc *flowCompiler) gather() {
	if fc.scope == nil {
		return
	}
	start := fc.out.Nodes[fc.out.Start]
	for _, n := range fc.out.Nodes {
		for i := range n.Inputs {
			switch p := fc.providerOf(n, i); {
			case p == nil || n.Inputs[i].Free:
			case n == start:
				n.Inputs[i].Free = true // see gatherAtStart
			default:
				fc.gatherInput(n, i, p)
			}
		}
	}
}

// providerOf returns the context provider that feeds an input; nil if none does.
func (fc *flowCompiler) providerOf(n *Node, i int) *Provider {
	if p := fc.provided[n.Inputs[i].Slot]; p != nil {
		return p
	}
	return fc.scope.find(outerName(n.Spec.Node().InputMapping, n.Inputs[i].Title))
}

func (fc *flowCompiler) gatherInput(n *Node, i int, p *Provider) {
	in := &n.Inputs[i]
	name := outerName(n.Spec.Node().InputMapping, in.Title)
	for _, from := range fc.producers[in.Slot] {
		if from != fc.out.Start {
			fc.errorf(at(n.Spec), "provider-and-node", "rename the output of one of them, or remove the data edge",
				"input %q of %s is fed by context provider %q and by %s", name, nodeName(n.Spec), p.Spec.Base().Name,
				nodeName(fc.out.Nodes[from].Spec))
			return
		}
	}
	if why := value.WhyNotCast(p.Output.Type, in.Type); why != "" {
		fc.errorf(at(n.Spec), "type-mismatch", "change one of the types",
			"context provider %q cannot feed input %q of %s: %s", p.Spec.Base().Name, name, nodeName(n.Spec), why)
		return
	}
	in.Cast = true // the value comes from outside
	n.addGather(p, i)
}

func (n *Node) addGather(p *Provider, i int) {
	for j := range n.Gather {
		if n.Gather[j].Provider == p {
			n.Gather[j].Inputs = append(n.Gather[j].Inputs, i)
			return
		}
	}
	n.Gather = append(n.Gather, Gather{Provider: p, Inputs: []int{i}})
}

// gathers reports whether a context provider feeds an input.
func (n *Node) gathers(i int) bool {
	return slices.ContainsFunc(n.Gather, func(g Gather) bool { return slices.Contains(g.Inputs, i) })
}

// gatherAtStart makes the start node ask the providers of those of its inputs that it hands on under another name.
// Where the name stays the same the consumer asks, so the start node need not.
func (fc *flowCompiler) gatherAtStart() {
	if fc.scope == nil {
		return
	}
	served := map[int]bool{}
	start := fc.out.Nodes[fc.out.Start]
	for _, n := range fc.out.Nodes {
		for i := range n.Inputs {
			if n != start && (n.Inputs[i].Free || n.gathers(i)) {
				served[n.Inputs[i].Slot] = true
			}
		}
	}
	for i := range start.Inputs {
		in := &start.Inputs[i]
		p := fc.scope.find(in.Title)
		if p == nil || !slices.ContainsFunc(start.Outputs[i].Targets, func(t int) bool { return !served[t] }) {
			continue
		}
		in.Cast = true
		start.addGather(p, i)
	}
}
