package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
)

// runRemote makes a node run an agent that runs elsewhere (Agent Spec, "RemoteAgent"). It has no ports, but for its answer
// to another agent: all that it is told are messages.
func (fc *flowCompiler) runRemote(n *Node, c spec.AgenticComponent, r role) {
	a := &Agent{Name: c.Base().Name, Remote: fc.remote(c), Member: r.member, Unattended: r.unattended != nil && *r.unattended}
	if !a.Unattended && !a.Member {
		greeting := defaultGreeting
		a.Initial = &greeting
	}
	fc.ports(n, &signature{outputs: portsOf(a), branches: nextOnly})
	n.Op = a
}

// remote returns the entry of an agent that runs elsewhere, which is new or known.
func (c *compiler) remote(s spec.AgenticComponent) *Remote {
	i := slices.IndexFunc(c.prog.Remotes, func(r *Remote) bool { return r.Spec == s })
	if i < 0 {
		i = len(c.prog.Remotes)
		c.prog.Remotes = append(c.prog.Remotes, &Remote{Index: i, Spec: s})
	}
	return c.prog.Remotes[i]
}
