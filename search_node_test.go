package wayflow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// searching is a flow that adds a pet and then looks for pets; its export is loaded again before it runs.
func searching(t *testing.T, model spec.EmbeddingConfig, options ...wayflow.Option) (*wayflow.App, error) {
	t.Helper()
	type pet struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
	store := wayflow.InMemoryDatastore("home", wayflow.Port[pet]("pets"))
	retriever := &spec.VectorRetrieverConfig{Model: model, DistanceMetric: "cosine_distance"}
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
	app, err := searching(t, &spec.OllamaEmbeddingConfig{}, wayflow.WithEmbedders(words))
	if err != nil {
		t.Fatal(err)
	}
	wantTom(t, app)
}

// TestSearchAsksTheServerOfTheDocument needs no option.
func TestSearchAsksTheServerOfTheDocument(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig{
		"compatible": func(c spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig { return &c },
		"vllm": func(c spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig {
			return &spec.VllmEmbeddingConfig{OpenAiCompatibleEmbeddingConfig: c}
		},
		"ollama": func(c spec.OpenAiCompatibleEmbeddingConfig) spec.EmbeddingConfig {
			return &spec.OllamaEmbeddingConfig{OpenAiCompatibleEmbeddingConfig: c}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := modeltest.NewServer(t)
			app, err := searching(t, config(spec.OpenAiCompatibleEmbeddingConfig{URL: server.URL, ModelID: "tiny"}))
			if err != nil {
				t.Fatal(err)
			}
			wantTom(t, app)
			var texts []string
			for _, r := range server.Requests() {
				texts = append(texts, r.Texts...)
			}
			if want := []string{"kind: grey cat,name: tom", "cat"}; !slices.Equal(texts, want) {
				t.Errorf("the server was asked for %q, want %q", texts, want)
			}
		})
	}
}

// TestEmbeddingModelsWithoutAccess are told when the first conversation begins.
func TestEmbeddingModelsWithoutAccess(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	access := &spec.OciClientConfigWithApiKey{}
	access.ID, access.ServiceEndpoint, access.AuthFileLocation, access.AuthProfile = "access", "https://example.com", "missing.config", "DEFAULT"
	values := wayflow.WithValues(map[string]value.Value{"access.auth_file_location": value.String("missing.config")})
	for name, config := range map[string]spec.EmbeddingConfig{
		"OPENAI_API_KEY": &spec.OpenAiEmbeddingConfig{ModelID: "tiny"},
		"missing.config": &spec.OciGenAiEmbeddingConfig{ModelID: "tiny", CompartmentID: "c", ClientConfig: access},
	} {
		app, err := searching(t, config, values)
		if err != nil {
			t.Fatal(err)
		}
		_, err = app.Start(t.Context(), nil)
		var bind *wayflow.BindError
		if !errors.As(err, &bind) || !strings.Contains(err.Error(), name) {
			t.Errorf("Start() = %v, want a BindError that names %s", err, name)
		}
	}
}

// wantTom runs the flow of [searching].
func wantTom(t *testing.T, app *wayflow.App) {
	t.Helper()
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
	if text := found.String(); !strings.Contains(text, `"name":"tom","_score":`) || strings.Contains(text, "kind") {
		t.Errorf("found %s", text)
	}
}

// TestAgentSearchesADatastore finds with a toolbox what a flow has added to the same datastore.
func TestAgentSearchesADatastore(t *testing.T) {
	t.Parallel()
	type pet struct {
		Name string `json:"name"`
	}
	store := wayflow.InMemoryDatastore("home", wayflow.Port[pet]("pets"))
	config := &spec.SearchConfig{Retriever: &spec.VectorRetrieverConfig{Model: &spec.OllamaEmbeddingConfig{}, DistanceMetric: "cosine_distance"}}
	config.Name = "by meaning"
	store.SearchConfigs = []*spec.SearchConfig{config}
	box := &spec.SearchToolBox{Datastore: store, K: 1}
	box.Name = "pets"
	one := &spec.ToolFromToolBox{ToolName: "search_pets_by_meaning", Toolbox: box}
	one.Name = one.ToolName

	for name, give := range map[string]func(*wayflow.AgentPart) *wayflow.AgentPart{
		"toolbox":      func(a *wayflow.AgentPart) *wayflow.AgentPart { return a.Toolboxes(box) },
		"a tool of it": func(a *wayflow.AgentPart) *wayflow.AgentPart { return a.UseTools(one) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFound(t, store, give)
		})
	}
}

// wantFound has an agent search a datastore in which a flow has put a cat.
func wantFound(t *testing.T, store spec.Datastore, give func(*wayflow.AgentPart) *wayflow.AgentPart) {
	t.Helper()
	server := modeltest.NewServer(t, calls("search_pets_by_meaning", `{"query": "cat"}`), calls("submit_result", `{"found": "tom"}`))
	llm := &spec.VllmConfig{}
	llm.Name, llm.ModelID, llm.URL = "m", "scripted", &server.URL
	helper := give(wayflow.Agent("helper", llm, "Help.")).Outputs(wayflow.Port[string]("found"))
	words := func(spec.EmbeddingConfig) (embed.Embedder, error) { return &embedtest.Words{}, nil }
	app := build(t, wayflow.Sequence("pets", wayflow.CreateEntity("add", store, "pets"), wayflow.RunAgent("ask", helper)), wayflow.WithEmbedders(words))
	text, err := app.Export(&spec.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	conv := start(t, load(t, string(text), wayflow.WithEmbedders(words)), wayflow.Inputs{"entity": map[string]any{"name": "tom the cat"}})
	if _, err := conv.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := spoken(conv); !strings.Contains(got, `call search_pets_by_meaning {"query":"cat"}`) || !strings.Contains(got, `"name": "tom the cat"`) {
		t.Errorf("spoken:\n%s", got)
	}
}
