package oracle

import (
	"net/http"
	"strings"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"

	"github.com/wayflow-go/wayflow/model"
)

// signer signs requests and performs them (https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm). It
// signs for the host of the request only, so a signature is worth nothing elsewhere.
type signer struct {
	keys *credentials
	next http.RoundTripper
	// date is the time of signing; nil means now.
	date func() string
}

// RoundTrip implements [http.RoundTripper]. A request that cannot be signed fails with a *model.Error of kind
// authentication.
func (s *signer) RoundTrip(req *http.Request) (*http.Response, error) {
	signed, err := s.sign(req)
	if req.Body != nil {
		_ = req.Body.Close() // what is sent is another reader of the same
	}
	if err != nil {
		if req.Context().Err() != nil {
			return nil, err
		}
		text, _, _ := strings.Cut(err.Error(), "\n") // what follows advertises a manual
		return nil, &model.Error{
			Kind: model.KindAuth, Message: "the request cannot be signed: " + text, Err: err,
			Hint: "check the client_config, and that this machine or resource has an identity",
		}
	}
	return s.next.RoundTrip(signed)
}

func (s *signer) sign(req *http.Request) (*http.Request, error) {
	keys, err := s.keys.get(req.Context())
	if err != nil {
		return nil, err
	}
	signed := req.Clone(req.Context())
	if s.date != nil {
		signed.Header.Set("Date", s.date())
	} else {
		signed.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if signed.Body, err = req.GetBody(); err != nil {
		return nil, err
	}
	if err := common.DefaultRequestSigner(keys).Sign(signed); err != nil {
		return nil, err
	}
	// net/http sends a body that it knows to be in memory together with the headers.
	signed.Body, err = req.GetBody()
	return signed, err
}
