package engine

import (
	"fmt"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// askToConfirm asks whether a tool may be called. Nothing is said in the conversation.
func (m *Machine) askToConfirm(f *flowFrame, op *program.CallTool, args *value.Object) *flowFrame {
	requests := []message.ToolRequest{f.toolRequest(op, args)}
	m.ask(f, &Request{ToolRequests: &ToolRequests{Requests: requests, Confirm: true}})
	return nil
}

// checkDecisions reports whether there is one decision for each request, and changes only arguments that there are.
func (r *ToolRequests) checkDecisions(a Answer) error {
	for i, want := range r.Requests {
		if i >= len(a.Decisions) || a.Decisions[i].RequestID != want.ID {
			return stateErrorf("request %q waits for a decision on tool %q", a.ID, want.Name)
		}
		for name := range a.Decisions[i].Args.All() {
			if _, ok := want.Args.Get(name); !ok {
				return stateErrorf("tool %q is not called with an argument %q, so it cannot be changed; it has %s", want.Name, name, keys(want.Args))
			}
		}
	}
	if len(a.Decisions) > len(r.Requests) {
		return stateErrorf("request %q was given more decisions than it waits for", a.ID)
	}
	return nil
}

// rejected says that a call was not allowed, in the words of the reference.
func rejected(r message.ToolRequest, d Decision) string {
	return fmt.Sprintf("Tool Request for tool %s denied due to reason: %s", r.Name, d.Reason)
}

// decided calls the tool with the arguments as they were changed, or not at all.
func (m *Machine) decided(f *flowFrame, r message.ToolRequest, d Decision) *flowFrame {
	f.trial++
	args := r.Args
	for name, v := range d.Args.All() {
		args = args.With(name, v)
	}
	op, ok := f.current().Op.(*program.CallTool)
	switch box, _ := f.current().Op.(*program.CallBox); {
	case !ok && d.Confirmed:
		return m.callBox(f, box, r.Name, args)
	case !ok:
		return m.finish(f, 0, value.String(rejected(r, d)))
	case d.Confirmed:
		return m.callTool(f, op, args)
	}
	denied := errorf(classValue, "the call of tool %q was not allowed: %s", r.Name, d.Reason)
	if op.IgnoreExceptions || op.Asked { // then what went wrong is the output
		denied.Message = rejected(r, d)
	}
	if op.Asked {
		return m.finish(f, 0, value.String(denied.Message))
	}
	return m.toolDone(f, op, Result{Err: denied})
}
