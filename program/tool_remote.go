package program

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// remoteTool compiles a tool that is called by an HTTP request (Agent Spec, "RemoteTool"). Its arguments are
// the variables of the request, its result is the answer.
func (c *compiler) remoteTool(out *Tool, s *spec.RemoteTool) {
	t := c.templated(s)
	out.Request = t.httpRequest(&s.Request)
	declared := s.Inputs
	t.unused(func(name string) bool {
		_, ok := find(declared, name)
		return ok
	})
	out.Hidden = t.hidden()
	out.Inputs = t.inputs
	for i, p := range out.Inputs {
		if d, ok := find(declared, p.Title); ok {
			out.Inputs[i] = d
		} else if declared != nil && t.plain[p.Title] {
			c.errorf(at(s, "inputs"), "missing-input", "declare it, or leave out inputs so that they are inferred",
				"tool %q needs the input %q, which its inputs do not list", s.Name, p.Title)
		}
	}
	for i, d := range declared {
		if _, ok := find(t.inputs, d.Title); !ok {
			c.errorf(at(s, "inputs", i), "unknown-input", "remove it, or use it in the request",
				"tool %q declares the input %q, which it does not use", s.Name, d.Title)
		}
	}
	if s.Outputs == nil {
		out.Outputs = []value.Property{{Title: "http_response", Type: value.StringType}}
	}
}
