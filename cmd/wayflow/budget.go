package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/value"
)

// budgetFlags bound what a run may take.
type budgetFlags struct {
	tokens, calls count
	seconds, cost amount
	prices        string
}

func (b *budgetFlags) add(flags *pflag.FlagSet) {
	flags.Var(&b.tokens, "max-tokens", "how many `TOKENS` prompts and answers may have in all")
	flags.Var(&b.calls, "max-calls", "how often models may be asked; a `NUMBER`")
	flags.Var(&b.seconds, "max-seconds", "how many `SECONDS` the flow may run; what is under way then comes to its end")
	flags.Var(&b.cost, "max-cost", "how `MUCH` models may cost, by --prices")
	flags.StringVar(&b.prices, "prices", "", "a JSON `FILE` with the price of a million tokens of each model:\n"+
		`{"MODEL": {"input": 0.4, "output": 1.6, "cached": 0.1}}`)
}

// budget is what the flags ask for.
func (b *budgetFlags) budget() (wayflow.Budget, error) {
	out := wayflow.Budget{
		Bounds: wayflow.Bounds{TotalTokens: int64(b.tokens), Calls: int64(b.calls), Cost: float64(b.cost)},
		Time:   time.Duration(float64(b.seconds) * float64(time.Second)),
	}
	if b.prices == "" {
		if b.cost > 0 {
			return out, usagef("--max-cost needs --prices, a file that says what a million tokens of each model cost")
		}
		return out, nil
	}
	object, err := readObject(b.prices, "--prices")
	if err != nil {
		return out, err
	}
	out.Prices = map[string]wayflow.Price{}
	for model, v := range object.All() {
		var price struct{ Input, Output, Cached *float64 }
		if err := json.Unmarshal(value.AppendJSON(nil, v), &price); err != nil || price.Input == nil || price.Output == nil {
			return out, usagef("--prices %s: the price of %q must have the numbers input and output, and may have cached", b.prices, model)
		}
		p := wayflow.Price{Input: *price.Input, Output: *price.Output}
		if price.Cached != nil {
			p.Cached = *price.Cached
		}
		out.Prices[model] = p
	}
	return out, nil
}

// overBudget is why a run ended before the flow did.
type overBudget struct{ shortage wayflow.Shortage }

func (e *overBudget) Error() string { return "interrupted: " + e.shortage.String() }

// usageJSON is what a conversation took; there is nothing to say where no model was asked.
func usageJSON(u *wayflow.Usage) value.Value {
	models := make([]value.Value, len(u.Models))
	for i := range u.Models {
		m := &u.Models[i]
		models[i] = useJSON(&m.Use, member("model", value.String(m.Model)))
	}
	steps := make([]value.Value, len(u.Steps))
	for i := range u.Steps {
		s := &u.Steps[i]
		path := make([]value.Value, len(s.Path))
		for j, name := range s.Path {
			path[j] = value.String(name)
		}
		steps[i] = useJSON(&s.Use, member("path", value.List(path...)), member("model", value.String(s.Model)))
	}
	o, _ := useJSON(&u.Use).AsObject()
	return o.With("models", value.List(models...)).With("steps", value.List(steps...)).Of()
}

func useJSON(u *wayflow.Use, of ...value.Member) value.Value {
	members := slices.Concat(of, []value.Member{
		member("calls", value.Int(u.Calls)),
		member("input_tokens", value.Int(u.Input)), member("output_tokens", value.Int(u.Output)), member("total_tokens", value.Int(u.Total())),
		member("cached_tokens", value.Int(u.Cached)), member("reasoning_tokens", value.Int(u.Reasoning)),
		member("estimated", value.Bool(u.Estimated)),
	})
	if u.Cost > 0 {
		members = append(members, member("cost", value.Float(u.Cost)))
	}
	return value.Obj(members...)
}

// shortageJSON says which bound of the budget does not allow what comes next.
func shortageJSON(s *wayflow.Shortage) value.Value {
	var b value.ObjectBuilder
	b.Set("bound", value.String(s.Bound))
	if s.Model != "" {
		b.Set("model", value.String(s.Model))
	}
	b.Set("limit", value.Float(s.Limit))
	b.Set("used", value.Float(s.Used))
	b.Set("needs", value.Float(s.Needs))
	b.Set("message", value.String(s.String()))
	return b.Value()
}

// amount is a flag with a positive number that need not be whole.
type amount float64

func (a *amount) String() string { return "" }
func (a *amount) Type() string   { return "amount" }

// Set implements pflag.Value.
func (a *amount) Set(text string) error {
	const most = 1e9
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0 && n <= most) {
		return errors.New("write a positive number")
	}
	*a = amount(n)
	return nil
}
