package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// defaultChoicePrompt is the reference's, word by word.
const defaultChoicePrompt = `You are a helpful assistant. You must pick a task to execute, given some user input.
You have several tasks to select from, with the format:
` + "```" + `
task_name: task_description
` + "```" + `

The available tasks are:
` + "```" + `
{% for desc in next_steps -%}
- {{ desc.displayed_step_name }}: {{ desc.description }}
{% endfor -%}
` + "```" + `

Return the task_name (and only the task_name) that you need to execute for this request: {{ input }}`

// defaultChoiceTokens is how long the answer may be if the document does not say.
const defaultChoiceTokens = 7

// choiceNode has a model choose the branch. The choices are put into the prompt here; what is then left
// of variables are the inputs.
func (fc *flowCompiler) choiceNode(n *Node, s *spec.ChoiceNode) {
	op := &Choose{}
	branches := fc.choices(op, s)
	text := s.PromptTemplate
	if text == "" {
		text = defaultChoicePrompt
	}
	text, ok := fc.choicePrompt(s, text)
	sig := &signature{branches: branches, loose: true, outputs: []value.Property{
		value.Property{Title: "selected_choice", Type: value.StringType}.WithDefault(value.String(defaultBranching)),
		{Title: "llm_output", Type: value.StringType},
	}}
	if ok {
		var t *jinja.Template
		t, sig.inputs = fc.template(s, "prompt_template", text)
		sig.hidden = hidden(text, sig.inputs)
		if t != nil {
			op.Prompt = &prompt.Template{
				Messages:   []prompt.TemplateMessage{prompt.Text(t)},
				Generation: value.NewObject(value.Member{Key: "max_tokens", Value: choiceTokens(s)}),
			}
			op.Prompt.Infer()
		}
	}
	fc.ports(n, sig)
	if s.LlmConfig == nil {
		n.Op = &Unsupported{Kind: "a model that is missing"}
		return
	}
	op.Model = fc.model(s.LlmConfig)
	n.Op = op
}

func choiceTokens(s *spec.ChoiceNode) value.Value {
	if s.NumTokens == 0 {
		return value.Int(defaultChoiceTokens)
	}
	return value.Int(int64(s.NumTokens))
}

// choices notes what can be chosen and returns the branches.
func (fc *flowCompiler) choices(op *Choose, s *spec.ChoiceNode) []string {
	var branches []string
	for i, c := range s.NextBranches {
		if slices.ContainsFunc(op.Choices, func(known Choice) bool { return known.Shown == c.Shown() }) {
			fc.errorf(at(s, "next_branches", i), "same-choice", "show each choice by a name of its own",
				"%s shows two choices as %q", nodeName(s), c.Shown())
		}
		if !slices.Contains(branches, c.Branch()) {
			branches = append(branches, c.Branch())
		}
		op.Choices = append(op.Choices, Choice{Shown: c.Shown(), Branch: slices.Index(branches, c.Branch())})
	}
	if !slices.Contains(branches, defaultBranching) {
		branches = append(branches, defaultBranching)
	}
	op.Default = slices.Index(branches, defaultBranching)
	return branches
}

// choicePrompt puts the choices into a template; what it does not know stays as it is.
func (fc *flowCompiler) choicePrompt(s *spec.ChoiceNode, text string) (string, bool) {
	t, err := jinja.Parse(text)
	if err == nil {
		text, err = t.RenderPartial(value.NewObject(value.Member{Key: "next_steps", Value: nextSteps(s.NextBranches)}))
	}
	if err != nil {
		fc.errorf(at(s, "prompt_template"), "template", "mend the template", "the template of %s is wrong%s", nodeName(s), templateError(err))
	}
	return text, err == nil
}

func nextSteps(choices []spec.Choice) value.Value {
	items := make([]value.Value, len(choices))
	for i, c := range choices {
		items[i] = value.Obj(
			value.Member{Key: "step_name", Value: value.String(c.Branch())},
			value.Member{Key: "description", Value: value.String(c.Description())},
			value.Member{Key: "displayed_step_name", Value: value.String(c.Shown())},
		)
	}
	return value.List(items...)
}
