package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// nextStepName is the input of a branching node, unless it is renamed.
const nextStepName = "next_step_name"

// defaultBranch is the branch that is taken for all other values.
const defaultBranch = "default"

// BranchNode takes a branch by the value of its input.
type BranchNode struct {
	node[BranchNode]
	input   string
	mapping spec.Dict[string]
}

// Branch takes the branch that [BranchNode.On] gives for the value of its one input, and else the branch "default":
//
//	route := wayflow.Branch("route").Input("answer").On("yes", "go").On("no", "stop")
func Branch(name string) *BranchNode {
	n := &BranchNode{input: nextStepName}
	return n.init(n, name, here())
}

// Input names the input.
func (n *BranchNode) Input(name string) *BranchNode {
	n.input = name
	return n
}

// On takes a branch for a value, as text: true is "true", 3 is "3".
func (n *BranchNode) On(value, branch string) *BranchNode {
	n.mapping = append(n.mapping, spec.Entry[string]{Key: value, Value: branch})
	return n
}

func (n *BranchNode) compose(*builder, string) spec.Node {
	s := &spec.BranchingNode{Mapping: n.mapping}
	key := value.Property{Title: n.input, Type: value.StringType}
	s.Inputs = []value.Property{key.WithDefault(value.String(defaultBranch))}
	return s
}

// ChoiceNode has a model choose a branch.
type ChoiceNode struct {
	node[ChoiceNode]
	spec spec.ChoiceNode
}

// Choice has a model choose one of the options by the input of the node, which is named input; each is a branch. If it
// chooses none of them, the node takes the branch "default". The outputs are selected_choice and llm_output.
func Choice(name string, llm spec.LlmConfig) *ChoiceNode {
	n := &ChoiceNode{spec: spec.ChoiceNode{LlmConfig: llm, NextBranches: []spec.Choice{}}}
	n.init(n, name, here())
	if isNil(llm) {
		n.fail(n.at, "no-model", "give it one, such as OpenAI returns", "node %q has no model to ask", name)
	}
	return n
}

// Option adds a branch, and says to the model when to choose it.
func (n *ChoiceNode) Option(branch, description string) *ChoiceNode {
	n.spec.NextBranches = append(n.spec.NextBranches, spec.Choice{branch, description, branch})
	return n
}

// Template is the prompt, with the options as the variable next_steps; its other variables are the inputs.
func (n *ChoiceNode) Template(text string) *ChoiceNode {
	n.spec.PromptTemplate = text
	return n
}

func (n *ChoiceNode) compose(*builder, string) spec.Node {
	s := n.spec
	return &s
}
