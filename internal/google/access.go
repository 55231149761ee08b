package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"cloud.google.com/go/auth"
	"google.golang.org/genai"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// Provider is how errors and logs name Google.
const Provider = "gemini"

const (
	keyVariable     = "GEMINI_API_KEY"
	projectVariable = "GOOGLE_CLOUD_PROJECT"
	keyHint         = "set the environment variable " + keyVariable + ", or give the configuration's auth an api_key"
	studioURL       = "https://generativelanguage.googleapis.com"
)

// access is what a configuration comes down to.
type access struct {
	vertex            bool
	key               string
	project, location string
	// credentials is nil for those of the environment, if vertex is set.
	credentials *credentialsFile
	// base is the address without a version; version may be empty for the client's own.
	base, version string
	// official is true for Google's own servers.
	official bool
	secrets  []string
}

func configError(message string) *model.Error {
	return &model.Error{Kind: model.KindConfig, Message: message}
}

// readAccess reads a configuration. Errors are those of a *model.Error in the making: kind, message and hint.
func readAccess(cfg *Config, o *Options) (*access, *model.Error) {
	a := &access{base: studioURL, official: true}
	var problem *model.Error
	switch auth := cfg.Auth.(type) {
	case *spec.GeminiVertexAIAuthConfig:
		a.vertex = true
		problem = a.readVertex(auth, o)
	case *spec.GeminiAIStudioAuthConfig:
		if auth.APIKey != nil {
			a.key = strings.TrimSpace(*auth.APIKey)
		}
	}
	if cfg.URL != "" && problem == nil {
		problem = a.readURL(cfg.URL)
	}
	if problem != nil {
		return a, problem
	}
	if modelName().MatchString(cfg.ModelID) {
		return a, a.choose(cfg, o)
	}
	return a, configError(fmt.Sprintf("model_id %q cannot be the name of a model", cfg.ModelID))
}

// What may stand in an address.
var (
	modelName    = lazy(`^[A-Za-z0-9][A-Za-z0-9._@:/-]*$`)
	projectName  = lazy(`^[a-z0-9][a-z0-9.:-]*$`)
	locationName = lazy(`^[a-z0-9-]+$`)
	multiRegion  = lazy(`^(?:us|eu)$`)
)

func (a *access) readVertex(cfg *spec.GeminiVertexAIAuthConfig, o *Options) *model.Error {
	a.location = cfg.Location
	if a.location == "" {
		a.location = "global"
	}
	if !locationName().MatchString(a.location) {
		return configError(fmt.Sprintf("location %q is none of Google's cloud", a.location))
	}
	switch {
	case a.location == "global":
		a.base = "https://aiplatform.googleapis.com"
	case multiRegion().MatchString(a.location):
		a.base = "https://aiplatform." + a.location + ".rep.googleapis.com"
	default:
		a.base = "https://" + a.location + "-aiplatform.googleapis.com"
	}
	var err error
	if a.credentials, err = readCredentials(cfg.Credentials); err != nil {
		return configError("credentials: " + err.Error())
	}
	if cfg.ProjectID != nil {
		a.project = *cfg.ProjectID
	}
	if a.project == "" {
		a.project = o.Env(projectVariable)
	}
	if a.credentials != nil {
		a.secrets = append(a.secrets, a.credentials.secrets()...)
		if a.project == "" {
			a.project = a.credentials.ProjectID
		}
	}
	if !projectName().MatchString(a.project) {
		e := configError(fmt.Sprintf("project_id %q is none of Google's cloud", a.project))
		if a.project == "" {
			e.Message = "no project_id is given"
			e.Hint = "give the configuration's auth a project_id, or set the environment variable " + projectVariable
		}
		return e
	}
	return nil
}

// readURL takes another server, at an address with or without the version of the API.
func (a *access) readURL(address string) *model.Error {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return configError("url is not a valid address") // err may quote a password
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return configError("url must begin with http:// or https:// and name a host")
	}
	if u.User != nil || u.RawQuery != "" {
		return configError("url can hold neither a user nor a query")
	}
	path := strings.TrimRight(u.Path, "/")
	if i := strings.LastIndex(path, "/v"); i >= 0 && !strings.Contains(path[i+1:], "/") {
		path, a.version = path[:i], path[i+1:]
	}
	a.base = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String()
	a.official = u.Scheme == "https" && u.Port() == "" && strings.HasSuffix(u.Hostname(), ".googleapis.com")
	return nil
}

// choose takes the configuration's own key or credentials, else those of the environment if the server may have them.
func (a *access) choose(cfg *Config, o *Options) *model.Error {
	ambient := a.official || o.ShareKey
	if a.vertex {
		if a.credentials == nil && !ambient {
			e := configError("no credentials are given")
			e.Kind, e.Hint = model.KindAuth, "those of this machine only go to Google; give the configuration's auth credentials"
			return e
		}
		return nil
	}
	if a.key == "" {
		a.key = strings.TrimSpace(cfg.Key)
	}
	if a.key == "" && ambient {
		a.key = strings.TrimSpace(o.Env(keyVariable))
	}
	if a.key == "" {
		e := configError("no API key is given")
		e.Kind, e.Hint = model.KindAuth, keyHint
		return e
	}
	a.secrets = append(a.secrets, a.key)
	for _, c := range a.key {
		if c <= ' ' || c == 0x7f {
			return configError("the API key holds a space, a line break or another control character")
		}
	}
	return nil
}

// address is where a model is, for people.
func (a *access) address(modelID string) string {
	version := a.version
	switch {
	case version != "":
	case a.vertex:
		version = "v1beta1"
	default:
		version = "v1beta"
	}
	path := "/" + version + "/"
	if a.vertex {
		path += "projects/" + a.project + "/locations/" + a.location + "/publishers/google/"
	}
	return a.base + path + "models/" + strings.TrimPrefix(modelID, "models/")
}

// client is the configuration of the official client. Everything that it would look for in the environment is given.
func (a *access) client(client *http.Client) *genai.ClientConfig {
	c := &genai.ClientConfig{
		Backend: genai.BackendGeminiAPI, APIKey: a.key, HTTPClient: client,
		HTTPOptions: genai.HTTPOptions{BaseURL: a.base + "/", APIVersion: a.version},
	}
	if a.vertex {
		c.Backend, c.Project, c.Location = genai.BackendVertexAI, a.project, a.location
	}
	return c
}

// tokens returns what fetches access tokens, through client; nil if none are needed.
func (a *access) tokens(client *http.Client) func(context.Context) (string, error) {
	if !a.vertex {
		return nil
	}
	source := &tokenSource{file: a.credentials, client: client}
	return func(ctx context.Context) (string, error) {
		token, err := source.token(ctx)
		if err == nil {
			return token, nil
		}
		if ctx.Err() != nil {
			return "", err
		}
		e := &model.Error{Kind: model.KindAuth, Message: "no access token: " + err.Error(), Err: err}
		e.Hint = "check the credentials and what they may be used for"
		if a.credentials == nil {
			e.Hint = "give the configuration's auth credentials, or run: gcloud auth application-default login"
		}
		if refused, ok := errors.AsType[*auth.Error](err); ok {
			e.Message, e.Err = "no access token: "+tokenMessage(refused), nil // its text quotes the whole answer
			if refused.Response != nil {
				e.Status = refused.Response.StatusCode
			}
		}
		return "", e
	}
}

// hint says what to do about an error of Google's servers.
func (a *access) hint(e *model.Error) string {
	switch e.Kind {
	case model.KindAuth:
		if a.vertex {
			return "check the credentials, and that they may use Vertex AI in project " + a.project
		}
		return "check the API key; keys are made at https://aistudio.google.com/apikey"
	case model.KindNotFound:
		if a.vertex {
			return "check model_id, and that location " + a.location + " has that model"
		}
		return "check model_id; the server lists its models at /v1beta/models"
	case model.KindRejected:
		if strings.Contains(e.Message, "location is not supported") {
			return "this machine is where Google does not offer the Gemini API; Vertex AI may be an alternative"
		}
		return ""
	default:
		return ""
	}
}

// lazy compiles an expression when it is first used, so that starting a program costs nothing.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
