package wayflow

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Agentic is an agent or a team that is being built: an [*AgentPart], a [*SwarmPart] or a [*ManagerPart]. It is a [Part],
// too: where a flow is wanted it stands for a flow of one [RunAgent] node.
type Agentic interface {
	Part
	common() *agenticBase
	compose(b *builder, id string) spec.AgenticComponent
}

// agenticBase is what agents and teams share.
type agenticBase struct {
	name, description string
	at                site
	problems          []problem
}

func (a *agenticBase) partName() string     { return a.name }
func (a *agenticBase) common() *agenticBase { return a }

func (a *agenticBase) fail(at site, code, help, format string, args ...any) {
	a.problems = append(a.problems, newProblem(at, a.name, code, help, format, args...))
}

// agentic returns the component of an agent or a team: one, however often it is used.
func (b *builder) agentic(owner string, a Agentic, at site) spec.AgenticComponent {
	if isNil(a) {
		b.report([]problem{newProblem(at, owner, "no-agent", "give it one", "there is no agent to run")})
		return nil
	}
	if made, ok := b.agents[a]; ok {
		return made
	}
	base := a.common()
	b.report(base.problems)
	id := b.id(owner, base.name)
	b.agents[a] = nil // while it is made
	made := a.compose(b, id)
	(&assembly{}).envelope(made.Base(), id, base.name, base.description, base.at.pos())
	b.agents[a] = made
	return made
}

// AgentPart is an agent.
type AgentPart struct {
	agenticBase
	agent     spec.Agent
	goTools   []*ToolNode
	subFlows  []Part
	subAgents []*AgentPart
}

// Agent makes a model talk and call tools until it answers or has its outputs. The instruction is a template, whose
// variables are the inputs of the agent. It has the model speak first, waits for the user when the model has said
// something, and asks the model ten times at most from one message of the user to the next.
func Agent(name string, llm spec.LlmConfig, instruction string) *AgentPart {
	a := &AgentPart{agenticBase: agenticBase{name: name, at: here()}}
	a.agent = spec.Agent{LlmConfig: llm, SystemPrompt: instruction}
	if isNil(llm) {
		a.fail(a.at, "no-model", "give it one, such as OpenAI returns", "agent %q has no model to ask", name)
	}
	return a
}

// Describe tells other agents and people what the agent is good for.
func (a *AgentPart) Describe(text string) *AgentPart {
	a.description = text
	return a
}

// Tools are Go tools that the model may call, such as [Func] returns; [Build] binds them.
func (a *AgentPart) Tools(tools ...tool.Tool) *AgentPart { return a.tools(here(), false, tools) }

// Confirmed are Go tools that the model may call, each time after the user has allowed it.
func (a *AgentPart) Confirmed(tools ...tool.Tool) *AgentPart { return a.tools(here(), true, tools) }

func (a *AgentPart) tools(at site, confirm bool, tools []tool.Tool) *AgentPart {
	for _, t := range tools {
		n := &ToolNode{tool: t, confirm: confirm}
		n.at, n.name = at, a.name
		switch bad, ok := t.(badTool); {
		case ok:
			a.fail(at, "bad-tool", "", "%s", bad.err)
		case isNil(t):
			a.fail(at, "no-tool", "give it one", "agent %q is given a tool that is nil", a.name)
		default:
			a.goTools = append(a.goTools, n)
		}
	}
	return a
}

// UseTools are tools that the model may call and that are components: such as the caller of the runtime performs, see
// [ClientTool], or are reached over HTTP.
func (a *AgentPart) UseTools(tools ...spec.Tool) *AgentPart {
	a.agent.Tools = append(a.agent.Tools, tools...)
	return a
}

// Toolboxes are where more tools come from.
func (a *AgentPart) Toolboxes(boxes ...spec.ToolBox) *AgentPart {
	a.agent.Toolboxes = append(a.agent.Toolboxes, boxes...)
	return a
}

// Flows are what the model may call as if they were tools. What they say is part of the conversation.
func (a *AgentPart) Flows(flows ...Part) *AgentPart {
	a.subFlows = append(a.subFlows, flows...)
	return a
}

// Agents are what the model may ask as if they were tools. Each remembers what it was asked until it has finished.
func (a *AgentPart) Agents(agents ...*AgentPart) *AgentPart {
	a.subAgents = append(a.subAgents, agents...)
	return a
}

// Inputs declares the variables of the instruction, for their types and descriptions.
func (a *AgentPart) Inputs(ports ...value.Property) *AgentPart {
	a.agent.Inputs = ports
	return a
}

// Outputs are what the agent finds out; it ends when it has them.
func (a *AgentPart) Outputs(ports ...value.Property) *AgentPart {
	a.agent.Outputs = ports
	return a
}

// Unattended forbids the agent to ask the user.
func (a *AgentPart) Unattended() *AgentPart {
	a.agent.Unattended = true
	return a
}

// Greeting is what the agent says first.
func (a *AgentPart) Greeting(text string) *AgentPart {
	a.agent.InitialMessage = &text
	return a
}

// MaxIterations bounds how often the model is asked from one message of the user to the next.
func (a *AgentPart) MaxIterations(n int) *AgentPart {
	a.agent.MaxIterations = n
	return a
}

// MayFinish lets the agent end the conversation when the user wants that.
func (a *AgentPart) MayFinish() *AgentPart {
	a.agent.CanFinishConversation = true
	return a
}

// RaiseFailures makes the failure of a tool that of the agent, instead of telling the model.
func (a *AgentPart) RaiseFailures() *AgentPart {
	a.agent.RaiseExceptions = true
	return a
}

// Strict lists outputs that are not exactly as declared back to the model, instead of casting them.
func (a *AgentPart) Strict() *AgentPart {
	a.agent.StrictOutputValidation = true
	return a
}

func (a *AgentPart) compose(b *builder, id string) spec.AgenticComponent {
	s := a.agent
	var tools []spec.Tool
	for _, t := range a.goTools {
		tools = append(tools, b.serverTool(t))
	}
	s.Tools = append(tools, s.Tools...)
	for _, f := range a.subFlows {
		if flow := b.flow(id, f, a.at); flow != nil {
			s.Flows = append(s.Flows, flow)
		}
	}
	for _, sub := range a.subAgents {
		made, _ := b.agentic(id, sub, a.at).(*spec.Agent)
		if made == nil {
			b.report([]problem{newProblem(a.at, a.name, "recursive-agent", "let the agents talk to each other as a Swarm",
				"agent %q contains itself, or an agent that is nil", a.name)})
			continue
		}
		s.Agents = append(s.Agents, made)
	}
	return &s
}

// SwarmPart is a group of agents that may hand the conversation over.
type SwarmPart struct {
	agenticBase
	first     *AgentPart
	relations [][2]*AgentPart
	handoff   spec.HandoffMode
	outputs   []value.Property
}

// Swarm is a group of agents of which one, at the beginning the first, talks to the user. Each can send messages to those
// that it is allowed to call, see [SwarmPart.Calls], and hand the conversation over to them.
func Swarm(name string, first *AgentPart) *SwarmPart {
	return &SwarmPart{agenticBase: agenticBase{name: name, at: here()}, first: first}
}

// Calls allows an agent to call others. What each of them is good for is said by its description.
func (s *SwarmPart) Calls(caller *AgentPart, recipients ...*AgentPart) *SwarmPart {
	for _, r := range recipients {
		s.relations = append(s.relations, [2]*AgentPart{caller, r})
	}
	return s
}

// Handoff says whether agents may hand the conversation over; without it they may.
func (s *SwarmPart) Handoff(mode spec.HandoffMode) *SwarmPart {
	s.handoff = mode
	return s
}

// Describe tells people what the swarm is good for.
func (s *SwarmPart) Describe(text string) *SwarmPart {
	s.description = text
	return s
}

// Outputs are what the swarm finds out; it ends when the agent that talks to the user has them.
func (s *SwarmPart) Outputs(ports ...value.Property) *SwarmPart {
	s.outputs = ports
	return s
}

func (s *SwarmPart) compose(b *builder, id string) spec.AgenticComponent {
	out := &spec.Swarm{FirstAgent: b.agentic(id, s.first, s.at), Handoff: spec.Handoff{Mode: s.handoff}}
	out.Outputs = s.outputs
	for _, r := range s.relations {
		out.Relationships = append(out.Relationships, spec.Relationship{b.agentic(id, r[0], s.at), b.agentic(id, r[1], s.at)})
	}
	return out
}

// ManagerPart is a group that a manager leads.
type ManagerPart struct {
	agenticBase
	manager *AgentPart
	workers []Agentic
	outputs []value.Property
}

// ManagerWorkers is a group in which a manager talks to the user and gives work to the others, who may be groups themselves.
func ManagerWorkers(name string, manager *AgentPart, workers ...Agentic) *ManagerPart {
	return &ManagerPart{agenticBase: agenticBase{name: name, at: here()}, manager: manager, workers: slices.Clone(workers)}
}

// Describe tells other agents and people what the group is good for.
func (m *ManagerPart) Describe(text string) *ManagerPart {
	m.description = text
	return m
}

// Outputs are what the group finds out; it ends when the manager has them.
func (m *ManagerPart) Outputs(ports ...value.Property) *ManagerPart {
	m.outputs = ports
	return m
}

func (m *ManagerPart) compose(b *builder, id string) spec.AgenticComponent {
	out := &spec.ManagerWorkers{}
	out.Outputs = m.outputs
	if manager, ok := b.agentic(id, m.manager, m.at).(*spec.Agent); ok {
		out.GroupManager = manager
	}
	for _, w := range m.workers {
		out.Workers = append(out.Workers, b.agentic(id, w, m.at))
	}
	return out
}

// AgentNode runs an agent or a team in a flow.
type AgentNode struct {
	node[AgentNode]
	agent      Agentic
	unattended bool
}

// RunAgent runs an agent or a team on the messages of the flow, until it has its outputs, which are those of the node.
func RunAgent(name string, agent Agentic) *AgentNode {
	n := &AgentNode{agent: agent}
	return n.init(n, name, here())
}

// Unattended forbids the agent to ask the user.
func (n *AgentNode) Unattended() *AgentNode {
	n.unattended = true
	return n
}

func (n *AgentNode) compose(b *builder, id string) spec.Node {
	s := &spec.AgentNode{Agent: b.agentic(id, n.agent, n.at)}
	if s.Agent == nil {
		return nil
	}
	if n.unattended {
		never := spec.CallerInputNever
		s.CallerInputMode = &never
	}
	return s
}
