package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// BoxCall asks a toolbox for its tools, or calls one of them.
type BoxCall struct {
	// Box is the index of the toolbox in the program.
	Box int `json:"box"`
	// Tool is the name of the tool that is called; empty asks for all tools.
	Tool string        `json:"tool,omitempty"`
	Args *value.Object `json:"args,omitempty"`
}

// BoxTool is a tool that a toolbox has.
type BoxTool struct {
	prompt.Tool
	// Confirm asks the user before each call.
	Confirm bool `json:"confirm,omitempty"`
	// Box is the index of the toolbox in the program; hosts need not set it.
	Box int `json:"box,omitempty"`
}

// listTools asks the next toolbox of an agent for its tools. The agent keeps them until somebody speaks to it again.
func (m *Machine) listTools(f *flowFrame, op *program.Agent) *flowFrame {
	if f.agent.Listed == 0 {
		f.agent.Boxed = nil
	}
	m.emit(f, &Effect{Box: &BoxCall{Box: op.Boxes[f.agent.Listed].Index}})
	return nil
}

// toolsListed takes the tools of a toolbox.
func (m *Machine) toolsListed(f *flowFrame, r Result) *flowFrame {
	if r.Err != nil {
		return m.fail(f, r.Err)
	}
	op, s := agentOf(f), f.agent
	for _, t := range r.Tools {
		t.Box = op.Boxes[s.Listed].Index
		if op.Offer(t.Name, false) == nil && s.boxed(t.Name) == nil { // the first one of a name counts
			s.Boxed = append(s.Boxed, t)
		}
	}
	s.Listed++
	f.trial++
	return m.runAgent(f, f.current())
}

// boxed returns a tool of a toolbox by its name; nil if there is none.
func (s *agentState) boxed(name string) *BoxTool {
	i := slices.IndexFunc(s.Boxed, func(t BoxTool) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Boxed[i]
}

// tools are what the model is offered now, or, if fit is set, all tools whose arguments may be made to fit.
func (f *flowFrame) tools(last, fit bool) []prompt.Tool {
	op, s := agentOf(f), f.agent
	tools := op.Tools(last)
	if fit {
		tools = op.Fitted()
	}
	if len(s.Boxed) == 0 || last {
		return tools
	}
	tools = slices.Clone(tools)
	for _, t := range s.Boxed {
		tools = append(tools, t.Tool)
	}
	return tools
}

// boxOffer returns what a toolbox of an agent offers by a name; nil if there is nothing.
func (s *agentState) boxOffer(op *program.Agent, name string) *program.Offer {
	t := s.boxed(name)
	if t == nil {
		return nil
	}
	i := slices.IndexFunc(op.Boxes, func(b *program.Toolbox) bool { return b.Index == t.Box })
	if i < 0 {
		return nil
	}
	return &program.Offer{Kind: program.OfferBoxed, Tool: t.Tool, Flow: op.Boxes[i].Call}
}

// runBox calls a tool of a toolbox.
func (m *Machine) runBox(f *flowFrame, n *program.Node, op *program.CallBox) *flowFrame {
	inputs, err := m.inputs(f, n)
	if err != nil {
		return m.fail(f, err)
	}
	name, args, confirm := inputs[0].Str(), inputs[1], inputs[2].Truthy()
	o, _ := args.AsObject()
	f.trial = 0
	if confirm {
		r := message.ToolRequest{ID: f.up.(*fanFrame).work.(turn).request(f.branch).ID, Name: name, Args: o}
		m.ask(f, &Request{ToolRequests: &ToolRequests{Requests: []message.ToolRequest{r}, Confirm: true}})
		return nil
	}
	return m.callBox(f, op, name, o)
}

func (m *Machine) callBox(f *flowFrame, op *program.CallBox, name string, args *value.Object) *flowFrame {
	m.emit(f, &Effect{Box: &BoxCall{Box: op.Box.Index, Tool: name, Args: args}})
	return nil
}
