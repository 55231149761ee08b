package local_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool/http"
	"github.com/wayflow-go/wayflow/value"
)

func property(name string, t *value.Type) value.Property { return value.Property{Title: name, Type: t} }

// chain is a flow of nodes one after the other, each of which gets the inputs of its name from the flow, and whose
// outputs of these names are those of the flow.
func chain(nodes []spec.Node, inputs, outputs []value.Property) *spec.Flow {
	g := flowtest.NewGraph("chain", inputs...)
	end := g.End("end", outputs...)
	prev := g.Start()
	for i, n := range nodes {
		g.Add(n, fmt.Sprintf("n%d", i))
		g.Edge(prev, "", n)
		for _, p := range n.Ports().Inputs {
			g.Data(g.Start(), p.Title, n, p.Title)
		}
		for _, p := range n.Ports().Outputs {
			if slices.ContainsFunc(outputs, func(q value.Property) bool { return q.Title == p.Title }) {
				g.Data(n, p.Title, end, p.Title)
			}
		}
		prev = n
	}
	g.Edge(prev, "", end)
	return g.Flow
}

// server answers requests with what it was sent, and keeps that. Below /refuse it refuses them.
func server(t *testing.T) (address string, client *http.Client, seen func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	s := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		body, _ := io.ReadAll(r.Body)
		what := fmt.Sprintf("%s %s key=%s x=%s auth=%s %s", r.Method, r.RequestURI, r.Header.Get("X-Key"), r.Header.Get("X-X"), r.Header.Get("Authorization"), body)
		mu.Lock()
		all = append(all, what)
		mu.Unlock()
		if strings.HasPrefix(r.URL.Path, "/refuse") {
			w.WriteHeader(nethttp.StatusForbidden)
			_, _ = io.WriteString(w, "you sent "+what)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/plain") {
			_, _ = io.WriteString(w, "no JSON: "+what)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"path": r.URL.Path})
	}))
	t.Cleanup(s.Close)
	c := http.New(nil)
	t.Cleanup(c.Close)
	return s.URL, c, func() []string { return all }
}

func secretive(url string) *spec.ApiNode {
	n := &spec.ApiNode{}
	n.URL, n.HTTPMethod = url, "GET"
	n.SensitiveHeaders = value.NewObject(
		value.Member{Key: "X-Key", Value: value.String("s3cret-key")}, value.Member{Key: "x-x", Value: value.String("t-{{token}}")})
	n.Headers = value.NewObject(value.Member{Key: "X-X", Value: value.String("replaced")})
	n.Inputs = flowtest.Texts("token")
	n.Outputs = flowtest.Texts("path")
	return n
}

// TestSecretsReachTheServerOnly runs requests that go well and ones that fail, and looks for secrets in everything that
// can be seen of the conversation.
func TestSecretsReachTheServerOnly(t *testing.T) {
	t.Parallel()
	address, client, seen := server(t)
	withUser := strings.Replace(address, "//", "//ann:pass-word@", 1)
	nobody := strings.Replace(withUser, address[strings.LastIndex(address, ":"):], ":1", 1)
	for _, path := range []string{withUser + "/ok", withUser + "/refuse", withUser + "/plain", nobody} {
		f := chain([]spec.Node{secretive(path)}, flowtest.Texts("token"), flowtest.Texts("path"))
		h, err := local.New(flowtest.Compile(t, f), &local.Options{HTTP: client})
		if err != nil {
			t.Fatal(err)
		}
		c := start(t, h, value.NewObject(value.Member{Key: "token", Value: value.String("abcdef")}))
		var text strings.Builder
		for ev, err := range c.Events(t.Context()) {
			fmt.Fprintf(&text, "%+v %v\n", ev.Note, err)
			switch n := ev.Note.(type) {
			case engine.EffectStarted:
				written, _ := json.Marshal(n.Effect)
				text.Write(written)
			case engine.EffectFinished:
				written, _ := json.Marshal(n.Result)
				if !strings.Contains(path, "/plain") { // there the answer itself repeats what was sent
					text.Write(written)
				}
			case engine.NodeFailed:
				text.WriteString(n.Err.Error())
			}
			state, err := c.Snapshot()
			if err == nil {
				text.Write(state)
			}
		}
		state, err := c.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		text.Write(state)
		fmt.Fprintf(&text, "%+v", c.Status())
		for _, secret := range []string{"s3cret-key", "t-abcdef", "pass-word", "YW5uOnBhc3Mtd29yZA"} {
			if i := strings.Index(text.String(), secret); i >= 0 {
				t.Errorf("%s: %q can be seen: ...%s", path, secret, text.String()[max(0, i-200):i+20])
			}
		}
	}
	for i, want := range []string{"/ok", "/refuse", "/plain"} {
		want = "GET " + want + " key=s3cret-key x=t-abcdef auth=Basic YW5uOnBhc3Mtd29yZA== "
		if got := seen(); len(got) <= i || got[i] != want {
			t.Errorf("request %d is missing or wrong, want %s in %q", i, want, got)
		}
	}
}

func TestInvalidBytesOfAnAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = w.Write([]byte("caf\xe9!")) }))
	t.Cleanup(s.Close)
	client := http.New(nil)
	t.Cleanup(client.Close)
	n := &spec.ApiNode{}
	n.URL, n.HTTPMethod, n.Outputs = s.URL, "GET", flowtest.Texts("http_response")
	h, err := local.New(flowtest.Compile(t, chain([]spec.Node{n}, nil, n.Outputs)), &local.Options{HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	if got := finish(t, start(t, h, nil)).Outputs.Of().String(); got != `{"http_response":"caf�!"}` {
		t.Errorf("outputs = %s", got)
	}
}

func TestFailureOfARequestIsThatOfTheNode(t *testing.T) {
	t.Parallel()
	address, client, _ := server(t)
	n := secretive(address + "/refuse")
	h, err := local.New(flowtest.Compile(t, chain([]spec.Node{n}, flowtest.Texts("token"), n.Outputs)), &local.Options{HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, h, value.NewObject(value.Member{Key: "token", Value: value.String("abcdef")}))
	s, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	failed, ok := s.(engine.Failed)
	if !ok || failed.Err.Class != "RuntimeError" || !strings.Contains(failed.Err.Message, "403 Forbidden: you sent GET /refuse key=[redacted]") {
		t.Errorf("status = %+v", s)
	}
}

// shop is a datastore of books.
func shop() *spec.InMemoryCollectionDatastore {
	d := &spec.InMemoryCollectionDatastore{}
	d.Name = "shop"
	d.DatastoreSchema = spec.Dict[value.Property]{{Key: "books", Value: value.Property{Type: value.ObjectOf(
		property("id", value.IntegerType),
		property("title", value.StringType),
		property("sold", value.BooleanType).WithDefault(value.Bool(false)),
	)}}}
	return d
}

func ptr[T any](v T) *T { return &v }

var entity = value.DictOf(nil)

// books are nodes that create, change, list and delete.
func books(d spec.Datastore, collection string) (create, update, list, remove spec.Node) {
	in := spec.DatastoreCollection{Datastore: d, CollectionName: collection}
	c := &spec.DatastoreCreateNode{DatastoreCollection: in}
	c.Inputs, c.Outputs = []value.Property{property("entity", entity)}, []value.Property{property("created_entity", entity)}
	u := &spec.DatastoreUpdateNode{DatastoreCollection: in, Where: value.NewObject(value.Member{Key: "{{column}}", Value: value.String("{{wanted}}")})}
	u.Inputs = []value.Property{property("column", value.StringType), property("wanted", value.IntegerType), property("update", entity)}
	u.Outputs = []value.Property{property("changed", value.ListOf(entity))}
	u.OutputMapping = spec.Dict[string]{{Key: "entities", Value: "changed"}}
	l := &spec.DatastoreListNode{DatastoreCollection: in, Limit: ptr(10)}
	l.Outputs = []value.Property{property("entities", value.ListOf(entity))}
	r := &spec.DatastoreDeleteNode{DatastoreCollection: in, Where: value.NewObject(value.Member{Key: "sold", Value: value.Bool(true)})}
	return c, u, l, r
}

func parse(t *testing.T, text string) *value.Object {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := v.AsObject()
	return o
}

// TestDatastoreIsShared runs two conversations on one host: the second sees what the first left behind.
func TestDatastoreIsShared(t *testing.T) {
	t.Parallel()
	create, update, list, _ := books(shop(), "books")
	nodes := []spec.Node{create, update, list}
	inputs := []value.Property{property("entity", entity), property("column", value.StringType), property("wanted", value.IntegerType), property("update", entity)}
	outputs := []value.Property{property("created_entity", entity), property("changed", value.ListOf(entity)), property("entities", value.ListOf(entity))}
	h, err := local.New(flowtest.Compile(t, chain(nodes, inputs, outputs)), nil)
	if err != nil {
		t.Fatal(err)
	}
	first := finish(t, start(t, h, parse(t, `{"entity": {"id": 1, "title": "Emma"}, "column": "id", "wanted": 1, "update": {"title": "Emma!"}}`)))
	second := finish(t, start(t, h, parse(t, `{"entity": {"id": 2, "title": "Dune"}, "column": "id", "wanted": 1, "update": {"sold": true}}`)))
	got := []string{first.Outputs.Of().String(), second.Outputs.Of().String()}
	want := []string{
		`{"created_entity":{"sold":false,"id":1,"title":"Emma"},"changed":[{"sold":false,"id":1,"title":"Emma!"}],"entities":[{"sold":false,"id":1,"title":"Emma!"}]}`,
		`{"created_entity":{"sold":false,"id":2,"title":"Dune"},"changed":[{"sold":true,"id":1,"title":"Emma!"}],"entities":[{"sold":true,"id":1,"title":"Emma!"},{"sold":false,"id":2,"title":"Dune"}]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func TestDatastoreFailures(t *testing.T) {
	t.Parallel()
	unpacked := func() spec.Node {
		n := &spec.DatastoreListNode{DatastoreCollection: spec.DatastoreCollection{Datastore: shop(), CollectionName: "books"}, Limit: ptr(1), UnpackSingleEntityFromList: ptr(true)}
		n.Outputs = []value.Property{property("entities", entity)}
		return n
	}
	create, _, _, _ := books(shop(), "books")
	_, _, elsewhere, _ := books(shop(), "{{where}}")
	elsewhere.Ports().Inputs = flowtest.Texts("where")
	tests := []struct {
		name, class string
		node        spec.Node
		inputs      string
	}{
		{"nothing to unpack", "RuntimeError", unpacked(), `{}`},
		{"an entity that does not fit", "DatastoreEntityError", create, `{"entity": {"id": 1}}`},
		{"a collection that there is not", "DatastoreKeyError", elsewhere, `{"where": "pens"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ports := test.node.Ports()
			h, err := local.New(flowtest.Compile(t, chain([]spec.Node{test.node}, ports.Inputs, ports.Outputs)), nil)
			if err != nil {
				t.Fatal(err)
			}
			s, err := start(t, h, parse(t, test.inputs)).Run(t.Context())
			if failed, ok := s.(engine.Failed); err != nil || !ok || failed.Err.Class != test.class {
				t.Errorf("status = %+v, %v, want a failure of class %s", s, err, test.class)
			}
		})
	}
}

func TestUnpackAndDelete(t *testing.T) {
	t.Parallel()
	d := shop()
	create, _, _, _ := books(d, "books")
	in := spec.DatastoreCollection{Datastore: d, CollectionName: "books"}
	list := &spec.DatastoreListNode{
		DatastoreCollection: in, Limit: ptr(1), UnpackSingleEntityFromList: ptr(true),
		Where: value.NewObject(value.Member{Key: "title", Value: value.String("{{start}}ma")}),
	}
	list.Inputs, list.Outputs = flowtest.Texts("start"), []value.Property{property("entities", entity)}
	remove := &spec.DatastoreDeleteNode{DatastoreCollection: in, Where: value.NewObject(value.Member{Key: "id", Value: value.Int(1)})}
	rest := &spec.DatastoreListNode{DatastoreCollection: in}
	rest.Outputs = []value.Property{property("rest", value.ListOf(entity))}
	rest.OutputMapping = spec.Dict[string]{{Key: "entities", Value: "rest"}}
	f := chain([]spec.Node{create, list, remove, rest}, []value.Property{property("entity", entity), flowtest.Text("start")},
		[]value.Property{property("entities", entity), property("rest", value.ListOf(entity))})
	h, err := local.New(flowtest.Compile(t, f), nil)
	if err != nil {
		t.Fatal(err)
	}
	done := finish(t, start(t, h, parse(t, `{"entity": {"id": 1, "title": "Emma"}, "start": "Em"}`)))
	if got, want := done.Outputs.Of().String(), `{"entities":{"sold":false,"id":1,"title":"Emma"},"rest":[]}`; got != want {
		t.Errorf("outputs = %s, want %s", got, want)
	}
}

func TestDatastoresThatAreNotSupportedYet(t *testing.T) {
	t.Parallel()
	d := &spec.PostgresDatabaseDatastore{}
	d.Name, d.DatastoreSchema = "pg", shop().DatastoreSchema
	_, _, list, _ := books(d, "books")
	_, err := local.New(flowtest.Compile(t, chain([]spec.Node{list}, nil, list.Ports().Outputs)), nil)
	bind, ok := errors.AsType[*local.BindError](err)
	if !ok || len(bind.Problems) != 1 || bind.Problems[0].Code != "datastore" || !strings.Contains(err.Error(), "PostgresDatabaseDatastore is not supported yet") {
		t.Errorf("error = %v", err)
	}
}
