package program

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// placeholder is what Agent Spec takes for a template variable. The runtime's templates can do more.
var placeholder = regexp.MustCompile(`\{\{\s*([\pL\pN_]+)\s*\}\}`)

// template parses a template of a node and returns its inputs: first the variables, in the order in which rendering
// wants them, then what only Agent Spec takes for one and the document goes along with, such as a loop's own variable.
func (fc *flowCompiler) template(n spec.Node, field, text string) (*jinja.Template, []value.Property) {
	t, err := jinja.Parse(text)
	if err != nil {
		fc.errorf(at(n, field), "template", "mend the template", "the template of %s is wrong%s", nodeName(n), templateError(err))
		return nil, nil
	}
	var inputs []value.Property
	for _, v := range t.Variables() {
		inputs = append(inputs, prompt.Input(v))
	}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if _, ok := find(inputs, m[1]); !ok && fc.mentions(n, m[1]) {
			inputs = append(inputs, value.Property{Title: m[1], Type: value.StringType})
		}
	}
	return t, inputs
}

// mentions reports whether the document declares an input of a node, or leads an edge to it.
func (fc *flowCompiler) mentions(n spec.Node, input string) bool {
	_, declared := find(n.Ports().Inputs, input)
	return declared || slices.ContainsFunc(fc.spec.DataFlowConnections, func(e *spec.DataFlowEdge) bool {
		return e.DestinationInput == input && e.DestinationNode == n
	})
}

// mustParse parses a template of the runtime itself.
func mustParse(text string) *jinja.Template {
	t, err := jinja.Parse(text)
	if err != nil {
		panic(err)
	}
	return t
}

// templateError says what is wrong with a template, and where in it.
func templateError(err error) string {
	var syntax *jinja.SyntaxError
	if errors.As(err, &syntax) {
		return ": " + strings.TrimPrefix(syntax.Error(), "template ")
	}
	return ": " + err.Error()
}

// hidden are the inputs that a document need not declare: Agent Spec only knows plain placeholders, so a variable that
// a template uses in another way cannot be declared on a node of the core.
func hidden(text string, inputs []value.Property) []string {
	plain := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		plain[m[1]] = true
	}
	var names []string
	for _, p := range inputs {
		if !plain[p.Title] {
			names = append(names, p.Title)
		}
	}
	return names
}
