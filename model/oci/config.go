package oci

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/internal/oracle"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// The API types of Agent Spec.
const (
	apiOCI       = "oci"
	apiChat      = "openai_chat_completions"
	apiResponses = "openai_responses"
)

// format is one of the two formats of the service's own API.
type format interface {
	exchange.API
	// request writes a chat request.
	request(p *prompt.Prompt, g *exchange.Generation, stream bool) (value.Value, error)
}

// settings are what a configuration comes down to.
type settings struct {
	modelID     string
	client      spec.OciClientConfig
	compartment string
	serving     string
	format      format
	defaults    *spec.LlmGenerationConfig
	retry       *spec.RetryPolicy
	// native is true for the service's own API; compatible names OpenAI's otherwise. fromOpenAI is true for OpenAI's models.
	native     bool
	fromOpenAI bool
	compatible string
	store      string
}

// readConfig reads a configuration. Errors are those of a *model.Error in the making: kind, message and hint.
func readConfig(cfg spec.LlmConfig) (*settings, *model.Error) {
	base := cfg.Llm()
	s := &settings{modelID: base.ModelID, defaults: base.DefaultGenerationParameters, retry: base.RetryPolicy}
	var mode, store *string
	switch c := cfg.(type) {
	case *spec.OciGenAiConfig:
		s.client, s.compartment, mode, store = c.ClientConfig, c.CompartmentID, &c.ServingMode, c.ConversationStoreID
	case *spec.GenericLlmConfig:
		if !isOracle(base) {
			return s, unsupported()
		}
		s.client = &spec.OciClientConfigWithApiKey{OciClientBase: spec.OciClientBase{ServiceEndpoint: text(base.URL)}}
	default:
		return s, unsupported()
	}
	s.store = text(store)
	s.fromOpenAI = strings.HasPrefix(strings.ToLower(s.modelID), "openai.")
	if problem := s.chooseAPI(text(base.APIType)); problem != nil {
		return s, problem
	}
	s.serving = oracle.ServingMode(text(mode), s.modelID)
	switch {
	case s.serving != oracle.OnDemand && s.serving != oracle.Dedicated:
		return s, configError(fmt.Sprintf("serving_mode %q is neither ON_DEMAND nor DEDICATED", s.serving))
	case s.serving == oracle.Dedicated && !s.native:
		return s, configError("a dedicated model is only served by the api_type oci")
	}
	return s, s.chooseFormat(text(base.Provider))
}

// isOracle reports whether a bare configuration is for this service.
func isOracle(base *spec.LlmBase) bool {
	name := text(base.APIProvider)
	if name == "" {
		name = text(base.Provider)
	}
	return strings.EqualFold(name, oracle.Provider)
}

func (s *settings) chooseAPI(name string) *model.Error {
	switch name {
	case "", apiOCI:
		s.native, s.compatible = true, "chat_completions" // for requests that the service's own API cannot take
	case apiChat:
		s.compatible = "chat_completions"
	case apiResponses:
		s.compatible = "responses"
	default:
		return configError(fmt.Sprintf("api_type %q is none of %s, %s and %s", name, apiOCI, apiChat, apiResponses))
	}
	return nil
}

// chooseFormat goes by the provider, or by the beginning of the model's id, which names it.
func (s *settings) chooseFormat(provider string) *model.Error {
	if provider == "" || strings.EqualFold(provider, oracle.Provider) {
		if s.serving == oracle.Dedicated {
			return configError("a dedicated model needs a provider, such as META, COHERE, XAI or OTHER, since its id does not tell")
		}
		prefix, _, found := strings.Cut(s.modelID, ".")
		if found {
			provider = prefix
		}
	}
	switch provider = strings.ToLower(provider); {
	case strings.Contains(provider, "cohere"):
		s.format = cohere{}
	case strings.Contains(provider, "meta"):
		s.format = generic{meta: true}
	default:
		s.format = generic{}
	}
	return nil
}

// likeOpenAI is the configuration of the API of OpenAI's kind.
func (s *settings) likeOpenAI(a *oracle.Access) *spec.OpenAiCompatibleConfig {
	url := a.Endpoint + "/openai/v1"
	cfg := &spec.OpenAiCompatibleConfig{}
	cfg.ModelID, cfg.URL, cfg.APIType = s.modelID, &url, &s.compatible
	cfg.DefaultGenerationParameters, cfg.RetryPolicy = s.defaults, s.retry
	return cfg
}

// header is what that API wants to know beside the body. Clients of Oracle's send the compartment under both names.
func (s *settings) header(a *oracle.Access) http.Header {
	h := http.Header{}
	h.Set("CompartmentId", a.Compartment)
	h.Set("Opc-Compartment-Id", a.Compartment)
	if s.store != "" {
		h.Set("Opc-Conversation-Store-Id", s.store)
	}
	return h
}

func unsupported() *model.Error {
	return &model.Error{Kind: model.KindUnsupported, Message: "the configuration is not for Oracle's Generative AI service"}
}

func configError(message string) *model.Error {
	return &model.Error{Kind: model.KindConfig, Message: message}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
