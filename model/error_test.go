package model_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/wayflow-go/wayflow/model"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  model.Error
		want string
	}{
		{
			"everything",
			model.Error{
				Model: "m", Endpoint: "https://host/v1/chat/completions", Status: 401, Code: "invalid_api_key",
				Message: "Incorrect API key", RequestID: "req_1", Tries: 3, Hint: "check the key",
			},
			`model "m" at https://host/v1/chat/completions: 401 Unauthorized: Incorrect API key ` +
				`(code invalid_api_key, request req_1, 3 tries); check the key`,
		},
		{
			"no answer",
			model.Error{Model: "m", Endpoint: "http://host/v1/responses", Message: "connection refused", Tries: 1},
			`model "m" at http://host/v1/responses: connection refused`,
		},
		{
			"a code that the message names, and an odd status",
			model.Error{Model: "m", Status: 599, Code: "odd", Message: "an odd thing"},
			`model "m": 599: an odd thing`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.err.Error(); got != test.want {
				t.Errorf("Error() =\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("node %q: %w", "ask", &model.Error{Kind: model.KindTimeout, Err: context.DeadlineExceeded})
	if got := model.KindOf(err); got != model.KindTimeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("KindOf = %q", got)
	}
	if got := model.KindOf(errors.New("other")); got != "" {
		t.Errorf("KindOf of another error = %q", got)
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	r := model.NewRedactor("s3cret/+&", "s3cret", "abc", "")
	tests := []struct{ name, text, want string }{
		{"plain", "key s3cret/+&!", "key [redacted]!"},
		{"in a query", "?key=s3cret%2F%2B%26", "?key=[redacted]"},
		{"in HTML", "<b>s3cret/+&amp;</b>", "<b>[redacted]</b>"},
		{"the shorter secret", "s3cretive", "[redacted]ive"},
		{"too short for a secret", "abc", "abc"},
		{"a key of OpenAI's, half masked", "Incorrect API key provided: sk-proj-12****cdef.", "Incorrect API key provided: [redacted]"},
		{"a bearer token", `Authorization: "Bearer eyJ0.x-y"`, `Authorization: "[redacted]"`},
		{"nothing", "all is well, risk-free", "all is well, risk-free"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := r.Redact(test.text); got != test.want {
				t.Errorf("Redact(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}
