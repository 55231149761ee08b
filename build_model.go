package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// PromptNode asks a model.
type PromptNode struct {
	node[PromptNode]
	llm     spec.LlmConfig
	text    string
	object  *spec.PromptTemplate
	outputs []value.Property
	say     bool
}

// Prompt asks a model with a template, whose variables are the inputs of the node. What the model writes is its output,
// named output.
func Prompt(name string, llm spec.LlmConfig, template string) *PromptNode {
	n := &PromptNode{llm: llm, text: template}
	n.init(n, name, here())
	if isNil(llm) {
		n.fail(n.at, "no-model", "give it one, such as OpenAI returns", "node %q has no model to ask", name)
	}
	return n
}

// Output names what the model writes.
func (n *PromptNode) Output(name string) *PromptNode {
	n.outputs = []value.Property{{Title: name, Type: value.StringType}}
	return n
}

// Outputs makes the model answer with an object, whose members are the outputs.
func (n *PromptNode) Outputs(ports ...value.Property) *PromptNode {
	n.outputs = ports
	return n
}

// Send adds the answer to the conversation.
func (n *PromptNode) Send() *PromptNode {
	n.say = true
	return n
}

// Messages makes the prompt one of several messages, in place of the template.
func (n *PromptNode) Messages(template *spec.PromptTemplate) *PromptNode {
	n.object, n.text = template, ""
	return n
}

func (n *PromptNode) compose(*builder, string) spec.Node {
	s := &spec.LlmNode{LlmConfig: n.llm, PromptTemplate: n.text, PromptTemplateObject: n.object, SendMessage: n.say}
	s.Outputs = n.outputs
	if s.Outputs == nil {
		s.Outputs = []value.Property{{Title: outerName(n.outputMapping, "output"), Type: value.StringType}}
	}
	return s
}

// outerName is what a port is called outside its node.
func outerName(mapping spec.Dict[string], name string) string {
	if outer, ok := mapping.Get(name); ok {
		return outer
	}
	return name
}

// OpenAI is a model of OpenAI. The key comes from OPENAI_API_KEY unless it is set.
func OpenAI(model string) *spec.OpenAiConfig {
	return &spec.OpenAiConfig{LlmBase: llmBase(model)}
}

// OpenAICompatible is a model of a server that speaks OpenAI's protocol, at an address such as http://host:8000/v1.
func OpenAICompatible(model, url string) *spec.OpenAiCompatibleConfig {
	c := &spec.OpenAiCompatibleConfig{LlmBase: llmBase(model)}
	c.URL = &url
	return c
}

// VLLM is a model of a vLLM server.
func VLLM(model, url string) *spec.VllmConfig {
	return &spec.VllmConfig{OpenAiCompatibleConfig: *OpenAICompatible(model, url)}
}

// Ollama is a model of the Ollama server on this machine, unless its URL is set to another.
func Ollama(model string) *spec.OllamaConfig {
	return &spec.OllamaConfig{OpenAiCompatibleConfig: *OpenAICompatible(model, ollamaURL)}
}

// Gemini is a model of Google by the Gemini API. The key comes from GEMINI_API_KEY unless it is set; for Vertex AI, set
// Auth to a [spec.GeminiVertexAIAuthConfig].
func Gemini(model string) *spec.GeminiConfig {
	auth := &spec.GeminiAIStudioAuthConfig{}
	auth.Name, auth.Metadata = model+" auth", value.NewObject()
	return &spec.GeminiConfig{LlmBase: llmBase(model), Auth: auth}
}

func llmBase(model string) spec.LlmBase {
	base := spec.LlmBase{ModelID: model}
	base.Name, base.Metadata = model, value.NewObject()
	return base
}
