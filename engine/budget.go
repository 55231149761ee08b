package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
)

// Budget bounds what a conversation may take, in all its runs and all its branches together. A bound that is zero is none.
//
// It is looked at before a call: one that would go beyond it is held back, with its ID, and everything else goes on. A
// prompt counts with its size, estimated from its length, and so do those that are under way. An answer counts once it is
// there, since nobody knows its length before: that is how far a bound can be passed. When nothing else is under way,
// what still does not fit makes the status [Interrupted]. [SetBudget] lets it go on. Which calls are held back depends on
// which ended first where branches run at once; what comes of the conversation does not.
type Budget struct {
	Bounds
	// Models bounds single models beside that, by id.
	Models map[string]Bounds `json:"models,omitempty"`
	// Time bounds how long the conversation may run; waiting for somebody does not count. When it is over nothing new
	// begins, neither calls of models nor of tools; what is under way comes to its end, as it has its own deadline.
	Time time.Duration `json:"time,omitempty"`
	// Prices are those of models, by id. A bound of the cost needs one for each model of the document.
	Prices map[string]Price `json:"prices,omitempty"`
}

// Bounds are bounds of what calls of models may take.
type Bounds struct {
	Calls int64 `json:"calls,omitempty"`
	// InputTokens, OutputTokens and TotalTokens bound the tokens of prompts, of answers, and of both.
	InputTokens  int64 `json:"input_tokens,omitempty"`
	OutputTokens int64 `json:"output_tokens,omitempty"`
	TotalTokens  int64 `json:"total_tokens,omitempty"`
	// Cost is in the unit of the prices.
	Cost float64 `json:"cost,omitempty"`
}

// Price is what a million tokens cost, in whatever unit.
type Price struct {
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
	// Cached is the price of input that the provider had in its cache; 0 means that of Input.
	Cached float64 `json:"cached,omitempty"`
}

// The names of bounds in a [Shortage].
const (
	BoundCalls        = "calls"
	BoundInputTokens  = "input_tokens"
	BoundOutputTokens = "output_tokens"
	BoundTotalTokens  = "total_tokens"
	BoundCost         = "cost"
	BoundTime         = "seconds"
)

// Shortage says which bound of a [Budget] does not allow a call.
type Shortage struct {
	Bound string `json:"bound"`
	// Model is the id of the model whose bound it is; empty if it is that of all together.
	Model string `json:"model,omitempty"`
	// Limit is the bound, Used what is used of it, and Needs what the call needs at least. Time is in seconds.
	Limit float64 `json:"limit"`
	Used  float64 `json:"used"`
	Needs float64 `json:"needs"`
	// Path are the names of the nodes that lead to the one that is held back.
	Path []string `json:"path"`
}

// String says what is missing, for people.
func (s *Shortage) String() string {
	where := strings.Join(s.Path, " > ")
	if s.Bound == BoundTime {
		return fmt.Sprintf("node %q waits: the %g seconds of the budget are over; raise it to go on", where, s.Limit)
	}
	name, of := strings.ReplaceAll(s.Bound, "_", " "), ""
	if s.Model != "" {
		of = fmt.Sprintf(" of model %q", s.Model)
	}
	return fmt.Sprintf("node %q waits: the budget of %s%s is %.10g, of which %.10g are used, and the next call needs about %.10g; raise it to go on",
		where, name, of, s.Limit, s.Used, s.Needs)
}

// cost is what calls of a model cost.
func (b *Budget) cost(model string, u message.Usage) float64 {
	p := b.Prices[model]
	cached := p.Cached
	if cached == 0 {
		cached = p.Input
	}
	const million = 1e6
	return (float64(u.Input-u.Cached)*p.Input + float64(u.Cached)*cached + float64(u.Output)*p.Output) / million
}

// bounded reports whether anything is bounded.
func (b *Budget) bounded() bool {
	return b.Bounds != Bounds{} || len(b.Models) > 0 || b.Time > 0
}

// Check reports, as a [*StateError], whether a budget cannot be one of a conversation with a program.
func (b *Budget) Check(prog *program.Program) error {
	ids := map[string]bool{}
	for _, m := range prog.Models {
		ids[m.Config.Llm().ModelID] = true
	}
	known := slices.Sorted(maps.Keys(ids))
	all := []Bounds{b.Bounds}
	for _, model := range slices.Sorted(maps.Keys(b.Models)) {
		if !ids[model] {
			return stateErrorf("the budget bounds model %q, which the document does not use; it uses %s", model, strings.Join(known, ", "))
		}
		all = append(all, b.Models[model])
	}
	for _, bounds := range all {
		if min(bounds.Calls, bounds.InputTokens, bounds.OutputTokens, bounds.TotalTokens) < 0 || !(bounds.Cost >= 0) || b.Time < 0 {
			return stateErrorf("a bound of the budget is negative; leave it out where nothing is bounded")
		}
	}
	for _, model := range slices.Sorted(maps.Keys(b.Prices)) {
		if p := b.Prices[model]; !(min(p.Input, p.Output, p.Cached) >= 0) {
			return stateErrorf("a price of model %q is negative", model)
		}
	}
	for _, model := range known {
		if _, priced := b.Prices[model]; !priced && (b.Cost > 0 || b.Models[model].Cost > 0) {
			return stateErrorf("the budget bounds the cost, and model %q has no price; add it to the prices", model)
		}
	}
	return nil
}

// Budget returns the budget of the conversation. It must not be changed.
func (m *Machine) Budget() Budget { return m.budget }

// setBudget replaces the budget. What is under way counts by the new one too.
func (m *Machine) setBudget(b Budget) error {
	if err := b.Check(m.prog); err != nil {
		return err
	}
	m.budget = b
	m.limited = b.bounded()
	for _, e := range m.Pending() {
		m.fly(e)
	}
	return nil
}

// fly notes that a call is under way.
func (m *Machine) fly(e *Effect) {
	if e.Model == nil || !m.limited || e.estimate > 0 {
		return
	}
	e.estimate = prompt.Estimate(e.Model.Prompt, nil).Input
	a := m.ledger.account(m.modelID(e.Model.Model))
	a.flying++
	a.prompts += e.estimate
}

// land notes that a call is no longer under way.
func (m *Machine) land(e *Effect) {
	if e.estimate == 0 {
		return
	}
	a := m.ledger.account(m.modelID(e.Model.Model))
	a.flying--
	a.prompts -= e.estimate
	e.estimate = 0
}

// shortage says which bound does not allow an effect; nil if all do.
func (m *Machine) shortage(e *Effect) *Shortage {
	if !m.limited {
		return nil
	}
	if b := m.budget.Time; b > 0 && m.ledger.time >= b {
		return &Shortage{Bound: BoundTime, Limit: b.Seconds(), Used: m.ledger.time.Seconds()}
	}
	if e.Model == nil {
		return nil
	}
	id := m.modelID(e.Model.Model)
	size := message.Usage{Input: prompt.Estimate(e.Model.Prompt, nil).Input}
	needs := Use{size, 1, m.budget.cost(id, size)}
	m.ledger.account(id) // that there is one
	var all Use
	for i := range m.ledger.models {
		a := &m.ledger.models[i]
		used := a.Use
		used.Calls += a.flying
		used.Input += a.prompts
		used.Cost = m.budget.cost(a.Model, used.Usage)
		all.add(&used)
		if a.Model != id {
			continue
		}
		if s := m.budget.Models[id].shortage(&used, &needs); s != nil {
			s.Model = id
			return s
		}
	}
	return m.budget.shortage(&all, &needs)
}

func (b Bounds) shortage(used, needs *Use) *Shortage {
	for _, s := range [...]Shortage{
		{Bound: BoundCalls, Limit: float64(b.Calls), Used: float64(used.Calls), Needs: 1},
		{Bound: BoundInputTokens, Limit: float64(b.InputTokens), Used: float64(used.Input), Needs: float64(needs.Input)},
		{Bound: BoundOutputTokens, Limit: float64(b.OutputTokens), Used: float64(used.Output), Needs: 1},
		{Bound: BoundTotalTokens, Limit: float64(b.TotalTokens), Used: float64(used.Total()), Needs: float64(needs.Total())},
		{Bound: BoundCost, Limit: b.Cost, Used: used.Cost, Needs: needs.Cost},
	} {
		if s.Limit > 0 && s.Used+s.Needs > s.Limit {
			return &s
		}
	}
	return nil
}

// hold keeps an effect back.
func (m *Machine) hold(f *flowFrame, s *Shortage) {
	f.held = true
	m.held++
	if m.observe != nil {
		s.Path = f.path()
		m.observe(Held{f.place(), f.effect, s})
	}
}

// release emits what is held back and the budget allows by now, in document order. It is done when nothing is under way,
// or the budget has changed: then what goes on does not depend on which call ended first.
func (m *Machine) release() {
	m.leaves(func(f *flowFrame) bool {
		if f.held && m.shortage(f.effect) == nil {
			f.held = false
			m.held--
			m.launch(f.effect)
		}
		return true
	})
}

// interrupted says what keeps the conversation from going on.
func (m *Machine) interrupted() Interrupted {
	var s *Shortage
	m.leaves(func(f *flowFrame) bool {
		if f.held {
			if s = m.shortage(f.effect); s != nil {
				s.Path = f.path()
			}
		}
		return s == nil
	})
	return Interrupted{s}
}
