package spec

// OciClientConfig says how to get access to Oracle's cloud (Agent Spec, "OciClientConfig").
type OciClientConfig interface {
	Component
	// Oci returns what all of them share.
	Oci() *OciClientBase
}

// OciClientBase is what all ways to get access to Oracle's cloud share.
type OciClientBase struct {
	ComponentBase
	// ServiceEndpoint is the address of the service.
	ServiceEndpoint string `spec:"service_endpoint,required"`
	// AuthType follows from the type of the component and need not be set.
	AuthType string `spec:"auth_type"`
}

// Oci implements [OciClientConfig].
func (c *OciClientBase) Oci() *OciClientBase { return c }

// OciProfile is a profile in a configuration file of the OCI command line.
type OciProfile struct {
	// AuthProfile is the name of the profile, AuthFileLocation the path of the file.
	AuthProfile      string `spec:"auth_profile,required"`
	AuthFileLocation string `spec:"auth_file_location,required,sensitive"`
}

// OciClientConfigWithSecurityToken uses the session token of a profile.
type OciClientConfigWithSecurityToken struct {
	OciClientBase
	OciProfile
}

// OciClientConfigWithApiKey uses the API key of a profile.
type OciClientConfigWithApiKey struct {
	OciClientBase
	OciProfile
}

// OciClientConfigWithInstancePrincipal uses the identity of the machine that the runtime is on.
type OciClientConfigWithInstancePrincipal struct{ OciClientBase }

// OciClientConfigWithResourcePrincipal uses the identity of the cloud resource that the runtime is in.
type OciClientConfigWithResourcePrincipal struct{ OciClientBase }
