package oracle

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
)

// draftKey is the key of the test vectors in appendix C of draft-cavage-http-signatures, which Oracle's manual uses as well.
// It is public.
const draftKey = `-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF
NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+F
UR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB
AoGBAJR8ZkCUvx5kzv+utdl7T5MnordT1TvoXXJGXK7ZZ+UuvMNUCdN2QPc4sBiA
QWvLw1cSKt5DsKZ8UETpYPy8pPYnnDEz2dDYiaew9+xEpubyeW2oH4Zx71wqBtOK
kqwrXa/pzdpiucRRjk6vE6YY7EBBs/g7uanVpGibOVAEsqH1AkEA7DkjVH28WDUg
f1nqvfn2Kj6CT7nIcE3jGJsZZ7zlZmBmHFDONMLUrXR/Zm3pR5m0tCmBqa5RK95u
412jt1dPIwJBANJT3v8pnkth48bQo/fKel6uEYyboRtA5/uHuHkZ6FQF7OUkGogc
mSJluOdc5t6hI1VsLn0QZEjQZMEOWr+wKSMCQQCC4kXJEsHAve77oP6HtG/IiEn7
kpyUXRNvFsDE0czpJJBvL/aRFUJxuRK91jhjC68sA7NsKMGg5OXb5I5Jj36xAkEA
gIT7aFOYBFwGgQAQkWNKLvySgKbAZRTeLBacpHMuQdl1DfdntvAyqpAZ0lY0RKmW
G6aFKaqQfOXKCyWoUiVknQJAXrlgySFci/2ueKlIE1QqIiLSZ8V8OlpFLRnb1pzI
7U1yQXnTAEFYM560yJlzUpOb1V4cScGd365tiSMvxLOvTA==
-----END RSA PRIVATE KEY-----`

const manualKeyID = "ocid1.tenancy.oc1..aaaaaaaaba3pv6wkcr4jqae5f15p2b2m2yt2j6rx32uzr4h25vqstifsfdsq/" +
	"ocid1.user.oc1..aaaaaaaat5nvwcna5j6aqzjcaty5eqbb6qt2jvpkanghtgdaqedqw3rynjq/" +
	"20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34"

func vectorKeys(t *testing.T) keyProvider {
	t.Helper()
	key, err := common.PrivateKeyFromBytes([]byte(draftKey), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &fixedKey{key: key, id: func() (string, error) { return manualKeyID, nil }}
}

// taken is a transport that keeps a request.
type taken struct {
	request *http.Request
	body    []byte
}

func (t *taken) RoundTrip(req *http.Request) (*http.Response, error) {
	t.request = req
	t.body, _ = io.ReadAll(req.Body)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}}, nil
}

// manualBody is that of the POST example in Oracle's manual.
const manualBody = `{
    "compartmentId": "ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa",
    "instanceId": "ocid1.instance.oc1.phx.abuw4ljrlsfiqw6vzzxb43vyypt4pkodawglp3wqxjqofakrwvou52gb6s5a",
    "volumeId": "ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q"
}`

// TestTheManualsRequest signs the POST example of "Request Signatures", section "Test Values"
// (https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm), byte for byte.
func TestTheManualsRequest(t *testing.T) {
	t.Parallel()
	const want = `Signature version="1",headers="date (request-target) host content-length content-type x-content-sha256",` +
		`keyId="` + manualKeyID + `",algorithm="rsa-sha256",` +
		`signature="Mje8vIDPlwIHmD/cTDwRxE7HaAvBg16JnVcsuqaNRim23fFPgQfLoOOxae6WqKb1uPjYEl0qIdazWaBy/Ml8DRhqlocMwoSXv0fbukP8` +
		`J5N80LCmzT/FFBvIvTB91XuXI3hYfP9Zt1l7S6ieVadHUfqBedWH0itrtPJBgKmrWso="`
	next := &taken{}
	s := &signer{
		keys: &credentials{keys: vectorKeys(t)}, next: next, date: func() string { return "Thu, 05 Jan 2014 21:31:40 GMT" },
	}
	req := newRequest(t, "https://iaas.us-phoenix-1.oraclecloud.com/20160918/volumeAttachments", manualBody)
	res, err := s.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := next.request.Header.Get("Authorization"); got != want {
		t.Errorf("Authorization = %s\nwant %s", got, want)
	}
	if got := next.request.Header.Get("X-Content-Sha256"); got != "V9Z20UJTvkvpJ50flBzKE32+6m2zJjweHpDMX/U4Uy0=" {
		t.Errorf("X-Content-Sha256 = %s", got)
	}
	if string(next.body) != manualBody {
		t.Errorf("the body is %s", next.body)
	}
	if len(req.Header) != 1 {
		t.Errorf("the caller's request was changed: %v", req.Header)
	}
}

func newRequest(t *testing.T, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req
}

// TestTheDraftsRequest checks the SDK's signer, which ours relies on, with appendices C.2 and C.3 of
// draft-cavage-http-signatures-12.
func TestTheDraftsRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		headers []string
		want    string
	}{
		{
			"basic",
			[]string{"(request-target)", "host", "date"},
			"qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3n" +
				"ndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=",
		},
		{
			"all headers",
			[]string{"(request-target)", "host", "date", "content-type", "digest", "content-length"},
			"vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaE" +
				"RZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req := newRequest(t, "https://example.com/foo?param=value&pet=dog", `{"hello": "world"}`)
			req.Header.Set("Date", "Sun, 05 Jan 2014 21:31:40 GMT")
			req.Header.Set("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
			req.Header.Set("Content-Length", "18")
			signer := common.RequestSigner(vectorKeys(t), test.headers, nil)
			if err := signer.Sign(req); err != nil {
				t.Fatal(err)
			}
			if got := req.Header.Get("Authorization"); !bytes.Contains([]byte(got), []byte(`signature="`+test.want+`"`)) {
				t.Errorf("Authorization = %s\nwant the signature %s", got, test.want)
			}
		})
	}
}
