package a2a

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/wayflow-go/wayflow/internal/pem"
	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/spec"
)

const (
	connectTimeout = 20 * time.Second
	// maxAnswer bounds the answer to a request.
	maxAnswer = 16 << 20
	// maxProblem is how much of an answer that reports a problem is kept.
	maxProblem = 4 << 10
)

// transport adds the headers of a document to requests to its agent, and turns answers that report a problem into errors.
type transport struct {
	host    string
	headers spec.Dict[string]
	http.Transport
}

func newTransport(base *url.URL, conn *spec.A2AConnectionConfig) (*transport, error) {
	settings, err := pem.Files{Key: text(conn.KeyFile), Cert: text(conn.CertFile), CA: text(conn.SSLCACert)}.Load()
	if err != nil {
		return nil, err
	}
	settings.InsecureSkipVerify = conn.SkipVerify
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	return &transport{
		host: base.Host, headers: conn.Headers,
		Transport: http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: settings, TLSHandshakeTimeout: connectTimeout,
			ForceAttemptHTTP2: true, IdleConnTimeout: 90 * time.Second, MaxIdleConnsPerHost: 64,
		},
	}, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// stay refuses redirects: the headers of a document are for the host that it names.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// connectionError marks what is wrong between us and the server, as against what the agent says.
type connectionError struct{ error }

func (e *connectionError) Unwrap() error { return e.error }

// RoundTrip implements [http.RoundTripper]. An error is a [*retry.Failure].
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.URL.Host == t.host {
		for _, h := range t.headers {
			req.Header.Set(h.Key, h.Value)
		}
	}
	resp, err := t.Transport.RoundTrip(req)
	if err != nil {
		return nil, &retry.Failure{Err: &connectionError{err}}
	}
	if resp.StatusCode == http.StatusOK {
		resp.Body = &bounded{resp.Body, maxAnswer}
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }() // what it says was read as far as it matters
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	return nil, &retry.Failure{
		Err:    &connectionError{&StatusError{Status: resp.StatusCode, Body: string(body)}},
		Status: resp.StatusCode, Body: string(body), RetryAfter: resp.Header.Get("Retry-After"),
	}
}

// StatusError is an answer whose HTTP status reports a problem.
type StatusError struct {
	Status int
	// Body is the beginning of the answer, at most 4 KiB.
	Body string
}

// Error implements error.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status))
	switch {
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		text += "; give the credentials that it wants in the headers of connection_config"
	case e.Status >= 300 && e.Status < 400:
		text += "; redirects are not followed, so give the new address as agent_url"
	case e.Body != "":
		text += ": " + e.Body
	}
	return text
}

// bounded is a body that ends with an error once it is larger than allowed.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is larger than %d bytes", int64(maxAnswer))
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
