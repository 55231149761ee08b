package prompt

import (
	"errors"
	"strings"

	"github.com/wayflow-go/wayflow/internal/pyre"
	"github.com/wayflow-go/wayflow/value"
)

// Answer says how the outputs of a node are made of the answer of a model.
type Answer struct {
	// Outputs are what is expected.
	Outputs []value.Property
	// Structured makes outputs of JSON in the answer; otherwise its text is the one output.
	Structured bool
	// Parsed is true where parsers made the text what it is: then JSON that is broken is no JSON.
	Parsed bool
	// Tagged is true where the answer's JSON stands in the tags that [JSONInstruction] asks for.
	Tagged bool
	// Strict refuses what is not exactly as expected; otherwise values are cast and defaults filled in.
	Strict bool
}

// AnswerError says that an answer is not what was asked for.
type AnswerError struct {
	// Problems are what is wrong, each with the path to it.
	Problems []string
	// Strict is true if the answer was checked strictly.
	Strict bool
}

// Error implements error.
func (e *AnswerError) Error() string {
	return "the model's answer is not what was asked for: " + strings.Join(e.Problems, "; ")
}

// Read makes the values of the outputs. The error is an [*AnswerError] if the answer does not hold them.
func (a *Answer) Read(text string) ([]value.Value, error) {
	if a.Tagged {
		text = tagged(text)
	}
	if !a.Structured {
		return []value.Value{value.String(text)}, nil
	}
	found := a.named(a.json(text))
	if a.Strict {
		return a.exactly(found)
	}
	return a.cast(found)
}

// json reads the text as JSON. In the answer to [JSONInstruction] it is repaired; elsewhere, what is no JSON is a text.
func (a *Answer) json(text string) value.Value {
	if a.Tagged {
		return Repair(text)
	}
	if v, err := value.ParseJSON([]byte(text)); err == nil {
		return v
	}
	if v := Repair(text); !a.Parsed && v.Truthy() && v.Kind() >= value.KindList {
		return v
	}
	return value.String(text)
}

// named gives each value the name of its output. What is no object is the value of the first output, and so is the
// object that is wanted as a whole.
func (a *Answer) named(v value.Value) *value.Object {
	o, ok := v.AsObject()
	if !ok {
		return value.NewObject(value.Member{Key: a.Outputs[0].Title, Value: v})
	}
	if len(a.Outputs) != 1 {
		return o
	}
	only := &a.Outputs[0]
	if inner, wrapped := o.Get(only.Title); wrapped && only.Type.Fits(inner) && !only.Type.Fits(v) {
		return o
	}
	whole := only.Type.Kind == value.TypeObject
	if _, wrapped := o.Get(only.Title); !wrapped && only.Type.Kind == value.TypeDict {
		whole = true
	}
	if whole {
		return value.NewObject(value.Member{Key: only.Title, Value: v})
	}
	return o
}

// cast casts what was found and fills in declared defaults.
func (a *Answer) cast(found *value.Object) ([]value.Value, error) {
	outs := make([]value.Value, len(a.Outputs))
	var problems []string
	for i := range a.Outputs {
		p := &a.Outputs[i]
		v, ok := found.Get(p.Title)
		var err error
		switch {
		case p.HasDefault && (!ok || v.IsNull() && !p.Type.Fits(v)):
			outs[i], err = p.DefaultValue()
		case !ok:
			problems = append(problems, p.Title+": expected "+p.Type.String()+", found nothing")
		default:
			if outs[i], err = value.CastText(v, p.Type); err == nil {
				outs[i], err = value.FillDefaults(outs[i], p.Type)
			}
		}
		if err != nil {
			problems = append(problems, inOutput(p.Title, err))
		}
	}
	if problems != nil {
		return nil, &AnswerError{Problems: problems}
	}
	return outs, nil
}

// inOutput puts the name of an output in front of the path of an error.
func inOutput(title string, err error) string {
	if cast, ok := errors.AsType[*value.CastError](err); ok {
		return cast.In(title).Error()
	}
	return title + ": " + err.Error()
}

var finalAnswer = mustCompile(`<final_answer>\s*\$?(.*?)\$?\s*(?:</final_answer>|$)`, pyre.DotAll)

func mustCompile(pattern string, flags pyre.Flags) *pyre.Pattern {
	p, err := pyre.Compile(pattern, flags)
	if err != nil {
		panic(err)
	}
	return p
}

// tagged returns what stands in the tags, or the whole text if there are none.
func tagged(text string) string {
	found, err := finalAnswer.FindAll(text)
	if err != nil || len(found) == 0 {
		return text
	}
	inner, _ := found[0].Group(1)
	return inner
}
