package engine

// AuthChallenge waits for somebody to log in, so that a tool may be called (Agent Spec 26.1.2, "OAuthConfig"). What is
// needed to make use of the login, the verifier of the code above all, stays with the host that asked: an answer to a
// challenge that another process made leads to a new one.
type AuthChallenge struct {
	// URL is where to log in. It is meant for a browser, which is sent back to the redirect URI afterwards.
	URL string `json:"url"`
	// Resource is what access is asked for, and Issuers are the authorization servers that can give it.
	Resource string   `json:"resource,omitempty"`
	Issuers  []string `json:"issuers,omitempty"`
	// RedirectURI is where the browser is sent back to, with the code and the state in the query.
	RedirectURI string `json:"redirect_uri,omitempty"`
}

// AuthAnswer is what a login came to: the parameters with which the browser was sent back (RFC 6749, 4.1.2; RFC 9207).
type AuthAnswer struct {
	// Code is good for one use. It is never written down.
	Code  string `json:"-"`
	State string `json:"state,omitempty"`
	// Issuer is the parameter iss; empty if there was none.
	Issuer string `json:"iss,omitempty"`
	// Error says that the login was refused, such as "access_denied"; then there is no code.
	Error string `json:"error,omitempty"`
}

// askAuth opens a request for what an effect needs.
func (m *Machine) askAuth(f *flowFrame, e *Effect, c *AuthChallenge) {
	e.Auth = nil
	r := &Request{ID: e.ID, Path: f.path(), Auth: c, Effect: e, frame: f}
	m.open(f, r)
}

// authorized has the effect tried again, or ends it if the login was refused. It returns the frame to go on with.
func (m *Machine) authorized(f *flowFrame, e *Effect, a *AuthAnswer) *flowFrame {
	if a.Error != "" {
		return m.resume(f, Result{Err: &Error{
			Class: "PermissionError", Ancestors: []string{"OSError"}, Message: "access was refused at the login: " + a.Error,
		}})
	}
	e.Auth = a
	m.emit(f, e)
	return nil
}

// checkAuth reports whether an answer says how a login went.
func checkAuth(a Answer) error {
	if a.Auth == nil || (a.Auth.Error == "") == (a.Auth.State == "") {
		return stateErrorf("request %q waits for a login: for the code and the state, or for the error", a.ID)
	}
	return nil
}
