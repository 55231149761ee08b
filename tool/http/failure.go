package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	nethttp "net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/tool"
)

// excerpt is how much of an answer an error shows, in bytes.
const excerpt = 500

// failf returns an error that names the request without its secrets.
func (r *Request) failf(class string, ancestors []string, format string, args ...any) *tool.Error {
	return &tool.Error{
		Tool: r.Name, Class: class, Ancestors: ancestors,
		Message: r.redact(fmt.Sprintf("%s %s: %s", r.Method, r.shownURL(), fmt.Sprintf(format, args...))),
	}
}

// refused is the error of an answer that is not 2xx.
func (r *Request) refused(resp *nethttp.Response, body []byte) *tool.Error {
	status := fmt.Sprint(resp.StatusCode)
	if text := nethttp.StatusText(resp.StatusCode); text != "" {
		status += " " + text
	}
	if resp.Header.Get("Location") != "" && resp.StatusCode < 400 {
		status += ", and redirects are not followed"
	}
	if len(body) == 0 {
		return r.failf(tool.RuntimeError, nil, "the answer is %s, without a body", status)
	}
	return r.failf(tool.RuntimeError, nil, "the answer is %s: %s", status, r.start(body))
}

// start is the beginning of an answer. What has to be hidden is before it is cut, so that no half of it is left.
func (r *Request) start(body []byte) string {
	if len(body) > 16*excerpt {
		body = body[:16*excerpt]
	}
	text := r.redact(strings.ToValidUTF8(string(body), "\uFFFD"))
	if len(text) <= excerpt {
		return text
	}
	end := excerpt
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

// shownURL is the URL without what may be secret.
func (r *Request) shownURL() string {
	u := *r.URL
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String()
}

// redacted stands for a secret.
const redacted = "[redacted]"

// minSecret is the length below which a secret is not looked for: it would hide half the text, and is none.
const minSecret = 4

func (r *Request) redact(text string) string {
	var secrets []string
	for _, s := range r.Secrets {
		secrets = append(secrets, s)
		if _, token, ok := strings.Cut(s, " "); ok { // of "Bearer x", x
			secrets = append(secrets, token)
		}
	}
	if p, ok := r.URL.User.Password(); ok {
		secrets = append(secrets, p, base64.StdEncoding.EncodeToString([]byte(r.URL.User.Username()+":"+p)))
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, s := range secrets {
		if len(s) >= minSecret {
			text = strings.ReplaceAll(text, s, redacted)
		}
	}
	return text
}

// kind is a way in which a request can stay without an answer, by the name of the exception of the reference's client.
type kind struct {
	class     string
	ancestors []string
	// unsent is true if the server has not seen the request, final if another try would not help.
	unsent, final bool
}

var (
	networkError = []string{"NetworkError", "TransportError", "RequestError", "HTTPError"}
	timeoutError = []string{"TimeoutException", "TransportError", "RequestError", "HTTPError", tool.TimeoutError, "OSError"}
	protocol     = []string{"ProtocolError", "TransportError", "RequestError", "HTTPError"}

	connectError   = kind{class: "ConnectError", ancestors: networkError, unsent: true}
	certificate    = kind{class: "ConnectError", ancestors: networkError, final: true}
	connectTimeOut = kind{class: "ConnectTimeout", ancestors: timeoutError, unsent: true}
	readTimeout    = kind{class: "ReadTimeout", ancestors: timeoutError}
	readError      = kind{class: "ReadError", ancestors: networkError}
	remoteProtocol = kind{class: "RemoteProtocolError", ancestors: protocol}
)

func kindOf(ctx context.Context, err error) kind {
	dial := false
	if op, ok := errors.AsType[*net.OpError](err); ok {
		dial = op.Op == "dial" || op.Op == "proxyconnect"
	}
	_, network := errors.AsType[net.Error](err)
	switch {
	case dial && (ctx.Err() != nil || timedOut(err)):
		return connectTimeOut
	case dial:
		return connectError
	case wrongCertificate(err):
		return certificate
	case ctx.Err() != nil || timedOut(err):
		return readTimeout
	case !network && strings.Contains(err.Error(), "malformed"):
		return remoteProtocol
	}
	return readError
}

func timedOut(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

func wrongCertificate(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return verification || authority || host || record
}

// problem says what went wrong, without the URL.
func (k kind) problem(ctx context.Context, err error) string {
	if errors.Is(context.Cause(ctx), retry.ErrTimeout) {
		return "it took longer than a request may take; set request_timeout in a retry_policy if it needs more"
	}
	return err.Error()
}
