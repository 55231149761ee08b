package spec

// OutputParser makes something else of the answer of a model. All parsers belong to the extension.
type OutputParser interface {
	Component
	outputParser()
}

// OutputParserBase is what all output parsers share.
type OutputParserBase struct{ ComponentBase }

func (*OutputParserBase) outputParser() {}

// RegexOutputParser takes parts of the answer by regular expressions; spelled PluginRegexOutputParser.
type RegexOutputParser struct {
	OutputParserBase
	// RegexPattern gives a text, or with several an object as JSON text. In a text alone the dot matches newlines too.
	RegexPattern RegexSet `spec:"regex_pattern,required"`
	// Lenient returns the whole answer where nothing matches, and not an empty text (in documents: strict, negated).
	Lenient bool `spec:"strict,negated"`
}

// JSONOutputParser repairs the answer as JSON; spelled PluginJsonOutputParser.
type JSONOutputParser struct {
	OutputParserBase
	// Properties give for each name a jq query; nil takes the whole JSON.
	Properties Dict[string] `spec:"properties"`
}

// ToolOutputParserBase is what the parsers share that look for tool calls in texts.
type ToolOutputParserBase struct {
	OutputParserBase
	// Tools are those that can be called; nil means those of the prompt.
	Tools []Tool `spec:"tools"`
}

// ToolOutputParser says nothing about how calls are written; spelled PluginToolOutputParser. Nothing can run it.
type ToolOutputParser struct{ ToolOutputParserBase }

// JSONToolOutputParser finds calls written as JSON; spelled PluginJsonToolOutputParser.
type JSONToolOutputParser struct{ ToolOutputParserBase }

// PythonToolOutputParser finds calls written as in Python; spelled PluginPythonToolOutputParser.
type PythonToolOutputParser struct{ ToolOutputParserBase }

// ReactToolOutputParser finds calls written as the ReAct pattern has them; spelled PluginReactToolOutputParser.
type ReactToolOutputParser struct{ ToolOutputParserBase }
