package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// turn is the work of the calls that a model asked for at once: a branch for each, which runs what is called. The results
// come in the order of the calls. A failure is a result, unless the agent raises exceptions.
type turn struct{ f *flowFrame }

func (t turn) request(i int) *message.ToolRequest {
	return &t.f.agent.Requests[t.f.agent.Answered+i]
}

func (t turn) offer(i int) *program.Offer {
	return t.f.offer(t.request(i).Name)
}

// offer returns what the model of an agent was offered by a name; nil if there is nothing.
func (f *flowFrame) offer(name string) *program.Offer {
	return f.offerOf(name, f.agent.Iterations >= agentOf(f).MaxIterations)
}

func (f *flowFrame) offerOf(name string, last bool) *program.Offer {
	op := agentOf(f)
	if o := op.Offer(name, last); o != nil || last {
		return o
	}
	return f.agent.boxOffer(op, name)
}

func (t turn) width([]value.Value) (int, *Error) { return t.f.agent.Calling, nil }
func (t turn) workers() int                      { return t.f.agent.Calling }
func (t turn) overlay(i int) bool                { return t.offer(i).Kind == program.OfferFlow }

func (t turn) raise() bool                                              { return agentOf(t.f).RaiseExceptions }
func (t turn) collect(*fanFrame, *program.Node) ([]value.Value, *Error) { return nil, nil }

func (t turn) flow(i int) *program.Flow {
	o := t.offer(i)
	if o.Kind == program.OfferMessage {
		return o.Recipient(recipientOf(t.request(i))).Flow
	}
	return o.Flow
}

// recipientOf is the name of whom a message or the conversation is to go to.
func recipientOf(r *message.ToolRequest) string {
	to, _ := r.Args.Get(program.MessageTo)
	return to.Str()
}

// thread is the conversation in which a call is a question; nil if what is called is no agent.
func (t turn) thread(i int) *thread {
	s, n := t.f.threadOf(t.offer(i), t.request(i))
	if s == nil {
		return nil
	}
	return &s.Threads[n]
}

// threadOf is where the conversation lies that a call is part of, and its number there; nil if what is called is no agent.
func (f *flowFrame) threadOf(o *program.Offer, r *message.ToolRequest) (*agentState, int) {
	switch o.Kind {
	case program.OfferAgent:
		return f.agent, o.Thread
	case program.OfferMessage:
		if to := o.Recipient(recipientOf(r)); to != nil {
			return f.team(o).agent, to.Thread
		}
	default:
	}
	return nil, 0
}

// team is the frame of the team whose conversations an offer is about: that of the agent itself, or of one further up.
func (f *flowFrame) team(o *program.Offer) *flowFrame {
	for o.Shared {
		if _, ok := f.current().Op.(*program.Team); ok {
			break
		}
		f = f.above()
	}
	return f
}

// thread is the conversation that a frame is part of; nil if it is not the branch of an agent that another one called.
func (f *flowFrame) thread() *thread {
	if fan, ok := f.up.(*fanFrame); ok {
		if t, ok := fan.work.(turn); ok {
			return t.thread(f.branch)
		}
	}
	return nil
}

// caller is the offer by which another agent called the one that a frame is; nil if none did.
func (f *flowFrame) caller() *program.Offer {
	if fan, ok := f.up.(*fanFrame); ok {
		if t, ok := fan.work.(turn); ok && t.thread(f.branch) != nil {
			return t.offer(f.branch)
		}
	}
	return nil
}

// begin prepares the frame of a call.
func (t turn) begin(m *Machine, i int, f *flowFrame) {
	r := t.request(i)
	th := t.thread(i)
	if th == nil {
		if t.overlay(i) {
			f.talk.call = r.ID
		}
		return
	}
	f.talk = &th.talk
	if f.agent = th.agent; f.agent == nil {
		f.agent = newAgentState(f.current().Op)
		th.agent = f.agent
	}
	th.busy = true
	f.agent.Iterations, f.agent.Rounds, f.agent.Listed = 0, 0, 0
	arg := program.AgentContext
	if t.offer(i).Kind == program.OfferMessage {
		arg = program.MessageText
	}
	said, ok := r.Args.Get(arg)
	msg := message.Text(message.User, value.Text(said))
	if !ok {
		msg = message.Text(message.User, t.f.said())
	}
	msg.Sender = agentOf(t.f).Name
	m.post(f, msg)
}

// said is the text of the message with which the agent made its calls.
func (f *flowFrame) said() string {
	for _, m := range slices.Backward(f.talk.own) {
		if m.ToolRequests != nil {
			return m.Text()
		}
	}
	return ""
}

func (t turn) fill(i int, f *flowFrame, _ []value.Value) *Error {
	args, o := t.request(i).Args, t.offer(i)
	if o.Kind == program.OfferTool {
		for j := range f.flow.Inputs {
			in := &f.flow.Inputs[j]
			if v, ok := args.Get(in.Title); ok {
				f.fill(in.Slot, v)
			}
		}
		return nil
	}
	if o.Kind == program.OfferBoxed {
		in := f.flow.Inputs
		f.fill(in[0].Slot, value.String(o.Name))
		f.fill(in[1].Slot, args.Of())
		f.fill(in[2].Slot, value.Bool(t.f.agent.boxed(o.Name).Confirm))
		return nil
	}
	if o.Kind == program.OfferMessage {
		args = t.f.team(o).handed(f.flow)
	} else if th := t.thread(i); th != nil {
		args = th.given(args)
	}
	values, err := beginInputs(f.flow, args)
	if err != nil {
		return &Error{Class: classValue, Message: err.Error(), Err: err}
	}
	for j, v := range values {
		f.fill(f.flow.Inputs[j].Slot, v)
	}
	return nil
}

// handed are the inputs of an agent of a team, which are those of the team.
func (f *flowFrame) handed(flow *program.Flow) *value.Object {
	var b value.ObjectBuilder
	n := f.current()
	for i := range flow.Inputs {
		for j := range n.Inputs {
			if in := &n.Inputs[j]; in.Title == flow.Inputs[i].Title {
				if v, err := f.input(in); err == nil {
					b.Set(in.Title, v)
				}
			}
		}
	}
	return b.Object()
}

// given are the inputs of an agent: those of this call and, for the rest, of the one before.
func (th *thread) given(args *value.Object) *value.Object {
	args = args.Without(program.AgentContext)
	for name, v := range th.inputs.All() {
		if _, ok := args.Get(name); !ok {
			args = args.With(name, v)
		}
	}
	th.inputs = args
	return args
}

// turn answers the calls of a turn that have no result yet: what the agent does itself at once, the rest by running it.
func (m *Machine) turn(f *flowFrame) *flowFrame {
	s := f.agent
	for s.Answered < len(s.Requests) {
		r := &s.Requests[s.Answered]
		o := f.offer(r.Name)
		if text := f.refusal(o, r); text != "" {
			m.result(f, r, text)
			s.Answered++
			continue
		}
		if !o.Own() {
			s.Calling = f.batch()
			fan := newFan(f, turn{f}, nil, s.Calling)
			f.below = fan
			return m.fillFan(fan)
		}
		s.Answered++
		if next, ended := m.own(f, o, r); ended {
			return next
		}
	}
	s.Requests, s.Answered = nil, 0
	return m.think(f)
}

// batch is how many of the calls that come next can run at once: one agent is not asked two things at a time, nor is one of
// a team whose agents know each other, since it would depend on the timing whom they find busy.
func (f *flowFrame) batch() int {
	s := f.agent
	var asked []int
	for n, r := range s.Requests[s.Answered:] {
		o := f.offer(r.Name)
		if o == nil || o.Own() || n > 0 && f.refusal(o, &r) != "" {
			return n
		}
		state, number := f.threadOf(o, &r)
		if state == nil {
			continue
		}
		if o.Shared {
			number = -1
		}
		if slices.Contains(asked, number) {
			return n
		}
		asked = append(asked, number)
	}
	return len(s.Requests) - s.Answered
}

// turned goes on when all calls that ran at once have their results.
func (m *Machine) turned(f *flowFrame) *flowFrame {
	s := f.agent
	for _, r := range s.Requests[s.Answered : s.Answered+s.Calling] {
		if o := f.offer(r.Name); o.Kind == program.OfferMessage {
			if err := m.round(f.team(o)); err != nil {
				return m.fail(f, err)
			}
			s.Iterations = 0 // somebody has spoken
			break
		}
	}
	s.Answered += s.Calling
	s.Calling = 0
	f.trial++
	return m.turn(f)
}

// round counts how often the agents of a team have passed something on since the user last spoke.
func (m *Machine) round(team *flowFrame) *Error {
	if team.agent.Rounds++; team.agent.Rounds > m.limits.Rounds {
		return errorf(classRuntime, "the agents of %q have passed messages on %d times without the user; end that, or raise the limit of rounds",
			team.current().Name, m.limits.Rounds)
	}
	return nil
}

// returned adds what a call came to to the conversation.
func (t turn) returned(m *Machine, i int, b *branch) {
	if b.talk != nil {
		t.f.talk.merge(b.talk)
		b.talk = nil
	}
	th := t.thread(i)
	if th != nil {
		th.busy = false
	}
	var v value.Value
	switch {
	case b.err != nil:
		v = value.String(b.err.Message)
		if th != nil {
			*th = thread{} // what it was doing is lost; it begins anew
		}
	case t.offer(i).Kind == program.OfferFlow:
		flow := t.offer(i).Flow
		members := make([]value.Member, 0, len(b.outs))
		for j, o := range b.outs {
			if o.set {
				members = append(members, value.Member{Key: flow.Outputs[j].Title, Value: o.v})
			}
		}
		v = unwrapped(members)
	default:
		v = b.outs[0].v
	}
	r := t.request(i)
	m.postResult(t.f, message.ToolResult{RequestID: r.ID, Content: m.bounded(r.Name, v), Failed: b.err != nil})
	b.outs, b.err = nil, nil
}

// result adds what the agent itself says to a call.
func (m *Machine) result(f *flowFrame, r *message.ToolRequest, text string) {
	m.postResult(f, message.ToolResult{RequestID: r.ID, Content: value.String(text)})
}

func (m *Machine) postResult(f *flowFrame, r message.ToolResult) {
	m.post(f, message.Message{Role: message.Assistant, Sender: agentOf(f).Name, ToolResult: &r})
}

// bounded is the result of a tool, or that it is too large.
func (m *Machine) bounded(name string, v value.Value) value.Value {
	if sizeWithin(v, m.limits.Result) >= 0 {
		return v
	}
	return value.String(fmt.Sprintf("%s returned more than %d bytes, which is more than can be shown; ask it for less", name, m.limits.Result))
}

// sizeWithin takes the size of a value from what is left; it is negative if the value is larger.
func sizeWithin(v value.Value, left int) int {
	switch v.Kind() {
	case value.KindString:
		return left - len(v.Str())
	case value.KindList:
		items, _ := v.AsList()
		for i := 0; i < len(items) && left >= 0; i++ {
			left = sizeWithin(items[i], left-2)
		}
	case value.KindObject:
		o, _ := v.AsObject()
		for i := 0; i < o.Len() && left >= 0; i++ {
			left = sizeWithin(o.At(i).Value, left-4-len(o.At(i).Key))
		}
	default:
		left -= 4
	}
	return left
}

// refusal says why a call cannot be run; empty if it can.
func (f *flowFrame) refusal(o *program.Offer, r *message.ToolRequest) string {
	if o == nil {
		var names []string
		op := agentOf(f)
		for _, t := range f.tools(f.agent.Iterations >= op.MaxIterations, false) {
			names = append(names, t.Name)
		}
		return fmt.Sprintf("There is no tool %q now. You can call: %s.", r.Name, strings.Join(names, ", "))
	}
	if bad, ok := notArguments(o, r.Args); ok {
		return fmt.Sprintf("The arguments of %s must be a JSON object; these are none: %s", r.Name, shortened(bad))
	}
	if o.Own() {
		return ""
	}
	var missing []string
	for i := range o.Inputs {
		p := &o.Inputs[i]
		if _, ok := r.Args.Get(p.Title); !ok && !p.HasDefault && (o.Kind != program.OfferAgent || p.Title != program.AgentContext) {
			missing = append(missing, p.Title)
		}
	}
	if o.Kind == program.OfferAgent {
		given := f.agent.Threads[o.Thread].inputs
		missing = slices.DeleteFunc(missing, func(name string) bool { _, ok := given.Get(name); return ok })
	}
	if len(missing) > 0 {
		return fmt.Sprintf("The call of %s lacks the arguments: %s.", r.Name, strings.Join(missing, ", "))
	}
	if o.Kind == program.OfferMessage {
		return f.unreachable(o, r)
	}
	return ""
}

// unreachable says why a message cannot be sent; empty if it can.
func (f *flowFrame) unreachable(o *program.Offer, r *message.ToolRequest) string {
	name := recipientOf(r)
	state, n := f.threadOf(o, r)
	switch {
	case name == agentOf(f).Name:
		return "You cannot send a message to yourself."
	case state == nil:
		var names []string
		for i := range o.Recipients {
			names = append(names, o.Recipients[i].Name)
		}
		return fmt.Sprintf("There is nobody called %q to send a message to. There are: %s.", name, strings.Join(names, ", "))
	case state.Threads[n].busy:
		return fmt.Sprintf("%s cannot answer now: it waits for an answer itself.", name)
	}
	return ""
}

// shortened is the beginning of a value.
func shortened(v value.Value) string {
	text := value.Text(v)
	if len(text) > 100 {
		text = strings.ToValidUTF8(text[:100], "") + "..."
	}
	return text
}

// own does what an agent does itself; ended is true if that ends the turn.
func (m *Machine) own(f *flowFrame, o *program.Offer, r *message.ToolRequest) (next *flowFrame, ended bool) {
	s := f.agent
	switch o.Kind {
	case program.OfferSubmit:
		outs, problem := submission(agentOf(f), r.Args)
		if problem != "" {
			m.result(f, r, problem)
			return nil, false
		}
		m.result(f, r, "The results were taken.")
		m.skip(f, "The task has ended; this was not called.")
		if op := agentOf(f); op.Member && len(op.Outputs) == 0 {
			done, _ := r.Args.Get(summaryArg)
			return m.finishedFor(f, done), true
		}
		return m.submitted(f, outs), true
	case program.OfferEnd:
		if !s.Leaving {
			s.Leaving = true
			m.result(f, r, "If the user really wants to leave, call this once more, and say nothing. Do not ask the user.")
			return nil, false
		}
		m.result(f, r, "The conversation has ended.")
		m.skip(f, "The conversation has ended; this was not called.")
		return m.submitted(f, nil), true
	case program.OfferHandoff:
		return m.handOver(f, o, r)
	default: // talking, beside other calls
		m.result(f, r, "Say this after the other calls.")
		return nil, false
	}
}

// handOver has another agent of a team go on in the conversation with the user.
func (m *Machine) handOver(f *flowFrame, o *program.Offer, r *message.ToolRequest) (next *flowFrame, ended bool) {
	name := recipientOf(r)
	to := o.Recipient(name)
	if to == nil {
		why := f.unreachable(o, r)
		m.result(f, r, why)
		return nil, false
	}
	m.result(f, r, fmt.Sprintf("The conversation was handed over to %s.", name))
	m.skip(f, "The conversation was handed over; this was not called.")
	if err := m.round(f); err != nil {
		return m.fail(f, err), true
	}
	s := f.agent
	s.Current, s.Iterations, s.Listed, s.Leaving = to.Agent, 0, 0, false
	return m.think(f), true
}

// summaryArg is what an agent without outputs submits.
const summaryArg = "summary"

// skip answers the calls that come after one that ends the turn.
func (m *Machine) skip(f *flowFrame, why string) {
	s := f.agent
	for i := s.Answered; i < len(s.Requests); i++ {
		m.result(f, &s.Requests[i], why)
	}
	s.Requests, s.Answered = nil, 0
}
