package local

import (
	"context"
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/search"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

// bindBoxes makes the toolboxes of a program. None is asked for its tools yet. Those that search a datastore of the program
// are the host's own.
func (h *Host) bindBoxes() (problems []spec.Diagnostic) {
	h.boxes = make([]tool.Box, len(h.prog.Toolboxes))
	for i, b := range h.prog.Toolboxes {
		err := errors.New("the host was given no way to make toolboxes")
		switch s, ok := b.Spec.(*spec.SearchToolBox); {
		case ok && b.Datastore != nil:
			if h.datastores[b.Datastore.Index] == nil {
				continue // reported already
			}
			h.boxes[i], err = search.NewToolbox(s, h.datastores[b.Datastore.Index])
		case h.opts.Toolbox != nil:
			h.boxes[i], err = h.opts.Toolbox(b.Spec)
		}
		if err != nil {
			problems = append(problems, problem(b.Spec, "toolbox", "change the toolbox", fmt.Sprintf("toolbox %q: %s", b.Spec.Base().Name, err)))
		}
	}
	return problems
}

// box lists the tools of a toolbox, or calls one of them.
func (h *Host) box(ctx context.Context, call *engine.BoxCall, res *engine.Result) error {
	tools, err := h.boxes[call.Box].Tools(ctx)
	if err != nil {
		return err
	}
	only := h.prog.Toolboxes[call.Box].Only
	for _, t := range tools {
		s := t.Spec()
		if only != nil && s.Name != only.ToolName {
			continue
		}
		if call.Tool == "" {
			res.Tools = append(res.Tools, engine.BoxTool{
				Tool:    prompt.Tool{Name: s.Name, Description: s.Description, Inputs: s.Inputs},
				Confirm: t.RequiresConfirmation || only != nil && only.RequiresConfirmation,
			})
			continue
		}
		if s.Name == call.Tool {
			res.Value, err = t.Call(ctx, call.Args)
			return err
		}
	}
	switch {
	case call.Tool != "":
		return &tool.Error{Class: tool.RuntimeError, Message: fmt.Sprintf("the toolbox has no tool %q any more", call.Tool)}
	case only != nil && len(res.Tools) == 0:
		return &tool.Error{Tool: only.ToolName, Class: tool.RuntimeError, Message: fmt.Sprintf("the toolbox has no tool %q", only.ToolName)}
	}
	return nil
}
