package exchange

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Complete adds what every error of the model says, and takes secrets out of what others said.
func (s *Server) Complete(e *model.Error) *model.Error {
	e.Provider, e.Model = s.Provider, s.Model
	e.Endpoint = s.Redact.Redact(s.Address)
	e.Message = shorten(s.Redact.Redact(e.Message))
	e.Code = s.Redact.Redact(e.Code)
	e.RequestID = s.Redact.Redact(e.RequestID)
	return e
}

// Failure completes an error that another try may mend.
func (s *Server) Failure(e *model.Error, f *retry.Failure) error {
	f.Err = s.Complete(e)
	e.Retryable = s.Policy.Retryable(f)
	return f
}

// maxMessage bounds what is quoted of a server's answer.
const maxMessage = 600

// shorten makes a text one line of bounded length.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= maxMessage {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:maxMessage])) + "..."
}

// requestHeaders are those that providers name a request by, in canonical form: OpenAI and most others, Azure, Oracle.
var requestHeaders = []string{"X-Request-Id", "Request-Id", "Opc-Request-Id"}

func requestID(res *http.Response) string {
	for _, name := range requestHeaders {
		if id := res.Header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// Refused is the failure of an answer that is not 2xx.
func (s *Server) Refused(res *http.Response, body []byte) error {
	e := &model.Error{Status: res.StatusCode, RequestID: requestID(res)}
	if res.StatusCode < 400 {
		e.Kind = model.KindRedirect
		e.Message = "the server redirects to " + shownURL(res.Header.Get("Location"))
		e.Hint = "redirects are not followed; if you trust that address, put it into the configuration's url"
		return s.Complete(e)
	}
	retryAfter := res.Header.Get("Retry-After")
	if v, err := value.ParseJSON(body); err == nil {
		describe(e, v)
		if delay, ok := strings.CutSuffix(detail(v.Get("error"), "retryDelay"), "s"); ok && retryAfter == "" {
			retryAfter = delay
		}
	}
	if e.Message == "" {
		e.Message = plainMessage(body)
	}
	s.classify(e)
	return s.Failure(e, &retry.Failure{
		Status: res.StatusCode, Body: string(body), RetryAfter: retryAfter,
	})
}

// shownURL is an address without what could be a secret.
func shownURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return "another address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// ErrorOf returns the error that a body or an event reports, or nil.
func ErrorOf(v value.Value) *model.Error {
	switch reported := v.Get("error"); {
	case !reported.IsNull():
	case v.Get("object").Str() == "error", v.Get("type").Str() == "error":
	default:
		return nil
	}
	e := &model.Error{}
	describe(e, v)
	return e
}

// describe reads message, code and status of an error in the shapes that servers use: OpenAI's {"error": {message, type,
// code}}, Ollama's {"error": text}, vLLM's bare {message, type, code}, FastAPI's {"detail": ...}, Oracle's {code, message},
// Google's {"error": {code, message, status, details}}, which may come in a list.
func describe(e *model.Error, body value.Value) {
	if list, ok := body.AsList(); ok && len(list) == 1 {
		body = list[0]
	}
	reported := body.Get("error")
	if reported.IsNull() {
		reported = body
	}
	if s, ok := reported.AsString(); ok {
		e.Message = s
		return
	}
	e.Message = reported.Get("message").Str()
	if e.Message == "" && !body.Get("detail").IsNull() {
		e.Message = value.Text(body.Get("detail"))
	}
	code := reported.Get("code")
	if n, ok := code.AsInt(); ok && n >= 400 && n < 600 && e.Status == 0 {
		e.Status = int(n)
	}
	e.Code = cmp.Or(code.Str(), reported.Get("type").Str(), detail(reported, "reason"), reported.Get("status").Str())
}

// detail finds a field in the details of Google's errors (https://google.aip.dev/193), such as the reason of an
// ErrorInfo or the retryDelay of a RetryInfo.
func detail(reported value.Value, key string) string {
	details, _ := reported.Get("details").AsList()
	for _, d := range details {
		if s := d.Get(key).Str(); s != "" {
			return s
		}
	}
	return ""
}

// Reported is the failure that a 200 or an event of a stream tells of.
func (s *Server) Reported(res *http.Response, e *model.Error) error {
	e.RequestID = requestID(res)
	if e.Message == "" {
		e.Message = "the server reported an error without a message"
	}
	s.classify(e)
	if e.Status == 0 {
		return s.Complete(e)
	}
	return s.Failure(e, &retry.Failure{Status: e.Status, Body: e.Code + " " + e.Message})
}

var (
	htmlTitle = lazy(`(?is)<title[^>]*>(.*?)</title>`)
	htmlTag   = lazy(`(?s)<(?:style|script).*?</(?:style|script)>|<[^>]*>`)
)

// plainMessage makes a message of a body that is not JSON.
func plainMessage(body []byte) string {
	if !looksLikeHTML(body) {
		return string(body)
	}
	if title := htmlTitle().FindSubmatch(body); title != nil {
		return "an HTML page: " + html.UnescapeString(string(title[1]))
	}
	return "an HTML page: " + html.UnescapeString(htmlTag().ReplaceAllString(string(body), " "))
}

func looksLikeHTML(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return bytes.HasPrefix(start, []byte("<!doctype")) || bytes.HasPrefix(start, []byte("<html")) ||
		bytes.HasPrefix(start, []byte("<head")) || bytes.HasPrefix(start, []byte("<?xml"))
}

// answerError is the failure of an answer that came as the protocol wants it, but is none. It is not tried again.
func (s *Server) answerError(res *http.Response, e *model.Error) error {
	e.Status, e.RequestID = 0, requestID(res)
	return s.Complete(e)
}

// malformed is the failure of an answer that is none of the protocol. It is not tried again.
func (s *Server) malformed(res *http.Response, body []byte, why string) error {
	e := &model.Error{Kind: model.KindProtocol, Message: why, RequestID: requestID(res)}
	switch {
	case looksLikeHTML(body):
		e.Message = "the answer is not JSON but " + plainMessage(body)
		e.Hint = "something between here and the model may have answered, or the url is a web page; check the url"
	case len(body) > 0:
		e.Message += "; it begins with " + shortQuote(s.Redact.Redact(string(body)))
	}
	return s.Complete(e)
}

func shortQuote(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		text = string(r[:most])
	}
	return fmt.Sprintf("%q", text)
}

// Broken is the failure of an answer whose body could not be read to its end.
func (s *Server) Broken(ctx context.Context, out *Output, res *http.Response, err error) error {
	if e := s.ended(ctx, out); e != nil {
		return e
	}
	e := &model.Error{
		Kind: model.KindIncomplete, Message: causeText(err), RequestID: requestID(res), Err: cause(err),
		Hint: "the server or something between broke the connection; try again",
	}
	return s.Failure(e, &retry.Failure{})
}

// ended is the failure of a call whose time is over, the try's or the caller's, or nil.
func (s *Server) ended(ctx context.Context, out *Output) error {
	if ctx.Err() == nil {
		return nil
	}
	if !errors.Is(context.Cause(ctx), retry.ErrTimeout) {
		return s.cancelled(ctx)
	}
	message := fmt.Sprintf("no answer within %s", s.Policy.Timeout())
	if out.delivered {
		message = fmt.Sprintf("the answer did not end within %s", s.Policy.Timeout())
	}
	return s.Failure(&model.Error{
		Kind: model.KindTimeout, Message: message, Err: context.DeadlineExceeded,
		Hint: "raise request_timeout in the retry_policy, or ask for less with max_tokens",
	}, &retry.Failure{})
}

// cancelled is the failure of a call whose caller wants no more.
func (s *Server) cancelled(ctx context.Context) *model.Error {
	e := &model.Error{Kind: model.KindCancelled, Message: "cancelled", Err: ctx.Err()}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		e.Kind, e.Message = model.KindTimeout, "no complete answer before the caller's deadline"
	}
	if why := context.Cause(ctx); why != nil && !errors.Is(why, ctx.Err()) {
		e.Message += ": " + why.Error()
		e.Err = errors.Join(ctx.Err(), why)
	}
	return s.Complete(e)
}

// Unanswered is the failure of a request to which no answer came.
func (s *Server) Unanswered(ctx context.Context, out *Output, err error) error {
	if e := s.ended(ctx, out); e != nil {
		return e
	}
	e := &model.Error{Kind: model.KindUnreachable, Message: causeText(err), Err: cause(err)}
	if isTLS(err) {
		e.Kind = model.KindTLS
		e.Hint = "check the url, or give the certificate of the server's authority as ca_file"
		if errors.Is(err, http.ErrSchemeMismatch) {
			e.Hint = "the server speaks plain HTTP; write the url with http://"
		}
		return s.Complete(e)
	}
	e.Hint = s.hint(e, unreachableHint(err))
	return s.Failure(e, &retry.Failure{})
}

func unreachableHint(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "check the host name in the url"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "is the server running, and is the url right?"
	}
	return "check the url and the network"
}

// cause strips the request from a transport's error, because that quotes the address with all it holds.
func cause(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func causeText(err error) string {
	err = cause(err)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if errors.Is(err, errCutOff) {
			return errCutOff.Error()
		}
		return "the connection was closed before the answer was complete"
	}
	return err.Error()
}

// isTLS reports whether a connection failed for want of trust, which no further try will mend (reference:
// _is_tls_or_cert_error).
func isTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	return errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(err.Error(), "remote error: tls:")
}
