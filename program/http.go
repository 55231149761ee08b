package program

import (
	"github.com/wayflow-go/wayflow/internal/allow"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// HTTPRequest is the request of a node or a tool, compiled (Agent Spec, "ApiNode", "RemoteTool"). The templates in it
// take their values from the inputs of that node or tool.
type HTTPRequest struct {
	Index int
	// Owner is the node or tool, Spec its request.
	Owner spec.Component
	Spec  *spec.Request
	// Allow are the URLs where it may go; nil allows all.
	Allow *allow.List
	// Spelled is true if the document spells out scheme, host and port.
	Spelled bool
	Method  *Text
	// Origin is the URL up to its path, Rest what comes then. Whole is true if a template stands for the scheme too, or for
	// more.
	Origin, Rest *Text
	Whole        bool
	Query        []Pair
	Headers      []Pair
	// Secret are the sensitive headers. SecretInputs are the inputs that templates in them use, or in the credentials of
	// the URL.
	Secret       []Pair
	SecretInputs []int
	// Body is nil if there is none.
	Body *Shape
}

// Text is a text that may be a template.
type Text struct {
	// Template is nil if Fixed is the text.
	Template *jinja.Template
	Fixed    string
	// Args gives for each variable of the template the index of the input.
	Args []int
}

// Pair is a key with a value.
type Pair struct {
	Key   *Text
	Value Shape
}

// Shape is a value in which texts may be templates. One of its fields is set; if none is, it is null.
type Shape struct {
	// Fixed is a value without templates.
	Fixed value.Value
	Text  *Text
	List  []Shape
	// Members are those of an object.
	Members []Pair
}

// Render renders the text with values of the inputs.
func (t *Text) Render(inputs []value.Value) (string, error) {
	if t.Template == nil {
		return t.Fixed, nil
	}
	args := make([]value.Value, len(t.Args))
	for i, in := range t.Args {
		args[i] = inputs[in]
	}
	return t.Template.Render(args)
}

// Render renders the templates in the value with values of the inputs. A text stays a text, whatever it says.
func (s *Shape) Render(inputs []value.Value) (value.Value, error) {
	switch {
	case s.Text != nil:
		text, err := s.Text.Render(inputs)
		return value.String(text), err
	case s.List != nil:
		items := make([]value.Value, len(s.List))
		for i := range s.List {
			var err error
			if items[i], err = s.List[i].Render(inputs); err != nil {
				return value.Null, err
			}
		}
		return value.List(items...), nil
	case s.Members != nil:
		o, err := RenderPairs(s.Members, inputs)
		return o.Of(), err
	}
	return s.Fixed, nil
}

// RenderPairs renders keys and values. Of equal keys the last counts.
func RenderPairs(pairs []Pair, inputs []value.Value) (*value.Object, error) {
	var b value.ObjectBuilder
	for i := range pairs {
		k, err := pairs[i].Key.Render(inputs)
		if err != nil {
			return nil, err
		}
		v, err := pairs[i].Value.Render(inputs)
		if err != nil {
			return nil, err
		}
		b.Set(k, v)
	}
	return b.Object(), nil
}
