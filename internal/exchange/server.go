package exchange

import (
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// Server is whom a model asks, and how. It is not changed once it is in use, and then safe for concurrent use.
type Server struct {
	// Provider and Model name who is asked, in errors and logs.
	Provider, Model string
	// Address is where requests go, for people; it may hold secrets that Redact knows.
	Address string
	// HTTP performs the requests. See [Client].
	HTTP *http.Client
	// Policy is the document's.
	Policy *retry.Policy
	// Redact takes secrets out of what others said; nil knows only the shapes of common keys.
	Redact *model.Redactor
	// Log is told of requests (debug) and of failed tries (warn), never of their contents.
	Log *slog.Logger
	// NewID names tool requests that a server left without an id.
	NewID func() string
	// Hint says what to do about an error where the provider knows more than its kind tells; it returns "" where it does
	// not. It may be nil.
	Hint func(*model.Error) string
}

// Options are the surroundings of a model, which its provider hands on. Nil fields mean defaults.
type Options struct {
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID nil means random UUIDs.
	NewID func() string
}

// Use sets the policy and what the surroundings bring, on a server that is being made.
func (s *Server) Use(policy *spec.RetryPolicy, o Options) {
	s.Log, s.NewID = o.Logger, o.NewID
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.NewID == nil {
		s.NewID = uuid.NewString
	}
	if s.Redact == nil {
		s.Redact = model.NewRedactor()
	}
	s.Policy = retry.New(policy, &retry.Options{Random: o.Random, Notify: s.logTry})
}

// Client returns what performs requests through a transport. Redirects are not followed: a key must not travel, and a POST
// would become a GET.
func Client(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
