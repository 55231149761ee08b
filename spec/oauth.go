package spec

// AuthConfig says how to get access to a server (Agent Spec 26.1.2, "AuthConfig").
type AuthConfig interface {
	Component
	auth()
}

// OAuthConfig is access by OAuth 2, the authorization code flow (Agent Spec 26.1.2, "OAuthConfig").
type OAuthConfig struct {
	ComponentBase
	// MinAgentspecVersion is what the reference writes into documents by mistake; it is kept.
	MinAgentspecVersion string `spec:"min_agentspec_version,omitdefault,nonzero,default=26.1.2"`
	// Issuer is where the endpoints are looked up.
	Issuer *string `spec:"issuer"`
	// Endpoints are used instead of looking them up.
	Endpoints *OAuthEndpoints `spec:"endpoints"`
	// Client says who we are to the authorization server.
	Client *OAuthClientConfig `spec:"client,required"`
	// RedirectURI is where the authorization server sends the user back to.
	RedirectURI string `spec:"redirect_uri,required"`
	// Scopes to ask for: a list, or a text with blanks between them.
	Scopes OneOrMany[string] `spec:"scopes"`
	// ScopePolicy is use_challenge_or_supported, which lets the server's challenge come first, or fixed. Nil leaves it to
	// the runtime.
	ScopePolicy *string `spec:"scope_policy,enum=use_challenge_or_supported|fixed"`
	// PKCE nil means that the authorization code must be protected by the method S256.
	PKCE *PKCEPolicy `spec:"pkce"`
	// Resource is the resource indicator of RFC 8707.
	Resource *string `spec:"resource"`
}

func (*OAuthConfig) auth() {}

// OAuthEndpoints are the addresses of an authorization server.
type OAuthEndpoints struct {
	// AuthorizationEndpoint is where the user logs in, TokenEndpoint where the code is changed for tokens.
	AuthorizationEndpoint string `spec:"authorization_endpoint,required"`
	TokenEndpoint         string `spec:"token_endpoint,required"`
	// RefreshEndpoint nil means TokenEndpoint.
	RefreshEndpoint *string `spec:"refresh_endpoint"`
	// RevocationEndpoint is where tokens are given back, UserinfoEndpoint where to ask who the user is.
	RevocationEndpoint *string `spec:"revocation_endpoint"`
	UserinfoEndpoint   *string `spec:"userinfo_endpoint"`
}

// PKCEPolicy is how the authorization code is protected (RFC 7636).
type PKCEPolicy struct {
	// Optional goes on without protection where the server does not know it (in documents: required, negated).
	Optional bool `spec:"required,negated"`
	// Method is S256 or plain; empty means S256.
	Method string `spec:"method,nonzero,enum=S256|plain,default=S256"`
}

// OAuthClientConfig is who we are to an authorization server (Agent Spec 26.1.2, "OAuthClientConfig").
type OAuthClientConfig struct {
	ComponentBase
	// MinAgentspecVersion is what the reference writes into documents by mistake; it is kept.
	MinAgentspecVersion string `spec:"min_agentspec_version,omitdefault,nonzero,default=26.1.2"`
	// Type is pre_registered, client_id_metadata_document or dynamic_registration.
	Type string `spec:"type,required,enum=pre_registered|client_id_metadata_document|dynamic_registration"`
	// ClientID and ClientSecret are those of a client that is registered.
	ClientID     *string `spec:"client_id,sensitive"`
	ClientSecret *string `spec:"client_secret,sensitive"`
	// TokenEndpointAuthMethod is client_secret_basic, client_secret_post, private_key_jwt or none.
	TokenEndpointAuthMethod *string `spec:"token_endpoint_auth_method"`
	// ClientIDMetadataURL is the client id of the type client_id_metadata_document.
	ClientIDMetadataURL *string `spec:"client_id_metadata_url,sensitive"`
	// RegistrationEndpoint is where a client registers; nil means that the server is asked for it.
	RegistrationEndpoint *string `spec:"registration_endpoint"`
}
