package oci_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/oracle/oci-go-sdk/v65/generativeaiinference"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/embed/oci"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var keyPEM = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der := x509.MarshalPKCS1PrivateKey(key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: der}))
})

// config is a configuration with the token of a session.
func config(t *testing.T, s *modeltest.Server) *spec.OciGenAiEmbeddingConfig {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	file := write("config", "[DEFAULT]\ntenancy=ocid1.tenancy\nfingerprint=20:3b\nregion=us-chicago-1\n"+
		"key_file="+write("key.pem", keyPEM())+"\nsecurity_token_file="+write("token", modeltest.Key)+"\n")
	return &spec.OciGenAiEmbeddingConfig{
		ModelID: "cohere.embed-v4.0", CompartmentID: "ocid1.compartment", RetryPolicy: &spec.RetryPolicy{},
		ClientConfig: &spec.OciClientConfigWithSecurityToken{
			OciClientBase: spec.OciClientBase{ServiceEndpoint: s.URL}, OciProfile: spec.OciProfile{AuthFileLocation: file},
		},
	}
}

func newEmbedder(t *testing.T, cfg *spec.OciGenAiEmbeddingConfig, o *oci.Options) *oci.Embedder {
	t.Helper()
	e, err := oci.New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.CloseIdleConnections)
	return e
}

func TestVectors(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	e := newEmbedder(t, config(t, s), &oci.Options{BatchSize: 2})
	texts := []string{"a cat", "Zoë & 世界", "a dog"}
	got, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]float32
	for _, text := range texts {
		want = append(want, modeltest.VectorOf(text))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vectors (-want +got):\n%s", diff)
	}
	requests := s.Requests()
	if len(requests) != 2 || !strings.Contains(requests[0].Header.Get("Authorization"), `keyId="ST$`+modeltest.Key) {
		t.Errorf("%d requests, the first with %v", len(requests), requests[0].Header)
	}
	var details generativeaiinference.EmbedTextDetails
	if err := json.Unmarshal(requests[0].Raw, &details); err != nil {
		t.Fatal(err)
	}
	serving, ok := details.ServingMode.(generativeaiinference.OnDemandServingMode)
	if !ok || *serving.ModelId != "cohere.embed-v4.0" || *details.CompartmentId != "ocid1.compartment" || len(details.Inputs) != 2 {
		t.Errorf("the SDK reads %v", details)
	}
}

func TestAnEndpointServes(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	cfg := config(t, s)
	cfg.ModelID = "ocid1.generativeaiendpoint.oc1..e"
	if _, err := newEmbedder(t, cfg, nil).Embed(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"servingType": "DEDICATED", "endpointId": cfg.ModelID}
	if diff := cmp.Diff(want, s.Requests()[0].Body["servingMode"]); diff != "" {
		t.Errorf("serving mode (-want +got):\n%s", diff)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		reply modeltest.Reply
		kind  model.Kind
	}{
		{"wrong key", modeltest.Reply{Status: 401, Text: "who is " + modeltest.Key, Code: "NotAuthenticated"}, model.KindAuth},
		{"no policy", modeltest.Reply{Status: 404, Text: "Authorization failed or requested resource not found", Code: "NotAuthorizedOrNotFound"}, model.KindNotFound},
		{"too many", modeltest.Reply{Status: 429, Text: "slow down", Code: "TooManyRequests"}, model.KindRateLimit},
		{"truncated JSON", modeltest.Reply{Fault: modeltest.End}, model.KindProtocol},
		{"no vectors", modeltest.Reply{Fault: modeltest.NoChoices}, model.KindProtocol},
		{"error in the answer", modeltest.Reply{Fault: modeltest.Report, Text: "overloaded", Code: "500"}, model.KindServer},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := modeltest.NewServer(t, test.reply)
			got, err := newEmbedder(t, config(t, s), nil).Embed(t.Context(), []string{"a"})
			if got != nil || model.KindOf(err) != test.kind || !strings.Contains(err.Error(), s.URL) {
				t.Errorf("Embed = %v, %v, want kind %q", got, err, test.kind)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), modeltest.Key) {
				t.Errorf("error shows the token: %v", err)
			}
		})
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	t.Parallel()
	_, err := oci.New(&spec.OciGenAiEmbeddingConfig{ModelID: "m"}, nil)
	if model.KindOf(err) != model.KindConfig {
		t.Errorf("New = %v", err)
	}
}
