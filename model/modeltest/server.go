package modeltest

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Server is an HTTP server on loopback that speaks the protocols of the providers, plain and streamed: chat completions
// and Responses of OpenAI, generateContent of Google, the chat API of Oracle's cloud, and the embeddings of all, at any
// address that ends with that of the API. It answers from a script and keeps what it was asked. It is closed when its test
// ends.
type Server struct {
	// URL is the address, without a path.
	URL string

	http *httptest.Server
	done chan struct{}

	mu       sync.Mutex // guards what follows
	replies  []Reply
	respond  func(*Request) Reply
	requests []*Request
	closed   bool
}

// NewServer starts a server that gives the replies in this order and then echoes, see [Echo].
func NewServer(tb testing.TB, replies ...Reply) *Server {
	s := newServer(tb, replies)
	s.http.Start()
	s.URL = s.http.URL
	return s
}

// NewTLSServer starts a server that speaks TLS, with a certificate that clients have no reason to trust; see
// [Server.Certificate]. Config may be nil.
func NewTLSServer(tb testing.TB, config *tls.Config, replies ...Reply) *Server {
	s := newServer(tb, replies)
	s.http.TLS = config
	s.http.StartTLS()
	s.URL = s.http.URL
	return s
}

func newServer(tb testing.TB, replies []Reply) *Server {
	tb.Helper()
	s := &Server{replies: replies, respond: Echo, done: make(chan struct{})}
	s.http = httptest.NewUnstartedServer(s)
	s.http.Config.ErrorLog = discardLog
	tb.Cleanup(s.Close)
	return s
}

// Certificate is the certificate of a TLS server, in DER form.
func (s *Server) Certificate() []byte { return s.http.Certificate().Raw }

// Close ends all answers and stops the server. It may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.mu.Unlock()
	close(s.done)
	s.http.CloseClientConnections()
	s.http.Close()
}

// Respond makes f answer the requests for which no reply is left. It may be called at any time; f must be safe for
// concurrent use.
func (s *Server) Respond(f func(*Request) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.respond = f
}

// Requests returns what the server was asked so far, in the order of arrival.
func (s *Server) Requests() []*Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Request(nil), s.requests...)
}

func (s *Server) next(r *Request) Reply {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	if len(s.replies) > 0 {
		reply := s.replies[0]
		s.replies = s.replies[1:]
		s.mu.Unlock()
		return reply
	}
	respond := s.respond
	s.mu.Unlock()
	return respond(r)
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	talk := wireAt(req.URL.Path)
	if req.Method != http.MethodPost || talk == nil {
		writeJSON(w, http.StatusNotFound, chatWire{}.failure(http.StatusNotFound, "not here: "+req.URL.Path, "not_found"))
		return
	}
	r, err := readRequest(req, raw, talk)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, talk.failure(http.StatusBadRequest, err.Error(), "invalid_json"))
		return
	}
	reply := s.next(r)
	if !s.wait(req, reply.Delay) {
		return
	}
	for k, v := range reply.Header {
		w.Header().Set(k, v)
	}
	switch {
	case reply.Body != "":
		s.sendBody(w, &reply)
	case reply.Status >= 300:
		writeJSON(w, reply.Status, talk.failure(reply.Status, reply.Text, reply.Code))
	case r.Stream || reply.Fault == Endless:
		s.stream(w, req, r, &reply)
	default:
		s.sendWhole(w, req, r, &reply)
	}
}

// wait reports whether the client is still there after d.
func (s *Server) wait(req *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-req.Context().Done():
	case <-s.done:
	}
	return false
}

func (s *Server) hang(req *http.Request) {
	select {
	case <-req.Context().Done():
	case <-s.done:
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // a client that is gone is not our trouble
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("modeltest: %v", err)) // only maps of plain data come here
	}
	return raw
}

func (s *Server) sendBody(w http.ResponseWriter, reply *Reply) {
	kind := reply.ContentType
	if kind == "" {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	if reply.Status != 0 {
		w.WriteHeader(reply.Status)
	}
	_, _ = io.WriteString(w, reply.Body)
}

func (s *Server) sendWhole(w http.ResponseWriter, req *http.Request, r *Request, reply *Reply) {
	body := encode(r.wire.whole(r, reply))
	switch reply.Fault {
	case Hang:
		s.hang(req)
	case Report:
		writeJSON(w, http.StatusOK, r.wire.failure(http.StatusOK, reply.Text, reply.Code))
	case End:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body[:len(body)/2])
	case Cut:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		flush(w)
		panic(http.ErrAbortHandler)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// event is one event of a stream; data is JSON or, if a string, sent as it is.
type event struct {
	name string
	data any
}

func (s *Server) stream(w http.ResponseWriter, req *http.Request, r *Request, reply *Reply) {
	w.Header().Set("Content-Type", "text/event-stream")
	events := r.wire.events(r, reply)
	for i, e := range events {
		if reply.Fault != NoFault && i >= reply.After {
			if !s.fault(w, req, r, reply) {
				return
			}
		}
		if !s.wait(req, reply.ChunkDelay) {
			return
		}
		writeEvent(w, e)
	}
}

// fault makes a stream go wrong, and reports whether it goes on.
func (s *Server) fault(w http.ResponseWriter, req *http.Request, r *Request, reply *Reply) bool {
	switch reply.Fault {
	case Cut:
		flush(w)
		panic(http.ErrAbortHandler)
	case End:
		return false
	case Hang:
		flush(w)
		s.hang(req)
		return false
	case Endless:
		for s.wait(req, time.Millisecond) {
			writeEvent(w, r.wire.delta(reply.Text))
		}
		return false
	case Report:
		writeEvent(w, event{name: "error", data: r.wire.failure(http.StatusOK, reply.Text, reply.Code)})
		return false
	default:
		return true
	}
}

func writeEvent(w http.ResponseWriter, e event) {
	data, ok := e.data.(string)
	if !ok {
		data = string(encode(e.data))
	}
	if e.name != "" {
		_, _ = io.WriteString(w, "event: "+e.name+"\n")
	}
	_, _ = io.WriteString(w, "data: "+data+"\n\n")
	flush(w)
}

// pieces cuts text into the parts that go into one event each.
func (r *Reply) pieces(text string) []string {
	size := r.ChunkSize
	if size == 0 {
		size = 7
	}
	var out []string
	for len(text) > size {
		cut := size
		for cut < len(text) && text[cut]&0xc0 == 0x80 { // not within a character
			cut++
		}
		out = append(out, text[:cut])
		text = text[cut:]
	}
	if text != "" {
		out = append(out, text)
	}
	return out
}

// logprobs are the pieces of a text with their probabilities, as [Reply.Logprobs] asks for; each has another beside it.
func (r *Reply) logprobs(text string) []any {
	list := []any{}
	for _, piece := range r.pieces(text) {
		list = append(list, map[string]any{"token": piece, "logprob": -0.5, "bytes": nil, "top_logprobs": []any{
			map[string]any{"token": piece, "logprob": -0.5, "bytes": nil},
			map[string]any{"token": "other", "logprob": -2, "bytes": nil},
		}})
	}
	return list
}

func (r *Reply) tokens() (input, output int) {
	input, output = r.Input, r.Output
	if input == 0 {
		input = 10
	}
	if output == 0 {
		output = 5
	}
	return input, output
}
