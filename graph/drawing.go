package graph

import (
	"fmt"
	"strconv"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

// maxShapes bounds a drawing: flows that use flows twice, many levels deep, would make it grow without bound. Beyond it
// a sub-flow is one shape.
const maxShapes = 2000

// drawing is what is drawn, without a syntax yet.
type drawing struct {
	root   *box
	edges  []edge
	shapes int
	ids    int
}

// box is a flow, or a parallel node, with what is inside.
type box struct {
	id, label string
	// items are *shape and *box, in the order of the document.
	items []any
}

// shape is one node.
type shape struct {
	id string
	// label has a line for the name and perhaps one that says more.
	label []string
	kind  shapeKind
}

type edge struct{ from, to, label string }

// shapeKind is what a node is for a reader.
type shapeKind uint8

const (
	step shapeKind = iota
	start
	end
	decision
	toolCall
	modelCall
	says
	asks
	bar // where parallel branches part or join
	folded
)

// part is a node as it was drawn: where one enters it, and from where its branches leave.
type part struct {
	entry string
	// exits holds for each branch of the node the shapes that it leaves from.
	exits [][]string
}

func draw(f *program.Flow) *drawing {
	d := &drawing{}
	d.root = &box{label: f.Name}
	d.flow(d.root, f)
	return d
}

func (d *drawing) newID() string {
	d.ids++
	return "n" + strconv.Itoa(d.ids)
}

// flow draws the nodes and edges of a flow into a box, and returns its nodes as drawn.
func (d *drawing) flow(b *box, f *program.Flow) []part {
	parts := make([]part, len(f.Nodes))
	for i, n := range f.Nodes {
		parts[i] = d.node(b, f, n)
	}
	for i, n := range f.Nodes {
		for branch, next := range n.Next {
			if next == program.NoNode {
				continue
			}
			label := ""
			if len(n.Branches) > 1 {
				label = n.Branches[branch]
			}
			for _, from := range parts[i].exits[branch] {
				d.edges = append(d.edges, edge{from, parts[next].entry, label})
			}
		}
	}
	return parts
}

func (d *drawing) node(b *box, f *program.Flow, n *program.Node) part {
	d.shapes++
	switch op := n.Op.(type) {
	case *program.RunFlow:
		if d.shapes < maxShapes {
			return d.subflow(b, n, op)
		}
	case *program.Parallel:
		if d.shapes < maxShapes {
			return d.parallel(b, n, op)
		}
	}
	s := &shape{id: d.newID()}
	s.kind, s.label = describe(f, n)
	b.items = append(b.items, s)
	p := part{entry: s.id}
	for range n.Branches {
		p.exits = append(p.exits, []string{s.id})
	}
	return p
}

// subflow draws a flow as a box inside another. Where it ends decides which branch its node takes.
func (d *drawing) subflow(b *box, n *program.Node, op *program.RunFlow) part {
	inner := d.open(b, n.Name)
	parts := d.flow(inner, op.Flow)
	p := part{entry: parts[op.Flow.Start].entry, exits: make([][]string, len(n.Branches))}
	for _, end := range ends(op.Flow) {
		branch := op.Fallthrough
		if pass, ok := end.node.Op.(*program.Pass); ok && pass.End {
			branch = op.Branches[pass.Branch]
		}
		p.exits[branch] = append(p.exits[branch], end.shapes(parts)...)
	}
	return p
}

// parallel draws the branches of a parallel node side by side, between two bars.
func (d *drawing) parallel(b *box, n *program.Node, op *program.Parallel) part {
	outer := d.open(b, n.Name)
	if op.Workers < len(op.Branches) {
		outer.label += fmt.Sprintf(" (%d at a time)", op.Workers)
	}
	fork, join := &shape{id: d.newID(), kind: bar}, &shape{id: d.newID(), kind: bar}
	outer.items = append(outer.items, fork)
	for _, branch := range op.Branches {
		inner := d.open(outer, branch.Flow.Name)
		parts := d.flow(inner, branch.Flow)
		d.edges = append(d.edges, edge{from: fork.id, to: parts[branch.Flow.Start].entry})
		for _, end := range ends(branch.Flow) {
			for _, from := range end.shapes(parts) {
				d.edges = append(d.edges, edge{from: from, to: join.id})
			}
		}
	}
	outer.items = append(outer.items, join)
	return part{entry: fork.id, exits: [][]string{{join.id}}}
}

func (d *drawing) open(in *box, label string) *box {
	b := &box{id: d.newID(), label: label}
	in.items = append(in.items, b)
	return b
}

// ending is a place where a flow ends: an end node, or a branch that no edge leaves.
type ending struct {
	node   *program.Node
	branch int // -1 for an end node
}

// ends lists the endings of a flow.
func ends(f *program.Flow) (found []ending) {
	for _, n := range f.Nodes {
		if len(n.Branches) == 0 {
			found = append(found, ending{n, -1})
		}
		for b, next := range n.Next {
			if next == program.NoNode {
				found = append(found, ending{n, b})
			}
		}
	}
	return found
}

// shapes are what edges that continue from there begin at.
func (e ending) shapes(parts []part) []string {
	p := parts[e.node.Index]
	if e.branch < 0 {
		return []string{p.entry}
	}
	return p.exits[e.branch]
}

// describe says how a node looks and reads.
func describe(f *program.Flow, n *program.Node) (shapeKind, []string) {
	kind, more := step, ""
	switch op := n.Op.(type) {
	case *program.Pass:
		kind = start
		if op.End {
			kind = end
		}
	case *program.Switch:
		kind, more = decision, "branches on "+n.Inputs[0].Title
	case *program.CallTool:
		kind, more = toolCall, "tool "+op.Tool.Name()
		if op.Tool.Name() == n.Name {
			more = "tool"
		}
	case *program.CallModel:
		kind, more = modelCall, "model "+op.Model.Config.Llm().ModelID
	case *program.Choose:
		kind, more = modelCall, "model "+op.Model.Config.Llm().ModelID
	case *program.Say:
		kind, more = says, "says"
	case *program.Ask:
		kind, more = asks, "asks the user"
	case *program.ReadVariable:
		more = "reads " + f.Variables[op.Variable].Title
	case *program.WriteVariable:
		more = "writes " + f.Variables[op.Variable].Title
	case *program.RunFlow, *program.Parallel:
		kind = folded
	case *program.Unsupported:
		more = op.Kind
	case *program.Constants, *program.Render:
		more = spec.TypeName(n.Spec)
	}
	if more == "" {
		return kind, []string{n.Name}
	}
	return kind, []string{n.Name, more}
}
