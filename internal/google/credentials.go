package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"

	"github.com/wayflow-go/wayflow/value"
)

// credentialsFile is what is read here of a file with credentials; raw is all of it.
type credentialsFile struct {
	Type         credentials.CredType `json:"type"`
	ProjectID    string               `json:"project_id"`
	PrivateKey   string               `json:"private_key"`
	PrivateKeyID string               `json:"private_key_id"`
	ClientSecret string               `json:"client_secret"`
	RefreshToken string               `json:"refresh_token"`
	raw          []byte
}

func (f *credentialsFile) secrets() []string {
	return []string{f.PrivateKey, f.PrivateKeyID, f.ClientSecret, f.RefreshToken}
}

// readCredentials reads the credentials of a configuration: an object, its JSON text, or the path of a file that holds
// that. Null gives nil, which means those of the environment. Of the kinds of credentials only those are taken that are
// whole by themselves: others name files, commands or addresses to fetch something from, which a document must not.
func readCredentials(v value.Value) (*credentialsFile, error) {
	f := &credentialsFile{}
	switch text, isText := v.AsString(); {
	case v.IsNull():
		return nil, nil
	case !isText:
		f.raw = value.AppendJSON(nil, v)
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		f.raw = []byte(text)
	default:
		raw, err := os.ReadFile(text)
		if err != nil {
			return nil, err
		}
		f.raw = raw
	}
	if err := json.Unmarshal(f.raw, f); err != nil {
		return nil, errors.New("not a JSON object of credentials") // err may quote them
	}
	switch f.Type {
	case credentials.ServiceAccount, credentials.AuthorizedUser:
		return f, nil
	default:
		return nil, fmt.Errorf("type %q is neither service_account nor authorized_user; "+
			"other kinds can only be the application default credentials of this machine", f.Type)
	}
}

const cloudScope = "https://www.googleapis.com/auth/cloud-platform"

// tokenSource fetches access tokens, and keeps one until it is about to end.
type tokenSource struct {
	file   *credentialsFile
	client *http.Client

	mu    sync.Mutex // guards creds
	creds *auth.Credentials
}

func (s *tokenSource) token(ctx context.Context) (string, error) {
	creds, err := s.credentials()
	if err != nil {
		return "", err
	}
	token, err := creds.Token(ctx)
	if err != nil {
		return "", err
	}
	return token.Value, nil
}

// credentials looks for those of the environment at the first call, because that may ask the network.
func (s *tokenSource) credentials() (*auth.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.creds != nil {
		return s.creds, nil
	}
	o := &credentials.DetectOptions{Scopes: []string{cloudScope}, Client: s.client, DisableAsyncRefresh: true}
	var err error
	if s.file != nil {
		s.creds, err = credentials.NewCredentialsFromJSON(s.file.Type, s.file.raw, o)
	} else {
		s.creds, err = credentials.DetectDefault(o)
	}
	return s.creds, err
}

// tokenMessage is what a token server said, in the terms of OAuth 2.0 (RFC 6749, section 5.2).
func tokenMessage(e *auth.Error) string {
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(e.Body, &body); err == nil && body.Error != "" {
		return strings.TrimSuffix(body.Error+": "+body.Description, ": ")
	}
	if e.Response != nil {
		return "the token server answered " + e.Response.Status
	}
	return "the token server could not be asked"
}
