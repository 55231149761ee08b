package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// readInputs collects the inputs of a flow from a JSON file and from NAME=VALUE pairs; the last one of a name counts.
// flow is nil if the document is none; then nothing is known of the types.
func readInputs(flow *program.Flow, file string, pairs []string) (wayflow.Inputs, error) {
	inputs := wayflow.Inputs{}
	if file != "" {
		object, err := readObject(file, "--inputs")
		if err != nil {
			return nil, err
		}
		for name, v := range object.All() {
			inputs[name] = v
		}
	}
	for _, pair := range pairs {
		name, text, err := splitPair("--input", pair)
		if err != nil {
			return nil, err
		}
		inputs[name] = inputValue(flow, name, text)
	}
	return inputs, nil
}

// splitPair takes NAME=VALUE apart.
func splitPair(flag, pair string) (name, text string, err error) {
	name, text, ok := strings.Cut(pair, "=")
	if !ok || name == "" {
		return "", "", usagef("%s wants NAME=VALUE, not %q", flag, pair)
	}
	return name, text, nil
}

// checkPairs reports the first text that is no NAME=VALUE.
func checkPairs(flag string, pairs []string) error {
	for _, pair := range pairs {
		if _, _, err := splitPair(flag, pair); err != nil {
			return err
		}
	}
	return nil
}

// inputValue is what a text on the command line means: itself for a text input; for any other, JSON if it is some.
func inputValue(flow *program.Flow, name, text string) value.Value {
	if in := findInput(flow, name); in == nil || in.Type != nil && in.Type.Kind == value.TypeString {
		return value.String(text)
	}
	if v, err := value.ParseJSON([]byte(text)); err == nil {
		return v
	}
	return value.String(text)
}

func findInput(flow *program.Flow, name string) *program.Input {
	if flow == nil {
		return nil
	}
	i := slices.IndexFunc(flow.Inputs, func(in program.Input) bool { return in.Title == name })
	if i < 0 {
		return nil
	}
	return &flow.Inputs[i]
}

// readObject reads a file that must hold one JSON object.
func readObject(file, flag string) (*value.Object, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		return nil, usagef("%s %s: %v", flag, file, err)
	}
	object, ok := v.AsObject()
	if !ok {
		return nil, usagef("%s %s: it must hold a JSON object of names and values, not %s", flag, file, v.Kind())
	}
	return object, nil
}

// inputErrors are all that is wrong with the inputs of a run.
type inputErrors struct{ problems []string }

func (e *inputErrors) Error() string { return strings.Join(e.problems, "\n") }

// inputProblems finds all that is wrong with inputs that a conversation refused, which stops at the first. It returns
// nil if it finds nothing.
func inputProblems(flow *program.Flow, inputs wayflow.Inputs) error {
	var all inputErrors
	known := make([]string, len(flow.Inputs))
	for i := range flow.Inputs {
		known[i] = flow.Inputs[i].Title
	}
	unknown := make([]string, 0, len(inputs))
	for name := range inputs {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		all.problems = append(all.problems, unknownInput(flow.Name, name, known))
	}
	for i := range flow.Inputs {
		in := &flow.Inputs[i]
		given, ok := inputs[in.Title].(value.Value)
		switch {
		case ok:
			if _, err := value.Cast(given, in.Type); err != nil {
				all.problems = append(all.problems, fmt.Sprintf("input %q is wrong: %v", in.Title, err))
			}
		case !in.HasDefault:
			all.problems = append(all.problems,
				fmt.Sprintf("input %q (%s) is missing; give it with --input %[1]s=VALUE", in.Title, typeName(in.Type)))
		}
	}
	if all.problems == nil {
		return nil
	}
	return &all
}

func unknownInput(flow, name string, known []string) string {
	text := fmt.Sprintf("flow %q has no input %q", flow, name)
	if hint := spec.DidYouMean(name, known); hint != "" {
		return text + "; " + hint
	}
	if len(known) == 0 {
		return text + "; it takes none"
	}
	return text + "; it takes " + strings.Join(known, ", ")
}

func typeName(t *value.Type) string {
	if t == nil {
		return value.AnyType.String()
	}
	return t.String()
}
