package google

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"

	"google.golang.org/genai"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/pem"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// Config says which model is asked, and how it is reached.
type Config struct {
	ModelID string
	// Auth nil means a key of AI Studio, that of the environment.
	Auth spec.GeminiAuthConfig
	// URL is where the server is; empty means Google's.
	URL string
	// Key is used if Auth brings none.
	Key   string
	Retry *spec.RetryPolicy
}

// Options are the surroundings of a [Client]. Nil fields mean defaults.
type Options struct {
	// Transport performs the requests; nil means one of the client's own, made by [model.NewTransport].
	Transport http.RoundTripper
	// Env looks up environment variables; nil means [os.Getenv].
	Env func(string) string
	// ShareKey sends the key, or the credentials, of the environment also to a URL that is not Google's.
	ShareKey bool
	Logger   *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID names tool requests that a server left without an id; nil means random UUIDs.
	NewID func() string
}

// Client asks one model. It is safe for concurrent use.
type Client struct {
	exchange.Server
	// Vertex is true for Vertex AI, false for the Gemini API.
	Vertex bool
	models *genai.Models
	// owned is true if the connections belong to this client alone.
	owned bool
}

// New returns a client. It does not touch the network. All its errors are a [*model.Error].
func New(cfg Config, o Options) (*Client, error) {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	a, problem := readAccess(&cfg, &o)
	c := &Client{Vertex: a.vertex, Server: exchange.Server{
		Provider: Provider, Model: cfg.ModelID, Address: a.address(cfg.ModelID), Redact: model.NewRedactor(a.secrets...),
	}}
	c.Hint = a.hint
	c.Use(cfg.Retry, exchange.Options{Logger: o.Logger, Random: o.Random, NewID: o.NewID})
	if problem != nil {
		return nil, c.Complete(problem)
	}
	transport, owned, err := exchange.Transport(o.Transport, pem.Files{})
	if err != nil {
		return nil, c.Complete(configError(err.Error()))
	}
	c.owned = owned
	c.HTTP = exchange.Client(&relay{next: transport, token: a.tokens(exchange.Client(transport))})
	made, err := genai.NewClient(context.Background(), a.client(c.HTTP))
	if err != nil {
		return nil, c.Complete(configError(err.Error()))
	}
	c.models = made.Models
	return c, nil
}

// CloseIdleConnections closes the connections that the client keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (c *Client) CloseIdleConnections() {
	if c.owned {
		c.HTTP.CloseIdleConnections()
	}
}

// Send makes one call of the official client, and returns the answer as it came off the wire; what the client itself gives
// back means nothing. The body is what [Body] handed to it.
func (c *Client) Send(ctx context.Context, call func(context.Context, *genai.Models) error) (*http.Response, error) {
	s := &slot{}
	err := call(context.WithValue(ctx, slotKey{}, s), c.models)
	switch {
	case s.res != nil:
		return s.res, nil
	case s.err != nil:
		return nil, s.err
	case err == nil:
		err = errors.New("the client made no request")
	}
	return nil, configError(err.Error()) // such as a name that no model can have
}

// Body makes the official client send fields as the body, in place of its own.
func Body(fields map[string]any) *genai.HTTPOptions {
	return &genai.HTTPOptions{ExtrasRequestProvider: func(map[string]any) map[string]any { return fields }}
}

// slot is where a call finds the answer.
type slot struct {
	res *http.Response
	err error
}

type slotKey struct{}

// relay performs the requests of the official client. It keeps the answer in the slot of the call, and gives the client an
// empty one in its place.
type relay struct {
	next http.RoundTripper
	// token returns an access token; nil sends none.
	token func(context.Context) (string, error)
}

// RoundTrip implements [http.RoundTripper].
func (r *relay) RoundTrip(req *http.Request) (*http.Response, error) {
	s, ok := req.Context().Value(slotKey{}).(*slot)
	if !ok {
		return nil, errors.New("google: a request without a call")
	}
	if r.token != nil {
		token, err := r.token(req.Context())
		if err != nil {
			s.err = err
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if s.res, s.err = r.next.RoundTrip(req); s.err != nil {
		return nil, s.err
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// CloseIdleConnections closes those of the transport below.
func (r *relay) CloseIdleConnections() {
	if t, ok := r.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
