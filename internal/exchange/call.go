package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// Request is one request, whatever the number of tries.
type Request struct {
	// API reads the answer.
	API API
	URL string
	// Header is sent as it is; it is not changed.
	Header http.Header
	Body   []byte
	// Send makes the request, for a provider whose client has a way of its own; nil means a POST of the above. Its error is
	// that of a transport, or a [model.Error] that is not tried again.
	Send func(context.Context) (*http.Response, error)
	// Prompt is what is asked, for an estimate of its tokens where the server reports none.
	Prompt *prompt.Prompt
	// Stream asks for deltas.
	Stream bool
	// CacheKey is what the prompt's cache at the provider was called, if it was.
	CacheKey string
	// Mend returns another body after a refusal, or nil if it knows none; each counts as a try. It may be nil.
	Mend func(*model.Error) []byte
}

const (
	maxErrorBody  = 1 << 20
	maxAnswerBody = 64 << 20
)

// Ask asks, and yields what comes as [model.Model] says.
func (s *Server) Ask(ctx context.Context, r *Request, yield func(model.Chunk, error) bool) {
	out := &Output{yield: yield}
	s.Run(ctx, out, func(ctx context.Context) error {
		res, err := s.post(ctx, r, out)
		if err != nil {
			return err
		}
		if isStream(res) {
			defer drain(res.Body)
			return s.readStream(ctx, r, out, res)
		}
		defer func() { _ = res.Body.Close() }() // it has been read to its end, or is given up
		return s.readWhole(ctx, r, out, res)
	})
}

// Run tries by the policy, and yields the error of the last try. A try yields to out, and returns what the methods of the
// server return. It is never tried again once the consumer has seen a part of the answer.
func (s *Server) Run(ctx context.Context, out *Output, try func(context.Context) error) {
	err := s.run(ctx, out, try)
	if err != nil && err != errStopped { //nolint:errorlint // never wrapped
		out.yield(model.Chunk{}, err)
	}
}

func (s *Server) run(ctx context.Context, out *Output, try func(context.Context) error) error {
	tries, err := s.Policy.Do(ctx, func(ctx context.Context) error {
		err := try(ctx)
		if f, ok := errors.AsType[*retry.Failure](err); ok && out.delivered {
			return f.Err
		}
		return err
	})
	if err == nil || err == errStopped { //nolint:errorlint // never wrapped
		return err
	}
	e, ok := errors.AsType[*model.Error](err)
	if !ok { // the wait between two tries was interrupted
		e = s.cancelled(ctx)
	}
	e.Tries = tries
	return e
}

// JSON asks, and hands the JSON that comes back, which is not a stream, to read, with tries by the policy. A failure of
// read is one of an answer that is none; it is not tried again.
func (s *Server) JSON(ctx context.Context, r *Request, read func(value.Value) *model.Error) error {
	out := &Output{}
	return s.run(ctx, out, func(ctx context.Context) error {
		res, err := s.post(ctx, r, out)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }() // as above
		body, err := s.readJSON(ctx, out, res)
		if err != nil {
			return err
		}
		if problem := read(body); problem != nil {
			return s.answerError(res, problem)
		}
		return nil
	})
}

// post sends a request, and returns the answer if it is a good one.
func (s *Server) post(ctx context.Context, r *Request, out *Output) (*http.Response, error) {
	start := time.Now()
	res, err := s.send(ctx, r)
	s.logAnswer(ctx, res, time.Since(start))
	if e, ok := errors.AsType[*model.Error](err); ok {
		return nil, s.Complete(e)
	}
	if err != nil {
		return nil, s.Unanswered(ctx, out, err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // what is missing is missing
	err = s.Refused(res, body)
	if e, ok := errors.AsType[*model.Error](err); ok && r.Mend != nil {
		if mended := r.Mend(e); mended != nil {
			r.Body = mended
			return nil, &retry.Failure{Err: e, Mended: true}
		}
	}
	return nil, err
}

func (s *Server) send(ctx context.Context, r *Request) (*http.Response, error) {
	if r.Send != nil {
		return r.Send(ctx)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, &model.Error{Kind: model.KindConfig, Message: "url is not a valid address"} // err may quote a password
	}
	req.Header = r.Header
	return s.HTTP.Do(req)
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

// readWhole reads an answer that comes in one piece.
func (s *Server) readWhole(ctx context.Context, r *Request, out *Output, res *http.Response) error {
	body, err := s.readJSON(ctx, out, res)
	if err != nil {
		return err
	}
	a, problem := r.API.Answer(body)
	if problem != nil {
		return s.answerError(res, problem)
	}
	return s.deliver(r, out, res, a, r.Stream)
}

// readJSON reads a body that is one value, and no error.
func (s *Server) readJSON(ctx context.Context, out *Output, res *http.Response) (value.Value, error) {
	var buf bytes.Buffer
	buf.Grow(int(min(max(res.ContentLength, 0), 1<<20)) + bytes.MinRead)
	n, err := buf.ReadFrom(io.LimitReader(res.Body, maxAnswerBody+1))
	if err != nil {
		return value.Null, s.Broken(ctx, out, res, err)
	}
	if n > maxAnswerBody {
		return value.Null, s.malformed(res, buf.Bytes(), "the answer is longer than 64 MiB")
	}
	body, err := value.ParseJSON(buf.Bytes())
	if err != nil {
		return value.Null, s.malformed(res, buf.Bytes(), "the answer is not valid JSON: "+err.Error())
	}
	if e := ErrorOf(body); e != nil {
		return value.Null, s.Reported(res, e)
	}
	return body, nil
}
