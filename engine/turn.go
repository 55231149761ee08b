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
	op := agentOf(f)
	return op.Offer(name, f.agent.Iterations >= op.MaxIterations)
}

func (t turn) width([]value.Value) (int, *Error)                        { return t.f.agent.Calling, nil }
func (t turn) workers() int                                             { return t.f.agent.Calling }
func (t turn) overlay(i int) bool                                       { return t.offer(i).Kind == program.OfferFlow }
func (t turn) flow(i int) *program.Flow                                 { return t.offer(i).Flow }
func (t turn) raise() bool                                              { return agentOf(t.f).RaiseExceptions }
func (t turn) collect(*fanFrame, *program.Node) ([]value.Value, *Error) { return nil, nil }

// thread is the conversation in which a call is a question; nil if what is called is no agent.
func (t turn) thread(i int) *thread {
	if o := t.offer(i); o.Kind == program.OfferAgent {
		return &t.f.agent.Threads[o.Thread]
	}
	return nil
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
		f.agent = newAgentState(agentOf(f))
		th.agent = f.agent
	}
	f.agent.Iterations = 0
	context, ok := r.Args.Get(program.AgentContext)
	msg := message.Text(message.User, value.Text(context))
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
	if th := t.thread(i); th != nil {
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

// batch is how many of the calls that come next can run at once: one agent is not asked two things at a time.
func (f *flowFrame) batch() int {
	s := f.agent
	var asked []int
	for n, r := range s.Requests[s.Answered:] {
		o := f.offer(r.Name)
		if o == nil || o.Own() || n > 0 && f.refusal(o, &r) != "" {
			return n
		}
		if o.Kind != program.OfferAgent {
			continue
		}
		if slices.Contains(asked, o.Thread) {
			return n
		}
		asked = append(asked, o.Thread)
	}
	return len(s.Requests) - s.Answered
}

// turned goes on when all calls that ran at once have their results.
func (m *Machine) turned(f *flowFrame) *flowFrame {
	f.agent.Answered += f.agent.Calling
	f.agent.Calling = 0
	f.trial++
	return m.turn(f)
}

// returned adds what a call came to to the conversation.
func (t turn) returned(m *Machine, i int, b *branch) {
	if b.talk != nil {
		t.f.talk.merge(b.talk)
		b.talk = nil
	}
	var v value.Value
	switch {
	case b.err != nil:
		v = value.String(b.err.Message)
		if th := t.thread(i); th != nil {
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
		for _, t := range op.Tools(f.agent.Iterations >= op.MaxIterations) {
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
	default: // talking, beside other calls
		m.result(f, r, "Say this after the other calls.")
		return nil, false
	}
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
