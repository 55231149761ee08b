package temporal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/program"
)

// Performer performs the effects of one program; the local host is one.
type Performer interface {
	Program() *program.Program
	// Perform does what an effect asks for. An error means that it was not done, since ctx ended; how it ended otherwise
	// is in the result. It tells listen what happens meanwhile.
	Perform(ctx context.Context, conversation string, e *engine.Effect, listen func(engine.Note)) (engine.Result, error)
	// Bound is how long an effect may take.
	Bound(e *engine.Effect) time.Duration
}

// Document is a document that a worker serves.
type Document struct {
	// Hash identifies it by its content.
	Hash string
	// Performer performs its effects.
	Performer Performer
}

// Options say how a [Worker] works. The zero value means defaults.
type Options struct {
	// TaskQueue is where it gets its work; default [DefaultTaskQueue].
	TaskQueue string
	// Queues names, for a tool, the task queue of the workers that have it; a tool that is not named is on every worker.
	Queues map[string]string
	// Effects bounds how many effects it performs at a time; default 1,000.
	Effects int
	// Limits bound what a document may make the engine do.
	Limits engine.Limits
}

// DefaultTaskQueue is where workers look for work if nothing else is said.
const DefaultTaskQueue = "wayflow"

// queue is the task queue for an effect; empty for that of the workflow.
func (o *Options) queue(prog *program.Program, e *engine.Effect) string {
	if e.Tool == nil {
		return ""
	}
	return o.Queues[prog.Tools[e.Tool.Tool].Name()]
}

// Worker serves documents. [Worker.Start] it, and [Worker.Stop] it.
type Worker struct {
	opts   Options
	worker worker.Worker

	mu   sync.RWMutex // guards docs
	docs map[string]*document
}

type document struct {
	hash      string
	program   *program.Program
	performer Performer
}

// NewWorker makes a worker that serves documents.
func NewWorker(c client.Client, opts Options, docs ...Document) *Worker {
	if opts.TaskQueue == "" {
		opts.TaskQueue = DefaultTaskQueue
	}
	if opts.Effects <= 0 {
		opts.Effects = 1_000
	}
	w := &Worker{opts: opts, docs: map[string]*document{}}
	for _, d := range docs {
		w.docs[d.Hash] = &document{hash: d.Hash, program: d.Performer.Program(), performer: d.Performer}
	}
	w.worker = worker.New(c, opts.TaskQueue, worker.Options{
		MaxConcurrentActivityExecutionSize:      opts.Effects,
		MaxConcurrentLocalActivityExecutionSize: opts.Effects,
		MaxHeartbeatThrottleInterval:            heartbeat / 4,
		DefaultHeartbeatThrottleInterval:        heartbeat / 4,
		DeadlockDetectionTimeout:                10 * time.Second, // ten thousand branches begin in one go
		WorkerStopTimeout:                       10 * time.Second,
	})
	register(w.worker, w)
	return w
}

// registry is what workflows and activities are registered with: a worker, or a replayer.
type registry interface {
	RegisterWorkflowWithOptions(w any, o workflow.RegisterOptions)
}

func register(r registry, w *Worker) {
	r.RegisterWorkflowWithOptions(w.converse, workflow.RegisterOptions{Name: converseWorkflow})
	r.RegisterWorkflowWithOptions(w.batch, workflow.RegisterOptions{Name: batchWorkflow})
	if a, ok := r.(interface {
		RegisterActivityWithOptions(a any, o activity.RegisterOptions)
	}); ok {
		a.RegisterActivityWithOptions(w.perform, activity.RegisterOptions{Name: effectActivity})
	}
}

// Start begins to work, in the background.
func (w *Worker) Start() error { return w.worker.Start() }

// Stop ends the work. Effects that are being performed have ten seconds to end; another worker repeats the others.
func (w *Worker) Stop() { w.worker.Stop() }

// document returns a document that is served. The error fails the task that needs it, which the server then gives to
// another worker.
func (w *Worker) document(hash string) (*document, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if d, ok := w.docs[hash]; ok {
		return d, nil
	}
	return nil, &UnknownDocumentError{hash}
}

// UnknownDocumentError says that a worker was given a conversation of a document that it does not serve.
type UnknownDocumentError struct{ Hash string }

// Error implements error.
func (e *UnknownDocumentError) Error() string {
	return fmt.Sprintf("document %.12s is not served here; start a worker with the version of the document that has this hash", e.Hash)
}
