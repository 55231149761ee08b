package model

import (
	"net"
	"net/http"
	"time"
)

// connectTimeout is the reference's for connecting.
const connectTimeout = 20 * time.Second

// idlePerHost keeps the connections of that many conversations with one server open between calls.
const idlePerHost = 256

// NewTransport returns an HTTP transport for calling models. One transport should serve all models of a program, so
// that they share connections; who made it calls CloseIdleConnections when the last model is done. Proxies of the
// environment are not used, as in the reference.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ExpectContinueTimeout: time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   idlePerHost,
		IdleConnTimeout:       90 * time.Second,
	}
}
