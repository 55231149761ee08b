package spec

import "github.com/wayflow-go/wayflow/value"

// ConstantValuesNode has one output for each of its values; spelled PluginConstantValuesNode.
type ConstantValuesNode struct {
	NodeBase
	// ConstantValues give the value of each output.
	ConstantValues *value.Object `spec:"constant_values,required"`
}

// TemplateNode renders a template; spelled PluginTemplateNode. Its output is output.
type TemplateNode struct {
	NodeBase
	// Template is a template; its variables are the inputs.
	Template string `spec:"template,required"`
}

// ExtractNode finds JSON in its input text and takes values from it; spelled PluginExtractNode.
type ExtractNode struct {
	NodeBase
	// OutputValues give for each output the jq query that takes it.
	OutputValues Dict[string] `spec:"output_values,required"`
	// Retry has the model of LlmConfig repair the JSON where nothing is found.
	LlmConfig LlmConfig `spec:"llm_config"`
	Retry     bool      `spec:"retry"`
}

func (n *ExtractNode) check(report func(key, problem string)) {
	if n.Retry && n.LlmConfig == nil {
		report("llm_config", "there must be a model where retry is true")
	}
}

// RegexNode finds in its input text what a regular expression matches; spelled PluginRegexNode. Its
// output is output: a text, or a list of texts.
type RegexNode struct {
	NodeBase
	// RegexPattern has no flags if it is a text alone.
	RegexPattern Regex `spec:"regex_pattern,required"`
	// AllMatches makes the output the list of all matches (in documents: return_first_match_only, negated).
	AllMatches bool `spec:"return_first_match_only,negated"`
}
