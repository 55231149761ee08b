package mcp

import (
	"context"
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool/internal/child"
)

// session is a session with a server, or what is needed to open it.
type session struct {
	client    *Client
	transport spec.ClientTransport
	access    *access // nil if nobody has to log in

	// turn is held while the session is opened.
	turn chan struct{}
	// status is the HTTP status of the last request that failed, 0 if none did.
	status atomic.Int64
	calls  atomic.Int64
	// stderr is the end of what the process of the server has printed.
	stderr atomic.Pointer[child.Tail]

	mu    sync.Mutex // guards what follows
	live  *connection
	users int
	idle  *time.Timer
	ended bool
}

// connection is a session that is open.
type connection struct {
	*sdk.ClientSession
	// stop ends what the SDK does not end.
	stop func()
	// gone is closed when the session has ended.
	gone chan struct{}

	mu       sync.Mutex // guards what follows
	listed   []*sdk.Tool
	stale    int // counts the notices that the list has changed
	progress map[string]func(*sdk.ProgressNotificationParams)
}

// ReadTimeout is how long a server may take to answer, if the document says nothing.
const ReadTimeout = time.Minute

// readTimeout is how long the server may take to answer, and between two signs that it is at work.
func (s *session) readTimeout() time.Duration {
	if p := s.transport.Transport().SessionParameters; p != nil && p.ReadTimeoutSeconds > 0 {
		return seconds(p.ReadTimeoutSeconds)
	}
	return ReadTimeout
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// errSilent is the cause of contexts whose server was silent for too long.
var errSilent = errors.New("the server did not answer in time")

// use runs f on the session, which it opens if it must. The context of f ends when the server is silent for too long;
// alive tells that it is not.
func (s *session) use(ctx context.Context, f func(ctx context.Context, c *connection, alive func()) error) error {
	s.enter()
	defer s.leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	limit := s.readTimeout()
	timer := time.AfterFunc(limit, func() { cancel(errSilent) })
	defer timer.Stop()
	for again := true; ; again = false {
		c, err := s.open(ctx)
		if err != nil {
			return err
		}
		err = f(ctx, c, func() { timer.Reset(limit) })
		if err == nil {
			return nil
		}
		if broken(err) {
			s.forget(c)
		}
		// The server has forgotten the session, so it has done nothing.
		if !again || !errors.Is(err, sdk.ErrSessionMissing) {
			return err
		}
	}
}

// broken reports whether a session is of no more use.
func broken(err error) bool {
	return errors.Is(err, sdk.ErrConnectionClosed) || errors.Is(err, sdk.ErrSessionMissing) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF)
}

func (s *session) enter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
	if s.idle != nil {
		s.idle.Stop()
	}
}

// leave has the session closed if nobody uses it for a while.
func (s *session) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	if s.users > 0 || s.live == nil {
		return
	}
	s.idle = time.AfterFunc(s.client.opts.IdleTimeout, func() {
		s.mu.Lock()
		c := s.live
		if s.users > 0 {
			c = nil
		} else {
			s.live = nil
		}
		s.mu.Unlock()
		if c != nil {
			c.close()
		}
	})
}

// open returns the connection, which it makes if there is none that works.
func (s *session) open(ctx context.Context) (*connection, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	s.mu.Lock()
	c, ended := s.live, s.ended
	s.mu.Unlock()
	if ended {
		return nil, errClosed
	}
	if c != nil {
		select {
		case <-c.gone:
			s.forget(c)
		default:
			return c, nil
		}
	}
	s.status.Store(0)
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	ended = s.ended
	if !ended {
		s.live = c
	}
	s.mu.Unlock()
	if ended {
		c.close()
		return nil, errClosed
	}
	return c, nil
}

// connect opens a connection. Its life is its own; ctx only bounds how long it takes to come about.
func (s *session) connect(ctx context.Context) (*connection, error) {
	c := &connection{gone: make(chan struct{}), progress: map[string]func(*sdk.ProgressNotificationParams){}}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	t, stop, err := s.newTransport()
	if err != nil {
		end()
		return nil, err
	}
	c.stop = func() { stop(); end() }
	client := sdk.NewClient(s.client.info, &sdk.ClientOptions{
		Capabilities:                &sdk.ClientCapabilities{},
		ToolListChangedHandler:      func(context.Context, *sdk.ToolListChangedRequest) { c.changed() },
		ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) { c.progressed(r.Params) },
	})
	unlink := context.AfterFunc(ctx, end)
	c.ClientSession, err = client.Connect(life, t, nil)
	if !unlink() && err == nil {
		_ = c.Close()
		err = context.Cause(ctx)
	}
	if err != nil {
		c.stop()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, &openError{err}
	}
	go func() { // until the session ends, which close sees to
		_ = c.Wait() // why it ended is told to the calls that were under way
		close(c.gone)
	}()
	return c, nil
}

// openError says that there is no session.
type openError struct{ error }

func (e *openError) Unwrap() error { return e.error }

// forget drops a connection that is broken.
func (s *session) forget(c *connection) {
	s.mu.Lock()
	if s.live == c {
		s.live = nil
	}
	s.mu.Unlock()
	c.close()
}

// end closes the session for good.
func (s *session) end() {
	s.mu.Lock()
	c := s.live
	s.live, s.ended = nil, true
	if s.idle != nil {
		s.idle.Stop()
	}
	s.mu.Unlock()
	if c != nil {
		c.close()
	}
}

func (c *connection) close() {
	_ = c.Close() // the session is over, and nothing depends on how that goes
	c.stop()
	<-c.gone
}

// call calls a tool. told gets the progress that the server tells.
func (s *session) call(ctx context.Context, name string, p *sdk.CallToolParams, told func(*sdk.ProgressNotificationParams)) (res *sdk.CallToolResult, err error) {
	err = s.use(ctx, func(ctx context.Context, c *connection, alive func()) error {
		token := strconv.FormatInt(s.calls.Add(1), 10)
		c.watch(token, func(n *sdk.ProgressNotificationParams) {
			alive()
			told(n)
		})
		// Notices come one after the other, and the last ones may be dealt with after the answer.
		defer time.AfterFunc(time.Second, func() { c.watch(token, nil) })
		p.Name = name
		p.SetProgressToken(token)
		var err error
		res, err = c.CallTool(ctx, p)
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return err
	})
	return res, err
}

func (c *connection) watch(token string, f func(*sdk.ProgressNotificationParams)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f == nil {
		delete(c.progress, token)
		return
	}
	c.progress[token] = f
}

func (c *connection) progressed(n *sdk.ProgressNotificationParams) {
	token, _ := n.ProgressToken.(string)
	c.mu.Lock()
	f := c.progress[token]
	c.mu.Unlock()
	if f != nil {
		f(n)
	}
}

func (c *connection) changed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listed = nil
	c.stale++
}

// maxTools bounds how many tools a server may list.
const maxTools = 10_000

// list returns the tools of the server, as they are since it last told that they have changed.
func (s *session) list(ctx context.Context) (tools []*sdk.Tool, err error) {
	err = s.use(ctx, func(ctx context.Context, c *connection, alive func()) error {
		c.mu.Lock()
		listed, stale := c.listed, c.stale
		c.mu.Unlock()
		if listed != nil {
			tools = listed
			return nil
		}
		listed = []*sdk.Tool{}
		for t, err := range c.Tools(ctx, nil) {
			if err != nil {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				return err
			}
			if len(listed) == maxTools {
				return &jsonrpc.Error{Message: "it lists more than " + strconv.Itoa(maxTools) + " tools"}
			}
			alive()
			listed = append(listed, t)
		}
		c.mu.Lock()
		if c.stale == stale {
			c.listed = listed
		}
		c.mu.Unlock()
		tools = listed
		return nil
	})
	return tools, err
}
