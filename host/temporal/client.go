package temporal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// Client starts conversations on a Temporal server and goes on with them. It is safe for concurrent use.
type Client struct {
	temporal client.Client
	queue    string
	tagged   bool
}

// NewClient returns a client. The task queue is that of the workers; empty means [DefaultTaskQueue].
func NewClient(c client.Client, taskQueue string) *Client {
	if taskQueue == "" {
		taskQueue = DefaultTaskQueue
	}
	return &Client{temporal: c, queue: taskQueue}
}

// Prepare adds to a namespace the search attributes by which conversations are found, if they are not there yet, and
// has the client set them from then on.
func (c *Client) Prepare(ctx context.Context, namespace string) error {
	_, err := c.temporal.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace,
		SearchAttributes: map[string]enums.IndexedValueType{
			componentAttribute.GetName(): enums.INDEXED_VALUE_TYPE_KEYWORD,
			statusAttribute.GetName():    enums.INDEXED_VALUE_TYPE_KEYWORD,
			waitingAttribute.GetName():   enums.INDEXED_VALUE_TYPE_KEYWORD_LIST,
		},
	})
	if _, there := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !there {
		return fmt.Errorf("add search attributes to namespace %q: %w", namespace, err)
	}
	c.tagged = true
	return nil
}

// Start begins a conversation of a document, by its hash and its program. The error is an [*engine.InputError] if an input is
// missing, unknown or of the wrong type, and one of the server if it cannot be reached or has a conversation of this id.
func (c *Client) Start(ctx context.Context, id, document string, prog *program.Program, inputs *value.Object, messages []message.Message) (*Conversation, error) {
	if err := engine.New(prog, engine.Limits{}).Check(inputs); err != nil {
		return nil, err
	}
	return c.begin(ctx, id, prog, input{Document: document, Begin: &engine.Begin{Inputs: inputs, Messages: messages}})
}

// Resume begins a conversation from a state, such as that of one whose step has failed: the step is tried again.
func (c *Client) Resume(ctx context.Context, id, document string, prog *program.Program, state []byte) (*Conversation, error) {
	return c.begin(ctx, id, prog, input{Document: document, State: state})
}

func (c *Client) begin(ctx context.Context, id string, prog *program.Program, in input) (*Conversation, error) {
	in.Tagged = c.tagged
	opts := client.StartWorkflowOptions{
		ID: id, TaskQueue: c.queue, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
	if c.tagged {
		opts.TypedSearchAttributes = temporal.NewSearchAttributes(componentAttribute.ValueSet(prog.Root.Base().Name))
	}
	if _, err := c.temporal.ExecuteWorkflow(ctx, opts, converseWorkflow, in); err != nil {
		return nil, fmt.Errorf("start conversation %s: %w", id, err)
	}
	return c.Conversation(id, prog), nil
}

// Conversation returns a conversation that was started before, here or elsewhere.
func (c *Client) Conversation(id string, prog *program.Program) *Conversation {
	return &Conversation{id: id, client: c, prog: prog}
}

// Conversation is one that a Temporal server keeps. It is safe for concurrent use.
type Conversation struct {
	id     string
	client *Client
	prog   *program.Program

	mu      sync.Mutex // guards answers
	answers []engine.Answer
}

// ID returns the conversation's id, which is that of its workflow.
func (c *Conversation) ID() string { return c.id }

// Answer keeps an answer for the next [Conversation.Run]; whether it fits is seen then.
func (c *Conversation) Answer(a engine.Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = append(c.answers, a)
}

// Run hands over the answers and waits until the conversation has come to rest. It returns the state. If ctx ends
// first, the conversation goes on all the same.
func (c *Conversation) Run(ctx context.Context) (*engine.Machine, error) {
	c.mu.Lock()
	answers := c.answers
	c.answers = nil
	c.mu.Unlock()
	for {
		state, err := c.run(ctx, answers)
		if moved, ok := errors.AsType[*temporal.ApplicationError](err); ok && moved.Type() == movedError {
			answers = nil
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("run conversation %s: %w", c.id, err)
		}
		return engine.Load(c.prog, state, engine.Limits{})
	}
}

// run sends the update; a conversation that has ended takes none, and tells its last state.
func (c *Conversation) run(ctx context.Context, answers []engine.Answer) (state json.RawMessage, err error) {
	handle, err := c.client.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: c.id, UpdateName: runUpdate, Args: []any{answers}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, &state)
	}
	if _, ended := errors.AsType[*serviceerror.NotFound](err); ended && len(answers) == 0 {
		err = c.client.temporal.GetWorkflow(ctx, c.id, "").Get(ctx, &state)
	}
	if failed, ok := errors.AsType[*temporal.ApplicationError](err); ok && failed.Type() == failedError {
		err = failed.Details(&state)
	}
	return state, err
}

// State returns where the conversation stands, without waiting for anything.
func (c *Conversation) State(ctx context.Context) (*engine.Machine, error) {
	var state json.RawMessage
	v, err := c.client.temporal.QueryWorkflow(ctx, c.id, "", stateQuery)
	if err == nil {
		err = v.Get(&state)
	}
	if err != nil {
		return nil, fmt.Errorf("state of conversation %s: %w", c.id, err)
	}
	return engine.Load(c.prog, state, engine.Limits{})
}

// Said returns what models have said so far in the calls that are under way, by the id of the effect.
func (c *Conversation) Said(ctx context.Context) (map[string]string, error) {
	d, err := c.client.temporal.DescribeWorkflowExecution(ctx, c.id, "")
	if err != nil {
		return nil, fmt.Errorf("conversation %s: %w", c.id, err)
	}
	said := map[string]string{}
	for _, a := range d.GetPendingActivities() {
		for _, p := range a.GetHeartbeatDetails().GetPayloads() {
			var text string
			if json.Unmarshal(p.GetData(), &text) == nil && text != "" {
				said[a.GetActivityId()] = text
			}
		}
	}
	return said, nil
}
