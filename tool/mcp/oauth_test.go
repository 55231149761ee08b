package mcp_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
)

// authority is an authorization server, and the MCP server that takes its tokens.
type authority struct {
	t      *testing.T
	issuer string
	mcp    *spec.StreamableHTTPTransport

	mu         sync.Mutex // guards what follows
	registered int
	codes      map[string]url.Values // what was asked for, by code
	tokens     map[string][]string   // scopes, by token
	asked      []url.Values          // requests for tokens
	need       []string              // scopes that a request needs
	life       time.Duration
	scopes     []string // those that are supported
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, codes: map[string]url.Values{}, tokens: map[string][]string{}, life: time.Hour, need: []string{"read"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", a.metadata)
	mux.HandleFunc("POST /register", a.register)
	mux.HandleFunc("POST /token", a.token)
	a.issuer = serve(t, mux)

	p := newPeer()
	resource := http.NewServeMux()
	server := httptest.NewServer(resource)
	t.Cleanup(server.Close)
	a.mcp = &spec.StreamableHTTPTransport{}
	a.mcp.URL = server.URL + "/mcp"
	a.mcp.Auth = &spec.OAuthConfig{
		RedirectURI: "http://127.0.0.1:9/callback", Client: &spec.OAuthClientConfig{Type: "dynamic_registration"},
	}
	handler := p.handler()
	resource.HandleFunc("/.well-known/oauth-protected-resource/mcp", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"resource": a.mcp.URL, "authorization_servers": []string{a.issuer}, "scopes_supported": []string{"read"}})
	})
	resource.HandleFunc("/mcp", func(w http.ResponseWriter, r *http.Request) {
		verify := func(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			scopes, ok := a.tokens[token]
			if !ok {
				return nil, auth.ErrInvalidToken
			}
			return &auth.TokenInfo{Scopes: scopes, Expiration: time.Now().Add(time.Hour)}, nil
		}
		a.mu.Lock()
		need := slices.Clone(a.need)
		a.mu.Unlock()
		options := &auth.RequireBearerTokenOptions{Scopes: need, ResourceMetadataURL: server.URL + "/.well-known/oauth-protected-resource/mcp"}
		rw := http.ResponseWriter(w)
		if len(need) > 1 { // the SDK does not say what a request lacks
			rw = &forbidding{w, strings.Join(need, " ")}
		}
		auth.RequireBearerToken(verify, options)(handler).ServeHTTP(rw, r)
	})
	return a
}

// forbidding says at a 403 which scopes are needed.
type forbidding struct {
	http.ResponseWriter
	need string
}

func (f *forbidding) Flush() { f.ResponseWriter.(http.Flusher).Flush() }

func (f *forbidding) WriteHeader(status int) {
	if status == http.StatusForbidden {
		f.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="insufficient_scope", scope=%q`, f.need))
	}
	f.ResponseWriter.WriteHeader(status)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (a *authority) metadata(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{
		"issuer": a.issuer, "authorization_endpoint": a.issuer + "/authorize", "token_endpoint": a.issuer + "/token",
		"registration_endpoint": a.issuer + "/register", "code_challenge_methods_supported": []string{"S256"},
		"response_types_supported": []string{"code"}, "token_endpoint_auth_methods_supported": []string{"none"},
		"scopes_supported": a.scopes, "client_id_metadata_document_supported": true,
	})
}

func (a *authority) register(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	a.registered++
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"client_id": "registered", "token_endpoint_auth_method": "none"})
}

// login is what a user does: it returns the code and the state.
func (a *authority) login(at string) *tool.Login {
	a.t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		a.t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	code := fmt.Sprintf("code%d", len(a.codes))
	a.codes[code] = u.Query()
	return &tool.Login{Code: code, State: u.Query().Get("state")}
}

func (a *authority) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, r.Form)
	asked, ok := a.codes[r.Form.Get("code")]
	if r.Form.Get("grant_type") == "authorization_code" {
		sum := sha256.Sum256([]byte(r.Form.Get("code_verifier")))
		if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
	}
	token := fmt.Sprintf("token%d", len(a.tokens))
	a.tokens[token] = strings.Fields(asked.Get("scope"))
	if r.Form.Get("grant_type") == "refresh_token" {
		a.tokens[token] = a.need
	}
	answer(w, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(a.life.Seconds()), "refresh_token": "again",
	})
}

func (a *authority) config() *spec.OAuthConfig { return a.mcp.Auth.(*spec.OAuthConfig) }

// challenge calls a tool, which asks for a login.
func challenge(t *testing.T, c tool.Tool, h *host) *tool.AuthRequiredError {
	t.Helper()
	_, err := c.Call(h.context(t), nil)
	h.login = nil
	wanted, ok := errors.AsType[*tool.AuthRequiredError](err)
	if !ok {
		t.Fatalf("got %v, want a login to be asked for", err)
	}
	return wanted
}

func query(t *testing.T, at string) url.Values {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func TestALogin(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	text := mcpTool(t, newClient(t), a.mcp, "text")
	h := &host{conversation: "one"}
	wanted := challenge(t, text, h)
	q := query(t, wanted.URL)
	if q.Get("resource") != a.mcp.URL || q.Get("scope") != "read" || q.Get("client_id") != "registered" || q.Get("code_challenge_method") != "S256" ||
		wanted.Issuers[0] != a.issuer || wanted.RedirectURI != a.config().RedirectURI {
		t.Errorf("asks for %+v", wanted)
	}
	if again := challenge(t, text, h); again.URL != wanted.URL {
		t.Error("a second call asks for another login")
	}
	h.login = a.login(wanted.URL)
	if got, err := text.Call(h.context(t), nil); err != nil || got.Str() != "one, two" {
		t.Fatalf("after the login: %v, %v", got, err)
	}
	// The same login once more, as a repeated call gives it, and none at all: the token does.
	for range 2 {
		if _, err := text.Call(h.context(t), nil); err != nil {
			t.Error(err)
		}
		h.login = nil
	}
	if form := a.asked[0]; form.Get("resource") != a.mcp.URL || a.registered != 1 {
		t.Errorf("asked for a token with %v, registered %d times", form, a.registered)
	}
	// Another conversation has to log in for itself.
	_ = challenge(t, text, &host{conversation: "two"})
}

func TestALoginThatIsNotOursIsAskedForAnew(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	text := mcpTool(t, newClient(t), a.mcp, "text")
	first := challenge(t, text, &host{})
	second := challenge(t, text, &host{login: &tool.Login{Code: "x", State: "guessed"}})
	if first.URL == second.URL {
		t.Error("the login goes on after an answer with another state")
	}
	_, err := text.Call((&host{login: &tool.Login{Code: "wrong", State: query(t, second.URL).Get("state")}}).context(t), nil)
	if got, message := class(err); got != "PermissionError" || !strings.Contains(message, "invalid_grant") {
		t.Errorf("got %v, want a PermissionError with what the server says", err)
	}
	wanted := challenge(t, text, &host{})
	back := a.login(wanted.URL)
	back.Issuer = "https://other.example"
	_, err = text.Call((&host{login: back}).context(t), nil)
	if got, _ := class(err); got != "PermissionError" {
		t.Errorf("got %v, want an answer of another issuer to be refused", err)
	}
}

func TestTokensAreRenewed(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.life = time.Second // package oauth2 takes it for expired ten seconds early
	text := mcpTool(t, newClient(t), a.mcp, "text")
	h := &host{login: a.login(challenge(t, text, &host{}).URL)}
	if _, err := text.Call(h.context(t), nil); err != nil {
		t.Fatal(err)
	}
	last := a.asked[len(a.asked)-1]
	if last.Get("grant_type") != "refresh_token" || last.Get("refresh_token") != "again" || last.Get("resource") != a.mcp.URL {
		t.Errorf("asked for a new token with %v", last)
	}
}

func TestMoreScopesAreAskedForAndNotForEver(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	text := mcpTool(t, newClient(t), a.mcp, "text")
	h := &host{login: a.login(challenge(t, text, &host{}).URL)}
	if _, err := text.Call(h.context(t), nil); err != nil {
		t.Fatal(err)
	}
	h.login = nil
	a.mu.Lock()
	a.need = []string{"read", "write"}
	a.mu.Unlock()
	wanted := challenge(t, text, h)
	if got := query(t, wanted.URL).Get("scope"); got != "read write" {
		t.Errorf("asks for the scopes %q", got)
	}
	h.login = a.login(wanted.URL)
	a.mu.Lock()
	a.codes[h.login.Code].Set("scope", "read") // the user does not give more
	a.mu.Unlock()
	_, err := text.Call(h.context(t), nil)
	if got, message := class(err); got != "PermissionError" || !strings.Contains(message, "write") {
		t.Errorf("got %v, want a PermissionError that names the scopes", err)
	}
	a.mu.Lock()
	a.need = []string{"read"} // so that the client may end its session
	a.mu.Unlock()
}

func TestTheConfigurationIsHonoured(t *testing.T) {
	t.Parallel()
	fixed, plain, id, document := "fixed", "plain", "ours", "https://client.example/id"
	resource := "https://files.example"
	for _, tt := range []struct {
		name   string
		change func(a *authority, c *spec.OAuthConfig)
		want   map[string]string
	}{
		{"fixed scopes", func(_ *authority, c *spec.OAuthConfig) {
			scopes := "a b"
			c.ScopePolicy, c.Scopes = &fixed, spec.OneOrMany[string]{One: &scopes}
		}, map[string]string{"scope": "a b"}},
		{
			"offline access", func(a *authority, _ *spec.OAuthConfig) { a.scopes = []string{"read", "offline_access"} },
			map[string]string{"scope": "read offline_access", "prompt": "consent"},
		},
		{
			"plain PKCE", func(_ *authority, c *spec.OAuthConfig) { c.PKCE = &spec.PKCEPolicy{Method: plain} },
			map[string]string{"code_challenge_method": "plain"},
		},
		{"a resource", func(_ *authority, c *spec.OAuthConfig) { c.Resource = &resource }, map[string]string{"resource": resource}},
		{"a client", func(_ *authority, c *spec.OAuthConfig) {
			c.Client = &spec.OAuthClientConfig{Type: "pre_registered", ClientID: &id}
		}, map[string]string{"client_id": "ours"}},
		{"a client with a document", func(_ *authority, c *spec.OAuthConfig) {
			c.Client = &spec.OAuthClientConfig{Type: "client_id_metadata_document", ClientIDMetadataURL: &document}
		}, map[string]string{"client_id": document}},
		{"endpoints", func(a *authority, c *spec.OAuthConfig) {
			c.Client = &spec.OAuthClientConfig{Type: "pre_registered", ClientID: &id}
			c.Endpoints = &spec.OAuthEndpoints{AuthorizationEndpoint: "https://login.example/go", TokenEndpoint: a.issuer + "/token"}
		}, map[string]string{"": "https://login.example/go"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newAuthority(t)
			tt.change(a, a.config())
			wanted := challenge(t, mcpTool(t, newClient(t), a.mcp, "text"), &host{})
			for name, want := range tt.want {
				got := query(t, wanted.URL).Get(name)
				if name == "" {
					got, _, _ = strings.Cut(wanted.URL, "?")
				}
				if got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestAToolboxAsksForALoginToo(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	c := newClient(t)
	box, err := c.Toolbox(&spec.MCPToolBox{ClientTransport: a.mcp})
	if err != nil {
		t.Fatal(err)
	}
	_, err = box.Tools(t.Context())
	wanted, ok := errors.AsType[*tool.AuthRequiredError](err)
	if !ok {
		t.Fatalf("got %v, want a login to be asked for", err)
	}
	var tools []tool.BoxTool
	if tools, err = box.Tools((&host{login: a.login(wanted.URL)}).context(t)); err != nil || len(tools) == 0 {
		t.Errorf("lists %v, %v", tools, err)
	}
}
