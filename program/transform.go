package program

import (
	"fmt"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// transforms compiles what changes messages on their way to a model, in order.
func (c *compiler) transforms(transforms []spec.MessageTransform) []prompt.Transform {
	var out []prompt.Transform
	for _, t := range transforms {
		if compiled := c.transform(t); compiled != nil {
			out = append(out, compiled)
		}
	}
	return out
}

func (c *compiler) transform(t spec.MessageTransform) prompt.Transform {
	switch t := t.(type) {
	case *spec.CoalesceSystemMessagesTransform:
		return prompt.Pure(prompt.CoalesceSystem)
	case *spec.RemoveEmptyNonUserMessageTransform:
		return prompt.Pure(prompt.RemoveEmpty)
	case *spec.AppendTrailingSystemMessageToUserMessageTransform:
		return prompt.Pure(prompt.AppendTrailingSystem)
	case *spec.CanonicalizationMessageTransform:
		return prompt.Pure(prompt.Canonical)
	case *spec.SplitPromptOnMarkerMessageTransform:
		return splitOnMarker(t)
	case *spec.LlamaMergeToolRequestAndCallsTransform:
		return prompt.MergeCalls(prompt.JSONCalls{})
	case *spec.ReactMergeToolRequestAndCallsTransform:
		return prompt.MergeCalls(prompt.ReactCalls{})
	case *spec.ToolRequestAndCallsTransform:
		return prompt.Pure(prompt.NameSenders)
	case *spec.MessageSummarizationTransform:
		return c.summarizeMessages(t)
	case *spec.ConversationSummarizationTransform:
		return c.summarizeConversation(t)
	}
	c.unsupported(t)
	return nil
}

func splitOnMarker(t *spec.SplitPromptOnMarkerMessageTransform) prompt.Transform {
	if t.Marker == nil || *t.Marker == "" {
		return prompt.SplitOnMarker(prompt.DefaultMarker)
	}
	return prompt.SplitOnMarker(*t.Marker)
}

func (c *compiler) summarizeMessages(t *spec.MessageSummarizationTransform) prompt.Transform {
	s := c.summary(t, t.Llm, &t.SummaryCache, t.SummarizationInstructions, "summarized_message_template", t.SummarizedMessageTemplate)
	if s == nil {
		return nil
	}
	size := orDefault(t.MaxMessageSize, 20_000)
	return &prompt.SummarizeMessages{Summary: *s, Tokens: int64(size+3) / 4}
}

func (c *compiler) summarizeConversation(t *spec.ConversationSummarizationTransform) prompt.Transform {
	s := c.summary(t, t.Llm, &t.SummaryCache, t.SummarizationInstructions, "summarized_conversation_template", t.SummarizedConversationTemplate,
		value.Property{Title: "prefix_size", Type: value.IntegerType})
	if s == nil {
		return nil
	}
	out := &prompt.SummarizeConversation{Summary: *s, Keep: orDefault(t.MinNumMessages, 10)}
	if t.MaxNumMessages != nil {
		out.MaxMessages = *t.MaxNumMessages
	}
	if t.MaxNumCharacters != nil {
		out.MaxCharacters = *t.MaxNumCharacters
	}
	return out
}

func orDefault(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// summary compiles what the two transforms share; nil if there is no model. More are columns that the cache needs.
func (c *compiler) summary(t spec.MessageTransform, llm spec.LlmConfig, cache *spec.SummaryCache, instructions, field, template string, more ...value.Property) *prompt.Summary {
	if llm == nil {
		c.unsupported(t)
		return nil
	}
	s := &prompt.Summary{Model: c.model(llm).Index, Instructions: instructions}
	var err error
	if s.Template, err = jinja.Parse(template); err != nil {
		c.errorf(at(t, field), "template", "mend the template", "the template of the summary is wrong%s", templateError(err))
		return nil
	}
	for _, v := range s.Template.Variables() {
		if v.Name != "summary" {
			c.errorf(at(t, field), "template", "use the variable summary alone", "the template of the summary has the variable %q", v.Name)
		}
	}
	if cache.Datastore == nil {
		return s
	}
	c.checkCache(t, cache, more)
	s.Cache = &prompt.Cache{Datastore: c.datastore(cache.Datastore).Index, Collection: cache.CacheCollectionName}
	if cache.MaxCacheSize != nil {
		s.Cache.MaxSize = *cache.MaxCacheSize
	}
	if cache.MaxCacheLifetime != nil {
		s.Cache.MaxAge = *cache.MaxCacheLifetime
	}
	return s
}

// checkCache checks that the datastore of a cache has its collection, with all columns.
func (c *compiler) checkCache(t spec.MessageTransform, cache *spec.SummaryCache, more []value.Property) {
	schema := cache.Datastore.Datastore().DatastoreSchema
	collection, ok := schema.Get(cache.CacheCollectionName)
	if !ok {
		c.errorf(at(t, "cache_collection_name"), "summary-cache", "add it to the datastore's schema, or name another",
			"the datastore of the summaries has no collection %q", cache.CacheCollectionName)
		return
	}
	columns := append([]value.Property{
		{Title: "cache_key", Type: value.StringType},
		{Title: "cache_content", Type: value.StringType},
		{Title: "created_at", Type: value.NumberType},
		{Title: "last_used_at", Type: value.NumberType},
	}, more...)
	for _, want := range columns {
		p, found := value.Property{}, false
		if collection.Type != nil {
			p, found = collection.Type.Property(want.Title)
		}
		if !found || p.Type == nil || p.Type.Kind != want.Type.Kind {
			c.errorf(at(t, "datastore"), "summary-cache", fmt.Sprintf("give it the property %q of type %s", want.Title, want.Type),
				"the collection %q cannot keep summaries", cache.CacheCollectionName)
		}
	}
}
