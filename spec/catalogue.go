package spec

// The plugins that the extensions belong to, as documents name them.
const (
	agentPlugin          = "AgentPlugin"
	contextPlugin        = "ContextProviderPlugin"
	datastoreNodesPlugin = "DatastoreNodesPlugin"
	embeddingPlugin      = "EmbeddingModelPlugin"
	flowPlugin           = "FlowPlugin"
	managerWorkersPlugin = "ManagerWorkersPlugin"
	mcpPlugin            = "MCPPlugin"
	nodesPlugin          = "NodesPlugin"
	outputParserPlugin   = "OutputParserPlugin"
	promptPlugin         = "PromptTemplatePlugin"
	searchDatastore      = "SearchDatastorePlugin"
	searchPlugin         = "SearchPlugin"
	swarmPlugin          = "SwarmPlugin"
	toolBoxToolPlugin    = "ToolFromToolBoxPlugin"
	toolPlugin           = "ToolPlugin"
	transformPlugin      = "MessageTransformPlugin"
)

// kinds are all component types there are.
var kinds = []Kind{
	// Agents and groups of agents.
	{Name: "Agent", New: empty[Agent]},
	{Name: "ExtendedAgent", Plugin: agentPlugin, Extended: true, New: empty[Agent]},
	{Name: "SpecializedAgent", Since: V25_4_2, New: empty[SpecializedAgent]},
	{Name: "AgentSpecializationParameters", Since: V25_4_2, New: empty[AgentSpecializationParameters]},
	{Name: "Swarm", Since: V25_4_2, New: empty[Swarm]},
	{
		Name: "PluginSwarm", Plugin: swarmPlugin, Extended: true, Legacy: "Swarm",
		New:  empty[Swarm],
		Tags: map[string]string{"relationships": "relationships,default=[]", "handoff": "handoff,nonzero,default=true"},
	},
	{Name: "ManagerWorkers", Since: V25_4_2, New: empty[ManagerWorkers]},
	{
		Name: "PluginManagerWorkers", Plugin: managerWorkersPlugin, Extended: true, Legacy: "ManagerWorkers",
		New:  empty[ManagerWorkers],
		Tags: map[string]string{"workers": "workers,default=[]"},
	},
	{Name: "A2AAgent", Since: V25_4_2, New: empty[A2AAgent]},
	{Name: "A2AConnectionConfig", Since: V25_4_2, New: empty[A2AConnectionConfig]},
	{Name: "OciAgent", New: empty[OciAgent]},
	{Name: "OpenAiAgent", New: empty[OpenAiAgent]},

	// Flows and their edges.
	{Name: "Flow", New: empty[Flow]},
	{Name: "ExtendedFlow", Plugin: flowPlugin, Extended: true, New: empty[Flow]},
	{Name: "ControlFlowEdge", New: empty[ControlFlowEdge]},
	{Name: "DataFlowEdge", New: empty[DataFlowEdge]},

	// Nodes of Agent Spec, with their spellings in the extension.
	{Name: "StartNode", New: empty[StartNode]},
	{Name: "EndNode", New: empty[EndNode]},
	{Name: "LlmNode", New: empty[LlmNode]},
	{Name: "ExtendedLlmNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[LlmNode]},
	{Name: "ToolNode", New: empty[ToolNode]},
	{Name: "ExtendedToolNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ToolNode]},
	{Name: "AgentNode", New: empty[AgentNode]},
	{Name: "ExtendedAgentNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[AgentNode]},
	{Name: "FlowNode", New: empty[FlowNode]},
	{Name: "ParallelFlowNode", Since: V25_4_2, New: empty[ParallelFlowNode]},
	{Name: "ExtendedParallelFlowNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ParallelFlowNode]},
	{Name: "MapNode", New: empty[MapNode]},
	{Name: "ExtendedMapNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[MapNode]},
	{Name: "ParallelMapNode", Since: V25_4_2, New: empty[ParallelMapNode]},
	{Name: "ExtendedParallelMapNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ParallelMapNode]},
	{Name: "BranchingNode", New: empty[BranchingNode]},
	{Name: "CatchExceptionNode", Since: V26_1_2, New: empty[CatchExceptionNode]},
	{Name: "ApiNode", New: empty[ApiNode]},
	{Name: "InputMessageNode", New: empty[InputMessageNode]},
	{Name: "PluginInputMessageNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[InputMessageNode]},
	{Name: "OutputMessageNode", New: empty[OutputMessageNode]},
	{Name: "PluginOutputMessageNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[OutputMessageNode]},

	// Nodes that only the extension has.
	{Name: "PluginCatchExceptionNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[PluginCatchExceptionNode]},
	{Name: "PluginRetryNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[RetryNode]},
	{Name: "PluginChoiceNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ChoiceNode]},
	{Name: "PluginConstantValuesNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ConstantValuesNode]},
	{Name: "PluginExtractNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ExtractNode]},
	{Name: "PluginRegexNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[RegexNode]},
	{Name: "PluginTemplateNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[TemplateNode]},
	{Name: "PluginGetChatHistoryNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[GetChatHistoryNode]},
	{Name: "PluginReadVariableNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[ReadVariableNode]},
	{Name: "PluginWriteVariableNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[WriteVariableNode]},
	{Name: "PluginVariableNode", Plugin: nodesPlugin, Extended: true, New: extendedNode[VariableNode]},
	{Name: "PluginDatastoreCreateNode", Plugin: datastoreNodesPlugin, Extended: true, New: extendedNode[DatastoreCreateNode]},
	{Name: "PluginDatastoreListNode", Plugin: datastoreNodesPlugin, Extended: true, New: extendedNode[DatastoreListNode]},
	{Name: "PluginDatastoreUpdateNode", Plugin: datastoreNodesPlugin, Extended: true, New: extendedNode[DatastoreUpdateNode]},
	{Name: "PluginDatastoreDeleteNode", Plugin: datastoreNodesPlugin, Extended: true, New: extendedNode[DatastoreDeleteNode]},
	{Name: "PluginSearchNode", Plugin: datastoreNodesPlugin, Extended: true, New: extendedNode[SearchNode]},
	{Name: "PluginDatastoreQueryNode", Plugin: datastoreNodesPlugin, Extended: true, New: extendedNode[DatastoreQueryNode]},

	// Context providers. They are nodes, but their ports cannot be renamed.
	{Name: "PluginConstantContextProvider", Plugin: contextPlugin, New: empty[ConstantContextProvider]},
	{Name: "PluginToolContextProvider", Plugin: contextPlugin, New: empty[ToolContextProvider]},
	{Name: "PluginFlowContextProvider", Plugin: contextPlugin, New: empty[FlowContextProvider]},

	// Tools.
	{Name: "ServerTool", New: empty[ServerTool]},
	{Name: "ClientTool", New: empty[ClientTool]},
	{Name: "RemoteTool", New: empty[RemoteTool]},
	{Name: "BuiltinTool", Since: V25_4_2, New: empty[BuiltinTool]},
	{Name: "PluginToolFromToolBox", Plugin: toolBoxToolPlugin, New: empty[ToolFromToolBox]},
	{Name: "PluginToolBox", Plugin: toolPlugin, New: empty[PluginToolBox]},

	// MCP.
	{Name: "MCPTool", New: empty[MCPTool]},
	{Name: "PluginMCPTool", Plugin: mcpPlugin, Extended: true, Legacy: "MCPTool", New: empty[MCPTool]},
	{Name: "MCPToolBox", New: empty[MCPToolBox]},
	{Name: "PluginMCPToolBox", Plugin: mcpPlugin, Extended: true, Legacy: "MCPToolBox", New: empty[MCPToolBox]},
	{Name: "MCPToolSpec", New: empty[MCPToolSpec]},
	{Name: "PluginMCPToolSpec", Plugin: mcpPlugin, Extended: true, Legacy: "MCPToolSpec", New: empty[MCPToolSpec]},
	{Name: "StdioTransport", New: empty[StdioTransport]},
	{Name: "PluginStdioTransport", Plugin: mcpPlugin, Extended: true, New: empty[StdioTransport]},
	{Name: "SSETransport", New: empty[SSETransport]},
	{Name: "PluginSSETransport", Plugin: mcpPlugin, Extended: true, New: empty[SSETransport]},
	{Name: "SSEmTLSTransport", New: empty[SSEmTLSTransport]},
	{Name: "PluginSSEmTLSTransport", Plugin: mcpPlugin, Extended: true, New: empty[SSEmTLSTransport]},
	{Name: "StreamableHTTPTransport", New: empty[StreamableHTTPTransport]},
	{Name: "PluginStreamableHTTPTransport", Plugin: mcpPlugin, Extended: true, New: empty[StreamableHTTPTransport]},
	{Name: "StreamableHTTPmTLSTransport", New: empty[StreamableHTTPmTLSTransport]},
	{
		Name: "PluginStreamableHTTPmTLSTransport", Plugin: mcpPlugin, Extended: true,
		New: empty[StreamableHTTPmTLSTransport],
	},

	// OAuth.
	{Name: "OAuthConfig", Since: V26_1_2, New: empty[OAuthConfig]},
	{Name: "OAuthClientConfig", Since: V26_1_2, New: empty[OAuthClientConfig]},

	// Models.
	{Name: "LlmConfig", Since: V26_1_2, New: empty[GenericLlmConfig]},
	{Name: "OpenAiConfig", New: empty[OpenAiConfig], Tags: map[string]string{
		"provider":     "provider,omitdefault,nonzero,const=openai",
		"api_provider": "api_provider,omitdefault,nonzero,const=openai",
		"api_type":     openAiTypes,
		"url":          "url,omitdefault,since=26.1.2",
		"api_key":      "api_key,sensitive,since=25.4.2",
	}},
	{Name: "OpenAiCompatibleConfig", New: empty[OpenAiCompatibleConfig], Tags: openAiCompatible("")},
	{Name: "VllmConfig", New: empty[VllmConfig], Tags: openAiCompatible("vllm")},
	{Name: "OllamaConfig", New: empty[OllamaConfig], Tags: openAiCompatible("ollama")},
	{Name: "OciGenAiConfig", New: empty[OciGenAiConfig], Tags: map[string]string{
		"provider":     "provider,enum=META|GROK|XAI|COHERE|OTHER",
		"api_provider": "api_provider,omitdefault,nonzero,const=oci",
		"api_type":     "api_type,nonzero,since=25.4.2,enum=openai_chat_completions|openai_responses|oci,default=oci",
		"url":          "url,omitdefault,since=26.1.2",
		"api_key":      "api_key,omitdefault,sensitive,since=26.1.2",
	}},
	{Name: "GeminiConfig", Since: V26_1_2, New: empty[GeminiConfig], Tags: map[string]string{
		"provider": "provider,omitdefault,nonzero,const=google",
		"url":      "url,omitdefault",
	}},
	{Name: "GeminiAIStudioAuthConfig", Since: V26_1_2, New: empty[GeminiAIStudioAuthConfig]},
	{Name: "GeminiVertexAIAuthConfig", Since: V26_1_2, New: empty[GeminiVertexAIAuthConfig]},
	{Name: "DbmsVectorChainLlmConfig", Since: V26_3_1, New: empty[DbmsVectorChainLlmConfig], Tags: map[string]string{
		"provider":     "provider,required",
		"api_provider": "-",
		"api_type":     "-",
		"url":          "url,required",
		"api_key":      "-",
	}},
	{
		Name: "OciClientConfigWithSecurityToken", New: empty[OciClientConfigWithSecurityToken],
		Tags: ociAuth("SECURITY_TOKEN"),
	},
	{Name: "OciClientConfigWithApiKey", New: empty[OciClientConfigWithApiKey], Tags: ociAuth("API_KEY")},
	{
		Name: "OciClientConfigWithInstancePrincipal", New: empty[OciClientConfigWithInstancePrincipal],
		Tags: ociAuth("INSTANCE_PRINCIPAL"),
	},
	{
		Name: "OciClientConfigWithResourcePrincipal", New: empty[OciClientConfigWithResourcePrincipal],
		Tags: ociAuth("RESOURCE_PRINCIPAL"),
	},

	// Datastores.
	{Name: "InMemoryCollectionDatastore", Since: V26_1_2, New: empty[InMemoryCollectionDatastore]},
	{
		Name: "PluginInMemoryDatastore", Plugin: searchDatastore, Extended: true, Since: V26_1_2,
		New: empty[InMemoryCollectionDatastore],
	},
	{Name: "OracleDatabaseDatastore", Since: V26_1_2, New: empty[OracleDatabaseDatastore]},
	{
		Name: "PluginOracleDatabaseDatastore", Plugin: searchDatastore, Extended: true, Since: V26_1_2,
		New: empty[OracleDatabaseDatastore],
	},
	{Name: "TlsOracleDatabaseConnectionConfig", Since: V26_1_2, New: empty[TlsOracleDatabaseConnectionConfig]},
	{Name: "MTlsOracleDatabaseConnectionConfig", Since: V26_1_2, New: empty[MTlsOracleDatabaseConnectionConfig]},
	{Name: "PostgresDatabaseDatastore", Since: V26_1_2, New: empty[PostgresDatabaseDatastore]},
	{Name: "TlsPostgresDatabaseConnectionConfig", Since: V26_1_2, New: empty[TlsPostgresDatabaseConnectionConfig]},

	// Embeddings and search.
	{Name: "PluginOciGenAiEmbeddingConfig", Plugin: embeddingPlugin, New: empty[OciGenAiEmbeddingConfig]},
	{Name: "PluginOpenAiEmbeddingConfig", Plugin: embeddingPlugin, New: empty[OpenAiEmbeddingConfig]},
	{
		Name: "PluginOpenAiCompatibleEmbeddingConfig", Plugin: embeddingPlugin,
		New: empty[OpenAiCompatibleEmbeddingConfig],
	},
	{Name: "PluginOllamaEmbeddingConfig", Plugin: embeddingPlugin, New: empty[OllamaEmbeddingConfig]},
	{Name: "PluginVllmEmbeddingConfig", Plugin: embeddingPlugin, New: empty[VllmEmbeddingConfig]},
	{Name: "PluginSearchConfig", Plugin: searchPlugin, New: empty[SearchConfig]},
	{Name: "PluginVectorRetrieverConfig", Plugin: searchPlugin, New: empty[VectorRetrieverConfig]},
	{Name: "PluginVectorConfig", Plugin: searchPlugin, New: empty[VectorConfig]},
	{Name: "PluginSearchToolBox", Plugin: searchPlugin, New: empty[SearchToolBox]},

	// Prompts.
	{Name: "PluginPromptTemplate", Plugin: promptPlugin, New: empty[PromptTemplate]},
	{Name: "PluginRegexOutputParser", Plugin: outputParserPlugin, New: empty[RegexOutputParser]},
	{Name: "PluginJsonOutputParser", Plugin: outputParserPlugin, New: empty[JSONOutputParser]},
	{Name: "PluginToolOutputParser", Plugin: outputParserPlugin, New: empty[ToolOutputParser]},
	{Name: "PluginJsonToolOutputParser", Plugin: outputParserPlugin, New: empty[JSONToolOutputParser]},
	{Name: "PluginPythonToolOutputParser", Plugin: outputParserPlugin, New: empty[PythonToolOutputParser]},
	{Name: "PluginReactToolOutputParser", Plugin: outputParserPlugin, New: empty[ReactToolOutputParser]},

	// Message transforms.
	{
		Name: "MessageSummarizationTransform", Since: V26_1_2,
		New: func() Component { return NewMessageSummarization() },
		Tags: map[string]string{
			"cache_collection_name": "cache_collection_name,nonzero,default=" + summarizedMessages,
		},
	},
	{
		Name: "ConversationSummarizationTransform", Since: V26_1_2,
		New: func() Component { return NewConversationSummarization() },
		Tags: map[string]string{
			"cache_collection_name": "cache_collection_name,nonzero,default=" + summarizedConversations,
		},
	},
	transform("CoalesceSystemMessages", empty[CoalesceSystemMessagesTransform]),
	transform("RemoveEmptyNonUserMessage", empty[RemoveEmptyNonUserMessageTransform]),
	transform("AppendTrailingSystemMessageToUserMessage", empty[AppendTrailingSystemMessageToUserMessageTransform]),
	transform("LlamaMergeToolRequestAndCalls", empty[LlamaMergeToolRequestAndCallsTransform]),
	transform("ReactMergeToolRequestAndCalls", empty[ReactMergeToolRequestAndCallsTransform]),
	transform("ToolRequestAndCalls", empty[ToolRequestAndCallsTransform]),
	transform("CanonicalizationMessage", empty[CanonicalizationMessageTransform]),
	transform("SplitPromptOnMarkerMessage", empty[SplitPromptOnMarkerMessageTransform]),
	{
		// A name of earlier versions.
		Name: "PluginSwarmToolRequestAndCallsTransform", Plugin: transformPlugin, Extended: true, Since: V26_1_2,
		Legacy: "PluginToolRequestAndCallsTransform", New: empty[ToolRequestAndCallsTransform],
	},
}

// component is implemented by pointers to the structs of components.
type component[T any] interface {
	*T
	Component
}

func empty[T any, P component[T]]() Component { return P(new(T)) }

// extendedNode returns a node that knows that it is spelled as the extension does.
func extendedNode[T any, P interface {
	component[T]
	Node
}]() Component {
	n := P(new(T))
	n.Node().Extended = true
	return n
}

func transform(name string, newFunc func() Component) Kind {
	return Kind{Name: "Plugin" + name + "Transform", Plugin: transformPlugin, Since: V26_1_2, New: newFunc}
}

// openAiTypes is the tag of api_type for servers that speak OpenAI's protocol.
const openAiTypes = "api_type,nonzero,since=25.4.2,enum=chat_completions|responses,default=chat_completions"

// openAiCompatible returns the tags of [LlmBase] for servers that speak OpenAI's protocol and always are the given
// provider, or any if that is empty.
func openAiCompatible(provider string) map[string]string {
	tags := map[string]string{
		"url":      "url,required",
		"api_type": openAiTypes,
		"api_key":  "api_key,sensitive,since=25.4.2",
	}
	if provider != "" {
		tags["api_provider"] = "api_provider,omitdefault,nonzero,const=" + provider
	}
	return tags
}

func ociAuth(authType string) map[string]string {
	return map[string]string{"auth_type": "auth_type,nonzero,const=" + authType}
}
