package mcp

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/spec"
)

// DefaultIdleTimeout is how long a session is kept that nobody uses.
const DefaultIdleTimeout = 10 * time.Minute

// Options say how a [Client] works. A nil pointer means defaults.
type Options struct {
	// Version is that of the program, which servers are told; default "dev".
	Version string
	// IdleTimeout is how long a session is kept that nobody uses; default [DefaultIdleTimeout].
	IdleTimeout time.Duration
	// Stderr gets what servers print that run as a process of ours; default: it is dropped.
	Stderr io.Writer
	// Logger is told what is odd and goes on nevertheless; default: nobody is.
	Logger *slog.Logger
}

// Client holds the sessions with MCP servers. It is safe for concurrent use.
type Client struct {
	opts Options
	info *sdk.Implementation

	mu       sync.Mutex // guards what follows
	sessions map[key]*session
	access   map[key]*access
	closed   bool
}

// key tells sessions apart. Transports are compared by identity: a component that a document defines once is one.
type key struct {
	conversation string
	transport    spec.ClientTransport
}

// New returns a client. [Client.Close] it when it is not needed any more.
func New(o *Options) *Client {
	c := &Client{sessions: map[key]*session{}, access: map[key]*access{}}
	if o != nil {
		c.opts = *o
	}
	if c.opts.IdleTimeout <= 0 {
		c.opts.IdleTimeout = DefaultIdleTimeout
	}
	if c.opts.Version == "" {
		c.opts.Version = "dev"
	}
	if c.opts.Stderr == nil {
		c.opts.Stderr = io.Discard
	}
	if c.opts.Logger == nil {
		c.opts.Logger = slog.New(slog.DiscardHandler)
	}
	c.info = &sdk.Implementation{Name: "wayflow", Title: "WayFlow for Go", Version: c.opts.Version}
	return c
}

var errClosed = errors.New("the client of MCP servers is closed")

// session returns the session of a conversation with a server; it may still have to be opened.
func (c *Client) session(conversation string, t spec.ClientTransport) (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed
	}
	k := key{conversation, t}
	s := c.sessions[k]
	if s == nil {
		s = &session{client: c, transport: t, access: c.accessOf(k), turn: make(chan struct{}, 1)}
		c.sessions[k] = s
	}
	return s, nil
}

// accessOf returns what is known of the login of a conversation at a server; nil if it needs none.
func (c *Client) accessOf(k key) *access {
	remote, ok := k.transport.(spec.RemoteTransport)
	if !ok || remote.Remote().Auth == nil {
		return nil
	}
	a := c.access[k]
	if a == nil {
		a = newAccess(remote.Remote())
		c.access[k] = a
	}
	return a
}

// Release closes the sessions of a conversation that has ended, and forgets its logins.
func (c *Client) Release(conversation string) {
	c.drop(func(k key) bool { return k.conversation == conversation })
}

// Close closes all sessions and returns when they are gone. It may be called again.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.drop(func(key) bool { return true })
	return nil
}

func (c *Client) drop(which func(key) bool) {
	var dropped []*session
	c.mu.Lock()
	for k, s := range c.sessions {
		if which(k) {
			delete(c.sessions, k)
			dropped = append(dropped, s)
		}
	}
	for k := range c.access {
		if which(k) {
			delete(c.access, k)
		}
	}
	c.mu.Unlock()
	var closing sync.WaitGroup
	for _, s := range dropped {
		closing.Go(s.end)
	}
	closing.Wait()
}
