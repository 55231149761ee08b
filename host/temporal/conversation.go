package temporal

import (
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/wayflow-go/wayflow/engine"
)

// input is what a run of the workflow begins with: an event that begins the conversation, or the state to go on from.
type input struct {
	Document string          `json:"document"`
	Begin    *engine.Begin   `json:"begin,omitempty"`
	State    json.RawMessage `json:"state,omitempty"`
	// Tagged is true if the namespace has the search attributes.
	Tagged bool `json:"tagged,omitempty"`
}

// The names by which a client and a worker know each other's parts.
const (
	converseWorkflow = "wayflow"
	batchWorkflow    = "wayflow-batch"
	effectActivity   = "wayflow-effect"

	// runUpdate takes answers, and returns the state when the conversation has come to rest.
	runUpdate = "run"
	// movedError is the type of the error of an update that is to be sent again, to the next run. Its answers were taken.
	movedError = "Moved"
	// failedError is the type of the error of a workflow whose conversation has failed.
	failedError = "Failed"
	// stateQuery returns the state as it is.
	stateQuery = "state"
)

// conversation is a run of the workflow. Its coroutines take turns, so nothing here needs a lock: each changes the
// machine and starts what follows, and only then waits.
type conversation struct {
	ctx     workflow.Context
	worker  *Worker
	doc     *document
	machine *engine.Machine

	flights
	tags tags
}

// converse is the workflow. It returns the last state; if a step has failed, as the details of its error.
func (w *Worker) converse(ctx workflow.Context, in input) (json.RawMessage, error) {
	doc, err := w.document(in.Document)
	if err != nil {
		panic(err) // fails this task and not the conversation: a worker that has the document will take it up
	}
	c := &conversation{ctx: ctx, worker: w, doc: doc, tags: tags{on: in.Tagged}}
	c.flights.conversation = c
	if err := c.open(in); err != nil {
		return nil, temporal.NewNonRetryableApplicationError(err.Error(), "Input", err)
	}
	c.start(c.machine.Pending())
	c.tag()
	if err := c.serve(); err != nil {
		return nil, err
	}
	if err := workflow.Await(ctx, func() bool { return c.over() || c.long() && c.landed() }); err != nil {
		return nil, err
	}
	// Whoever waits for the conversation is told before its run ends.
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return nil, err
	}
	state, err := c.machine.MarshalJSON()
	if err != nil {
		return nil, err
	}
	if !c.over() {
		return nil, workflow.NewContinueAsNewError(ctx, converseWorkflow, input{Document: in.Document, State: state, Tagged: in.Tagged})
	}
	if failed, ok := c.machine.Status().(engine.Failed); ok {
		return nil, temporal.NewNonRetryableApplicationError(failed.Err.Error(), failedError, nil, json.RawMessage(state))
	}
	return state, nil
}

// open makes the machine and takes the event that is due.
func (c *conversation) open(in input) (err error) {
	if in.Begin != nil {
		c.machine = engine.New(c.doc.program, c.worker.opts.Limits)
		_, err = c.machine.Advance(*in.Begin)
		return err
	}
	if c.machine, err = engine.Load(c.doc.program, in.State, c.worker.opts.Limits); err != nil {
		return err
	}
	if _, failed := c.machine.Status().(engine.Failed); failed {
		_, err = c.machine.Advance(engine.Retry{})
	}
	return err
}

// serve says what others may ask of the conversation.
func (c *conversation) serve() error {
	err := workflow.SetQueryHandler(c.ctx, stateQuery, func() (json.RawMessage, error) { return c.machine.MarshalJSON() })
	if err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(c.ctx, runUpdate, c.run, workflow.UpdateHandlerOptions{Validator: c.check})
}

// check refuses answers that do not fit. It is not part of the history.
func (c *conversation) check(_ workflow.Context, answers []engine.Answer) error {
	for _, a := range answers {
		if err := c.machine.CheckAnswer(a); err != nil {
			return err
		}
	}
	return nil
}

// run takes answers and waits until the conversation has come to rest.
func (c *conversation) run(ctx workflow.Context, answers []engine.Answer) (json.RawMessage, error) {
	for _, a := range answers {
		if err := c.advance(a); err != nil {
			return nil, err
		}
	}
	if err := workflow.Await(ctx, func() bool { return c.resting() || c.grounded && c.landed() }); err != nil {
		return nil, err
	}
	if !c.resting() {
		return nil, temporal.NewApplicationError("the conversation goes on in another run", movedError)
	}
	return c.machine.MarshalJSON()
}

// advance hands the machine an event, and starts and calls off what follows from it.
func (c *conversation) advance(ev engine.Event) error {
	out, err := c.machine.Advance(ev)
	if err != nil {
		return fmt.Errorf("the conversation refuses what happened: %w", err)
	}
	c.callOff(out.Cancels)
	c.start(out.Effects)
	c.tag()
	return nil
}

// over reports whether the conversation has ended, well or not.
func (c *conversation) over() bool {
	switch c.machine.Status().(type) {
	case engine.Finished, engine.Failed:
		return c.landed()
	default:
		return false
	}
}

// resting reports whether nothing happens until somebody does something.
func (c *conversation) resting() bool {
	_, running := c.machine.Status().(engine.Running)
	return !running && c.landed()
}

// maxHistory is how many events a run may have before the conversation goes on in a new one. The server warns at 10,240
// and ends a workflow at 51,200.
const maxHistory = 8_000

// long reports whether the history has grown so long that the conversation should go on in a new run. From then on
// nothing is started, so that what is in flight can land.
func (c *conversation) long() bool {
	info := workflow.GetInfo(c.ctx)
	c.grounded = c.grounded || info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > maxHistory
	return c.grounded
}
