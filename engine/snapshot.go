package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// snapshotVersion is raised whenever an older machine could not read what a newer one writes.
const snapshotVersion = 1

// The state as it is stored. Flows and nodes go by their index in the program: a snapshot fits the program that it was
// taken from, which whoever stores it must see to.
type (
	snapshot struct {
		Version  int               `json:"version"`
		Messages []message.Message `json:"messages,omitempty"`
		Root     *savedFlow        `json:"root,omitempty"`
		Done     *Finished         `json:"done,omitempty"`
		Usage    []StepUse         `json:"usage,omitempty"`
		Time     time.Duration     `json:"time,omitempty"`
		Budget   Budget            `json:"budget,omitzero"`
	}

	savedFlow struct {
		Flow      int           `json:"flow"`
		Node      int           `json:"node"`
		Visit     int           `json:"visit"`
		Gathered  bool          `json:"gathered,omitempty"`
		Trial     int           `json:"trial,omitempty"`
		Known     []value.Value `json:"known,omitempty"`
		Agent     *agentState   `json:"agent,omitempty"`
		Slots     []savedSlot   `json:"slots,omitempty"`
		Vars      []value.Value `json:"vars,omitempty"`
		Flowing   *savedFlow    `json:"subflow,omitempty"`
		Fan       *savedFan     `json:"parallel,omitempty"`
		Effect    *Effect       `json:"effect,omitempty"`
		Request   *Request      `json:"request,omitempty"`
		Cancelled bool          `json:"cancelled,omitempty"`
		Held      bool          `json:"held,omitempty"`
		Err       *Error        `json:"error,omitempty"`
	}

	savedSlot struct {
		Index int         `json:"i"`
		Value value.Value `json:"v"`
	}

	savedFan struct {
		Phase    string        `json:"phase,omitempty"`
		Inputs   []value.Value `json:"inputs,omitempty"`
		Branches []savedBranch `json:"branches"` // those that have begun
		Failed   int           `json:"failed"`
	}

	savedBranch struct {
		Frame    *savedFlow        `json:"frame,omitempty"` // nil if it has ended
		Outs     []savedSlot       `json:"outs,omitempty"`
		Err      *Error            `json:"error,omitempty"`
		Seen     int               `json:"seen,omitempty"`
		Messages []message.Message `json:"messages,omitempty"`
	}
)

// MarshalJSON writes the whole state. [Load] reads it back, in this or in another process.
func (m *Machine) MarshalJSON() ([]byte, error) {
	s := snapshot{
		Version: snapshotVersion, Messages: m.talk.own, Done: m.done,
		Usage: m.ledger.steps, Time: m.ledger.time, Budget: m.budget,
	}
	if m.root != nil {
		s.Root = m.root.save()
		if m.done != nil && m.root.agent == nil {
			s.Root = &savedFlow{Flow: m.root.flow.Index, Node: m.root.node, Visit: m.root.visit}
		}
	}
	return json.Marshal(s)
}

func (f *flowFrame) save() *savedFlow {
	s := &savedFlow{
		Flow: f.flow.Index, Node: f.node, Visit: f.visit, Slots: saveSlots(f.slots), Vars: f.vars,
		Effect: f.effect, Request: f.request, Cancelled: f.cancelled, Held: f.held, Err: f.err, Gathered: f.gathered, Trial: f.trial, Known: f.known,
	}
	if f.thread() == nil { // else it is stored with the thread
		s.Agent = f.agent
	}
	switch below := f.below.(type) {
	case *flowFrame:
		s.Flowing = below.save()
	case *fanFrame:
		s.Fan = below.save()
	}
	return s
}

func (fan *fanFrame) save() *savedFan {
	s := &savedFan{Phase: fan.phase, Inputs: fan.inputs, Failed: fan.failed, Branches: make([]savedBranch, fan.next)}
	for i := range s.Branches {
		b := &fan.branches[i]
		s.Branches[i].Outs, s.Branches[i].Err = saveSlots(b.outs), b.err
		if b.talk != nil {
			s.Branches[i].Seen, s.Branches[i].Messages = b.talk.seen, b.talk.own
		}
		if b.frame != nil {
			s.Branches[i].Frame = b.frame.save()
		}
	}
	return s
}

func saveSlots(slots []slot) []savedSlot {
	var out []savedSlot
	for i, s := range slots {
		if s.set {
			out = append(out, savedSlot{i, s.v})
		}
	}
	return out
}

// Load reads a state that MarshalJSON wrote. The program must be the one it was taken from.
func Load(prog *program.Program, data []byte, limits Limits) (*Machine, error) {
	var s snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	if s.Version != snapshotVersion {
		return nil, fmt.Errorf("read snapshot: it has version %d, this runtime reads version %d", s.Version, snapshotVersion)
	}
	m := New(prog, limits)
	l := loader{m: m}
	l.root(&s)
	if l.err == nil {
		l.usage(&s)
	}
	if l.err != nil {
		return nil, fmt.Errorf("read snapshot: %w", l.err)
	}
	return m, nil
}

// loader rebuilds the frames and notes the first thing that does not fit the program.
type loader struct {
	m   *Machine
	err error
}

// root rebuilds the conversation.
func (l *loader) root(s *snapshot) {
	m := l.m
	m.talk.own = s.Messages
	m.done = s.Done
	if s.Root == nil {
		if s.Done != nil {
			l.failf("it has ended and not begun")
		}
		return
	}
	if m.done != nil {
		s.Root = &savedFlow{
			Flow: s.Root.Flow, Node: s.Root.Node, Visit: s.Root.Visit,
			Agent: s.Root.Agent, Slots: s.Root.Slots, Vars: s.Root.Vars,
		}
	}
	m.root = l.flow(s.Root, nil, 0, &m.talk, nil)
	if l.err == nil && m.root.flow != m.prog.Main {
		l.failf("its root is not the main flow")
	}
	if l.err == nil && m.done == nil {
		l.verify(m.root, false)
	}
}

// usage takes up what the conversation took, and what it may take.
func (l *loader) usage(s *snapshot) {
	m := l.m
	for _, u := range s.Usage {
		if min(u.Calls, u.Input, u.Output, u.Cached, u.Reasoning) < 0 || u.Cost != 0 {
			l.failf("it has used less than nothing")
			return
		}
		m.ledger.add(u)
	}
	m.ledger.time = max(s.Time, 0)
	m.pending = len(m.Pending())
	if err := m.setBudget(s.Budget); err != nil {
		l.failf("%s", err)
		return
	}
	m.leaves(func(f *flowFrame) bool {
		if f.held {
			m.held++
			if m.pending == 0 && m.shortage(f.effect) == nil {
				l.failf("node %q is held back by no budget", f.current().Name)
			}
		}
		return true
	})
}

func (l *loader) failf(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf("it does not fit the program: "+format, args...)
	}
}

// flow rebuilds a frame. What does not fit is noted, and a frame that nobody will use comes back. A thread is where the
// state of an agent lies that another one called.
func (l *loader) flow(s *savedFlow, up frame, branch int, t *talk, th *thread) *flowFrame {
	if s == nil || s.Flow < 0 || s.Flow >= len(l.m.prog.Flows) {
		l.failf("a flow is unknown")
		return &flowFrame{}
	}
	flow := l.m.prog.Flows[s.Flow]
	f := newFlowFrame(flow, up, branch, t)
	if s.Node < 0 || s.Node >= len(flow.Nodes) || len(s.Vars) != len(flow.Variables) && l.m.done == nil {
		l.failf("flow %q has another shape", flow.Name)
		return f
	}
	f.node, f.visit, f.err = s.Node, s.Visit, s.Err
	f.gathered, f.trial, f.known = s.Gathered, s.Trial, s.Known
	f.effect, f.request, f.cancelled, f.held = s.Effect, s.Request, s.Cancelled, s.Held
	copy(f.vars, s.Vars)
	l.slots(f.slots, s.Slots)
	f.agent = s.Agent
	if th != nil {
		f.agent = th.agent
	}
	l.agent(f.agent, f.current().Op)
	l.sent(f.agent, f.talk)
	if f.effect != nil {
		f.effect.frame = f
		l.effect(f.effect)
	}
	if f.request != nil {
		f.request.frame = f
		if e := f.request.Effect; e != nil {
			e.frame = f
			l.effect(e)
		}
	}
	l.below(f, s)
	return f
}

func (l *loader) effect(e *Effect) {
	tools, models := len(l.m.prog.Tools), len(l.m.prog.Models)
	if e.Tool != nil && (e.Tool.Tool < 0 || e.Tool.Tool >= tools) || e.Model != nil && (e.Model.Model < 0 || e.Model.Model >= models) {
		l.failf("effect %q uses something unknown", e.ID)
	}
	if e.Box != nil && (e.Box.Box < 0 || e.Box.Box >= len(l.m.prog.Toolboxes)) || !l.m.knows(e.HTTP) || e.Datastore != nil && !l.m.stores(e.Datastore.Datastore) || e.Cache != nil && !l.m.stores(e.Cache.Datastore) {
		l.failf("effect %q uses something unknown", e.ID)
	}
	if e.Remote != nil && (e.Remote.Agent < 0 || e.Remote.Agent >= len(l.m.prog.Remotes)) {
		l.failf("effect %q uses something unknown", e.ID)
	}
}

// stores reports whether the program has a datastore.
func (m *Machine) stores(i int) bool { return i >= 0 && i < len(m.prog.Datastores) }

func (l *loader) below(f *flowFrame, s *savedFlow) {
	switch {
	case s.Fan != nil && s.Fan.Phase == gatherPhase:
		f.below = l.fan(f, gatheringOf(f), 0, s.Fan)
	case s.Fan != nil && workOf(f) != nil:
		inputs := len(f.current().Inputs)
		if f.agent != nil {
			inputs = 0
		}
		f.below = l.fan(f, workOf(f), inputs, s.Fan)
	case s.Flowing != nil:
		below := l.flow(s.Flowing, f, 0, f.talk, nil)
		f.below = below
		if op := subflowOf(f.current().Op); op == nil || op.Flow != below.flow {
			l.failf("node %q runs another flow", f.current().Name)
		}
	case s.Fan != nil:
		l.failf("node %q has no branches", f.current().Name)
	}
}

func (l *loader) fan(f *flowFrame, w work, inputs int, s *savedFan) *fanFrame {
	fan := newFan(f, w, s.Inputs, 0)
	if len(s.Inputs) != inputs {
		l.failf("node %q has other inputs", f.current().Name)
		return fan
	}
	width, err := w.width(s.Inputs)
	if err != nil {
		l.failf("node %q has other inputs: %s", f.current().Name, err)
		return fan
	}
	fan = newFan(f, w, s.Inputs, width)
	fan.phase = s.Phase
	if s.Phase != "" && s.Phase != gatherPhase {
		l.failf("node %q has no phase %q", f.current().Name, s.Phase)
	}
	fan.next, fan.failed = len(s.Branches), s.Failed
	if fan.next > len(fan.branches) || s.Failed >= fan.next {
		l.failf("node %q has other branches", f.current().Name)
		fan.next = 0
		return fan
	}
	for i := range s.Branches {
		l.branch(fan, i, &s.Branches[i])
	}
	for fan.low < fan.next && fan.branches[fan.low].frame == nil {
		fan.low++
	}
	return fan
}

func (l *loader) branch(fan *fanFrame, i int, s *savedBranch) {
	b := &fan.branches[i]
	flow := fan.work.flow(i)
	t, th := fan.up.talk, (*thread)(nil)
	calls, called := fan.work.(turn)
	if called {
		th = calls.thread(i)
	}
	switch {
	case th != nil && s.Frame != nil:
		t = &th.talk
		if th.agent == nil || th.busy {
			l.failf("a conversation between agents is missing, or used twice")
		}
		th.busy = true
	case fan.work.overlay(i) && (!called || s.Frame != nil || s.Messages != nil):
		t = &talk{under: t, seen: min(max(s.Seen, 0), len(t.own)), own: s.Messages, call: t.call}
		if called {
			t.call = calls.request(i).ID
		}
		b.talk = t
	}
	b.err = s.Err
	if s.Frame == nil {
		fan.left--
		b.outs = make([]result, len(flow.Outputs))
		l.slots(b.outs, s.Outs)
		return
	}
	b.frame = l.flow(s.Frame, fan, i, t, th)
	if b.frame.flow != flow {
		l.failf("a branch of node %q runs another flow", fan.up.current().Name)
	}
	if b.frame.err == nil {
		fan.running++
	}
}

func (l *loader) slots(into []slot, saved []savedSlot) {
	if slices.ContainsFunc(saved, func(s savedSlot) bool { return s.Index < 0 || s.Index >= len(into) }) {
		l.failf("a value lies in an unknown slot")
		return
	}
	for _, s := range saved {
		into[s.Index] = slot{s.Value, true}
	}
}
