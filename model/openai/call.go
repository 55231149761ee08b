package openai

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3/option"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// call is one request, whatever the number of tries.
type call struct {
	prompt *prompt.Prompt
	api    api
	path   string
	body   []byte
	stream bool
	out    *output
}

// errStopped ends a call whose consumer wants no more.
var errStopped = errors.New("consumer stopped")

// output hands chunks to the consumer.
type output struct {
	yield func(model.Chunk, error) bool
	// delivered is true once the consumer has seen a part of the answer.
	delivered bool
}

func (o *output) delta(text string) error {
	o.delivered = true
	if !o.yield(model.Chunk{Delta: text}, nil) {
		return errStopped
	}
	return nil
}

// Generate implements [model.Model].
func (m *Model) Generate(ctx context.Context, p *prompt.Prompt, opts model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		c := &call{prompt: p, stream: opts.Stream, out: &output{yield: yield}}
		if err := m.prepare(c); err != nil {
			yield(model.Chunk{}, m.complete(err))
			return
		}
		tries, err := m.policy.Do(ctx, func(ctx context.Context) error { return m.try(ctx, c) })
		if err == nil || err == errStopped { //nolint:errorlint // never wrapped
			return
		}
		e, ok := errors.AsType[*model.Error](err)
		if !ok { // the wait between two tries was interrupted
			e = m.cancelled(ctx)
		}
		e.Tries = tries
		yield(model.Chunk{}, e)
	}
}

// prepare writes the request.
func (m *Model) prepare(c *call) *model.Error {
	g := m.generation
	if c.prompt.Generation != nil {
		g = promptGeneration(c.prompt.Generation)
	}
	c.api, c.path = m.api, m.endpoint.path
	if m.needsResponses(c.prompt, &g) {
		c.api, c.path = responses{}, responses{}.path()
		g = responsesReasoning(g)
	}
	body, err := c.api.request(&request{
		prompt: c.prompt, generation: &g, modelID: m.modelID, official: m.endpoint.official,
		provider: m.provider, stream: c.stream,
	})
	if err != nil {
		return &model.Error{Kind: model.KindPrompt, Message: err.Error(), Err: err}
	}
	c.body = value.AppendJSON(nil, body)
	return nil
}

// try asks once. Failures that another try may mend come back as a *retry.Failure, unless the consumer has seen a part
// of the answer already.
func (m *Model) try(ctx context.Context, c *call) error {
	err := m.exchange(ctx, c)
	if f, ok := errors.AsType[*retry.Failure](err); ok && c.out.delivered {
		return f.Err
	}
	return err
}

func (m *Model) exchange(ctx context.Context, c *call) error {
	start := time.Now()
	var res *http.Response
	// With a place for the response and none for its content, the client reads no body but that of an error.
	err := m.client.Post(ctx, c.path, c.body, nil, option.WithResponseInto(&res))
	m.logAnswer(ctx, res, time.Since(start))
	switch {
	case res != nil && res.StatusCode >= 300:
		return m.refused(res)
	case err != nil:
		return m.unanswered(ctx, c, err)
	}
	if isStream(res) {
		defer drain(res.Body)
		return m.readStream(ctx, c, res)
	}
	defer func() { _ = res.Body.Close() }() // it has been read to its end, or is given up
	return m.readWhole(ctx, c, res)
}

// drainTime is how long a finished answer is waited for to end, so that its connection can be used again.
const drainTime = 50 * time.Millisecond

// drain reads what little follows the last event of a stream, and closes the body.
func drain(body io.ReadCloser) {
	stop := time.AfterFunc(drainTime, func() { _ = body.Close() })
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, body, 4096) // only the connection's reuse is at stake
	_ = body.Close()
}

// tidy takes the client's own headers out of a request, and bounds what is read of an error's body, which the client
// reads whole. It also unpacks the request's body: net/http would send the headers of one that it does not know to be in
// memory as a packet of their own.
func tidy(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		req.Body = body
	}
	for _, name := range clientHeaders {
		delete(req.Header, name)
	}
	res, err := next(req)
	if err == nil && res.StatusCode >= 400 {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxErrorBody), res.Body}
	}
	return res, err
}

const (
	maxErrorBody  = 1 << 20
	maxAnswerBody = 64 << 20
)

// readWhole reads an answer that comes in one piece.
func (m *Model) readWhole(ctx context.Context, c *call, res *http.Response) error {
	var buf bytes.Buffer
	buf.Grow(int(min(max(res.ContentLength, 0), 1<<20)) + bytes.MinRead)
	n, err := buf.ReadFrom(io.LimitReader(res.Body, maxAnswerBody+1))
	if err != nil {
		return m.broken(ctx, c, res, err)
	}
	if n > maxAnswerBody {
		return m.malformed(res, buf.Bytes(), "the answer is longer than 64 MiB")
	}
	body, err := value.ParseJSON(buf.Bytes())
	if err != nil {
		return m.malformed(res, buf.Bytes(), "the answer is not valid JSON: "+err.Error())
	}
	if e := errorOf(body); e != nil {
		return m.reported(res, e)
	}
	a, problem := c.api.answer(body)
	if problem != nil {
		return m.answerError(res, problem)
	}
	return m.deliver(c, res, a, c.stream)
}

// deliver hands over the last chunk; with all, the text comes as a delta first, for a consumer who wants those.
func (m *Model) deliver(c *call, res *http.Response, a *answer, all bool) error {
	msg, problem := m.message(a)
	if problem != nil {
		return m.answerError(res, problem)
	}
	if text := msg.Text(); all && text != "" {
		if err := c.out.delta(text); err != nil {
			return err
		}
	}
	usage, ok := a.count()
	if !ok {
		usage = model.Estimate(c.prompt, &msg)
	}
	c.out.delivered = true
	c.out.yield(model.Chunk{Answer: &model.Answer{Message: msg, Usage: usage, Truncated: a.truncated}}, nil)
	return nil
}
