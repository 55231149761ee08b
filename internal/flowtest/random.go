package flowtest

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Shape says what [Draw] puts into a flow.
type Shape struct {
	// Ask lets the flow ask the user, and call tools of the client.
	Ask bool
	// Broken lets it call tools that always fail, and not only where that is ignored.
	Broken bool
	// Catch lets it catch what fails.
	Catch bool
	// Questions lets branches that run at once ask as well, and all that may ask wait for confirmations too.
	Questions bool
	// Depth bounds how deep flows, branches and loops nest.
	Depth int
}

// Draw makes a random flow: sequences, branches, loops bounded by a variable or by a tool, nested and parallel flows, the
// user, tools, models, templates and variables. Its one input is the text "in".
func Draw(t *rapid.T, shape Shape) *spec.Flow {
	d := &drawer{T: t, shape: shape, tools: map[string]*spec.ServerTool{}}
	f, _ := d.flow("main", shape.Depth, shape.Ask)
	return f
}

// drawer holds what the flows of one document share.
type drawer struct {
	*rapid.T
	shape Shape
	tools map[string]*spec.ServerTool
	model *spec.OpenAiCompatibleConfig
	flows int
	// offers are the names of what context providers offer to the flow that is being drawn.
	offers []string
}

// area is a part of a flow that is being drawn: it grows at its loose ends.
type area struct {
	*drawer
	g *Graph
	// ports are texts that have a value on every way to here.
	ports []port
	// ends are the branches that lead to the next node.
	ends  []end
	depth int
	ask   bool
	outs  []value.Property // of the flow
	exits *[]string        // the branches of the end nodes so far
}

type port struct {
	node spec.Node
	out  string
}

type end struct {
	node   spec.Node
	branch string
}

// number draws one of lo to hi, each as likely as the others (rapid's own ranges prefer small numbers, and so small
// flows).
func (d *drawer) number(lo, hi int, label string) int {
	n := 0
	for span := 1; span <= hi-lo; span *= 2 {
		n = 2*n + map[bool]int{true: 1}[rapid.Bool().Draw(d.T, label)]
	}
	return lo + n%(hi-lo+1)
}

// chance draws true one time in n.
func (d *drawer) chance(n int, label string) bool { return d.number(1, n, label) == n }

// one draws one of some items.
func one[T any](d *drawer, items []T, label string) T { return items[d.number(0, len(items)-1, label)] }

// flow draws a flow, and returns it with the branches of its end nodes.
func (d *drawer) flow(name string, depth int, ask bool) (*spec.Flow, []string) {
	g := NewGraph(name, Text("in"))
	defer func(outside []string) { d.offers = outside }(d.offers)
	var exits []string
	a := &area{
		drawer: d, g: g, depth: depth, ask: ask, exits: &exits,
		ports: []port{{g.Start(), "in"}}, ends: []end{{g.Start(), ""}},
	}
	for i := range d.number(1, 2, "outputs") {
		a.outs = append(a.outs, Text(fmt.Sprintf("%s_%d", name, i)))
	}
	g.Flow.Outputs = a.outs
	a.sequence(d.number(1, 2+2*depth, "length"))
	a.exit(spec.DefaultBranch)
	return g.Flow, exits
}

// add adds a node where the loose ends are.
func (a *area) add(n spec.Node, kind string) spec.Node {
	a.g.Add(n, fmt.Sprintf("%s %d", kind, len(a.g.Flow.Nodes)))
	for _, e := range a.ends {
		a.g.Edge(e.node, e.branch, n)
	}
	a.ends = []end{{n, ""}}
	return n
}

// feed leads one of the texts at hand to an input.
func (a *area) feed(n spec.Node, input string) {
	p := one(a.drawer, a.ports, "source")
	a.g.Data(p.node, p.out, n, input)
}

func (a *area) yields(n spec.Node, outs ...string) {
	for _, out := range outs {
		a.ports = append(a.ports, port{n, out})
	}
}

func (a *area) last() port { return a.ports[len(a.ports)-1] }

// exit ends the flow at a node of its own.
func (a *area) exit(branch string) {
	e := &spec.EndNode{BranchName: branch}
	e.Outputs = a.outs
	a.add(e, "end")
	for _, p := range a.outs {
		a.feed(e, p.Title)
	}
	a.ends = nil
	for _, known := range *a.exits {
		if known == branch {
			return
		}
	}
	*a.exits = append(*a.exits, branch)
}

func (a *area) sequence(length int) {
	for range length {
		a.step()
	}
}

// step adds a step, small or, while there is depth, large.
func (a *area) step() {
	small := []func(){a.template, a.say, a.tool, a.tool, a.pair, a.brokenTool, a.askModel, a.variable}
	if a.ask {
		small = append(small, a.askUser, a.askUser, a.clientTool)
	}
	if a.ask && a.shape.Questions {
		small = append(small, a.confirmedTool)
	}
	if a.depth == 0 {
		one(a.drawer, small, "step")()
		return
	}
	large := []func(){a.branch, a.countedLoop, a.toolLoop, a.subflow, a.parallel, a.parallel}
	large = append(large, a.composites()...)
	one(a.drawer, append(small, large...), "step")()
}

func (a *area) template() {
	if a.chance(2, "both") {
		a.feed(a.add(&spec.TemplateNode{Template: "<{{ x }}+{{ y }}>"}, "template"), "y")
	} else {
		a.add(&spec.TemplateNode{Template: "<{{ x }}>"}, "template")
	}
	n := a.ends[0].node
	a.feed(n, "x")
	a.yields(n, "output")
}

func (a *area) say() {
	n := a.add(&spec.OutputMessageNode{Message: "it is {{ x }}"}, "say")
	a.feed(n, "x")
}

// call adds a call of one of the tools of [World].
func (a *area) call(name string, inputs, outputs []string, ignore bool) {
	if a.tools[name] == nil {
		a.tools[name] = ServerTool(name, Texts(inputs...), Texts(outputs...))
	}
	n := a.add(&spec.ToolNode{Tool: a.tools[name], IgnoreExceptions: ignore}, name)
	for _, in := range inputs {
		a.feed(n, in)
	}
	a.yields(n, outputs...)
}

func (a *area) tool() {
	name := one(a.drawer, []string{"word", "flaky", "pick"}, "tool")
	a.call(name, []string{"x"}, []string{name}, false)
}

func (a *area) pair() { a.call("pair", []string{"x", "y"}, []string{"left", "right"}, false) }

func (a *area) brokenTool() {
	a.call("broken", []string{"x"}, []string{"broken"}, !a.shape.Broken || !a.chance(3, "fatal"))
}

func (a *area) askModel() {
	if a.model == nil {
		url := "http://127.0.0.1:1"
		a.model = &spec.OpenAiCompatibleConfig{}
		a.model.ID, a.model.Name, a.model.ModelID, a.model.URL = "model", "model", "m", &url
	}
	n := a.add(&spec.LlmNode{LlmConfig: a.model, PromptTemplate: "write on {{ x }}", SendMessage: a.chance(2, "said")}, "model")
	llm := n.(*spec.LlmNode)
	llm.Extended = llm.SendMessage
	llm.Outputs = Texts("text")
	a.feed(n, "x")
	a.yields(n, "text")
}

// askUser asks with a question, or only waits.
func (a *area) askUser() {
	n := a.add(&spec.InputMessageNode{}, "ask")
	if a.chance(2, "question") {
		question := "what of {{ x }}?"
		n.(*spec.InputMessageNode).Message = &question
		a.feed(n, "x")
	}
	a.yields(n, "user_input")
}

func (a *area) clientTool() {
	t := &spec.ClientTool{}
	name := fmt.Sprintf("client%d", len(a.g.Flow.Nodes))
	t.ID, t.Name, t.Inputs, t.Outputs = a.g.Flow.Name+".tool."+name, name, Texts("x"), Texts("client")
	n := a.add(&spec.ToolNode{Tool: t}, name)
	a.feed(n, "x")
	a.yields(n, "client")
}

// confirmedTool calls a tool when the user has allowed it.
func (a *area) confirmedTool() {
	if a.tools["guarded"] == nil {
		t := ServerTool("guarded", Texts("x"), Texts("guarded"))
		t.RequiresConfirmation = true
		a.tools["guarded"] = t
	}
	a.call("guarded", []string{"x"}, []string{"guarded"}, true)
}

// questions reports whether branches that run at once may ask here.
func (a *area) questions() bool { return a.ask && a.shape.Questions }

// state adds a variable to the flow, a list of texts.
func (a *area) state() value.Property {
	v := value.Property{Title: fmt.Sprintf("v%d", len(a.g.Flow.State)), Type: value.ListOf(value.StringType)}
	v = v.WithDefault(value.List())
	a.g.Flow.State = append(a.g.Flow.State, v)
	return v
}

// variable writes a variable, new or not, and reads it.
func (a *area) variable() {
	var v value.Property
	if len(a.g.Flow.State) > 0 && a.chance(2, "known") {
		v = one(a.drawer, a.g.Flow.State, "variable")
	} else {
		v = a.state()
	}
	a.insert(v)
	a.show(v, "{{ v | join('|') }}")
}

func (a *area) insert(v value.Property) {
	a.feed(a.add(&spec.WriteVariableNode{Variable: v, Operation: spec.WriteInsert}, "insert"), "value")
}

// show reads a variable and makes it a text.
func (a *area) show(v value.Property, template string) {
	read := a.add(&spec.ReadVariableNode{Variable: v}, "read")
	text := a.add(&spec.TemplateNode{Template: template}, "show")
	a.g.Data(read, "value", text, "v")
	a.yields(text, "output")
}

// choose branches on what some node yields.
func (a *area) choose(key port, mapping ...spec.Entry[string]) spec.Node {
	n := a.add(&spec.BranchingNode{Mapping: mapping}, "branch")
	a.g.Data(key.node, key.out, n, "branching_mapping_key")
	return n
}

// branch goes one of three ways, that meet again or leave the flow.
func (a *area) branch() {
	a.call("pick", []string{"x"}, []string{"pick"}, false)
	n := a.choose(a.last(), spec.Entry[string]{Key: "a", Value: "first"}, spec.Entry[string]{Key: "b", Value: "second"})
	var ends []end
	var results []port
	for _, branch := range []string{"first", "second", "default"} {
		arm := *a
		arm.depth--
		arm.ends = []end{{n, branch}}
		arm.ports = a.ports[:len(a.ports):len(a.ports)]
		arm.sequence(a.number(0, 2, "arm"))
		if branch == "first" && a.chance(4, "leave") {
			arm.exit(one(a.drawer, []string{spec.DefaultBranch, "early"}, "exit"))
			continue
		}
		ends = append(ends, arm.ends...)
		results = append(results, arm.last())
	}
	a.ends = ends
	meet := a.add(&spec.TemplateNode{Template: "met {{ x }}"}, "meet")
	for _, p := range results {
		a.g.Data(p.node, p.out, meet, "x")
	}
	a.yields(meet, "output")
}

// header begins a loop: a node that takes a value from before the loop or, later, from its end.
func (a *area) header() spec.Node {
	n := a.add(&spec.TemplateNode{Template: "round {{ x | length }}"}, "loop")
	a.feed(n, "x")
	a.yields(n, "output")
	return n
}

// again leads back to the header of a loop on one branch, and goes on along the other.
func (a *area) again(header spec.Node, key port, word string) {
	n := a.choose(key, spec.Entry[string]{Key: word, Value: "again"})
	back := a.last()
	a.g.Data(back.node, back.out, header, "x")
	a.g.Edge(n, "again", header)
	a.ends = []end{{n, "default"}}
}

// countedLoop runs until a variable has a number of items.
func (a *area) countedLoop() {
	v := a.state()
	none := a.add(&spec.ConstantValuesNode{ConstantValues: value.NewObject(value.Member{Key: "none", Value: value.List()})}, "none")
	none.Ports().Outputs = []value.Property{{Title: "none", Type: v.Type}}
	clear := a.add(&spec.WriteVariableNode{Variable: v}, "clear")
	a.g.Data(none, "none", clear, "value")
	header := a.header()
	a.depth--
	a.sequence(a.number(0, 2, "body"))
	a.depth++
	a.insert(v)
	rounds := a.number(1, 3, "rounds")
	a.show(v, fmt.Sprintf("{{ 'more' if v | length < %d else 'enough' }}", rounds))
	a.again(header, a.last(), "more")
}

// toolLoop runs until a tool has had enough.
func (a *area) toolLoop() {
	header := a.header()
	a.depth--
	a.sequence(a.number(0, 2, "body"))
	a.depth++
	a.call("again", nil, []string{"again"}, false)
	a.again(header, a.last(), "yes")
}

func (d *drawer) flowName() string {
	d.flows++
	return fmt.Sprintf("f%d", d.flows)
}

// subflow runs a flow, and takes up what it yields on each of its branches.
func (a *area) subflow() {
	f, exits := a.flow(a.flowName(), a.depth-1, a.ask)
	n := a.add(&spec.FlowNode{Subflow: f}, "subflow")
	a.feed(n, "in")
	a.ends = nil
	for _, branch := range exits {
		a.ends = append(a.ends, end{n, branch})
	}
	for _, p := range f.Outputs {
		a.yields(n, p.Title)
	}
}

// parallel runs some flows at once.
func (a *area) parallel() {
	s := &spec.ParallelFlowNode{AllowQuestions: a.questions()}
	var outs []string
	for range a.number(1, 4, "width") {
		f, _ := a.flow(a.flowName(), a.depth-1, a.questions())
		s.Subflows = append(s.Subflows, f)
		for _, p := range f.Outputs {
			outs = append(outs, p.Title)
		}
	}
	if workers := a.number(0, len(s.Subflows), "workers"); workers > 0 {
		s.MaxWorkers = &workers
	}
	n := a.add(s, "parallel")
	a.feed(n, "in")
	a.yields(n, outs...)
}
