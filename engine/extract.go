package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// runExtract takes values from JSON in a text. If something is not found a model may mend the JSON.
func (m *Machine) runExtract(f *flowFrame, n *program.Node, op *program.Extract) *flowFrame {
	text, err := f.input(&n.Inputs[0])
	if err != nil {
		return m.fail(f, err)
	}
	found := extract(op, value.Text(text), nil)
	if problem := found.problem(n); problem != nil && op.Model != nil {
		return m.correct(f, n, op, value.Text(text), problem)
	}
	return m.extracted(f, n, found)
}

// correct asks the model of the node to mend the JSON.
func (m *Machine) correct(f *flowFrame, n *program.Node, op *program.Extract, text string, problem *Error) *flowFrame {
	names := make([]value.Value, len(n.Outputs))
	for i := range n.Outputs {
		names[i] = value.String(n.Outputs[i].Title)
	}
	args := []value.Value{value.String(text), value.String(problem.Message), value.List(names...)}
	p, err := m.renderPrompt(f, op.Prompt, &prompt.Rendering{Args: args})
	if err != nil {
		return m.fail(f, err)
	}
	return m.askModel(f, op.Model, p, false)
}

// extractDone looks for what was not found before in what the model made of the JSON.
func (m *Machine) extractDone(f *flowFrame, op *program.Extract, r Result) *flowFrame {
	answer, err := r.answered()
	if err != nil {
		return m.fail(f, err)
	}
	n := f.current()
	text, err := f.input(&n.Inputs[0])
	if err != nil {
		return m.fail(f, err)
	}
	found := extract(op, value.Text(text), nil)
	return m.extracted(f, n, extract(op, answer.Text(), found))
}

// extraction is what the queries of a node found so far, and for each that failed why.
type extraction struct {
	found []slot
	why   []error
}

// extract runs the queries on the JSON in a text, each until it has found something that is not null.
func extract(op *program.Extract, text string, before *extraction) *extraction {
	x := &extraction{found: make([]slot, len(op.Queries)), why: make([]error, len(op.Queries))}
	if before != nil {
		x.found = slices.Clone(before.found)
	}
	for _, piece := range prompt.Pieces(text) {
		for i, q := range op.Queries {
			if x.found[i].set {
				continue
			}
			v, ok, err := q.First(piece)
			switch {
			case err != nil && x.why[i] == nil:
				x.why[i] = err
			case err == nil && ok && !v.IsNull():
				x.found[i] = slot{v, true}
			}
		}
	}
	return x
}

// problem says what is missing; nil if nothing is that has no default.
func (x *extraction) problem(n *program.Node) *Error {
	for i := range n.Outputs {
		out := &n.Outputs[i]
		if x.found[i].set || out.HasDefault || out.Dropped {
			continue
		}
		why := "nothing in the text has it"
		if x.why[i] != nil {
			why = x.why[i].Error()
		}
		return errorf(classValue, "output %q was not found: %s; give it a default if it may be missing", out.Title, why)
	}
	return nil
}

func (m *Machine) extracted(f *flowFrame, n *program.Node, x *extraction) *flowFrame {
	if problem := x.problem(n); problem != nil {
		return m.fail(f, problem)
	}
	values := make([]value.Value, len(n.Outputs))
	for i := range n.Outputs {
		v, err := orDefault(x.found[i], &n.Outputs[i])
		if err != nil {
			return m.fail(f, err)
		}
		values[i] = v
	}
	return m.finish(f, 0, values...)
}

// runFind takes from a text what a regular expression matches. Matches that are empty do not count.
func (m *Machine) runFind(f *flowFrame, n *program.Node, op *program.Find) *flowFrame {
	text, err := f.input(&n.Inputs[0])
	if err != nil {
		return m.fail(f, err)
	}
	matches, findErr := op.Regex.Pattern.FindAll(value.Text(text))
	if findErr != nil {
		return m.fail(f, stepError(findErr))
	}
	found := []value.Value{}
	for _, match := range matches {
		if v := prompt.Found(op.Regex.Pattern, match); v.Kind() != value.KindString || v.Str() != "" {
			found = append(found, v)
		}
	}
	switch {
	case op.All:
		return m.finish(f, 0, value.List(found...))
	case len(found) == 0:
		return m.finish(f, 0, nothingFound(&n.Outputs[0]))
	case op.Regex.Last:
		return m.finish(f, 0, found[len(found)-1])
	}
	return m.finish(f, 0, found[0])
}

// nothingFound is the declared default, or an empty text.
func nothingFound(out *program.Output) value.Value {
	if out.HasDefault {
		return out.Default
	}
	return value.String("")
}
