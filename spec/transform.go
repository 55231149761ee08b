package spec

import "github.com/wayflow-go/wayflow/value"

// MessageTransform changes messages on their way to a model (Agent Spec 26.1.2, "MessageTransform").
type MessageTransform interface {
	Component
	messageTransform()
}

// MessageTransformBase is what all message transforms share.
type MessageTransformBase struct{ ComponentBase }

func (*MessageTransformBase) messageTransform() {}

// SummaryCache says where summaries are kept and how long.
type SummaryCache struct {
	// MaxCacheSize bounds the number of entries; nil does not.
	MaxCacheSize *int `spec:"max_cache_size,default=10000"`
	// MaxCacheLifetime bounds the age of entries, in seconds; nil does not.
	MaxCacheLifetime *int `spec:"max_cache_lifetime,default=14400"`
	// CacheCollectionName is the collection of the datastore that has the entries.
	CacheCollectionName string `spec:"cache_collection_name"`
	// Datastore keeps the summaries; nil keeps none. A document that has no such key means one in memory.
	Datastore Datastore `spec:"datastore"`
}

func (c *SummaryCache) check(report func(key, problem string)) {
	if c.MaxCacheSize != nil && *c.MaxCacheSize <= 0 {
		report("max_cache_size", "must be greater than 0")
	}
	if c.MaxCacheLifetime != nil && *c.MaxCacheLifetime <= 0 {
		report("max_cache_lifetime", "must be greater than 0")
	}
}

// MessageSummarizationTransform replaces each message that is too long by a summary (Agent Spec 26.1.2,
// "MessageSummarizationTransform").
type MessageSummarizationTransform struct {
	MessageTransformBase
	// Llm writes the summaries.
	Llm LlmConfig `spec:"llm,required"`
	// MaxMessageSize is the number of characters from which on a message is too long; 0 means 20000.
	MaxMessageSize int `spec:"max_message_size,nonzero,default=20000"`
	// SummarizationInstructions tell the model what to write.
	SummarizationInstructions string `spec:"summarization_instructions,default=Please make a summary of this message. Include relevant information and keep it short. Your response will replace the message, so just output the summary directly, no introduction needed."`
	// SummarizedMessageTemplate is what replaces the message, a template with the variable summary.
	SummarizedMessageTemplate string `spec:"summarized_message_template,default=Summarized message: {{summary}}"`
	SummaryCache
}

func (t *MessageSummarizationTransform) check(report func(key, problem string)) {
	if t.MaxMessageSize < 0 {
		report("max_message_size", "must be greater than 0")
	}
	t.SummaryCache.check(report)
}

// ConversationSummarizationTransform replaces the older part of a long conversation by a summary (Agent Spec 26.1.2,
// "ConversationSummarizationTransform").
type ConversationSummarizationTransform struct {
	MessageTransformBase
	// Llm writes the summaries.
	Llm LlmConfig `spec:"llm,required"`
	// MaxNumMessages and MaxNumCharacters say when a conversation is long; exactly one of them is set.
	MaxNumMessages   *int `spec:"max_num_messages,default=50"`
	MaxNumCharacters *int `spec:"max_num_characters"`
	// MinNumMessages is the number of newest messages that are kept as they are; 0 means 10.
	MinNumMessages int `spec:"min_num_messages,nonzero,default=10"`
	// SummarizationInstructions tell the model what to write.
	SummarizationInstructions string `spec:"summarization_instructions,default=Please make a summary of this conversation. Include relevant information and keep it short. Your response will replace the messages, so just output the summary directly, no introduction needed."`
	// SummarizedConversationTemplate is what replaces the messages, a template with the variable summary.
	SummarizedConversationTemplate string `spec:"summarized_conversation_template,default=Summarized conversation: {{summary}}"`
	SummaryCache
}

func (t *ConversationSummarizationTransform) check(report func(key, problem string)) {
	switch {
	case t.MaxNumMessages != nil && t.MaxNumCharacters != nil:
		report("max_num_characters", "cannot be given together with max_num_messages, which is 50 unless it is null")
	case t.MaxNumMessages == nil && t.MaxNumCharacters == nil:
		report("max_num_messages", "either this or max_num_characters must be given")
	case t.MaxNumMessages != nil && *t.MaxNumMessages <= t.MinNumMessages:
		report("max_num_messages", "must be greater than min_num_messages")
	case t.MaxNumCharacters != nil && *t.MaxNumCharacters <= 0:
		report("max_num_characters", "must be greater than 0")
	}
	if t.MinNumMessages < 0 {
		report("min_num_messages", "must be greater than 0")
	}
	t.SummaryCache.check(report)
}

// The collections in which the two transforms keep their summaries.
const (
	summarizedMessages      = "summarized_messages_cache"
	summarizedConversations = "summarized_conversations_cache"
)

// NewMessageSummarization returns a transform with the cache that a document means which says nothing about it: one in
// memory.
func NewMessageSummarization() *MessageSummarizationTransform {
	return &MessageSummarizationTransform{SummaryCache: newSummaryCache(summarizedMessages)}
}

// NewConversationSummarization is the like of [NewMessageSummarization].
func NewConversationSummarization() *ConversationSummarizationTransform {
	prefix := value.Property{Title: "prefix_size", Type: value.IntegerType}
	return &ConversationSummarizationTransform{SummaryCache: newSummaryCache(summarizedConversations, prefix)}
}

func newSummaryCache(collection string, more ...value.Property) SummaryCache {
	columns := []value.Property{
		{Title: "cache_key", Type: value.StringType},
		{Title: "cache_content", Type: value.StringType},
	}
	columns = append(columns, more...)
	columns = append(columns,
		value.Property{Title: "created_at", Type: value.NumberType},
		value.Property{Title: "last_used_at", Type: value.NumberType})
	store := &InMemoryCollectionDatastore{}
	store.Name = "default-inmemory-datastore"
	store.DatastoreSchema = Dict[value.Property]{{collection, value.Property{Type: value.ObjectOf(columns...)}}}
	return SummaryCache{CacheCollectionName: collection, Datastore: store}
}

// CoalesceSystemMessagesTransform makes one of the system messages at the beginning; spelled
// PluginCoalesceSystemMessagesTransform.
type CoalesceSystemMessagesTransform struct{ MessageTransformBase }

// RemoveEmptyNonUserMessageTransform drops empty messages that are not the user's; spelled
// PluginRemoveEmptyNonUserMessageTransform.
type RemoveEmptyNonUserMessageTransform struct{ MessageTransformBase }

// AppendTrailingSystemMessageToUserMessageTransform moves a system message at the end into the user's message before
// it; spelled PluginAppendTrailingSystemMessageToUserMessageTransform.
type AppendTrailingSystemMessageToUserMessageTransform struct{ MessageTransformBase }

// LlamaMergeToolRequestAndCallsTransform writes tool calls and results as Llama's models know them; spelled
// PluginLlamaMergeToolRequestAndCallsTransform.
type LlamaMergeToolRequestAndCallsTransform struct{ MessageTransformBase }

// ReactMergeToolRequestAndCallsTransform writes tool calls and results as the ReAct pattern has them; spelled
// PluginReactMergeToolRequestAndCallsTransform.
type ReactMergeToolRequestAndCallsTransform struct{ MessageTransformBase }

// ToolRequestAndCallsTransform writes who sent each message, tool calls as texts of the agent and results as texts of
// the user; spelled PluginToolRequestAndCallsTransform.
type ToolRequestAndCallsTransform struct{ MessageTransformBase }

// CanonicalizationMessageTransform makes user and assistant take turns after one system message; spelled
// PluginCanonicalizationMessageTransform.
type CanonicalizationMessageTransform struct{ MessageTransformBase }

// SplitPromptOnMarkerMessageTransform makes several messages of each text that has a marker in it; spelled
// PluginSplitPromptOnMarkerMessageTransform.
type SplitPromptOnMarkerMessageTransform struct {
	MessageTransformBase
	// Marker nil means a newline and three hyphens.
	Marker *string `spec:"marker"`
}
