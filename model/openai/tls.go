package openai

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/wayflow-go/wayflow/model"
)

// chooseTransport returns what performs a model's requests, and whether its connections are the model's own.
func chooseTransport(given http.RoundTripper, files tlsFiles) (transport http.RoundTripper, owned bool, err error) {
	if !files.any() {
		if given != nil {
			return given, false, nil
		}
		return model.NewTransport(), true, nil
	}
	settings, err := files.load()
	if err != nil {
		return nil, false, err
	}
	own := model.NewTransport()
	if given != nil {
		base, ok := given.(*http.Transport)
		if !ok {
			return nil, false, errors.New("key_file, cert_file and ca_file need an *http.Transport")
		}
		own = base.Clone()
	}
	own.TLSClientConfig = settings
	return own, true, nil
}

// load reads the files. The certificate authority replaces the system's.
func (f tlsFiles) load() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if (f.key == "") != (f.cert == "") {
		return nil, errors.New("key_file and cert_file must be given together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: %q holds no certificate in PEM form", f.ca)
		}
	}
	return config, nil
}
