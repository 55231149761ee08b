package openai

import (
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/model"
)

// lazy compiles an expression when it is first used, so that starting a program costs nothing.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// tooLong finds, in codes and messages of servers, that a prompt does not fit: OpenAI, vLLM, llama.cpp, Ollama and what
// builds on them.
var tooLong = lazy(`(?i)context_length_exceeded|exceed_context_size|maximum context length|context window|` +
	`exceeds? the (?:available |model'?s? )?(?:maximum )?context|input length .*exceeds|prompt is too long`)

var filteredCode = lazy(`(?i)content_filter|content_policy_violation|content management policy`)

const (
	lengthHint = "shorten the prompt or the conversation, lower max_tokens, or use a model with a longer context"
	filterHint = "change the prompt, or the provider's filter settings"
)

// classify finds an error's kind and what to do, by its status, code and message: the one place that does.
func (m *Model) classify(e *model.Error) {
	words := e.Code + " " + e.Message
	switch {
	case tooLong().MatchString(words):
		e.Kind, e.Hint = model.KindContextLength, lengthHint
		return
	case filteredCode().MatchString(words):
		e.Kind, e.Hint = model.KindContentFilter, filterHint
		return
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Kind, e.Hint = model.KindAuth, m.keyHint()
	case http.StatusNotFound:
		e.Kind, e.Hint = model.KindNotFound, m.notFoundHint(e)
	case http.StatusRequestEntityTooLarge:
		e.Kind, e.Hint = model.KindContextLength, lengthHint
	case http.StatusTooManyRequests, http.StatusPaymentRequired:
		e.Kind, e.Hint = model.KindRateLimit, "ask less often, or raise the limits of the account"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		e.Kind, e.Hint = model.KindServer, "the server took too long; try again"
	default:
		switch {
		case e.Status >= 500:
			e.Kind, e.Hint = model.KindServer, "try again; if it stays so, look at the server's log"
		case e.Status >= 400:
			e.Kind = model.KindRejected
		default: // reported within an answer that began well
			e.Kind = model.KindServer
		}
	}
}

func (m *Model) keyHint() string {
	switch {
	case m.key != "":
		return "check the API key and what it may be used for"
	case m.provider == providerOpenAI || m.provider == providerCompatible:
		return keyHint
	default:
		return "give the configuration an api_key"
	}
}

func (m *Model) notFoundHint(e *model.Error) string {
	if !strings.Contains(strings.ToLower(e.Message+e.Code), "model") {
		return "check the url: the address above is what it leads to"
	}
	if m.provider == providerOllama {
		return "get the model with: ollama pull " + m.modelID
	}
	return "check model_id; the server lists its models at /v1/models"
}
