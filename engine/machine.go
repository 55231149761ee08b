package engine

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// Machine is the state of one conversation. It is not safe for concurrent use: events come one after the other.
type Machine struct {
	prog   *program.Program
	limits Limits
	root   *flowFrame
	talk   talk
	// done is set when the main flow has ended.
	done *Finished
	// ledger is what models took, and budget what they may take.
	ledger ledger
	budget Budget

	// What follows is no state: it is empty between two events, or only says how to report.
	observe func(Note)
	perform func(*Effect)
	effects []*Effect
	cancels []*Effect
	pending int           // effects that were emitted and are not done
	held    int           // effects that the budget does not allow
	limited bool          // the budget bounds anything
	steps   int           // taken since the event that is being dealt with
	args    []value.Value // the inputs of the current step
	id      []byte        // an ID that is being written
}

// Limits bound what a document can make the machine do. A zero field means its default.
type Limits struct {
	// Steps is how many steps all flows together may take without waiting for anything; default ten million, so that a
	// map over as many items as there may be has ten for each.
	Steps int
	// Items is how many items a map node may run its flow for; default one million.
	Items int
	// Rounds is how often the agents of a team may pass on messages, or the conversation, from one message of the user to the
	// next; default one thousand.
	Rounds int
	// Result is how many bytes of what a tool returns the model of an agent is shown; default one MiB. If there are more,
	// the model is told so instead.
	Result int
}

const (
	defaultSteps  = 10_000_000
	defaultItems  = 1_000_000
	defaultRounds = 1_000
	defaultResult = 1 << 20
)

// New returns the machine for a conversation that has not begun. The program must have a main flow.
func New(prog *program.Program, limits Limits) *Machine {
	if limits.Steps <= 0 {
		limits.Steps = defaultSteps
	}
	if limits.Items <= 0 {
		limits.Items = defaultItems
	}
	if limits.Rounds <= 0 {
		limits.Rounds = defaultRounds
	}
	if limits.Result <= 0 {
		limits.Result = defaultResult
	}
	return &Machine{prog: prog, limits: limits}
}

// Observe sets a function that is told what happens, while it happens; nil ends that. It must not use the machine.
func (m *Machine) Observe(f func(Note)) { m.observe = f }

// Perform sets a function that gets each effect as soon as it is asked for, instead of [Outcome.Effects] when the event
// is done with: the first of many branches need not wait until the last has begun. Nil ends that. It must not use the
// machine.
func (m *Machine) Perform(f func(*Effect)) { m.perform = f }

// Program returns the program that the machine runs.
func (m *Machine) Program() *program.Program { return m.prog }

// Outcome is what an event led to, for the host to act on. It is valid until the next event.
type Outcome struct {
	// Effects are to be performed.
	Effects []*Effect
	// Cancels are effects performed earlier whose results nobody wants any more.
	Cancels []*Effect
}

// Advance takes an event and goes on as far as it can. An error, always an [*InputError] or a [*StateError], means that
// the event was refused and nothing changed; a step that fails is no error here but the status [Failed].
func (m *Machine) Advance(ev Event) (Outcome, error) {
	m.effects, m.cancels, m.steps = m.effects[:0], m.cancels[:0], 0
	err := m.take(ev)
	if m.held > 0 && m.pending == 0 {
		m.release()
	}
	return Outcome{m.effects, m.cancels}, err
}

func (m *Machine) take(ev Event) error {
	switch ev := ev.(type) {
	case Begin:
		return m.begin(&ev)
	case *Begin:
		return m.begin(ev)
	}
	if m.root == nil {
		return stateErrorf("the conversation has not begun")
	}
	switch ev := ev.(type) {
	case EffectDone:
		m.effectDone(&ev)
		return nil
	case *EffectDone:
		m.effectDone(ev)
		return nil
	case Answer:
		return m.answer(ev)
	case Say:
		return m.say(ev)
	case Retry:
		return m.retryFailed()
	case SetBudget:
		if err := m.setBudget(ev.Budget); err != nil {
			return err
		}
		m.release()
		return nil
	case Elapsed:
		m.ledger.time += max(ev.Time, 0)
		return nil
	case Performing:
		return m.performing(ev.ID)
	case Lost:
		return m.lost(ev.ID)
	case Set:
		return m.set(ev)
	default:
		return stateErrorf("the event %T is not known", ev)
	}
}

// Check reports, as an [*InputError], whether a conversation could not begin with the inputs.
func (m *Machine) Check(inputs *value.Object) error {
	_, err := beginInputs(m.prog.Main, inputs)
	return err
}

func (m *Machine) begin(ev *Begin) error {
	if m.root != nil {
		return stateErrorf("the conversation has already begun")
	}
	values, err := beginInputs(m.prog.Main, ev.Inputs)
	if err == nil {
		err = m.setBudget(ev.Budget)
	}
	if err != nil {
		return err
	}
	m.talk.own = append(m.talk.own, ev.Messages...)
	m.root = newFlowFrame(m.prog.Main, nil, 0, &m.talk)
	for i, v := range values {
		m.root.fill(m.prog.Main.Inputs[i].Slot, v)
	}
	m.drive(m.root)
	return nil
}

// effectDone hands a result to the frame that waits for it, if one still does (invariant 1).
func (m *Machine) effectDone(ev *EffectDone) {
	e := ev.effect
	if e == nil {
		if f := m.find(ev.ID); f != nil {
			e = f.effect
		}
	}
	if e == nil || e.frame == nil || e.frame.effect != e || e.frame.cancelled || e.frame.held || m.failure() != nil {
		return
	}
	f := e.frame
	f.effect = nil
	m.pending--
	m.count(f, e, &ev.Result)
	switch {
	case ev.Result.Auth != nil && ev.Result.Err == nil:
		m.askAuth(f, e, ev.Result.Auth)
	case e.Aside:
		m.drive(m.asideDone(f, e, ev.Result))
	default:
		m.drive(m.resume(f, ev.Result))
	}
}

// find returns the frame whose pending effect or request has the ID.
func (m *Machine) find(id string) *flowFrame {
	var found *flowFrame
	m.leaves(func(f *flowFrame) bool {
		if f.effect != nil && f.effect.ID == id || f.request != nil && f.request.ID == id {
			found = f
		}
		return found == nil
	})
	return found
}

// leaves visits the frames that run no frame below them, in document order, until visit returns false.
func (m *Machine) leaves(visit func(*flowFrame) bool) {
	if m.root != nil && m.done == nil {
		m.root.leaves(visit)
	}
}

// Status says where the conversation stands.
func (m *Machine) Status() Status {
	switch {
	case m.root == nil:
		return Ready{}
	case m.done != nil:
		return *m.done
	case m.failure() != nil:
		return Failed{m.failure()}
	case m.pending > 0:
		return Running{}
	}
	requests := m.Requests()
	if len(requests) == 0 && m.held > 0 {
		return m.interrupted()
	}
	return Waiting{requests}
}

// failure returns the error that ended the main flow; nil if none did.
func (m *Machine) failure() *Error {
	if m.root == nil {
		return nil
	}
	return m.root.err
}

// Requests returns the open requests, in document order, also while effects are pending.
func (m *Machine) Requests() []*Request {
	var open []*Request
	m.leaves(func(f *flowFrame) bool {
		if f.request != nil && !f.cancelled {
			open = append(open, f.request)
		}
		return true
	})
	return open
}

// Pending returns the effects that were asked for and are not done, in document order: what a host performs again when
// it takes over a conversation.
func (m *Machine) Pending() []*Effect {
	var open []*Effect
	m.leaves(func(f *flowFrame) bool {
		if f.effect != nil && !f.cancelled && !f.held {
			open = append(open, f.effect)
		}
		return true
	})
	return open
}

// Messages returns the messages of the conversation so far. What parallel branches that have not joined yet have said
// comes last, in the order of the branches.
func (m *Machine) Messages() []message.Message {
	out := m.talk.own[:len(m.talk.own):len(m.talk.own)]
	if m.root != nil && m.done == nil {
		m.root.unmerged(func(t *talk) { out = append(out, t.own...) })
	}
	return out
}

// emit asks the host for an effect, if the budget allows it.
func (m *Machine) emit(f *flowFrame, e *Effect) {
	e.frame = f
	if e.ID == "" {
		m.id = f.appendWaitID(m.id[:0])
		e.ID = string(m.id)
	}
	f.effect = e
	f.cancelled = false
	if s := m.shortage(e); s != nil {
		m.hold(f, s)
		return
	}
	m.launch(e)
}

func (m *Machine) launch(e *Effect) {
	m.pending++
	m.fly(e)
	if m.perform != nil {
		m.perform(e)
		return
	}
	m.effects = append(m.effects, e)
}

// cancel tells the host that an effect is not wanted for now, or withdraws a request. The frame keeps it, for a retry.
func (m *Machine) cancel(f *flowFrame) {
	switch {
	case f.cancelled:
	case f.held:
		f.cancelled, f.held = true, false
		m.held--
	case f.effect != nil:
		f.cancelled = true
		m.pending--
		m.land(f.effect)
		m.cancels = append(m.cancels, f.effect)
	case f.request != nil:
		f.cancelled = true
	}
}
