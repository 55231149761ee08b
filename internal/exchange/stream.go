package exchange

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"

	"github.com/openai/openai-go/v3/packages/ssestream"

	"github.com/wayflow-go/wayflow/value"
)

// isStream reports whether an answer is a stream of events. Some servers stream though they were not asked to, others
// do not though they were; the answer alone decides.
func isStream(res *http.Response) bool {
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return err == nil && kind == "text/event-stream"
}

var endOfStream = []byte("[DONE]")

// readStream reads an answer that comes as events.
func (s *Server) readStream(ctx context.Context, r *Request, out *Output, res *http.Response) error {
	events := ssestream.NewDecoder(res)
	collect := r.API.Collect()
	size, ended := 0, false
	for !ended && events.Next() {
		data := bytes.TrimSpace(events.Event().Data)
		if size += len(data); size > maxAnswerBody {
			return s.malformed(res, nil, "the stream is longer than 64 MiB")
		}
		var err error
		if ended, err = s.event(r, out, res, collect, data); err != nil {
			return err
		}
	}
	err := events.Err()
	if err != nil && ctx.Err() != nil {
		return s.Broken(ctx, out, res, err)
	}
	a, problem := collect.Answer(ended)
	switch {
	case problem != nil:
		return s.answerError(res, problem)
	case a == nil:
		return s.Broken(ctx, out, res, errors.Join(errCutOff, err))
	}
	return s.deliver(r, out, res, a, r.Stream && !out.delivered)
}

// errCutOff says that a stream ended before the answer did.
var errCutOff = errors.New("the stream ended before the answer was complete")

// event takes the data of one event; ended is true at the last one.
func (s *Server) event(r *Request, out *Output, res *http.Response, collect Collector, data []byte) (ended bool, err error) {
	if len(data) == 0 {
		return false, nil
	}
	if bytes.HasPrefix(data, endOfStream) {
		return true, nil
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		if line, rest, several := bytes.Cut(data, []byte("\n")); several {
			// A server that sends no empty lines between events makes one event of several lines.
			if ended, err = s.event(r, out, res, collect, bytes.TrimSpace(line)); ended || err != nil {
				return ended, err
			}
			return s.event(r, out, res, collect, bytes.TrimSpace(rest))
		}
		return false, s.malformed(res, data, "an event of the stream is not valid JSON: "+err.Error())
	}
	if e := ErrorOf(v); e != nil {
		return false, s.Reported(res, e)
	}
	chunks, problem := collect.Add(v)
	if problem != nil {
		return false, s.answerError(res, problem)
	}
	if r.Stream {
		for _, chunk := range chunks {
			if err := out.Yield(chunk); err != nil {
				return false, err
			}
		}
	}
	return collect.Over(), nil
}
