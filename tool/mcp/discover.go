package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/spec"
)

// authServer is an authorization server, as its metadata describe it (RFC 8414).
type authServer = oauthex.AuthServerMeta

// discovered is what was found out about the access to a server.
type discovered struct {
	server   *authServer
	resource string
	// scopes are those that the server says it knows.
	scopes []string
}

// discover finds the authorization server: what the document says comes first, then what the server says of itself
// (RFC 9728).
func (a *access) discover(ctx context.Context, c oauthex.Challenge) (*discovered, error) {
	found := &discovered{resource: a.endpoint}
	var issuers []string
	meta, err := a.resourceMetadata(ctx, c)
	switch {
	case meta != nil:
		found.resource, found.scopes, issuers = meta.Resource, meta.ScopesSupported, meta.AuthorizationServers
	case err != nil && a.config.Endpoints == nil && a.config.Issuer == nil:
		return nil, err
	}
	if a.config.Resource != nil {
		found.resource = *a.config.Resource
	}
	found.server, err = a.authServer(ctx, issuers)
	return found, err
}

// resourceMetadata asks the server about itself. It is nil if it has nothing to say.
func (a *access) resourceMetadata(ctx context.Context, c oauthex.Challenge) (*oauthex.ProtectedResourceMetadata, error) {
	u, err := url.Parse(a.endpoint)
	if err != nil {
		return nil, errors.New("the URL of the transport is none")
	}
	root := url.URL{Scheme: u.Scheme, Host: u.Host}
	const wellKnown = "/.well-known/oauth-protected-resource"
	type place struct{ url, resource string }
	places := []place{
		{root.String() + wellKnown + strings.TrimRight(u.Path, "/"), a.endpoint},
		{root.String() + wellKnown, root.String()},
	}
	if at := c.Params["resource_metadata"]; at != "" {
		places = []place{{at, a.endpoint}}
	}
	for _, p := range places {
		meta, err := oauthex.GetProtectedResourceMetadata(ctx, p.url, p.resource, a.client)
		if err != nil && c.Params["resource_metadata"] != "" {
			// A server may protect all below its root as one resource.
			meta, err = oauthex.GetProtectedResourceMetadata(ctx, p.url, root.String(), a.client)
			if err != nil {
				return nil, deniedf(err, "what the server says of its access cannot be used: %s", plain(err))
			}
		}
		if err != nil || meta == nil {
			continue
		}
		if len(meta.AuthorizationServers) == 0 && a.config.Endpoints == nil && a.config.Issuer == nil {
			return nil, deniedf(nil, "the server names no authorization server; name one in the issuer of the OAuthConfig")
		}
		return meta, nil
	}
	return nil, nil
}

// authServer returns the authorization server to ask, which is one of issuers unless the document says otherwise.
func (a *access) authServer(ctx context.Context, issuers []string) (*authServer, error) {
	if e := a.config.Endpoints; e != nil {
		server := &authServer{AuthorizationEndpoint: e.AuthorizationEndpoint, TokenEndpoint: e.TokenEndpoint}
		if a.config.Issuer != nil {
			server.Issuer = *a.config.Issuer
		}
		return server, nil
	}
	issuer := ""
	switch {
	case a.config.Issuer != nil:
		if issuer = *a.config.Issuer; len(issuers) > 0 && !slices.ContainsFunc(issuers, func(s string) bool { return sameIssuer(s, issuer) }) {
			return nil, deniedf(nil, "the server does not take tokens of the issuer %s that the document names; it takes those of %q", issuer, issuers)
		}
	case len(issuers) > 0:
		issuer = issuers[0]
	default: // before there were metadata of resources, a server was its own authorization server
		u, err := url.Parse(a.endpoint)
		if err != nil {
			return nil, errors.New("the URL of the transport is none")
		}
		issuer = u.Scheme + "://" + u.Host
		// Such a server may call itself by a path below.
		own := func(name string) bool { return sameIssuer(name, issuer) || strings.HasPrefix(name, issuer+"/") }
		if server, err := a.looseMetadata(ctx, issuer, own); err == nil {
			return server, nil
		}
	}
	return a.serverMetadata(ctx, issuer)
}

func sameIssuer(a, b string) bool { return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") }

func (a *access) serverMetadata(ctx context.Context, issuer string) (*authServer, error) {
	server, err := auth.GetAuthServerMetadata(ctx, issuer, a.client)
	if err != nil && a.config.PKCE != nil && a.config.PKCE.Optional {
		server, err = a.looseMetadata(ctx, issuer, func(name string) bool { return sameIssuer(name, issuer) })
	}
	if err != nil {
		return nil, deniedf(err, "the authorization server %s cannot be used: %s", issuer, plain(err))
	}
	if server == nil { // servers of the protocol's version 2025-03-26 have these places
		issuer = strings.TrimSuffix(issuer, "/")
		server = &authServer{
			Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token",
			RegistrationEndpoint: issuer + "/register",
		}
	}
	return server, nil
}

// looseMetadata reads metadata that need not promise PKCE, for documents in which that is optional and for servers that
// are older than the promise. It must be of an issuer that is meant.
func (a *access) looseMetadata(ctx context.Context, issuer string, meant func(string) bool) (*authServer, error) {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, errors.New("it is no URL")
	}
	path := strings.TrimRight(u.Path, "/")
	root := u.Scheme + "://" + u.Host
	for _, at := range []string{
		root + "/.well-known/oauth-authorization-server" + path, root + "/.well-known/openid-configuration" + path,
		root + path + "/.well-known/openid-configuration",
	} {
		var server authServer
		if !a.getJSON(ctx, at, &server) {
			continue
		}
		if !meant(server.Issuer) {
			return nil, errors.New("its metadata are those of another issuer")
		}
		if !safeURL(server.AuthorizationEndpoint) || !safeURL(server.TokenEndpoint) {
			return nil, errors.New("its endpoints are not encrypted")
		}
		return &server, nil
	}
	return nil, errors.New("it has no metadata")
}

func (a *access) getJSON(ctx context.Context, at string, into any) bool {
	if !safeURL(at) {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return err == nil && resp.StatusCode == http.StatusOK && json.Unmarshal(data, into) == nil
}

// safeURL reports whether secrets may be sent to a URL: it is encrypted, or stays on this machine.
func safeURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// newDiscoveryClient returns the client for authorization servers. A server could send us anywhere, so addresses that are
// not public are only reached where the document spells out an address that is not public either.
func newDiscoveryClient(endpoint string, config *spec.OAuthConfig) *http.Client {
	spelled := []string{endpoint}
	if config.Issuer != nil {
		spelled = append(spelled, *config.Issuer)
	}
	if e := config.Endpoints; e != nil {
		spelled = append(spelled, e.TokenEndpoint)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if !slices.ContainsFunc(spelled, spelledPrivate) {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || allow.ReachOf(at.Addr()) > allow.Public {
				return errors.New("the server leads to an address that is not public")
			}
			return nil
		}
	}
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
			ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 1 << 20, DisableKeepAlives: true,
		},
	}
}

// spelledPrivate reports whether a URL names this machine, or an address that is not public.
func spelledPrivate(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	reach, literal := allow.Literal(u)
	return literal && reach > allow.Public || isLoopback(u.Hostname())
}
