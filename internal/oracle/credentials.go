package oracle

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/common/auth"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

// keyProvider is who asks: the SDK's provider of a key and its name.
type keyProvider = common.KeyProvider

// credentials are who asks, found out when first needed.
type credentials struct {
	// profile is nil for principals.
	profile common.ConfigurationProvider
	secrets []string
	open    func(context.Context) (keyProvider, error)

	mu   sync.Mutex // guards what follows
	keys keyProvider
}

// get returns the key provider, and opens it at the first call. While it is opened others wait.
func (c *credentials) get(ctx context.Context) (keyProvider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys != nil {
		return c.keys, nil
	}
	keys, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	c.keys = keys
	return keys, nil
}

var errNoProfile = errors.New("there is no profile")

func (c *credentials) region() (string, error) {
	if c.profile == nil {
		return "", errNoProfile
	}
	return c.profile.Region()
}

func (c *credentials) tenancy() (string, error) {
	if c.profile == nil {
		return "", errNoProfile
	}
	return c.profile.TenancyOCID()
}

// fixedKey keeps a key that the SDK would parse again for each request.
type fixedKey struct {
	key *rsa.PrivateKey
	id  func() (string, error)
}

func (k *fixedKey) PrivateRSAKey() (*rsa.PrivateKey, error) { return k.key, nil }
func (k *fixedKey) KeyID() (string, error)                  { return k.id() }

// fromFile reads a profile. The name of its key is asked for again with each request, since it holds the token of a session,
// which a login renews in its file.
func fromFile(
	p *spec.OciProfile, read func(file, profile, password string) (common.ConfigurationProvider, error),
) (*credentials, *model.Error) {
	file, profile := profileOf(p)
	fail := func(err error) (*credentials, *model.Error) {
		text, _, _ := strings.Cut(err.Error(), "\n") // what follows advertises a manual
		return nil, &model.Error{
			Kind: model.KindAuth, Message: fmt.Sprintf("profile %q of %s: %s", profile, file, text),
			Hint: "make the profile with: oci setup config, or oci session authenticate",
		}
	}
	provider, err := read(file, profile, "")
	if err != nil {
		return fail(err)
	}
	id, err := provider.KeyID()
	if err != nil {
		return fail(err)
	}
	key, err := provider.PrivateRSAKey()
	if err != nil {
		return fail(err)
	}
	c := &credentials{profile: provider, keys: &fixedKey{key: key, id: provider.KeyID}}
	if token, ok := strings.CutPrefix(id, "ST$"); ok {
		c.secrets = []string{token}
	}
	return c, nil
}

// The address of the metadata service of a machine in the cloud, and the variable by which the SDK lets it be another
// (https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm).
const (
	metadataURL      = "http://169.254.169.254/opc/v2"
	metadataVariable = "OCI_METADATA_BASE_URL"
)

// instance is the identity of the machine. The SDK would try for two minutes on a machine that has none, so it is asked
// first whether this one has; and what it then asks goes through the transport that requests go through.
func instance(ctx context.Context, next http.RoundTripper) (keyProvider, error) {
	base := os.Getenv(metadataVariable)
	if base == "" {
		base = metadataURL
	}
	if err := probe(ctx, next, base+"/instance/region"); err != nil {
		return nil, fmt.Errorf("the machine has no identity in Oracle's cloud: %w", err)
	}
	return auth.InstancePrincipalConfigurationProviderWithCustomClient(
		func(common.HTTPRequestDispatcher) (common.HTTPRequestDispatcher, error) { return dispatcher{next}, nil })
}

func probe(ctx context.Context, next http.RoundTripper, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer Oracle")
	res, err := dispatcher{next}.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, res.Body) // only the connection's reuse is at stake
	return res.Body.Close()
}

// dispatcher performs the SDK's own requests. The SDK takes what the metadata service answers for good.
type dispatcher struct{ next http.RoundTripper }

// Do implements the SDK's HTTPRequestDispatcher.
func (d dispatcher) Do(req *http.Request) (*http.Response, error) {
	res, err := d.next.RoundTrip(req)
	if err == nil && req.Method == http.MethodGet && res.StatusCode >= 300 {
		_ = res.Body.Close()
		return nil, fmt.Errorf("%s answered with %s", req.URL.Host, res.Status)
	}
	return res, err
}

// resource is the identity of the resource that the process runs in, which its environment holds
// (https://docs.oracle.com/en-us/iaas/Content/Functions/Tasks/functionsaccessingociresources.htm).
func resource(context.Context) (keyProvider, error) {
	return auth.ResourcePrincipalConfigurationProvider()
}
