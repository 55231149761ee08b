package program

import (
	"regexp"
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// autoName are names that a runtime made up for a component without one.
var autoName = regexp.MustCompile(`_[0-9a-f]{8}__auto$`)

// construction checks what an agent is made of.
func (ac *agentCompiler) construction() {
	a := ac.spec
	unattended := a.Unattended || a.CallerInputMode == spec.CallerInputNever
	greets := a.InitialMessage != nil && *a.InitialMessage != spec.DefaultInitialMessage
	if unattended && greets {
		ac.errorf(at(a, "initial_message"), "initial-message", "remove it, or let the agent talk to the user",
			"agent %q has an initial message, and nobody who could answer it", a.Name)
	}
	if a.SystemPrompt == "" && a.InitialMessage == nil && a.AgentTemplate == nil {
		ac.warnf(at(a, "system_prompt"), "no-instruction", "write a system_prompt",
			"agent %q has no system prompt, no initial message and no template: its model is not told what to do", a.Name)
	}
	if ac.out.Unattended && ac.out.MaxIterations <= 1 && len(a.Tools)+len(a.Flows)+len(a.Agents) > 0 {
		ac.warnf(at(a, "max_iterations"), "unattended-limit", "raise it",
			"agent %q can never call a tool: its one answer has to be its result", a.Name)
	}
	for i, f := range a.Flows {
		if f != nil {
			ac.callable(f, "flows", i)
		}
	}
	for i, sub := range a.Agents {
		if sub != nil {
			ac.callable(sub, "agents", i)
		}
	}
	ac.distinctOffers()
}

func isContext(p value.Property) bool { return p.Title == AgentContext }

// callable checks a component that is offered as a tool.
func (ac *agentCompiler) callable(c spec.Component, field string, i int) {
	if autoName.MatchString(c.Base().Name) {
		ac.errorf(at(ac.spec, field, i), "auto-name", "give it a name by which a model can call it",
			"%q is offered to the model of agent %q under a name that was made up", c.Base().Name, ac.spec.Name)
	}
	if described(c) == "" {
		ac.warnf(at(c, "description"), "no-description", "say what it is good for",
			"%q is offered to the model of agent %q without a description, by which it could choose it", c.Base().Name, ac.spec.Name)
	}
	if sub, ok := c.(*spec.Agent); ok && slices.ContainsFunc(sub.Inputs, isContext) {
		ac.errorf(at(sub, "inputs"), "reserved-name", "give the input another name",
			"agent %q has an input %q, which is what every agent is asked that another one calls", sub.Name, AgentContext)
	}
}

// distinctOffers checks that what the model is offered goes by different names.
func (ac *agentCompiler) distinctOffers() {
	seen := map[string]bool{}
	for i := range ac.out.Offers {
		name := ac.out.Offers[i].Name
		if seen[name] {
			ac.errorf(at(ac.spec), "tool-clash", "give each a name of its own",
				"the model of agent %q is offered two things named %q", ac.spec.Name, name)
		}
		seen[name] = true
	}
}
