package engine

import (
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

func gatheringOf(n *program.Node) gathering {
	g := gathering{node: n}
	for i := range n.Gather {
		if n.Gather[i].Provider.Flow != nil {
			g.asked = append(g.asked, &n.Gather[i])
		}
	}
	return g
}

func (g gathering) width(_ []value.Value) (int, *Error) { return len(g.asked), nil }

func (g gathering) workers() int                                             { return program.DefaultWorkers }
func (g gathering) overlay(int) bool                                         { return true }
func (g gathering) flow(i int) *program.Flow                                 { return g.asked[i].Provider.Flow }
func (g gathering) fill(int, *flowFrame, []value.Value) *Error               { return nil }
func (g gathering) collect(*fanFrame, *program.Node) ([]value.Value, *Error) { return nil, nil }

// gather asks the context providers of a node. It is done once for each visit.
func (m *Machine) gather(f *flowFrame, n *program.Node) *flowFrame {
	for i := range n.Gather {
		if p := n.Gather[i].Provider; p.Flow == nil {
			f.provide(&n.Gather[i], p.Value)
		}
	}
	g := gatheringOf(n)
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
