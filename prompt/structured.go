package prompt

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// JSONInstruction is what is put behind a prompt so that the model answers with JSON that has the outputs (reference:
// the mode json_generation).
func JSONInstruction(outputs []value.Property) string {
	return "\n\n\n## Additional instructions: \n" +
		"At the end of your answer, finish with <final_answer>$your_answer$</final_answer> with $your_answer$ being a " +
		"properly formatted json that is valid against this JSON schema:" + jsonText(outputsSchema(outputs))
}

// outputsSchema is the schema of an object that has the outputs, or of the one output that is an object itself.
func outputsSchema(outputs []value.Property) value.Value {
	if len(outputs) == 1 && outputs[0].Type.Kind == value.TypeObject {
		schema, _ := Schema(&outputs[0]).AsObject()
		return schema.Without("title").With("required", required(outputs[0].Type.Properties)).Of()
	}
	var properties value.ObjectBuilder
	for i := range outputs {
		properties.Set(outputs[i].Title, Schema(&outputs[i]))
	}
	return value.Obj(
		value.Member{Key: "title", Value: value.String(expectedOutput)},
		value.Member{Key: "description", Value: value.String(expectedDescription)},
		value.Member{Key: "type", Value: value.String("object")},
		value.Member{Key: "properties", Value: properties.Value()},
		value.Member{Key: "required", Value: required(outputs)},
	)
}

func required(props []value.Property) value.Value {
	names := []value.Value{}
	for _, p := range props {
		if !p.HasDefault {
			names = append(names, value.String(p.Title))
		}
	}
	return value.List(names...)
}

const (
	expectedOutput      = "expected_output"
	expectedDescription = "the expected output of the generation"
)

// ResponseFormat is what a model is asked to answer that knows structured generation: the one output if it has parts,
// else an object of all.
func ResponseFormat(outputs []value.Property) *value.Property {
	if len(outputs) == 1 {
		switch outputs[0].Type.Kind {
		case value.TypeList, value.TypeObject, value.TypeDict:
			return &outputs[0]
		default:
		}
	}
	return &value.Property{Title: expectedOutput, Description: expectedDescription, Type: value.ObjectOf(outputs...)}
}

// Again makes the prompt that asks once more after a wrong answer: what was asked, what was answered, and what is wrong
// with it.
func (p *Prompt) Again(answer message.Message, problem *AnswerError) *Prompt {
	again := *p
	said := message.Text(message.Assistant, answer.Text())
	ask := message.Text(message.User, "This answer is not valid:\n- "+strings.Join(problem.Problems, "\n- ")+
		"\nAnswer once more, in the form that was asked for, with these mistakes corrected.")
	again.Messages = slices.Concat(p.Messages, []message.Message{said, ask})
	return &again
}
