package openai

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/internal/pem"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

const (
	officialURL = "https://api.openai.com"
	ollamaURL   = "http://localhost:11434"
	keyVariable = "OPENAI_API_KEY"
)

// The providers whose servers differ from the common protocol.
const (
	OpenAI     = "openai"
	Compatible = "openai-compatible"
	Vllm       = "vllm"
	Ollama     = "ollama"
	OCI        = "oci"
)

// settings are what a configuration comes down to.
type settings struct {
	provider string
	endpoint endpoint
	key      string
	tls      pem.Files
}

// readConfig turns the configurations that speak OpenAI's protocol into settings. Errors are those of a *model.Error
// in the making: kind, message and hint.
func readConfig(cfg spec.LlmConfig, endings map[string]string, o *Options) (*settings, *model.Error) {
	base := cfg.Llm()
	s := &settings{}
	url := text(base.URL)
	switch c := cfg.(type) {
	case *spec.OpenAiConfig:
		s.provider = OpenAI
	case *spec.OpenAiCompatibleConfig:
		s.provider, s.tls = Compatible, filesOf(c)
	case *spec.VllmConfig:
		s.provider, s.tls = Vllm, filesOf(&c.OpenAiCompatibleConfig)
	case *spec.OllamaConfig:
		s.provider, s.tls = Ollama, filesOf(&c.OpenAiCompatibleConfig)
	case *spec.GenericLlmConfig:
		s.provider = genericProvider(base)
	}
	if s.provider == "" {
		return s, unsupported(cfg)
	}
	s.provider = cmp.Or(o.Service.Provider, s.provider)
	switch {
	case url != "":
	case s.provider == OpenAI:
		url = officialURL
	case s.provider == Ollama:
		url = ollamaURL
	default:
		return s, configError("no url is given for the server")
	}
	ending, ok := endings[text(base.APIType)]
	if !ok {
		return s, configError(fmt.Sprintf("api_type %q is neither chat_completions nor responses", text(base.APIType)))
	}
	var err error
	if s.endpoint, err = parseEndpoint(url, ending); err != nil {
		return s, configError(err.Error())
	}
	return s, s.chooseKey(text(base.APIKey), o)
}

// chooseKey takes the configuration's own key, else that of the environment if the server may have it.
func (s *settings) chooseKey(own string, o *Options) *model.Error {
	s.key = strings.TrimSpace(own)
	shared := s.provider == Compatible && o.ShareKey
	if s.key == "" && (s.endpoint.official || shared) {
		s.key = strings.TrimSpace(o.Env(keyVariable))
	}
	if s.key == "" && s.endpoint.official {
		e := configError("no API key is given")
		e.Kind, e.Hint = model.KindAuth, keyHint
		return e
	}
	for _, c := range s.key {
		if c <= ' ' || c == 0x7f {
			return configError("the API key holds a space, a line break or another control character")
		}
	}
	return nil
}

const keyHint = "set the environment variable " + keyVariable + ", or give the configuration an api_key"

func configError(message string) *model.Error {
	return &model.Error{Kind: model.KindConfig, Message: message}
}

func unsupported(cfg spec.LlmConfig) *model.Error {
	base := cfg.Llm()
	message := "the configuration is not for a server that speaks OpenAI's protocol"
	if p := cmp.Or(text(base.APIProvider), text(base.Provider)); p != "" {
		message = fmt.Sprintf("provider %q is not one that speaks OpenAI's protocol", p)
	}
	return &model.Error{
		Kind: model.KindUnsupported, Message: message,
		Hint: "if its server does, say so with api_type chat_completions or responses, and a url",
	}
}

// genericProvider says how a bare LlmConfig is served: by api_provider, or else, since provider only tells who made the
// model, by that if it is one of this protocol's; "" if not by this protocol. Any server with a url is taken to speak it
// unless its api_provider is unknown and api_type does not say so.
func genericProvider(base *spec.LlmBase) string {
	name := strings.ToLower(cmp.Or(text(base.APIProvider), text(base.Provider)))
	switch name {
	case OpenAI, Vllm, Ollama:
		return name
	case Compatible, "openai_compatible", "openaicompatible":
		return Compatible
	}
	if text(base.URL) != "" && (text(base.APIProvider) == "" || text(base.APIType) != "") {
		return Compatible
	}
	return ""
}

func filesOf(c *spec.OpenAiCompatibleConfig) pem.Files {
	return pem.Files{Key: text(c.KeyFile), Cert: text(c.CertFile), CA: text(c.CAFile)}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// lazy compiles an expression when it is first used, so that starting a program costs nothing.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
