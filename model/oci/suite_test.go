package oci_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/oci"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ptr[T any](v T) *T { return &v }

// privateKey is the key that all tests sign with.
var privateKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

const (
	tenancy     = "ocid1.tenancy.oc1..tenancy"
	user        = "ocid1.user.oc1..user"
	fingerprint = "20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34"
	compartment = "ocid1.compartment.oc1..compartment"
)

// write writes a file. Its path has no equals sign, which the SDK takes for the end of a value; those of tb.TempDir may.
func write(tb testing.TB, name, content string) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "oci")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

func keyPEM() string {
	der, err := x509.MarshalPKCS8PrivateKey(privateKey())
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// profiles writes a configuration file with the profile DEFAULT, for an API key, and SESSION, for a token.
func profiles(tb testing.TB, token string) string {
	tb.Helper()
	key := write(tb, "key.pem", keyPEM())
	common := "tenancy=" + tenancy + "\nfingerprint=" + fingerprint + "\nkey_file=" + key + "\nregion=us-chicago-1\n"
	return write(tb, "config", "[DEFAULT]\nuser="+user+"\n"+common+
		"[SESSION]\nsecurity_token_file="+write(tb, "token", token)+"\n"+common)
}

func access(endpoint string) spec.OciClientBase { return spec.OciClientBase{ServiceEndpoint: endpoint} }

// session is a configuration with the token of a session.
func session(tb testing.TB, endpoint string, setup modeltest.Setup) *spec.OciGenAiConfig {
	cfg := &spec.OciGenAiConfig{CompartmentID: compartment, ClientConfig: &spec.OciClientConfigWithSecurityToken{
		OciClientBase: access(endpoint),
		OciProfile:    spec.OciProfile{AuthProfile: "SESSION", AuthFileLocation: profiles(tb, setup.Key)},
	}}
	cfg.ModelID, cfg.RetryPolicy = "xai.grok-4", setup.Policy
	return cfg
}

// newModel returns a model that is closed with its test.
func newModel(tb testing.TB, cfg spec.LlmConfig, o *oci.Options) *oci.Model {
	tb.Helper()
	m, err := oci.New(cfg, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(m.CloseIdleConnections)
	return m
}

var signature = regexp.MustCompile(
	`^Signature version="1",headers="([^"]*)",keyId="([^"]*)",algorithm="rsa-sha256",signature="([^"]*)"$`)

// verify checks the signature of a request as "Request Signatures" of Oracle's manual describes it
// (https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm), and by whom it is.
func verify(r *modeltest.Request, keyID string) error {
	match := signature.FindStringSubmatch(r.Header.Get("Authorization"))
	if match == nil {
		return fmt.Errorf("the authorization is %q", r.Header.Get("Authorization"))
	}
	if match[2] != keyID {
		return fmt.Errorf("the key is %q, want %q", match[2], keyID)
	}
	hash := sha256.Sum256(r.Raw)
	if got := r.Header.Get("X-Content-Sha256"); got != base64.StdEncoding.EncodeToString(hash[:]) {
		return fmt.Errorf("x-content-sha256 is %q", got)
	}
	var lines []string
	for _, name := range strings.Fields(match[1]) {
		value := r.Header.Get(name)
		switch name {
		case "(request-target)":
			value = "post " + r.Path
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(len(r.Raw))
		}
		if value == "" {
			return fmt.Errorf("the header %s is signed and missing", name)
		}
		lines = append(lines, name+": "+value)
	}
	if match[1] != "date (request-target) host content-length content-type x-content-sha256" {
		return fmt.Errorf("the headers %q are signed", match[1])
	}
	signed := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	raw, err := base64.StdEncoding.DecodeString(match[3])
	if err != nil {
		return err
	}
	return rsa.VerifyPKCS1v15(&privateKey().PublicKey, crypto.SHA256, signed[:], raw)
}

func TestSuite(t *testing.T) {
	tests := []struct {
		name, modelID, api string
		lacks              []modeltest.Ability
	}{
		{name: "generic", modelID: "xai.grok-4"},
		{name: "meta", modelID: "meta.llama-4-maverick", api: "oci"},
		{name: "cohere", modelID: "cohere.command-a-03-2025", lacks: []modeltest.Ability{
			modeltest.Images, modeltest.Reasoning, modeltest.Logprobs, modeltest.ToolIDs, modeltest.Refusals, modeltest.BadArgument,
		}},
		{name: "chat completions", modelID: "openai.gpt-4o", api: "openai_chat_completions"},
		{name: "responses", modelID: "openai.gpt-4o", api: "openai_responses"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			modeltest.Run(t, modeltest.Provider{
				New: func(tb testing.TB, s *modeltest.Server, setup modeltest.Setup) model.Model {
					cfg := session(tb, s.URL, setup)
					cfg.ModelID = test.modelID
					if test.api != "" {
						cfg.APIType = &test.api
					}
					return newModel(tb, cfg, nil)
				},
				Authentic: func(r *modeltest.Request) error { return verify(r, "ST$"+modeltest.Key) },
				Lacks:     test.lacks,
			})
		})
	}
}
