package exchange

import (
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// HasImage reports whether a message holds an image.
func HasImage(m *message.Message) bool {
	return slices.ContainsFunc(m.Contents, func(p message.Part) bool { return p.Image != "" })
}

// notInName are the characters that providers refuse in the name of a schema.
var notInName = lazy(`[^a-zA-Z0-9_-]`)

// ResponseSchema is the schema of the JSON that a prompt asks for, and a name for it. With freeKeys, objects may have keys
// that the schema does not name.
func ResponseSchema(p *prompt.Prompt, freeKeys bool) (name string, schema value.Value, err error) {
	schema, err = model.StrictSchema(p.ResponseFormat, freeKeys)
	if err != nil {
		return "", value.Null, err
	}
	name = notInName().ReplaceAllString(p.ResponseFormat.Title, "_")
	if name == "" {
		name = "response"
	}
	return name, schema, nil
}
