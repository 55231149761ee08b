package spec

import "slices"

// AgenticComponent is a component that one can talk to: an agent, a group of agents, a remote agent or a flow (Agent
// Spec, "AgenticComponent").
type AgenticComponent interface {
	WithIO
	agentic()
}

// Agent is a model in a loop: it talks, calls tools, and goes on with their results until it answers or has its outputs
// (Agent Spec, "Agent"). Spelled ExtendedAgent when it has one of the fields of the extension.
type Agent struct {
	ComponentBase
	IO
	// LlmConfig is the model that the agent asks.
	LlmConfig LlmConfig `spec:"llm_config,required"`
	// SystemPrompt is a template; its placeholders are the inputs of the agent. Empty is no system message.
	SystemPrompt string `spec:"system_prompt,required"`
	// Tools and Toolboxes are what the agent may call. Those of toolboxes are looked up before each call of the model.
	Tools     []Tool    `spec:"tools,default=[]"`
	Toolboxes []ToolBox `spec:"toolboxes,since=25.4.2,default=[]" ext:"toolboxes,default=[]"`
	// Unattended forbids the agent to ask the user; it goes on until it submits its outputs (in documents:
	// human_in_the_loop, negated).
	Unattended bool `spec:"human_in_the_loop,negated,since=25.4.2" ext:"human_in_the_loop,negated"`
	// Transforms change the messages before the model sees them, in this order.
	Transforms []MessageTransform `spec:"transforms,since=26.1.2,default=[]" ext:"transforms,default=[]"`

	// ContextProviders offer values to the placeholders of the system prompt, anew for each call of the model.
	ContextProviders []ContextProvider `spec:"-" ext:"context_providers"`
	// CanFinishConversation lets the agent end the conversation.
	CanFinishConversation bool `spec:"-" ext:"can_finish_conversation"`
	// RaiseExceptions makes the failure of a tool, flow or agent that was called the failure of the agent; otherwise the
	// model is told.
	RaiseExceptions bool `spec:"-" ext:"raise_exceptions"`
	// MaxIterations bounds the calls of the model from one message of the user to the next; 0 means 10.
	MaxIterations int `spec:"-" ext:"max_iterations,nonzero,default=10"`
	// InitialMessage is what the agent says first in an empty conversation. Nil makes the model speak first,
	// [DefaultInitialMessage] stands for the runtime's own greeting, or none if the agent is unattended.
	InitialMessage *string `spec:"-" ext:"initial_message,default=N/A"`
	// CallerInputMode is "always" or "never"; empty means always. The agent is unattended if it is never or Unattended
	// is set.
	CallerInputMode string `spec:"-" ext:"caller_input_mode,nonzero,enum=never|always,default=always"`
	// StrictOutputValidation lists wrong outputs back to the model instead of casting them or taking defaults.
	StrictOutputValidation bool `spec:"-" ext:"strict_output_validation"`
	// Agents and Flows can be called by the model as if they were tools.
	Agents []*Agent `spec:"-" ext:"agents,default=[]"`
	Flows  []*Flow  `spec:"-" ext:"flows,default=[]"`
	// AgentTemplate replaces the prompt that the runtime makes for the model; it gets the agent's tools and, as the
	// variable custom_instruction, the system prompt. Nil means the model's own.
	AgentTemplate *PromptTemplate `spec:"-" ext:"agent_template"`
}

// DefaultInitialMessage in [Agent.InitialMessage] stands for the runtime's own greeting.
const DefaultInitialMessage = "N/A"

// The values of CallerInputMode, in [Agent] and [AgentNode].
const (
	CallerInputAlways = "always"
	CallerInputNever  = "never"
)

func (*Agent) agentic() {}
func (*Agent) manager() {}

func (a *Agent) extended() bool {
	return a.ContextProviders != nil || a.CanFinishConversation || a.RaiseExceptions ||
		!slices.Contains([]int{0, 10}, a.MaxIterations) || a.InitialMessage != nil ||
		!slices.Contains([]string{"", CallerInputAlways}, a.CallerInputMode) || a.StrictOutputValidation ||
		len(a.Agents) > 0 || len(a.Flows) > 0 || a.AgentTemplate != nil
}

// SpecializedAgent is an agent with further instructions and tools (Agent Spec 25.4.2, "SpecializedAgent").
type SpecializedAgent struct {
	ComponentBase
	IO
	// Agent is the agent that is specialized.
	Agent *Agent `spec:"agent,required"`
	// AgentSpecializationParameters are what is added to it.
	AgentSpecializationParameters *AgentSpecializationParameters `spec:"agent_specialization_parameters,required"`
}

func (*SpecializedAgent) agentic() {}
func (*SpecializedAgent) manager() {}

// AgentSpecializationParameters are what a [SpecializedAgent] adds to its agent.
type AgentSpecializationParameters struct {
	ComponentBase
	IO
	// AdditionalInstructions is a template that is merged with the agent's system prompt.
	AdditionalInstructions *string `spec:"additional_instructions"`
	// AdditionalTools are added to the agent's tools.
	AdditionalTools []Tool `spec:"additional_tools"`
	// HumanInTheLoop replaces the agent's own setting unless it is nil.
	HumanInTheLoop *bool `spec:"human_in_the_loop"`
}
