package program

import (
	"maps"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// httpRequest compiles the request of a node or a tool.
func (t *templated) httpRequest(s *spec.Request) *HTTPRequest {
	r := &HTTPRequest{Index: len(t.prog.Requests), Owner: t.owner, Spec: s}
	t.prog.Requests = append(t.prog.Requests, r)
	r.Allow = t.allowList(s.URLAllowList)
	t.url(r)
	r.Method = t.method(s.HTTPMethod)
	r.Query = t.pairs(s.QueryParams, "query_params")
	r.Headers = t.headers(s.Headers, "headers")
	if s.Data.Truthy() { // as in the reference, what Python takes for false is no body
		body := t.shape(s.Data, "data")
		r.Body = &body
	}
	for _, text := range []*string{&s.URL, &s.HTTPMethod, s.APISpecURI} {
		if text != nil {
			t.see(*text)
		}
	}
	for _, v := range []value.Value{s.Data, s.QueryParams.Of(), s.Headers.Of()} {
		t.seeAll(v)
	}
	r.Secret = t.headers(s.SensitiveHeaders, "sensitive_headers")
	used := map[int]bool{}
	usedByPairs(r.Secret, used)
	if strings.Contains(s.URL, "@") {
		usedByText(r.Origin, used)
	}
	r.SecretInputs = slices.Sorted(maps.Keys(used))
	return r
}

func usedByPairs(pairs []Pair, used map[int]bool) {
	for i := range pairs {
		usedByText(pairs[i].Key, used)
		usedByShape(&pairs[i].Value, used)
	}
}

func usedByShape(s *Shape, used map[int]bool) {
	usedByText(s.Text, used)
	for i := range s.List {
		usedByShape(&s.List[i], used)
	}
	usedByPairs(s.Members, used)
}

func usedByText(t *Text, used map[int]bool) {
	if t == nil {
		return
	}
	for _, in := range t.Args {
		used[in] = true
	}
}

func (t *templated) allowList(entries []string) *allow.List {
	if entries == nil {
		return nil
	}
	l, wrong := allow.Parse(entries)
	for i := range entries {
		if err := wrong[i]; err != nil {
			t.errorf(at(t.owner, "url_allow_list", i), "allow-list", "write the beginning of a URL, such as https://example.com/api",
				"an entry of url_allow_list of %q is wrong: %s", t.owner.Base().Name, err)
		}
	}
	return l
}

// url compiles the URL in two parts, since a value means something else in each.
func (t *templated) url(r *HTTPRequest) {
	origin, rest := splitURL(r.Spec.URL)
	r.Origin, r.Rest = t.text(origin, "url"), t.text(rest, "url")
	r.Whole = !strings.Contains(outsideTags(origin), "://")
	r.Spelled = r.Origin.Template == nil
	switch {
	case !r.Spelled && r.Allow == nil:
		t.errorf(at(t.owner, "url"), "url-template", "list in url_allow_list where it may go, or spell out scheme, host and port",
			"the URL of %q has a template in its scheme, host or port, so url_allow_list must say where it may go", t.owner.Base().Name)
	case r.Spelled:
		t.spelledURL(r)
	}
	if len(r.Spec.QueryParams.Of().String()) > len("{}") && strings.Contains(outsideTags(rest), "?") {
		t.warnf(at(t.owner, "query_params"), "url-query", "move what the URL asks for to query_params",
			"query_params of %q replace the query that its URL has, as in the reference", t.owner.Base().Name)
	}
}

// spelledURL checks an origin that is no template.
func (t *templated) spelledURL(r *HTTPRequest) {
	name := t.owner.Base().Name
	u, err := allow.ParseURL(r.Origin.Fixed)
	if err != nil {
		const help, text = "write a URL such as https://example.com/api", "the URL of %q is wrong: %s"
		if _, tool := t.owner.(*spec.RemoteTool); tool { // what calls it can go on without it
			t.warnf(at(t.owner, "url"), "url", help, text, name, err)
		} else {
			t.errorf(at(t.owner, "url"), "url", help, text, name, err)
		}
		return
	}
	reach, literal := allow.Literal(u)
	if literal && reach != allow.Public && r.Allow == nil {
		t.warnf(at(t.owner, "url"), "private-address", "list it in url_allow_list if it is meant",
			"%q sends requests to an address that is not public: %s", name, u.Hostname())
	}
	if u.Scheme == "http" {
		t.warnf(at(t.owner, "url"), "insecure-url", "use https", "%q sends requests that are not encrypted", name)
	}
}

// method compiles the method.
func (t *templated) method(s string) *Text {
	m := t.text(s, "http_method")
	if m.Template == nil && !ValidToken(m.Fixed) {
		t.errorf(at(t.owner, "http_method"), "http-method", "use GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS",
			"%q has no HTTP method %q", t.owner.Base().Name, m.Fixed)
	}
	return m
}

func (t *templated) headers(o *value.Object, field string) []Pair {
	pairs := t.pairs(o, field)
	for i := range pairs {
		if k := pairs[i].Key; k.Template == nil && !ValidToken(k.Fixed) {
			t.errorf(at(t.owner, field, o.At(i).Key), "header", "use letters, digits and hyphens",
				"a header of %q cannot be called %q", t.owner.Base().Name, k.Fixed)
		}
	}
	return pairs
}

// ValidToken reports whether a text can be the name of a header, or a method (RFC 9110, 5.6.2).
func ValidToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// splitURL splits a URL before its path, query or fragment, whichever comes first. Tags of templates are passed over.
func splitURL(s string) (origin, rest string) {
	plain := outsideTags(s)
	begin := 0
	if i := strings.Index(plain, "://"); i >= 0 {
		begin = i + len("://")
	}
	if i := strings.IndexAny(plain[begin:], "/?#"); i >= 0 {
		return s[:begin+i], s[begin+i:]
	}
	return s, ""
}

// outsideTags is a template of the same length in which the tags are blanked out.
func outsideTags(s string) string {
	b := []byte(s)
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '{' {
			continue
		}
		var end string
		switch b[i+1] {
		case '{':
			end = "}}"
		case '%':
			end = "%}"
		case '#':
			end = "#}"
		default:
			continue
		}
		n := strings.Index(s[i+2:], end)
		if n < 0 {
			n = len(s) - i - 4 // the parser complains about it
		}
		for j := i; j < min(i+n+4, len(b)); j++ {
			b[j] = '_'
		}
	}
	return string(b)
}
