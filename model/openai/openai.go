package openai

import (
	"log/slog"
	"net/http"
	"os"

	"github.com/google/uuid"
	client "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// Options are the surroundings of a [Model]. Nil means defaults.
type Options struct {
	// Transport performs the requests; nil means one of the model's own, made by [model.NewTransport]. Give all models
	// of a program the same, so that they share connections. A configuration with TLS files gets a copy of it with
	// connections of its own, which only works for an *http.Transport.
	Transport http.RoundTripper
	// Env looks up environment variables; nil means [os.Getenv].
	Env func(string) string
	// ShareKey sends the OPENAI_API_KEY of the environment also to an OpenAI-compatible server whose configuration
	// gives no key. vLLM and Ollama never get it.
	ShareKey bool
	// Logger is told of requests (debug) and of failed tries (warn), never of their contents; nil discards.
	Logger *slog.Logger
	// Random returns numbers from 0 up to 1 for the jitter of retries; nil means math/rand.
	Random func() float64
	// NewID names tool requests that a server left without an id; nil means random UUIDs.
	NewID func() string
}

// Model is a model behind OpenAI's protocol. It implements [model.Model] and is safe for concurrent use.
type Model struct {
	*settings
	client client.Client
	http   *http.Client
	// owned is true if the connections belong to this model alone.
	owned  bool
	policy *retry.Policy
	redact *model.Redactor
	log    *slog.Logger
	newID  func() string
}

var _ model.Model = (*Model)(nil)

// New returns the model of a configuration: an OpenAiConfig, OpenAiCompatibleConfig, VllmConfig or OllamaConfig, or a bare
// LlmConfig whose provider or api_type says that its server speaks this protocol. Any other gets an error of kind
// [model.KindUnsupported]. New does not touch the network. All its errors are a [*model.Error].
func New(cfg spec.LlmConfig, o *Options) (*Model, error) {
	opts := withDefaults(o)
	s, problem := readConfig(cfg, &opts)
	m := &Model{
		settings: s, log: opts.Logger, newID: opts.NewID,
		redact: model.NewRedactor(append(s.endpoint.secrets, s.key)...),
	}
	if problem != nil {
		return nil, m.complete(problem)
	}
	transport, owned, err := chooseTransport(opts.Transport, s.tls)
	if err != nil {
		return nil, m.complete(configError(err.Error()))
	}
	m.owned = owned
	m.http = &http.Client{Transport: transport, CheckRedirect: stay}
	m.client = client.Client{Options: m.clientOptions()}
	m.policy = retry.New(s.retry, &retry.Options{Random: opts.Random, Notify: m.logTry})
	return m, nil
}

func withDefaults(o *Options) Options {
	var opts Options
	if o != nil {
		opts = *o
	}
	if opts.Env == nil {
		opts.Env = os.Getenv
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.NewID == nil {
		opts.NewID = uuid.NewString
	}
	return opts
}

// stay keeps redirects from being followed: the key must not travel, and a POST would become a GET.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// clientHeaders tell OpenAI about its client and the machine it runs on, which is no other server's business. They are in
// canonical form.
var clientHeaders = []string{
	"X-Stainless-Lang", "X-Stainless-Package-Version", "X-Stainless-Os", "X-Stainless-Arch", "X-Stainless-Runtime",
	"X-Stainless-Runtime-Version", "X-Stainless-Retry-Count", "X-Stainless-Timeout",
}

// clientOptions configure the official client. It is not made by its NewClient, which reads half a dozen OPENAI_
// variables of the environment, a base URL and headers among them.
func (m *Model) clientOptions() []option.RequestOption {
	options := []option.RequestOption{
		option.WithHTTPClient(m.http),
		option.WithBaseURL(m.endpoint.base),
		option.WithMaxRetries(0),
		option.WithMiddleware(tidy),
	}
	if m.key != "" {
		options = append(options, option.WithAPIKey(m.key))
	}
	return options
}

// CloseIdleConnections closes the connections that the model keeps for later calls, if they are its own; those of a
// transport that [Options] brought are left to who brought it.
func (m *Model) CloseIdleConnections() {
	if m.owned {
		m.http.CloseIdleConnections()
	}
}
