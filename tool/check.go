package tool

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// Mismatch is a way in which a tool is not what a document says it is.
type Mismatch struct {
	// Input tells an input from an output.
	Input bool
	// Name is the input or output, as the document calls it or, if the document lacks it, as the tool does. It is empty
	// for what concerns all outputs.
	Name string
	// Message says what differs and how to mend it.
	Message string
}

// String names the input or output and says what differs.
func (m Mismatch) String() string {
	switch {
	case m.Input:
		return fmt.Sprintf("input %q: %s", m.Name, m.Message)
	case m.Name == "":
		return "outputs: " + m.Message
	}
	return fmt.Sprintf("output %q: %s", m.Name, m.Message)
}

// Check compares the inputs and outputs that a document declares for a tool with those of the tool it is bound to, and
// returns what cannot work, inputs first. What may work is left to the call: a document that says any where the tool
// takes a text, or the other way round.
func Check(inputs, outputs []value.Property, bound *Spec) []Mismatch {
	if bound.Untyped {
		return nil
	}
	return append(checkInputs(inputs, bound.Inputs), checkOutputs(outputs, bound.Outputs)...)
}

func checkInputs(declared, taken []value.Property) (found []Mismatch) {
	add := func(name, format string, args ...any) {
		found = append(found, Mismatch{Input: true, Name: name, Message: fmt.Sprintf(format, args...)})
	}
	for _, d := range declared {
		t, ok := lookUp(taken, d.Title)
		switch {
		case !ok:
			add(d.Title, "the document declares it, but the tool takes %s", titles(taken))
		case !meets(d.Type, t.Type):
			add(d.Title, "it is %s in the document, but the tool takes %s", d.Type, t.Type)
		}
	}
	for _, t := range taken {
		if _, ok := lookUp(declared, t.Title); !ok && !t.HasDefault {
			add(t.Title, "the tool requires it (%s), but the document does not declare it; add it there, or give it a default in the tool", t.Type)
		}
	}
	return found
}

func checkOutputs(declared, given []value.Property) (found []Mismatch) {
	add := func(name, format string, args ...any) {
		found = append(found, Mismatch{Name: name, Message: fmt.Sprintf(format, args...)})
	}
	if len(declared) == 0 {
		return nil
	}
	if len(given) == 0 {
		add("", "the document declares %s, but the tool returns nothing", titles(declared))
		return found
	}
	result := given[0].Type
	if len(given) > 1 {
		result = value.ObjectOf(given...)
	}
	if len(declared) == 1 {
		if !becomes(result, declared[0].Type) {
			add(declared[0].Title, "it is %s in the document, but the tool returns %s", declared[0].Type, result)
		}
		return found
	}
	switch kindOf(result) {
	case value.TypeAny, value.TypeDict, value.TypeUnion:
		return nil
	case value.TypeObject:
	default:
		add("", "the document declares %s, but the tool returns %s; return an object that holds them", titles(declared), result)
		return found
	}
	for _, d := range declared {
		switch p, ok := result.Property(d.Title); {
		case !ok && !d.HasDefault:
			add(d.Title, "the document declares it, but the tool returns %s", titles(result.Properties))
		case ok && !becomes(p.Type, d.Type):
			add(d.Title, "it is %s in the document, but the tool returns %s", d.Type, p.Type)
		}
	}
	return found
}

// lookUp finds a property by name.
func lookUp(props []value.Property, title string) (value.Property, bool) {
	for _, p := range props {
		if p.Title == title {
			return p, true
		}
	}
	return value.Property{}, false
}

// titles lists properties for people.
func titles(props []value.Property) string {
	if len(props) == 0 {
		return "none"
	}
	names := make([]string, len(props))
	for i, p := range props {
		names[i] = fmt.Sprintf("%q", p.Title)
	}
	return strings.Join(names, ", ")
}

func kindOf(t *value.Type) value.TypeKind {
	if t == nil {
		return value.TypeAny
	}
	return t.Kind
}

// becomes reports whether some result of type from can become an output of type to. Results are cast.
func becomes(from, to *value.Type) bool {
	if kindOf(from) == value.TypeNull || meets(from, to) {
		return true // null is passed through
	}
	if kindOf(from) == value.TypeUnion {
		for _, m := range from.Members {
			if becomes(m, to) {
				return true
			}
		}
		return false
	}
	return value.CanCast(from, to)
}

// meets reports whether some value of type from is taken where to is expected, without a cast.
func meets(from, to *value.Type) bool {
	kf, kt := kindOf(from), kindOf(to)
	switch {
	case kf == value.TypeAny || kt == value.TypeAny:
		return true
	case kf == value.TypeUnion:
		return meetsAny(from.Members, func(m *value.Type) bool { return meets(m, to) })
	case kt == value.TypeUnion:
		return meetsAny(to.Members, func(m *value.Type) bool { return meets(from, m) })
	case kf == value.TypeList && kt == value.TypeList:
		return meets(from.Items, to.Items)
	case isMap(kf) && isMap(kt):
		return meetsMap(from, to)
	case kt == value.TypeNumber:
		return kf == value.TypeNumber || kf == value.TypeInteger
	case kt == value.TypeInteger:
		return kf == value.TypeInteger || kf == value.TypeBoolean
	}
	return kf == kt
}

func meetsAny(members []*value.Type, meets func(*value.Type) bool) bool {
	for _, m := range members {
		if meets(m) {
			return true
		}
	}
	return len(members) == 0
}

func isMap(k value.TypeKind) bool { return k == value.TypeDict || k == value.TypeObject }

// meetsMap compares two types of which each is a dict or an object.
func meetsMap(from, to *value.Type) bool {
	for _, p := range to.Properties {
		f, ok := from.Property(p.Title)
		switch {
		case ok && !meets(f.Type, p.Type):
			return false
		case !ok && from.Closed && !p.HasDefault:
			return false
		}
	}
	if to.Kind == value.TypeDict {
		for _, p := range from.Properties {
			if !meets(p.Type, to.Additional) {
				return false
			}
		}
	}
	return from.Kind != value.TypeDict || to.Kind != value.TypeDict || meets(from.Additional, to.Additional)
}
