package spec

// ClientTransport says how to reach an MCP server (Agent Spec, "ClientTransport").
type ClientTransport interface {
	Component
	// Transport returns what all transports share.
	Transport() *TransportBase
}

// TransportBase is what all transports share.
type TransportBase struct {
	ComponentBase
	// SessionParameters nil means the defaults.
	SessionParameters *SessionParameters `spec:"session_parameters,default={}"`
}

// Transport implements [ClientTransport].
func (t *TransportBase) Transport() *TransportBase { return t }

// SessionParameters are those of a session with an MCP server.
type SessionParameters struct {
	// ReadTimeoutSeconds is how long to wait for an answer; 0 means 60.
	ReadTimeoutSeconds float64 `spec:"read_timeout_seconds,nonzero,default=60.0"`
}

// StdioTransport starts the server as a process and talks to its standard input and output (Agent Spec,
// "StdioTransport"). As a document can start any program with it, loading refuses it unless that was allowed.
// Spelled PluginStdioTransport when its encoding is not the default.
type StdioTransport struct {
	TransportBase
	// Command is the program and Args are its arguments.
	Command string   `spec:"command,required"`
	Args    []string `spec:"args,default=[]"`
	// Env is the environment of the process; nil means a small safe part of our own.
	Env Dict[string] `spec:"env"`
	// Cwd is the directory of the process; nil means our own.
	Cwd *string `spec:"cwd"`

	// Encoding is that of the texts exchanged; empty means utf-8.
	Encoding string `spec:"-" ext:"encoding,nonzero,default=utf-8"`
	// EncodingErrorHandler is strict, ignore or replace; empty means strict.
	EncodingErrorHandler string `spec:"-" ext:"encoding_error_handler,nonzero,enum=strict|ignore|replace,default=strict"`
}

func (t *StdioTransport) extended() bool {
	return t.Encoding != "" && t.Encoding != "utf-8" ||
		t.EncodingErrorHandler != "" && t.EncodingErrorHandler != "strict"
}

// RemoteTransport is a [ClientTransport] that goes over HTTP (Agent Spec, "RemoteTransport").
type RemoteTransport interface {
	ClientTransport
	// Remote returns what all remote transports share.
	Remote() *RemoteTransportBase
}

// RemoteTransportBase is what all transports over HTTP share. They have the spelling of the extension when one of its
// two timeouts is not the default.
type RemoteTransportBase struct {
	TransportBase
	// URL is the address of the server.
	URL string `spec:"url,required"`
	// Auth is how to get access; nil means that none is needed, or that the headers give it.
	Auth AuthConfig `spec:"auth,since=26.1.2"`
	// Headers go with each request.
	Headers Dict[string] `spec:"headers"`
	// SensitiveHeaders are headers that must not get into documents. None may also be in Headers.
	SensitiveHeaders Dict[string] `spec:"sensitive_headers,sensitive,since=25.4.2"`
	// RetryPolicy nil means that failures are not tried again.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.1.2"`

	// Timeout is that of a request, in seconds; 0 means 5. The retry policy's, if it has one, comes before it.
	Timeout float64 `spec:"-" ext:"timeout,nonzero,default=5.0"`
	// SSEReadTimeout is how many seconds a stream of events may be silent; 0 means 300.
	SSEReadTimeout float64 `spec:"-" ext:"sse_read_timeout,nonzero,default=300.0"`
}

// Remote implements [RemoteTransport].
func (t *RemoteTransportBase) Remote() *RemoteTransportBase { return t }

func (t *RemoteTransportBase) extended() bool {
	return t.Timeout != 0 && t.Timeout != 5 || t.SSEReadTimeout != 0 && t.SSEReadTimeout != 300
}

func (t *RemoteTransportBase) check(report func(key, problem string)) {
	for _, header := range t.SensitiveHeaders {
		if _, both := t.Headers.Get(header.Key); both {
			report("sensitive_headers", headerTwice(header.Key))
		}
	}
}

// SSETransport uses Server-Sent Events.
type SSETransport struct{ RemoteTransportBase }

// StreamableHTTPTransport uses MCP's streamable HTTP.
type StreamableHTTPTransport struct{ RemoteTransportBase }

// ClientCertificate are the files, in PEM, with which both sides of a connection prove who they are. Agent Spec's own
// transports treat them as secrets.
type ClientCertificate struct {
	// KeyFile and CertFile authenticate the client.
	KeyFile  string `spec:"key_file,required,sensitive" ext:"key_file,required"`
	CertFile string `spec:"cert_file,required,sensitive" ext:"cert_file,required"`
	// CAFile are the authorities that the server's certificate is checked against.
	CAFile string `spec:"ca_file,required,sensitive" ext:"ca_file,required,alias=ssl_ca_cert"`
}

// SSEmTLSTransport is an [SSETransport] in which the client has a certificate as well.
type SSEmTLSTransport struct {
	RemoteTransportBase
	ClientCertificate
}

// StreamableHTTPmTLSTransport is a [StreamableHTTPTransport] in which the client has a certificate as well.
type StreamableHTTPmTLSTransport struct {
	RemoteTransportBase
	ClientCertificate
}
