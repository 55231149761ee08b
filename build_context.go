package wayflow

import (
	"slices"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Provider offers a value to all nodes of a flow that have an input of its name; see [Flow.Provide].
type Provider struct {
	output   string
	at       site
	problems []problem
	compose  func(b *builder, id string) spec.ContextProvider
}

// ConstantContext offers always the same value.
func ConstantContext(output string, v any) *Provider {
	p := &Provider{output: output, at: here()}
	val, err := tool.ValueOf(v)
	t, err2 := tool.TypeOf(v)
	if err == nil {
		err = err2
	}
	if err != nil {
		p.problems = append(p.problems, newProblem(p.at, output, "constant", "", "the value of %q: %s", output, err))
	}
	p.compose = func(*builder, string) spec.ContextProvider {
		s := &spec.ConstantContextProvider{Value: val}
		s.Outputs = []value.Property{{Title: output, Type: t}}
		return s
	}
	return p
}

// ToolContext offers what a Go tool returns, which is called whenever the value is wanted. It takes no inputs.
func ToolContext(output string, t tool.Tool) *Provider {
	call := CallTool(output, t).Output(output)
	call.at = here()
	p := &Provider{output: output, at: call.at, problems: call.problems}
	p.compose = func(b *builder, _ string) spec.ContextProvider {
		s := &spec.ToolContextProvider{Tool: b.serverTool(call), OutputName: output}
		s.Outputs = declared(s.Tool.Ports().Outputs)
		return s
	}
	return p
}

// FlowContext offers an output of a flow, which runs whenever the value is wanted. It takes no inputs and asks nobody.
func FlowContext(output string, part Part) *Provider {
	p := &Provider{output: output, at: here()}
	p.compose = func(b *builder, id string) spec.ContextProvider {
		s := &spec.FlowContextProvider{Flow: b.flow(id, part, p.at), OutputNames: []string{output}}
		if s.Flow == nil {
			return nil
		}
		out, ok := port(s.Flow.Outputs, output)
		if !ok {
			b.report([]problem{newProblem(p.at, output, "unknown-output", "name one of its outputs",
				"flow %q has no output %q to offer", s.Flow.Name, output)})
		}
		s.Outputs = []value.Property{out}
		return s
	}
	return p
}

// Provide offers values to the nodes of the flow: an input of the name that a provider has gets its value from there.
func (f *Flow) Provide(providers ...*Provider) *Flow {
	f.providers = append(f.providers, providers...)
	return f
}

// provide makes the components of the providers.
func (a *assembly) provide() {
	for _, p := range a.src.providers {
		a.b.report(p.problems)
		if len(p.problems) > 0 {
			continue
		}
		id := a.b.id(a.out.ID, p.output)
		s := p.compose(a.b, id)
		if isNil(s) {
			continue
		}
		a.envelope(s.Base(), id, p.output, "", p.at.pos())
		s.Ports().Inputs, s.Node().Branches = []value.Property{}, []string{}
		a.out.ContextProviders = append(a.out.ContextProviders, s)
		a.providers = append(a.providers, &placed{
			spec: s, index: -1, at: p.at.pos(), Ports: program.Ports{Outputs: s.Ports().Outputs},
		})
	}
}

// provided leads a provider to each input of its name, unless there are data edges of the flow's own.
func (a *assembly) provided(to *placed) {
	for _, from := range a.providers {
		for _, in := range to.Inputs {
			if hasPort(from.Outputs, in.Title) {
				a.data = append(a.data, dataEdge{from, in.Title, to, in.Title, to.at})
			}
		}
	}
}

// offered reports whether a provider feeds an input.
func (a *assembly) offered(to *placed, input string) bool {
	if slices.ContainsFunc(a.providers, func(p *placed) bool { return hasPort(p.Outputs, input) }) {
		return true // whether an edge says so or not
	}
	return slices.ContainsFunc(a.data, func(d dataEdge) bool { return d.from.index < 0 && d.to == to && d.input == input })
}
