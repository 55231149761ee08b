package program

import (
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// Agent has a model talk and call what it is offered, until it has its outputs or waits for an answer.
type Agent struct {
	Name  string
	Model *Model
	// Remote takes the place of the model and of all that is made for it: the agent runs elsewhere. It is nil for any other.
	Remote *Remote
	// Instruction is the system prompt; nil if there is none. Its values are the inputs of the node at Args.
	Instruction *jinja.Template
	Args        []int
	// Prompt makes the prompt of the conversation. PromptArgs are the inputs of the node that its variables get, or one
	// of the places below.
	Prompt     *prompt.Template
	PromptArgs []int
	// Initial is what the agent says in a conversation in which the user has said nothing; nil has the model speak first.
	Initial *string
	// Outputs are what the agent submits; without any it only talks.
	Outputs []value.Property
	// Offers are what the model may call, in the order in which it is offered.
	Offers []Offer
	// MaxIterations is how often the model is asked from one message of the user to the next.
	MaxIterations int
	// Unattended agents go on until they have submitted; nobody answers them.
	Unattended bool
	// Member is true for an agent that another one calls: what it says to its user is the answer to that call.
	Member bool
	// RaiseExceptions makes the failure of a call that of the agent, Strict refuses outputs that have to be cast.
	RaiseExceptions, Strict bool
	// Note is what an agent of a team is told about it, behind its instruction.
	Note string
	// Gather are the agent's own context providers, which are asked before the model is.
	Gather []Gather
	// Boxes are where more offers come from, which are listed at the beginning of each turn.
	Boxes []*Toolbox
	// Threads are the conversations with other agents that it leads: what each of them runs.
	Threads []*Flow

	byName map[string]*Offer
	// tools are the offers as the model sees them, last those of its last answer, and fitted those whose arguments are
	// made to fit.
	tools, last, fitted []prompt.Tool
}

// Places in [Agent.PromptArgs] of what is no input of the node.
const (
	// InstructionArg is the rendered system prompt, null if there is none.
	InstructionArg = -1 - iota
	// PlanArg is the plan of the agent, which is always empty.
	PlanArg
)

// Offer is something that the model of an agent may call.
type Offer struct {
	prompt.Tool
	Kind OfferKind
	// Flow is what a call runs; nil if the agent itself does it.
	Flow *Flow
	// Thread is, for another agent, the number of the conversation with it.
	Thread int
	// Recipients are those whom a message or the conversation can go to.
	Recipients []Recipient
	// Shared is true if the conversations with the recipients are those of the team. They are led one after the other.
	Shared bool
}

// Recipient is an agent of a team, as another one sees it.
type Recipient struct {
	Name string
	// Flow answers a message, in the conversation with the number Thread.
	Flow   *Flow
	Thread int
	// Agent is the number in [Team.Agents] of the one that the conversation with the user goes to.
	Agent int
}

// Team is a group of agents of which one talks to the user, and may hand the conversation over (Agent Spec, "Swarm").
type Team struct {
	Name string
	// Agents are those that can talk to the user; the first one does so at the beginning.
	Agents []*Agent
	// Threads are the conversations between the agents: what each of them runs.
	Threads []*Flow
}

// OfferKind says what happens at a call.
type OfferKind uint8

// The kinds of offers.
const (
	// OfferTool calls a tool: the one node of the flow, whose output is what the tool returns.
	OfferTool OfferKind = iota
	// OfferBoxed calls a tool of a toolbox.
	OfferBoxed
	// OfferFlow runs a flow on the messages of the agent. Its outputs are the result.
	OfferFlow
	// OfferAgent has another agent answer, in a conversation of its own that lasts until that agent has finished.
	OfferAgent
	// OfferMessage has another agent of the team answer a message, and OfferHandoff hands the conversation over to it.
	OfferMessage
	OfferHandoff
	// OfferTalk says something to the user.
	OfferTalk
	// OfferSubmit gives the outputs, and OfferEnd ends the conversation.
	OfferSubmit
	OfferEnd
)

// The names of what agents offer by themselves, as in the reference.
const (
	TalkTool   = "talk_to_user"
	SubmitTool = "submit_result"
	EndTool    = "end_conversation"

	MessageTool = "send_message"
	HandoffTool = "handoff_conversation"
	// MessageText and MessageTo are the arguments of MessageTool; HandoffTool has the second of them.
	MessageText = "message"
	MessageTo   = "recipient"

	// TalkText is the argument of TalkTool, AgentContext the one that every agent has which is offered.
	TalkText     = "text"
	AgentContext = "context"
	// summary is what an agent submits that has no outputs and nobody to talk to.
	summary = "summary"
)

// Own reports whether the agent itself answers a call, without running anything.
func (o *Offer) Own() bool { return o.Flow == nil && o.Kind != OfferMessage }

// Recipient returns the recipient of a name; nil if there is none.
func (o *Offer) Recipient(name string) *Recipient {
	for i := range o.Recipients {
		if o.Recipients[i].Name == name {
			return &o.Recipients[i]
		}
	}
	return nil
}

// Offer returns what the model may call by a name; nil if there is nothing. At the last question that the model is
// asked, it is only offered what ends the turn.
func (a *Agent) Offer(name string, last bool) *Offer {
	o := a.byName[name]
	if o == nil || last && !a.offeredLast(o) {
		return nil
	}
	return o
}

// Tools are the offers as the model sees them.
func (a *Agent) Tools(last bool) []prompt.Tool {
	if last {
		return a.last
	}
	return a.tools
}

// Fitted are the tools whose arguments may be made to fit: outputs that are checked strictly may not.
func (a *Agent) Fitted() []prompt.Tool { return a.fitted }

// index prepares what is asked often.
func (a *Agent) index() {
	a.byName = make(map[string]*Offer, len(a.Offers))
	for i := range a.Offers {
		o := &a.Offers[i]
		a.byName[o.Name] = o
		a.tools = append(a.tools, o.Tool)
		if a.offeredLast(o) {
			a.last = append(a.last, o.Tool)
		}
		if o.Kind != OfferSubmit || !a.Strict {
			a.fitted = append(a.fitted, o.Tool)
		}
	}
}

func (a *Agent) offeredLast(o *Offer) bool {
	return o.Own() && o.Kind != OfferHandoff && (o.Kind == OfferSubmit || !a.Unattended || len(a.Outputs) == 0)
}

// Ending is the name of what ends an agent that nobody answers.
func (a *Agent) Ending() string {
	for i := range a.Offers {
		if k := a.Offers[i].Kind; k == OfferSubmit || k == OfferEnd {
			return a.Offers[i].Name
		}
	}
	return ""
}

// Agent returns the agent that a flow is which was made of one, or the first agent of a team; nil for any other flow.
func (f *Flow) Agent() *Agent {
	if len(f.Nodes) != 1 {
		return nil
	}
	switch op := f.Nodes[0].Op.(type) {
	case *Agent:
		return op
	case *Team:
		return op.Agents[0]
	default:
		return nil
	}
}

func (*Agent) op() {}
func (*Team) op()  {}
