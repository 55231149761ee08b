package engine

import (
	"fmt"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// runTool calls a tool, or asks the caller of the runtime to.
func (m *Machine) runTool(f *flowFrame, n *program.Node, op *program.CallTool) *flowFrame {
	members := make([]value.Member, len(n.Inputs))
	for i := range n.Inputs {
		v, err := f.input(&n.Inputs[i])
		if err != nil {
			return m.fail(f, err)
		}
		members[i] = value.Member{Key: n.Inputs[i].Title, Value: v}
	}
	args := value.NewObject(members...)
	f.trial = 0
	if op.Confirm {
		return m.askToConfirm(f, op, args)
	}
	return m.callTool(f, op, args)
}

func (m *Machine) callTool(f *flowFrame, op *program.CallTool, args *value.Object) *flowFrame {
	if op.Tool.Request != nil {
		call, err := remoteCall(op.Tool, args)
		if err != nil {
			return m.toolDone(f, op, Result{Err: err})
		}
		m.emit(f, &Effect{HTTP: call})
		return nil
	}
	if !op.Client {
		e := &struct {
			Effect
			call ToolCall
		}{call: ToolCall{Tool: op.Tool.Index, Args: args}}
		e.Tool = &e.call
		m.emit(f, &e.Effect)
		return nil
	}
	requests := []message.ToolRequest{f.toolRequest(op, args)}
	if !op.Asked {
		m.post(f, message.Message{Role: message.Assistant, ToolRequests: requests})
	}
	m.ask(f, &Request{ToolRequests: &ToolRequests{Requests: requests}})
	return nil
}

// toolRequest is the call of a tool as somebody is asked about it. One that a model asked for keeps its ID.
func (f *flowFrame) toolRequest(op *program.CallTool, args *value.Object) message.ToolRequest {
	r := message.ToolRequest{ID: f.waitID(), Name: op.Tool.Name(), Args: args}
	if op.Asked {
		r.ID = f.up.(*fanFrame).work.(turn).request(f.branch).ID
	}
	return r
}

// toolDone takes the result of a tool.
func (m *Machine) toolDone(f *flowFrame, op *program.CallTool, r Result) *flowFrame {
	n := f.current()
	v := r.Value
	if op.Tool.Request != nil && r.Err == nil {
		v, r.Err = remoteResult(op.Tool, r)
	}
	if r.Err != nil {
		if !op.IgnoreExceptions {
			return m.fail(f, r.Err)
		}
		v = value.String(r.Err.Message)
	}
	switch len(n.Outputs) {
	case 0:
		return m.finish(f, 0)
	case 1:
		return m.finish(f, 0, v)
	}
	outs, err := spread(op.Tool.Outputs, v)
	return m.finishOr(f, err, outs...)
}

// spread takes the outputs of a tool with several of them from the object that it returned.
func spread(outputs []value.Property, v value.Value) ([]value.Value, *Error) {
	o, ok := v.AsObject()
	if !ok {
		return nil, errorf(classValue, "the tool has several outputs, so it must return an object of them, not %s", v.Kind())
	}
	outs := make([]value.Value, len(outputs))
	for i, p := range outputs {
		if outs[i], ok = o.Get(p.Title); !ok {
			return nil, errorf(classValue, "the tool returned no output %q; it returned %s", p.Title, keys(o))
		}
	}
	return outs, nil
}

func keys(o *value.Object) string {
	names := ""
	for name := range o.All() {
		names += fmt.Sprintf(" %q", name)
	}
	if names == "" {
		return "an empty object"
	}
	return "an object with" + names
}
