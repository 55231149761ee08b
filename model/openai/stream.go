package openai

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3/packages/ssestream"

	"github.com/wayflow-go/wayflow/model"
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
func (m *Model) readStream(ctx context.Context, c *call, res *http.Response) error {
	events := ssestream.NewDecoder(res)
	collect := c.api.collect()
	size, ended := 0, false
	for !ended && events.Next() {
		data := bytes.TrimSpace(events.Event().Data)
		if size += len(data); size > maxAnswerBody {
			return m.malformed(res, nil, "the stream is longer than 64 MiB")
		}
		var err error
		if ended, err = m.event(c, res, collect, data); err != nil {
			return err
		}
	}
	err := events.Err()
	if err != nil && ctx.Err() != nil {
		return m.broken(ctx, c, res, err)
	}
	a, problem := collect.answer(ended)
	switch {
	case problem != nil:
		return m.answerError(res, problem)
	case a == nil:
		return m.broken(ctx, c, res, errors.Join(errCutOff, err))
	}
	return m.deliver(c, res, a, c.stream && !c.out.delivered)
}

// errCutOff says that a stream ended before the answer did.
var errCutOff = errors.New("the stream ended before the answer was complete")

// event takes the data of one event; ended is true at the last one.
func (m *Model) event(c *call, res *http.Response, collect collector, data []byte) (ended bool, err error) {
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
			if ended, err = m.event(c, res, collect, bytes.TrimSpace(line)); ended || err != nil {
				return ended, err
			}
			return m.event(c, res, collect, bytes.TrimSpace(rest))
		}
		return false, m.malformed(res, data, "an event of the stream is not valid JSON: "+err.Error())
	}
	if e := errorOf(v); e != nil {
		return false, m.reported(res, e)
	}
	delta, problem := collect.add(v)
	if problem != nil {
		return false, m.answerError(res, problem)
	}
	if m.provider == providerOllama {
		delta = strings.ReplaceAll(delta, ollamaHeader, "")
	}
	if delta == "" || !c.stream {
		return collect.over(), nil
	}
	return collect.over(), c.out.delta(delta)
}

// answerError is the failure of an answer that came as the protocol wants it, but is none. It is not tried again.
func (m *Model) answerError(res *http.Response, e *model.Error) error {
	e.Status, e.RequestID = 0, requestID(res)
	return m.complete(e)
}
