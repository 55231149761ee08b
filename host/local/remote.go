package local

import (
	"context"
	"errors"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/spec"
)

// bindRemotes makes the ways to agents that run elsewhere. None of them is asked yet.
func (h *Host) bindRemotes() (problems []spec.Diagnostic) {
	h.remotes = make([]remote.Agent, len(h.prog.Remotes))
	for i, a := range h.prog.Remotes {
		err := errors.New("the host was given no way to reach remote agents")
		if h.opts.Remote != nil {
			h.remotes[i], err = h.opts.Remote(a.Spec)
		}
		if err != nil {
			problems = append(problems, problem(a.Spec, "remote-agent", "change the configuration, or give the host the agent", err.Error()))
		}
	}
	return problems
}

// tell sends an agent that runs elsewhere what is new. The key is the same when that is sent again.
func (h *Host) tell(ctx context.Context, key string, call *engine.RemoteCall) (*engine.RemoteReply, error) {
	r, err := h.remotes[call.Agent].Send(ctx, &remote.Turn{Key: key, Session: call.Session, Messages: call.Messages})
	if err != nil {
		return nil, err
	}
	return &engine.RemoteReply{Session: r.Session, Messages: r.Messages}, nil
}
