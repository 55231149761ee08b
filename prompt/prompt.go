// Package prompt makes what a model is asked: it renders templates, and turns a conversation and the options of a node
// or an agent into a [Prompt]. Templates are in package prompt/jinja. Nothing here calls a model.
package prompt

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Prompt is one request to a model, in our own terms; each provider translates it to its own. It is plain data.
type Prompt struct {
	Messages []message.Message `json:"messages"`
	// Tools are offered to the model, in this order.
	Tools []Tool `json:"tools,omitempty"`
	// ResponseFormat asks for an answer that is JSON of this schema; nil asks for text.
	ResponseFormat *value.Property `json:"response_format,omitempty"`
	// Generation are parameters that replace the model configuration's own, keys as in Agent Spec (max_tokens,
	// temperature, top_p, stop, frequency_penalty, ...); nil keeps those of the configuration.
	Generation *value.Object `json:"generation,omitempty"`
}

// Tool is a tool as a model sees it.
type Tool struct {
	Name        string           `json:"name"`
	Description string           `json:"description,omitempty"`
	Inputs      []value.Property `json:"inputs,omitempty"`
}
