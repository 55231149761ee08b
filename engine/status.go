package engine

import "github.com/wayflow-go/wayflow/value"

// Status says where a conversation stands. The set is closed: [Ready], [Running], [Waiting], [Interrupted], [Finished],
// [Failed].
type Status interface{ status() }

type (
	// Ready is the status before [Begin].
	Ready struct{}

	// Running means that effects are pending.
	Running struct{}

	// Waiting means that nothing happens until somebody answers. Requests has all open ones, in document order.
	Waiting struct{ Requests []*Request }

	// Interrupted means that the budget does not allow what comes next, and nobody is asked anything. [SetBudget] goes on.
	Interrupted struct{ Shortage *Shortage }

	// Finished means that the main flow came to its end.
	Finished struct {
		Outputs *value.Object
		// End is the name of the end node that was reached; empty if the flow ended at a branch without an edge.
		End string
	}

	// Failed means that a step failed and nothing caught it.
	Failed struct{ Err *Error }
)

func (Ready) status()       {}
func (Running) status()     {}
func (Waiting) status()     {}
func (Interrupted) status() {}
func (Finished) status()    {}
func (Failed) status()      {}
