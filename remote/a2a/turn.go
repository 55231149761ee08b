package a2a

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2aclient"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/tool"
)

// Send implements [remote.Agent]: one message goes to the agent, and if it makes a task of it, the task is watched until
// the agent has answered, wants something, or the time of the session is up. If ctx ends first the task is canceled.
// The error is a [*tool.Error] of the class ConnectionError, TimeoutError or RuntimeError, or that of ctx.
func (a *Agent) Send(ctx context.Context, t *remote.Turn) (*remote.Reply, error) {
	s, err := openSession(t.Session)
	if err != nil {
		return nil, a.failf(tool.RuntimeError, nil, "the state of its session cannot be read: %s", err)
	}
	msg, err := outgoing(t, s)
	if err != nil {
		return nil, a.failf(tool.ValueError, nil, "%s", err)
	}
	client, result, err := a.send(ctx, msg)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	switch r := result.(type) {
	case *a2a.Message:
		s.Context, s.Task = orElse(r.ContextID, s.Context), ""
		return s.reply(incoming(r.Parts))
	case *a2a.Task:
		task, err := a.watch(ctx, client, r)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return a.conclude(s, msg, task)
	default:
		return nil, a.failf(tool.RuntimeError, nil, "it answered with a %T, which is neither a message nor a task", result)
	}
}

// send delivers a message, again if the retry policy wants it. The message keeps its ID, by which a server knows it again.
func (a *Agent) send(ctx context.Context, msg *a2a.Message) (client *a2aclient.Client, result a2a.SendMessageResult, err error) {
	_, err = a.policy.Do(ctx, func(ctx context.Context) error {
		if client, err = a.connect(ctx); err != nil {
			return err
		}
		result, err = client.SendMessage(ctx, &a2a.SendMessageRequest{
			Message: msg, Config: &a2a.SendMessageConfig{AcceptedOutputModes: []string{"text/plain", "application/json", "image/*"}},
		})
		return err
	})
	return client, result, err
}

// errSlow means that the agent did not answer in the time of the session.
var errSlow = errors.New("no answer in time")

// watch asks for the state of a task until there is an answer in it.
func (a *Agent) watch(ctx context.Context, client *a2aclient.Client, task *a2a.Task) (*a2a.Task, error) {
	if settled(task) {
		return task, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, a.answerTime, errSlow)
	defer cancel()
	tick := time.NewTicker(a.pollInterval)
	defer tick.Stop()
	for failed := 0; ; {
		select {
		case <-ctx.Done():
			a.abandon(ctx, client, task.ID)
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
		now, err := client.GetTask(ctx, &a2a.GetTaskRequest{ID: task.ID})
		switch {
		case err != nil:
			if failed++; failed > a.pollRetries && ctx.Err() == nil {
				return nil, fmt.Errorf("asked %d times for the state of its task: %w", failed, err)
			}
		case now.ID != task.ID:
			return nil, fmt.Errorf("asked for task %q it told of another one, %q", task.ID, now.ID)
		case settled(now):
			return now, nil
		default:
			failed = 0
		}
	}
}

// settled reports whether a task has come to where the agent does no more by itself.
func settled(t *a2a.Task) bool {
	return t.Status.State.Terminal() || t.Status.State == a2a.TaskStateInputRequired || t.Status.State == a2a.TaskStateAuthRequired
}

// cancelTime bounds the call that cancels a task.
const cancelTime = 5 * time.Second

// abandon cancels a task that nobody waits for any more. Whether that worked does not matter here.
func (a *Agent) abandon(ctx context.Context, client *a2aclient.Client, id a2a.TaskID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelTime)
	defer cancel()
	_, _ = client.CancelTask(ctx, &a2a.CancelTaskRequest{ID: id})
}

// conclude makes the reply of a settled task.
func (a *Agent) conclude(s *session, sent *a2a.Message, task *a2a.Task) (*remote.Reply, error) {
	said := s.news(sent, task)
	switch task.Status.State {
	case a2a.TaskStateCompleted:
		s.Context, s.Task, s.Seen = task.ContextID, "", nil
	case a2a.TaskStateInputRequired:
		s.Context, s.Task = task.ContextID, string(task.ID)
	case a2a.TaskStateAuthRequired:
		return nil, a.failf(tool.RuntimeError, nil, "it wants credentials%s; give them in the headers of connection_config", told(said))
	default:
		return nil, a.failf(tool.RuntimeError, nil, "its task ended as %s%s", name(task.Status.State), told(said))
	}
	return s.reply(said...)
}

// problem makes the error of a call that went wrong.
func (a *Agent) problem(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch {
	case errors.Is(err, errSlow):
		return a.failf(tool.TimeoutError, err, "no answer within %s; raise the timeout of session_parameters", a.answerTime)
	case errors.Is(err, retry.ErrTimeout):
		return a.failf(tool.TimeoutError, err, "a request took longer than allowed; raise the timeout of connection_config")
	}
	if c, ok := errors.AsType[*connectionError](err); ok {
		return a.failf("ConnectionError", c.error, "%s", c)
	}
	return a.failf(tool.RuntimeError, err, "%s", err)
}

func (a *Agent) failf(class string, cause error, format string, args ...any) error {
	e := tool.Failf(a.name, class, "agent %q at %s: %s", a.name, a.base.Redacted(), fmt.Sprintf(format, args...))
	e.Err = cause
	return e
}
