// Package a2a talks with agents that speak the A2A protocol (Agent2Agent, versions 1.0 and 0.3), through the official
// client.
//
// The address of a document is the only place that requests go to: what an agent's card says of other hosts is not followed, so
// that neither a message nor a header of the document reaches a server that it does not name.
package a2a

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/a2aproject/a2a-go/v2/a2a"
	"github.com/a2aproject/a2a-go/v2/a2aclient"
	"github.com/a2aproject/a2a-go/v2/a2aclient/agentcard"
	"github.com/a2aproject/a2a-go/v2/a2acompat/a2av0"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/spec"
)

// Defaults of Agent Spec for a session ("A2ASessionParameters") and for a request ("A2AConnectionConfig").
const (
	defaultAnswerTime     = 60 * time.Second
	defaultPollInterval   = 2 * time.Second
	defaultRequestTimeout = 600 * time.Second
	defaultPollRetries    = 5
)

// Agent is a remote agent. It is safe for concurrent use.
type Agent struct {
	name string
	base *url.URL
	http *http.Client
	// policy rules the sending of messages; asking for the state of a task has its own count.
	policy       *retry.Policy
	answerTime   time.Duration
	pollInterval time.Duration
	pollRetries  int

	mu     sync.Mutex // guards client
	client *a2aclient.Client
}

var _ remote.Agent = (*Agent)(nil)

// New returns the agent of a configuration. It does not connect; the first turn does.
func New(cfg *spec.A2AAgent) (*Agent, error) {
	base, err := url.Parse(cfg.AgentURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("agent_url of %q must be an http or https URL", cfg.Name)
	}
	conn := cfg.ConnectionConfig
	if conn == nil {
		conn = &spec.A2AConnectionConfig{}
	}
	transport, err := newTransport(base, conn)
	if err != nil {
		return nil, fmt.Errorf("connection_config of %q: %w", cfg.Name, err)
	}
	a := &Agent{
		name: cfg.Name, base: base, policy: retry.New(policyOf(conn), nil),
		http:       &http.Client{Transport: transport, CheckRedirect: stay},
		answerTime: defaultAnswerTime, pollInterval: defaultPollInterval, pollRetries: defaultPollRetries,
	}
	if s := cfg.SessionParameters; s != nil {
		a.answerTime = seconds(s.Timeout, defaultAnswerTime)
		a.pollInterval = seconds(s.PollInterval, defaultPollInterval)
		a.pollRetries = s.MaxRetries
	}
	return a, nil
}

// policyOf is the retry policy of a connection; the timeout of the connection bounds a request where the policy does not.
func policyOf(conn *spec.A2AConnectionConfig) *spec.RetryPolicy {
	timeout := seconds(conn.Timeout, defaultRequestTimeout).Seconds()
	if conn.RetryPolicy == nil {
		jitter := "full_and_equal_for_throttle"
		return &spec.RetryPolicy{
			MaxAttempts: 2, RequestTimeout: &timeout, InitialRetryDelay: 1, MaxRetryDelay: 8, BackoffFactor: 2,
			Jitter: &jitter, ServiceErrorRetryOnAny5xx: true,
		}
	}
	p := *conn.RetryPolicy
	if p.RequestTimeout == nil {
		p.RequestTimeout = &timeout
	}
	return &p
}

func seconds(s float64, otherwise time.Duration) time.Duration {
	if s <= 0 {
		return otherwise
	}
	return time.Duration(s * float64(time.Second))
}

// Close closes the connections that are kept for later requests.
func (a *Agent) Close() { a.http.CloseIdleConnections() }

// connect returns the client, which the first call makes from the agent's card.
func (a *Agent) connect(ctx context.Context) (*a2aclient.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		return a.client, nil
	}
	resolver := &agentcard.Resolver{Client: a.http, CardParser: a2av0.NewAgentCardParser()}
	card, err := resolver.Resolve(ctx, a.base.String())
	endpoints := []*a2a.AgentInterface{{URL: a.base.String(), ProtocolBinding: a2a.TransportProtocolJSONRPC, ProtocolVersion: a2av0.Version}}
	switch {
	case err == nil:
		endpoints = a.endpoints(card)
	case !withoutCard(err):
		return nil, err
	}
	a.client, err = a2aclient.NewFromEndpoints(ctx, endpoints,
		a2aclient.WithDefaultsDisabled(),
		a2aclient.WithJSONRPCTransport(a.http), a2aclient.WithRESTTransport(a.http),
		a2av0.WithJSONRPCTransport(a2av0.JSONRPCTransportConfig{Client: a.http}),
		a2av0.WithRESTTransport(a2av0.RESTTransportConfig{Client: a.http}),
	)
	return a.client, err
}

// withoutCard reports whether a server has no card: then it is an old one, and its address the endpoint itself.
func withoutCard(err error) bool {
	f, ok := errors.AsType[*retry.Failure](err)
	return ok && (f.Status == http.StatusNotFound || f.Status == http.StatusMethodNotAllowed)
}

// endpoints are those of a card, moved to the host that the document names: a card often has an address that is only
// good where its server runs.
func (a *Agent) endpoints(card *a2a.AgentCard) []*a2a.AgentInterface {
	var out []*a2a.AgentInterface
	for _, i := range card.SupportedInterfaces {
		own := *i
		if u, err := url.Parse(i.URL); err != nil || u.Host != a.base.Host || u.Scheme != a.base.Scheme {
			own.URL = a.base.String()
		}
		out = append(out, &own)
	}
	return out
}
