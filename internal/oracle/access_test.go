package oracle

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var newKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func keyPEM(t *testing.T) string {
	t.Helper()
	return encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(newKey()))
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// token is a JSON web token that is good for an hour.
func token(name string) string {
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	claims := map[string]any{"sub": name, "exp": time.Now().Add(time.Hour).Unix()}
	return part(map[string]any{"alg": "RS256"}) + "." + part(claims) + ".c2ln"
}

// cloud answers all requests, wherever they go, and keeps what it was asked.
type cloud struct {
	handler http.HandlerFunc
	last    *http.Request
	body    []byte
}

func (c *cloud) RoundTrip(req *http.Request) (*http.Response, error) {
	c.last = req
	if req.Body != nil {
		c.body, _ = io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(c.body))
	}
	w := httptest.NewRecorder()
	c.handler(w, req)
	return w.Result(), nil
}

func fine(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

var shape = regexp.MustCompile(`headers="([^"]*)",keyId="([^"]*)",.*signature="([^"]*)"`)

// signedBy sends a request, and returns the key that it is signed by, once the signature is checked.
func signedBy(t *testing.T, a *Access, c *cloud, public *rsa.PublicKey) string {
	t.Helper()
	res, err := a.Transport.RoundTrip(newRequest(t, a.Endpoint+"/20231130/actions/chat?a=b", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	match := shape.FindStringSubmatch(c.last.Header.Get("Authorization"))
	if match == nil {
		t.Fatalf("Authorization = %q", c.last.Header.Get("Authorization"))
	}
	var lines []string
	for _, name := range strings.Fields(match[1]) {
		value := c.last.Header.Get(name)
		switch name {
		case "(request-target)":
			value = "post /20231130/actions/chat?a=b"
		case "host":
			value = c.last.URL.Host
		}
		lines = append(lines, name+": "+value)
	}
	signed := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	raw, err := base64.StdEncoding.DecodeString(match[3])
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, signed[:], raw); err != nil {
		t.Error(err)
	}
	return match[2]
}

// profile writes a configuration file as the manual describes it
// (https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm).
func profile(t *testing.T, name, more string) spec.OciProfile {
	t.Helper()
	return spec.OciProfile{AuthProfile: name, AuthFileLocation: write(t, "config", "["+name+"]\ntenancy=ocid1.tenancy\n"+
		"fingerprint=20:3b:97\nregion=eu-frankfurt-1\nkey_file="+write(t, "key.pem", keyPEM(t))+"\n"+more)}
}

func open(t *testing.T, cfg spec.OciClientConfig, compartment string, c *cloud) *Access {
	t.Helper()
	a, problem := Open(cfg, compartment, Options{Transport: c, Env: func(string) string { return "" }})
	if problem != nil {
		t.Fatal(problem)
	}
	return a
}

func TestApiKey(t *testing.T) {
	t.Parallel()
	c := &cloud{handler: fine}
	a := open(t, &spec.OciClientConfigWithApiKey{OciProfile: profile(t, "WORK", "user=ocid1.user\n")}, "", c)
	if got := signedBy(t, a, c, &newKey().PublicKey); got != "ocid1.tenancy/ocid1.user/20:3b:97" {
		t.Errorf("key = %q", got)
	}
	if a.Endpoint != "https://inference.generativeai.eu-frankfurt-1.oci.oraclecloud.com" || a.Compartment != "ocid1.tenancy" {
		t.Errorf("endpoint = %q, compartment = %q, want those of the profile", a.Endpoint, a.Compartment)
	}
}

// TestSessionsAreRenewed logs in again while the program runs.
func TestSessionsAreRenewed(t *testing.T) {
	t.Parallel()
	c := &cloud{handler: fine}
	file := write(t, "token", "first")
	cfg := &spec.OciClientConfigWithSecurityToken{OciProfile: profile(t, "DEFAULT", "security_token_file="+file+"\n")}
	cfg.ServiceEndpoint = "https://host.example.com/ "
	a := open(t, cfg, "ocid1.compartment", c)
	if got := signedBy(t, a, c, &newKey().PublicKey); got != "ST$first" || a.Secrets[0] != "first" || a.Compartment != "ocid1.compartment" {
		t.Errorf("key = %q, access = %+v", got, a)
	}
	if err := os.WriteFile(file, []byte("second"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := signedBy(t, a, c, &newKey().PublicKey); got != "ST$second" {
		t.Errorf("key = %q after a new login", got)
	}
}

// TestResourcePrincipal has the environment of a function
// (https://docs.oracle.com/en-us/iaas/Content/Functions/Tasks/functionsaccessingociresources.htm).
func TestResourcePrincipal(t *testing.T) {
	c := &cloud{handler: fine}
	cfg := &spec.OciClientConfigWithResourcePrincipal{}
	cfg.ServiceEndpoint = "host.example.com"
	a := open(t, cfg, "ocid1.compartment", c)
	t.Setenv("OCI_RESOURCE_PRINCIPAL_VERSION", "")
	_, err := a.Transport.RoundTrip(newRequest(t, a.Endpoint, "{}"))
	if e, ok := errors.AsType[*model.Error](err); !ok || e.Kind != model.KindAuth {
		t.Errorf("error = %v, want one of authentication", err)
	}
	session := token("function")
	for name, v := range map[string]string{
		"VERSION": "2.2", "RPST": session, "PRIVATE_PEM": keyPEM(t), "REGION": "us-chicago-1",
	} {
		t.Setenv("OCI_RESOURCE_PRINCIPAL_"+name, v)
	}
	if got := signedBy(t, a, c, &newKey().PublicKey); got != "ST$"+session {
		t.Errorf("key = %q", got)
	}
}

// machine is a machine in the cloud: its metadata service, and the service that gives it tokens
// (https://docs.oracle.com/en-us/iaas/Content/Identity/Tasks/callingservicesfrominstances.htm).
type machine struct {
	cert, session string
	// public is the key that a token was given for.
	public *rsa.PublicKey
	fail   error
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		Subject: pkix.Name{CommonName: "instance", OrganizationalUnit: []string{"opc-tenant:ocid1.tenancy", "opc-instance:ocid1.instance"}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &newKey().PublicKey, newKey())
	if err != nil {
		t.Fatal(err)
	}
	return &machine{cert: encode("CERTIFICATE", der), session: token("instance")}
}

func (m *machine) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Host == "metadata" && r.Header.Get("Authorization") != "Bearer Oracle":
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/instance/region":
		_, _ = io.WriteString(w, "us-chicago-1")
	case r.URL.Path == "/identity/cert.pem" || r.URL.Path == "/identity/intermediate.pem":
		_, _ = io.WriteString(w, m.cert)
	case r.URL.Path == "/identity/key.pem":
		_, _ = io.WriteString(w, encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(newKey())))
	case r.URL.Path == "/v1/x509":
		m.give(w, r)
	}
}

func (m *machine) give(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Certificate, PublicKey string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		m.fail = err
	}
	der, err := base64.StdEncoding.DecodeString(asked.PublicKey)
	if err != nil {
		m.fail = err
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		m.fail = err
	}
	m.public, _ = public.(*rsa.PublicKey)
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"token": %q}`, m.session)
}

func TestInstancePrincipal(t *testing.T) {
	t.Setenv("OCI_METADATA_BASE_URL", "http://metadata")
	m := newMachine(t)
	c := &cloud{handler: m.serve}
	cfg := &spec.OciClientConfigWithInstancePrincipal{}
	cfg.ServiceEndpoint = "https://host.example.com"
	a := open(t, cfg, "ocid1.compartment", c)
	res, err := a.Transport.RoundTrip(newRequest(t, a.Endpoint, "{}"))
	if err != nil || m.fail != nil {
		t.Fatal(err, m.fail)
	}
	_ = res.Body.Close()
	if got := signedBy(t, a, c, m.public); got != "ST$"+m.session {
		t.Errorf("key = %q", got)
	}
}

// TestNoMachine runs where there is no metadata service, which must be found out at once.
func TestNoMachine(t *testing.T) {
	t.Setenv("OCI_METADATA_BASE_URL", "http://metadata")
	c := &cloud{handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }}
	cfg := &spec.OciClientConfigWithInstancePrincipal{}
	cfg.ServiceEndpoint = "https://host.example.com"
	a := open(t, cfg, "ocid1.compartment", c)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := a.Transport.RoundTrip(newRequest(t, a.Endpoint, "{}").WithContext(ctx))
	e, ok := errors.AsType[*model.Error](err)
	if !ok || e.Kind != model.KindAuth || !strings.Contains(err.Error(), "no identity") || ctx.Err() != nil {
		t.Errorf("error = %v", err)
	}
}

func TestAccessThatCannotBeHad(t *testing.T) {
	t.Parallel()
	key := func(p spec.OciProfile, endpoint string) spec.OciClientConfig {
		return &spec.OciClientConfigWithApiKey{OciClientBase: spec.OciClientBase{ServiceEndpoint: endpoint}, OciProfile: p}
	}
	good := profile(t, "DEFAULT", "user=u\n")
	instance := func(endpoint string) spec.OciClientConfig {
		return &spec.OciClientConfigWithInstancePrincipal{OciClientBase: spec.OciClientBase{ServiceEndpoint: endpoint}}
	}
	tests := []struct {
		name   string
		config spec.OciClientConfig
		kind   model.Kind
		says   string
	}{
		{"no client configuration", nil, model.KindConfig, "client_config"},
		{"no file", key(spec.OciProfile{AuthFileLocation: "/nowhere/config"}, "https://host"), model.KindAuth, "/nowhere/config"},
		{"no such profile", key(spec.OciProfile{AuthFileLocation: good.AuthFileLocation, AuthProfile: "OTHER"}, "https://host"), model.KindAuth, "OTHER"},
		{"no token in the profile", &spec.OciClientConfigWithSecurityToken{OciProfile: good}, model.KindAuth, "DEFAULT"},
		{"another scheme", key(good, "ftp://host"), model.KindConfig, "https://"},
		{"no host", key(good, "https:///x"), model.KindConfig, "no host"},
		{"not an address", key(good, "https://u:secret@ho st"), model.KindConfig, "not a valid"},
		{"no endpoint and no region", instance(""), model.KindConfig, "no service_endpoint"},
		{"no compartment", instance("https://host"), model.KindConfig, "compartment_id"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, e := Open(test.config, "", Options{Env: func(string) string { return "" }})
			if e == nil || e.Kind != test.kind || !strings.Contains(e.Message, test.says) || strings.Contains(e.Message, "secret") {
				t.Errorf("Open = %+v, want %s and %q", e, test.kind, test.says)
			}
		})
	}
}

func TestServingMode(t *testing.T) {
	t.Parallel()
	tests := []struct{ mode, modelID, want string }{
		{"", "cohere.embed-v4.0", OnDemand},
		{"", "ocid1.generativeaimodel.oc1..m", Dedicated},
		{"", "ocid1.generativeaiendpoint.oc1..e", Dedicated},
		{"", "ocid1.other.oc1..e", OnDemand},
		{OnDemand, "ocid1.generativeaimodel.oc1..m", OnDemand},
		{OnDemand, "OCID1.GenerativeAIEndpoint.oc1..e", Dedicated},
		{Dedicated, "name", Dedicated},
	}
	for _, test := range tests {
		if got := ServingMode(test.mode, test.modelID); got != test.want {
			t.Errorf("ServingMode(%q, %q) = %s, want %s", test.mode, test.modelID, got, test.want)
		}
	}
}

// TestTheCompartmentOfTheEnvironment names it the way the reference does.
func TestTheCompartmentOfTheEnvironment(t *testing.T) {
	t.Parallel()
	cfg := &spec.OciClientConfigWithApiKey{OciProfile: profile(t, "DEFAULT", "user=u\n")}
	a, problem := Open(cfg, "", Options{Transport: &cloud{handler: fine}, Env: strings.Clone})
	if problem != nil || a.Compartment != "OCI_GENAI_COMPARTMENT" {
		t.Errorf("Open = %+v, %v", a, problem)
	}
}
