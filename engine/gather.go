package engine

import (
	"slices"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// gatherPhase marks the addresses of what context providers wait for.
const gatherPhase = "g"

// gathering is the work of asking the context providers of a node, all at once, before the node runs: a flow for each of
// them. So a provider waits, says something, fails and is stored as a branch of a parallel node is.
type gathering struct {
	node *program.Node
	// asked are the providers that need a flow to be run.
	asked []*program.Gather
}

func gatheringOf(f *flowFrame) gathering {
	g, all := gathering{node: f.current()}, f.providers()
	for i := range all {
		if all[i].Provider.Flow != nil {
			g.asked = append(g.asked, &all[i])
		}
	}
	return g
}

// providers are the context providers of the current node and, if it is an agent, of that.
func (f *flowFrame) providers() []program.Gather {
	n := f.current()
	if op := agentOf(f); op != nil && len(op.Gather) > 0 {
		return slices.Concat(n.Gather, op.Gather)
	}
	return n.Gather
}

func (g gathering) width(_ []value.Value) (int, *Error) { return len(g.asked), nil }

func (g gathering) workers() int                                             { return program.DefaultWorkers }
func (g gathering) overlay(int) bool                                         { return true }
func (g gathering) flow(i int) *program.Flow                                 { return g.asked[i].Provider.Flow }
func (g gathering) fill(int, *flowFrame, []value.Value) *Error               { return nil }
func (g gathering) collect(*fanFrame, *program.Node) ([]value.Value, *Error) { return nil, nil }

// gather asks the context providers of a node. It is done once for each visit.
func (m *Machine) gather(f *flowFrame, n *program.Node) *flowFrame {
	all := f.providers()
	for i := range all {
		if p := all[i].Provider; p.Flow == nil {
			f.provide(&all[i], p.Value)
		}
	}
	g := gatheringOf(f)
	if len(g.asked) == 0 {
		f.gathered = true
		return m.run(f, n)
	}
	fan := newFan(f, g, nil, len(g.asked))
	fan.phase = gatherPhase
	f.below = fan
	return m.fillFan(fan)
}

// gathered takes what the context providers yielded, and runs the node.
func (m *Machine) gathered(f *flowFrame, g gathering, fan *fanFrame) *flowFrame {
	for i, asked := range g.asked {
		f.provide(asked, fan.branches[i].outs[asked.Provider.Index].v)
	}
	f.gathered = true
	if f.agent != nil {
		f.trial++
	}
	return m.run(f, g.node)
}

// provide gives the value of a provider to the inputs that want it.
func (f *flowFrame) provide(g *program.Gather, v value.Value) {
	for _, i := range g.Inputs {
		f.fill(f.current().Inputs[i].Slot, v)
	}
}
