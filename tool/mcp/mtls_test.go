package mcp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/spec"
)

// issue writes a key and a certificate, which its parent has signed, or it itself if there is none.
func issue(t *testing.T, dir, name string, parent *tls.Certificate) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: parent == nil, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signer, above := any(key), template
	if parent != nil {
		signer, above = parent.PrivateKey, parent.Leaf
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	secret, _ := x509.MarshalPKCS8PrivateKey(key)
	for file, block := range map[string]*pem.Block{
		name + ".crt": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestBothSidesShowACertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority := issue(t, dir, "ca", nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.Leaf)
	s := httptest.NewUnstartedServer(newPeer().handler())
	s.TLS = &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*issue(t, dir, "server", authority)},
		ClientCAs: trusted, ClientAuth: tls.RequireAndVerifyClientCert,
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	issue(t, dir, "client", authority)

	way := &spec.StreamableHTTPmTLSTransport{ClientCertificate: spec.ClientCertificate{
		KeyFile: filepath.Join(dir, "client.key"), CertFile: filepath.Join(dir, "client.crt"), CAFile: filepath.Join(dir, "ca.crt"),
	}}
	way.URL = s.URL
	if got, err := mcpTool(t, newClient(t), way, "text").Call(t.Context(), nil); err != nil || got.Str() != "one, two" {
		t.Errorf("with a certificate: %v, %v", got, err)
	}
	without := &spec.StreamableHTTPTransport{}
	without.URL = s.URL
	if _, err := mcpTool(t, newClient(t), without, "text").Call(t.Context(), nil); err == nil {
		t.Error("a server of an unknown authority was trusted")
	}
	way = &spec.StreamableHTTPmTLSTransport{ClientCertificate: spec.ClientCertificate{
		KeyFile: filepath.Join(dir, "missing.key"), CertFile: way.CertFile, CAFile: way.CAFile,
	}}
	way.URL = s.URL
	if _, err := mcpTool(t, newClient(t), way, "text").Call(t.Context(), nil); err == nil {
		t.Error("a key that is missing was used")
	}
}
