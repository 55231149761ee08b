package engine

import "github.com/wayflow-go/wayflow/program"

// verify checks what holds of a state between any two events, so that a snapshot that was damaged is refused when it is
// loaded, and not found out when the conversation hangs: a frame that has not failed waits for exactly one thing, and a
// frame that failed tells why. cancelled is true below a branch that was called off.
func (l *loader) verify(f *flowFrame, cancelled bool) {
	waits := 0
	if f.below != nil {
		waits++
	}
	if f.effect != nil {
		waits++
		l.verifyEffect(f, f.effect, cancelled)
	}
	if f.request != nil {
		waits++
		l.verifyRequest(f, cancelled)
	}
	if f.err == nil && waits != 1 || f.err != nil && (waits > 1 || f.effect != nil || f.request != nil) {
		l.failf("node %q waits for %d things", f.current().Name, waits)
	}
	if f.visit < 1 || f.trial < 0 || len(f.known) > f.trial || f.cancelled && f.effect == nil && f.request == nil ||
		f.held && (f.effect == nil || f.cancelled) {
		l.failf("node %q has impossible counts", f.current().Name)
	}
	if waits > 0 && f.agent == nil && agentOf(f) != nil {
		l.failf("agent %q has no state", f.current().Name)
	}
	switch below := f.below.(type) {
	case *flowFrame:
		if (below.err == nil) != (f.err == nil) {
			l.failf("node %q and its flow differ in whether they failed", f.current().Name)
		}
		l.verify(below, cancelled)
	case *fanFrame:
		l.verifyFan(below, f.err != nil, cancelled)
	}
}

func (l *loader) verifyEffect(f *flowFrame, e *Effect, cancelled bool) {
	kinds := 0
	if e.Tool != nil && e.Tool.Args != nil {
		kinds++
	}
	if e.Model != nil && e.Model.Prompt != nil {
		kinds++
	}
	if e.HTTP != nil && e.HTTP.Method != "" {
		kinds++
	}
	if e.Datastore != nil {
		kinds++
	}
	if e.Box != nil {
		kinds++
	}
	if e.Cache != nil && e.Aside {
		kinds++
	}
	if e.Remote != nil && len(e.Remote.Messages) > 0 {
		kinds++
	}
	if kinds != 1 || e.ID != f.waitID() || f.cancelled && !cancelled {
		l.failf("node %q waits for an effect that it did not ask for", f.current().Name)
	}
}

// verifyRequest checks that the node is one that asks so.
func (l *loader) verifyRequest(f *flowFrame, cancelled bool) {
	r := f.request
	fits := false
	switch f.current().Op.(type) {
	case *program.Ask:
		fits = r.UserMessage != nil && r.ToolRequests == nil
	case *program.Agent, *program.Team:
		fits = r.UserMessage != nil && r.ToolRequests == nil
	case *program.CallBox:
		fits = r.UserMessage == nil && r.ToolRequests != nil && r.ToolRequests.Confirm && r.ToolRequests.one()
	case *program.CallTool:
		fits = r.UserMessage == nil && r.ToolRequests != nil && r.ToolRequests.one()
	}
	if r.Auth != nil {
		fits = r.UserMessage == nil && r.ToolRequests == nil && r.Effect != nil
	}
	lost := r.ToolRequests != nil && r.ToolRequests.Lost
	if lost {
		fits = r.UserMessage == nil && r.Auth == nil && r.Effect != nil && len(r.ToolRequests.Requests) == 1
	}
	if r.Effect != nil {
		fits = fits && (r.Auth != nil || lost)
		l.verifyEffect(f, r.Effect, cancelled)
	}
	if !fits || r.ID != f.waitID() || f.cancelled && !cancelled {
		l.failf("node %q waits for an answer that it did not ask for", f.current().Name)
	}
}

// one reports whether there is one request, with arguments.
func (r *ToolRequests) one() bool { return len(r.Requests) == 1 && r.Requests[0].Args != nil }

func (l *loader) verifyFan(fan *fanFrame, failed, cancelled bool) {
	first := -1
	for i := range fan.next {
		f := fan.branches[i].frame
		if f == nil {
			continue
		}
		if f.err != nil && first < 0 {
			first = i
		}
		l.verify(f, cancelled || first >= 0 && first < i)
	}
	switch {
	case fan.failed != first:
		l.failf("of the branches of node %q another one failed", fan.up.current().Name)
	case failed && fan.left == 0: // they ended well, but what they yield would not do
	case failed != (first >= 0 && fan.low >= first):
		l.failf("node %q and its branches differ in whether they failed", fan.up.current().Name)
	case !failed && fan.low >= fan.next:
		l.failf("node %q has no branch that runs", fan.up.current().Name)
	}
}
