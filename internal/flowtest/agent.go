package flowtest

import (
	"encoding/json"
	"fmt"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// DrawAgent makes a random agent or team: with tools that work, fail, are to be confirmed or are the client's, with flows and
// agents as tools, and in teams with teams inside. A [World] has its models call, in each turn, some of what they are
// offered, sooner or later what ends the agent.
func DrawAgent(t *rapid.T, depth int) spec.AgenticComponent {
	d := &drawer{T: t, shape: Shape{Ask: true, Broken: true, Depth: depth}, tools: map[string]*spec.ServerTool{}}
	a := &agentDrawer{drawer: d}
	switch a.number(0, 3, "root") {
	case 0:
		return a.swarm()
	case 1:
		return a.manager(depth)
	}
	return a.agent(depth, true)
}

type agentDrawer struct {
	*drawer
	count int
}

func (a *agentDrawer) name(kind string) string {
	a.count++
	return fmt.Sprintf("%s%d", kind, a.count)
}

func (a *agentDrawer) llm() *spec.OpenAiCompatibleConfig {
	if a.model == nil {
		a.model = &spec.OpenAiCompatibleConfig{}
		a.model.ID, a.model.Name = "model", "model"
	}
	return a.model
}

// outputs are those of an agent that can finish.
func (a *agentDrawer) outputs() []value.Property {
	return []value.Property{Text("result").WithDefault(value.String("nothing"))}
}

// agent draws an agent; one that has to end has outputs.
func (a *agentDrawer) agent(depth int, ends bool) *spec.Agent {
	s := &spec.Agent{LlmConfig: a.llm(), SystemPrompt: "Be one."}
	s.Name = a.name("agent")
	s.ID = s.Name
	about := "knows about " + s.Name
	s.Description = &about
	s.MaxIterations = a.number(2, 5, "iterations")
	if ends || a.chance(2, "ends") {
		s.Outputs = a.outputs()
		s.Unattended = a.chance(3, "unattended")
	}
	s.RaiseExceptions = a.chance(6, "raises")
	if a.chance(3, "greets") && !s.Unattended {
		hello := "hello"
		s.InitialMessage = &hello
	}
	a.agentTools(s)
	if depth == 0 {
		return s
	}
	for range a.number(0, 2, "flows") {
		f, _ := a.flow(a.flowName(), 1, true)
		s.Flows = append(s.Flows, f)
	}
	for range a.number(0, 2, "agents") {
		s.Agents = append(s.Agents, a.agent(depth-1, false))
	}
	return s
}

func (a *agentDrawer) agentTools(s *spec.Agent) {
	for i, kind := range []string{"word", "broken", "flaky", "guarded", "client"} {
		if !a.chance(2, kind) {
			continue
		}
		if kind == "client" {
			t := &spec.ClientTool{}
			t.ID, t.Name = fmt.Sprintf("%s.tool%d", s.ID, i), kind
			t.Inputs, t.Outputs = Texts("x"), Texts("y")
			t.RequiresConfirmation = a.chance(2, "guarded client")
			s.Tools = append(s.Tools, t)
			continue
		}
		t := ServerTool(kind, Texts("x"), Texts("y"))
		t.ID = fmt.Sprintf("%s.tool%d", s.ID, i)
		t.RequiresConfirmation = kind == "guarded"
		s.Tools = append(s.Tools, t)
	}
}

// swarm draws a swarm in which all may know each other.
func (a *agentDrawer) swarm() *spec.Swarm {
	s := &spec.Swarm{Handoff: spec.Handoff{Mode: one(a.drawer, []spec.HandoffMode{spec.HandoffNever, spec.HandoffOptional, spec.HandoffAlways}, "handoff")}}
	s.Name = a.name("swarm")
	s.ID = s.Name
	s.Outputs = a.outputs()
	var all []*spec.Agent
	for range a.number(2, 4, "members") {
		all = append(all, a.agent(a.number(0, 1, "depth"), false))
	}
	s.FirstAgent = all[0]
	for i, from := range all {
		for j, to := range all {
			if i != j && (j == i+1 || a.chance(2, "relation")) {
				s.Relationships = append(s.Relationships, spec.Relationship{from, to})
			}
		}
	}
	return s
}

// manager draws a group, whose workers may be groups.
func (a *agentDrawer) manager(depth int) *spec.ManagerWorkers {
	m := &spec.ManagerWorkers{GroupManager: a.agent(0, true)}
	m.Name = a.name("group")
	m.ID = m.Name
	m.Outputs = a.outputs()
	for range a.number(1, 3, "workers") {
		if depth > 1 && a.chance(3, "nested") {
			m.Workers = append(m.Workers, a.manager(depth-1))
			continue
		}
		m.Workers = append(m.Workers, a.agent(max(depth-1, 0), false))
	}
	return m
}

// agentAnswer is what the model of an agent answers: it depends on the whole prompt, and on nothing else.
func agentAnswer(p *prompt.Prompt) message.Message {
	asked, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	n := hash(string(asked))
	next := func(m int) int {
		n = hash(fmt.Sprint(n))
		return int(n) % m
	}
	if len(p.Tools) == 0 || next(5) == 0 {
		return message.Text(message.Assistant, fmt.Sprintf("so it is, %x", n))
	}
	msg := message.Message{Role: message.Assistant}
	for range 1 + next(4) {
		t := p.Tools[next(len(p.Tools))]
		if next(12) == 0 {
			t = prompt.Tool{Name: "made_up"}
		}
		var b value.ObjectBuilder
		for _, in := range t.Inputs {
			switch {
			case next(15) == 0: // forgotten
			case in.Type != nil && len(in.Type.Enum) > 0:
				b.Set(in.Title, in.Type.Enum[next(len(in.Type.Enum))])
			default:
				b.Set(in.Title, value.String(fmt.Sprintf("%x", next(1000))))
			}
		}
		msg.ToolRequests = append(msg.ToolRequests, message.ToolRequest{ID: fmt.Sprintf("r%x", next(50)), Name: t.Name, Args: b.Object()})
	}
	return msg
}
