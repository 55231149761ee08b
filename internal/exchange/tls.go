package exchange

import (
	"errors"
	"net/http"

	"github.com/wayflow-go/wayflow/internal/pem"
	"github.com/wayflow-go/wayflow/model"
)

// Transport returns what performs a model's requests, and whether its connections are the model's own. With files, those
// of the given transport are not shared.
func Transport(given http.RoundTripper, files pem.Files) (transport http.RoundTripper, owned bool, err error) {
	if !files.Any() {
		if given != nil {
			return given, false, nil
		}
		return model.NewTransport(), true, nil
	}
	settings, err := files.Load()
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
