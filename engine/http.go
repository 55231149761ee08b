package engine

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// HTTPCall is an HTTP request. What must not be seen of it is not in it: sensitive headers and the credentials of the
// URL come from the document, see [HTTPCall.Secrets].
type HTTPCall struct {
	// Request is the index of the request in the program: it has the allow list and the retry policy.
	Request int    `json:"request"`
	Method  string `json:"method"`
	// URL has the query and no credentials.
	URL     string   `json:"url"`
	Headers []Header `json:"headers,omitempty"`
	Body    string   `json:"body,omitempty"`
	// Inputs are the values of inputs that the sensitive headers are made of, which are as public as any input is; nil if
	// they need none.
	Inputs []value.Value `json:"inputs,omitempty"`
}

// Header is one header of a request. A name may repeat.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HTTPAnswer is the answer to an [HTTPCall]. Its status is 2xx; anything else is a failure.
type HTTPAnswer struct {
	Status int `json:"status"`
	// Body is the text of the answer.
	Body string `json:"body"`
}

// Secrets is what a host adds to an [HTTPCall] when it sends it. It must not be stored or shown.
type Secrets struct {
	// User are the credentials of the URL; nil if it has none.
	User    *url.Userinfo
	Headers []Header
}

// String implements fmt.Stringer and hides what there is.
func (Secrets) String() string { return "[redacted]" }

// GoString implements fmt.GoStringer, as String does.
func (Secrets) GoString() string { return "[redacted]" }

// Secrets renders what is not in the call.
func (c *HTTPCall) Secrets(prog *program.Program) (Secrets, error) {
	r := prog.Requests[c.Request]
	inputs := c.secretInputs(r)
	var s Secrets
	if strings.Contains(r.Spec.URL, "@") {
		u, err := originURL(r, inputs)
		if err != nil {
			return s, err
		}
		s.User = u.User
	}
	headers, err := renderHeaders(r.Secret, inputs)
	if err != nil {
		return s, err
	}
	s.Headers = headers
	return s, nil
}

// secretInputs are the inputs of the request as far as secrets need them.
func (c *HTTPCall) secretInputs(r *program.HTTPRequest) []value.Value {
	var inputs []value.Value
	for i, in := range r.SecretInputs {
		for len(inputs) <= in {
			inputs = append(inputs, value.Null)
		}
		inputs[in] = c.Inputs[i]
	}
	return inputs
}

// knows reports whether a call that was read from a snapshot is one of the program.
func (m *Machine) knows(c *HTTPCall) bool {
	return c == nil || c.Request >= 0 && c.Request < len(m.prog.Requests) &&
		len(c.Inputs) == len(m.prog.Requests[c.Request].SecretInputs)
}

// runAPI sends a request.
func (m *Machine) runAPI(f *flowFrame, n *program.Node, op *program.CallAPI) *flowFrame {
	args, err := m.inputs(f, n)
	if err != nil {
		return m.fail(f, err)
	}
	call, err := httpCall(op.Request, args)
	if err != nil {
		return m.fail(f, err)
	}
	m.emit(f, &Effect{HTTP: call})
	return nil
}

// apiDone takes the outputs from the answer.
func (m *Machine) apiDone(f *flowFrame, op *program.CallAPI, r Result) *flowFrame {
	answer, err := r.httpAnswer()
	if err != nil {
		return m.fail(f, err)
	}
	outs, err := apiOutputs(op, answer)
	return m.finishOr(f, err, outs...)
}

// httpAnswer returns the answer, or why there is none.
func (r *Result) httpAnswer() (*HTTPAnswer, *Error) {
	switch {
	case r.Err != nil:
		return nil, r.Err
	case r.HTTP == nil:
		return nil, errorf(classRuntime, "the request got no answer")
	}
	return r.HTTP, nil
}

func apiOutputs(op *program.CallAPI, answer *HTTPAnswer) ([]value.Value, *Error) {
	outs := make([]value.Value, len(op.Outputs))
	var body value.Value
	parsed := false
	for i, out := range op.Outputs {
		switch out.From {
		case program.StatusCode:
			outs[i] = value.Int(int64(answer.Status))
		case program.BodyText:
			outs[i] = value.String(answer.Body)
		case program.WholeBody:
			outs[i] = wholeBody(answer.Body)
		default:
			if !parsed {
				var err error
				if body, err = value.ParseJSON([]byte(answer.Body)); err != nil {
					return nil, noJSON(answer.Body, err)
				}
				parsed = true
			}
			v, ok, err := out.Query.First(body)
			if err != nil || !ok {
				return nil, errorf(classValue, "the answer has no %s: it is %s, not an object", out.Query, body.Kind())
			}
			outs[i] = v
		}
	}
	return outs, nil
}

// noJSON says that an answer that should be JSON is none. It does not show it: a server may repeat what it was sent,
// sensitive headers included.
func noJSON(body string, err error) *Error {
	return &Error{
		Class: "JSONDecodeError", Ancestors: []string{classValue}, Err: err,
		Message: fmt.Sprintf("the answer, of %d bytes, is not JSON, so no output can be taken from it: %s; "+
			"declare the output http_response as a string to get its text", len(body), err),
	}
}

// wholeBody is what a body says: its value if it is JSON, null if it is empty, else its text.
func wholeBody(body string) value.Value {
	if body == "" {
		return value.Null
	}
	if v, err := value.ParseJSON([]byte(body)); err == nil {
		return v
	}
	return value.String(body)
}

// remoteCall renders the request of a tool.
func remoteCall(t *program.Tool, args *value.Object) (*HTTPCall, *Error) {
	inputs := make([]value.Value, len(t.Inputs))
	for i := range t.Inputs {
		v, ok := args.Get(t.Inputs[i].Title)
		if !ok {
			v = t.Inputs[i].Default
		}
		inputs[i] = v
	}
	return httpCall(t.Request, inputs)
}

// remoteResult is what a remote tool returns: the text of the answer if it has one output that takes a text, else what
// the answer says as JSON.
func remoteResult(t *program.Tool, r Result) (value.Value, *Error) {
	answer, err := r.httpAnswer()
	if err != nil {
		return value.Null, err
	}
	if len(t.Outputs) == 0 || len(t.Outputs) == 1 && t.Outputs[0].Type.Fits(value.String("")) {
		return value.String(answer.Body), nil
	}
	v, parseErr := value.ParseJSON([]byte(answer.Body))
	if parseErr != nil {
		return value.Null, noJSON(answer.Body, parseErr)
	}
	return v, nil
}

// httpCall renders a request with values of its inputs.
func httpCall(r *program.HTTPRequest, inputs []value.Value) (*HTTPCall, *Error) {
	c := &HTTPCall{Request: r.Index}
	for _, in := range r.SecretInputs {
		c.Inputs = append(c.Inputs, inputs[in])
	}
	if err := c.render(r, inputs); err != nil {
		return nil, stepError(err)
	}
	if _, err := renderHeaders(r.Secret, inputs); err != nil {
		return nil, stepError(err) // now, so that a host has nothing to complain about
	}
	return c, nil
}

func (c *HTTPCall) render(r *program.HTTPRequest, inputs []value.Value) error {
	method, err := r.Method.Render(inputs)
	if err != nil {
		return err
	}
	if c.Method = strings.ToUpper(method); !program.ValidToken(method) {
		return errorf(classValue, "there is no HTTP method %q", method)
	}
	u, err := requestURL(r, inputs)
	if err != nil {
		return err
	}
	u.User = nil
	c.URL = u.String()
	if c.Headers, err = renderHeaders(r.Headers, inputs); err != nil {
		return err
	}
	return c.renderBody(r, inputs)
}

// requestURL renders the URL. What it must not hold it does not hold afterwards, whatever the values are.
func requestURL(r *program.HTTPRequest, inputs []value.Value) (*url.URL, error) {
	u, err := originURL(r, inputs)
	if err != nil {
		return nil, err
	}
	escaped, err := escapedInputs(r.Rest, inputs)
	if err != nil {
		return nil, err
	}
	rest, err := r.Rest.Render(escaped)
	if err != nil {
		return nil, err
	}
	user := u.User
	u.User, u.Fragment = nil, ""
	full, err := allow.ParseURL(u.String() + rest)
	if err != nil {
		return nil, errorf(classValue, "the URL is wrong: %s", err)
	}
	query, err := program.RenderPairs(r.Query, inputs)
	if err != nil {
		return nil, err
	}
	if query.Len() > 0 { // it replaces that of the URL, as in the reference
		full.RawQuery = formEncoded(query)
	}
	full.User, full.Fragment, full.RawFragment = user, "", ""
	return full, nil
}

// originURL renders the URL as far as its path. Only the document decides which part of a text is the host: a value
// cannot bring anything with it that ends one, unless it stands for the whole.
func originURL(r *program.HTTPRequest, inputs []value.Value) (*url.URL, error) {
	if r.Origin.Template != nil {
		for _, in := range r.Origin.Args {
			text, err := urlText(inputs[in])
			if err != nil {
				return nil, err
			}
			if strings.ContainsFunc(text, func(c rune) bool { return !originRune(c, r.Whole) }) {
				return nil, errorf(classValue, "a value for the beginning of the URL holds a character that does not belong there")
			}
		}
	}
	origin, err := r.Origin.Render(inputs)
	if err != nil {
		return nil, err
	}
	u, err := allow.ParseURL(origin)
	if err != nil {
		return nil, errorf(classValue, "the URL is wrong: %s", err)
	}
	return u, nil
}

// originRune tells what a value may hold that is part of a scheme, host, port or credentials, or that is the whole
// beginning of a URL.
func originRune(c rune, whole bool) bool {
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-._~:[]", c) {
		return true
	}
	return whole && (c == '/' || c == '%')
}

// escapedInputs are the inputs that a template uses as they may stand in a path as well as in a query: everything but
// letters, digits and -._~ is escaped.
func escapedInputs(t *program.Text, inputs []value.Value) ([]value.Value, error) {
	if t.Template == nil {
		return inputs, nil
	}
	escaped := append([]value.Value(nil), inputs...)
	for _, in := range t.Args {
		text, err := urlText(inputs[in])
		if err != nil {
			return nil, err
		}
		escaped[in] = value.String(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"))
	}
	return escaped, nil
}

// urlText is a value as the text of a part of a URL.
func urlText(v value.Value) (string, error) {
	switch v.Kind() {
	case value.KindString, value.KindBool, value.KindInt, value.KindFloat:
		return plain(v), nil
	default:
		return "", errorf(classValue, "a value of type %s cannot be part of a URL; render it as a text before", v.Kind())
	}
}
