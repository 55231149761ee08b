package program_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// findings are the codes of what there is to say about a node: its errors, or if there are none its warnings.
func findings(t *testing.T, n spec.Node) []string {
	t.Helper()
	g := flowtest.NewGraph("main", n.Ports().Inputs...)
	g.Add(n, "node")
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", g.End("end"))
	for _, p := range n.Ports().Inputs {
		g.Data(g.Start(), p.Title, n, p.Title)
	}
	prog, err := program.Compile(g.Flow)
	var all spec.Diagnostics
	if err == nil {
		all = prog.Warnings
	} else if !errors.As(err, &all) {
		t.Fatal(err)
	}
	found := []string{}
	for _, d := range all {
		if (d.Severity == spec.Error || err == nil) && d.Code != "unread-output" {
			found = append(found, d.Code)
		}
	}
	return found
}

func call(url string, change func(*spec.ApiNode)) *spec.ApiNode {
	n := &spec.ApiNode{}
	n.URL, n.HTTPMethod, n.Outputs = url, "GET", []value.Property{}
	if change != nil {
		change(n)
	}
	return n
}

func withKey(key string) *value.Object {
	return value.NewObject(value.Member{Key: key, Value: value.String("x")})
}

func TestFindingsOfRequests(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		node spec.Node
		want []string
	}{
		{"nothing", call("https://example.com/x", nil), nil},
		{"no encryption", call("http://example.com/x", nil), []string{"insecure-url"}},
		{"an address that is not public", call("https://10.0.0.1/x", nil), []string{"private-address"}},
		{"localhost", call("https://localhost:8080", nil), []string{"private-address"}},
		{"IPv6", call("https://[::1]:8080", nil), []string{"private-address"}},
		{"a listed one", call("https://10.0.0.1/x", func(n *spec.ApiNode) { n.URLAllowList = []string{"https://10.0.0.1"} }), nil},
		{"a public one", call("https://8.8.8.8/x", nil), nil},
		{"a query twice", call("https://example.com/?a=1", func(n *spec.ApiNode) { n.QueryParams = withKey("b") }), []string{"url-query"}},
		{"no URL", call("example.com/x", nil), []string{"url"}},
		{"another scheme", call("ftp://example.com/x", nil), []string{"url"}},
		{"no method", call("https://example.com", func(n *spec.ApiNode) { n.HTTPMethod = "GET IT" }), []string{"http-method"}},
		{"a header that is none", call("https://example.com", func(n *spec.ApiNode) { n.Headers = withKey("X A") }), []string{"header"}},
		{"a secret header that is none", call("https://example.com", func(n *spec.ApiNode) { n.SensitiveHeaders = withKey("X:A") }), []string{"header"}},
		{"wrong entries", call("https://example.com", func(n *spec.ApiNode) { n.URLAllowList = []string{"https://*.com", "https://a", "b"} }), []string{"allow-list", "allow-list"}},
		{"a host from a value", call("https://{{h}}/x", func(n *spec.ApiNode) { n.Inputs = flowtest.Texts("h") }), []string{"url-template"}},
		{"a port from a value", call("https://example.com:{{h}}", func(n *spec.ApiNode) { n.Inputs = flowtest.Texts("h") }), []string{"url-template"}},
		{"a scheme from a value", call("{{h}}://example.com", func(n *spec.ApiNode) { n.Inputs = flowtest.Texts("h") }), []string{"url-template"}},
		{"a whole URL from a value", call("{{h}}", func(n *spec.ApiNode) { n.Inputs = flowtest.Texts("h") }), []string{"url-template"}},
		{"a host from a value, listed", call("https://{{h}}/x", func(n *spec.ApiNode) {
			n.Inputs, n.URLAllowList = flowtest.Texts("h"), []string{"https://a"}
		}), nil},
		{"a path with a slash in a tag", call("https://example.com/{{ h ~ '://' }}", func(n *spec.ApiNode) { n.Outputs, n.Inputs = nil, nil }), []string{"input-not-fed"}},
		{"a wrong template", call("https://example.com/{{ h", nil), []string{"template"}},
		{"a wrong template in the body", call("https://example.com", func(n *spec.ApiNode) { n.Data = withKey("{% if %}").Of() }), []string{"template"}},
		{"an input that is not used", call("https://example.com", func(n *spec.ApiNode) { n.Inputs = flowtest.Texts("h") }), []string{"unknown-input", "unknown-input"}},
		{"an input of the description", call("https://example.com", func(n *spec.ApiNode) {
			uri := "https://example.com/{{h}}"
			n.Inputs, n.APISpecURI = flowtest.Texts("h"), &uri
		}), nil},
		{"an input of a secret only", call("https://example.com", func(n *spec.ApiNode) {
			n.SensitiveHeaders = value.NewObject(value.Member{Key: "X", Value: value.String("{{h}}")})
			n.Inputs = flowtest.Texts("h")
		}), nil},
		{"an input that is not declared", call("https://example.com/{{a}}/{{b}}", func(n *spec.ApiNode) { n.Inputs = flowtest.Texts("a") }), []string{"missing-input", "input-not-fed"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.want == nil {
				test.want = []string{}
			}
			if diff := cmp.Diff(test.want, findings(t, test.node)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func shop() *spec.InMemoryCollectionDatastore {
	d := &spec.InMemoryCollectionDatastore{}
	d.Name = "shop"
	d.DatastoreSchema = spec.Dict[value.Property]{{Key: "books", Value: value.Property{Type: value.ObjectOf(
		value.Property{Title: "id", Type: value.IntegerType}, value.Property{Title: "title", Type: value.StringType},
	)}}}
	return d
}

func TestFindingsOfDatastores(t *testing.T) {
	t.Parallel()
	books := func(name string) spec.DatastoreCollection {
		return spec.DatastoreCollection{Datastore: shop(), CollectionName: name}
	}
	minus := -1
	where := func(v string) *value.Object {
		return value.NewObject(value.Member{Key: "title", Value: value.String(v)})
	}
	postgres := &spec.PostgresDatabaseDatastore{}
	bound := []value.Property{{Title: "bind_variables", Type: value.DictOf(nil), HasDefault: true, Default: value.NewObject().Of()}}
	query := func(q string) *spec.DatastoreQueryNode {
		n := &spec.DatastoreQueryNode{Datastore: postgres, Query: q}
		n.Inputs = bound
		return n
	}
	tests := []struct {
		name string
		node spec.Node
		want []string
	}{
		{"list", &spec.DatastoreListNode{DatastoreCollection: books("books")}, nil},
		{"no such collection", &spec.DatastoreListNode{DatastoreCollection: books("book")}, []string{"unknown-collection"}},
		{"a negative limit", &spec.DatastoreListNode{DatastoreCollection: books("books"), Limit: &minus}, []string{"limit"}},
		{"two variables in a value", &spec.DatastoreDeleteNode{DatastoreCollection: books("books"), Where: where("{{a}}{{b}}")}, []string{"where", "input-not-fed", "input-not-fed"}},
		{"a variable that is called as an input is", &spec.DatastoreUpdateNode{DatastoreCollection: books("books"), Where: where("{{update}}")}, []string{"reserved-name", "input-not-fed"}},
		{"an update of everything", &spec.DatastoreUpdateNode{DatastoreCollection: books("books"), Where: value.NewObject()}, []string{"where", "input-not-fed"}},
		{"a deletion of everything", &spec.DatastoreDeleteNode{DatastoreCollection: books("books")}, []string{"where"}},
		{"a query", query("select * from t where id = :id"), nil},
		{"a query that is a template", query("select * from {{t}}"), []string{"query-template"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.want == nil {
				test.want = []string{}
			}
			got := findings(t, test.node)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
