package wayflow

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Inputs are values for the inputs of a document, by name. A value may be a [value.Value], or any Go value that a tool
// may return: see [tool.Func].
type Inputs map[string]any

// object returns the inputs as an object, sorted by name.
func (in Inputs) object() (*value.Object, error) {
	var b value.ObjectBuilder
	for _, name := range slices.Sorted(maps.Keys(in)) {
		v, err := tool.ValueOf(in[name])
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", name, err)
		}
		b.Set(name, v)
	}
	return b.Object(), nil
}
