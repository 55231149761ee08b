package replay

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// request is what an effect asks, without its ID and with names for what a program numbers; hide takes secrets out of
// the answer.
func (t *Tape) request(prog *program.Program, e *engine.Effect) (asked value.Value, hide func(value.Value) value.Value, err error) {
	data, err := json.Marshal(e)
	if err != nil {
		return asked, nil, err
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		return asked, nil, err
	}
	t.mu.Lock()
	secrets := append([]string(nil), t.secrets...)
	t.mu.Unlock()
	if e.HTTP != nil {
		if known, err := e.HTTP.Secrets(prog); err == nil { // without them the request itself will fail
			secrets = append(secrets, secretsOf(known)...)
		}
	}
	redactor := model.NewRedactor(secrets...)
	hide = func(v value.Value) value.Value { return redacted(v, redactor) }
	var b value.ObjectBuilder
	o, _ := v.AsObject()
	for kind, what := range o.All() {
		if kind == "id" || kind == "aside" {
			continue
		}
		b.Set(kind, hide(named(prog, e, kind, what)))
	}
	return b.Value(), hide, nil
}

func secretsOf(s engine.Secrets) (all []string) {
	if s.User != nil {
		password, _ := s.User.Password()
		all = append(all, s.User.Username(), password)
	}
	for _, h := range s.Headers {
		all = append(all, h.Value)
		all = append(all, strings.Fields(h.Value)...)
	}
	return all
}

// named gives the name of what an effect uses instead of its number, and leaves out what only secrets are made of.
func named(prog *program.Program, e *engine.Effect, kind string, what value.Value) value.Value {
	o, ok := what.AsObject()
	if !ok {
		return what
	}
	key, name := "", ""
	switch {
	case kind == "tool" && e.Tool != nil:
		key, name = "tool", prog.Tools[e.Tool.Tool].Name()
	case kind == "model" && e.Model != nil:
		key, name = "model", prog.Models[e.Model.Model].Config.Llm().ModelID
	case kind == "http" && e.HTTP != nil:
		key, name = "request", prog.Requests[e.HTTP.Request].Owner.Base().Name
	case kind == "datastore" && e.Datastore != nil:
		key, name = "datastore", prog.Datastores[e.Datastore.Datastore].Spec.Base().Name
	case kind == "remote" && e.Remote != nil:
		key, name = "agent", prog.Remotes[e.Remote.Agent].Spec.Base().Name
	}
	var b value.ObjectBuilder
	for k, v := range o.All() {
		switch {
		case k == key:
			v = value.String(name)
		case kind == "http" && k == "inputs", kind == "model" && k == "say":
			continue
		case kind == "http" && k == "url":
			v = value.String(withoutSecrets(v.Str()))
		case kind == "http" && k == "headers":
			v = value.List(headers(e.HTTP.Headers)...)
		}
		b.Set(k, v)
	}
	return b.Value()
}

// sensitive matches names of headers and query parameters whose values are nobody's business, though the document does
// not say so.
var sensitive = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)auth|cookie|key|token|secret|passw|signature|^sig$|credential`)
})

func headers(all []engine.Header) []value.Value {
	out := make([]value.Value, len(all))
	for i, h := range all {
		if sensitive().MatchString(h.Name) {
			h.Value = model.Redacted
		}
		out[i] = value.Obj(value.Member{Key: "name", Value: value.String(h.Name)}, value.Member{Key: "value", Value: value.String(h.Value)})
	}
	return out
}

// withoutSecrets is a URL without its credentials, and without the values of parameters that look like secrets.
func withoutSecrets(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return model.Redacted
	}
	u.User = nil
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs {
		if name, _, ok := strings.Cut(pair, "="); ok && sensitive().MatchString(name) {
			pairs[i] = name + "=" + url.QueryEscape(model.Redacted)
		}
	}
	u.RawQuery = strings.Join(pairs, "&")
	return u.String()
}

// redacted is a value without secrets.
func redacted(v value.Value, r *model.Redactor) value.Value {
	if s, ok := v.AsString(); ok {
		return value.String(r.Redact(s))
	}
	if items, ok := v.AsList(); ok {
		out := make([]value.Value, len(items))
		for i := range items {
			out[i] = redacted(items[i], r)
		}
		return value.List(out...)
	}
	o, ok := v.AsObject()
	if !ok {
		return v
	}
	var b value.ObjectBuilder
	for k, member := range o.All() {
		b.Set(r.Redact(k), redacted(member, r))
	}
	return b.Value()
}
