package program

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// apiNode sends an HTTP request (Agent Spec, "ApiNode").
func (fc *flowCompiler) apiNode(n *Node, s *spec.ApiNode) {
	t := fc.templated(s)
	op := &CallAPI{Request: t.httpRequest(&s.Request)}
	t.unused(func(name string) bool { return fc.mentions(s, name) })
	fc.ports(n, &signature{
		inputs:   t.inputs,
		outputs:  []value.Property{{Title: "response", Type: value.AnyType}},
		branches: nextOnly,
		hidden:   t.hidden(),
		open:     true,
	})
	op.Outputs = fc.apiOutputs(s)
	n.Op = op
}

// apiOutputs says what each output is of the answer: the field of its name, unless the name is one of the runtime's own.
// Undeclared, the one output is the whole of it.
func (fc *flowCompiler) apiOutputs(s *spec.ApiNode) []APIOutput {
	if s.Outputs == nil {
		return []APIOutput{{From: WholeBody}}
	}
	outs := make([]APIOutput, len(s.Outputs))
	for i, p := range s.Outputs {
		title := innerName(s.OutputMapping, p.Title)
		switch {
		case title == "http_status_code":
			outs[i].From = StatusCode
		case title == "http_response" && p.Type != nil && p.Type.Kind == value.TypeString:
			outs[i].From = BodyText
		default:
			outs[i] = APIOutput{From: BodyField, Query: fc.query(at(s, "outputs", i), s, fieldQuery(title))}
		}
	}
	return outs
}

// innerName is what a port that is called so outside is called inside its node.
func innerName(mapping spec.Dict[string], outer string) string {
	for _, e := range mapping {
		if e.Value == outer {
			return e.Key
		}
	}
	return outer
}

// fieldQuery is the query for a field, whatever its name.
func fieldQuery(name string) string { return ".[" + string(value.AppendQuoted(nil, name)) + "]" }
