package model

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind sorts the failures of models by what a caller can do about them.
type Kind string

// The kinds of failures.
const (
	// KindConfig: the configuration cannot work, whatever the server says.
	KindConfig Kind = "configuration"
	// KindUnsupported: the configuration is for another provider than the package that was asked.
	KindUnsupported Kind = "unsupported"
	// KindPrompt: the prompt cannot be put into the provider's terms.
	KindPrompt Kind = "prompt"
	// KindUnreachable: no answer came: no such host, connection refused or broken.
	KindUnreachable Kind = "unreachable"
	// KindTLS: the server's certificate or the client's own was not accepted.
	KindTLS Kind = "tls"
	// KindTimeout: the request took longer than the retry policy's request_timeout.
	KindTimeout Kind = "timeout"
	// KindCancelled: the caller's context ended.
	KindCancelled Kind = "cancelled"
	// KindAuth: the key is missing, wrong or lacks the right.
	KindAuth Kind = "authentication"
	// KindNotFound: there is no such model or address.
	KindNotFound Kind = "not_found"
	// KindRateLimit: too many requests, or a quota is used up.
	KindRateLimit Kind = "rate_limit"
	// KindContextLength: the prompt and the answer asked for do not fit the model's context.
	KindContextLength Kind = "context_length"
	// KindContentFilter: the provider withheld the answer or refused the prompt.
	KindContentFilter Kind = "content_filter"
	// KindRejected: any other refusal of the request (4xx).
	KindRejected Kind = "rejected"
	// KindRedirect: the address answers with another address. It is not followed, so that no key goes astray.
	KindRedirect Kind = "redirect"
	// KindServer: the server failed (5xx).
	KindServer Kind = "server"
	// KindProtocol: what came is not an answer of the provider's protocol: HTML, broken JSON, no choices.
	KindProtocol Kind = "protocol"
	// KindIncomplete: the answer broke off.
	KindIncomplete Kind = "incomplete"
)

// Error is why a model gave no answer. Every error of a [Model] is one, those of a cancelled context included, for which
// errors.Is also finds the context's error and its cause. Nothing in it holds a secret.
type Error struct {
	Kind Kind
	// Provider is who was asked: openai, vllm, ollama, ...
	Provider string
	// Model is the model's id.
	Model string
	// Endpoint is the address without user information, query and fragment.
	Endpoint string
	// Status is the HTTP status, or 0 if no answer came.
	Status int
	// Code is the provider's own name for the failure, if it gave one.
	Code string
	// Message is the provider's own message, or else what happened.
	Message string
	// RequestID is what the provider knows the request by.
	RequestID string
	// Retryable is true if the retry policy allows another try. [Model.Generate] returns such an error once its tries
	// are used up, or when a part of the answer has been delivered already.
	Retryable bool
	// Tries counts how often the model was asked; 0 and 1 mean once.
	Tries int
	// Hint says what to do, if that is known.
	Hint string
	// Err is the cause, if there is one beyond the message.
	Err error
}

// Error returns one line: who was asked, what it said, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "model %q", e.Model)
	if e.Endpoint != "" {
		fmt.Fprintf(&b, " at %s", e.Endpoint)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d", e.Status)
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	b.WriteString(e.details())
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

func (e *Error) details() string {
	var parts []string
	if e.Code != "" && !strings.Contains(e.Message, e.Code) {
		parts = append(parts, "code "+e.Code)
	}
	if e.RequestID != "" {
		parts = append(parts, "request "+e.RequestID)
	}
	if e.Tries > 1 {
		parts = append(parts, fmt.Sprintf("%d tries", e.Tries))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the [Error] in err's tree, or "" if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}
