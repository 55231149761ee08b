package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// managerPrompt is the instruction of a manager that is only a model.
const managerPrompt = "You lead a group. Give each task to the one who is best at it, put together what they answer, and answer the user yourself."

// manager is the agent that leads a group; nil if it is none.
func manager(m spec.Manager) *spec.Agent {
	switch m := m.(type) {
	case *spec.Agent:
		return m
	case *spec.SpecializedAgent:
		return specialized(m)
	case spec.LlmConfig:
		a := &spec.Agent{LlmConfig: m, SystemPrompt: managerPrompt}
		a.ComponentBase = *m.Base()
		a.Name = "manager_agent"
		return a
	default:
		return nil
	}
}

// specialized is an agent with what is added to it (Agent Spec, "SpecializedAgent").
func specialized(s *spec.SpecializedAgent) *spec.Agent {
	if s.Agent == nil {
		return &spec.Agent{ComponentBase: s.ComponentBase}
	}
	a := *s.Agent
	a.ComponentBase = s.ComponentBase
	if s.Inputs != nil {
		a.Inputs = s.Inputs
	}
	if s.Outputs != nil {
		a.Outputs = s.Outputs
	}
	p := s.AgentSpecializationParameters
	if p == nil {
		return &a
	}
	if p.AdditionalInstructions != nil && *p.AdditionalInstructions != "" {
		a.SystemPrompt = strings.TrimPrefix(a.SystemPrompt+"\n\n"+*p.AdditionalInstructions, "\n\n")
	}
	a.Tools = slices.Concat(a.Tools, p.AdditionalTools)
	if p.HumanInTheLoop != nil {
		a.Unattended = !*p.HumanInTheLoop
		a.CallerInputMode = ""
	}
	return &a
}

// runManager makes a node run a group with a manager: an agent that can send messages to the others. It talks to several of
// them at once if its model wants that, since they do not know each other (Agent Spec, "ManagerWorkers").
func (fc *flowCompiler) runManager(n *Node, s *spec.ManagerWorkers, r role) {
	lead := manager(s.GroupManager)
	if lead == nil {
		fc.unsupportedNode(n)
		return
	}
	t := &teamRole{outputs: s.Outputs, inputs: &[]value.Property{}, threads: &[]*Flow{}}
	names := map[string]bool{lead.Name: true}
	var recipients []Recipient
	for i, w := range s.Workers {
		if w == nil {
			continue
		}
		name := w.Base().Name
		if names[name] {
			fc.errorf(at(s, "workers", i), "member-name", "give each a name of its own", "two agents of %q are named %q", s.Name, name)
		}
		names[name] = true
		f := fc.memberFlow(w)
		recipients = append(recipients, Recipient{Name: name, Flow: f, Thread: len(*t.threads)})
		*t.threads = append(*t.threads, f)
	}
	t.offers = []Offer{messageOffer(recipients, s.Workers)}
	t.note = fmt.Sprintf("You are %s.", lead.Name)
	r.team = t
	ac := fc.agent(lead, r)
	for _, f := range *t.threads {
		for _, p := range f.needed() {
			addInput(ac.inputs, p)
		}
	}
	ac.out.Threads = *t.threads
	fc.ports(n, &signature{
		inputs: *ac.inputs, outputs: portsOf(ac.out), branches: nextOnly,
		free: ac.free(), hidden: propertyTitlesOf(*ac.inputs),
	})
	ac.gatherInto(n)
	n.Op = ac.out
}

// propertyTitlesOf are the names of properties.
func propertyTitlesOf(props []value.Property) []string {
	names := make([]string, len(props))
	for i := range props {
		names[i] = props[i].Title
	}
	return names
}

// messageOffer offers to send messages.
func messageOffer(to []Recipient, who []spec.AgenticComponent) Offer {
	return Offer{Kind: OfferMessage, Recipients: to, Tool: prompt.Tool{
		Name:        MessageTool,
		Description: "Sends a message to one of these, and returns the answer:" + introduced(who),
		Inputs: []value.Property{
			{Title: MessageText, Type: value.StringType, Description: "what you want to know or have done, with all that is needed for it"},
			recipientInput(to),
		},
	}}
}

// recipientInput is the name of one of the recipients.
func recipientInput(to []Recipient) value.Property {
	names := make([]value.Value, len(to))
	for i := range to {
		names[i] = value.String(to[i].Name)
	}
	return value.Property{Title: MessageTo, Description: "the name of who it goes to", Type: &value.Type{Kind: value.TypeString, Enum: names}}
}

// introduced lists agents, each with what it is good for.
func introduced(who []spec.AgenticComponent) string {
	var b strings.Builder
	for _, c := range who {
		if c == nil {
			continue
		}
		b.WriteString("\n- " + c.Base().Name)
		if d := described(c); d != "" {
			b.WriteString(": " + d)
		}
	}
	return b.String()
}

// swarmCompiler compiles a swarm.
type swarmCompiler struct {
	*flowCompiler
	spec *spec.Swarm
	// members are its agents, the first one first, and flows what runs when each of them answers another one.
	members []spec.AgenticComponent
	flows   []*Flow
	out     *Team
	inputs  []value.Property
}

// runSwarm makes a node run a swarm (Agent Spec, "Swarm").
func (fc *flowCompiler) runSwarm(n *Node, s *spec.Swarm, r role) {
	sc := &swarmCompiler{flowCompiler: fc, spec: s, out: &Team{Name: s.Name}}
	if !sc.find() {
		fc.unsupportedNode(n)
		return
	}
	for _, rel := range s.Relationships {
		sc.out.Threads = append(sc.out.Threads, sc.flows[sc.index(rel.Recipient())])
	}
	if s.Handoff.Effective() != spec.HandoffAlways {
		for i, m := range sc.members {
			node := &spec.AgentNode{Agent: m}
			node.ComponentBase = *m.Base()
			t := &teamRole{own: true, note: sc.note(m, true), offers: sc.offers(m, false)}
			sc.oneNode(sc.flows[i], node, func(fc *flowCompiler, n *Node) { fc.runAgent(n, plainAgent(m), role{member: true, team: t}) })
		}
	} else {
		sc.out.Threads = nil
	}
	var all []*agentCompiler
	for _, m := range sc.members {
		own := r
		own.team = &teamRole{
			outputs: s.Outputs, note: sc.note(m, false), offers: sc.offers(m, true), threads: &sc.out.Threads, inputs: &sc.inputs,
		}
		ac := fc.agent(plainAgent(m), own)
		all = append(all, ac)
		sc.out.Agents = append(sc.out.Agents, ac.out)
	}
	var free []string
	for _, ac := range all {
		free = append(free, ac.free()...)
	}
	for _, f := range sc.out.Threads {
		for _, p := range f.needed() {
			addInput(&sc.inputs, p)
		}
	}
	fc.ports(n, &signature{
		inputs: sc.inputs, outputs: portsOf(sc.out.Agents[0]), branches: nextOnly, free: free, hidden: propertyTitlesOf(sc.inputs),
	})
	for _, ac := range all {
		ac.gatherInto(n)
	}
	n.Op = sc.out
}

// plainAgent is an agent of a swarm.
func plainAgent(c spec.AgenticComponent) *spec.Agent {
	switch c := c.(type) {
	case *spec.Agent:
		return c
	case *spec.SpecializedAgent:
		return specialized(c)
	default:
		return nil
	}
}

// find collects the agents, and checks them.
func (sc *swarmCompiler) find() (ok bool) {
	ok = true
	names := map[string]bool{}
	add := func(c spec.AgenticComponent, field ...any) {
		if c == nil || sc.index(c) >= 0 {
			return
		}
		if plainAgent(c) == nil {
			sc.unsupported(c)
			ok = false
			return
		}
		if name := c.Base().Name; names[name] {
			sc.errorf(at(sc.spec, field...), "member-name", "give each a name of its own", "two agents of %q are named %q", sc.spec.Name, name)
		}
		names[c.Base().Name] = true
		sc.members = append(sc.members, c)
		sc.flows = append(sc.flows, &Flow{})
	}
	add(sc.spec.FirstAgent, "first_agent")
	known := map[[2]int]bool{}
	for i, rel := range sc.spec.Relationships {
		add(rel.Caller(), "relationships", i)
		add(rel.Recipient(), "relationships", i)
		pair := [2]int{sc.index(rel.Caller()), sc.index(rel.Recipient())}
		if pair[0] < 0 || pair[1] < 0 {
			ok = false
			continue
		}
		switch {
		case known[pair]:
			sc.errorf(at(sc.spec, "relationships", i), "relationship", "list it once", "swarm %q has a relationship twice", sc.spec.Name)
		case pair[0] == pair[1]:
			sc.errorf(at(sc.spec, "relationships", i), "relationship", "remove it", "agent %q of swarm %q cannot call itself",
				rel.Caller().Base().Name, sc.spec.Name)
		case described(rel.Recipient()) == "":
			sc.warnf(at(rel.Recipient(), "description"), "no-description", "say what it is good for",
				"agent %q of swarm %q has no description, by which the others could choose it", rel.Recipient().Base().Name, sc.spec.Name)
		}
		known[pair] = true
	}
	return ok && len(sc.members) > 0
}

func (sc *swarmCompiler) index(c spec.AgenticComponent) int { return slices.Index(sc.members, c) }

// offers are what an agent of the swarm can do with the others. Only the one that talks to the user can hand that over.
func (sc *swarmCompiler) offers(m spec.AgenticComponent, main bool) (offers []Offer) {
	var to []Recipient
	var who []spec.AgenticComponent
	for i, rel := range sc.spec.Relationships {
		if rel.Caller() == m {
			j := sc.index(rel.Recipient())
			to = append(to, Recipient{Name: rel.Recipient().Base().Name, Flow: sc.flows[j], Thread: i, Agent: j})
			who = append(who, rel.Recipient())
		}
	}
	if len(to) == 0 {
		return nil
	}
	mode := sc.spec.Handoff.Effective()
	if mode != spec.HandoffAlways {
		o := messageOffer(to, who)
		o.Shared = true
		offers = append(offers, o)
	}
	if main && mode != spec.HandoffNever {
		offers = append(offers, Offer{Kind: OfferHandoff, Recipients: to, Tool: prompt.Tool{
			Name:        HandoffTool,
			Description: "Hands the conversation with the user over to one of these, who reads what was said so far and goes on in your place:" + introduced(who),
			Inputs:      []value.Property{recipientInput(to)},
		}})
	}
	return offers
}

// note tells an agent who it is, and whom it answers.
func (sc *swarmCompiler) note(m spec.AgenticComponent, thread bool) string {
	if thread {
		return fmt.Sprintf("You are %s. You answer the other agents of your team; what you say goes back to the one who asked.", m.Base().Name)
	}
	return fmt.Sprintf("You are %s.", m.Base().Name)
}
