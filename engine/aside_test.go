package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// summarizing is a node that is shown the end of a conversation and a summary of the rest.
func summarizing() *spec.LlmNode {
	entry := value.ObjectOf(
		of("cache_key", value.StringType), of("cache_content", value.StringType), of("prefix_size", value.IntegerType),
		of("created_at", value.NumberType), of("last_used_at", value.NumberType))
	store := &spec.InMemoryCollectionDatastore{}
	store.Name = "store"
	store.DatastoreSchema = spec.Dict[value.Property]{{Key: "c", Value: value.Property{Type: entry}}}
	limit := 4
	t := &spec.ConversationSummarizationTransform{
		Llm: model(), MaxNumMessages: &limit, MinNumMessages: 2,
		SummarizationInstructions: "Shorten.", SummarizedConversationTemplate: "[{{summary}}]",
		SummaryCache: spec.SummaryCache{Datastore: store, CacheCollectionName: "c"},
	}
	n := &spec.LlmNode{LlmConfig: model(), PromptTemplateObject: &spec.PromptTemplate{
		PreRenderingTransforms: []spec.MessageTransform{t},
		Messages:               []spec.PromptMessage{textMessage("system", spec.ChatHistoryPlaceholder)},
	}}
	n.Extended = true
	n.Outputs = []value.Property{of("n", value.IntegerType)}
	return n
}

// TestSummariesAreEffects: what a prompt has to know first is asked for one by one, survives a change of process at any
// point, and is not asked for again when the answer has to be corrected.
func TestSummariesAreEffects(t *testing.T) {
	t.Parallel()
	prog := flowtest.Compile(t, around(summarizing(), nil, []value.Property{of("n", value.IntegerType)}).Flow)
	m := engine.New(prog, engine.Limits{})
	var history []message.Message
	for i := range 6 {
		history = append(history, message.Text([]message.Role{message.User, message.Assistant}[i%2], fmt.Sprint("m", i)))
	}
	advance := func(ev engine.Event) {
		t.Helper()
		if _, err := m.Advance(ev); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if m, err = engine.Load(prog, data, engine.Limits{}); err != nil {
			t.Fatal(err)
		}
	}
	next := func() *engine.Effect {
		t.Helper()
		pending := m.Pending()
		if len(pending) != 1 {
			t.Fatalf("%d effects are pending: %v", len(pending), m.Status())
		}
		return pending[0]
	}
	say := func(e *engine.Effect, text string) {
		t.Helper()
		answer := message.Text(message.Assistant, text)
		advance(engine.EffectDone{ID: e.ID, Result: engine.Result{Message: &answer}})
	}
	advance(engine.Begin{Messages: history})
	recall := next()
	if !recall.Aside || recall.Cache == nil || recall.Cache.Put || recall.Cache.Collection != "c" {
		t.Fatalf("first %+v, want a look into the cache", recall)
	}
	advance(engine.EffectDone{ID: recall.ID})
	ask := next()
	if !ask.Aside || ask.Model == nil || ask.Model.Say {
		t.Fatalf("then %+v, want a question aside", ask)
	}
	say(ask, "short")
	remember := next()
	if remember.Cache == nil || !remember.Cache.Put || remember.Cache.Content.Of().String() != `{"cache_content":"[short]","prefix_size":4}` {
		t.Fatalf("then %+v, want the summary remembered", remember)
	}
	advance(engine.EffectDone{ID: remember.ID})
	question := next()
	want := []message.Message{message.Text(message.User, "[short]"), history[4], history[5]}
	if question.Aside || !cmp.Equal(want, question.Model.Prompt.Messages) {
		t.Fatalf("then %+v, want the question itself", question.Model.Prompt)
	}
	say(question, `{"n": "none"}`)
	again := next()
	if again.Model == nil || again.Aside || len(again.Model.Prompt.Messages) != 5 {
		t.Fatalf("after a wrong answer %+v, want the question again", again)
	}
	say(again, `{"n": 3}`)
	if got := outcome(m.Status()); got != `{"n":3}` {
		t.Errorf("it ended with %s", got)
	}
	ids := []string{recall.ID, ask.ID, remember.ID, question.ID, again.ID}
	if !slices.Equal(ids, []string{"2", "2/1", "2/2", "2/3", "2/4"}) {
		t.Errorf("the effects are %q", ids)
	}
}
