package tool

import (
	"context"

	"github.com/wayflow-go/wayflow/value"
)

// callKey is the context key under which a call is known.
type callKey struct{}

// Call is what a tool can ask of the host that calls it, by way of its context: [IdempotencyKey], [Conversation],
// [Authorization], [Emit]. A host whose contexts are of its own making returns one as the value for which [IsKey] is
// true; others use [WithCall].
type Call interface {
	// IdempotencyKey returns the key of the call. It is only made when it is asked for.
	IdempotencyKey() string
	// Conversation returns the ID of the conversation that the call belongs to.
	Conversation() string
	// Authorization returns how the login went that the call asked for before, nil if it asked for none.
	Authorization() *Login
	// Emit tells whoever listens to the conversation something before the call is done.
	Emit(content value.Value)
}

// WithCall returns a context for a call.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// IsKey reports whether a context is asked for its call, see [Call].
func IsKey(contextKey any) bool { return contextKey == callKey{} }

func callOf(ctx context.Context) Call {
	c, _ := ctx.Value(callKey{}).(Call)
	return c
}

// WithIdempotencyKey returns a context for a call that carries the call's idempotency key and nothing else. A host gives a
// call the same key each time it repeats it.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return WithCall(ctx, keyOnly(key))
}

// keyOnly is a call of which only the key is known.
type keyOnly string

func (k keyOnly) IdempotencyKey() string { return string(k) }
func (keyOnly) Conversation() string     { return "" }
func (keyOnly) Authorization() *Login    { return nil }
func (keyOnly) Emit(value.Value)         {}

// IdempotencyKey returns the key of the call that a tool is performing, or "" if there is none. A tool with side
// effects hands it on to whatever performs them, so that a call repeated after a crash has its effect once.
func IdempotencyKey(ctx context.Context) string {
	if c := callOf(ctx); c != nil {
		return c.IdempotencyKey()
	}
	return ""
}

// Conversation returns the ID of the conversation that the call belongs to, or "" if it belongs to none.
func Conversation(ctx context.Context) string {
	if c := callOf(ctx); c != nil {
		return c.Conversation()
	}
	return ""
}

// Authorization returns how the login went that the call asked for, by an [*AuthRequiredError], when it was performed
// before; nil if it asked for none.
func Authorization(ctx context.Context) *Login {
	if c := callOf(ctx); c != nil {
		return c.Authorization()
	}
	return nil
}

// MaxEmitted is how often a call may [Emit] before what it emits is dropped.
const MaxEmitted = 300

// Emit tells whoever listens to the conversation something before the call is done, such as a part of the result. It is
// shown and not kept: neither a model nor the conversation sees it. It is dropped if nobody listens, and beyond
// [MaxEmitted].
func Emit(ctx context.Context, content value.Value) {
	if c := callOf(ctx); c != nil {
		c.Emit(content)
	}
}

// Login is what a login came to: the parameters with which the browser was sent back (RFC 6749, 4.1.2; RFC 9207).
type Login struct{ Code, State, Issuer string }

// AuthRequiredError says that somebody has to log in before a tool can be called. A host that knows how to ask for it
// calls the tool again afterwards, with the [Authorization].
type AuthRequiredError struct {
	// Tool is the name of the tool.
	Tool string
	// URL is where to log in, RedirectURI where the browser is sent back to.
	URL, RedirectURI string
	// Resource is what access is asked for, and Issuers are the authorization servers that can give it.
	Resource string
	Issuers  []string
}

// Error implements error. It does not show the URL, which is for the one who logs in.
func (e *AuthRequiredError) Error() string {
	return "tool \"" + e.Tool + "\": somebody must log in to use " + e.Resource
}
