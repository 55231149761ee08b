package value_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// TestCast goes through what each type makes of each kind of value.
func TestCast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, in, want string }{
		{`{}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"type":"string"}`, `null`, `""`},
		{`{"type":"string"}`, `["é",{"a":null,"b":1.0}]`, `"[\"\\u00e9\", {\"a\": null, \"b\": 1.0}]"`},
		{`{"type":"string"}`, `true`, `"true"`},
		{`{"type":"string"}`, `3.7`, `"3.7"`},
		{`{"type":"string"}`, `12345678901234567890`, `"12345678901234567890"`},
		{`{"type":"number"}`, `3`, `3.0`},
		{`{"type":"number"}`, `true`, `1.0`},
		{`{"type":"number"}`, `100000000000000000000`, `1e+20`},
		{`{"type":"integer"}`, `3.7`, `3`},
		{`{"type":"integer"}`, `-3.7`, `-3`},
		{`{"type":"integer"}`, `true`, `true`},
		{`{"type":"integer"}`, `1e20`, `100000000000000000000`},
		{`{"type":"integer"}`, `9223372036854775807`, `9223372036854775807`},
		{`{"type":"integer"}`, `9223372036854775808.0`, `9223372036854775808`},
		{`{"type":"integer"}`, `-9223372036854775808.0`, `-9223372036854775808`},
		{`{"type":"boolean"}`, `2`, `true`},
		{`{"type":"boolean"}`, `0.0`, `false`},
		{`{"type":"boolean"}`, `100000000000000000000`, `true`},
		{`{"type":"array","items":{"type":"integer"}}`, `[1,2.5,true]`, `[1,2,true]`},
		{`{"type":"array","items":{"type":"string"}}`, `["a",null,1]`, `["a","","1"]`},
		{`{"type":"array","items":{"type":"number"},"x_vector_property":true}`, `[1,2.5]`, `[1,2.5]`},
		{`{"type":"object","additionalProperties":{"type":"integer"}}`, `{"a":1,"b":2.5}`, `{"a":1,"b":2}`},
		{`{"type":"object","properties":{"a":{"type":"integer"},"b":{"default":"x"}}}`, `{"a":1}`, `{"a":1}`},
		{`{"type":"object","properties":{"a":{"type":"integer"},"b":{"default":"x"}}}`, `{"c":3,"a":1.5}`, `{"a":1,"b":"x","c":3}`},
		{`{"type":"object","properties":{"b":{"default":"x"},"a":{"type":"integer"}}}`, `{"c":3,"a":1.5}`, `{"b":"x","a":1,"c":3}`},
		{`{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}`, `{"c":3,"a":1}`, `{"a":1}`},
		{
			`{"type":"object","properties":{"a":{},"d":{"default":0}},"additionalProperties":{"type":"integer"}}`,
			`{"b":1,"c":2.5,"a":1.5}`, `{"a":1.5,"d":0,"b":1,"c":2}`,
		},
		{
			`{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"number"},"c":{"type":"number","default":1}}}}}`,
			`{"a":{"b":1}}`, `{"a":{"b":1.0,"c":1.0}}`,
		},
		{`{"type":["integer","string"]}`, `1.5`, `1`},
		{`{"type":["integer","string"]}`, `true`, `true`},
		{`{"type":["integer","string"]}`, `[1.5]`, `"[1.5]"`},
		{`{"type":["number","null"]}`, `null`, `null`},
		{`{"type":"integer","enum":[1,2]}`, `2.5`, `2`},
	} {
		v, typ := js(t, tt.in), typ(t, tt.schema)
		got, err := value.Cast(v, typ)
		if err != nil || got.String() != tt.want {
			t.Errorf("Cast(%s, %s) = %s, %v, want %s", tt.in, tt.schema, got, err, tt.want)
			continue
		}
		if again, err := value.Cast(got, typ); err != nil || again.String() != tt.want || !typ.Fits(got) {
			t.Errorf("Cast(%s, %s) does not settle: %s, %v", tt.in, tt.schema, again, err)
		}
	}
}

func TestCastOfNaN(t *testing.T) {
	t.Parallel()
	if got, err := value.Cast(nan, value.BooleanType); err != nil || got.String() != "true" {
		t.Errorf("Cast(NaN, boolean) = %s, %v", got, err)
	}
	if got, err := value.Cast(nan, value.StringType); err != nil || got.Str() != "NaN" {
		t.Errorf("Cast(NaN, string) = %s, %v", got, err)
	}
	for _, f := range []float64{math.NaN(), math.Inf(1)} {
		if got, err := value.Cast(value.Float(f), value.IntegerType); err == nil {
			t.Errorf("Cast(%v, integer) = %s", f, got)
		}
	}
}

func TestCastErrors(t *testing.T) {
	t.Parallel()
	long := `"` + strings.Repeat("é", 100) + `"`
	for _, tt := range []struct{ schema, in, want string }{
		{`{"type":"integer"}`, `"3"`, `expected integer, found string "3"`},
		{`{"type":"integer"}`, `null`, `expected integer, found null`},
		{`{"type":"null"}`, `0`, `expected null, found integer 0`},
		{`{"type":"boolean"}`, `"true"`, `expected boolean, found string "true"`},
		{`{"type":"number"}`, long, `expected number, found string "` + strings.Repeat("é", 30) + `…"`},
		{`{"type":"array"}`, `{"a":1}`, `expected list of any, found object {"a":1}`},
		{`{"type":"object","additionalProperties":{}}`, `[1,[2],{"k":"v"}]`, `expected dict of any, found list [1,[2],{"k":"v"}]`},
		{
			`{"type":"array","items":{"type":"object","properties":{"age":{"type":"integer"}}}}`, `[{"age":1},{"age":"x"}]`,
			`[1].age: expected integer, found string "x"`,
		},
		{`{"type":"object","properties":{"age":{"type":"integer"}}}`, `{}`, `age: expected integer, found nothing`},
		{
			`{"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"}}}`, `{"a b":[1,null]}`,
			`["a b"][1]: expected integer, found null`,
		},
		{
			`{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"integer"}}`, `{"a":1,"b":"x"}`,
			`b: expected integer, found string "x"`,
		},
		{`{"type":["integer","null"]}`, `"x"`, `expected integer or null, found string "x"`},
		{`{"type":["array","null"],"items":{"type":"integer"}}`, `[1,"x"]`, `[1]: expected integer, found string "x"`},
		{`{"type":"string","enum":["a","b"]}`, `"c"`, `expected one of "a", "b", found string "c"`},
		{`{"type":"object","additionalProperties":{},"key_type":{"type":"integer"}}`, `{"k":1}`, `k: expected integer, found string "k" (as a key)`},
		{`{"type":"number"}`, `1` + strings.Repeat("0", 400), `expected number, found integer 1` + strings.Repeat("0", 59) + `… (too large)`},
		{`{"type":"array","items":{"type":"number"},"x_vector_property":true}`, `[1,"x"]`, `[1]: expected number, found string "x"`},
	} {
		v, typ := js(t, tt.in), typ(t, tt.schema)
		got, err := value.Cast(v, typ)
		castErr, ok := errors.AsType[*value.CastError](err)
		if !ok {
			t.Errorf("Cast(%s, %s) = %s, %v, want a *CastError", tt.in, tt.schema, got, err)
			continue
		}
		if castErr.Error() != tt.want {
			t.Errorf("Cast(%.50s, %s): %s, want %s", tt.in, tt.schema, castErr, tt.want)
		}
		if named := castErr.In("input").Error(); !strings.HasPrefix(named, "input") {
			t.Errorf("In(input) = %s", named)
		}
		if castErr.Error() != tt.want {
			t.Error("In changes the error itself")
		}
	}
}

func TestCheckErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, in, want string }{
		{`{"type":"array","items":{"type":"number"}}`, `[1.0,2]`, `[1]: expected number, found integer 2`},
		{`{"type":"object","properties":{"a":{}},"additionalProperties":false}`, `{"a":1,"b":2}`, `b: unexpected property, found integer 2`},
		{`{"type":"object","properties":{"a":{}}}`, `{"b":2}`, `a: expected any, found nothing`},
		{`{"type":"object","additionalProperties":{"type":"string"}}`, `{"a":{"b":[]}}`, `a: expected string, found object {"b":[]}`},
		{`{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"null"}]}`, `[1]`, `[0]: expected string, found integer 1`},
		{
			`{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"array","items":{"type":"null"}}]}`, `[1]`,
			`expected list of string or list of null, found list [1]`,
		},
	} {
		if err := typ(t, tt.schema).Check(js(t, tt.in)); err == nil || err.Error() != tt.want {
			t.Errorf("Check(%s, %s) = %v, want %s", tt.in, tt.schema, err, tt.want)
		}
	}
}

func TestParseText(t *testing.T) {
	t.Parallel()
	optional := value.Optional(value.IntegerType)
	for _, tt := range []struct {
		text string
		typ  *value.Type
		want string // "" if it stays a text
	}{
		{"true", value.BooleanType, "true"},
		{" False ", value.BooleanType, "false"},
		{"", value.BooleanType, ""},
		{"yes", value.BooleanType, ""},
		{"1", value.BooleanType, ""},
		{" 4_2 ", value.IntegerType, "42"},
		{"4.0", value.IntegerType, ""},
		{strings.Repeat("9", 5000), value.IntegerType, ""},
		{"4", value.NumberType, "4.0"},
		{"1e999", value.NumberType, "Infinity"},
		{"four", value.NumberType, ""},
		{"4", value.StringType, ""},
		{"4", value.AnyType, ""},
		{"4", nil, ""},
		{"[4]", value.ListOf(nil), ""},
		{"null", value.NullType, ""},
		{"4", optional, "4"},
		{"x", optional, ""},
		{"4", value.UnionOf(value.IntegerType, value.StringType), ""},
		{"4", value.UnionOf(value.NumberType, value.BooleanType), "4.0"},
		{"2", typ(t, `{"type":"integer","enum":[1,2]}`), "2"},
		{"3", typ(t, `{"type":"integer","enum":[1,2]}`), ""},
	} {
		got, ok := value.ParseText(value.String(tt.text), tt.typ)
		want := tt.want
		if want == "" {
			want = value.String(tt.text).String()
		}
		if ok != (tt.want != "") || got.String() != want {
			t.Errorf("ParseText(%.20q, %s) = %s, %v, want %s", tt.text, tt.typ, got, ok, want)
		}
	}
	if v, ok := value.ParseText(value.Int(4), value.NumberType); ok || v.String() != "4" {
		t.Errorf("ParseText parses what is no text: %s", v)
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	person := `{"type":"object","properties":{"name":{"type":"string","default":"nobody"},"age":{"type":"integer"},
		"kind":{"type":"string","enum":["cat","dog"]},"tags":{"type":"array","items":{"type":"integer"}},"nick":{"type":["string","null"]}}}`
	for _, tt := range []struct{ schema, in, want, castText string }{
		{`{"type":"integer"}`, `"42"`, `42`, `42`},
		{`{"type":"integer"}`, `"forty"`, `0`, ``},
		{`{"type":"array","items":{"type":"number"}}`, `["1",2,true]`, `[1.0,2.0,1.0]`, `[1.0,2.0,1.0]`},
		{`{"type":"array","items":{"type":"number"}}`, `["1","x"]`, `[]`, ``},
		{`{"type":"boolean"}`, `"false"`, `false`, `false`},
		{`{"type":"string","enum":["a","b"]}`, `"c"`, `"a"`, ``},
		{`{}`, `{"a":1}`, `{"a":1}`, `{"a":1}`},
		{
			person, `{"age":"7","kind":"bird","tags":["1"],"more":[]}`,
			`{"age":7,"kind":"cat","tags":[1],"more":[],"name":"nobody","nick":null}`, ``,
		},
		{person, `3`, `{"name":"nobody","age":0,"kind":"cat","tags":[],"nick":""}`, ``},
		{`{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}`, `{"a":1,"b":2}`, `{"a":1}`, `{"a":1}`},
		{
			`{"type":"object","properties":{"a":{"type":"integer","default":4}},"additionalProperties":{"type":"integer"}}`,
			`{"b":"2"}`, `{"b":2,"a":4}`, `{"a":4,"b":2}`,
		},
	} {
		v, typ := js(t, tt.in), typ(t, tt.schema)
		got := value.Lenient(v, typ)
		if got.String() != tt.want || !typ.Fits(got) {
			t.Errorf("Lenient(%s, %s) = %s, want %s", tt.in, tt.schema, got, tt.want)
		}
		got, err := value.CastText(v, typ)
		if (err == nil) != (tt.castText != "") || err == nil && got.String() != tt.castText {
			t.Errorf("CastText(%s, %s) = %s, %v, want %s", tt.in, tt.schema, got, err, tt.castText)
		}
	}
	if got := value.Lenient(js(t, "1"), nil); got.String() != "1" {
		t.Errorf("Lenient(1, nil) = %s", got)
	}
}

func TestFillDefaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, in, want string }{
		{`{"type":"object","properties":{"a":{"type":"number","default":1},"b":{"type":"string"}}}`, `{}`, `{"a":1.0}`},
		{`{"type":"object","properties":{"a":{"default":1}}}`, `{"b":2,"a":null}`, `{"b":2,"a":null}`},
		{`{"type":"array","items":{"type":"object","properties":{"a":{"default":1}}}}`, `[{"a":2},{}]`, `[{"a":2},{"a":1}]`},
		{`{"type":"object","additionalProperties":{"type":"object","properties":{"a":{"default":1}}}}`, `{"x":{"a":0},"y":{}}`, `{"x":{"a":0},"y":{"a":1}}`},
		{`{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"default":1}}}}}`, `{"a":{}}`, `{"a":{"b":1}}`},
		{`{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"default":1}},"default":{}}}}`, `{}`, `{"a":{"b":1}}`},
		{`{"anyOf":[{"type":"null"},{"type":"object","properties":{"b":{"default":1}}}]}`, `{}`, `{"b":1}`},
		{`{"anyOf":[{"type":"null"},{"type":"object","properties":{"b":{"default":1}}}]}`, `3`, `3`},
		{`{"type":"object","properties":{"a":{"default":1}}}`, `3`, `3`},
		{`{"type":"array","items":{"type":"object","properties":{"a":{"default":1}}}}`, `3`, `3`},
	} {
		if got, err := value.FillDefaults(js(t, tt.in), typ(t, tt.schema)); err != nil || got.String() != tt.want {
			t.Errorf("FillDefaults(%s, %s) = %s, %v, want %s", tt.in, tt.schema, got, err, tt.want)
		}
	}
	wrong := typ(t, `{"type":"array","items":{"type":"object","properties":{"a":{"type":"integer","default":"x"}}}}`)
	if _, err := value.FillDefaults(js(t, `[{}]`), wrong); err == nil || err.Error() != `[0].a: expected integer, found string "x"` {
		t.Errorf("FillDefaults with a wrong default = %v", err)
	}
}
