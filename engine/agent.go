package engine

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// agentState is where an agent is in its conversation. It belongs to the frame whose current node is the agent or, while
// another agent does not call it, to the [thread] between the two.
type agentState struct {
	// Current is, of a team, the number of the agent that talks to the user.
	Current int `json:"current,omitempty"`
	// Iterations is how often the model was asked since somebody last spoke to the agent, and Rounds how often a team has
	// passed on a message or the conversation since the user last spoke.
	Iterations int `json:"iterations,omitempty"`
	Rounds     int `json:"rounds,omitempty"`
	// Requests are the calls of the turn, in the order in which the model asked for them. The first Answered of them have
	// their results in the conversation, the next Calling are running below the frame.
	Requests []message.ToolRequest `json:"requests,omitempty"`
	Answered int                   `json:"answered,omitempty"`
	Calling  int                   `json:"calling,omitempty"`
	// Listed is how many toolboxes have been asked in this turn, and Boxed are the tools that they have.
	Listed int       `json:"listed,omitempty"`
	Boxed  []BoxTool `json:"boxed,omitempty"`
	// Leaving is true once the model has asked to end the conversation.
	Leaving bool `json:"leaving,omitempty"`
	// Session is, of an agent that runs elsewhere, what finds its conversation again, and Sent how many of the messages it
	// knows.
	Session value.Value `json:"session,omitzero"`
	Sent    int         `json:"sent,omitempty"`
	// Threads are the conversations with other agents.
	Threads []thread `json:"threads,omitempty"`
}

// thread is a conversation between two agents, of which one calls the other. It lasts longer than the frame in which
// the other one runs during a call.
type thread struct {
	talk  talk
	agent *agentState
	// inputs are what the agent was last given.
	inputs *value.Object
	// busy is true while a frame works on it. It is no state: it follows from the frames.
	busy bool
}

func newAgentState(op program.Op) *agentState {
	s := &agentState{}
	if n := len(threadsOf(op)); n > 0 {
		s.Threads = make([]thread, n)
	}
	return s
}

// threadsOf are the conversations between agents that belong to an agent or a team: what each of them runs.
func threadsOf(op program.Op) []*program.Flow {
	switch op := op.(type) {
	case *program.Agent:
		return op.Threads
	case *program.Team:
		return op.Threads
	default:
		return nil
	}
}

// agentOf returns the agent that the current node of a frame is, of a team the one that talks; nil if it is none.
func agentOf(f *flowFrame) *program.Agent {
	switch op := f.current().Op.(type) {
	case *program.Agent:
		return op
	case *program.Team:
		if f.agent == nil {
			return op.Agents[0]
		}
		return op.Agents[f.agent.Current]
	default:
		return nil
	}
}

// runAgent goes on with an agent that waits for nothing.
func (m *Machine) runAgent(f *flowFrame, n *program.Node) *flowFrame {
	if f.agent == nil {
		f.agent = newAgentState(n.Op)
	}
	op, s := agentOf(f), f.agent
	switch {
	case s.Answered < len(s.Requests):
		return m.turn(f)
	case op.Initial != nil && !f.talk.heardUser():
		return m.spoken(f, m.says(f, *op.Initial))
	case op.Remote != nil:
		return m.tell(f, op)
	case s.Iterations >= op.MaxIterations:
		return m.exhausted(f, op)
	case s.Listed < len(op.Boxes) && s.Iterations+1 < op.MaxIterations:
		return m.listTools(f, op)
	case !f.gathered && len(f.providers()) > 0:
		return m.gather(f, n)
	}
	p, err := m.agentPrompt(f, n, op)
	switch {
	case err != nil:
		return m.fail(f, err)
	case p == nil:
		return nil
	}
	return m.askModel(f, op.Model, p, !op.Member)
}

// think has an agent go on after what it waited for has come.
func (m *Machine) think(f *flowFrame) *flowFrame {
	f.gathered, f.known = false, nil
	return m.runAgent(f, f.current())
}

// heardUser reports whether the user has said something.
func (t *talk) heardUser() bool {
	all := t.all()
	for i := range all {
		if all[i].Type() == message.TypeUser {
			return true
		}
	}
	return false
}

// agentPrompt is what the model of an agent is asked; nil without an error if something has to be known first.
func (m *Machine) agentPrompt(f *flowFrame, n *program.Node, op *program.Agent) (*prompt.Prompt, *Error) {
	inputs, err := m.inputs(f, n)
	if err != nil {
		return nil, err
	}
	instruction := value.Null
	if op.Instruction != nil {
		args := make([]value.Value, len(op.Args))
		for i, in := range op.Args {
			args[i] = inputs[in]
		}
		text, err := op.Instruction.Render(args)
		if err != nil {
			return nil, stepError(err)
		}
		instruction = value.String(text)
	}
	if op.Note != "" {
		instruction = value.String(strings.TrimPrefix(value.Text(instruction)+"\n\n"+op.Note, "\n\n"))
	}
	args := make([]value.Value, len(op.PromptArgs))
	for i, in := range op.PromptArgs {
		switch in {
		case program.InstructionArg:
			args[i] = instruction
		case program.PlanArg:
			args[i] = value.String("")
		default:
			args[i] = inputs[in]
		}
	}
	return m.renderPrompt(f, op.Prompt, &prompt.Rendering{
		Args: args, History: f.talk.shown(), System: true, Tools: f.tools(f.agent.Iterations+1 >= op.MaxIterations, false),
	})
}

// agentDone takes the answer of the model, or of an agent that runs elsewhere.
func (m *Machine) agentDone(f *flowFrame, r Result) *flowFrame {
	if agentOf(f).Remote != nil {
		return m.told(f, r)
	}
	if f.agent.Listed < len(agentOf(f).Boxes) && f.agent.Iterations+1 < agentOf(f).MaxIterations {
		return m.toolsListed(f, r)
	}
	answer, err := r.answered()
	if err != nil {
		return m.fail(f, err)
	}
	op, s := agentOf(f), f.agent
	msg, err := f.understood(op, *answer)
	if err != nil {
		return m.fail(f, err)
	}
	s.Iterations++
	f.trial++
	if msg.ToolRequests == nil {
		m.post(f, msg)
		return m.spoken(f, &msg)
	}
	if first := &msg.ToolRequests[0]; first.Name == program.TalkTool && !op.Unattended {
		return m.talked(f, &msg, first.Args)
	}
	m.post(f, msg)
	s.Requests, s.Answered = msg.ToolRequests, 0
	return m.turn(f)
}

// talked makes a plain message of a call that says something to the user.
func (m *Machine) talked(f *flowFrame, msg *message.Message, args *value.Object) *flowFrame {
	text, ok := args.Get(program.TalkText)
	if !ok {
		text = args.Of()
	}
	msg.ToolRequests = nil
	msg.Contents = []message.Part{{Text: value.Text(text)}}
	m.post(f, *msg)
	if ok {
		return m.spoken(f, msg)
	}
	m.remind(f, fmt.Sprintf("%s needs the argument %q, which is what the user is told.", program.TalkTool, program.TalkText))
	return m.think(f)
}

// says adds a message of the agent.
func (m *Machine) says(f *flowFrame, text string) *message.Message {
	msg := message.Text(message.Assistant, text)
	msg.Sender = agentOf(f).Name
	m.post(f, msg)
	return &msg
}

// remind tells the model something that nobody said.
func (m *Machine) remind(f *flowFrame, text string) {
	msg := message.Text(message.User, text)
	msg.Sender = agentOf(f).Name
	m.post(f, msg)
}

// spoken waits for the answer to what the agent has said, if there is somebody to give one.
func (m *Machine) spoken(f *flowFrame, msg *message.Message) *flowFrame {
	op := agentOf(f)
	switch {
	case op.Unattended:
		m.remind(f, fmt.Sprintf("Nobody reads this. Go on by yourself, and call %s when you are done.", op.Ending()))
		return m.think(f)
	case op.Member:
		return m.answered(f, value.String(msg.Text()))
	}
	m.ask(f, &Request{UserMessage: &UserMessage{Prompt: msg}})
	return nil
}

// heard goes on after the user has answered.
func (m *Machine) heard(f *flowFrame, text string) *flowFrame {
	f.calledOn()
	if agentOf(f) == nil {
		return m.finish(f, 0, value.String(text))
	}
	f.trial++
	return m.think(f)
}

// calledOn has the agents of a frame and of those above it count anew, since somebody has spoken.
func (f *flowFrame) calledOn() {
	for f != nil {
		if f.agent != nil {
			f.agent.Iterations, f.agent.Rounds, f.agent.Listed = 0, 0, 0
		}
		f = f.above()
	}
}

// exhausted ends an agent whose model was asked as often as it may be.
func (m *Machine) exhausted(f *flowFrame, op *program.Agent) *flowFrame {
	if len(op.Outputs) > 0 {
		outs, missing := defaultsOf(op.Outputs)
		if len(missing) > 0 {
			err := errorf(classRuntime, "agent %q was stopped after its model was asked %d times, without the outputs %s; give them defaults, or raise max_iterations",
				op.Name, op.MaxIterations, strings.Join(missing, ", "))
			err.Err = &MissingOutputsError{Agent: op.Name, Outputs: missing}
			return m.fail(f, err)
		}
		return m.submitted(f, outs)
	}
	if op.Unattended {
		return m.submitted(f, nil)
	}
	const stopped = "I was stopped before I had an answer: this took more steps than I may take. Ask for less at a time, or raise max_iterations."
	return m.spoken(f, m.says(f, stopped))
}

// defaultsOf are the outputs of an agent that has submitted none, and the names of those that have no default.
func defaultsOf(outputs []value.Property) (outs []value.Value, missing []string) {
	for i := range outputs {
		p := &outputs[i]
		v, err := p.DefaultValue()
		if !p.HasDefault || err != nil {
			missing = append(missing, p.Title)
		}
		outs = append(outs, v)
	}
	return outs, missing
}

// submitted ends an agent that has its outputs.
func (m *Machine) submitted(f *flowFrame, outs []value.Value) *flowFrame {
	op := agentOf(f)
	if !op.Member {
		return m.agentEnds(f, outs...)
	}
	members := make([]value.Member, len(outs))
	for i, v := range outs {
		members[i] = value.Member{Key: op.Outputs[i].Title, Value: v}
	}
	return m.finishedFor(f, unwrapped(members))
}

// unwrapped is the one value, or an object of all of them.
func unwrapped(members []value.Member) value.Value {
	if len(members) == 1 {
		return members[0].Value
	}
	return value.Obj(members...)
}

// finishedFor ends an agent with its last answer to the one that called it. The next call begins anew, but in a team the
// conversation lasts.
func (m *Machine) finishedFor(f *flowFrame, answer value.Value) *flowFrame {
	s := f.agent
	s.Requests, s.Answered, s.Leaving = nil, 0, false
	if f.caller().Kind == program.OfferAgent {
		*f.thread() = thread{}
	}
	return m.answered(f, answer)
}

// answered gives the answer of an agent to the one that called it.
func (m *Machine) answered(f *flowFrame, answer value.Value) *flowFrame {
	return m.finish(f, 0, answer)
}

// agentEnds ends the node. An agent that is not part of a flow keeps its state, since the user may say more.
func (m *Machine) agentEnds(f *flowFrame, outs ...value.Value) *flowFrame {
	s := f.agent
	s.Requests, s.Answered, s.Iterations, s.Rounds, s.Listed, s.Leaving = nil, 0, 0, 0, 0, false
	if len(f.flow.Nodes) > 1 {
		f.agent = nil
	}
	return m.finish(f, 0, outs...)
}

// CheckSay reports, as a [*StateError], whether an agent cannot be told something more.
func (m *Machine) CheckSay(ev Say) error {
	switch {
	case m.done == nil:
		return stateErrorf("the conversation has not finished; answer its request")
	case m.root.agent == nil:
		return stateErrorf("the flow has finished; only an agent or a team can be told more")
	case ev.Message.Type() != message.TypeUser:
		return stateErrorf("an agent that has finished waits for a message of the user")
	}
	return nil
}

// say goes on with an agent that has finished.
func (m *Machine) say(ev Say) error {
	if err := m.CheckSay(ev); err != nil {
		return err
	}
	f := m.root
	m.done = nil
	f.visit++
	m.post(f, ev.Message)
	m.drive(f)
	return nil
}

// MissingOutputsError says that an agent was stopped before it had submitted all of its outputs.
type MissingOutputsError struct {
	Agent string
	// Outputs are those that it has not submitted, and that have no default.
	Outputs []string
}

// Error implements error.
func (e *MissingOutputsError) Error() string {
	return fmt.Sprintf("agent %q has no value for its outputs %s", e.Agent, strings.Join(e.Outputs, ", "))
}
