package wayflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/spec"
)

// ModelSpec names a model that takes the place of those in a document.
type ModelSpec struct {
	// Provider is openai, openai-compatible, vllm, ollama, gemini or oci; empty keeps the document's.
	Provider string
	// ModelID is the model's id.
	ModelID string
	// URL is the server's address; empty keeps the provider's own, or, without a provider, the document's.
	URL string
}

// providers are the ones that a ModelSpec may name.
var providers = []string{"openai", "openai-compatible", "vllm", "ollama", "gemini", "oci"}

// ollamaURL is where an Ollama server listens unless told otherwise.
const ollamaURL = "http://127.0.0.1:11434"

// ParseModel reads a model from the form PROVIDER:MODEL_ID@URL, such as
//
//	openai:gpt-5-mini
//	ollama:llama3.2
//	gemini:gemini-2.5-flash
//	oci:xai.grok-4
//	openai-compatible:smollm2-135m@http://127.0.0.1:8080/v1
//	gpt-5-mini
//
// The URL may be left out for openai, ollama, gemini and oci, whose access comes from the profile DEFAULT of ~/.oci/config
// unless the document has one. A model id alone keeps the document's provider and address.
func ParseModel(text string) (*ModelSpec, error) {
	m := &ModelSpec{ModelID: text}
	if i := strings.LastIndex(m.ModelID, "@http"); i >= 0 {
		m.ModelID, m.URL = m.ModelID[:i], m.ModelID[i+1:]
	}
	if provider, id, ok := strings.Cut(m.ModelID, ":"); ok && slices.Contains(providers, provider) {
		m.Provider, m.ModelID = provider, id
	}
	switch {
	case m.ModelID == "":
		return nil, fmt.Errorf("model %q names no model; write PROVIDER:MODEL_ID@URL, or a model id", text)
	case m.URL == "" && (m.Provider == "openai-compatible" || m.Provider == "vllm"):
		return nil, fmt.Errorf("model %q needs the address of its server; write %s:%s@URL", text, m.Provider, m.ModelID)
	case m.URL != "" && m.Provider == "":
		return nil, fmt.Errorf("model %q has an address but no provider; begin it with one of %s", text, strings.Join(providers, ", "))
	}
	return m, nil
}

// Apply returns the configuration that takes the place of cfg: it keeps the id, the name, the generation parameters and
// the retry policy. The document itself does not change.
func (m *ModelSpec) Apply(cfg spec.LlmConfig) (spec.LlmConfig, error) {
	old := cfg.Llm()
	if m.Provider == "" {
		return m.sameProvider(cfg)
	}
	base := spec.LlmBase{
		ComponentBase:               old.ComponentBase,
		ModelID:                     m.ModelID,
		DefaultGenerationParameters: old.DefaultGenerationParameters,
		RetryPolicy:                 old.RetryPolicy,
	}
	if m.URL != "" {
		base.URL = &m.URL
	}
	switch m.Provider {
	case "openai":
		if m.URL == "" {
			return &spec.OpenAiConfig{LlmBase: base}, nil
		}
		return &spec.OpenAiCompatibleConfig{LlmBase: base}, nil
	case "openai-compatible":
		return &spec.OpenAiCompatibleConfig{LlmBase: base}, nil
	case "vllm":
		return &spec.VllmConfig{OpenAiCompatibleConfig: spec.OpenAiCompatibleConfig{LlmBase: base}}, nil
	case "gemini":
		if old, ok := cfg.(*spec.GeminiConfig); ok {
			return &spec.GeminiConfig{LlmBase: base, Auth: old.Auth}, nil
		}
		return &spec.GeminiConfig{LlmBase: base, Auth: &spec.GeminiAIStudioAuthConfig{}}, nil
	case "oci":
		return m.oracle(cfg, base), nil
	default:
		if base.URL == nil {
			url := ollamaURL
			base.URL = &url
		}
		return &spec.OllamaConfig{OpenAiCompatibleConfig: spec.OpenAiCompatibleConfig{LlmBase: base}}, nil
	}
}

// oracle keeps the access to the cloud that the document has.
func (m *ModelSpec) oracle(cfg spec.LlmConfig, base spec.LlmBase) spec.LlmConfig {
	if old, ok := cfg.(*spec.OciGenAiConfig); ok && m.URL == "" {
		return withModelID(old, m.ModelID)
	}
	provider := "oci"
	base.APIProvider = &provider
	return &spec.GenericLlmConfig{LlmBase: base}
}

// sameProvider only replaces the model's id.
func (m *ModelSpec) sameProvider(cfg spec.LlmConfig) (spec.LlmConfig, error) {
	switch cfg := cfg.(type) {
	case *spec.OpenAiConfig:
		return withModelID(cfg, m.ModelID), nil
	case *spec.OpenAiCompatibleConfig:
		return withModelID(cfg, m.ModelID), nil
	case *spec.VllmConfig:
		return withModelID(cfg, m.ModelID), nil
	case *spec.OllamaConfig:
		return withModelID(cfg, m.ModelID), nil
	case *spec.GeminiConfig:
		return withModelID(cfg, m.ModelID), nil
	case *spec.OciGenAiConfig:
		return withModelID(cfg, m.ModelID), nil
	case *spec.GenericLlmConfig:
		return withModelID(cfg, m.ModelID), nil
	}
	return nil, fmt.Errorf("model %q cannot replace a %s; name a provider too", m.ModelID, spec.TypeName(cfg))
}

// withModelID is a copy of a configuration that names another model.
func withModelID[T any, P interface {
	*T
	spec.LlmConfig
}](cfg P, id string) spec.LlmConfig {
	copied := *cfg
	P(&copied).Llm().ModelID = id
	return P(&copied)
}
