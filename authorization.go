package wayflow

import (
	"fmt"
	"net/url"

	"github.com/wayflow-go/wayflow/engine"
)

// AuthorizationRequired means that the conversation waits until somebody has logged in, so that a tool may be called
// (Agent Spec 26.1.2, "OAuthConfig"): open URL in a browser, and give what it is sent back with to [AuthorizationRequired.Submit],
// [AuthorizationRequired.SubmitRedirect] or [AuthorizationRequired.Deny]. The conversation goes on when it runs next.
//
// Tokens stay in the app, in memory. A conversation that is taken up elsewhere asks again.
type AuthorizationRequired struct {
	// RequestID is what an answer refers to.
	RequestID string
	// URL is where to log in; the browser is sent back to RedirectURI.
	URL, RedirectURI string
	// Resource is what access is asked for, and Issuers are the authorization servers that can give it.
	Resource string
	Issuers  []string

	conversation *Conversation
}

func (*AuthorizationRequired) status() {}

// Submit gives the code and the state that the browser was sent back with.
func (s *AuthorizationRequired) Submit(code, state string) error {
	return s.answer(&engine.AuthAnswer{Code: code, State: state})
}

// SubmitRedirect gives the whole URL that the browser was sent back to.
func (s *AuthorizationRequired) SubmitRedirect(redirect string) error {
	u, err := url.Parse(redirect)
	if err != nil {
		return fmt.Errorf("read the URL of the login: it is none")
	}
	q := u.Query()
	if q.Get("error") != "" {
		return s.Deny(q.Get("error"))
	}
	if q.Get("code") == "" || q.Get("state") == "" {
		return fmt.Errorf("read the URL of the login: it has no code and state; give the whole URL that the browser was sent to")
	}
	return s.answer(&engine.AuthAnswer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss")})
}

// Deny says that the login was refused, such as "access_denied". The call of the tool fails with a PermissionError.
func (s *AuthorizationRequired) Deny(reason string) error {
	return s.answer(&engine.AuthAnswer{Error: reason})
}

func (s *AuthorizationRequired) answer(a *engine.AuthAnswer) error {
	return s.conversation.local.Answer(engine.Answer{ID: s.RequestID, Auth: a})
}
