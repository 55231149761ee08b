// Package pem makes TLS settings of the PEM files that documents name: models, MCP servers and remote agents all authenticate
// in this one way.
package pem

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// Files are paths of PEM files; an empty one is not used.
type Files struct {
	// Key and Cert authenticate the client; they come together.
	Key, Cert string
	// CA holds the authorities that the server is checked against, in place of the system's.
	CA string
}

// Any reports whether a file is named.
func (f Files) Any() bool { return f != Files{} }

// Load reads the files. TLS 1.2 is the lowest version.
func (f Files) Load() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if (f.Key == "") != (f.Cert == "") {
		return nil, errors.New("key_file and cert_file must be given together")
	}
	if f.Cert != "" {
		pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, fmt.Errorf("certificate authorities: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("certificate authorities: %q holds no certificate in PEM form", f.CA)
		}
	}
	return config, nil
}
