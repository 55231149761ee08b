package main

import "strings"

// codeSection are kinds of findings about one subject.
type codeSection struct {
	title string
	codes []findingCode
}

// findingCode says what one kind of finding means.
type findingCode struct {
	// name is what findings have as their code; it never changes once released.
	name string
	// means says what was found, example shows it, and mend says what to do. They are Markdown.
	means, example, mend string
}

// help is all of that in one text.
func (c *findingCode) help() string {
	return c.means + ", such as " + c.example + ". " + c.mend + "."
}

// codeSections are all kinds of findings that there are; docs/diagnostics.md is made of them.
var codeSections = []codeSection{
	{"Reading a document", []findingCode{
		{"file", "The file cannot be read", "`wayflow validate missing.yaml`", "Check its name and who may read it"},
		{"syntax", "The text is no YAML, JSON or UTF-8", "`nodes: [a, b`", "Mend the text at the place that is named"},
		{"too-large", "The document, or the number of its findings, goes beyond a bound", "a file of 100 MiB", "Split the document, or raise `LoadOptions.MaxSize`"},
		{"too-deep", "Values or components lie too many levels inside each other", "1,001 lists, one inside the other", "Put inner parts into `$referenced_components`"},
		{"duplicate-key", "An object has one key twice, or a field by two of its names", "`name: a` and `name: b`", "Remove one of them"},
		{"not-a-string", "YAML takes a text for something else", "`yes: next` as a key, `name: 2025-01-01`", "Put it in quotes"},
		{"not-a-component", "A component was expected, and there is something else", "an object without `component_type`", "Say with `component_type` what it is"},
		{"unknown-type", "There is no such component type", "`component_type: StratNode`", "Use the type that is suggested; `--allow-unknown` keeps unknown ones"},
		{"unknown-field", "A component has no such field", "`promt_template: ...`", "Use the field that is suggested; `--allow-unknown` keeps unknown ones"},
		{"missing-field", "A required field is missing", "a `ToolNode` without `tool`", "Add the field"},
		{"wrong-type", "A field holds a value of the wrong type", "`nodes: 3`", "Give a value of the type that is named"},
		{"bad-value", "A field holds a value that is not allowed, alone or beside another field", "`match: second`", "Use one of the values that are named"},
		{"bad-property", "An input, output or variable is not described by a proper JSON Schema with a title", "`{type: string}` without a title", "Give it a title, a known type, and a default that fits"},
		{"unknown-reference", "A reference leads nowhere", "`$component_ref: no-such-id`", "Define the component in `$referenced_components`, or supply it with `--components`"},
		{"wrong-reference", "A reference leads to something that cannot stand there", "a model where a tool must be", "Refer to a component of the right type"},
		{"reference-cycle", "A component contains itself by way of references", "a flow that refers to its own id", "Break the cycle; loop with control edges instead"},
		{"duplicate-id", "Two components have one id", "two nodes with `id: a`", "Give them different ids, or define one and refer to it"},
		{"unused-definition", "Nothing refers to a component of `$referenced_components`", "a tool that no node uses", "Remove it, or refer to it"},
		{"version", "The version is missing or unknown, or too old for what the document has", "a `Swarm` with `agentspec_version: 25.4.1`", "Write the version that is named"},
		{"blocked", "The load policy does not allow a component type", "a `StdioTransport`, which starts a program", "Allow the type when loading if you trust the document"},
		{"legacy", "A type or key is from an earlier version", "`component_type: PluginSwarm`", "Use what is named instead"},
		{"missing-value", "A value that the document leaves to its surroundings was not supplied", "`api_key: {$component_ref: m.api_key}`", "Supply it with `--value`, `--values` or the environment"},
		{"unsupported", "The document is right, but this version cannot run a component of it", "an `Agent` at the root", "Use another component, or another runtime"},
	}},
	{"The shape of a flow", []findingCode{
		{"no-start", "A flow has no start node", "`start_node: null`", "Add a `StartNode` and name it in `start_node`"},
		{"start-not-listed", "The start node is not among the nodes", "`nodes` without it", "List it in `nodes`"},
		{"two-starts", "A flow has a second start node", "two `StartNode`s in `nodes`", "Keep one"},
		{"no-end", "A flow has no end node", "`nodes` without an `EndNode`", "Add one and lead an edge to it"},
		{"no-node", "An entry of `nodes` is missing", "a nil node, in a flow built in Go", "Remove it"},
		{"duplicate-node", "`nodes` lists one node twice", "two references to one id", "List each node once"},
		{"node-name", "Two nodes of a flow built in Go have one name", "`Prompt(\"a\", ...)` twice", "Give each a name of its own"},
		{"recursive-flow", "A flow runs itself", "a `FlowNode` with the flow that it is in", "Loop inside the flow, or use a map or retry node"},
		{"recursive-agent", "An agent calls itself", "an agent that is one of its own `agents`", "Let the agents talk to each other as a `Swarm`"},
		{"initial-message", "An agent says something first, and nobody can answer", "`human_in_the_loop: false` with an `initial_message`", "Remove the message, or let the agent talk to the user"},
		{"no-instruction", "An agent does not tell its model what to do", "an empty `system_prompt` without `initial_message`", "Write a `system_prompt`"},
		{"unattended-limit", "An agent that nobody answers cannot call its tools", "`max_iterations: 1`", "Raise `max_iterations`"},
		{"auto-name", "A flow or an agent is offered to a model under a name that was made up", "`agent_0a1b2c3d__auto`", "Give it a name by which a model can call it"},
		{"no-description", "What a model can choose has no description", "an agent in `agents` without `description`", "Say what it is good for"},
		{"tool-clash", "A model is offered two things of one name", "a tool `submit_result` of an agent with outputs", "Give each a name of its own"},
		{"member-name", "Two agents of a team have one name", "two workers named `writer`", "Give each a name of its own"},
		{"relationship", "A relationship of a swarm is listed twice, or leads from an agent to itself", "`[[a, a]]`", "Remove it"},
		{"start-end-ports", "Inputs and outputs of a start or end node differ", "`inputs: [a]`, `outputs: [b]`", "Give both lists the same properties, or leave one out"},
		{"flow-inputs", "The inputs of a flow are not those of its start node", "the flow declares `x`, the start node `y`", "Give both the same inputs"},
		{"flow-outputs", "A declared output of a flow is not certain to have a value of its type", "an end node that lacks it", "Feed it to each end node, or give it a default"},
		{"end-types", "An output has different types in different end nodes", "a string here, an integer there", "Give it one type"},
		{"duplicate-port", "A component has two inputs or two outputs of one name", "`outputs: [a, a]`", "Give each a name of its own"},
		{"duplicate-variable", "A flow has two variables of one name", "`state: [a, a]`", "Give each a name of its own"},
		{"variable-default", "A variable lacks the value that it begins with, or that value is wrong", "a list without a default", "Give it a default, such as `[]`"},
	}},
	{"Control edges", []findingCode{
		{"edge-to-foreign-node", "An edge touches a node that is not in the flow", "an edge to a node of a sub-flow", "List the node in `nodes`, or remove the edge"},
		{"edge-into-start", "An edge enters the start node", "a loop back to the start", "Lead it to the node after the start"},
		{"edge-out-of-end", "An edge leaves an end node", "`from_node` is an `EndNode`", "Remove it"},
		{"edge-from-end", "An edge leaves the end of a flow built in Go", "`From(end)`", "Remove it"},
		{"unknown-node", "An edge of a flow built in Go names a node that the flow lacks", "a node that no edge leads to", "Lead an edge to it"},
		{"unknown-branch", "An edge leaves a branch that its node does not have", "`from_branch: yes` where the branch is `Yes`", "Use one of the branches that are listed"},
		{"duplicate-branch-edge", "Two edges leave one branch", "two edges without `from_branch`", "Keep one; to run both use a parallel node"},
		{"start-without-edge", "No edge leaves the start node", "a flow without control edges", "Lead an edge to the first node"},
		{"branch-without-edge", "No edge leaves a branch, so the flow ends there", "a `BranchingNode` without an edge from `default`", "Lead an edge to an end node if that is meant"},
		{"unreachable-node", "A node can never run", "a node that no edge leads to", "Lead an edge to it, or remove it"},
		{"endless-loop", "Once at this node the flow can never end", "a loop that no branch leaves", "Lead a branch out of the loop"},
	}},
	{"Ports and data edges", []findingCode{
		{"missing-input", "A declared list of inputs lacks one that is needed", "a template uses `{{x}}`, `inputs` lists `y`", "Declare it, or leave `inputs` out"},
		{"missing-output", "A declared list of outputs lacks one", "`outputs` without one of the tool's", "Declare it, or leave `outputs` out"},
		{"unknown-input", "There is no such input", "a data edge to `nmae`", "Use one of the inputs that are listed"},
		{"unknown-output", "There is no such output", "a data edge from `resutl`", "Use one of the outputs that are listed"},
		{"unknown-mapping", "A mapping renames a port that the node does not have", "`input_mapping: {x: y}` without an input `x`", "Name one of the ports that are listed"},
		{"branches", "Declared branches are not those that the node has", "`branches: [next]` on a `BranchingNode`", "List those that are named, or leave them out"},
		{"type-mismatch", "One type cannot feed another", "a string into an integer", "Change one of the types, or put a node between that converts"},
		{"input-not-fed", "An input has no value on some way through the flow", "an input that only one of two branches feeds", "Feed it on every way, or give it a default"},
		{"wired-by-name", "A flow has no data edges, so each output feeds all inputs of its name", "`data_flow_connections: []`", "List the data edges"},
		{"unchecked-input", "An input of the flow feeds an input of the same name without an edge, and may not fit it", "an input of type string, and a node's input of that name of type integer", "Give both one type, or lead a data edge"},
		{"null-over-default", "An input has a default, but what feeds it may be null, and null counts", "an output of type string or null into an input with a default", "Use a type without null, or a branch for null"},
		{"unread-output", "Nothing reads what a node yields", "an `LlmNode` whose text goes nowhere", "Lead a data edge from it, or remove the node"},
		{"unused-input", "Nothing uses an input of the flow", "an input `x` that no edge leaves", "Remove it, or lead a data edge from it"},
		{"unfed-variable", "A variable of a template may be missing, and always is", "`{% if note %}` where nothing feeds `note`", "Lead a data edge to it, or declare it with a default"},
	}},
	{"Templates, queries and patterns", []findingCode{
		{"template", "A template is wrong", "`{{ name`", "Mend it; it is written as for Jinja2"},
		{"jq", "A jq query is wrong", "`.a[`", "Mend it"},
		{"regex", "A regular expression is wrong", "`(a`", "Mend it; it is written as in Python"},
		{"chat-format", "A model's metadata asks for a chat format that is not known", "`metadata: {chat_format: lama}`", "Use one of those that are named"},
		{"summary-cache", "The datastore of a summarization has no collection for its cache, or one without a column that it needs", "a collection without `cache_content`", "Give it the properties that are named"},
		{"two-histories", "A prompt has the conversation twice", "`{{__CHAT_HISTORY__}}` and a placeholder message", "Use one of them"},
		{"send-structured", "An answer that is no text cannot be sent to the user", "`send_message` with two outputs", "Send no message, or declare one output that is a string"},
		{"message-type", "A message of this type cannot be written", "`message_type: TOOL_RESULT`", "Use AGENT, SYSTEM, THOUGHT or DISPLAY_ONLY"},
	}},
	{"Branching, repeating, failing", []findingCode{
		{"default-branch", "A mapping names the branch that is taken anyway", "`mapping: {a: default}`", "Leave the value out"},
		{"same-choice", "Two choices are shown by one name", "`next_branches: [[a, ...], [b, ..., a]]`", "Show each by a name of its own"},
		{"catch-branch", "A flow has the branch that a catching node needs for itself", "an end node with `branch_name: caught_exception_branch`", "Rename it"},
		{"catch-output", "A flow has the output that a catching node needs for itself", "an output `caught_exception_info`", "Rename it"},
		{"catch-default", "An output of a catching node has no value when its flow fails", "an output without a default", "Give it a default"},
		{"max-num-trials", "A retry node tries too often", "`max_num_trials: 100`", "Use a number from 0 to 20"},
		{"reducer", "A reducer is unknown, or cannot be applied to an output", "`reducers: {text: sum}`", "Use append, or an output of the type that is named"},
		{"nothing-iterated", "A map has no list to go through", "a `MapNode` fed by a single item", "Lead a list of what its flow takes to an input"},
		{"map-items", "A map cannot go through a value of this type", "`iterated_input` of type integer", "Give it a list or an object"},
		{"map-dict", "A map goes through an object, and takes nothing of it", "no `unpack_input`", "Say with `unpack_input` what of `._key` and `._value` goes where"},
		{"map-output", "What a map collects is a list", "an output of a map of type string", "Declare a list"},
	}},
	{"Parallel nodes", []findingCode{
		{"no-subflows", "A parallel node has no flows", "`subflows: []`", "List at least one"},
		{"no-result", "An agent that nobody answers has no outputs", "`caller_input_mode: never` on its node", "Give the agent outputs, or let the user answer it"},
		{"parallel-inputs", "Flows that run at once have one input by different types", "`x` is a string here, an integer there", "Give both one type, or rename one"},
		{"parallel-outputs", "Flows that run at once have an output of the same name", "both yield `result`", "Rename one of them"},
		{"parallel-asks", "A flow that runs beside others may ask the user", "an `InputMessageNode` in it", "Ask before or after, or allow it where the node can"},
		{"parallel-writes", "Flows that run at once work on a collection that one of them changes", "one creates entities that the other lists", "Run one after the other, or use two collections"},
		{"parallel-variables", "Flows that run at once both write a variable of one name; each has its own", "both write `total`", "Name them apart, and hand on as an output what others need"},
		{"max-workers", "The number of workers is negative", "`max_workers: -1`", "Use a positive number, or null"},
	}},
	{"Variables and context providers", []findingCode{
		{"undeclared-variable", "A node names a variable that its flow does not have", "a variable of the flow around it", "Declare it in the `state` of the flow"},
		{"variable-type", "A node and its flow give a variable different types", "a string here, an integer there", "Give both one type"},
		{"write-operation", "An operation is unknown, or cannot be done on a variable", "`insert` into a string", "Use overwrite"},
		{"no-variables", "A variable node neither writes nor reads", "two empty lists", "List variables, or remove the node"},
		{"provider-output", "A context provider does not offer exactly one value", "a tool with two outputs", "Use or name one output"},
		{"provider-tool", "A context provider cannot call a tool that needs inputs", "a tool with an input without a default", "Give it a default, or call it from a node"},
		{"provider-flow", "A context provider cannot run a flow that needs inputs", "a flow with an input without a default", "Give it a default, or run it from a node"},
		{"provider-asks", "A context provider would have to wait for somebody", "a tool that asks for confirmation", "Use one that runs without asking"},
		{"duplicate-provider", "Two context providers of a flow offer one name", "both offer `now`", "Give each a name of its own"},
		{"shadowed-provider", "A flow offers a name that a flow around it offers too", "both offer `now`", "Give each a name of its own; the nearest counts"},
		{"two-providers", "Two context providers feed one input", "two data edges from providers", "Keep one of the edges"},
		{"provider-and-node", "A context provider and a node feed one input", "a node yields what a provider offers", "Rename one, or remove the data edge"},
	}},
	{"Requests", []findingCode{
		{"url", "A URL is wrong", "`url: example`", "Write one such as `https://example.com/api`"},
		{"url-template", "A template decides which host is called, and nothing bounds it", "`url: https://{{host}}/`", "List in `url_allow_list` where it may go"},
		{"url-query", "`query_params` replace the query that the URL has", "`url: https://example.com/?a=1` with `query_params`", "Move all of it to `query_params`"},
		{"allow-list", "An entry of `url_allow_list` is no beginning of a URL", "`example.com`", "Write one such as `https://example.com/api`"},
		{"insecure-url", "Requests are not encrypted", "`url: http://...`", "Use https"},
		{"private-address", "Requests go to an address that is not public", "`url: https://127.0.0.1/`", "List it in `url_allow_list` if it is meant"},
		{"http-method", "There is no such HTTP method", "`http_method: FETCH`", "Use GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS"},
		{"header", "A header cannot be called so", "`headers: {\"a b\": x}`", "Use letters, digits and hyphens"},
	}},
	{"Datastores", []findingCode{
		{"unknown-collection", "A datastore has no such collection", "`collection_name: usres`", "Name one of `datastore_schema`"},
		{"not-searchable", "A datastore cannot be searched by meaning, or not in this way", "a `PluginSearchNode` whose datastore has no `search_configs`", "Give the datastore `search_configs`, and name one of them"},
		{"reserved-name", "A template uses the name of an input that the node has by itself", "`{{entity}}` where an entity is created", "Give the variable another name"},
		{"where", "A value in `where` uses several variables, or `where` of a node that changes entities has no condition", "`where: {name: \"{{a}} {{b}}\"}`", "Render it in a `PluginTemplateNode` before; say which entities are meant"},
		{"limit", "A limit is negative", "`limit: -1`", "Make it 0 or more, or null"},
		{"query-template", "A query is a template, so a value could change what it does", "`query: select {{x}}`", "Write `:x`, and give it in `bind_variables`"},
	}},
}

// codesPage is the page of the documentation about the kinds of findings.
func codesPage() string {
	var b strings.Builder
	b.WriteString(codesIntroduction)
	for _, section := range codeSections {
		b.WriteString("\n## " + section.title + "\n\n| code | what it means | example | how to mend it |\n|---|---|---|---|\n")
		for _, c := range section.codes {
			example := strings.ReplaceAll(c.example, "|", `\|`)
			b.WriteString("| `" + c.name + "` | " + c.means + " | " + example + " | " + c.mend + " |\n")
		}
	}
	return b.String()
}

const codesIntroduction = `# Findings

` + "`wayflow validate`" + ` reports everything that is wrong with a document at once, each finding on a line of its own:

    FILE:LINE:COLUMN: SEVERITY CODE: what is wrong; how to mend it

An error keeps the document from running. A warning does not, but something was hardly meant; with ` + "`--strict`" + ` warnings
count as errors. ` + "`--format json`" + ` prints the findings for programs, ` + "`--format sarif`" + ` for code scanning and editors (SARIF 2.1.0).
Programs may rely on the codes: they never change their meaning.
`
