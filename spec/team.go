package spec

import "slices"

// Swarm is a group of agents that talk to each other along given relationships and may hand the user over (Agent Spec
// 25.4.2, "Swarm"). PluginSwarm is its former spelling.
type Swarm struct {
	ComponentBase
	IO
	// FirstAgent talks to the user at the beginning.
	FirstAgent AgenticComponent `spec:"first_agent,required"`
	// Relationships say who may call whom. There must be at least one.
	Relationships []Relationship `spec:"relationships,required"`
	// Handoff says whether agents may hand the conversation with the user over. Without a value it is optional.
	Handoff Handoff `spec:"handoff,nonzero,default=optional"`
}

func (*Swarm) agentic() {}
func (*Swarm) manager() {}

func (s *Swarm) check(report func(key, problem string)) {
	if s.Relationships != nil && len(s.Relationships) == 0 {
		report("relationships", "a swarm needs at least one relationship; use the agent alone otherwise")
	}
	switch s.Handoff.Effective() {
	case HandoffNever, HandoffOptional, HandoffAlways:
	default:
		report("handoff", "must be never, optional or always")
	}
}

// Relationship allows its first agent to call its second one.
type Relationship [2]AgenticComponent

// Caller returns the agent that may call the other.
func (r Relationship) Caller() AgenticComponent { return r[0] }

// Recipient returns the agent that may be called.
func (r Relationship) Recipient() AgenticComponent { return r[1] }

// Handoff is the value of [Swarm.Handoff]: a mode or, as earlier versions have it, true or false.
type Handoff struct {
	Mode HandoffMode
	Flag *bool
}

func (h *Handoff) decodeSpec(in specInput) {
	if in.kind() == boolNode {
		in.decode(&h.Flag)
		return
	}
	in.decode(&h.Mode)
}

func (h Handoff) encodeSpec() any {
	if h.Flag != nil {
		return *h.Flag
	}
	return string(h.Effective())
}

// HandoffMode says how the agents of a swarm may pass work on.
type HandoffMode string

// The modes of handing over.
const (
	// HandoffNever lets agents only send messages to others and wait for the answer.
	HandoffNever HandoffMode = "never"
	// HandoffOptional lets them do that and also hand the conversation with the user over.
	HandoffOptional HandoffMode = "optional"
	// HandoffAlways lets them only hand the conversation over.
	HandoffAlways HandoffMode = "always"
)

// Effective returns the mode that h stands for: true is optional, false is never, nothing is optional.
func (h Handoff) Effective() HandoffMode {
	switch {
	case h.Flag != nil && !*h.Flag:
		return HandoffNever
	case h.Flag != nil || h.Mode == "":
		return HandoffOptional
	default:
		return h.Mode
	}
}

// ManagerWorkers is a group in which a manager gives work to others (Agent Spec 25.4.2, "ManagerWorkers").
// Spelled PluginManagerWorkers, its former name, when the manager is only a model.
type ManagerWorkers struct {
	ComponentBase
	IO
	// GroupManager is an agentic component or, in the extension, a model, which then becomes an agent with fixed
	// instructions.
	GroupManager Manager `spec:"group_manager,required"`
	// Workers must have at least one item, and not the manager.
	Workers []AgenticComponent `spec:"workers,required"`
}

// Manager is what can manage a [ManagerWorkers]: an [AgenticComponent] or an [LlmConfig].
type Manager interface {
	Component
	manager()
}

func (*ManagerWorkers) agentic() {}
func (*ManagerWorkers) manager() {}

func (m *ManagerWorkers) extended() bool {
	_, model := m.GroupManager.(LlmConfig)
	return model
}

func (m *ManagerWorkers) check(report func(key, problem string)) {
	if m.Workers != nil && len(m.Workers) == 0 {
		report("workers", "there must be at least one worker; use the manager alone otherwise")
	}
	manager, ok := m.GroupManager.(AgenticComponent)
	if ok && slices.Contains(m.Workers, manager) {
		report("workers", "the manager cannot be one of its workers")
	}
}
