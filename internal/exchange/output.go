package exchange

import (
	"errors"
	"net/http"

	"github.com/wayflow-go/wayflow/model"
)

// errStopped ends a call whose consumer wants no more.
var errStopped = errors.New("consumer stopped")

// Output hands chunks to the consumer of an answer.
type Output struct {
	yield func(model.Chunk, error) bool
	// delivered is true once the consumer has seen a part of the answer.
	delivered bool
}

// Yield hands over a piece of an answer. An error says that no more is wanted, and is to be returned.
func (o *Output) Yield(chunk model.Chunk) error {
	o.delivered = true
	if !o.yield(chunk, nil) {
		return errStopped
	}
	return nil
}

// deliver hands over the last chunk; with all, its parts come as deltas first, for a consumer who wants those.
func (s *Server) deliver(r *Request, out *Output, res *http.Response, a *Answer, all bool) error {
	msg, problem := a.message(s.NewID)
	if problem != nil {
		return s.answerError(res, problem)
	}
	if msg.PromptCacheKey == "" {
		msg.PromptCacheKey = r.CacheKey
	}
	if all {
		for _, chunk := range a.deltas(&msg) {
			if err := out.Yield(chunk); err != nil {
				return err
			}
		}
	}
	answer := &model.Answer{Message: msg, Truncated: a.Truncated}
	if a.Usage != nil {
		answer.Usage = *a.Usage
	} else {
		answer.Usage = model.Estimate(r.Prompt, &msg)
	}
	return out.Yield(model.Chunk{Answer: answer})
}
