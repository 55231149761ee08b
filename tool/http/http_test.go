package http_test

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/http"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server and returns a client for it and a request to it.
func serve(t *testing.T, o *http.Options, h nethttp.HandlerFunc) (*http.Client, *http.Request) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := http.New(o)
	t.Cleanup(c.Close)
	return c, request(t, s.URL)
}

func request(t *testing.T, text string) *http.Request {
	t.Helper()
	u, err := allow.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Request{Name: "fetch", Method: "GET", URL: u, Spelled: true}
}

func list(t *testing.T, entries ...string) *allow.List {
	t.Helper()
	l, wrong := allow.Parse(entries)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return l
}

// wantError checks the class of an error, what its text has, and what it has not.
func wantError(t *testing.T, err error, class string, has ...string) {
	t.Helper()
	e, ok := errors.AsType[*tool.Error](err)
	if !ok {
		t.Fatalf("error = %v, want one of class %s", err, class)
	}
	if !slices.Contains(e.Classes(), class) {
		t.Errorf("classes = %v, want %s among them", e.Classes(), class)
	}
	for _, h := range has {
		if no, ok := strings.CutPrefix(h, "!"); ok == strings.Contains(e.Message, no) {
			t.Errorf("message = %q, want %q", e.Message, h)
		}
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	c, r := serve(t, nil, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(nethttp.StatusCreated)
		fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.RequestURI, r.Header.Get("X-A"), r.Header.Get("Authorization"), body)
	})
	r.Method, r.Body = "POST", []byte("hello")
	r.URL.User = url.UserPassword("u", "p")
	r.URL.Path, r.URL.RawQuery = "/a b", "q=1"
	r.Header = nethttp.Header{"X-A": {"x"}}
	a, err := c.Do(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if want := "POST /a%20b?q=1 x Basic dTpw hello"; a.Status != 201 || string(a.Body) != want {
		t.Errorf("answer = %d %q, want 201 %q", a.Status, a.Body, want)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	c, r := serve(t, nil, func(_ nethttp.ResponseWriter, r *nethttp.Request) { keys[r.Method] = r.Header.Get("Idempotency-Key") })
	for _, method := range []string{"GET", "PUT", "POST"} {
		r.Method = method
		if _, err := c.Do(tool.WithIdempotencyKey(t.Context(), "c/1"), r); err != nil {
			t.Fatal(err)
		}
	}
	if keys["GET"] != "" || keys["PUT"] != "" || keys["POST"] != "c/1" {
		t.Errorf("keys = %v, want one for POST alone", keys)
	}
}

func TestRefusedAnswer(t *testing.T) {
	t.Parallel()
	c, r := serve(t, nil, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		w.WriteHeader(nethttp.StatusNotFound)
		fmt.Fprintf(w, "no such user; you sent %s and %s%s", r.Header.Get("X-Key"), r.Header.Get("Authorization"), strings.Repeat("é", 600))
	})
	r.URL.Path, r.URL.RawQuery, r.URL.User = "/users/bob", "token=tok123", url.UserPassword("ann", "pass-word")
	r.Header = nethttp.Header{"X-Key": {"Bearer s3cret"}}
	r.Secrets = []string{"Bearer s3cret"}
	_, err := c.Do(t.Context(), r)
	wantError(t, err, "RuntimeError", "GET http://127.0.0.1:", "/users/bob: ", "404 Not Found", "no such user",
		"you sent [redacted] and Basic [redacted]", "é...", "!tok123", "!s3cret", "!pass-word", "!YW5uOnBhc3Mtd29yZA")
	if len(err.Error()) > 800 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c, r := serve(t, nil, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		asked.Add(1)
		nethttp.Redirect(w, r, "http://169.254.169.254/", nethttp.StatusFound)
	})
	_, err := c.Do(t.Context(), r)
	wantError(t, err, "RuntimeError", "302 Found, and redirects are not followed")
	if asked.Load() != 1 {
		t.Errorf("asked %d times, want once", asked.Load())
	}
}

func TestAllowList(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c, r := serve(t, nil, func(nethttp.ResponseWriter, *nethttp.Request) { asked.Add(1) })
	origin := r.URL.String()
	for path, want := range map[string]bool{"/api": true, "/api/x": true, "/apiary": false, "/": false, "/api%2f..%2fadmin": false} {
		r.URL, _ = allow.ParseURL(origin + path)
		r.Allow, r.Spelled = list(t, "https://example.com", origin+"/api"), false
		_, err := c.Do(t.Context(), r)
		if want && err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if !want {
			wantError(t, err, "ValueError", "url_allow_list")
		}
	}
	if asked.Load() != 2 {
		t.Errorf("asked %d times, want 2", asked.Load())
	}
}

// resolver looks up every name as one address.
func resolver(t *testing.T, addr string) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = pc.Close()
		<-done
	})
	go func() {
		defer close(done)
		buf := make([]byte, 512)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = pc.WriteTo(dnsAnswer(buf[:n], netip.MustParseAddr(addr)), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

// dnsAnswer answers the one question of a query: for an IPv4 address with addr, otherwise with nothing.
func dnsAnswer(query []byte, addr netip.Addr) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += 5
	isA := binary.BigEndian.Uint16(query[end-4:]) == 1
	answer := slices.Clone(query[:end])
	answer[2], answer[3] = 0x81, 0x80
	copy(answer[6:12], []byte{0, 0, 0, 0, 0, 0})
	if isA {
		answer[7] = 1
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4)
		answer = append(answer, addr.AsSlice()...)
	}
	return answer
}

// noProxy keeps tests off the proxies of the machine.
func noProxy(*nethttp.Request) (*url.URL, error) { return nil, nil }

func TestNamesWithPrivateAddresses(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(nethttp.HandlerFunc(func(nethttp.ResponseWriter, *nethttp.Request) {}))
	t.Cleanup(s.Close)
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	named := "http://shop.example.com" + port
	tests := []struct {
		name, url, addr string
		list            []string
		private         bool
		refused         bool
	}{
		{"a name that turns out to be here", named, "127.0.0.1", nil, false, true},
		{"a listed name", named, "127.0.0.1", []string{named}, false, false},
		{"a name, private networks allowed", named, "127.0.0.1", nil, true, false},
		{"a listed name that turns out link-local", named, "169.254.169.254", []string{named}, false, true},
		{"a listed name that turns out to be nowhere", named, "0.0.0.0", []string{named}, false, true},
		{"an address in the document", s.URL, "", nil, false, false},
		{"localhost in the document", "http://localhost" + port, "127.0.0.1", nil, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := &http.Options{PrivateNetworks: test.private, Proxy: noProxy}
			if test.addr != "" {
				o.Resolver = resolver(t, test.addr)
			}
			c := http.New(o)
			t.Cleanup(c.Close)
			r := request(t, test.url)
			if test.list != nil {
				r.Allow = list(t, test.list...)
			}
			_, err := c.Do(t.Context(), r)
			switch {
			case test.refused:
				wantError(t, err, "ValueError", "its address "+test.addr+" is not public", "url_allow_list")
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// TestAddressThatADocumentDoesNotSpell is one that came in by a template, without a list that has it.
func TestAddressThatADocumentDoesNotSpell(t *testing.T) {
	t.Parallel()
	c, r := serve(t, &http.Options{Proxy: noProxy}, func(nethttp.ResponseWriter, *nethttp.Request) {})
	r.Spelled = false
	_, err := c.Do(t.Context(), r)
	wantError(t, err, "ValueError", "127.0.0.1 is not public")
}

func ptr[T any](v T) *T { return &v }

// eager is a retry policy that hardly waits.
func eager(tries int) *spec.RetryPolicy {
	return &spec.RetryPolicy{MaxAttempts: tries, InitialRetryDelay: 0.001, MaxRetryDelay: 0.001, BackoffFactor: 1, ServiceErrorRetryOnAny5xx: true}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	listed := eager(3)
	listed.RecoverableStatuses = spec.Dict[[]string]{{Key: "503"}}
	tests := []struct {
		name, method string
		policy       *spec.RetryPolicy
		status       int
		want         int32
	}{
		{"no policy", "GET", nil, 503, 1},
		{"a policy", "GET", eager(3), 503, 4},
		{"a status that is final", "GET", eager(3), 404, 1},
		{"a method that may not be repeated", "POST", eager(3), 503, 1},
		{"one that may after all", "POST", eager(3), 429, 4},
		{"one whose status is listed", "PATCH", listed, 503, 4},
		{"delete", "DELETE", eager(1), 500, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			c, r := serve(t, nil, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
				asked.Add(1)
				w.WriteHeader(test.status)
			})
			r.Method, r.Retry = test.method, test.policy
			_, err := c.Do(t.Context(), r)
			wantError(t, err, "RuntimeError", fmt.Sprint(test.status))
			if asked.Load() != test.want {
				t.Errorf("asked %d times, want %d", asked.Load(), test.want)
			}
		})
	}
}

func TestRetryUntilItSucceeds(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c, r := serve(t, nil, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		body, _ := io.ReadAll(r.Body)
		if asked.Add(1) < 3 {
			w.WriteHeader(nethttp.StatusServiceUnavailable)
		}
		_, _ = w.Write(body)
	})
	r.Method, r.Body, r.Retry = "PUT", []byte("again"), eager(5)
	a, err := c.Do(t.Context(), r)
	if err != nil || string(a.Body) != "again" || asked.Load() != 3 {
		t.Errorf("answer = %v, %v after %d tries, want the third", a, err, asked.Load())
	}
}

// broken is a server that hangs up on every connection, and counts them.
func broken(t *testing.T, after string) (string, *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int32
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, after)
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String(), &n
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + free.Addr().String()
	_ = free.Close()
	hangsUp, count := broken(t, "")
	cut, _ := broken(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
	odd, _ := broken(t, "hello\r\n\r\n")
	tls := httptest.NewTLSServer(nethttp.HandlerFunc(func(nethttp.ResponseWriter, *nethttp.Request) {}))
	tls.Config.ErrorLog = nil
	t.Cleanup(tls.Close)
	tests := []struct {
		name, url, method, class string
		policy                   *spec.RetryPolicy
	}{
		{"nobody listens", nobody, "POST", "ConnectError", eager(2)},
		{"it hangs up", hangsUp, "POST", "ReadError", eager(2)},
		{"it stops in the middle", cut, "GET", "ReadError", nil},
		{"it speaks something else", odd, "GET", "RemoteProtocolError", nil},
		{"a certificate that nobody knows", tls.URL, "GET", "ConnectError", eager(2)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := http.New(&http.Options{Proxy: noProxy})
			t.Cleanup(c.Close)
			r := request(t, test.url+"/x?token=tok123")
			r.Method, r.Retry, r.Body = test.method, test.policy, []byte("x")
			_, err := c.Do(t.Context(), r)
			wantError(t, err, test.class, "no answer", "!tok123")
			wantError(t, err, "TransportError")
		})
	}
	if n := count.Load(); n != 1 {
		t.Errorf("a POST that the server may have seen was sent %d times, want once", n)
	}
}

func TestBoundOfTheAnswer(t *testing.T) {
	t.Parallel()
	for _, packed := range []bool{false, true} {
		c, r := serve(t, &http.Options{MaxBody: 1000}, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			if !packed {
				_, _ = w.Write(make([]byte, 1001))
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, 10_000_000))
			_ = z.Close()
		})
		_, err := c.Do(t.Context(), r)
		wantError(t, err, "RuntimeError", "larger than 1000 bytes", "MaxBody")
	}
	c, r := serve(t, &http.Options{MaxBody: 1000}, func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = w.Write(make([]byte, 1000)) })
	if a, err := c.Do(t.Context(), r); err != nil || len(a.Body) != 1000 {
		t.Errorf("an answer of just the size: %v", err)
	}
}

// drip sends a byte and then nothing until the client has gone.
func drip(w nethttp.ResponseWriter, r *nethttp.Request) {
	_, _ = io.WriteString(w, "x")
	_ = nethttp.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestServerThatDrips(t *testing.T) {
	t.Parallel()
	c, r := serve(t, &http.Options{Timeout: 50 * time.Millisecond}, drip)
	_, err := c.Do(t.Context(), r)
	wantError(t, err, "ReadTimeout", "took longer", "request_timeout")
	wantError(t, err, "TimeoutError")
	r.Retry = &spec.RetryPolicy{RequestTimeout: ptr(0.05)}
	_, err = c.Do(t.Context(), r)
	wantError(t, err, "ReadTimeout")
}

func TestCancelledRequest(t *testing.T) {
	t.Parallel()
	shutdown := errors.New("shutdown")
	ctx, cancel := context.WithCancelCause(t.Context())
	c, r := serve(t, nil, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		cancel(shutdown)
		drip(w, r)
	})
	r.Retry = eager(5)
	if _, err := c.Do(ctx, r); !errors.Is(err, shutdown) {
		t.Errorf("error = %v, want the cause of the cancellation", err)
	}
}

func BenchmarkDo(b *testing.B) {
	s := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, `{"a":1}`) }))
	defer s.Close()
	c := http.New(nil)
	defer c.Close()
	u, _ := allow.ParseURL(s.URL)
	r := &http.Request{Method: "GET", URL: u, Spelled: true}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Do(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
