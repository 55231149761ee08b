package tool_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// properties reads a list of schemas.
func properties(t testing.TB, text string) (props []value.Property) {
	t.Helper()
	items, _ := parse(t, text).AsList()
	for _, item := range items {
		p, err := value.ParseProperty(item)
		if err != nil {
			t.Fatal(err)
		}
		props = append(props, p)
	}
	return props
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const (
		none    = `[]`
		text    = `[{"title":"a","type":"string"}]`
		integer = `[{"title":"a","type":"integer"}]`
		number  = `[{"title":"a","type":"number"}]`
		boolean = `[{"title":"a","type":"boolean"}]`
		maybe   = `[{"title":"a","anyOf":[{"type":"string"},{"type":"null"}]}]`
		nothing = `[{"title":"a","type":"null"}]`
		any_    = `[{"title":"a"}]`
		texts   = `[{"title":"a","type":"array","items":{"type":"string"}}]`
		numbers = `[{"title":"a","type":"array","items":{"type":"number"}}]`
		dict    = `[{"title":"a","type":"object","additionalProperties":{"type":"string"}}]`
		dict9   = `[{"title":"a","type":"object","additionalProperties":{"type":"integer"}}]`
		user    = `[{"title":"a","type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","default":1}}}]`
		closed  = `[{"title":"a","type":"object","properties":{"nick":{"type":"string"}},"additionalProperties":false}]`
		two     = `[{"title":"a","type":"string"},{"title":"b","type":"integer"}]`
		twoObj  = `[{"title":"r","type":"object","properties":{"a":{"type":"string"},"b":{"type":"boolean"}}}]`
		oneObj  = `[{"title":"r","type":"object","properties":{"a":{"type":"array","items":{}}}}]`
	)
	in := func(s string) []string { return []string{`input "a": ` + s} }
	out := func(s string) []string { return []string{`output "a": ` + s} }
	tests := []struct {
		name                                   string
		declaredIn, takenIn, declaredOut, give string
		want                                   []string
	}{
		{"nothing at all", none, none, none, none, nil},
		{"same", text, text, text, text, nil},
		{"unknown input", text, none, none, none, in("the document declares it, but the tool takes none")},
		{
			"required input", none, text, none, none,
			in("the tool requires it (string), but the document does not declare it; add it there, or give it a default in the tool"),
		},
		{"optional input", none, `[{"title":"a","type":"string","default":"x"}]`, none, none, nil},
		{"text for an integer", text, integer, none, none, in("it is string in the document, but the tool takes integer")},
		{"integer for a text", integer, text, none, none, in("it is integer in the document, but the tool takes string")},
		{"integer for a number", integer, number, none, none, nil},
		{"number for an integer", number, integer, none, none, in("it is number in the document, but the tool takes integer")},
		{"boolean for an integer", boolean, integer, none, none, nil},
		{"any for a text", any_, text, none, none, nil},
		{"text for any", text, any_, none, none, nil},
		{"perhaps text for a text", maybe, text, none, none, nil},
		{"text for perhaps text", text, maybe, none, none, nil},
		{"null for perhaps text", nothing, maybe, none, none, nil},
		{"null for a text", nothing, text, none, none, in("it is null in the document, but the tool takes string")},
		{
			"list of texts for a list of numbers", texts, numbers, none, none,
			in("it is " + describe(t, texts) + " in the document, but the tool takes " + describe(t, numbers)),
		},
		{"dict for an object", dict, user, none, none, nil},
		{
			"object for a dict", user, dict9, none, none,
			in("it is " + describe(t, user) + " in the document, but the tool takes " + describe(t, dict9)),
		},
		{
			"dict for a dict", dict, dict9, none, none,
			in("it is " + describe(t, dict) + " in the document, but the tool takes " + describe(t, dict9)),
		},
		{
			"closed object without a property", closed, user, none, none,
			in("it is " + describe(t, closed) + " in the document, but the tool takes " + describe(t, user)),
		},
		{"dropped result", none, none, none, text, nil},
		{"no result", none, none, text, none, []string{`outputs: the document declares "a", but the tool returns nothing`}},
		{"result under another name", none, none, text, `[{"title":"x","type":"string"}]`, nil},
		{"integer result as text", none, none, text, integer, nil},
		{"number result as integer", none, none, integer, number, nil},
		{"text result as integer", none, none, integer, text, out("it is integer in the document, but the tool returns string")},
		{"perhaps null result", none, none, integer, `[{"title":"x","anyOf":[{"type":"integer"},{"type":"null"}]}]`, nil},
		{"members of the result", none, none, two, twoObj, nil},
		{"missing member of the result", none, none, two, oneObj, []string{
			`output "b": the document declares it, but the tool returns "a"`,
		}},
		{"two outputs of one text", none, none, two, text, []string{
			`outputs: the document declares "a", "b", but the tool returns string; return an object that holds them`,
		}},
		{"two outputs of any", none, none, two, any_, nil},
		{"two outputs of two", none, none, two, two, nil},
		{"one object of two outputs", none, none, `[{"title":"r","type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}}]`, two, nil},
		{
			"one integer of two outputs", none, none, integer, two,
			out("it is integer in the document, but the tool returns " + value.ObjectOf(properties(t, two)...).String()),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, m := range tool.Check(properties(t, tt.declaredIn), properties(t, tt.declaredOut),
				&tool.Spec{Inputs: properties(t, tt.takenIn), Outputs: properties(t, tt.give)}) {
				got = append(got, m.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
		})
	}
	if got := tool.Check(properties(t, text), properties(t, two), &tool.Spec{Untyped: true}); got != nil {
		t.Errorf("Check against an untyped tool = %v, want nothing", got)
	}
}

func describe(t testing.TB, schemas string) string { return properties(t, schemas)[0].Type.String() }
