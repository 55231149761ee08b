package wayflow

import "github.com/wayflow-go/wayflow/spec"

// ParallelNode runs flows at once.
type ParallelNode struct {
	node[ParallelNode]
	parts     []Part
	workers   *int
	questions bool
}

// Parallel runs flows at once: its inputs are theirs, those of one name being one, and its outputs are those of all. They
// are merged in the order given here, however long each takes.
func Parallel(name string, parts ...Part) *ParallelNode {
	n := &ParallelNode{parts: parts}
	return n.init(n, name, here())
}

// MaxWorkers bounds how many of them run at a time; the default is 20.
func (n *ParallelNode) MaxWorkers(workers int) *ParallelNode {
	n.workers = &workers
	return n
}

// AllowQuestions lets the flows ask the user, wait for tools of the client and for confirmations. What is open at a time
// is told by [Conversation.Requests]. It is an extension of this runtime.
func (n *ParallelNode) AllowQuestions() *ParallelNode {
	n.questions = true
	return n
}

func (n *ParallelNode) compose(b *builder, id string) spec.Node {
	s := &spec.ParallelFlowNode{MaxWorkers: n.workers, AllowQuestions: n.questions, Subflows: []*spec.Flow{}}
	for _, p := range n.parts {
		if flow := b.flow(id, p, n.at); flow != nil {
			s.Subflows = append(s.Subflows, flow)
		}
	}
	return s
}
