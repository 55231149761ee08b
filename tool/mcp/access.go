package mcp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/oauthex"
	"golang.org/x/oauth2"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

// access is what a conversation may do at a server that wants a login (RFC 6749, "authorization code", in the profile of
// the Model Context Protocol). It holds the secrets, and nothing else does.
type access struct {
	config   *spec.OAuthConfig
	endpoint string
	client   *http.Client // for everything but the server itself

	// turn is held while the authorization server is asked for something.
	turn sync.Mutex

	mu      sync.Mutex // guards what follows
	tokens  oauth2.TokenSource
	granted []string // the scopes that were asked for in vain or with success
	pending *login
	// unused counts logins in a row that have not led to a request which the server took.
	unused int

	// client registered dynamically, by issuer
	registered map[string]*registration
}

// login is one that was asked for and has not come back.
type login struct {
	url, state, verifier string
	scopes               []string
	server               *authServer
	config               *oauth2.Config
	resource             string
}

// named is the error that asks for the login.
func (l *login) named(name string) *tool.AuthRequiredError {
	return &tool.AuthRequiredError{
		Tool: name, URL: l.url, RedirectURI: l.config.RedirectURL, Resource: l.resource, Issuers: []string{l.server.Issuer},
	}
}

// errLogin ends a request that cannot go on before somebody has logged in.
var errLogin = errors.New("somebody must log in")

// accessError says that access was not given.
type accessError struct {
	class string
	text  string
	err   error
}

func (e *accessError) Error() string { return e.text }
func (e *accessError) Unwrap() error { return e.err }

// permissionError is the class of failures in which somebody may not do something.
const permissionError = "PermissionError"

func deniedf(err error, format string, args ...any) error {
	return &accessError{class: permissionError, text: fmt.Sprintf(format, args...), err: err}
}

// maxLogins is how many logins in a row may be asked for without any success.
const maxLogins = 3

func newAccess(r *spec.RemoteTransportBase) *access {
	config, _ := r.Auth.(*spec.OAuthConfig)
	if config == nil {
		config = &spec.OAuthConfig{}
	}
	return &access{config: config, endpoint: r.URL, client: newDiscoveryClient(r.URL, config), registered: map[string]*registration{}}
}

// wanted returns the login that is waited for; nil if none is.
func (a *access) wanted() *login {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pending
}

// authorized sends requests with the token that there is, and asks for a login where that does not do.
type authorized struct {
	access *access
	next   http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *authorized) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := t.access.token(req.Context())
	if err != nil {
		return nil, err
	}
	resp, err := t.next.RoundTrip(withToken(req, token))
	if err != nil {
		return nil, err
	}
	challenges, _ := oauthex.ParseWWWAuthenticate(resp.Header["Www-Authenticate"]) // a header that says nothing is none
	c := challengeOf(challenges)
	if resp.StatusCode != http.StatusUnauthorized && (resp.StatusCode != http.StatusForbidden || c.Params["error"] != "insufficient_scope") {
		if resp.StatusCode < 400 {
			t.access.worked(token)
		}
		return resp, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close() // nothing more is wanted of it
	return nil, t.access.challenge(req.Context(), token, c)
}

func withToken(req *http.Request, token string) *http.Request {
	if token == "" {
		return req
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return req
}

// challengeOf is the challenge of a server as far as bearer tokens go.
func challengeOf(all []oauthex.Challenge) oauthex.Challenge {
	for _, c := range all {
		if strings.EqualFold(c.Scheme, "bearer") {
			return c
		}
	}
	return oauthex.Challenge{Params: map[string]string{}}
}

// token returns the access token, renewed if it must be; empty if there is none.
func (a *access) token(context.Context) (string, error) {
	a.mu.Lock()
	tokens, pending := a.tokens, a.pending
	a.mu.Unlock()
	if pending != nil {
		return "", errLogin
	}
	if tokens == nil {
		return "", nil
	}
	t, err := tokens.Token()
	if err != nil { // it cannot be renewed; the server will ask for a login
		a.mu.Lock()
		if a.tokens == tokens {
			a.tokens = nil
		}
		a.mu.Unlock()
		return "", nil
	}
	return t.AccessToken, nil
}

// worked notes that the server takes the token.
func (a *access) worked(token string) {
	if token == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unused = 0
}

// challenge prepares a login, unless one is waited for already. The error is errLogin, or says why there can be none.
func (a *access) challenge(ctx context.Context, used string, c oauthex.Challenge) error {
	a.turn.Lock()
	defer a.turn.Unlock()
	if a.wanted() != nil {
		return errLogin
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	if now, err := a.token(ctx); err == nil && now != "" && now != used {
		return deniedf(nil, "the token was renewed meanwhile; call again")
	}
	a.mu.Lock()
	unused := a.unused
	a.mu.Unlock()
	if unused >= maxLogins {
		a.mu.Lock()
		a.unused = 0
		a.mu.Unlock()
		return deniedf(nil, "the server still refuses access after %d logins%s", unused, wantsScope(c))
	}
	l, err := a.prepare(ctx, c, used != "")
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.pending = l
	a.mu.Unlock()
	return errLogin
}

func wantsScope(c oauthex.Challenge) string {
	if s := c.Params["scope"]; s != "" {
		return fmt.Sprintf("; it wants the scopes %q", s)
	}
	return ""
}

// prepare finds out how to log in.
func (a *access) prepare(ctx context.Context, c oauthex.Challenge, stepUp bool) (*login, error) {
	found, err := a.discover(ctx, c)
	if err != nil {
		return nil, err
	}
	client, err := a.register(ctx, found.server)
	if err != nil {
		return nil, err
	}
	scopes := a.scopes(c, found)
	a.mu.Lock()
	if stepUp {
		if missing := c.Params["scope"]; missing != "" && c.Params["error"] == "insufficient_scope" && a.unused > 0 &&
			!slices.ContainsFunc(strings.Fields(missing), func(s string) bool { return !slices.Contains(a.granted, s) }) {
			a.unused = 0
			a.mu.Unlock()
			return nil, deniedf(nil, "the server wants the scopes %q, which were asked for and not given", missing)
		}
		scopes = union(a.granted, scopes)
	}
	a.mu.Unlock()
	l := &login{
		server: found.server, resource: found.resource, scopes: scopes, state: rand.Text(), verifier: oauth2.GenerateVerifier(),
		config: &oauth2.Config{
			ClientID: client.id, ClientSecret: client.secret, RedirectURL: a.config.RedirectURI, Scopes: scopes,
			Endpoint: oauth2.Endpoint{AuthURL: found.server.AuthorizationEndpoint, TokenURL: found.server.TokenEndpoint, AuthStyle: client.style},
		},
	}
	l.url = l.config.AuthCodeURL(l.state, a.loginParams(l)...)
	return l, nil
}

// loginParams are what the login is asked for beside the usual (RFC 7636, RFC 8707).
func (a *access) loginParams(l *login) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("resource", l.resource)}
	if a.config.PKCE != nil && a.config.PKCE.Method == "plain" {
		options = append(options,
			oauth2.SetAuthURLParam("code_challenge", l.verifier), oauth2.SetAuthURLParam("code_challenge_method", "plain"))
	} else {
		options = append(options, oauth2.S256ChallengeOption(l.verifier))
	}
	if slices.Contains(l.scopes, "offline_access") { // OpenID Connect, 11: not given otherwise
		options = append(options, oauth2.SetAuthURLParam("prompt", "consent"))
	}
	return options
}

// scopes are those to ask for.
func (a *access) scopes(c oauthex.Challenge, found *discovered) []string {
	own := scopeList(a.config.Scopes.Items())
	if a.config.ScopePolicy != nil && *a.config.ScopePolicy == "fixed" {
		return own
	}
	scopes := strings.Fields(c.Params["scope"])
	switch {
	case len(scopes) > 0:
		scopes = union(scopes, own)
	case len(own) > 0:
		scopes = own
	default:
		scopes = slices.Clone(found.scopes)
	}
	if slices.Contains(found.server.ScopesSupported, "offline_access") && !slices.Contains(scopes, "offline_access") {
		scopes = append(scopes, "offline_access") // so that tokens can be renewed
	}
	return scopes
}

// scopeList are scopes that may be written with blanks between them.
func scopeList(written []string) []string {
	return strings.Fields(strings.Join(written, " "))
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// finish changes the code of a login for tokens. A login that this access did not ask for, or that was finished before,
// is passed over: the call that follows asks for a new one if it must.
func (a *access) finish(ctx context.Context, back *tool.Login) error {
	a.turn.Lock()
	defer a.turn.Unlock()
	l := a.wanted()
	if l == nil {
		return nil
	}
	a.mu.Lock()
	a.pending = nil
	a.mu.Unlock()
	if l.state != back.State {
		return nil
	}
	if err := l.checkIssuer(back.Issuer); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	t, err := l.config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, a.client), back.Code,
		oauth2.VerifierOption(l.verifier), oauth2.SetAuthURLParam("resource", l.resource))
	if err != nil {
		return deniedf(err, "the authorization server gave no token: %s", tokenProblem(err))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tokens = a.renewing(context.WithoutCancel(ctx), l, t)
	a.granted = union(a.granted, l.scopes)
	a.unused++
	return nil
}

// renewing is the source of a token that is renewed when its time is over.
func (a *access) renewing(ctx context.Context, l *login, t *oauth2.Token) oauth2.TokenSource {
	config := *l.config
	if e := a.config.Endpoints; e != nil && e.RefreshEndpoint != nil {
		config.Endpoint.TokenURL = *e.RefreshEndpoint
	}
	client := &http.Client{
		Transport: &resourceParam{l.resource, a.client.Transport}, Timeout: 30 * time.Second, CheckRedirect: a.client.CheckRedirect,
	}
	return config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, client), t)
}

// tokenProblem is what an authorization server says of a request for a token. Its text may repeat what it was sent.
func tokenProblem(err error) string {
	if answered, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		if answered.ErrorCode != "" {
			return answered.ErrorCode
		}
		return answered.Response.Status
	}
	return plain(err)
}

// checkIssuer compares who has answered with who was asked (RFC 9207).
func (l *login) checkIssuer(issuer string) error {
	switch {
	case issuer == "" && l.server.AuthorizationResponseIssParameterSupported:
		return deniedf(nil, "the login does not say which authorization server it is from; give the whole URL that the browser was sent back to")
	case issuer != "" && issuer != l.server.Issuer:
		return deniedf(nil, "the login is from another authorization server than was asked")
	}
	return nil
}

// resourceParam adds the resource to requests for a new token (RFC 8707, 2.2), which package oauth2 does not.
type resourceParam struct {
	resource string
	next     http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (r *resourceParam) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // it was read whole
	if err != nil {
		return nil, err
	}
	form := string(body) + "&" + url.Values{"resource": {r.resource}}.Encode()
	req = req.Clone(req.Context())
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(form)), int64(len(form))
	return r.next.RoundTrip(req)
}
