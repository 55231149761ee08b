package openai

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// endpoint is where requests go.
type endpoint struct {
	// url is the whole address; root is what of it comes before the ending of the API, query what comes after.
	url, root, query string
	// shown is the whole address without secrets, for people.
	shown string
	// official is true for OpenAI's own servers.
	official bool
	// secrets are what the address itself holds as such.
	secrets []string
}

// parseEndpoint builds the address of an API by the rules of the reference: a missing scheme is http,
// the ending of the API is appended unless it is there, and /v1 before it unless that is there. A query, which the
// reference puts in the middle, stays at the end.
func parseEndpoint(address, ending string) (endpoint, error) {
	address = strings.TrimSpace(address)
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		if strings.Contains(address, "://") {
			return endpoint{}, errors.New("url must begin with http:// or https://")
		}
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return endpoint{}, errors.New("url is not a valid address") // err may quote a password
	}
	if u.Hostname() == "" {
		return endpoint{}, fmt.Errorf("url %q names no host", u.Redacted())
	}
	u.Fragment = ""
	path := strings.TrimRight(u.EscapedPath(), "/")
	switch {
	case strings.HasSuffix(path, "/"+ending):
		path = strings.TrimSuffix(path, ending)
	case strings.HasSuffix(path, "/v1"):
		path += "/"
	default:
		path += "/v1/"
	}
	e := endpoint{official: u.Scheme == "https" && u.Hostname() == "api.openai.com"}
	if u.RawQuery != "" {
		e.query = "?" + u.RawQuery
	}
	e.secrets = secretsOf(u)
	root := url.URL{Scheme: u.Scheme, Host: u.Host}
	e.shown = root.String() + path + ending
	root.User = u.User
	e.root = root.String() + path
	e.url = e.with(ending)
	return e, nil
}

// with is the address of another API of the same server.
func (e *endpoint) with(ending string) string { return e.root + ending + e.query }

// secretName finds the parameters of a query that are credentials.
var secretName = lazy(`(?i)key|token|secret|sig|pass|auth|code`)

func secretsOf(u *url.URL) (secrets []string) {
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	for name, values := range u.Query() {
		if secretName().MatchString(name) {
			secrets = append(secrets, values...)
		}
	}
	return secrets
}
