package wayflow_test

import (
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
	"github.com/wayflow-go/wayflow/spec"
)

// searching is a flow that adds a pet and then looks for pets; its export is loaded again before it runs.
func searching(t *testing.T, options ...wayflow.Option) (*wayflow.App, error) {
	t.Helper()
	type pet struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
	store := wayflow.InMemoryDatastore("home", wayflow.Port[pet]("pets"))
	retriever := &spec.VectorRetrieverConfig{Model: &spec.OllamaEmbeddingConfig{}, DistanceMetric: "cosine_distance"}
	config := &spec.SearchConfig{Retriever: retriever}
	config.Name = "by meaning"
	store.SearchConfigs = []*spec.SearchConfig{config}
	app, err := wayflow.Build(wayflow.Sequence("pets",
		wayflow.CreateEntity("add", store, "pets"),
		wayflow.Search("find", store, "pets").Top(1).Config("by meaning").Where("name", "{{ name }}").Exclude("kind"),
	), options...)
	if err != nil {
		return nil, err
	}
	text, err := app.Export(&spec.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "PluginSearchNode") {
		t.Errorf("the export has no PluginSearchNode:\n%s", text)
	}
	return wayflow.Load(text, options...)
}

func TestSearchNodeFindsWhatTheFlowAdded(t *testing.T) {
	t.Parallel()
	words := func(spec.EmbeddingConfig) (embed.Embedder, error) { return &embedtest.Words{}, nil }
	app, err := searching(t, wayflow.WithEmbedders(words))
	if err != nil {
		t.Fatal(err)
	}
	conv, err := app.Start(t.Context(), wayflow.Inputs{
		"entity": map[string]any{"name": "tom", "kind": "grey cat"}, "query": "cat", "name": "tom",
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done, ok := status.(*wayflow.Finished)
	if !ok {
		t.Fatalf("the status is %T", status)
	}
	found, _ := done.Outputs.Get("retrieved_documents")
	if text := found.String(); !strings.Contains(text, `"name":"tom","_score":0.`) || strings.Contains(text, "kind") {
		t.Errorf("found %s", text)
	}
}
