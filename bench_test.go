package wayflow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"text/template"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
)

const guide = "examples/marketing/marketing.yaml"

// The tools of the guide, without the waiting.
type (
	customer struct {
		Username string `json:"username"`
	}
	item struct {
		Kind  string `json:"kind"`
		Title string `json:"title"`
	}
)

func currentTime(context.Context, struct{}) (string, error) { return "Monday, 10:30", nil }

func userInformation(context.Context, customer) (map[string]string, error) {
	return map[string]string{"name": "Bob", "email": "bob@example.com", "birthday": "October 1"}, nil
}

func lastPurchases(context.Context, customer) ([]item, error) {
	return []item{{"movie", "Batman Begins"}, {"movie", "The Dark Knight"}}, nil
}

func itemsOnSale(context.Context, struct{}) ([]item, error) {
	return []item{{"household", "Broom"}, {"video game", "Metroid"}, {"movie", "The Lord of the Rings"}}, nil
}

// instantModel answers each request at once.
func instantModel(b *testing.B) *httptest.Server {
	answer := []byte(`{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",` +
		`"content":"Happy birthday, Bob! The Lord of the Rings is on sale."},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":10,"completion_tokens":10,"total_tokens":20}}`)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	b.Cleanup(s.Close)
	return s
}

// atOnce does something b.N times, so many at once, and reports how often a second, and what CPU time each took, the
// server's share included.
func atOnce(b *testing.B, conversations int, do func() error) {
	b.ReportAllocs()
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	began := flowtest.CPU()
	for range conversations {
		wg.Go(func() {
			for next.Add(1) <= int64(b.N) {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "conversations/s")
	b.ReportMetric(float64(flowtest.CPU()-began)/float64(b.N), "cpu-ns/op")
}

var concurrency = []int{1, 16, 256}

func BenchmarkGuide(b *testing.B) {
	server := instantModel(b)
	app, err := wayflow.LoadFile(guide, wayflow.WithModel("openai-compatible:m@"+server.URL+"/v1"), wayflow.WithTools(
		wayflow.Func("get_current_time", "", currentTime),
		wayflow.Func("get_user_information", "", userInformation),
		wayflow.Func("get_user_last_purchases", "", lastPurchases),
		wayflow.Func("get_items_on_sale", "", itemsOnSale),
	))
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range concurrency {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) {
			atOnce(b, n, func() error {
				conv, err := app.Start(b.Context(), wayflow.Inputs{"username": "bob"})
				if err != nil {
					return err
				}
				status, err := conv.Run(b.Context())
				if err != nil {
					return err
				}
				if done, ok := status.(*wayflow.Finished); !ok || len(done.Outputs.Of().Get("message").Str()) < 10 {
					return fmt.Errorf("the guide ended as %#v", status)
				}
				return nil
			})
		})
	}
}

// plainPrompt is the prompt of the guide.
var plainPrompt = template.Must(template.New("prompt").Parse(`Customer: {{.Info}}
Bought before: {{.Purchases}}
On sale today: {{.OnSale}}
Now: {{.Now}}

Write a short marketing message to this customer: greet the customer by name and recommend one thing that is on sale.`))

// BenchmarkGuidePlain does what the guide does without a runtime: four functions at once, a template, an HTTP exchange
// as JSON, and a message.
func BenchmarkGuidePlain(b *testing.B) {
	server := instantModel(b)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, 1_000
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for _, n := range concurrency {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) {
			atOnce(b, n, func() error { return plainGuide(b.Context(), client, server.URL+"/v1/chat/completions") })
		})
	}
}

func plainGuide(ctx context.Context, client *http.Client, url string) error {
	var data struct{ Info, Purchases, OnSale, Now string }
	var wg sync.WaitGroup
	look := func(into *string, get func() (any, error)) {
		wg.Go(func() {
			v, err := get()
			if err != nil {
				panic(err)
			}
			text, err := json.Marshal(v)
			if err != nil {
				panic(err)
			}
			*into = string(text)
		})
	}
	bob := customer{"bob"}
	look(&data.Now, func() (any, error) { return currentTime(ctx, struct{}{}) })
	look(&data.Info, func() (any, error) { return userInformation(ctx, bob) })
	look(&data.Purchases, func() (any, error) { return lastPurchases(ctx, bob) })
	look(&data.OnSale, func() (any, error) { return itemsOnSale(ctx, struct{}{}) })
	wg.Wait()
	var text bytes.Buffer
	if err := plainPrompt.Execute(&text, &data); err != nil {
		return err
	}
	answer, err := plainExchange(ctx, client, url, text.String())
	if err != nil {
		return err
	}
	var messages []message.Message
	messages = append(messages, message.Text(message.Assistant, answer))
	if len(messages[0].Text()) < 10 {
		return fmt.Errorf("the model said %q", answer)
	}
	return nil
}

func plainExchange(ctx context.Context, client *http.Client, url, prompt string) (string, error) {
	type plainMessage struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	body, err := json.Marshal(map[string]any{"model": "m", "messages": []plainMessage{{"user", prompt}}, "max_tokens": 160})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct {
		Choices []struct{ Message plainMessage }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return answer.Choices[0].Message.Content, nil
}

// largeFlow is a flow of a thousand template nodes in a row.
func largeFlow() *spec.Flow {
	g := flowtest.NewGraph("large", flowtest.Text("text"))
	prev, out := g.Start(), "text"
	for i := range 1_000 {
		description := fmt.Sprintf("passes on what the node before it, of which there are %d, has said", i)
		n := g.Add(&spec.TemplateNode{Template: "{{ text }} goes on here"}, fmt.Sprintf("the node with the number %d", i))
		n.Base().Description = &description
		n.Ports().Inputs, n.Ports().Outputs = flowtest.Texts("text"), flowtest.Texts("output")
		g.Edge(prev, "", n)
		g.Data(prev, out, n, "text")
		prev, out = n, "output"
	}
	g.Edge(prev, "", g.End("end"))
	return g.Flow
}

// documents are the guide, and a large flow, as JSON.
func documents(b *testing.B) map[string][]byte {
	app, err := wayflow.LoadFile(guide)
	if err != nil {
		b.Fatal(err)
	}
	small, err := app.Export(nil)
	if err != nil {
		b.Fatal(err)
	}
	large, err := spec.Export(largeFlow(), nil)
	if err != nil {
		b.Fatal(err)
	}
	return map[string][]byte{"guide": small, "nodes=1000": large}
}

func benchmarkDocuments(b *testing.B, read func(data []byte) error) {
	docs := documents(b)
	for _, name := range []string{"guide", "nodes=1000"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(docs[name])))
			began := flowtest.CPU()
			for b.Loop() {
				if err := read(docs[name]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(flowtest.CPU()-began)/float64(b.N), "cpu-ns/op")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	benchmarkDocuments(b, func(data []byte) error { _, err := wayflow.Load(data); return err })
}

// BenchmarkLoadPlain only parses the JSON of BenchmarkLoad.
func BenchmarkLoadPlain(b *testing.B) {
	benchmarkDocuments(b, func(data []byte) error { var v any; return json.Unmarshal(data, &v) })
}
