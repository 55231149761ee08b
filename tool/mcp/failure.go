package mcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

const connectionError = "ConnectionError"

// NoSuchToolError says that a server does not have a tool that a toolbox wants of it.
type NoSuchToolError struct {
	// Toolbox is the name of the toolbox, and Tool that of the tool.
	Toolbox, Tool string
	// Has are the names of the tools that the server has.
	Has []string
}

// Error implements error.
func (e *NoSuchToolError) Error() string {
	return fmt.Sprintf("toolbox %q: the server has no tool %q; it has %q", e.Toolbox, e.Tool, e.Has)
}

// ErrorClass implements [tool.Classed].
func (e *NoSuchToolError) ErrorClass() string { return "NoSuchToolFoundOnMCPServerError" }

// policy repeats what failed for a reason that may pass; its zero value never does.
type policy struct{ retry *retry.Policy }

// newPolicy returns the policy of a tool, else that of its transport. Of a policy only attempts and delays count here:
// time is bounded by the parameters of the session.
func newPolicy(own *spec.RetryPolicy, t spec.ClientTransport) policy {
	if remote, ok := t.(spec.RemoteTransport); ok && own == nil {
		own = remote.Remote().RetryPolicy
	}
	if own == nil {
		return policy{}
	}
	p := *own
	p.RequestTimeout = nil
	return policy{retry.New(&p, nil)}
}

// do runs f, again where the policy wants it.
func (p policy) do(ctx context.Context, s *session, f func(context.Context) error) error {
	if p.retry == nil {
		return f(ctx)
	}
	_, err := p.retry.Do(ctx, func(ctx context.Context) error {
		err := f(ctx)
		_, missing := errors.AsType[*NoSuchToolError](err)
		switch {
		case err == nil || ctx.Err() != nil || s.access.wanted() != nil:
			return err
		case missing || s.unreached(err):
			return &retry.Failure{Err: err, Status: int(s.status.Load())}
		}
		return err
	})
	return err
}

// unreached reports whether an error says that there is no talking with the server, for now.
func (s *session) unreached(err error) bool {
	_, noSession := errors.AsType[*openError](err)
	_, ofNet := errors.AsType[net.Error](err)
	return noSession || ofNet || broken(err) || s.status.Load() >= 400
}

// failure is what an error of a session comes to.
func (s *session) failure(ctx context.Context, name string, err error) error {
	if _, ok := errors.AsType[*tool.Error](err); ok {
		return err
	}
	if login := s.access.wanted(); login != nil {
		return login.named(name)
	}
	if denied, ok := errors.AsType[*accessError](err); ok {
		return tool.Failf(name, denied.class, "%s", denied.Error())
	}
	switch {
	case errors.Is(err, errSilent):
		e := tool.Failf(name, tool.TimeoutError, "the server did not answer within %s; raise read_timeout_seconds in the session_parameters of its transport if it needs longer", s.readTimeout())
		e.Err = context.DeadlineExceeded
		return e
	case ctx.Err() != nil:
		return fmt.Errorf("tool %q: %w", name, context.Cause(ctx))
	}
	if classed, ok := errors.AsType[tool.Classed](err); ok {
		e := tool.Failf(name, classed.ErrorClass(), "%s", err)
		e.Err = err
		return e
	}
	e := tool.Failf(name, tool.RuntimeError, "%s", s.explain(err))
	if answered, ok := errors.AsType[*jsonrpc.Error](err); ok && !s.unreached(err) {
		e.Message = "the server refuses the call: " + answered.Message
		if answered.Code == jsonrpc.CodeInvalidParams {
			e.Class = tool.ValueError
		}
	} else if s.unreached(err) {
		e.Class, e.Ancestors = connectionError, []string{"OSError"}
	}
	e.Err = err
	return e
}

// explain says what went wrong with a server, and what may help.
func (s *session) explain(err error) string {
	err = started(err)
	text := plain(err)
	if tail := s.stderr.Load(); tail != nil {
		if line := tail.LastLine(); line != "" {
			text += "; the last that it printed is: " + line
		}
	}
	switch s.status.Load() {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "the server wants to know who calls; give the transport an auth, or a header with a key: " + text
	case http.StatusNotFound:
		return "the server has nothing at this address; check the url of the transport: " + text
	case http.StatusMethodNotAllowed:
		return "the server does not speak this transport; use the other one of SSE and streamable HTTP: " + text
	}
	return "there is no talking with the server: " + text
}

// plain is the text of an error without the address, which may hold a secret.
func plain(err error) string {
	if of, ok := errors.AsType[*url.Error](err); ok {
		return of.Err.Error()
	}
	return err.Error()
}
