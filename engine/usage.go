package engine

import (
	"cmp"
	"slices"
	"time"

	"github.com/wayflow-go/wayflow/message"
)

// Use is what calls of models took.
type Use struct {
	message.Usage
	// Calls is how many ended. One that failed counts without tokens, since nobody told how many it took; one that was
	// called off does not count.
	Calls int64 `json:"calls"`
	// Cost is what they cost by the prices of the [Budget]; 0 where it has none.
	Cost float64 `json:"cost,omitempty"`
}

// Usage is what a conversation took so far.
type Usage struct {
	Use
	// Models says it of each model, by id, and Steps of each node and model, by the names of the nodes that lead there.
	Models []ModelUse `json:"models,omitempty"`
	Steps  []StepUse  `json:"steps,omitempty"`
	// Time is how long the conversation ran. It is measured only where the budget bounds it.
	Time time.Duration `json:"time,omitempty"`
}

// ModelUse is what the calls of one model took.
type ModelUse struct {
	Model string `json:"model"`
	Use
}

// StepUse is what the calls of one node to one model took, in all its visits.
type StepUse struct {
	Path []string `json:"path"`
	ModelUse
}

// ledger counts what a conversation takes. Counts are of whole tokens and cost follows from their sum, so that the order
// of calls changes nothing.
type ledger struct {
	steps  []StepUse // sorted, without cost
	models []account // sorted
	time   time.Duration
}

// account is what the calls of one model took, and what those take that are under way: their number, and the estimated
// size of their prompts.
type account struct {
	ModelUse
	flying  int64
	prompts int64
}

func (l *ledger) account(model string) *account {
	i, known := slices.BinarySearchFunc(l.models, model, func(a account, id string) int { return cmp.Compare(a.Model, id) })
	if !known {
		l.models = slices.Insert(l.models, i, account{ModelUse: ModelUse{Model: model}})
	}
	return &l.models[i]
}

// add counts calls of a node.
func (l *ledger) add(s StepUse) {
	l.account(s.Model).Use.add(&s.Use)
	i, known := slices.BinarySearchFunc(l.steps, s, func(a, b StepUse) int {
		return cmp.Or(slices.Compare(a.Path, b.Path), cmp.Compare(a.Model, b.Model))
	})
	if !known {
		l.steps = slices.Insert(l.steps, i, s)
		return
	}
	l.steps[i].Use.add(&s.Use)
}

func (u *Use) add(v *Use) {
	u.Usage = u.Usage.Add(v.Usage)
	u.Calls += v.Calls
	u.Cost += v.Cost
}

// modelID is the id of a model of the program.
func (m *Machine) modelID(index int) string { return m.prog.Models[index].Config.Llm().ModelID }

// count notes what the call of a model took that has ended.
func (m *Machine) count(f *flowFrame, e *Effect, r *Result) {
	if e.Model == nil {
		return
	}
	m.land(e)
	m.ledger.add(StepUse{f.path(), ModelUse{m.modelID(e.Model.Model), Use{Usage: r.Usage, Calls: 1}}})
}

// Usage returns what the conversation took so far.
func (m *Machine) Usage() Usage {
	u := Usage{Steps: slices.Clone(m.ledger.steps), Time: m.ledger.time}
	for i := range u.Steps {
		s := &u.Steps[i]
		s.Path, s.Cost = slices.Clone(s.Path), m.budget.cost(s.Model, s.Usage)
	}
	for i := range m.ledger.models {
		if a := m.ledger.models[i].ModelUse; a.Calls > 0 {
			a.Cost = m.budget.cost(a.Model, a.Usage)
			u.Models = append(u.Models, a)
			u.Use.add(&a.Use)
		}
	}
	return u
}
