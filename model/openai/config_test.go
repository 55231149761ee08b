package openai_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/spec"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, chat, responses string }{
		{"http://host:8000", "http://host:8000/v1/chat/completions", "http://host:8000/v1/responses"},
		{"  host:8000/ ", "http://host:8000/v1/chat/completions", "http://host:8000/v1/responses"},
		{"localhost", "http://localhost/v1/chat/completions", "http://localhost/v1/responses"},
		{"https://host/v1", "https://host/v1/chat/completions", "https://host/v1/responses"},
		{"https://host/v1///", "https://host/v1/chat/completions", "https://host/v1/responses"},
		{"https://host/c/key", "https://host/c/key/v1/chat/completions", "https://host/c/key/v1/responses"},
		{"https://host/v1beta/openai", "https://host/v1beta/openai/v1/chat/completions", "https://host/v1beta/openai/v1/responses"},
		{"https://host/x/chat/completions", "https://host/x/chat/completions", "https://host/x/chat/completions/v1/responses"},
		{"https://host/x/responses/", "https://host/x/responses/v1/chat/completions", "https://host/x/responses"},
		{"https://host/a%2Fb/v1", "https://host/a%2Fb/v1/chat/completions", "https://host/a%2Fb/v1/responses"},
		{"https://[::1]:80/v1", "https://[::1]:80/v1/chat/completions", "https://[::1]:80/v1/responses"},
		{"https://host/v1?api-version=2#x", "https://host/v1/chat/completions?api-version=2", "https://host/v1/responses?api-version=2"},
	}
	for _, test := range tests {
		for api, want := range map[string]string{"chat_completions": test.chat, "responses": test.responses} {
			cfg := config("tiny", api)
			cfg.URL = &test.url
			r := record(t, cfg, openai.Options{}, modeltest.Hello(), false)
			if got := r.request.URL.String(); got != want {
				t.Errorf("url %q, %s: request to %s, want %s", test.url, api, got, want)
			}
		}
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	t.Parallel()
	with := func(change func(*spec.OpenAiCompatibleConfig)) *spec.OpenAiCompatibleConfig {
		cfg := config("tiny", "")
		change(cfg)
		return cfg
	}
	bare := func(server, api, url string) spec.LlmConfig {
		cfg := &spec.GenericLlmConfig{LlmBase: spec.LlmBase{ModelID: "m"}}
		for text, field := range map[string]**string{server: &cfg.APIProvider, api: &cfg.APIType, url: &cfg.URL} {
			if text != "" {
				*field = &text
			}
		}
		return cfg
	}
	tests := []struct {
		name   string
		config spec.LlmConfig
		kind   model.Kind
		says   string
	}{
		{"no url", with(func(c *spec.OpenAiCompatibleConfig) { c.URL = nil }), model.KindConfig, "no url"},
		{"another scheme", with(func(c *spec.OpenAiCompatibleConfig) { c.URL = ptr("ftp://host") }), model.KindConfig, "http://"},
		{"no host", with(func(c *spec.OpenAiCompatibleConfig) { c.URL = ptr("http:///v1") }), model.KindConfig, "no host"},
		{"not an address", with(func(c *spec.OpenAiCompatibleConfig) { c.URL = ptr("http://u:secret@ho st") }), model.KindConfig, "not a valid"},
		{"unknown api", config("m", "completions"), model.KindConfig, `"completions"`},
		{"a key of two lines", with(func(c *spec.OpenAiCompatibleConfig) { c.APIKey = ptr("sk-one\nsk-two") }), model.KindConfig, "line break"},
		{"a certificate without key", with(func(c *spec.OpenAiCompatibleConfig) { c.CertFile = ptr("c.pem") }), model.KindConfig, "together"},
		{"a missing authority", with(func(c *spec.OpenAiCompatibleConfig) { c.CAFile = ptr("nowhere.pem") }), model.KindConfig, "nowhere.pem"},
		{"no key for OpenAI", &spec.OpenAiConfig{LlmBase: spec.LlmBase{ModelID: "m"}}, model.KindAuth, "OPENAI_API_KEY"},
		{"another provider", &spec.OciGenAiConfig{LlmBase: spec.LlmBase{ModelID: "m"}}, model.KindUnsupported, "protocol"},
		{"a bare one of another provider", bare("anthropic", "", "https://host"), model.KindUnsupported, `"anthropic"`},
		{"a bare one without anything", bare("", "", ""), model.KindUnsupported, "protocol"},
		{"a bare vLLM without url", bare("vllm", "", ""), model.KindConfig, "no url"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := openai.New(test.config, &openai.Options{Env: func(string) string { return "" }})
			if model.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Errorf("New = %v, want %s and %q", err, test.kind, test.says)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sk-") {
				t.Errorf("error shows a secret: %v", err)
			}
		})
	}
}

func TestWhoGetsTheKey(t *testing.T) {
	t.Parallel()
	base := func(url, key string) spec.LlmBase {
		b := spec.LlmBase{ModelID: "m"}
		if url != "" {
			b.URL = &url
		}
		if key != "" {
			b.APIKey = &key
		}
		return b
	}
	server := func(url, key string) spec.OpenAiCompatibleConfig {
		return spec.OpenAiCompatibleConfig{LlmBase: base(url, key)}
	}
	bare := func(provider, url string) spec.LlmConfig {
		b := base(url, "")
		b.APIProvider = &provider
		return &spec.GenericLlmConfig{LlmBase: b}
	}
	tests := []struct {
		name   string
		config spec.LlmConfig
		share  bool
		want   string
	}{
		{"OpenAI", &spec.OpenAiConfig{LlmBase: base("", "")}, false, "Bearer sk-env"},
		{"OpenAI with its own", &spec.OpenAiConfig{LlmBase: base("", " sk-own\n")}, false, "Bearer sk-own"},
		{"OpenAI at another address", &spec.OpenAiConfig{LlmBase: base("https://elsewhere", "")}, false, ""},
		{"compatible", ptr(server("https://host", "")), false, ""},
		{"compatible with its own", ptr(server("https://host", "sk-own")), true, "Bearer sk-own"},
		{"compatible, shared", ptr(server("https://host", "")), true, "Bearer sk-env"},
		{"compatible at OpenAI's address", ptr(server("https://api.openai.com/v1", "")), false, "Bearer sk-env"},
		{"compatible at a like address", ptr(server("https://api.openai.com.evil.org/v1", "")), false, ""},
		{"compatible at OpenAI's address in the clear", ptr(server("http://api.openai.com/v1", "")), false, ""},
		{"vLLM", &spec.VllmConfig{OpenAiCompatibleConfig: server("https://host", "")}, true, ""},
		{"vLLM with its own", &spec.VllmConfig{OpenAiCompatibleConfig: server("https://host", "sk-own")}, false, "Bearer sk-own"},
		{"Ollama", &spec.OllamaConfig{OpenAiCompatibleConfig: server("", "")}, true, ""},
		{"bare OpenAI", bare("openai", ""), false, "Bearer sk-env"},
		{"bare OpenAI at another address", bare("openai", "https://elsewhere"), true, ""},
		{"bare vLLM", bare("vllm", "https://host"), true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := func(name string) string {
				if name != "OPENAI_API_KEY" {
					t.Errorf("the environment was asked for %s", name)
				}
				return "sk-env"
			}
			r := record(t, test.config, openai.Options{Env: env, ShareKey: test.share}, modeltest.Hello(), false)
			if got := r.request.Header.Get("Authorization"); got != test.want {
				t.Errorf("Authorization = %q, want %q", got, test.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	r := record(t, config("tiny", ""), openai.Options{}, modeltest.Hello(), false)
	for name := range r.request.Header {
		if strings.HasPrefix(name, "X-Stainless") {
			t.Errorf("header %s tells the server about this machine", name)
		}
	}
	if got := r.request.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type = %q", got)
	}
}

// TestTheEnvironmentIsNotAsked sets what the official client and net/http would follow.
func TestTheEnvironmentIsNotAsked(t *testing.T) {
	for name, v := range map[string]string{
		"OPENAI_BASE_URL": "http://127.0.0.1:1", "OPENAI_ORG_ID": "org", "OPENAI_CUSTOM_HEADERS": "X-Bad: 1",
		"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1",
	} {
		t.Setenv(name, v)
	}
	s := modeltest.NewServer(t, modeltest.Reply{Text: "direct"})
	cfg := compatible(s.URL, modeltest.Setup{}, nil)
	if _, _, a, err := modeltest.Ask(t.Context(), newModel(t, &cfg, nil), modeltest.Hello(), false); err != nil || a.Message.Text() != "direct" {
		t.Fatalf("Generate = %v, %v", a, err)
	}
	header := s.Requests()[0].Header
	if header.Get("X-Bad") != "" || header.Get("OpenAI-Organization") != "" {
		t.Errorf("headers of the environment were sent: %v", header)
	}
	if model.NewTransport().Proxy != nil {
		t.Error("the transport uses a proxy")
	}
}

// pemFiles writes a self-signed certificate and its key.
func pemFiles(t *testing.T) (cert, key string, pair tls.Certificate) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "wayflow"}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = writePEM(t, "CERTIFICATE", der), writePEM(t, "PRIVATE KEY", keyDER)
	pair, err = tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key, pair
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key, pair := pemFiles(t)
	clients := x509.NewCertPool()
	clients.AddCert(pair.Leaf)
	mutual := &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}
	tests := []struct {
		name   string
		server *tls.Config
		change func(cfg *spec.OpenAiCompatibleConfig, ca string)
		kind   model.Kind
	}{
		{"no trust", nil, func(*spec.OpenAiCompatibleConfig, string) {}, model.KindTLS},
		{"trusted authority", nil, func(c *spec.OpenAiCompatibleConfig, ca string) { c.CAFile = &ca }, ""},
		{"another authority", nil, func(c *spec.OpenAiCompatibleConfig, _ string) { c.CAFile = &cert }, model.KindTLS},
		{"client certificate", mutual, func(c *spec.OpenAiCompatibleConfig, ca string) { c.CAFile, c.CertFile, c.KeyFile = &ca, &cert, &key }, ""},
		{"client certificate missing", mutual, func(c *spec.OpenAiCompatibleConfig, ca string) { c.CAFile = &ca }, model.KindTLS},
		{"plain HTTP", nil, func(c *spec.OpenAiCompatibleConfig, _ string) {
			plain := modeltest.NewServer(t)
			c.URL = ptr(strings.Replace(plain.URL, "http:", "https:", 1))
		}, model.KindTLS},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := modeltest.NewTLSServer(t, test.server.Clone(), modeltest.Reply{Text: "trusted"})
			cfg := compatible(s.URL, modeltest.Setup{Key: modeltest.Key}, nil)
			test.change(&cfg, writePEM(t, "CERTIFICATE", s.Certificate()))
			_, _, a, err := modeltest.Ask(t.Context(), newModel(t, &cfg, nil), modeltest.Hello(), false)
			if model.KindOf(err) != test.kind || test.kind == "" && a.Message.Text() != "trusted" {
				t.Errorf("Generate = %v, %v, want kind %q", a, err, test.kind)
			}
			if test.kind != "" && strings.Contains(err.Error(), "tries") {
				t.Errorf("it was tried again: %v", err)
			}
		})
	}
}

// TestConnectionsAreReused counts the connections of many calls, whole and streamed.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	s := modeltest.NewServer(t)
	var opened atomic.Int32
	transport := model.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		opened.Add(1)
		return dial(ctx, network, address)
	}
	for i := range 40 {
		api := [...]string{"chat_completions", "responses"}[i%2]
		cfg := compatible(s.URL, modeltest.Setup{}, &api)
		m := newModel(t, &cfg, &openai.Options{Transport: transport})
		if _, _, _, err := modeltest.Ask(t.Context(), m, modeltest.Hello(), i%4 < 2); err != nil {
			t.Fatal(err)
		}
		m.CloseIdleConnections() // not its own
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("40 calls opened %d connections, want 1", n)
	}
}

// TestKeysDoNotTravel follows what a client that trusts redirects would do.
func TestKeysDoNotTravel(t *testing.T) {
	t.Parallel()
	var leaked atomic.Bool
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked.Store(true)
		t.Errorf("another host was asked, Authorization %q", r.Header.Get("Authorization"))
	}))
	t.Cleanup(thief.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.RedirectHandler(thief.URL+"/v1/chat/completions", status))
		t.Cleanup(s.Close)
		cfg := compatible(s.URL, modeltest.Setup{Key: modeltest.Key}, nil)
		_, _, _, err := modeltest.Ask(t.Context(), newModel(t, &cfg, nil), modeltest.Hello(), true)
		if model.KindOf(err) != model.KindRedirect || !strings.Contains(err.Error(), thief.URL) {
			t.Errorf("%d: %v", status, err)
		}
	}
}
