package engine

import (
	"net/url"
	"strings"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

const (
	contentType = "Content-Type"
	formType    = "application/x-www-form-urlencoded"
)

// renderBody makes the body: a text that is no JSON goes out as it is, anything else as JSON, or as a form where the
// headers say so.
func (c *HTTPCall) renderBody(r *program.HTTPRequest, inputs []value.Value) error {
	if r.Body == nil {
		return nil
	}
	v, err := r.Body.Render(inputs)
	if err != nil {
		return err
	}
	if v.Kind() == value.KindString {
		parsed, notJSON := value.ParseJSON([]byte(v.Str()))
		if notJSON != nil { // then it goes out as it is
			c.Body = v.Str()
			return nil //nolint:nilerr // see above
		}
		v = parsed
	}
	given, typed := c.header(contentType)
	if o, ok := v.AsObject(); ok && strings.Contains(given, formType) {
		c.Body = formEncoded(o)
		return nil
	}
	c.Body = string(value.AppendJSON(nil, v))
	if !typed {
		c.Headers = append(c.Headers, Header{contentType, "application/json"})
	}
	return nil
}

// header returns the value of a header, and whether there is one.
func (c *HTTPCall) header(name string) (string, bool) {
	for _, h := range c.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value, true
		}
	}
	return "", false
}

// renderHeaders renders headers. The values of a list become headers of one name.
func renderHeaders(pairs []program.Pair, inputs []value.Value) ([]Header, error) {
	o, err := program.RenderPairs(pairs, inputs)
	if err != nil {
		return nil, err
	}
	var headers []Header
	for name, v := range o.All() {
		if !program.ValidToken(name) {
			return nil, errorf(classValue, "a header cannot be called %q", name)
		}
		for _, item := range items(v) {
			text := plain(item)
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f }) {
				return nil, errorf(classValue, "header %q holds a character that headers cannot hold; escape it", name)
			}
			headers = append(headers, Header{name, strings.Trim(text, " \t")})
		}
	}
	return headers, nil
}

// items are those of a list, or the one value.
func items(v value.Value) []value.Value {
	if list, ok := v.AsList(); ok {
		return list
	}
	return []value.Value{v}
}

// formEncoded writes an object as the query of a URL, or as a form. The values of a list repeat the name.
func formEncoded(o *value.Object) string {
	var b strings.Builder
	for name, v := range o.All() {
		for _, item := range items(v) {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(name))
			b.WriteByte('=')
			b.WriteString(url.QueryEscape(formText(item)))
		}
	}
	return b.String()
}

// formText is a value in a form, as the reference's client writes it.
func formText(v value.Value) string {
	switch v.Kind() {
	case value.KindNull:
		return ""
	case value.KindBool:
		return string(value.AppendJSON(nil, v))
	default:
		return plain(v)
	}
}

// plain is a value as templates print it.
func plain(v value.Value) string { return jinja.Plain(v) }
