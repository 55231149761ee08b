package wayflow

import "github.com/wayflow-go/wayflow/engine"

// What a conversation takes, and may take.
type (
	// Use is what some calls of models took.
	Use = engine.Use
	// Usage is what a conversation took so far: tokens and calls, in all, of each model and of each node.
	Usage = engine.Usage
	// Budget bounds what a conversation may take, in all its runs and branches together. See [WithBudget].
	Budget = engine.Budget
	// Bounds are the bounds of a budget that may also be set for a single model.
	Bounds = engine.Bounds
	// Price is what a million tokens of a model cost.
	Price = engine.Price
	// Shortage says which bound of a budget does not allow what comes next.
	Shortage = engine.Shortage
)

// Interrupted means that the budget of the conversation does not allow what comes next. Nothing is lost: raise the budget
// with [Conversation.SetBudget], and run the conversation again.
type Interrupted struct {
	// Shortage says which bound it is, what is used of it, and which node waits.
	Shortage Shortage
}

func (*Interrupted) status() {}

// WithBudget bounds what each conversation may take; without it nothing is bounded. A call that would go beyond a bound is
// not made; the conversation then comes to rest as [*Interrupted]. Start returns an error if the budget does not fit the
// document: a model that it does not use, or one without a price where the cost is bounded.
//
//	wayflow.WithBudget(wayflow.Budget{Bounds: wayflow.Bounds{TotalTokens: 20_000}, Time: time.Minute})
func WithBudget(b Budget) Option {
	return func(o *options) error {
		o.budget = b
		return nil
	}
}

// Usage says what the conversation took so far, also while it runs. Counts are those of the providers; where one told none
// they are estimated from the lengths of texts, and marked.
func (c *Conversation) Usage() Usage { return c.local.Usage() }

// Budget returns what the conversation may take. It must not be changed.
func (c *Conversation) Budget() Budget { return c.local.Budget() }

// SetBudget replaces what the conversation may take; what was used already counts. It goes on when it runs next.
func (c *Conversation) SetBudget(b Budget) error { return c.local.SetBudget(b) }
