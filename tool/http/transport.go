package http

import (
	"context"
	"net"
	nethttp "net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/wayflow-go/wayflow/internal/allow"
)

const (
	// connectTimeout bounds how long a connection takes to come about.
	connectTimeout = 20 * time.Second
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 1 << 20
	// idleTimeout is how long a connection is kept for a next request.
	idleTimeout = 30 * time.Second
)

// newTransport returns a transport that only connects to addresses within reach.
func newTransport(reach allow.Reach, o *Options) *nethttp.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second, Resolver: o.Resolver}
	dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return checkAddress(reach, address)
	}
	return &nethttp.Transport{
		DialContext:            dialer.DialContext,
		Proxy:                  o.Proxy,
		TLSHandshakeTimeout:    connectTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// checkAddress is asked before each connection, with the address that a name was found to have.
func checkAddress(reach allow.Reach, address string) error {
	if reach == allow.Local {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &errTooFar{address}
	}
	a, err := netip.ParseAddr(host)
	if err != nil || allow.ReachOf(a) > reach {
		return &errTooFar{host}
	}
	return nil
}
