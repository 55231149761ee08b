package python

import (
	"fmt"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// function is what the process says of one function of the file.
type function struct {
	attribute string // what the file calls it
	own       bool   // it is a tool unless the user chooses which are
	spec      tool.Spec
}

// parseFunctions reads what the process says when the file has been loaded.
func parseFunctions(text []byte) ([]function, error) {
	v, err := value.ParseJSON(text)
	if err != nil {
		return nil, err
	}
	items, ok := v.Get("functions").AsList()
	if !ok {
		return nil, fmt.Errorf("no list of functions")
	}
	functions := make([]function, len(items))
	for i, item := range items {
		own, _ := item.Get("own").AsBool()
		untyped, _ := item.Get("untyped").AsBool()
		functions[i] = function{
			attribute: item.Get("attribute").Str(),
			own:       own,
			spec: tool.Spec{
				Name:        item.Get("name").Str(),
				Description: item.Get("description").Str(),
				Untyped:     untyped,
			},
		}
		if !untyped {
			functions[i].signature(item)
		}
	}
	return functions, nil
}

// signature fills in the inputs and outputs.
func (f *function) signature(v value.Value) {
	inputs, _ := v.Get("inputs").AsList()
	for _, schema := range inputs {
		f.spec.Inputs = append(f.spec.Inputs, property(schema))
	}
	outputs, _ := v.Get("outputs").AsList()
	for _, schema := range outputs {
		f.spec.Outputs = append(f.spec.Outputs, property(schema))
	}
}

// property reads the schema of a parameter. Annotations are hints in Python, so that one which makes no sense as a
// schema, or which the parameter's own default does not keep to, is ignored.
func property(schema value.Value) value.Property {
	p, err := value.ParseProperty(schema)
	if err == nil && value.CheckDefault(p) == nil {
		return p
	}
	q := value.Property{Title: schema.Get("title").Str(), Description: schema.Get("description").Str(), Type: value.AnyType}
	if o, ok := schema.AsObject(); ok {
		q.Default, q.HasDefault = o.Get("default")
	}
	return q
}
