package spec

// EmbeddingConfig says which model turns texts into vectors. All of them belong to the extension.
type EmbeddingConfig interface {
	Component
	embedding()
}

// OciGenAiEmbeddingConfig is a model in Oracle's cloud; spelled PluginOciGenAiEmbeddingConfig.
type OciGenAiEmbeddingConfig struct {
	ComponentBase
	// ModelID is the name of the model.
	ModelID string `spec:"model_id,required"`
	// CompartmentID is the OCID of the compartment that has the model.
	CompartmentID string `spec:"compartment_id,required"`
	// ClientConfig gives access to the cloud.
	ClientConfig OciClientConfig `spec:"client_config,required"`
	// ServingMode is ON_DEMAND or DEDICATED; empty means ON_DEMAND.
	ServingMode string `spec:"serving_mode,nonzero,enum=ON_DEMAND|DEDICATED,default=ON_DEMAND"`
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *RetryPolicy `spec:"retry_policy"`
}

func (*OciGenAiEmbeddingConfig) embedding() {}

// OpenAiEmbeddingConfig is a model of OpenAI; spelled PluginOpenAiEmbeddingConfig.
type OpenAiEmbeddingConfig struct {
	ComponentBase
	// ModelID is the name of the model.
	ModelID string `spec:"model_id,required"`
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *RetryPolicy `spec:"retry_policy"`
}

func (*OpenAiEmbeddingConfig) embedding() {}

// OpenAiCompatibleEmbeddingConfig is a server that speaks OpenAI's protocol; spelled
// PluginOpenAiCompatibleEmbeddingConfig. The three files are PEM files: those of the client, which come together, and the
// authorities that the server's certificate is checked against.
type OpenAiCompatibleEmbeddingConfig struct {
	ComponentBase
	// URL is the address of the server.
	URL string `spec:"url,required"`
	// ModelID is the name of the model, as the server knows it.
	ModelID  string  `spec:"model_id,required"`
	KeyFile  *string `spec:"key_file,sensitive"`
	CertFile *string `spec:"cert_file,sensitive"`
	CAFile   *string `spec:"ca_file,sensitive"`
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *RetryPolicy `spec:"retry_policy"`
}

func (*OpenAiCompatibleEmbeddingConfig) embedding() {}

// OllamaEmbeddingConfig is an Ollama server; spelled PluginOllamaEmbeddingConfig.
type OllamaEmbeddingConfig struct {
	OpenAiCompatibleEmbeddingConfig
}

// VllmEmbeddingConfig is a vLLM server; spelled PluginVllmEmbeddingConfig.
type VllmEmbeddingConfig struct {
	OpenAiCompatibleEmbeddingConfig
}
