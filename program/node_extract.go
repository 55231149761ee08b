package program

import (
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// extractInput is what both nodes call the text that they look into.
var extractInput = []value.Property{{Title: "text", Type: value.StringType}}

// extractNode takes values from JSON in a text.
func (fc *flowCompiler) extractNode(n *Node, s *spec.ExtractNode) {
	op := &Extract{}
	sig := &signature{inputs: extractInput, branches: nextOnly, loose: true}
	for _, e := range s.OutputValues {
		op.Queries = append(op.Queries, fc.query(at(s, "output_values", e.Key), s, e.Value))
		sig.outputs = append(sig.outputs, value.Property{Title: e.Key, Type: value.StringType})
	}
	fc.ports(n, sig)
	if s.Retry && s.LlmConfig != nil {
		op.Model = fc.model(s.LlmConfig)
		op.Prompt = correctionPrompt
	}
	n.Op = op
}

// correctionText is the reference's, word by word.
var correctionText = mustParse(`
You receive a json string, and an error that is produced, when trying to parse that text.
You should edit that json blob so that the error is resolved.
The keys in the json string must match the ones provided here.

---------------
Json string:

{{ json_string }}
---------------
error:

{{ error }}


----------------
List of acceptable keys in the string:
{% for key in keys %} {{ key }}, {% endfor %}

----------------
(reminder to respond in a JSON blob no matter what)
Assistant:
`)

// correctionPrompt asks a model to mend JSON.
var correctionPrompt = newCorrectionPrompt(correctionText)

func newCorrectionPrompt(t *jinja.Template) *prompt.Template {
	p := &prompt.Template{
		Messages:  []prompt.TemplateMessage{prompt.Text(t)},
		Variables: []value.Property{{Title: "json_string"}, {Title: "error"}, {Title: "keys"}},
	}
	return p
}

// regexNode finds in a text what a regular expression matches.
func (fc *flowCompiler) regexNode(n *Node, s *spec.RegexNode) {
	op := &Find{All: s.AllMatches}
	out := value.Property{Title: "output", Type: value.StringType}.WithDefault(value.String(""))
	if op.All {
		out = value.Property{Title: "output", Type: value.ListOf(value.AnyType)}.WithDefault(value.List())
	}
	fc.ports(n, &signature{inputs: extractInput, outputs: []value.Property{out}, branches: nextOnly, loose: true})
	op.Regex = fc.regex(at(s, "regex_pattern"), s.RegexPattern, 0)
	n.Op = op
}
