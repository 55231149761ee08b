package modeltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Provider is what the suite tests.
type Provider struct {
	// New returns a model that asks s.
	New func(tb testing.TB, s *Server, setup Setup) model.Model
	// Authentic says what is wrong with the credentials of a request; nil looks for [Key] as a bearer token.
	Authentic func(*Request) error
	// Lacks are what the protocol cannot carry; tests of it are left out.
	Lacks []Ability
}

// Ability is something that not every protocol can carry.
type Ability string

// The abilities that the suite knows.
const (
	Images      Ability = "images"
	Reasoning   Ability = "reasoning"
	Logprobs    Ability = "log probabilities"
	ToolIDs     Ability = "ids of tool calls"
	Refusals    Ability = "refusals"
	InBandError Ability = "errors with a good status"
	BadArgument Ability = "arguments that are no JSON"
	DetailUsage Ability = "cached and reasoning tokens"
)

func (p Provider) lacks(a Ability) bool { return slices.Contains(p.Lacks, a) }

func (p Provider) need(t *testing.T, a Ability) {
	t.Helper()
	if p.lacks(a) {
		t.Skipf("the protocol does not carry %s", a)
	}
}

func (p Provider) authentic(r *Request) error {
	switch {
	case p.Authentic != nil:
		return p.Authentic(r)
	case r.Key() != Key:
		return fmt.Errorf("the key is %q", r.Key())
	}
	return nil
}

// Setup is what a test wants of a model.
type Setup struct {
	// Key is the API key.
	Key string
	// Policy is the retry policy; nil stands for the defaults.
	Policy *spec.RetryPolicy
}

// Key is the secret that the suite gives to models, and looks for in everything that comes out of them.
const Key = "sk-suite/+secret&key"

// patience bounds what should end at once.
const patience = 10 * time.Second

// Run tests that a provider's models behave as [model.Model] says.
func Run(t *testing.T, p Provider) {
	t.Run("answers", p.answers)
	t.Run("streams", p.streams)
	t.Run("pieces of tool calls", p.toolDeltas)
	t.Run("reasoning", p.reasoning)
	t.Run("log probabilities", p.logprobs)
	t.Run("broken arguments", p.brokenArguments)
	t.Run("usage", p.usage)
	t.Run("conversation", p.conversation)
	t.Run("structured", p.structured)
	t.Run("failures", p.failures)
	t.Run("retries", p.retries)
	t.Run("no retry after a delta", p.noRetryAfterDelta)
	t.Run("unreachable", p.unreachable)
	t.Run("redirect", p.redirect)
	t.Run("timeout", p.timeout)
	t.Run("cancel", p.cancel)
	t.Run("break", p.breakOff)
	t.Run("parallel", p.parallel)
}

// fast is a policy that hardly waits.
func fast(tries int) *spec.RetryPolicy {
	return &spec.RetryPolicy{
		MaxAttempts: tries - 1, InitialRetryDelay: 0.001, MaxRetryDelay: 0.002, BackoffFactor: 2,
		ServiceErrorRetryOnAny5xx: true,
	}
}

func (p Provider) model(t *testing.T, s *Server, policy *spec.RetryPolicy) model.Model {
	t.Helper()
	return p.New(t, s, Setup{Key: Key, Policy: policy})
}

// Hello is a prompt that asks for nothing in particular.
func Hello() *prompt.Prompt {
	return &prompt.Prompt{Messages: []message.Message{message.Text(message.User, "Hello?")}}
}

// Ask ranges over an answer to its end, and returns the deltas put together, how many there were, and the answer.
func Ask(ctx context.Context, m model.Model, p *prompt.Prompt, stream bool) (text string, deltas int, a *model.Answer, err error) {
	var b strings.Builder
	for chunk, err := range m.Generate(ctx, p, model.Options{Stream: stream}) {
		if err != nil {
			return b.String(), deltas, a, err
		}
		if chunk.Answer != nil {
			a = chunk.Answer
			continue
		}
		if chunk.Delta != "" {
			b.WriteString(chunk.Delta)
			deltas++
		}
	}
	return b.String(), deltas, a, nil
}

func calls(c ...ToolCall) []ToolCall { return c }

func requests(t *testing.T, c ...ToolCall) []message.ToolRequest {
	t.Helper()
	var out []message.ToolRequest
	for _, call := range c {
		args, err := value.ParseJSON([]byte(call.Arguments))
		if err != nil {
			t.Fatal(err)
		}
		o, _ := args.AsObject()
		out = append(out, message.ToolRequest{ID: call.ID, Name: call.Name, Args: o})
	}
	return out
}

var (
	weather = ToolCall{ID: "call_1", Name: "get_weather", Arguments: `{"city": "Zürich", "days": 3}`}
	clock   = ToolCall{ID: "call_2", Name: "get_time", Arguments: `{}`}
)

// each runs a test for whole and for streamed answers.
func each(t *testing.T, f func(t *testing.T, stream bool)) {
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("stream=%t", stream), func(t *testing.T) {
			t.Parallel()
			f(t, stream)
		})
	}
}

func (p Provider) answers(t *testing.T) {
	tests := []struct {
		name     string
		reply    Reply
		wantText string
		want     []message.ToolRequest
	}{
		{name: "text", reply: Reply{Text: "Good day. Zoë & 世界 \"quoted\"\n"}, wantText: "Good day. Zoë & 世界 \"quoted\"\n"},
		{name: "empty", reply: Reply{}, wantText: ""},
		{name: "refusal", reply: Reply{Refusal: "I would rather not."}, wantText: "I would rather not."},
		{name: "tool call", reply: Reply{ToolCalls: calls(weather)}, want: requests(t, weather)},
		{name: "parallel tool calls", reply: Reply{ToolCalls: calls(weather, clock)}, want: requests(t, weather, clock)},
		{
			name: "text beside a tool call", reply: Reply{Text: "Let me look.", ToolCalls: calls(weather)},
			wantText: "Let me look.", want: requests(t, weather),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.reply.Refusal != "" {
				p.need(t, Refusals)
			}
			each(t, func(t *testing.T, stream bool) {
				s := NewServer(t, test.reply)
				text, _, a, err := Ask(t.Context(), p.model(t, s, nil), Hello(), stream)
				if err != nil || a == nil {
					t.Fatalf("Generate = %v, %v", a, err)
				}
				if got := a.Message.Text(); got != test.wantText {
					t.Errorf("text = %q, want %q", got, test.wantText)
				}
				if stream && text != test.wantText {
					t.Errorf("deltas = %q, want %q", text, test.wantText)
				}
				if diff := cmp.Diff(test.want, p.requestsOf(a), cmpObjects); diff != "" {
					t.Errorf("tool requests (-want +got):\n%s", diff)
				}
				if a.Message.Role != message.Assistant {
					t.Errorf("role = %q", a.Message.Role)
				}
				if err := p.authentic(s.Requests()[0]); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// requestsOf are the tool requests of an answer, with the ids of the script where the protocol carries none.
func (p Provider) requestsOf(a *model.Answer) []message.ToolRequest {
	out := slices.Clone(a.Message.ToolRequests)
	for i := range out {
		if p.lacks(ToolIDs) && out[i].ID != "" {
			out[i].ID = fmt.Sprintf("call_%d", i+1)
		}
	}
	return out
}

var cmpObjects = cmp.Comparer(func(a, b *value.Object) bool { return value.Equal(a.Of(), b.Of()) })

func (p Provider) streams(t *testing.T) {
	t.Parallel()
	const text = "one two three four five six seven"
	s := NewServer(t, Reply{Text: text}, Reply{Text: text})
	m := p.model(t, s, nil)
	got, deltas, a, err := Ask(t.Context(), m, Hello(), true)
	if err != nil || got != text || a == nil {
		t.Fatalf("Generate = %q, %v, %v", got, a, err)
	}
	if deltas < 3 {
		t.Errorf("the text came in %d pieces, want several", deltas)
	}
	_, deltas, a, err = Ask(t.Context(), m, Hello(), false)
	if err != nil || a == nil || deltas != 0 {
		t.Errorf("without Stream: %d deltas, answer %v, error %v", deltas, a, err)
	}
}

func (p Provider) usage(t *testing.T) {
	each(t, func(t *testing.T, stream bool) {
		s := NewServer(t, Reply{Text: "12345678", Input: 123, Output: 45, Cached: 100, Thought: 40}, Reply{Text: "12345678", NoUsage: true})
		m := p.model(t, s, nil)
		_, _, a, err := Ask(t.Context(), m, Hello(), stream)
		if err != nil {
			t.Fatal(err)
		}
		want := message.Usage{Input: 123, Output: 45, Cached: 100, Reasoning: 40}
		if p.lacks(DetailUsage) {
			want.Cached, want.Reasoning = 0, 0
		}
		if a.Usage != want {
			t.Errorf("usage = %+v, want %+v", a.Usage, want)
		}
		_, _, a, err = Ask(t.Context(), m, Hello(), stream)
		if err != nil {
			t.Fatal(err)
		}
		if want := (message.Usage{Input: 38, Output: 8, Estimated: true}); a.Usage != want {
			t.Errorf("estimated usage = %+v, want %+v", a.Usage, want)
		}
	})
}

// pieces ranges over a streamed answer, and puts the pieces of its tool calls and its reasoning together.
func pieces(t *testing.T, m model.Model) (tools []model.ToolDelta, reasoning string, chunks int, a *model.Answer) {
	t.Helper()
	for chunk, err := range m.Generate(t.Context(), Hello(), model.Options{Stream: true}) {
		if err != nil {
			t.Fatal(err)
		}
		reasoning += chunk.Reasoning
		if d := chunk.Tool; d != nil {
			for d.Index >= len(tools) {
				tools = append(tools, model.ToolDelta{Index: len(tools)})
			}
			tool := &tools[d.Index]
			tool.ID, tool.Name = d.ID, d.Name
			tool.Arguments += d.Arguments
		}
		if chunk.Tool != nil || chunk.Reasoning != "" {
			chunks++
		}
		if chunk.Answer != nil {
			a = chunk.Answer
		}
	}
	return tools, reasoning, chunks, a
}

func (p Provider) toolDeltas(t *testing.T) {
	t.Parallel()
	s := NewServer(t, Reply{ToolCalls: calls(weather, clock)})
	tools, _, _, a := pieces(t, p.model(t, s, nil))
	if a == nil || len(tools) != 2 {
		t.Fatalf("pieces of %d calls, answer %v", len(tools), a)
	}
	for i, r := range a.Message.ToolRequests {
		got := tools[i]
		if got.Name != r.Name || !p.lacks(ToolIDs) && got.ID != r.ID {
			t.Errorf("call %d is %+v, in the answer %s of %s", i, got, r.ID, r.Name)
		}
		if args, err := value.ParseJSON([]byte(got.Arguments)); err != nil || !value.Equal(args, r.Args.Of()) {
			t.Errorf("the pieces of %s add up to %s, the arguments are %s", r.Name, got.Arguments, r.Args.Of())
		}
	}
}

func (p Provider) reasoning(t *testing.T) {
	p.need(t, Reasoning)
	const thought = "First I greet, then I wait."
	t.Run("streamed", func(t *testing.T) {
		t.Parallel()
		s := NewServer(t, Reply{Text: "Hello.", Reasoning: thought})
		_, reasoning, chunks, a := pieces(t, p.model(t, s, nil))
		if reasoning != thought || chunks < 2 || a.Message.Text() != "Hello." || a.Message.Reasoning.IsNull() {
			t.Errorf("%d pieces of reasoning %q, answer %+v", chunks, reasoning, a.Message)
		}
	})
	t.Run("whole", func(t *testing.T) {
		t.Parallel()
		s := NewServer(t, Reply{Text: "Hello.", Reasoning: thought})
		_, _, a, err := Ask(t.Context(), p.model(t, s, nil), Hello(), false)
		if err != nil || a.Message.Text() != "Hello." || !strings.Contains(value.Text(a.Message.Reasoning), thought) {
			t.Errorf("Generate = %+v, %v", a, err)
		}
	})
}

func (p Provider) logprobs(t *testing.T) {
	p.need(t, Logprobs)
	each(t, func(t *testing.T, stream bool) {
		const text = "one two three four"
		s := NewServer(t, Reply{Text: text, Logprobs: true})
		asked := Hello()
		asked.Generation = value.NewObject(value.Member{Key: "top_logprobs", Value: value.Int(2)})
		_, _, a, err := Ask(t.Context(), p.model(t, s, nil), asked, stream)
		if err != nil || len(a.Message.Contents) != 1 {
			t.Fatalf("Generate = %+v, %v", a, err)
		}
		var joined string
		for _, l := range a.Message.Contents[0].Logprobs {
			joined += l.Token
			top := []message.Logprob{{Token: l.Token, Logprob: -0.5}, {Token: "other", Logprob: -2}}
			if l.Logprob != -0.5 || !cmp.Equal(top, l.Top) {
				t.Errorf("token %+v, want the log probability -0.5 and beside it %v", l, top)
			}
		}
		if joined != text {
			t.Errorf("the tokens add up to %q, want %q", joined, text)
		}
	})
}

func (p Provider) brokenArguments(t *testing.T) {
	p.need(t, BadArgument)
	broken := ToolCall{ID: "call_1", Name: "get_weather", Arguments: `{"city": "Zür`}
	each(t, func(t *testing.T, stream bool) {
		s := NewServer(t, Reply{ToolCalls: calls(broken)}, Reply{ToolCalls: calls(broken), Finish: "length"})
		m := p.model(t, s, fast(1))
		_, _, a, err := Ask(t.Context(), m, Hello(), stream)
		if err != nil || len(a.Message.ToolRequests) != 1 || a.Message.ToolRequests[0].Args.Len() != 1 {
			t.Fatalf("Generate = %+v, %v", a, err)
		}
		_, _, _, err = Ask(t.Context(), m, Hello(), stream)
		_ = checkError(t, err, s.URL, model.KindIncomplete)
	})
}

const pixel = "data:image/png;base64,iVBORw0KGgo="

func (p Provider) conversation(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	history := []message.Message{
		message.Text(message.System, "Be brief."),
		{Role: message.User, Contents: []message.Part{{Text: "What is here?"}}},
		message.Text(message.Assistant, "A pixel."),
		message.Text(message.User, "And the weather?"),
		{Role: message.Assistant, ToolRequests: requests(t, weather, clock)},
		{Role: message.Assistant, ToolResult: &message.ToolResult{RequestID: "call_1", Content: value.String("<sunny>")}},
		{Role: message.Assistant, ToolResult: &message.ToolResult{RequestID: "call_2", Content: value.Int(12)}},
	}
	image := ""
	if !p.lacks(Images) {
		image = pixel
		history[1].Contents = append(history[1].Contents, message.Part{Image: pixel})
	}
	tools := []prompt.Tool{{
		Name: "get_weather", Description: "the weather in a city",
		Inputs: []value.Property{{Title: "city", Type: value.StringType}},
	}, {Name: "get_time", Description: "the time of day"}}
	_, _, _, err := Ask(t.Context(), p.model(t, s, nil), &prompt.Prompt{Messages: history, Tools: tools}, false)
	if err != nil {
		t.Fatal(err)
	}
	r := s.Requests()[0]
	if diff := cmp.Diff([]string{"get_weather", "get_time"}, r.Tools); diff != "" {
		t.Errorf("tools (-want +got):\n%s", diff)
	}
	joined := transcript(r)
	results := []string{`tool "\u003csunny\u003e" = call_1`, "tool 12 = call_2"}
	if p.lacks(ToolIDs) {
		results = []string{`tool "\u003csunny\u003e"`, "tool 12"}
	}
	for _, want := range append([]string{
		"system Be brief.", "user What is here?" + image, "assistant A pixel.", "user And the weather?",
		"get_weather(", "get_time(2)",
	}, results...) {
		if !strings.Contains(joined, want) {
			t.Errorf("the request lacks %q:\n%s", want, joined)
		}
	}
}

// transcript is the messages of a request, one a line.
func transcript(r *Request) string {
	var lines []string
	for _, m := range r.Messages {
		line := m.Role + " " + m.Text + strings.Join(m.Images, " ")
		for _, c := range m.Calls {
			line += fmt.Sprintf(" %s(%d)", c.Name, len(c.Arguments))
		}
		if m.ResultOf != "" {
			line += " = " + m.ResultOf
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (p Provider) structured(t *testing.T) {
	t.Parallel()
	s := NewServer(t, Reply{Text: `{"year": 2025}`})
	format := value.Property{Title: "result", Type: value.ObjectOf(value.Property{Title: "year", Type: value.IntegerType})}
	asked := Hello()
	asked.ResponseFormat = &format
	_, _, a, err := Ask(t.Context(), p.model(t, s, nil), asked, false)
	if err != nil || a.Message.Text() != `{"year": 2025}` {
		t.Fatalf("Generate = %v, %v", a, err)
	}
	got := s.Requests()[0].Schema
	want := map[string]any{
		"type": "object", "title": "result", "additionalProperties": false, "required": []any{"year"},
		"properties": map[string]any{"year": map[string]any{"type": "integer"}},
	}
	year := object(object(got["properties"])["year"])
	delete(year, "title")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}

func (p Provider) failures(t *testing.T) {
	const page = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>" + Key + "</body></html>"
	tests := []struct {
		name  string
		reply Reply
		kind  model.Kind
		says  string
	}{
		{"wrong key", Reply{Status: 401, Text: "Incorrect API key provided: " + Key, Code: "invalid_api_key"}, model.KindAuth, "Incorrect API key"},
		{"forbidden", Reply{Status: 403, Text: "no access"}, model.KindAuth, "no access"},
		{"unknown model", Reply{Status: 404, Text: "model nope does not exist", Code: "model_not_found"}, model.KindNotFound, "model nope"},
		{"rate limit", Reply{Status: 429, Text: "slow down"}, model.KindRateLimit, "slow down"},
		{"server error", Reply{Status: 500, Text: "out of memory"}, model.KindServer, "out of memory"},
		{"bad request", Reply{Status: 400, Text: "temperature is too hot"}, model.KindRejected, "too hot"},
		{"context too long", Reply{Status: 400, Text: "too much", Code: "context_length_exceeded"}, model.KindContextLength, "too much"},
		{"content filter on the prompt", Reply{Status: 400, Text: "tut tut", Code: "content_filter"}, model.KindContentFilter, "tut tut"},
		{"content filter on the answer", Reply{Text: "well", Finish: "content_filter"}, model.KindContentFilter, "filter"},
		{"HTML with an error status", Reply{Status: 502, Body: page, ContentType: "text/html"}, model.KindServer, "Bad gateway"},
		{"HTML with a good status", Reply{Body: page, ContentType: "text/html"}, model.KindProtocol, "Bad gateway"},
		{"truncated JSON", Reply{Body: `{"choices": [{"mess`}, model.KindProtocol, "JSON"},
		{"not JSON", Reply{Body: "Service is " + Key}, model.KindProtocol, "JSON"},
		{"no choices", Reply{Fault: NoChoices}, model.KindProtocol, ""},
		{"error in the answer", Reply{Fault: Report, Text: "engine died", Code: "server_error"}, model.KindServer, "engine died"},
		{"broken connection", Reply{Text: "a long answer that breaks off", Fault: Cut, After: 2}, model.KindIncomplete, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.reply.Fault == Report {
				p.need(t, InBandError)
			}
			each(t, func(t *testing.T, stream bool) {
				reply := test.reply
				reply.Header = map[string]string{"X-Request-Id": "req_42"}
				s := NewServer(t, reply)
				_, _, _, err := Ask(t.Context(), p.model(t, s, fast(1)), Hello(), stream)
				e := checkError(t, err, s.URL, test.kind)
				if !strings.Contains(err.Error(), test.says) {
					t.Errorf("error lacks %q: %v", test.says, err)
				}
				if test.reply.Status != 0 && e.Status != test.reply.Status {
					t.Errorf("status = %d, want %d", e.Status, test.reply.Status)
				}
				if e.RequestID != "req_42" {
					t.Errorf("request id = %q", e.RequestID)
				}
			})
		})
	}
}

// checkError tests what holds for every error, and returns it.
func checkError(t *testing.T, err error, url string, kind model.Kind) *model.Error {
	t.Helper()
	e, ok := errors.AsType[*model.Error](err)
	if !ok {
		t.Fatalf("error is a %T, want a *model.Error: %v", err, err)
	}
	if e.Kind != kind {
		t.Errorf("kind = %q, want %q: %v", e.Kind, kind, err)
	}
	if !strings.Contains(err.Error(), url) {
		t.Errorf("error does not name the endpoint %s: %v", url, err)
	}
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		if all := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(all, Key) || strings.Contains(all, "sk-suite") {
			t.Errorf("error shows the key: %s", all)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %q", err)
	}
	return e
}

func (p Provider) retries(t *testing.T) {
	tests := []struct {
		name    string
		replies []Reply
		asked   int
		kind    model.Kind
	}{
		{"503, then well", []Reply{{Status: 503}, {Text: "ok"}}, 2, ""},
		{"429 twice, then well", []Reply{{Status: 429}, {Status: 429}, {Text: "ok"}}, 3, ""},
		{"broken connection, then well", []Reply{{Text: "lost", Fault: Cut}, {Text: "ok"}}, 2, ""},
		{"500 always", []Reply{{Status: 500}, {Status: 500}, {Status: 500}}, 3, model.KindServer},
		{"400", []Reply{{Status: 400}}, 1, model.KindRejected},
		{"401", []Reply{{Status: 401}}, 1, model.KindAuth},
		{"422", []Reply{{Status: 422}}, 1, model.KindRejected},
		{"501", []Reply{{Status: 501}}, 1, model.KindServer},
		{"404", []Reply{{Status: 404}}, 1, model.KindNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			each(t, func(t *testing.T, stream bool) {
				s := NewServer(t, test.replies...)
				text, _, a, err := Ask(t.Context(), p.model(t, s, fast(3)), Hello(), stream)
				if n := len(s.Requests()); n != test.asked {
					t.Errorf("the server was asked %d times, want %d", n, test.asked)
				}
				if test.kind != "" {
					if e := checkError(t, err, s.URL, test.kind); e.Tries != test.asked {
						t.Errorf("tries = %d, want %d", e.Tries, test.asked)
					}
					return
				}
				if err != nil || a.Message.Text() != "ok" || stream && text != "ok" {
					t.Errorf("Generate = %q, %v, %v", text, a, err)
				}
			})
		})
	}
}

func (p Provider) noRetryAfterDelta(t *testing.T) {
	tests := []struct {
		name  string
		reply Reply
		need  Ability
	}{
		{"text cut", Reply{Text: "one two three four five", Fault: Cut}, ""},
		{"text ended", Reply{Text: "one two three four five", Fault: End}, ""},
		{"reasoning cut", Reply{Reasoning: "one two three four five", Fault: Cut}, Reasoning},
		{"tool call cut", Reply{ToolCalls: calls(weather), Fault: Cut}, BadArgument},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p.need(t, test.need)
			test.reply.After = 3
			s := NewServer(t, test.reply, Reply{Text: "again"})
			seen := 0
			var err error
			for chunk, e := range p.model(t, s, fast(3)).Generate(t.Context(), Hello(), model.Options{Stream: true}) {
				if err = e; err != nil {
					break
				}
				if chunk.Answer != nil || strings.Contains(chunk.Delta, "again") {
					t.Errorf("chunk = %+v", chunk)
				}
				seen++
			}
			_ = checkError(t, err, s.URL, model.KindIncomplete)
			if n := len(s.Requests()); seen == 0 || n != 1 {
				t.Errorf("the server was asked %d times, want once; %d chunks came", n, seen)
			}
		})
	}
}

func (p Provider) unreachable(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	m := p.model(t, s, fast(2))
	s.Close()
	_, _, _, err := Ask(t.Context(), m, Hello(), true)
	e := checkError(t, err, s.URL, model.KindUnreachable)
	if e.Tries != 2 || !e.Retryable {
		t.Errorf("tries = %d, retryable = %t, want 2 and true", e.Tries, e.Retryable)
	}
}

func (p Provider) redirect(t *testing.T) {
	for _, status := range []int{301, 307} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			elsewhere := NewServer(t)
			s := NewServer(t)
			s.Respond(func(r *Request) Reply {
				return Reply{Status: status, Header: map[string]string{"Location": elsewhere.URL + r.Path + "?key=" + Key}}
			})
			_, _, _, err := Ask(t.Context(), p.model(t, s, fast(2)), Hello(), false)
			_ = checkError(t, err, s.URL, model.KindRedirect)
			if n := len(elsewhere.Requests()); n != 0 {
				t.Errorf("the other host was asked %d times, with the key %q", n, elsewhere.Requests()[0].Key())
			}
		})
	}
}

func (p Provider) timeout(t *testing.T) {
	short := 0.1
	policy := fast(1)
	policy.RequestTimeout = &short
	for name, fault := range map[string]Fault{"silent": Hang, "endless": Endless} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t, Reply{Text: "and so on ", Fault: fault, After: 2})
			start := time.Now()
			_, _, _, err := Ask(t.Context(), p.model(t, s, policy), Hello(), true)
			e := checkError(t, err, s.URL, model.KindTimeout)
			if !errors.Is(e, context.DeadlineExceeded) {
				t.Errorf("error is not DeadlineExceeded: %v", err)
			}
			if took := time.Since(start); took > patience {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func (p Provider) cancel(t *testing.T) {
	each(t, func(t *testing.T, stream bool) {
		shutdown := errors.New("the program shuts down")
		ctx, cancel := context.WithCancelCause(t.Context())
		s := NewServer(t)
		s.Respond(func(*Request) Reply {
			cancel(shutdown)
			return Reply{Text: "never seen", Fault: Hang}
		})
		_, _, _, err := Ask(ctx, p.model(t, s, nil), Hello(), stream)
		e := checkError(t, err, s.URL, model.KindCancelled)
		if !errors.Is(e, context.Canceled) || !errors.Is(e, shutdown) {
			t.Errorf("error is neither Canceled nor the cause: %v", err)
		}
	})
}

func (p Provider) breakOff(t *testing.T) {
	t.Parallel()
	s := NewServer(t, Reply{Text: "and so on ", Fault: Endless, After: 2}, Reply{Text: "next"})
	m := p.model(t, s, fast(3))
	for chunk, err := range m.Generate(t.Context(), Hello(), model.Options{Stream: true}) {
		if err != nil || chunk.Delta == "" {
			t.Fatalf("first chunk = %v, %v", chunk, err)
		}
		break
	}
	_, _, a, err := Ask(t.Context(), m, Hello(), true)
	if err != nil || a.Message.Text() != "next" || len(s.Requests()) != 2 {
		t.Errorf("after a break: %v, %v, %d requests", a, err, len(s.Requests()))
	}
}

func (p Provider) parallel(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	m := p.model(t, s, nil)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			want := fmt.Sprintf("number %d", i)
			asked := &prompt.Prompt{Messages: []message.Message{message.Text(message.User, want)}}
			_, _, a, err := Ask(t.Context(), m, asked, i%2 == 0)
			if err != nil || a.Message.Text() != "echo: "+want {
				t.Errorf("Generate(%q) = %v, %v", want, a, err)
			}
		})
	}
	wg.Wait()
}
