package exchange

import (
	"net/http"
	"regexp"
	"sync"

	"github.com/wayflow-go/wayflow/model"
)

// lazy compiles an expression when it is first used, so that starting a program costs nothing.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// tooLong finds, in codes and messages of servers, that a prompt does not fit: OpenAI, vLLM, llama.cpp, Ollama and what
// builds on them, OCI, Gemini.
var tooLong = lazy(`(?i)context_length_exceeded|exceed_context_size|maximum context length|context window|` +
	`exceeds? the (?:available |model'?s? )?(?:maximum )?context|input length .*exceeds|prompt is too long|` +
	`input token count .*exceeds|too many tokens`)

// wrongKey finds refusals of a key that come with the status of a bad request, as Google's do.
var wrongKey = lazy(`API_KEY_INVALID|API key not valid|API key expired`)

var filteredCode = lazy(`(?i)content_filter|content_policy_violation|content management policy`)

const (
	lengthHint = "shorten the prompt or the conversation, lower max_tokens, or use a model with a longer context"
	filterHint = "change the prompt, or the provider's filter settings"
)

// classify finds an error's kind and what to do, by its status, code and message: the one place that does.
func (s *Server) classify(e *model.Error) {
	kind, hint := kindOf(e)
	e.Kind = kind
	e.Hint = s.hint(e, hint)
}

// hint is what the provider says about an error, or else the given one.
func (s *Server) hint(e *model.Error, general string) string {
	if s.Hint != nil {
		if better := s.Hint(e); better != "" {
			return better
		}
	}
	return general
}

func kindOf(e *model.Error) (kind model.Kind, hint string) {
	words := e.Code + " " + e.Message
	switch {
	case tooLong().MatchString(words):
		return model.KindContextLength, lengthHint
	case filteredCode().MatchString(words):
		return model.KindContentFilter, filterHint
	case wrongKey().MatchString(words):
		return model.KindAuth, "check the API key"
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return model.KindAuth, "check the credentials and what they may be used for"
	case http.StatusNotFound:
		return model.KindNotFound, "check the address and model_id"
	case http.StatusRequestEntityTooLarge:
		return model.KindContextLength, lengthHint
	case http.StatusTooManyRequests, http.StatusPaymentRequired:
		return model.KindRateLimit, "ask less often, or raise the limits of the account"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return model.KindServer, "the server took too long; try again"
	}
	switch {
	case e.Status >= 500:
		return model.KindServer, "try again; if it stays so, look at the server's log"
	case e.Status >= 400:
		return model.KindRejected, ""
	default: // reported within an answer that began well
		return model.KindServer, ""
	}
}

// Filtered is the failure of an answer that a content filter withheld. The message may be empty.
func Filtered(message string) *model.Error {
	if message == "" {
		message = "the provider's content filter withheld the answer"
	}
	return &model.Error{Kind: model.KindContentFilter, Code: "content_filter", Message: message, Hint: filterHint}
}
