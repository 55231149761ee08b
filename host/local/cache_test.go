package local_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/datastore"
	"github.com/wayflow-go/wayflow/datastore/memory"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// TestSummariesAreKept runs one conversation several times: what was summarised is not summarised again until it is too
// old.
func TestSummariesAreKept(t *testing.T) {
	t.Parallel()
	number := value.NumberType
	entry := value.ObjectOf(
		flowtest.Text("cache_key"), flowtest.Text("cache_content"), value.Property{Title: "prefix_size", Type: value.IntegerType},
		value.Property{Title: "created_at", Type: number}, value.Property{Title: "last_used_at", Type: number})
	store := &spec.InMemoryCollectionDatastore{}
	store.DatastoreSchema = spec.Dict[value.Property]{{Key: "c", Value: value.Property{Type: entry}}}
	writer, asked := &spec.VllmConfig{}, &spec.VllmConfig{}
	writer.Name, asked.Name = "writer", "asked"
	limit, lifetime := 4, 60
	summaries := &spec.ConversationSummarizationTransform{
		Llm: writer, MaxNumMessages: &limit, MinNumMessages: 2, SummarizedConversationTemplate: "{{summary}}",
		SummaryCache: spec.SummaryCache{Datastore: store, CacheCollectionName: "c", MaxCacheLifetime: &lifetime},
	}
	placeholder := spec.ChatHistoryPlaceholder
	ask := &spec.LlmNode{LlmConfig: asked, PromptTemplateObject: &spec.PromptTemplate{
		PreRenderingTransforms: []spec.MessageTransform{summaries},
		Messages:               []spec.PromptMessage{{Role: "system", Contents: []spec.PromptContent{{Type: "text", Content: &placeholder}}}},
	}}
	ask.Extended = true
	g := flowtest.NewGraph("summaries")
	g.Add(ask, "ask")
	end := g.End("end", flowtest.Text("output"))
	g.Edge(g.Start(), "", ask)
	g.Edge(ask, "", end)
	g.Data(ask, "output", end, "output")

	var calls []string
	now := time.Unix(1_000_000, 0)
	shared := memory.New(store.DatastoreSchema)
	h, err := local.New(flowtest.Compile(t, g.Flow), &local.Options{
		Model: func(cfg spec.LlmConfig) (model.Model, error) {
			return modelFunc(func(_ context.Context, p *prompt.Prompt) (model.Answer, error) {
				calls = append(calls, fmt.Sprint(cfg.Base().Name, " ", len(p.Messages)))
				return model.Answer{Message: message.Text(message.Assistant, "short")}, nil
			}), nil
		},
		Datastore: func(spec.Datastore) (datastore.Datastore, error) { return shared, nil },
		Now:       func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	history := make([]message.Message, 6)
	for i := range history {
		history[i] = message.Text(message.User, fmt.Sprint(i))
	}
	run := func(id string) {
		t.Helper()
		c, err := h.Start(id, nil, history)
		if err != nil {
			t.Fatal(err)
		}
		finish(t, c)
	}
	run("a")
	run("a")
	run("b")
	now = now.Add(time.Hour)
	run("a")
	want := []string{"writer 1", "asked 3", "asked 3", "writer 1", "asked 3", "writer 1", "asked 3"}
	if fmt.Sprint(calls) != fmt.Sprint(want) {
		t.Errorf("the models were asked %v, want %v", calls, want)
	}
}

// modelFunc is a model that is a function.
type modelFunc func(ctx context.Context, p *prompt.Prompt) (model.Answer, error)

// Generate implements [model.Model].
func (f modelFunc) Generate(ctx context.Context, p *prompt.Prompt, _ model.Options) iter.Seq2[model.Chunk, error] {
	return func(yield func(model.Chunk, error) bool) {
		a, err := f(ctx, p)
		yield(model.Chunk{Answer: &a}, err)
	}
}
