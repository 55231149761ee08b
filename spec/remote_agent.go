package spec

// A2AAgent is an agent of another server that speaks the A2A protocol (Agent Spec 25.4.2, "A2AAgent").
type A2AAgent struct {
	ComponentBase
	IO
	// AgentURL is the address of the server.
	AgentURL string `spec:"agent_url,required"`
	// ConnectionConfig says how to connect to it.
	ConnectionConfig *A2AConnectionConfig `spec:"connection_config,required"`
	// SessionParameters nil means the defaults.
	SessionParameters *A2ASessionParameters `spec:"session_parameters,default={}"`
}

func (*A2AAgent) agentic() {}
func (*A2AAgent) manager() {}

// A2ASessionParameters say how long and how often a remote agent is asked for its answer.
type A2ASessionParameters struct {
	// Timeout is how many seconds to wait for an answer; 0 means 60.
	Timeout float64 `spec:"timeout,nonzero,default=60.0"`
	// PollInterval is the seconds between two questions; 0 means 2.
	PollInterval float64 `spec:"poll_interval,nonzero,default=2.0"`
	// MaxRetries is how often a failed exchange is tried again.
	MaxRetries int `spec:"max_retries,default=5"`
}

// A2AConnectionConfig says how to connect to an [A2AAgent]. The three files are PEM files.
type A2AConnectionConfig struct {
	ComponentBase
	// Timeout is that of each HTTP request, in seconds; 0 means 600.
	Timeout float64 `spec:"timeout,nonzero,default=600.0"`
	// Headers go with each request. Unlike sensitive headers they are written on export.
	Headers Dict[string] `spec:"headers"`
	// SkipVerify accepts any certificate of the server (in documents: verify, negated).
	SkipVerify bool `spec:"verify,negated"`
	// KeyFile and CertFile authenticate the client.
	KeyFile  *string `spec:"key_file"`
	CertFile *string `spec:"cert_file"`
	// SSLCACert are the authorities that the server's certificate is checked against; nil means the system's.
	SSLCACert *string `spec:"ssl_ca_cert"`
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.1.2"`
}

// OciAgent is an agent of Oracle's cloud (Agent Spec, "OciAgent").
type OciAgent struct {
	ComponentBase
	IO
	// AgentEndpointID is the OCID of the agent's endpoint.
	AgentEndpointID string `spec:"agent_endpoint_id,required"`
	// ClientConfig gives access to the cloud.
	ClientConfig OciClientConfig `spec:"client_config,required"`
	// RetryPolicy nil means the defaults of a RetryPolicy.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.1.2"`
}

func (*OciAgent) agentic() {}
func (*OciAgent) manager() {}

// OpenAiAgent is an agent of OpenAI's platform. Agent Spec has it as a beta without documentation.
type OpenAiAgent struct {
	ComponentBase
	IO
	// LlmConfig gives access to the platform.
	LlmConfig *OpenAiConfig `spec:"llm_config,required"`
	// RemoteAgentID is the platform's id of the agent.
	RemoteAgentID *string `spec:"remote_agent_id"`
}

func (*OpenAiAgent) agentic() {}
func (*OpenAiAgent) manager() {}
