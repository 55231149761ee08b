package local

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"time"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/datastore/memory"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/search"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/http"
	"github.com/wayflow-go/wayflow/value"
)

// send sends an HTTP request. The secrets are put in here, and nowhere else.
func (h *Host) send(ctx context.Context, call *engine.HTTPCall) (*engine.HTTPAnswer, error) {
	r := h.prog.Requests[call.Request]
	u, err := allow.ParseURL(call.URL)
	if err != nil {
		return nil, tool.Failf(r.Owner.Base().Name, "ValueError", "the URL is wrong: %s", err)
	}
	secrets, err := call.Secrets(h.prog)
	if err != nil {
		return nil, err
	}
	u.User = secrets.User
	req := &http.Request{
		Name: r.Owner.Base().Name, Method: call.Method, URL: u, Body: []byte(call.Body), Header: nethttp.Header{},
		Allow: r.Allow, Spelled: r.Spelled, Retry: r.Spec.RetryPolicy,
	}
	for _, field := range call.Headers {
		req.Header.Add(field.Name, field.Value)
	}
	for _, field := range secrets.Headers {
		req.Header.Del(field.Name)
	}
	for _, field := range secrets.Headers {
		req.Header.Add(field.Name, field.Value)
		req.Secrets = append(req.Secrets, field.Value)
	}
	a, err := h.http.Do(ctx, req)
	if err != nil {
		return nil, err
	}
	return &engine.HTTPAnswer{Status: a.Status, Body: text(a.Body)}, nil
}

// text is what a body says; bytes that are not UTF-8 are replaced.
func text(body []byte) string {
	if utf8.Valid(body) {
		return string(body)
	}
	return string([]rune(string(body)))
}

// bindDatastores makes the datastores. They live as long as the host, and its conversations share them.
func (h *Host) bindDatastores() (problems []spec.Diagnostic) {
	h.datastores = make([]datastore.Datastore, len(h.prog.Datastores))
	open := h.opts.Datastore
	if open == nil {
		open = h.openDatastore
	}
	for i, d := range h.prog.Datastores {
		var err error
		if h.datastores[i], err = open(d.Spec); err != nil {
			problems = append(problems, problem(d.Spec, "datastore", "use another datastore, or give the host one", err.Error()))
		}
	}
	return problems
}

// OpenDatastore makes the datastore of a configuration, if this version can.
func OpenDatastore(d spec.Datastore) (datastore.Datastore, error) {
	if _, ok := d.(*spec.InMemoryCollectionDatastore); ok {
		return memory.New(d.Datastore().DatastoreSchema), nil
	}
	return nil, fmt.Errorf("a %s is not supported yet", spec.TypeName(d))
}

// openDatastore is [OpenDatastore] for datastores that can also be searched by meaning.
func (h *Host) openDatastore(d spec.Datastore) (datastore.Datastore, error) {
	m, ok := d.(*spec.InMemoryCollectionDatastore)
	if !ok || len(m.SearchConfigs) == 0 || h.opts.Embedder == nil {
		return OpenDatastore(d)
	}
	return search.Open(m, h.opts.Embedder)
}

// use has a datastore do something, and returns the list of what it found.
func (h *Host) use(ctx context.Context, call *engine.DatastoreCall) (value.Value, error) {
	d := h.datastores[call.Datastore]
	var found []*value.Object
	var err error
	switch call.Action {
	case program.Create:
		found, err = d.Create(ctx, call.Collection, call.Entity)
	case program.List:
		limit := -1
		if call.Limit != nil {
			limit = *call.Limit
		}
		found, err = d.List(ctx, call.Collection, call.Where, limit)
	case program.Update:
		found, err = d.Update(ctx, call.Collection, call.Where, call.Entity)
	case program.Delete:
		err = d.Delete(ctx, call.Collection, call.Where)
	case program.Query:
		found, err = query(ctx, d, call)
	case program.Search:
		found, err = find(ctx, d, call)
	default:
		err = errors.New("this host does not know what the datastore is to do")
	}
	if err != nil {
		return value.Null, err
	}
	entities := make([]value.Value, len(found))
	for i, e := range found {
		entities[i] = e.Of()
	}
	return value.List(entities...), nil
}

// cached looks up an entry of a cache, or puts one there. Entries belong to the conversation.
func (h *Host) cached(ctx context.Context, conversation string, call *engine.CacheCall) (value.Value, error) {
	c := &datastore.Cache{
		Store: h.datastores[call.Datastore], Collection: call.Collection,
		MaxSize: call.MaxSize, MaxAge: time.Duration(call.MaxAge) * time.Second,
	}
	key := conversation
	if call.Key != "" {
		key += "/" + call.Key
	}
	if call.Put {
		return value.Null, c.Put(ctx, h.opts.Now(), key, call.Content)
	}
	found, err := c.Get(ctx, h.opts.Now(), key)
	if found == nil || err != nil {
		return value.Null, err
	}
	return found.Of(), nil
}

func find(ctx context.Context, d datastore.Datastore, call *engine.DatastoreCall) ([]*value.Object, error) {
	searcher, ok := d.(datastore.Searcher)
	if !ok {
		return nil, datastore.Errorf(datastore.NotImplementedError, "the datastore cannot search by meaning, or was given no embedding model")
	}
	s := datastore.Search{
		Query: call.Query, Collection: call.Collection, Config: call.Config, Where: call.Where, Exclude: call.Exclude,
	}
	if call.Limit != nil {
		s.K = *call.Limit
	}
	return searcher.Search(ctx, s)
}

func query(ctx context.Context, d datastore.Datastore, call *engine.DatastoreCall) ([]*value.Object, error) {
	relational, ok := d.(datastore.Relational)
	if !ok {
		return nil, datastore.Errorf(datastore.NotImplementedError, "only a relational datastore can run a query")
	}
	return relational.Query(ctx, call.Query, call.Entity)
}
