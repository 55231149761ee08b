package prompt_test

import (
	"testing"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

func parse(t testing.TB, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func input(t testing.TB, schema string) value.Property {
	t.Helper()
	p, err := value.ParseProperty(parse(t, schema))
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	return p
}

func TestArgumentsFitTheTool(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, in, want string }{
		{`{"title": "x", "type": "string"}`, `{"x": "a", "y": 1}`, `{"x":"a"}`},
		{`{"title": "x", "type": "string"}`, `{}`, `{}`},
		{`{"title": "x", "type": "string"}`, `{"x": 5}`, `{"x":"5"}`},
		{`{"title": "x", "type": "string"}`, `{"x": {"a": [1]}}`, `{"x":"{\"a\": [1]}"}`},
		{`{"title": "x", "type": "string"}`, `{"x": null}`, `{"x":null}`},
		{`{"title": "x", "type": "integer"}`, `{"x": " 1_0 "}`, `{"x":10}`},
		{`{"title": "x", "type": "integer"}`, `{"x": 3.9}`, `{"x":3}`},
		{`{"title": "x", "type": "integer"}`, `{"x": true}`, `{"x":1}`},
		{`{"title": "x", "type": "integer"}`, `{"x": "three"}`, `{"x":"three"}`},
		{`{"title": "x", "type": "number"}`, `{"x": "1e3"}`, `{"x":1000.0}`},
		{`{"title": "x", "type": "number"}`, `{"x": 2}`, `{"x":2.0}`},
		{`{"title": "x", "type": "boolean"}`, `{"x": "Yes"}`, `{"x":true}`},
		{`{"title": "x", "type": "boolean"}`, `{"x": "off"}`, `{"x":false}`},
		{`{"title": "x", "type": "boolean"}`, `{"x": "perhaps"}`, `{"x":"perhaps"}`},
		{`{"title": "x", "type": "boolean"}`, `{"x": 0}`, `{"x":false}`},
		{`{"title": "x", "type": "array", "items": {"type": "integer"}}`, `{"x": "[1, '2', x]"}`, `{"x":[1,2,"x"]}`},
		{`{"title": "x", "type": "array", "items": {"type": "integer"}}`, `{"x": "red"}`, `{"x":"red"}`},
		{`{"title": "x", "type": "object", "additionalProperties": {"type": "number"}}`, `{"x": "{'a': '1'}"}`, `{"x":{"a":1.0}}`},
		{
			`{"title": "x", "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string", "default": "B"}}, "additionalProperties": false}`,
			`{"x": {"a": "1", "c": 2}}`, `{"x":{"a":1,"b":"B"}}`,
		},
		{`{"title": "x", "anyOf": [{"type": "string"}, {"type": "integer"}]}`, `{"x": "5"}`, `{"x":"5"}`},
		{`{"title": "x", "anyOf": [{"type": "number"}, {"type": "integer"}]}`, `{"x": "5"}`, `{"x":5}`},
		{`{"title": "x", "anyOf": [{"type": "string"}, {"type": "null"}]}`, `{"x": null}`, `{"x":null}`},
		{`{"title": "x", "type": "integer", "default": null}`, `{"x": null}`, `{"x":null}`},
		{`{"title": "x"}`, `{"x": [1, "a"]}`, `{"x":[1,"a"]}`},
	} {
		args, _ := parse(t, tt.in).AsObject()
		got := prompt.Arguments(args, []value.Property{input(t, tt.schema)})
		if got.Of().String() != tt.want {
			t.Errorf("Arguments(%s) for %s = %s, want %s", tt.in, tt.schema, got.Of(), tt.want)
		}
	}
}

func TestParseArguments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{`{"a": 1}`, `{"a":1}`, true},
		{" ", `{}`, true},
		{"{'a': 1, b: [2", `{"a":1,"b":[2]}`, false},
		{"```json\n{\"a\": 1}\n```", `{"a":1}`, false},
		{"nonsense", `{"wrong_arg_name":"nonsense"}`, false},
		{"[1]", `{"wrong_arg_name":[1]}`, false},
	} {
		if got, ok := prompt.ParseArguments(tt.in); got.Of().String() != tt.want || ok != tt.ok {
			t.Errorf("ParseArguments(%q) = %s, %v, want %s, %v", tt.in, got.Of(), ok, tt.want, tt.ok)
		}
	}
}
