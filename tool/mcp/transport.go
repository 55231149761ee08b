package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/internal/pem"
	"github.com/wayflow-go/wayflow/spec"
)

// newTransport returns a transport of the SDK, and what to call when it is not needed any more.
func (s *session) newTransport() (sdk.Transport, func(), error) {
	switch t := s.transport.(type) {
	case *spec.StdioTransport:
		return s.newStdio(t)
	case *spec.SSETransport, *spec.SSEmTLSTransport:
		client, stop, err := s.newHTTP()
		return &sdk.SSEClientTransport{Endpoint: s.remote().URL, HTTPClient: client}, stop, err
	case *spec.StreamableHTTPTransport, *spec.StreamableHTTPmTLSTransport:
		client, stop, err := s.newHTTP()
		return &sdk.StreamableClientTransport{Endpoint: s.remote().URL, HTTPClient: client}, stop, err
	}
	return nil, nil, fmt.Errorf("a %s is not supported", spec.TypeName(s.transport))
}

// Check reports what is wrong with a transport, as far as can be seen without using it.
func Check(t spec.ClientTransport) error {
	switch t := t.(type) {
	case nil:
		return errors.New("it has no transport")
	case *spec.StdioTransport:
		return checkStdio(t)
	case spec.RemoteTransport:
		r := t.Remote()
		u, err := url.Parse(r.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return errors.New("the URL of the transport is none; write one such as https://example.com/mcp")
		}
		if config, ok := r.Auth.(*spec.OAuthConfig); ok {
			return checkOAuth(config)
		}
		return nil
	}
	return fmt.Errorf("a %s is not supported", spec.TypeName(t))
}

func (s *session) remote() *spec.RemoteTransportBase {
	return s.transport.(spec.RemoteTransport).Remote()
}

// certificate are the files of a transport in which the client has a certificate.
func certificate(t spec.ClientTransport) pem.Files {
	var c spec.ClientCertificate
	switch t := t.(type) {
	case *spec.SSEmTLSTransport:
		c = t.ClientCertificate
	case *spec.StreamableHTTPmTLSTransport:
		c = t.ClientCertificate
	}
	return pem.Files{Key: c.KeyFile, Cert: c.CertFile, CA: c.CAFile}
}

const (
	defaultConnectTimeout = 5 * time.Second
	defaultSSEReadTimeout = 5 * time.Minute
)

// newHTTP returns an HTTP client that talks with the server and nobody else.
func (s *session) newHTTP() (*http.Client, func(), error) {
	r := s.remote()
	config, err := certificate(s.transport).Load()
	if err != nil {
		return nil, nil, err
	}
	endpoint, err := url.Parse(r.URL)
	if err != nil {
		return nil, nil, errors.New("the URL of the transport is none")
	}
	connect := cmp.Or(seconds(r.Timeout), defaultConnectTimeout)
	if r.RetryPolicy != nil && r.RetryPolicy.RequestTimeout != nil {
		connect = seconds(*r.RetryPolicy.RequestTimeout)
	}
	base := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: connect}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    connect,
		ResponseHeaderTimeout:  cmp.Or(seconds(r.SSEReadTimeout), defaultSSEReadTimeout),
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 1 << 20,
		IdleConnTimeout:        time.Minute,
	}
	var trip http.RoundTripper = &headers{session: s, base: base, origin: originOf(endpoint)}
	if s.access != nil {
		trip = &authorized{access: s.access, next: trip}
	}
	return &http.Client{Transport: trip}, base.CloseIdleConnections, nil
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// headers adds the headers of the transport, keeps requests at the server that they are meant for, and notes how they
// fail.
type headers struct {
	session *session
	base    http.RoundTripper
	origin  string
}

// RoundTrip implements [http.RoundTripper].
func (h *headers) RoundTrip(req *http.Request) (*http.Response, error) {
	if originOf(req.URL) != h.origin {
		return nil, errors.New("the server leads to another host than the transport names, where nothing is sent to")
	}
	req = req.Clone(req.Context())
	r := h.session.remote()
	for _, header := range r.Headers {
		req.Header.Set(header.Key, header.Value)
	}
	for _, header := range r.SensitiveHeaders {
		req.Header.Set(header.Key, header.Value)
	}
	resp, err := h.base.RoundTrip(req)
	if err == nil && resp.StatusCode >= 400 && !tolerated(req, resp) {
		h.session.status.Store(int64(resp.StatusCode))
	}
	return resp, err
}

// tolerated reports whether an answer says no more than that the server has no stream of its own, or no sessions.
func tolerated(req *http.Request, resp *http.Response) bool {
	return req.Method != http.MethodPost && resp.StatusCode == http.StatusMethodNotAllowed
}

// detached is a context for work that serves more than the call which began it.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
}
