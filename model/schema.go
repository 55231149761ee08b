package model

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// ToolParameters returns the JSON schema of a tool's arguments, see [prompt.Tool.Parameters].
func ToolParameters(t *prompt.Tool) value.Value { return t.Parameters() }

// ErrFreeKeys is [prompt.ErrFreeKeys].
var ErrFreeKeys = prompt.ErrFreeKeys

// StrictSchema is [prompt.StrictSchema].
func StrictSchema(p *value.Property, freeKeys bool) (value.Value, error) {
	return prompt.StrictSchema(p, freeKeys)
}

// Estimate is [prompt.Estimate].
func Estimate(p *prompt.Prompt, answer *message.Message) message.Usage {
	return prompt.Estimate(p, answer)
}
