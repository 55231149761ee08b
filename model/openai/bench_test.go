package openai_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/prompt"
)

const (
	benchPrompt = "Write a short birthday message for Bob, a customer who has bought four books, and mention the sale of today."
	benchAnswer = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":` +
		`{"role":"assistant","content":"Happy birthday, Bob! The Lord of the Rings is on sale."},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":10,"completion_tokens":10,"total_tokens":20}}`
	benchChunks = 2000
)

// benchServer answers at once, with benchAnswer or with a stream of benchChunks chunks, written in one go so that
// what is measured is the client.
func benchServer(b *testing.B) *httptest.Server {
	var stream bytes.Buffer
	for i := range benchChunks {
		fmt.Fprintf(&stream, `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":`+
			`[{"index":0,"delta":{"content":"word%d "},"finish_reason":null}]}`+"\n\n", i)
	}
	stream.WriteString(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}` + "\n\n")
	stream.WriteString(`data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2000}}` + "\n\n")
	stream.WriteString("data: [DONE]\n\n")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte(`"stream":true`)) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = w.Write(stream.Bytes())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, benchAnswer)
	}))
	b.Cleanup(s.Close)
	return s
}

func benchModel(b *testing.B, url string) *openai.Model {
	cfg := compatible(url, modeltest.Setup{Key: "sk-bench"}, nil)
	return newModel(b, &cfg, nil)
}

func benchAsk() *prompt.Prompt {
	return &prompt.Prompt{Messages: []message.Message{message.Text(message.User, benchPrompt)}}
}

// ask makes one call, or reads one stream.
func ask(b *testing.B, m *openai.Model, stream bool) {
	chunks := 0
	for chunk, err := range m.Generate(b.Context(), benchAsk(), model.Options{Stream: stream}) {
		switch {
		case err != nil:
			b.Fatal(err)
		case chunk.Answer == nil:
			chunks++
		case chunk.Answer.Usage.Input != 10 || stream && chunks != benchChunks:
			b.Fatal(chunks, chunk.Answer.Usage)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	s := benchServer(b)
	m := benchModel(b, s.URL)
	b.ReportAllocs()
	for b.Loop() {
		ask(b, m, false)
	}
}

func BenchmarkStream(b *testing.B) {
	s := benchServer(b)
	m := benchModel(b, s.URL)
	b.ReportAllocs()
	for b.Loop() {
		ask(b, m, true)
	}
	b.ReportMetric(benchChunks*float64(b.N)/b.Elapsed().Seconds(), "chunks/s")
}

// BenchmarkAgainstPlain makes the exchanges of the benchmarks below and above in turns, so that both meet the same
// machine, and reports what ours cost as multiples: the processor time of a call (the goal is 1.3 at most), and the rate
// of a stream (0.8 at least).
func BenchmarkAgainstPlain(b *testing.B) {
	s := benchServer(b)
	m, client := benchModel(b, s.URL), plainClient(b)
	var call, plainCall, stream, plainStream time.Duration
	for b.Loop() {
		call += cpu(b, func() {
			for range 50 {
				ask(b, m, false)
			}
		})
		plainCall += cpu(b, func() {
			for range 50 {
				askPlain(b, client, s.URL)
			}
		})
		stream += wall(func() { ask(b, m, true) })
		plainStream += wall(func() { streamPlain(b, client, s.URL) })
	}
	b.ReportMetric(float64(call)/float64(plainCall), "call-cpu-ratio")
	b.ReportMetric(float64(plainStream)/float64(stream), "stream-rate-ratio")
}

// BenchmarkFirstChunk reports how much later the first chunk of a stream comes than over net/http with encoding/json, both
// asked in turns (the goal is 200 µs at most).
func BenchmarkFirstChunk(b *testing.B) {
	s := benchServer(b)
	m, client := benchModel(b, s.URL), plainClient(b)
	var ours, plain []time.Duration
	for b.Loop() {
		start := time.Now()
		var first time.Duration
		for _, err := range m.Generate(b.Context(), benchAsk(), model.Options{Stream: true}) {
			if err != nil {
				b.Fatal(err)
			}
			if first == 0 {
				first = time.Since(start)
			}
		}
		ours = append(ours, first)
		plain = append(plain, streamPlain(b, client, s.URL))
	}
	slices.Sort(ours)
	slices.Sort(plain)
	b.ReportMetric(float64((ours[len(ours)/2] - plain[len(plain)/2]).Microseconds()), "later-µs")
}

// BenchmarkInFlight reports what each of 1,000 calls that wait for their answers takes of memory, both ends of its
// connection included, since the server is in the same process (the goal is 64 KiB at most).
func BenchmarkInFlight(b *testing.B) {
	const calls = 1000
	for b.Loop() {
		var arrived sync.WaitGroup
		arrived.Add(calls)
		release := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			arrived.Done()
			<-release
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, benchAnswer)
		}))
		m := benchModel(b, s.URL)
		before := inUse()
		var done sync.WaitGroup
		for range calls {
			done.Go(func() { ask(b, m, false) })
		}
		arrived.Wait()
		b.ReportMetric(float64(inUse()-before)/calls/1024, "KiB/call")
		close(release)
		done.Wait()
		m.CloseIdleConnections()
		s.Close()
	}
}

// inUse is the memory of the heap and of stacks.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func wall(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// cpu returns the processor time that f takes, the server's included.
func cpu(b *testing.B, f func()) time.Duration {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	f()
	return used() - start
}

// The same exchanges over net/http with encoding/json, as a program would make them that needs nothing else.

type plainMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type plainRequest struct {
	Model    string         `json:"model"`
	Stream   bool           `json:"stream"`
	Messages []plainMessage `json:"messages"`
}

type plainResponse struct {
	Choices []struct {
		Message plainMessage `json:"message"`
		Delta   plainMessage `json:"delta"`
	} `json:"choices"`
	Usage struct {
		Input  int64 `json:"prompt_tokens"`
		Output int64 `json:"completion_tokens"`
	} `json:"usage"`
}

func plainPost(b *testing.B, client *http.Client, url string, stream bool) *http.Response {
	body, err := json.Marshal(plainRequest{Model: "tiny", Stream: stream, Messages: []plainMessage{{"user", benchPrompt}}})
	if err != nil {
		b.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer sk-bench")
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	return res
}

func plainClient(b *testing.B) *http.Client {
	client := &http.Client{Transport: model.NewTransport()}
	b.Cleanup(client.CloseIdleConnections)
	return client
}

func askPlain(b *testing.B, client *http.Client, url string) {
	res := plainPost(b, client, url, false)
	var r plainResponse
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil || r.Usage.Output != 10 {
		b.Fatal(r, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
}

// streamPlain returns how long the first chunk took.
func streamPlain(b *testing.B, client *http.Client, url string) (first time.Duration) {
	start := time.Now()
	res := plainPost(b, client, url, true)
	lines := bufio.NewScanner(res.Body)
	var text strings.Builder
	n := 0
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok || string(data) == "[DONE]" {
			continue
		}
		var r plainResponse
		if err := json.Unmarshal(data, &r); err != nil {
			b.Fatal(err)
		}
		if len(r.Choices) > 0 && r.Choices[0].Delta.Content != "" {
			text.WriteString(r.Choices[0].Delta.Content)
			if n++; n == 1 {
				first = time.Since(start)
			}
		}
	}
	_ = res.Body.Close()
	if n != benchChunks {
		b.Fatal(n)
	}
	return first
}

func BenchmarkCallPlain(b *testing.B) {
	s := benchServer(b)
	client := plainClient(b)
	b.ReportAllocs()
	for b.Loop() {
		askPlain(b, client, s.URL)
	}
}

func BenchmarkStreamPlain(b *testing.B) {
	s := benchServer(b)
	client := plainClient(b)
	b.ReportAllocs()
	for b.Loop() {
		streamPlain(b, client, s.URL)
	}
	b.ReportMetric(benchChunks*float64(b.N)/b.Elapsed().Seconds(), "chunks/s")
}
