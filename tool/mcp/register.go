package mcp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/oauthex"
	"golang.org/x/oauth2"

	"github.com/wayflow-go/wayflow/spec"
)

// The kinds of clients, and the ways in which they prove who they are (Agent Spec 26.1.2, "OAuthClientConfig").
const (
	preRegistered        = "pre_registered"
	metadataDocument     = "client_id_metadata_document"
	dynamicRegistration  = "dynamic_registration"
	secretBasic          = "client_secret_basic"
	secretPost           = "client_secret_post"
	noSecret             = "none"
	defaultRegistrations = "wayflow"
)

// registration is who we are to an authorization server.
type registration struct {
	id, secret string
	style      oauth2.AuthStyle
}

// checkOAuth reports what is wrong with a configuration.
func checkOAuth(c *spec.OAuthConfig) error {
	client := c.Client
	if client == nil {
		return errors.New("the OAuthConfig has no client")
	}
	if m := client.TokenEndpointAuthMethod; m != nil && !slices.Contains([]string{secretBasic, secretPost, noSecret}, *m) {
		return fmt.Errorf("the token_endpoint_auth_method %q is not supported; use %s, %s or %s", *m, secretBasic, secretPost, noSecret)
	}
	switch client.Type {
	case preRegistered:
		if client.ClientID == nil {
			return errors.New("the client of the OAuthConfig is pre_registered and has no client_id")
		}
	case metadataDocument:
		if client.ClientIDMetadataURL == nil || !safeURL(*client.ClientIDMetadataURL) {
			return errors.New("the client of the OAuthConfig needs a client_id_metadata_url that begins with https://")
		}
	}
	if e := c.Endpoints; e != nil {
		for _, at := range []string{e.AuthorizationEndpoint, e.TokenEndpoint} {
			if !safeURL(at) {
				return fmt.Errorf("the endpoint %q of the OAuthConfig must begin with https://", at)
			}
		}
	}
	return nil
}

// register returns who we are to a server, where we register if the document says so.
func (a *access) register(ctx context.Context, server *authServer) (*registration, error) {
	client := a.config.Client
	switch client.Type {
	case preRegistered:
		r := &registration{id: *client.ClientID}
		method := noSecret
		if client.ClientSecret != nil {
			r.secret = *client.ClientSecret
			method = supported(server, secretBasic, secretPost)
		}
		r.style = styleOf(orDefault(client.TokenEndpointAuthMethod, method))
		return r, nil
	case metadataDocument:
		if !server.ClientIDMetadataDocumentSupported && a.config.Endpoints == nil {
			return nil, deniedf(nil, "the authorization server %s does not take a client_id_metadata_document; use another type of client", server.Issuer)
		}
		return &registration{id: *client.ClientIDMetadataURL, style: oauth2.AuthStyleInParams}, nil
	}
	if r := a.registered[server.Issuer]; r != nil {
		return r, nil
	}
	r, err := a.registerAnew(ctx, server)
	if err == nil {
		a.registered[server.Issuer] = r
	}
	return r, err
}

func (a *access) registerAnew(ctx context.Context, server *authServer) (*registration, error) {
	at := orDefault(a.config.Client.RegistrationEndpoint, server.RegistrationEndpoint)
	if at == "" {
		return nil, deniedf(nil, "the authorization server %s registers no clients; register one there, and use the type pre_registered", server.Issuer)
	}
	if !safeURL(at) {
		return nil, deniedf(nil, "the registration of the authorization server %s is not encrypted", server.Issuer)
	}
	method := orDefault(a.config.Client.TokenEndpointAuthMethod, supported(server, noSecret, secretBasic, secretPost))
	answer, err := oauthex.RegisterClient(ctx, at, &oauthex.ClientRegistrationMetadata{
		ClientName: defaultRegistrations, RedirectURIs: []string{a.config.RedirectURI}, TokenEndpointAuthMethod: method,
		GrantTypes: []string{"authorization_code", "refresh_token"}, ResponseTypes: []string{"code"},
		ApplicationType: applicationType(a.config.RedirectURI),
	}, a.client)
	if err != nil {
		return nil, deniedf(err, "the authorization server %s does not register us: %s", server.Issuer, plain(err))
	}
	if answer.TokenEndpointAuthMethod != "" {
		method = answer.TokenEndpointAuthMethod
	}
	return &registration{id: answer.ClientID, secret: answer.ClientSecret, style: styleOf(method)}, nil
}

// applicationType is native for programs on the machine of the user (OpenID Connect Registration, 2).
func applicationType(redirect string) string {
	if safeURL(redirect) && redirect[:5] == "https" {
		return "web"
	}
	return "native"
}

// supported is the first of some methods that a server has; the first of all if it does not say.
func supported(server *authServer, methods ...string) string {
	for _, m := range methods {
		if slices.Contains(server.TokenEndpointAuthMethodsSupported, m) {
			return m
		}
	}
	return methods[0]
}

func styleOf(method string) oauth2.AuthStyle {
	if method == secretBasic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

func orDefault(s *string, otherwise string) string {
	if s != nil && *s != "" {
		return *s
	}
	return otherwise
}
