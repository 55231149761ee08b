package oracle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/oracle/oci-go-sdk/v65/common"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// Provider is how errors and logs name the cloud.
const Provider = "oci"

// What a configuration leaves out: the file and the profile as the command line of OCI calls them
// (https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm), the compartment as the reference does.
const (
	defaultFile         = "~/.oci/config"
	defaultProfile      = "DEFAULT"
	compartmentVariable = "OCI_GENAI_COMPARTMENT"
)

// Options are the surroundings of an [Access]. Nil means defaults.
type Options struct {
	// Transport performs the requests; it must be given.
	Transport http.RoundTripper
	// Env looks up environment variables; nil means [os.Getenv].
	Env func(string) string
}

// Access is one way into the cloud. It is safe for concurrent use.
type Access struct {
	// Endpoint is the address of the service, without a slash at its end.
	Endpoint string
	// Transport performs requests and signs them.
	Transport http.RoundTripper
	// Compartment is the OCID of the compartment that pays.
	Compartment string
	// Host is the endpoint without user information, for people.
	Host string
	// Secrets are what must not be shown: the token of a session.
	Secrets []string
}

// Open returns the access that a configuration describes. An empty service endpoint stands for the region of the profile, an
// empty compartment for OCI_GENAI_COMPARTMENT of the environment or else the profile's tenancy. Open reads the files that
// the configuration names, and does not touch the network. Its errors are a *model.Error in the making.
func Open(cfg spec.OciClientConfig, compartment string, o Options) (*Access, *model.Error) {
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if cfg == nil {
		return nil, configError("no client_config is given")
	}
	keys, problem := credentialsOf(cfg, o.Transport)
	if problem != nil {
		return nil, problem
	}
	endpoint, err := endpointOf(cfg.Oci().ServiceEndpoint, keys)
	if err != nil {
		return nil, configError(err.Error())
	}
	if compartment = cmp.Or(compartment, o.Env(compartmentVariable)); compartment == "" {
		if compartment, err = keys.tenancy(); err != nil {
			return nil, configError("no compartment_id is given")
		}
	}
	return &Access{
		Endpoint: endpoint.String(), Host: endpoint.Redacted(), Compartment: compartment,
		Transport: &signer{keys: keys, next: o.Transport}, Secrets: keys.secrets,
	}, nil
}

func configError(message string) *model.Error {
	return &model.Error{Kind: model.KindConfig, Message: message}
}

// endpointOf reads the address of the service, or makes it of a region.
func endpointOf(address string, keys *credentials) (*url.URL, error) {
	address = strings.TrimRight(strings.TrimSpace(address), "/")
	if address == "" {
		region, err := keys.region()
		if err != nil {
			return nil, errors.New("no service_endpoint is given, and the profile names no region")
		}
		r := common.StringToRegion(region)
		address = fmt.Sprintf("https://inference.generativeai.%s.oci.%s", r, r.SecondLevelDomain())
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.New("service_endpoint is not a valid address") // err may quote a password
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("service_endpoint must begin with https://")
	case u.Hostname() == "":
		return nil, errors.New("service_endpoint names no host")
	}
	return u, nil
}

// profileOf are the file and the profile of a configuration.
func profileOf(p *spec.OciProfile) (file, profile string) {
	return cmp.Or(p.AuthFileLocation, defaultFile), cmp.Or(p.AuthProfile, defaultProfile)
}

// credentialsOf settles who asks.
func credentialsOf(cfg spec.OciClientConfig, next http.RoundTripper) (*credentials, *model.Error) {
	switch c := cfg.(type) {
	case *spec.OciClientConfigWithApiKey:
		return fromFile(&c.OciProfile, common.ConfigurationProviderFromFileWithProfile)
	case *spec.OciClientConfigWithSecurityToken:
		return fromFile(&c.OciProfile, common.ConfigurationProviderForSessionTokenWithProfile)
	case *spec.OciClientConfigWithInstancePrincipal:
		return &credentials{open: func(ctx context.Context) (keyProvider, error) { return instance(ctx, next) }}, nil
	case *spec.OciClientConfigWithResourcePrincipal:
		return &credentials{open: resource}, nil
	default:
		return nil, configError(fmt.Sprintf("a %s gives no access that is known", spec.TypeName(cfg)))
	}
}
