package spec

import "github.com/wayflow-go/wayflow/value"

// LlmConfig says which model to ask, and how (Agent Spec, "LlmConfig").
type LlmConfig interface {
	Component
	// Llm returns what all configurations share.
	Llm() *LlmBase
}

// LlmBase is what all model configurations share. Not every one uses every field; [Kind.Tags] in the catalogue says
// which, and since when.
type LlmBase struct {
	ComponentBase
	// ModelID is the name of the model, as the server knows it.
	ModelID string `spec:"model_id,required"`
	// Provider is who made the model, such as meta.
	Provider *string `spec:"provider,since=26.1.2"`
	// APIProvider is what serves the model, such as vllm.
	APIProvider *string `spec:"api_provider,since=26.1.2"`
	// APIType is the protocol: chat_completions or responses, for OciGenAiConfig oci, openai_chat_completions or
	// openai_responses. Nil means the first of these.
	APIType *string `spec:"api_type,since=26.1.2"`
	// URL is the address of the server.
	URL *string `spec:"url,since=26.1.2"`
	// APIKey is a secret. Nil takes it from the environment.
	APIKey *string `spec:"api_key,sensitive,since=26.1.2"`
	// DefaultGenerationParameters are those of requests that bring none of their own.
	DefaultGenerationParameters *LlmGenerationConfig `spec:"default_generation_parameters"`
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.1.2"`
}

// Llm implements [LlmConfig].
func (l *LlmBase) Llm() *LlmBase { return l }

func (*LlmBase) manager() {}

// GenericLlmConfig is a configuration that names its provider by text; spelled LlmConfig (Agent Spec 26.1.2).
type GenericLlmConfig struct{ LlmBase }

// OpenAiConfig is a model of OpenAI.
type OpenAiConfig struct{ LlmBase }

// OpenAiCompatibleConfig is a server that speaks OpenAI's protocol; URL is required. The three files are PEM files: those
// of the client, which come together, and the authorities that the server's certificate is checked against.
type OpenAiCompatibleConfig struct {
	LlmBase
	KeyFile  *string `spec:"key_file,sensitive,since=26.1.2"`
	CertFile *string `spec:"cert_file,sensitive,since=26.1.2"`
	CAFile   *string `spec:"ca_file,sensitive,since=26.1.2"`
}

// VllmConfig is a vLLM server.
type VllmConfig struct{ OpenAiCompatibleConfig }

// OllamaConfig is an Ollama server.
type OllamaConfig struct{ OpenAiCompatibleConfig }

// OciGenAiConfig is a model in Oracle's cloud.
type OciGenAiConfig struct {
	LlmBase
	// CompartmentID is the OCID of the compartment that has the model.
	CompartmentID string `spec:"compartment_id,required"`
	// ServingMode is ON_DEMAND or DEDICATED; empty means ON_DEMAND.
	ServingMode string `spec:"serving_mode,nonzero,enum=ON_DEMAND|DEDICATED,default=ON_DEMAND"`
	// ClientConfig gives access to the cloud.
	ClientConfig OciClientConfig `spec:"client_config,required"`
	// ConversationStoreID is where the Responses API keeps conversations.
	ConversationStoreID *string `spec:"conversation_store_id,since=25.4.2"`
}

// minVersion asks for the version that brought the provider XAI.
func (c *OciGenAiConfig) minVersion() Version {
	if c.Provider != nil && *c.Provider == "XAI" {
		return V26_1_2
	}
	return V25_4_1
}

// GeminiConfig is a model of Google (Agent Spec 26.1.2, "GeminiConfig").
type GeminiConfig struct {
	LlmBase
	// Auth gives access to the model.
	Auth GeminiAuthConfig `spec:"auth,required"`
}

// GeminiAuthConfig says how to get access to a model of Google.
type GeminiAuthConfig interface {
	Component
	gemini()
}

// GeminiAIStudioAuthConfig is access by Google AI Studio.
type GeminiAIStudioAuthConfig struct {
	ComponentBase
	// APIKey nil takes it from the environment.
	APIKey *string `spec:"api_key,sensitive"`
}

func (*GeminiAIStudioAuthConfig) gemini() {}

// GeminiVertexAIAuthConfig is access by Google's cloud.
type GeminiVertexAIAuthConfig struct {
	ComponentBase
	// ProjectID nil takes it from the environment.
	ProjectID *string `spec:"project_id"`
	// Location is the region; empty means global.
	Location string `spec:"location,nonzero,default=global"`
	// Credentials are the path of a file with credentials, or its contents as an object; null means the application
	// default credentials.
	Credentials value.Value `spec:"credentials,sensitive"`
}

func (*GeminiVertexAIAuthConfig) gemini() {}

func (c *GeminiVertexAIAuthConfig) check(report func(key, problem string)) {
	switch c.Credentials.Kind() {
	case value.KindNull, value.KindString, value.KindObject:
	default:
		report("credentials", "must be a text or an object")
	}
}

// DbmsVectorChainLlmConfig is a model that an Oracle database asks for us (Agent Spec 26.3.1,
// "DbmsVectorChainLlmConfig"). ModelID, Provider and URL are required, APIProvider, APIType and APIKey do not exist.
type DbmsVectorChainLlmConfig struct {
	LlmBase
	// Host is local for a server of OpenAI's or Ollama's kind that needs no credential; nil otherwise.
	Host *string `spec:"host,enum=local"`
	// CredentialName names a credential in the database. It is required unless Host is set.
	CredentialName *string `spec:"credential_name"`
	// TransferTimeout is in seconds; nil is the database's own.
	TransferTimeout *int `spec:"transfer_timeout"`
	// ConnectionConfig nil leaves the database to the runtime.
	ConnectionConfig OracleDatabaseConnectionConfig `spec:"connection_config"`
}

func (c *DbmsVectorChainLlmConfig) check(report func(key, problem string)) {
	switch {
	case c.Host != nil && c.CredentialName != nil:
		report("credential_name", "cannot be given together with host")
	case c.Host == nil && c.CredentialName == nil:
		report("credential_name", "must be given unless host is local")
	case c.Host != nil && c.Provider != nil && *c.Provider != "openai" && *c.Provider != "ollama":
		report("host", "can only be given for the providers openai and ollama")
	}
	if c.TransferTimeout != nil && *c.TransferTimeout < 0 {
		report("transfer_timeout", "cannot be negative")
	}
}

// LlmGenerationConfig are the parameters of a generation. Fields that have no name here are kept in Extra and sent as
// they are.
type LlmGenerationConfig struct {
	// MaxTokens bounds the length of the answer.
	MaxTokens *int `spec:"max_tokens,omitdefault"`
	// Temperature and TopP are those of the sampling.
	Temperature *float64 `spec:"temperature,omitdefault"`
	TopP        *float64 `spec:"top_p,omitdefault"`
	// Extra are all other keys, in order.
	Extra *value.Object `spec:",extra"`
}
