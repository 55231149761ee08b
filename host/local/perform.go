package local

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/tool"
)

// perform does what the effect of a flight asks for, and notes its result. If the run was stopped before it was done there
// is none, and the effect stays pending.
func (r *run) perform(f *flight) {
	defer func() {
		if p := recover(); p != nil {
			f.done.Result = failed(tool.RuntimeError, fmt.Errorf("%v", p))
			f.done.Result.Err.Stack = string(debug.Stack())
		}
	}()
	tape := r.host.opts.Tape
	err := f.Err()
	switch {
	case err != nil:
	case tape.Replays():
		err = r.replay(f)
	default:
		err = r.call(f)
	}
	login, wanted := errors.AsType[*tool.AuthRequiredError](err)
	switch {
	case err == nil:
	case wanted:
		f.done.Result = engine.Result{Auth: &engine.AuthChallenge{
			URL: login.URL, RedirectURI: login.RedirectURI, Resource: login.Resource, Issuers: login.Issuers,
		}}
	case r.ctx.Err() != nil || errors.Is(f.Err(), context.Canceled):
		f.broken = true
	default:
		f.done.Result = r.failure(f, err)
	}
	if tape.Records() && !f.broken && f.done.Result.Auth == nil {
		if err := tape.Keep(r.host.prog, f.effect, f.place.Path, f.done.Result); err != nil {
			r.stop(err)
			f.broken = true
		}
	}
}

// replay answers from the tape. What that does not have ends the run, since nothing that a document does about failures
// would be right.
func (r *run) replay(f *flight) error {
	res, err := r.host.opts.Tape.Answer(r.host.prog, f.effect, f.place.Path)
	if err != nil {
		r.stop(err)
		return err
	}
	f.done.Result = res
	if r.listen == nil || f.effect.Aside || res.Message == nil {
		return nil
	}
	for piece := range strings.SplitAfterSeq(res.Message.Text(), " ") { // as it would have come
		if piece != "" {
			r.send(report{note: engine.TextDelta{Place: *f.place, Text: piece}})
		}
	}
	return nil
}

// call calls a tool or asks a model.
func (r *run) call(f *flight) (err error) {
	e := f.effect
	switch {
	case e.Tool != nil:
		f.done.Result.Value, err = r.host.tools[e.Tool.Tool].Call(f, e.Tool.Args)
	case e.Model != nil:
		err = r.ask(f, e.Model)
	case e.Box != nil:
		err = r.host.box(f, e.Box, &f.done.Result)
	case e.HTTP != nil:
		f.done.Result.HTTP, err = r.host.send(f, e.HTTP)
	case e.Cache != nil:
		f.done.Result.Value, err = r.host.cached(f, f.Conversation(), e.Cache)
	case e.Datastore != nil:
		f.done.Result.Value, err = r.host.use(f, e.Datastore)
	case e.Remote != nil:
		f.done.Result.Remote, err = r.host.tell(f, f.IdempotencyKey(), e.Remote)
	default:
		err = errors.New("this host does not know the effect")
	}
	return err
}

// failure is the result of an effect that failed.
func (r *run) failure(ctx context.Context, err error) engine.Result {
	if t, ok := errors.AsType[*tool.Error](err); ok {
		res := failed(t.Class, err)
		res.Err.Message, res.Err.Ancestors, res.Err.Stack = t.Message, t.Classes()[1:], t.Stack
		return res
	}
	if d, ok := errors.AsType[*datastore.Error](err); ok {
		res := failed(d.Class, err)
		res.Err.Ancestors = d.Ancestors()
		return res
	}
	if _, ok := errors.AsType[*model.Error](err); ok {
		return failed("Exception", err) // the reference has no narrower class for what a provider refuses
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return failed(tool.TimeoutError, fmt.Errorf("no answer within %s: %w", r.host.opts.Timeout, err))
	}
	return failed(tool.RuntimeError, err)
}

func failed(class string, err error) engine.Result {
	return engine.Result{Err: &engine.Error{Class: class, Message: err.Error(), Err: err}}
}

// ask asks a model. If the answer is going to be shown and somebody listens, it tells the text as it comes.
func (r *run) ask(f *flight, call *engine.ModelCall) error {
	res := &f.done.Result
	stream := r.listen != nil && !f.effect.Aside
	for chunk, err := range r.host.models[call.Model].Generate(f, call.Prompt, model.Options{Stream: stream}) {
		if err != nil {
			return err
		}
		if chunk.Delta != "" && stream {
			r.send(report{note: engine.TextDelta{Place: *f.place, Text: chunk.Delta}})
		}
		if chunk.Answer != nil {
			res.Message, res.Usage = &chunk.Answer.Message, chunk.Answer.Usage
		}
	}
	if res.Message == nil {
		return errors.New("the model gave no answer")
	}
	if res.Usage == (message.Usage{}) {
		res.Usage = model.Estimate(call.Prompt, res.Message)
	}
	return nil
}
