package program

import (
	"github.com/wayflow-go/wayflow/internal/jq"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// Op is what a node does, with everything resolved. The set of ops is closed; package engine runs them.
type Op interface{ op() }

type (
	// Pass yields its inputs: a start or an end node.
	Pass struct {
		// End is true for an end node, Branch then is what a node that runs the flow takes.
		End    bool
		Branch string
	}

	// Switch takes the branch that its input names.
	Switch struct {
		Cases   map[string]int
		Default int
	}

	// Constants yields fixed values.
	Constants struct{ Values []value.Value }

	// Render renders a template of its inputs.
	Render struct{ Template *jinja.Template }

	// Say renders a template of its inputs, adds the text to the conversation, and yields it if it has an output.
	Say struct {
		Template *jinja.Template
		Type     message.Type
		// Rephrase says the text in other words; nil leaves it as it is. What it yields is the text as it was.
		Rephrase *Rephrase
	}

	// Ask renders a template of its inputs, adds the text to the conversation, and yields what the user answers.
	Ask struct {
		// Template is nil where the node only waits.
		Template *jinja.Template
		// Rephrase says the text in other words; nil leaves it as it is.
		Rephrase *Rephrase
	}

	// CallTool calls a tool with its inputs.
	CallTool struct {
		Tool *Tool
		// Client is true if the caller of the runtime performs the tool.
		Client bool
		// Login is true if somebody may have to log in before the call.
		Login bool
		// Confirm asks the user before the call.
		Confirm bool
		// Asked is true if the model of an agent asked for the call: request and result are messages of the agent.
		Asked bool
		// IgnoreExceptions makes the text of a failure the output.
		IgnoreExceptions bool
	}

	// CallBox calls one of the tools of a toolbox. Its inputs are those of [Toolbox.Call].
	CallBox struct{ Box *Toolbox }

	// CallModel asks a model, and makes the outputs of its answer.
	CallModel struct {
		Model  *Model
		Prompt *prompt.Template
		Answer *prompt.Answer
		// Say adds the answer to the conversation.
		Say bool
	}

	// Choose has a model take the branch. It yields the name of the choice, empty if there is none, and the answer.
	Choose struct {
		Model   *Model
		Prompt  *prompt.Template
		Choices []Choice
		// Default is taken when the answer names no choice.
		Default int
	}

	// History yields messages of the conversation.
	History struct {
		// Template makes a text of them; nil yields a list. Inputs gives for each of its variables the index of the
		// node's input, or -1 for the messages.
		Template *jinja.Template
		Inputs   []int
		// Types are the types that count; nil counts all. Of these Offset are left out and the next Count taken, from
		// the beginning if First is set, else from the end.
		Types         []message.Type
		Offset, Count int
		First         bool
	}

	// Extract takes values from JSON in a text, by a query for each output.
	Extract struct {
		Queries []*jq.Query
		// Model repairs the JSON in which something is not found; nil if nothing does. Prompt asks it, with the text, what
		// is wrong, and the names of the outputs.
		Model  *Model
		Prompt *prompt.Template
	}

	// Find takes from a text what a regular expression matches.
	Find struct {
		Regex prompt.Regex
		// All yields a list of all matches, otherwise one of them.
		All bool
	}

	// RunFlow runs another flow.
	RunFlow struct {
		Flow *Flow
		// Inputs gives for each input of the flow the index of the node's input that feeds it, or -1.
		Inputs []int
		// Outputs gives for each output of the node the index of the flow's output.
		Outputs []int
		// Branches gives the node's branch for the branch name of each of the flow's end nodes; Fallthrough is taken
		// when the flow ends without one.
		Branches    map[string]int
		Fallthrough int
	}

	// Parallel runs flows at once and yields the outputs of all.
	Parallel struct {
		Branches []ParallelBranch
		// Workers is how many may run at a time.
		Workers int
	}

	// Map runs a flow for each item of a list and collects the outputs.
	Map struct {
		Flow *Flow
		// Items is the input that holds the items; -1 if the flow's inputs say which they iterate.
		Items int
		// Inputs says for each input of the flow what feeds it.
		Inputs []MapInput
		// Outputs says for each output of the node how it comes about.
		Outputs []MapOutput
		// Parallel runs items at once, at most Workers at a time; otherwise one comes after the other, on the messages
		// of the node itself.
		Parallel bool
		Workers  int
	}

	// Retry runs a flow until one of its outputs is true. Its last two outputs are how often it ran and whether it went
	// well.
	Retry struct {
		RunFlow
		// Condition is the output of the flow that decides.
		Condition int
		// Trials is how often the flow runs at most, and Failure the branch taken after the last.
		Trials, Failure int
	}

	// Catch runs a flow and takes another branch when that fails. It has one output more than the flow, the text of the
	// failure or null; or, if Named is set, two, the class and the text of the failure or empty texts.
	Catch struct {
		RunFlow
		Named bool
		// Cases are the branches for classes of failures, in the order of the document, and All is the branch for
		// whatever they do not name, -1 if that is not caught.
		Cases []CatchCase
		All   int
	}

	// Variables changes some variables of the flow, an input each, and yields some.
	Variables struct {
		Writes []WriteVariable
		Reads  []int
	}

	// ReadVariable yields a variable of the flow.
	ReadVariable struct{ Variable int }

	// WriteVariable changes a variable of the flow.
	WriteVariable struct {
		Variable  int
		Operation WriteOperation
	}

	// CallAPI sends an HTTP request and takes its outputs from the answer.
	CallAPI struct {
		Request *HTTPRequest
		Outputs []APIOutput
	}

	// UseDatastore works on a collection of a datastore.
	UseDatastore struct {
		Datastore *Datastore
		Action    DatastoreAction
		// Collection is the name of the collection.
		Collection *Text
		// Where are values that properties must have; nil means all entities.
		Where []Condition
		// All is true if Where counts for nothing.
		All bool
		// Limit bounds how many entities are listed or found; -1 does not.
		Limit int
		// Config is the search configuration to use, and Exclude are the properties to leave out of what a search finds.
		Config  string
		Exclude []string
		// One makes the output the one entity that was found.
		One bool
		// Entity is the input that holds the entity, the update, the values of the variables of Query, or the text to search
		// for; -1 if there is none.
		Entity int
		Query  string
	}

	// Unsupported stands for a node that this version cannot run.
	Unsupported struct{ Kind string }
)

// Rephrase has a model say a text in other words.
type Rephrase struct {
	Model *Model
	// Prompt has the text as its only variable.
	Prompt *prompt.Template
}

// Choice is what a [Choose] can choose.
type Choice struct {
	// Shown is the name by which the model knows it.
	Shown  string
	Branch int
}

// ParallelBranch is one flow of a [Parallel].
type ParallelBranch struct {
	Flow *Flow
	// Inputs gives for each input of the flow the index of the node's input that feeds it, or -1.
	Inputs []int
	// Outputs gives for each output of the flow the index of the node's output it becomes, or -1.
	Outputs []int
}

// CatchCase is the branch for one class of failures.
type CatchCase struct {
	Class  string
	Branch int
}

// MapInput is what feeds an input of the flow of a [Map].
type MapInput struct {
	// Input is the index of the node's input, or -1: then Query takes the value from the item, or if there is no query,
	// nothing needs to feed the input.
	Input int
	From  MapSource
	Query *jq.Query
}

// MapSource says what an input of the flow of a [Map] gets of an input of the node.
type MapSource uint8

// The sources of an input of the flow of a [Map].
const (
	// Whole is the value itself, the same for each item.
	Whole MapSource = iota
	// Item is one item of the list that the value is.
	Item
	// ItemIfList is one item if the value turns out to be a list, else the value itself.
	ItemIfList
)

// MapOutput is how an output of a [Map] comes about.
type MapOutput struct {
	// Output is the index of the flow's output.
	Output int
	Reduce Reducer
}

// Reducer makes one value of the outputs of all items.
type Reducer uint8

// The reducers (Agent Spec, "MapNode").
const (
	Append Reducer = iota
	Sum
	Average
	Max
	Min
)

// APIOutput is what an output of a [CallAPI] is of the answer.
type APIOutput struct {
	From APISource
	// Query finds a [BodyField].
	Query *jq.Query
}

// APISource is a part of an answer.
type APISource uint8

// The parts of an answer.
const (
	// BodyField is what a query finds in the body, which must be JSON.
	BodyField APISource = iota
	// WholeBody is the body: what it says if it is JSON, null if it is empty, else its text.
	WholeBody
	// BodyText is the text of the body.
	BodyText
	StatusCode
)

// WriteOperation is how a variable changes.
type WriteOperation uint8

// The ways to change a variable.
const (
	Overwrite WriteOperation = iota
	// Merge extends a list by a list, or an object by an object.
	Merge
	// Insert appends one item to a list.
	Insert
)

func (*Pass) op()          {}
func (*Switch) op()        {}
func (*Constants) op()     {}
func (*Render) op()        {}
func (*Say) op()           {}
func (*Ask) op()           {}
func (*CallTool) op()      {}
func (*CallBox) op()       {}
func (*CallModel) op()     {}
func (*Choose) op()        {}
func (*History) op()       {}
func (*Extract) op()       {}
func (*Find) op()          {}
func (*RunFlow) op()       {}
func (*Parallel) op()      {}
func (*Map) op()           {}
func (*Retry) op()         {}
func (*Catch) op()         {}
func (*Variables) op()     {}
func (*ReadVariable) op()  {}
func (*WriteVariable) op() {}
func (*CallAPI) op()       {}
func (*UseDatastore) op()  {}
func (*Unsupported) op()   {}
