package engine_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// object parses an object.
func object(t testing.TB, text string) *value.Object {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := v.AsObject()
	return o
}

// api is a node that sends a request to an address with what change adds.
func api(address string, change func(*spec.ApiNode)) *spec.ApiNode {
	n := &spec.ApiNode{}
	n.URL, n.HTTPMethod = address, "GET"
	if change != nil {
		change(n)
	}
	return n
}

// properties infers the inputs of a flow from the values that a test begins it with.
func properties(inputs *value.Object) (props []value.Property) {
	for k, v := range inputs.All() {
		t := value.AnyType
		switch v.Kind() {
		default:
		case value.KindString:
			t = value.StringType
		case value.KindInt:
			t = value.IntegerType
		case value.KindBool:
			t = value.BooleanType
		case value.KindList:
			t = value.ListOf(value.StringType)
		case value.KindObject:
			t = value.DictOf(nil)
		}
		props = append(props, of(k, t))
	}
	return props
}

// beginNode runs a flow of one node to where it waits.
func beginNode(t *testing.T, n spec.Node, inputs string, outputs ...value.Property) *runner {
	t.Helper()
	values := object(t, inputs)
	props := properties(values)
	if len(props) > 0 {
		n.Ports().Inputs = props
	}
	var members []value.Member
	for k, v := range values.All() {
		members = append(members, value.Member{Key: k, Value: v})
	}
	return begin(t, around(n, props, outputs).Flow, members...)
}

func answered(status int, body string) engine.Result {
	return engine.Result{HTTP: &engine.HTTPAnswer{Status: status, Body: body}}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	const json = "Content-Type: application/json"
	tests := []struct {
		name   string
		node   *spec.ApiNode
		inputs string
		want   string // METHOD URL|headers|body, or a failure
	}{
		{"plain", api("https://example.com/a", nil), `{}`, "GET https://example.com/a||"},
		{"a method in small letters", api("https://example.com", func(n *spec.ApiNode) { n.HTTPMethod = "{{m}}" }), `{"m": "post"}`, "POST https://example.com||"},
		{"no method", api("https://example.com", func(n *spec.ApiNode) { n.HTTPMethod = "{{m}}" }), `{"m": "GET /"}`, `ValueError: there is no HTTP method "GET /"`},
		{"a value in the path", api("https://example.com/u/{{x}}", nil), `{"x": "a b/ç?#&"}`, "GET https://example.com/u/a%20b%2F%C3%A7%3F%23%26||"},
		{"a value in the query", api("https://example.com/?q={{x}}", nil), `{"x": "a b&c=d"}`, "GET https://example.com/?q=a%20b%26c%3Dd||"},
		{"a value in both", api("https://example.com/{{x}}?q={{x}}", nil), `{"x": "+"}`, "GET https://example.com/%2B?q=%2B||"},
		{"numbers and booleans", api("https://example.com/{{n}}/{{b}}", nil), `{"n": 7, "b": true}`, "GET https://example.com/7/True||"},
		{"a list in the path", api("https://example.com/{{l}}", nil), `{"l": ["a"]}`, "ValueError: a value of type list cannot be part of a URL; render it as a text before"},
		{"dots", api("https://example.com/a/{{x}}/c", nil), `{"x": ".."}`, "GET https://example.com/c||"},
		{"dots that want out", api("https://example.com/a/{{x}}", nil), `{"x": "../../admin"}`, "GET https://example.com/a/..%2F..%2Fadmin||"},
		{"a fragment", api("https://example.com/a#b", nil), `{}`, "GET https://example.com/a||"},
		{"text of the document", api("https://example.com/ü ?q=ü x", nil), `{}`, "GET https://example.com/%C3%BC%20?q=%C3%BC%20x||"},
		{"query", api("https://example.com/", func(n *spec.ApiNode) {
			n.QueryParams = object(t, `{"{{k}}": "{{x}} &", "l": ["{{x}}", 1, true, null, 2.5]}`)
		}), `{"k": "ä", "x": "v"}`, "GET https://example.com/?%C3%A4=v+%26&l=v&l=1&l=true&l=&l=2.5||"},
		{"query replaces that of the URL", api("https://example.com/?a=1", func(n *spec.ApiNode) { n.QueryParams = object(t, `{"b": 2}`) }), `{}`, "GET https://example.com/?b=2||"},
		{"headers", api("https://example.com/", func(n *spec.ApiNode) { n.Headers = object(t, `{"X-{{k}}": "t-{{x}}", "X-L": ["a", 1]}`) }), `{"k": "A", "x": 3}`, "GET https://example.com/|X-A: t-3, X-L: a, X-L: 1|"},
		{"a header with a line break", api("https://example.com/", func(n *spec.ApiNode) { n.Headers = object(t, `{"X-A": "{{x}}"}`) }), `{"x": "a\r\nX-B: b"}`, `ValueError: header "X-A" holds a character that headers cannot hold; escape it`},
		{"a header with a name that is none", api("https://example.com/", func(n *spec.ApiNode) { n.Headers = object(t, `{"{{x}}": "a"}`) }), `{"x": "a: b"}`, `ValueError: a header cannot be called "a: b"`},
		{"JSON", api("https://example.com/", func(n *spec.ApiNode) { n.Data = parse(t, `{"{{k}}": ["{{x}}", {"x": "{{x}}"}, 1, 2.0, null, "é"]}`) }), `{"k": "k", "x": 7}`, "GET https://example.com/|" + json + `|{"k":["7",{"x":"7"},1,2.0,null,"é"]}`},
		{"a list", api("https://example.com/", func(n *spec.ApiNode) { n.Data = parse(t, `[1, "x"]`) }), `{}`, "GET https://example.com/|" + json + `|[1,"x"]`},
		{"text that is JSON", api("https://example.com/", func(n *spec.ApiNode) { n.Data = value.String(`{"a": "{{x}}"}`) }), `{"x": "é"}`, "GET https://example.com/|" + json + `|{"a":"é"}`},
		{"text that is none", api("https://example.com/", func(n *spec.ApiNode) { n.Data = value.String("hello {{x}}") }), `{"x": "é"}`, "GET https://example.com/||hello é"},
		{"the document's own type", api("https://example.com/", func(n *spec.ApiNode) {
			n.Headers = object(t, `{"content-type": "application/vnd.api+json"}`)
			n.Data = parse(t, `{"a": 1}`)
		}), `{}`, `GET https://example.com/|content-type: application/vnd.api+json|{"a":1}`},
		{"a form", api("https://example.com/", func(n *spec.ApiNode) {
			n.Headers = object(t, `{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}`)
			n.Data = parse(t, `{"a b": "{{x}}", "n": [1, true, null]}`)
		}), `{"x": "é &"}`, "GET https://example.com/|Content-Type: application/x-www-form-urlencoded; charset=utf-8|a+b=%C3%A9+%26&n=1&n=true&n="},
		{"no body", api("https://example.com/", func(n *spec.ApiNode) { n.Data = parse(t, `{}`) }), `{}`, "GET https://example.com/||"},
		{"credentials", api("https://u:p%40@example.com/a", nil), `{}`, "GET https://example.com/a||"},
		{"a host", api("https://{{h}}.example.com:{{p}}/a", func(n *spec.ApiNode) { n.URLAllowList = []string{"https://api.example.com"} }), `{"h": "api", "p": 443}`, "GET https://api.example.com:443/a||"},
		{"a host that ends early", api("https://{{h}}.example.com/a", func(n *spec.ApiNode) { n.URLAllowList = []string{"https://api.example.com"} }), `{"h": "evil.org/"}`, "ValueError: a value for the beginning of the URL holds a character that does not belong there"},
		{"a host as credentials", api("https://{{h}}.example.com/a", func(n *spec.ApiNode) { n.URLAllowList = []string{"https://api.example.com"} }), `{"h": "a@evil.org#"}`, "ValueError: a value for the beginning of the URL holds a character that does not belong there"},
		{"the whole beginning", api("{{base}}/a/{{x}}", func(n *spec.ApiNode) { n.URLAllowList = []string{"http://h:1"} }), `{"base": "http://h:1/v1", "x": "é"}`, "GET http://h:1/v1/a/%C3%A9||"},
		{"another scheme", api("{{base}}/a", func(n *spec.ApiNode) { n.URLAllowList = []string{"http://h:1"} }), `{"base": "file:///etc"}`, "ValueError: the URL is wrong: a URL must begin with http:// or https://"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := beginNode(t, test.node, test.inputs)
			if got := shown(r); got != test.want {
				t.Errorf("the request is\n%s, want\n%s", got, test.want)
			}
		})
	}
}

// shown is the request that a machine wants sent, as text.
func shown(r *runner) string {
	if len(r.pending) == 0 {
		return outcome(r.m.Status())
	}
	c := r.pending[0].HTTP
	var headers []string
	for _, h := range c.Headers {
		headers = append(headers, h.Name+": "+h.Value)
	}
	return fmt.Sprintf("%s %s|%s|%s", c.Method, c.URL, strings.Join(headers, ", "), c.Body)
}

func TestAnswerOfAnAPI(t *testing.T) {
	t.Parallel()
	text, any := value.StringType, value.AnyType
	const body = `{"a-b": 1, "num": 3, "obj": {"z": 1, "a": [1, "é"]}, "nul": null, "if": true, "http_response": "field", "response": "r"}`
	tests := []struct {
		name    string
		outputs []value.Property
		status  int
		body    string
		want    string
	}{
		{"fields", []value.Property{of("num", value.IntegerType), of("obj", any)}, 200, body, `{"num":3,"obj":{"z":1,"a":[1,"é"]}}`},
		{"a field that is no identifier (8.12)", []value.Property{of("a-b", any), of("if", any)}, 200, body, `{"a-b":1,"if":true}`},
		{"a field as text", []value.Property{of("obj", text), of("if", text)}, 200, body, `{"obj":"{\"z\": 1, \"a\": [1, \"\\u00e9\"]}","if":"true"}`},
		{"null, and a field that is not there", []value.Property{of("nul", text), of("zzz", text)}, 200, body, `{}`},
		{"status", []value.Property{of("http_status_code", value.IntegerType)}, 201, "no JSON", `{"http_status_code":201}`},
		{"text", []value.Property{of("http_response", text)}, 200, "no JSON", `{"http_response":"no JSON"}`},
		{"a field that is called like the text", []value.Property{of("http_response", any)}, 200, body, `{"http_response":"field"}`},
		{"no JSON", []value.Property{of("num", any)}, 200, "secret <html>", `JSONDecodeError: the answer, of 13 bytes, is not JSON`},
		{"nothing", []value.Property{of("num", any)}, 204, "", `JSONDecodeError: the answer, of 0 bytes`},
		{"a list", []value.Property{of("num", any)}, 200, "[1]", `ValueError: the answer has no .["num"]: it is list, not an object`},
		{"the wrong type", []value.Property{of("obj", value.IntegerType)}, 200, body, `ValueError: output "obj": expected integer`},
		{"no outputs declared (8.11)", nil, 200, `{"response": 1, "x": 2}`, `{"response":{"response":1,"x":2}}`},
		{"no outputs declared, no JSON", nil, 200, "hello", `{"response":"hello"}`},
		{"no outputs declared, nothing", nil, 204, "", `{}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := api("https://example.com", nil)
			n.Outputs = test.outputs
			outs := test.outputs
			if outs == nil {
				outs = []value.Property{of("response", value.AnyType)}
			}
			r := beginNode(t, n, `{}`, outs...)
			r.take(r.pending[0].Done(answered(test.status, test.body)))
			if got := outcome(r.m.Status()); !strings.HasPrefix(got, test.want) || strings.Contains(got, "secret") {
				t.Errorf("the outcome is\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestFailedRequest(t *testing.T) {
	t.Parallel()
	r := beginNode(t, api("https://example.com", nil), `{}`)
	r.take(r.pending[0].Done(engine.Result{Err: &engine.Error{Class: "ConnectError", Message: "nobody there"}}))
	if got := outcome(r.m.Status()); got != "ConnectError: nobody there" {
		t.Errorf("the outcome is %s", got)
	}
	r.pending = nil
	r.take(engine.Retry{})
	r.take(r.pending[0].Done(engine.Result{}))
	if got := outcome(r.m.Status()); got != "RuntimeError: the request got no answer" {
		t.Errorf("the outcome is %s", got)
	}
}

// TestSecretsStayOut checks that neither a state nor an effect holds sensitive headers or credentials, and that whoever
// sends the request gets them all the same, also from a state that was stored.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	n := api("https://ann:pass-word@example.com/a", func(n *spec.ApiNode) {
		n.SensitiveHeaders = object(t, `{"X-Key": "s3cret", "X-Token": "t-{{token}}-{{n}}"}`)
	})
	r := beginNode(t, n, `{"token": "in", "n": 1}`)
	effect := r.pending[0]
	state, err := r.m.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	written, _ := json.Marshal(effect)
	for what, text := range map[string]string{
		"the state": string(state), "the effect": string(written), "the effect printed": fmt.Sprintf("%+v %#v", *effect.HTTP, *effect.HTTP),
	} {
		for _, secret := range []string{"s3cret", "t-in", "pass-word", "ann"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %q: %s", what, secret, text)
			}
		}
	}
	loaded, err := engine.Load(r.m.Program(), state, engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(loaded.Pending(), effect) {
		s, err := e.HTTP.Secrets(r.m.Program())
		if err != nil {
			t.Fatal(err)
		}
		want := []engine.Header{{Name: "X-Key", Value: "s3cret"}, {Name: "X-Token", Value: "t-in-1"}}
		if diff := cmp.Diff(want, s.Headers); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
		if s.User.String() != "ann:pass-word" {
			t.Errorf("credentials = %s", s.User)
		}
		if text := fmt.Sprintf("%v %+v %#v", s, s, s); strings.Contains(text, "s3cret") {
			t.Errorf("printing secrets shows them: %s", text)
		}
	}
}

func TestDamagedRequestIsRefused(t *testing.T) {
	t.Parallel()
	n := api("https://example.com/a", func(n *spec.ApiNode) { n.SensitiveHeaders = object(t, `{"X": "{{token}}"}`) })
	r := beginNode(t, n, `{"token": "in"}`)
	state, _ := r.m.MarshalJSON()
	for _, change := range [][2]string{
		{`"request":0`, `"request":1`}, {`"request":0`, `"request":-1`}, {`"inputs":["in"]`, `"inputs":[]`}, {`"method":"GET",`, ``},
	} {
		bad := strings.Replace(string(state), change[0], change[1], 1)
		if bad == string(state) {
			t.Fatalf("the state has no %s: %s", change[0], state)
		}
		if _, err := engine.Load(r.m.Program(), []byte(bad), engine.Limits{}); err == nil {
			t.Errorf("a state with %s for %s was taken", change[1], change[0])
		}
	}
}

// remote is a node that calls a remote tool.
func remote(change func(*spec.RemoteTool)) *spec.ToolNode {
	tool := &spec.RemoteTool{}
	tool.ID, tool.Name = "t", "lookup"
	tool.URL, tool.HTTPMethod = "https://example.com/{{w}}", "GET"
	change(tool)
	return &spec.ToolNode{Tool: tool}
}

func TestRemoteTool(t *testing.T) {
	t.Parallel()
	text := []value.Property{of("r", value.StringType)}
	tests := []struct {
		name    string
		outputs []value.Property
		body    string
		want    string
	}{
		{"its text", text, `{"a": 1}`, `{"r":"{\"a\": 1}"}`},
		{"JSON where no text fits", []value.Property{of("r", value.DictOf(nil))}, `{"a": 1}`, `{"r":{"a":1}}`},
		{"several outputs", []value.Property{of("a", value.IntegerType), of("b", value.StringType)}, `{"a": 1, "b": "x", "c": 2}`, `{"a":1,"b":"x"}`},
		{"no JSON", []value.Property{of("r", value.IntegerType)}, "hello", "JSONDecodeError: the answer, of 5 bytes"},
		{"a missing output", []value.Property{of("a", value.IntegerType), of("b", value.StringType)}, `{"a": 1}`, `ValueError: the tool returned no output "b"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := remote(func(tool *spec.RemoteTool) { tool.Outputs = test.outputs })
			r := beginNode(t, n, `{"w": "a b"}`, test.outputs...)
			if got := shown(r); got != "GET https://example.com/a%20b||" {
				t.Errorf("the request is %s", got)
			}
			r.take(r.pending[0].Done(answered(200, test.body)))
			if got := outcome(r.m.Status()); !strings.HasPrefix(got, test.want) {
				t.Errorf("the outcome is %s, want %s", got, test.want)
			}
		})
	}
}

func TestRemoteToolThatIsConfirmed(t *testing.T) {
	t.Parallel()
	n := remote(func(tool *spec.RemoteTool) {
		tool.RequiresConfirmation = true
		tool.Outputs = []value.Property{of("r", value.StringType)}
		tool.SensitiveHeaders = object(t, `{"X-Key": "k-{{w}}"}`)
	})
	n.IgnoreExceptions = true
	r := beginNode(t, n, `{"w": "a"}`, n.Tool.Ports().Outputs...)
	ask := r.m.Status().(engine.Waiting).Requests[0]
	r.take(engine.Answer{ID: ask.ID, Decisions: []engine.Decision{{
		RequestID: ask.ToolRequests.Requests[0].ID, Confirmed: true, Args: object(t, `{"w": "b"}`),
	}}})
	if got := shown(r); got != "GET https://example.com/b||" {
		t.Errorf("the request is %s", got)
	}
	state, _ := r.m.MarshalJSON()
	loaded, err := engine.Load(r.m.Program(), state, engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := loaded.Pending()[0].HTTP.Secrets(r.m.Program())
	if err != nil || s.Headers[0].Value != "k-b" {
		t.Errorf("secrets = %v, %v, want those of the argument as it was changed", s.Headers, err)
	}
	r.take(r.pending[0].Done(engine.Result{Err: &engine.Error{Class: "RuntimeError", Message: "404"}}))
	if got := outcome(r.m.Status()); got != `{"r":"404"}` {
		t.Errorf("the outcome is %s, want the failure as the output", got)
	}
}

// TestValuesStayInTheirPlace is the property that a value in the path of a URL is one segment of it, or part of one, and
// one in the query a value there, whatever it is.
func TestValuesStayInTheirPlace(t *testing.T) {
	t.Parallel()
	n := api("https://example.com/a/x{{x}}/b?q={{x}}&r=1", nil)
	n.Inputs = flowtest.Texts("x")
	prog := flowtest.Compile(t, around(n, flowtest.Texts("x"), nil).Flow)
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.String().Filter(func(s string) bool {
			return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
		}).Draw(t, "x")
		m := engine.New(prog, engine.Limits{})
		out, err := m.Advance(engine.Begin{Inputs: value.NewObject(value.Member{Key: "x", Value: value.String(x)})})
		if err != nil || len(out.Effects) != 1 {
			t.Fatal(err, outcome(m.Status()))
		}
		u, err := url.Parse(out.Effects[0].HTTP.URL)
		if err != nil {
			t.Fatal(err)
		}
		segments := strings.Split(u.EscapedPath(), "/")
		if len(segments) != 4 || u.Host != "example.com" {
			t.Fatalf("%q makes %s", x, u)
		}
		if got, _ := url.PathUnescape(segments[2]); got != "x"+x {
			t.Fatalf("segment = %q, want %q", got, "x"+x)
		}
		if q := u.Query(); !slices.Equal(q["q"], []string{x}) || !slices.Equal(q["r"], []string{"1"}) {
			t.Fatalf("query = %v, want %q", q, x)
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	n := api("https://example.com/users/{{who}}", func(n *spec.ApiNode) {
		n.QueryParams = object(b, `{"verbose": "{{level}}"}`)
		n.Data = value.Obj(value.Member{Key: "customer", Value: value.String("{{who}}")}, value.Member{Key: "n", Value: value.Int(1)})
	})
	n.Inputs, n.Outputs = flowtest.Texts("who", "level"), flowtest.Texts("name")
	prog := flowtest.Compile(b, around(n, n.Inputs, n.Outputs).Flow)
	inputs := object(b, `{"who": "ada lovelace", "level": "2"}`)
	b.ReportAllocs()
	for b.Loop() {
		m := engine.New(prog, engine.Limits{})
		out, err := m.Advance(engine.Begin{Inputs: inputs})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.Advance(out.Effects[0].Done(answered(200, `{"name": "Ada"}`))); err != nil {
			b.Fatal(err)
		}
	}
}
