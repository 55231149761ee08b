package program

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// defaultIterations is how often the model of an agent is asked in a turn if the document does not say.
const defaultIterations = 10

// defaultGreeting is what an agent says first that has the greeting of the runtime.
const defaultGreeting = "Hi! How can I help you?"

// agentNode runs an agent, a team, or a flow (Agent Spec, "AgentNode").
func (fc *flowCompiler) agentNode(n *Node, s *spec.AgentNode) {
	r := role{}
	if s.CallerInputMode != nil {
		unattended := *s.CallerInputMode == spec.CallerInputNever
		r.unattended = &unattended
	}
	fc.agentic(n, s.Agent, r)
	if r.unattended != nil && *r.unattended && len(s.Ports().Outputs) == 0 && len(n.Outputs) == 0 {
		fc.errorf(at(s, "caller_input_mode"), "no-result", "give the agent outputs, or let the user answer it",
			"nobody answers the agent of node %q, so it has to have outputs", n.Name)
	}
}

// agentic makes a node run what one can talk to.
func (fc *flowCompiler) agentic(n *Node, c spec.AgenticComponent, r role) {
	if c != nil && fc.compiling[c] {
		fc.errorf(at(c), "recursive-agent", "let the agents talk to each other as a Swarm", "%q contains itself", c.Base().Name)
		n.Op = &Unsupported{Kind: "an agent that contains itself"}
		return
	}
	fc.compiling[c] = true
	defer delete(fc.compiling, c)
	switch c := c.(type) {
	case *spec.Flow:
		delete(fc.compiling, c)
		fc.flowOf(n, c)
	case *spec.Agent:
		fc.runAgent(n, c, r)
	case *spec.SpecializedAgent:
		fc.runAgent(n, specialized(c), r)
	case *spec.ManagerWorkers:
		fc.runManager(n, c, r)
	case *spec.Swarm:
		fc.runSwarm(n, c, r)
	case *spec.A2AAgent, *spec.OciAgent:
		fc.runRemote(n, c, r)
	default:
		fc.unsupportedNode(n)
		if c != nil {
			fc.unsupported(c)
		}
	}
}

// role is what an agent is in the place where it is used.
type role struct {
	// member is true if it answers another agent.
	member bool
	// unattended replaces the agent's own setting unless it is nil.
	unattended *bool
	// team is set for an agent of a team.
	team *teamRole
}

// teamRole is what an agent has as one of a team.
type teamRole struct {
	// outputs take the place of the agent's own, if it talks to the user of the team.
	outputs []value.Property
	own     bool // the agent keeps its own outputs
	note    string
	offers  []Offer
	// threads and inputs are where the conversations and the inputs of the whole team are collected.
	threads *[]*Flow
	inputs  *[]value.Property
}

// runAgent makes a node run an agent: its ports are the agent's.
func (fc *flowCompiler) runAgent(n *Node, a *spec.Agent, r role) {
	ac := fc.agent(a, r)
	sig := &signature{
		inputs: *ac.inputs, outputs: portsOf(ac.out), branches: nextOnly,
		free: ac.free(), hidden: hidden(a.SystemPrompt, *ac.inputs),
	}
	fc.ports(n, sig)
	ac.gatherInto(n)
	n.Op = ac.out
}

// agent compiles an agent for a role. Its context providers are led to their inputs when the node has its ports.
func (fc *flowCompiler) agent(a *spec.Agent, r role) *agentCompiler {
	ac := &agentCompiler{
		flowCompiler: fc, spec: a, role: r, out: &Agent{Name: a.Name, Member: r.member},
		inputs: &[]value.Property{},
	}
	ac.threads = &ac.out.Threads
	out := ac.out
	out.Outputs = a.Outputs
	if t := r.team; t != nil {
		out.Note = t.note
		if t.inputs != nil {
			ac.inputs = t.inputs
		}
		if t.threads != nil {
			ac.threads = t.threads
		}
		if !t.own {
			out.Outputs = t.outputs
		}
	}
	ac.mode()
	ac.duplicates(a, "outputs", a.Outputs)
	out.RaiseExceptions, out.Strict = a.RaiseExceptions, a.StrictOutputValidation
	if a.LlmConfig != nil {
		out.Model = ac.model(a.LlmConfig)
	}
	ac.instruction()
	ac.prompt()
	ac.provide()
	ac.offers()
	ac.construction()
	return ac
}

// agentCompiler compiles one agent for one role.
type agentCompiler struct {
	*flowCompiler
	spec *spec.Agent
	role role
	out  *Agent
	// inputs are those of the node, by the names of the placeholders, and threads the conversations with other agents.
	inputs  *[]value.Property
	threads *[]*Flow
	// used are the agent's context providers whose values it needs.
	used []*Provider
}

// mode says whether somebody answers the agent, and what it says first.
func (ac *agentCompiler) mode() {
	a, out := ac.spec, ac.out
	out.Unattended = a.Unattended || a.CallerInputMode == spec.CallerInputNever
	if ac.role.unattended != nil {
		out.Unattended = *ac.role.unattended
	}
	out.MaxIterations = a.MaxIterations
	if out.MaxIterations == 0 {
		out.MaxIterations = defaultIterations
	}
	if out.Unattended || a.InitialMessage == nil {
		return
	}
	out.Initial = a.InitialMessage
	if *a.InitialMessage == spec.DefaultInitialMessage {
		greeting := defaultGreeting
		out.Initial = &greeting
	}
}

// portsOf are the outputs of the node: those of the agent, or what it answers its caller.
func portsOf(a *Agent) []value.Property {
	if a.Member {
		return []value.Property{{Title: resultPort, Type: value.AnyType}}
	}
	return a.Outputs
}

// instruction compiles the system prompt.
func (ac *agentCompiler) instruction() {
	a := ac.spec
	if a.SystemPrompt == "" {
		return
	}
	t, err := jinja.Parse(a.SystemPrompt)
	if err != nil {
		ac.errorf(at(a, "system_prompt"), "template", "mend the template", "the system prompt of %q is wrong%s", a.Name, templateError(err))
		return
	}
	ac.out.Instruction = t
	for _, v := range t.Variables() {
		ac.out.Args = append(ac.out.Args, ac.input(prompt.Input(v)))
	}
}

// addInput returns the index of an input, which is new or known.
func addInput(inputs *[]value.Property, p value.Property) int {
	for i := range *inputs {
		if (*inputs)[i].Title == p.Title {
			return i
		}
	}
	*inputs = append(*inputs, p)
	return len(*inputs) - 1
}

// input returns the index of an input of the node. What the agent declares counts.
func (ac *agentCompiler) input(p value.Property) int {
	if d, ok := find(ac.spec.Inputs, p.Title); ok {
		p = d
	}
	return addInput(ac.inputs, p)
}

func (ac *agentCompiler) prompt() {
	if ac.spec.AgentTemplate != nil {
		ac.out.Prompt = ac.promptTemplate(ac.spec, ac.spec.AgentTemplate)
	} else if ac.spec.LlmConfig != nil {
		ac.out.Prompt = ac.chatFormat(ac.spec.LlmConfig).Agent()
	} else {
		return
	}
	ac.out.Prompt.Before = append(ac.transforms(ac.spec.Transforms), ac.out.Prompt.Before...)
	for _, p := range ac.out.Prompt.Variables {
		switch p.Title {
		case prompt.InstructionVariable:
			ac.out.PromptArgs = append(ac.out.PromptArgs, InstructionArg)
		case prompt.PlanVariable:
			ac.out.PromptArgs = append(ac.out.PromptArgs, PlanArg)
		default:
			ac.out.PromptArgs = append(ac.out.PromptArgs, ac.input(p))
		}
	}
}

// provide compiles the agent's context providers whose values the prompt uses.
func (ac *agentCompiler) provide() {
	for _, s := range ac.spec.ContextProviders {
		p := ac.contextProvider(s)
		if p == nil {
			continue
		}
		if _, ok := find(*ac.inputs, p.Output.Title); ok {
			ac.used = append(ac.used, p)
		}
	}
}

// free are the inputs that the agent's context providers fill.
func (ac *agentCompiler) free() (names []string) {
	for _, p := range ac.used {
		names = append(names, p.Output.Title)
	}
	return names
}

// gatherInto leads the values of the context providers to the inputs of the node.
func (ac *agentCompiler) gatherInto(n *Node) {
	for _, p := range ac.used {
		for i := range n.Inputs {
			if n.Inputs[i].Title == p.Output.Title {
				n.Inputs[i].Cast = true
				ac.out.Gather = append(ac.out.Gather, Gather{Provider: p, Inputs: []int{i}})
			}
		}
	}
}

// offers are what the model may call, in the order of the reference.
func (ac *agentCompiler) offers() {
	a, out := ac.spec, ac.out
	for _, t := range a.Tools {
		if one, ok := t.(*spec.ToolFromToolBox); ok && one.Toolbox != nil {
			out.Boxes = append(out.Boxes, ac.toolbox(one.Toolbox, one)) // only the toolbox knows its inputs
			continue
		}
		ac.offerTool(t)
	}
	for _, b := range a.Toolboxes {
		if b != nil {
			out.Boxes = append(out.Boxes, ac.toolbox(b, nil))
		}
	}
	for _, f := range a.Flows {
		ac.offerFlow(f)
	}
	for _, sub := range a.Agents {
		ac.offerAgent(sub)
	}
	if t := ac.role.team; t != nil {
		out.Offers = append(out.Offers, t.offers...)
	}
	if a.CanFinishConversation && len(out.Outputs) == 0 {
		ac.offer(Offer{Kind: OfferEnd, Tool: prompt.Tool{
			Name: EndTool, Description: "Ends the conversation. Call it when the user wants to leave.",
		}})
	}
	if !out.Unattended && len(out.Offers) > 0 {
		ac.offer(Offer{Kind: OfferTalk, Tool: prompt.Tool{
			Name: TalkTool, Description: "Says something to the user: an answer, or a question about what you need to know. Prefer to answer.",
			Inputs: []value.Property{{Title: TalkText, Type: value.StringType, Description: "what the user is told"}},
		}})
	}
	ac.offerSubmit()
	out.index()
}

func (ac *agentCompiler) offerSubmit() {
	submit := Offer{Kind: OfferSubmit, Tool: prompt.Tool{Name: SubmitTool, Inputs: ac.out.Outputs}}
	switch {
	case len(ac.out.Outputs) > 0 && ac.out.Unattended:
		submit.Description = "Ends the task with its results. Nobody can be asked: find all of them out with what you know and can call. Do not make them up."
	case len(ac.out.Outputs) > 0:
		submit.Description = "Ends the task with its results. Ask the user first for what is missing. Do not make results up."
	case ac.out.Unattended && !ac.spec.CanFinishConversation:
		submit.Description = "Ends the task. Call it when everything is done."
		submit.Inputs = []value.Property{{Title: summary, Type: value.StringType, Description: "what was done"}}
	default:
		return
	}
	ac.offer(submit)
}

func (ac *agentCompiler) offer(o Offer) { ac.out.Offers = append(ac.out.Offers, o) }

// toolName is what a component is called as a tool.
func toolName(c spec.Component) string { return strings.ReplaceAll(c.Base().Name, " ", "_") }

func described(c spec.Component) string {
	if d := c.Base().Description; d != nil {
		return *d
	}
	return ""
}

func (ac *agentCompiler) offerTool(t spec.Tool) {
	if t == nil {
		return
	}
	f := ac.callFlow(t)
	var inputs []value.Property
	for i := range f.Inputs {
		inputs = append(inputs, f.Inputs[i].Property)
	}
	ac.offer(Offer{Kind: OfferTool, Flow: f, Tool: prompt.Tool{Name: t.Base().Name, Description: described(t), Inputs: inputs}})
}

func (ac *agentCompiler) offerFlow(f *spec.Flow) {
	if f == nil {
		return
	}
	sub := ac.flow(f)
	ac.offer(Offer{Kind: OfferFlow, Flow: sub, Tool: prompt.Tool{Name: toolName(f), Description: described(f), Inputs: sub.needed()}})
}

// needed are the inputs of a flow that somebody has to give.
func (f *Flow) needed() (props []value.Property) {
	for i := range f.Inputs {
		if !f.Inputs[i].Free {
			props = append(props, f.Inputs[i].Property)
		}
	}
	return props
}

func (ac *agentCompiler) offerAgent(a *spec.Agent) {
	if a == nil {
		return
	}
	sub := ac.memberFlow(a)
	context := value.Property{
		Title: AgentContext, Type: value.StringType,
		Description: "what the agent is asked, with all that it has to know to answer",
	}
	ac.offer(Offer{Kind: OfferAgent, Flow: sub, Thread: len(*ac.threads), Tool: prompt.Tool{
		Name: toolName(a), Description: described(a), Inputs: append([]value.Property{context}, sub.needed()...),
	}})
	*ac.threads = append(*ac.threads, sub)
}

// resultPort is the output of the one node of a flow that is made for a call.
const resultPort = "result"

// callFlow is the flow of one node that calls a tool for an agent.
func (c *compiler) callFlow(t spec.Tool) *Flow {
	if known := c.calls[t]; known != nil {
		return known
	}
	node := &spec.ToolNode{Tool: t}
	node.ComponentBase = *t.Base()
	f := c.oneNode(&Flow{}, node, func(fc *flowCompiler, n *Node) {
		tool := fc.tool(t)
		fc.duplicates(t, "inputs", tool.Inputs)
		for _, p := range tool.Inputs {
			n.Inputs = append(n.Inputs, Input{Property: p, Slot: fc.newSlot()})
		}
		n.Outputs = []Output{{Property: value.Property{Title: resultPort, Type: value.AnyType}}}
		n.Branches, n.Next = nextOnly, []int{NoNode}
		op := fc.callTool(tool)
		op.Asked = true
		n.Op = op
	})
	c.calls[t] = f
	return f
}

// memberFlow is the flow of one node in which an agent or a team answers an agent.
func (c *compiler) memberFlow(a spec.AgenticComponent) *Flow {
	if known := c.members[a]; known != nil {
		return known
	}
	node := &spec.AgentNode{Agent: a}
	node.ComponentBase = *a.Base()
	f := c.oneNode(&Flow{}, node, func(fc *flowCompiler, n *Node) { fc.agentic(n, a, role{member: true}) })
	c.members[a] = f
	return f
}

// agentFlow is the flow of one node that a document is whose root is an agent or a team.
func (c *compiler) agentFlow(root spec.AgenticComponent) *Flow {
	node := &spec.AgentNode{Agent: root}
	node.ComponentBase = *root.Base()
	return c.oneNode(&Flow{}, node, func(fc *flowCompiler, n *Node) { fc.agentNode(n, node) })
}

// oneNode makes out a flow of one node, whose ports are the node's.
func (c *compiler) oneNode(out *Flow, s spec.Node, compile func(fc *flowCompiler, n *Node)) *Flow {
	out.Name = s.Base().Name
	out.Spec = &spec.Flow{ComponentBase: *s.Base(), Nodes: []spec.Node{s}}
	fc := newFlowCompiler(c, out.Spec, out)
	n := &Node{Name: s.Base().Name, Spec: s}
	out.Nodes = []*Node{n}
	compile(fc, n)
	for i := range n.Inputs {
		if !n.Inputs[i].Free {
			out.Inputs = append(out.Inputs, n.Inputs[i])
		}
	}
	for i := range n.Outputs {
		o := &n.Outputs[i]
		slot := fc.newSlot()
		o.Targets = []int{slot}
		out.Outputs = append(out.Outputs, Output{Property: o.Property, Slot: slot})
	}
	fc.ask()
	out.Index = len(c.prog.Flows)
	c.prog.Flows = append(c.prog.Flows, out)
	return out
}

// flows are what the agent runs.
func (a *Agent) flows() []*Flow {
	flows := a.Threads
	for i := range a.Offers {
		if o := &a.Offers[i]; o.Flow != nil && o.Kind != OfferAgent {
			flows = append(flows[:len(flows):len(flows)], o.Flow)
		}
	}
	return flows
}

// asks returns the way to what may ask somebody, empty if it is the agent itself, nil if there is none.
func (a *Agent) asks() []string {
	if !a.Unattended && !a.Member {
		return []string{}
	}
	for _, f := range a.flows() {
		if f.Ask != nil {
			return slices.Concat([]string{f.Name}, f.Ask)
		}
	}
	if len(a.Boxes) > 0 { // any of their tools may have to be confirmed
		return []string{}
	}
	return nil
}

func (t *Team) asks() []string {
	for _, a := range t.Agents {
		if way := a.asks(); way != nil {
			return way
		}
	}
	for _, f := range t.Threads {
		if f.Ask != nil {
			return slices.Concat([]string{f.Name}, f.Ask)
		}
	}
	return nil
}
