package flowtest

import (
	"fmt"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// composites are the steps that run a flow in another way than once.
func (a *area) composites() []func() {
	steps := []func(){a.mapList, a.mapObject, a.retry, a.provider}
	if a.shape.Catch {
		steps = append(steps, a.catch, a.catch)
	}
	return steps
}

// constant adds a node that yields a value under a name.
func (a *area) constant(name string, v value.Value, t *value.Type) spec.Node {
	n := a.add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: name, Value: v})}, name)
	n.Ports().Outputs = []value.Property{{Title: name, Type: t}}
	return n
}

// joined makes a text of a list that a node yields.
func (a *area) joined(n spec.Node, output string) {
	text := a.add(&spec.TemplateNode{Template: "{{ v | join('|') }}"}, "join")
	a.g.Data(n, output, text, "v")
	a.yields(text, "output")
}

// mapList runs a flow for each item of a list, with the ports of the core.
func (a *area) mapList() {
	var items []value.Value
	for i := range a.number(0, 4, "items") {
		items = append(items, value.String(fmt.Sprintf("item %d", i)))
	}
	list := a.constant("list", value.List(items...), value.ListOf(value.StringType))
	parallel := a.chance(2, "at once")
	f, _ := a.flow(a.flowName(), a.depth-1, a.ask && !parallel)
	var n spec.Node = &spec.MapNode{Subflow: f}
	if parallel {
		n = &spec.ParallelMapNode{Subflow: f}
	}
	a.add(n, "map")
	a.g.Data(list, "list", n, "iterated_in")
	for _, p := range f.Outputs {
		a.joined(n, "collected_"+p.Title)
	}
}

// mapObject runs a flow for each entry of an object, with the ports of the extension.
func (a *area) mapObject() {
	var b value.ObjectBuilder
	for i := range a.number(0, 4, "entries") {
		b.Set(fmt.Sprintf("key %d", 9-i), value.Int(int64(i)))
	}
	object := a.constant("object", b.Value(), value.DictOf(value.IntegerType))
	parallel, workers := a.chance(2, "at once"), a.number(0, 3, "workers")
	f, _ := a.flow(a.flowName(), a.depth-1, a.ask && !parallel || a.questions())
	s := &spec.MapNode{Subflow: f, ParallelExecution: parallel, MaxWorkers: &workers, AllowQuestions: parallel && a.questions()}
	s.UnpackInput = spec.Dict[string]{{Key: "in", Value: one(a.drawer, []string{"._key", "._key + \" is \\(._value)\""}, "query")}}
	s.Inputs = []value.Property{{Title: "iterated_input", Type: value.DictOf(value.IntegerType)}}
	s.Outputs = []value.Property{{Title: f.Outputs[0].Title, Type: value.ListOf(value.StringType)}}
	a.add(s, "map")
	a.g.Data(object, "object", s, "iterated_input")
	a.joined(s, f.Outputs[0].Title)
}

// retry runs a flow until a tool is lucky.
func (a *area) retry() {
	g := NewGraph(a.flowName(), Text("in"))
	inner, exits := a.flow(a.flowName(), a.depth-1, a.ask)
	run := g.Add(&spec.FlowNode{Subflow: inner}, "run")
	if a.tools["luck"] == nil {
		a.tools["luck"] = ServerTool("luck", nil, Texts("luck"))
	}
	luck := g.Add(&spec.ToolNode{Tool: a.tools["luck"]}, "luck")
	outs := append([]value.Property{Text("luck")}, inner.Outputs...)
	last := g.End("end", outs...)
	g.Flow.Outputs = outs
	g.Edge(g.Start(), "", run)
	for _, branch := range exits {
		g.Edge(run, branch, luck)
	}
	g.Edge(luck, "", last)
	g.Data(g.Start(), "in", run, "in")
	g.Data(luck, "luck", last, "luck")
	for _, p := range inner.Outputs {
		g.Data(run, p.Title, last, p.Title)
	}
	trials := a.number(0, 3, "trials")
	n := a.add(&spec.RetryNode{Flow: g.Flow, SuccessCondition: "luck", MaxNumTrials: &trials}, "retry")
	a.feed(n, "in")
	a.ends = append(a.ends, end{n, "failure"})
	for _, p := range inner.Outputs {
		a.yields(n, p.Title)
	}
	count := a.add(&spec.TemplateNode{Template: "after {{ n }}"}, "count")
	a.g.Data(n, "retry_step_num_retries", count, "n")
	a.yields(count, "output")
}

// catch runs a flow that may fail, and meets the failure on a branch of its own.
func (a *area) catch() {
	f, exits := a.flow(a.flowName(), a.depth-1, a.ask)
	s := &spec.PluginCatchExceptionNode{Flow: f}
	branch := "default_exception_branch"
	switch a.number(0, 2, "catch") {
	case 0:
		s.CatchAllExceptions = true
	case 1:
		branch = "bad"
		s.ExceptOn = spec.Dict[string]{{Key: "Exception", Value: branch}}
	case 2:
		branch = exits[0]
		s.ExceptOn = spec.Dict[string]{{Key: "ValueError", Value: branch}, {Key: "KeyError", Value: branch}}
	}
	n := a.add(s, "catch")
	a.feed(n, "in")
	a.ends = nil
	for _, exit := range exits {
		a.ends = append(a.ends, end{n, exit})
	}
	if branch != exits[0] {
		a.ends = append(a.ends, end{n, branch})
	}
	for _, p := range f.Outputs {
		a.yields(n, p.Title)
	}
	what := a.add(&spec.TemplateNode{Template: "caught {{ name }} {{ text }}"}, "what")
	a.g.Data(n, "exception_name", what, "name")
	a.g.Data(n, "exception_payload_name", what, "text")
	a.yields(what, "output")
}

// provider uses a value that a context provider offers, of this flow or of one around it.
func (a *area) provider() {
	if len(a.offers) == 0 || a.chance(3, "new provider") {
		a.offer()
	}
	name := one(a.drawer, a.offers, "offer")
	n := a.add(&spec.TemplateNode{Template: fmt.Sprintf("{{ x }} with {{ %s }} and {{ %s }}", name, name)}, "use")
	a.feed(n, "x")
	a.yields(n, "output")
}

// offer adds a context provider to the flow.
func (a *area) offer() {
	name := fmt.Sprintf("offer%d_%s", len(a.g.Flow.ContextProviders), a.g.Flow.Name)
	var p spec.ContextProvider
	switch a.number(0, 2, "kind") {
	case 0:
		p = &spec.ConstantContextProvider{Value: value.String("always " + name)}
		p.Ports().Outputs = Texts(name)
	case 1:
		if a.tools["moment"] == nil {
			a.tools["moment"] = ServerTool("moment", nil, Texts("moment"))
		}
		p = &spec.ToolContextProvider{Tool: a.tools["moment"], OutputName: name}
	case 2:
		outside := a.offers
		a.offers = nil
		f, _ := a.flow(a.flowName(), 0, false)
		a.offers = outside
		f.StartNode.Inputs[0] = f.StartNode.Inputs[0].WithDefault(value.String("nothing"))
		f.Outputs = []value.Property{Text(name)}
		for _, n := range f.Nodes {
			if e, ok := n.(*spec.EndNode); ok {
				e.Outputs = Texts(name)
			}
		}
		for _, e := range f.DataFlowConnections {
			if _, ok := e.DestinationNode.(*spec.EndNode); ok {
				e.DestinationInput = name
			}
		}
		p = &spec.FlowContextProvider{Flow: f, OutputNames: []string{name}}
	}
	p.Base().ID, p.Base().Name = "provider."+name, name
	a.g.Flow.ContextProviders = append(a.g.Flow.ContextProviders, p)
	a.offers = append(a.offers, name)
}
