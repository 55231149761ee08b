// Package openai says how servers that speak OpenAI's protocol are reached: OpenAI itself, vLLM, Ollama and every compatible
// server. Packages model/openai and embed/openai ask through it.
//
// Nothing is read from the environment but OPENAI_API_KEY; that key goes to OpenAI only, unless [Options.ShareKey] says
// otherwise. Redirects are not followed.
package openai

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// Options are the surroundings of a [Client]. Nil fields mean defaults.
type Options struct {
	// Transport performs the requests; nil means one of the client's own, made by [model.NewTransport]. A configuration
	// with TLS files gets a copy of it.
	Transport http.RoundTripper
	// Service is nil for servers that nothing more is known of.
	Service *Service
	// Env looks up environment variables; nil means [os.Getenv].
	Env func(string) string
	// ShareKey sends the key of the environment also to a compatible server whose configuration gives none. vLLM and
	// Ollama never get it.
	ShareKey bool
	Logger   *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID makes ids; nil means random UUIDs.
	NewID func() string
}

// Service is a cloud whose models speak OpenAI's protocol, for the package that knows the rest of it, such as model/oci.
type Service struct {
	// Provider is how errors and logs name it; oci has rules of its own.
	Provider string
	// Header is sent with each request besides what the protocol asks for.
	Header http.Header
	// Secrets are what must not be shown.
	Secrets []string
	// Hint says what to do about an error; it returns "" where it knows no better than what is common to all.
	Hint func(*model.Error) string
}

// Client is how the server of a configuration is reached. It is safe for concurrent use.
type Client struct {
	exchange.Server
	// URL is the address of the API that was asked for, Header what goes with each request.
	URL    string
	Header http.Header
	// Official is true for OpenAI's own servers.
	Official bool
	endpoint endpoint
	hasKey   bool
	// owned is true if the connections belong to this client alone.
	owned bool
}

// New returns a client for the API whose address ends as endings say for the configuration's api_type. It does not touch
// the network. All its errors are a [*model.Error].
func New(cfg spec.LlmConfig, endings map[string]string, o Options) (*Client, error) {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Service == nil {
		o.Service = &Service{}
	}
	s, problem := readConfig(cfg, endings, &o)
	c := &Client{
		Server: exchange.Server{
			Provider: s.provider, Model: cfg.Llm().ModelID, Address: s.endpoint.shown,
			Redact: model.NewRedactor(slices.Concat(s.endpoint.secrets, []string{s.key}, o.Service.Secrets)...),
		},
		URL: s.endpoint.url, Official: s.endpoint.official, endpoint: s.endpoint, hasKey: s.key != "",
		Header: o.Service.Header.Clone(),
	}
	if c.Header == nil {
		c.Header = http.Header{}
	}
	c.Header.Set("Content-Type", "application/json")
	c.Header.Set("User-Agent", "wayflow")
	if c.Hint = o.Service.Hint; c.Hint == nil {
		c.Hint = c.hint
	}
	c.Use(cfg.Llm().RetryPolicy, exchange.Options{Logger: o.Logger, Random: o.Random, NewID: o.NewID})
	if problem != nil {
		return nil, c.Complete(problem)
	}
	transport, owned, err := exchange.Transport(o.Transport, s.tls)
	if err != nil {
		return nil, c.Complete(configError(err.Error()))
	}
	c.owned = owned
	c.HTTP = exchange.Client(transport)
	if c.hasKey {
		c.Header.Set("Authorization", "Bearer "+s.key)
	}
	return c, nil
}

// At is the address of another API of the same server.
func (c *Client) At(ending string) string { return c.endpoint.with(ending) }

// CloseIdleConnections closes the connections that the client keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (c *Client) CloseIdleConnections() {
	if c.owned {
		c.HTTP.CloseIdleConnections()
	}
}

// hint says what to do about an error, where this protocol's servers let one know.
func (c *Client) hint(e *model.Error) string {
	switch e.Kind {
	case model.KindAuth:
		switch {
		case c.hasKey:
			return "check the API key and what it may be used for"
		case c.Provider == OpenAI || c.Provider == Compatible:
			return keyHint
		}
		return "give the configuration an api_key"
	case model.KindNotFound:
		return c.notFoundHint(e)
	case model.KindUnreachable:
		if c.Provider == Ollama && errors.Is(e, syscall.ECONNREFUSED) {
			return "start the server with: ollama serve"
		}
	default:
	}
	return ""
}

func (c *Client) notFoundHint(e *model.Error) string {
	if !strings.Contains(strings.ToLower(e.Message+e.Code), "model") {
		return "check the url: the address above is what it leads to"
	}
	if c.Provider == Ollama {
		return "get the model with: ollama pull " + c.Model
	}
	return "check model_id; the server lists its models at /v1/models"
}
