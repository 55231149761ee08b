package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// ConstantsNode has fixed values.
type ConstantsNode struct {
	node[ConstantsNode]
	values  *value.Object
	outputs []value.Property
}

// Constants has an output for each value that [ConstantsNode.Set] gives it.
func Constants(name string) *ConstantsNode {
	n := &ConstantsNode{values: value.NewObject()}
	return n.init(n, name, here())
}

// Set adds an output and its value: a [value.Value], or any Go value that a tool may return.
func (n *ConstantsNode) Set(output string, v any) *ConstantsNode {
	val, err := tool.ValueOf(v)
	t, err2 := tool.TypeOf(v)
	if err == nil {
		err = err2
	}
	if err != nil {
		n.fail(here(), "constant", "", "the value of %q: %s", output, err)
		return n
	}
	n.values = n.values.With(output, val)
	n.outputs = append(n.outputs, value.Property{Title: output, Type: t})
	return n
}

func (n *ConstantsNode) compose(*builder, string) spec.Node {
	s := &spec.ConstantValuesNode{ConstantValues: n.values}
	for _, p := range n.outputs {
		s.Outputs = append(s.Outputs, p.WithTitle(outerName(n.outputMapping, p.Title)))
	}
	return s
}

// TemplateNode renders a template.
type TemplateNode struct {
	node[TemplateNode]
	text string
}

// Template renders a template, whose variables are the inputs of the node. The text is its output, named output.
func Template(name, text string) *TemplateNode {
	n := &TemplateNode{text: text}
	return n.init(n, name, here())
}

// Output gives the output another name.
func (n *TemplateNode) Output(name string) *TemplateNode { return n.RenameOutput("output", name) }

func (n *TemplateNode) compose(*builder, string) spec.Node {
	return &spec.TemplateNode{Template: n.text}
}

// RegexNode finds what a regular expression matches.
type RegexNode struct {
	node[RegexNode]
	pattern spec.Regex
	all     bool
}

// Regex finds what a regular expression matches in its input text; what it finds first is its output, named output.
func Regex(name, pattern string) *RegexNode {
	n := &RegexNode{pattern: spec.Regex{Text: pattern}}
	return n.init(n, name, here())
}

// Pattern sets the expression together with its flags and the match that counts.
func (n *RegexNode) Pattern(p spec.RegexPattern) *RegexNode {
	n.pattern = spec.Regex{Pattern: &p}
	return n
}

// All makes the output the list of all matches.
func (n *RegexNode) All() *RegexNode {
	n.all = true
	return n
}

// Input gives the input another name.
func (n *RegexNode) Input(name string) *RegexNode { return n.RenameInput("text", name) }

// Output gives the output another name.
func (n *RegexNode) Output(name string) *RegexNode { return n.RenameOutput("output", name) }

func (n *RegexNode) compose(*builder, string) spec.Node {
	s := &spec.RegexNode{RegexPattern: n.pattern, AllMatches: n.all}
	if n.all {
		matches := value.Property{Title: outerName(n.outputMapping, "output"), Type: value.ListOf(value.StringType)}
		s.Outputs = []value.Property{matches.WithDefault(value.List())}
	}
	return s
}

// ExtractNode takes values out of JSON in a text.
type ExtractNode struct {
	node[ExtractNode]
	queries spec.Dict[string]
	ports   []value.Property
	llm     spec.LlmConfig
}

// Extract finds JSON in its input text and takes from it the outputs that [ExtractNode.Take] says.
func Extract(name string) *ExtractNode {
	n := &ExtractNode{}
	return n.init(n, name, here())
}

// Take adds an output, see [Port], and the jq query that takes its value.
func (n *ExtractNode) Take(output value.Property, query string) *ExtractNode {
	n.ports = append(n.ports, output)
	n.queries = append(n.queries, spec.Entry[string]{Key: output.Title, Value: query})
	return n
}

// Repair has a model mend the text where no JSON is found in it.
func (n *ExtractNode) Repair(llm spec.LlmConfig) *ExtractNode {
	n.llm = llm
	return n
}

// Input gives the input another name.
func (n *ExtractNode) Input(name string) *ExtractNode { return n.RenameInput("text", name) }

func (n *ExtractNode) compose(*builder, string) spec.Node {
	s := &spec.ExtractNode{OutputValues: n.queries, LlmConfig: n.llm, Retry: n.llm != nil}
	for _, p := range n.ports {
		s.Outputs = append(s.Outputs, p.WithTitle(outerName(n.outputMapping, p.Title)))
	}
	return s
}
