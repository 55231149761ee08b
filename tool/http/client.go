package http

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/url"
	"time"

	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

const (
	// DefaultMaxBody is how large an answer may be unless [Options.MaxBody] says otherwise.
	DefaultMaxBody = 16 << 20
	// DefaultTimeout bounds a request without a retry policy unless [Options.Timeout] says otherwise.
	DefaultTimeout = time.Minute
)

// Options say how a [Client] works. Nil means defaults.
type Options struct {
	// MaxBody bounds the size of an answer in bytes; default [DefaultMaxBody].
	MaxBody int64
	// Timeout bounds a request that has no retry policy; default [DefaultTimeout].
	Timeout time.Duration
	// PrivateNetworks lets names lead to addresses that are not public.
	PrivateNetworks bool
	// Proxy returns the proxy for a request; nil means that of the environment.
	Proxy func(*nethttp.Request) (*url.URL, error)
	// Resolver looks up names; nil means the system's.
	Resolver *net.Resolver
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	opts Options
	// transports keep their connections apart by how far they may have gone, so that none is used for a request that may
	// not go as far.
	transports [allow.Local + 1]*nethttp.Transport
}

// New returns a client. [Client.Close] it when the last request is done.
func New(o *Options) *Client {
	c := &Client{}
	if o != nil {
		c.opts = *o
	}
	if c.opts.MaxBody <= 0 {
		c.opts.MaxBody = DefaultMaxBody
	}
	if c.opts.Timeout <= 0 {
		c.opts.Timeout = DefaultTimeout
	}
	if c.opts.Proxy == nil {
		c.opts.Proxy = nethttp.ProxyFromEnvironment
	}
	for reach := range c.transports {
		c.transports[reach] = newTransport(allow.Reach(reach), &c.opts)
	}
	return c
}

// Close closes the connections that are kept for later requests. Requests under way go on.
func (c *Client) Close() {
	for _, t := range c.transports {
		t.CloseIdleConnections()
	}
}

// Request is one request, ready to be sent.
type Request struct {
	// Name is that of the component that sends it, for errors.
	Name   string
	Method string
	// URL is where it goes; credentials in it become a header.
	URL    *url.URL
	Header nethttp.Header
	Body   []byte
	// Secrets are texts that no error may show.
	Secrets []string
	// Allow are the URLs where it may go.
	Allow *allow.List
	// Spelled is true if the document spells out the host, so that it may be an address that is not public.
	Spelled bool
	// Retry is the retry policy; nil means none.
	Retry *spec.RetryPolicy
}

// Answer is a successful answer: its status is 2xx.
type Answer struct {
	Status int
	Body   []byte
}

// Do sends a request, again if its retry policy wants it, and returns the answer. It blocks until then, and leaves no
// goroutine behind but those of connections kept for later. The error is a [*tool.Error], or that of ctx if ctx ended it.
func (c *Client) Do(ctx context.Context, r *Request) (*Answer, error) {
	if !r.Allow.Allows(r.URL) {
		return nil, r.failf("ValueError", nil, "the URL is not in url_allow_list; add an entry that it begins with")
	}
	var answer *Answer
	_, err := c.policy(r).Do(ctx, func(try context.Context) error {
		var err error
		answer, err = c.try(ctx, try, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// policy is the retry policy of a request as far as it may be followed.
func (c *Client) policy(r *Request) *retry.Policy {
	if r.Retry == nil {
		seconds := c.opts.Timeout.Seconds()
		return retry.New(&spec.RetryPolicy{RequestTimeout: &seconds}, nil)
	}
	p := *r.Retry
	if !repeatable[r.Method] {
		p.ServiceErrorRetryOnAny5xx = false
	}
	return retry.New(&p, nil)
}

// repeatable are the methods that mean the same however often they are repeated (RFC 9110, 9.2.2).
var repeatable = map[string]bool{
	nethttp.MethodGet: true, nethttp.MethodHead: true, nethttp.MethodOptions: true, nethttp.MethodTrace: true,
	nethttp.MethodPut: true, nethttp.MethodDelete: true,
}

// try sends the request once. An error for which another try may help is a [*retry.Failure].
func (c *Client) try(caller, ctx context.Context, r *Request) (*Answer, error) {
	req, err := nethttp.NewRequestWithContext(ctx, r.Method, r.URL.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, r.failf("ValueError", nil, "the request cannot be sent: its method or URL is wrong")
	}
	setHeader(req, r)
	proxy, err := c.opts.Proxy(req)
	if err != nil {
		return nil, r.failf(connectError.class, connectError.ancestors, "the proxy of the environment is no URL")
	}
	resp, err := c.transports[c.reach(r, proxy != nil)].RoundTrip(req)
	if err != nil {
		return nil, r.unanswered(caller, ctx, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is lost: what was read is all that is wanted
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.opts.MaxBody+1))
	if err != nil {
		return nil, r.unanswered(caller, ctx, err)
	}
	if int64(len(body)) > c.opts.MaxBody {
		return nil, r.failf(tool.RuntimeError, nil,
			"the answer is larger than %d bytes; raise the bound of answers (MaxBody) if it has to be", c.opts.MaxBody)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, &retry.Failure{
			Err: r.refused(resp, body), Status: resp.StatusCode, Body: string(body), RetryAfter: resp.Header.Get("Retry-After"),
		}
	}
	return &Answer{Status: resp.StatusCode, Body: body}, nil
}

func setHeader(req *nethttp.Request, r *Request) {
	req.Header = r.Header.Clone()
	if req.Header == nil {
		req.Header = nethttp.Header{}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	if u := r.URL.User; u != nil && req.Header.Get("Authorization") == "" {
		password, _ := u.Password()
		req.SetBasicAuth(u.Username(), password)
	}
	setDefault(req.Header, "User-Agent", "wayflow")
	setDefault(req.Header, "Accept", "*/*")
	if key := tool.IdempotencyKey(req.Context()); key != "" && !repeatable[r.Method] {
		setDefault(req.Header, "Idempotency-Key", key)
	}
	if len(r.Body) == 0 {
		req.Body, req.GetBody = nethttp.NoBody, nil
	}
}

func setDefault(h nethttp.Header, name, v string) {
	if h.Get(name) == "" {
		h.Set(name, v)
	}
}

// reach is how far a connection for the request may go.
func (c *Client) reach(r *Request, proxied bool) allow.Reach {
	listed := r.Allow.Lists(r.URL)
	_, literal := allow.Literal(r.URL)
	switch {
	case proxied || c.opts.PrivateNetworks || literal && (listed || r.Spelled):
		return allow.Local
	case listed:
		return allow.Private
	default:
		return allow.Public
	}
}

// errTooFar means that an address may not be connected to.
type errTooFar struct{ addr string }

func (e *errTooFar) Error() string { return fmt.Sprintf("its address %s is not public", e.addr) }

// unanswered is the error of a request without an answer. An end of the caller's context is his own affair.
func (r *Request) unanswered(caller, ctx context.Context, err error) error {
	if caller.Err() != nil {
		return context.Cause(caller)
	}
	if far, ok := errors.AsType[*errTooFar](err); ok {
		return r.failf("ValueError", nil, "the host is refused: %s; if it is meant, list the URL in url_allow_list "+
			"(for link-local addresses, by the address), or allow private networks", far)
	}
	k := kindOf(ctx, err)
	f := r.failf(k.class, k.ancestors, "no answer: %s", k.problem(ctx, err))
	if k.final || !repeatable[r.Method] && !k.unsent {
		return f
	}
	return &retry.Failure{Err: f}
}
