package spec

// BranchingNode takes the branch that its one input names.
type BranchingNode struct {
	NodeBase
	// Mapping gives the branch for each value of the input; any other value takes the branch "default".
	Mapping Dict[string] `spec:"mapping,required"`
}

// ChoiceNode has a model choose the branch; spelled PluginChoiceNode. If the model names none of them it
// takes the branch "default".
type ChoiceNode struct {
	NodeBase
	// LlmConfig is the model that chooses.
	LlmConfig LlmConfig `spec:"llm_config,required"`
	// NextBranches are what it can choose from.
	NextBranches []Choice `spec:"next_branches,required"`
	// PromptTemplate gets the choices as the variable next_steps; empty means the runtime's own, with the variable input.
	PromptTemplate string `spec:"prompt_template"`
	// NumTokens bounds the length of the answer; 0 means 7.
	NumTokens int `spec:"num_tokens,nonzero,default=7"`
}

func (n *ChoiceNode) check(report func(key, problem string)) {
	for _, c := range n.NextBranches {
		if len(c) < 2 || len(c) > 3 {
			report("next_branches", "each must have two texts, branch and description, or three, and the name to show")
			return
		}
	}
}

// Choice is a branch of a [ChoiceNode]: its name, a description for the model and, if it should differ from the branch,
// the name by which the model knows it.
type Choice []string

// Branch returns the branch that the choice leads to.
func (c Choice) Branch() string { return c[0] }

// Description returns what the model is told about the choice.
func (c Choice) Description() string { return c[1] }

// Shown returns the name by which the model knows the choice.
func (c Choice) Shown() string {
	if len(c) > 2 {
		return c[2]
	}
	return c[0]
}
