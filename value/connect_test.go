package value_test

import (
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// TestSameType covers which types count as one.
func TestSameType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`{"type":"string"}`, `{"type":"string","title":"x","default":"a","enum":["a"]}`, true},
		{`{"type":"string"}`, `{"type":"string","default":null}`, true},
		{`{"type":"string"}`, `{"type":"integer"}`, false},
		{`{"type":"string"}`, `{}`, false},
		{`{}`, `{"title":"x"}`, true},
		{`{"type":["string","null"]}`, `{"anyOf":[{"type":"null"},{"type":"string"},{"type":"null"}]}`, true},
		{`{"type":["string","null"]}`, `{"type":"string"}`, false},
		{`{"anyOf":[{"type":"string"}]}`, `{"type":"string"}`, true},
		{`{"type":"array","items":{"type":"string"}}`, `{"type":"array","items":{"type":"string","title":"x"}}`, true},
		{`{"type":"array"}`, `{"type":"array","items":{}}`, true},
		{`{"type":"array"}`, `{"type":"array","items":{"type":"string"}}`, false},
		{`{"type":"array","items":{"type":"number"},"x_vector_property":true}`, `{"type":"array","items":{"type":"number"}}`, true},
		{`{"type":"object"}`, `{"type":"object","additionalProperties":{}}`, true},
		{`{"type":"object"}`, `{}`, false},
		{`{"type":"object","properties":{"a":{},"b":{}}}`, `{"type":"object","properties":{"b":{},"a":{}}}`, true},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"b":{}}}`, false},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`, false},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{}},"additionalProperties":true}`, true},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{}},"additionalProperties":false}`, false},
		{`{"type":"object","additionalProperties":{"type":"string"}}`, `{"additionalProperties":{"type":"string"},"properties":{},"type":"object"}`, true},
	} {
		a, b := typ(t, tt.a), typ(t, tt.b)
		if value.SameType(a, b) != tt.want || value.SameType(b, a) != tt.want {
			t.Errorf("SameType(%s, %s) = %v, want %v", tt.a, tt.b, value.SameType(a, b), tt.want)
		}
	}
}

// TestWhyNotCast covers what may not be connected, and some acceptances that only ours has.
func TestWhyNotCast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, to, want string }{
		{`{"type":"string"}`, `{"type":"integer"}`, `string cannot become integer`},
		{`{"type":"array","items":{"type":"string"}}`, `{"type":"integer"}`, `list of string cannot become integer`},
		{`{"type":"integer"}`, `{"type":"null"}`, `integer cannot become null`},
		{`{}`, `{"type":"integer"}`, `any may hold anything, and is only taken by any and string, not by integer`},
		{`{"type":["string","null"]}`, `{"type":"integer"}`, `it may be string, which cannot become integer`},
		{
			`{"type":"array","items":{"type":"array","items":{"type":"string"}}}`, `{"type":"array","items":{"type":"array","items":{"type":"null"}}}`,
			`its items: its items: string cannot become null`,
		},
		{
			`{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"integer"}}}`,
			`property "a": string cannot become integer`,
		},
		{
			`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"b":{"type":"integer"}}}`,
			`the source has no property "b" (integer)`,
		},
		{
			`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{}},"additionalProperties":false}`,
			`the source may have further properties, and the target allows none`,
		},
		{
			`{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`, `{"type":"object","additionalProperties":{"type":"integer"}}`,
			`property "a" is unknown to the target: string cannot become integer`,
		},
		{
			`{"type":"object","additionalProperties":{"type":"string"}}`, `{"type":"object","additionalProperties":{"type":"integer"}}`,
			`further properties: string cannot become integer`,
		},
		{
			`{"type":"object","additionalProperties":{"type":"string"}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`,
			`the source has no property "a" (string)`,
		},
		{
			`{"type":"object","additionalProperties":{}}`, `{"type":"object","additionalProperties":{},"key_type":{"type":"integer"}}`,
			`keys: any may hold anything, and is only taken by any and string, not by integer`,
		},
		{`{"type":"string","enum":["a"]}`, `{"type":"string","enum":["b","c"]}`, `none of the source's values is one of "b", "c"`},
		{`{"type":"string"}`, `{"type":"object"}`, `string cannot become object`},

		{`{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"string"}`, ``},
		{`{"type":"boolean"}`, `{"type":"number"}`, ``},
		{`{"type":"null"}`, `{"type":["integer","null"]}`, ``},
		{`{}`, `{"type":["integer","string"]}`, ``},
		{`{}`, `{"type":"object"}`, ``},
		{`{"type":"string"}`, `{"type":"string","enum":["a"]}`, ``},
		{`{"type":"integer","default":null}`, `{"type":"integer"}`, ``},
		{`{"type":"object","properties":{"a":{},"b":{}}}`, `{"type":"object","properties":{"a":{}}}`, ``},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{}},"additionalProperties":true}`, ``},
		{`{"type":"object","properties":{"a":{}},"additionalProperties":false}`, `{"type":"object","properties":{"a":{}}}`, ``},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{},"b":{"default":1}}}`, ``},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object"}`, ``},
	} {
		from, to := typ(t, tt.from), typ(t, tt.to)
		if got := value.WhyNotCast(from, to); got != tt.want || value.CanCast(from, to) != (tt.want == "") {
			t.Errorf("WhyNotCast(%s, %s) = %q, want %q; CanCast = %v", tt.from, tt.to, got, tt.want, value.CanCast(from, to))
		}
	}
}

func TestNeedsCast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{`{"type":"string"}`, `{"type":"string"}`, false},
		{`{"type":"string","enum":["a"]}`, `{"type":"string"}`, false},
		{`{"type":"string"}`, `{"type":"string","enum":["a"]}`, true},
		{`{"type":"string","enum":["a"]}`, `{"type":"string","enum":["a","b"]}`, false},
		{`{"type":"string"}`, `{}`, false},
		{`{}`, `{"type":"string"}`, true},
		{`{"type":"integer"}`, `{"type":"number"}`, true},
		{`{"type":"boolean"}`, `{"type":"integer"}`, false},
		{`{"type":"boolean"}`, `{"type":"number"}`, true},
		{`{"type":"string"}`, `{"type":["string","null"]}`, false},
		{`{"type":["string","null"]}`, `{"type":"string"}`, true},
		{`{"type":["string","null"]}`, `{"type":["null","string","integer"]}`, false},
		{`{"type":"array","items":{"type":"string"}}`, `{"type":"array"}`, false},
		{`{"type":"array"}`, `{"type":"array","items":{"type":"string"}}`, true},
		{`{"type":"array","items":{"type":"integer"}}`, `{"type":"array","items":{"type":"number"},"x_vector_property":true}`, false},
		{`{"type":"array","items":{"type":"number"},"x_vector_property":true}`, `{"type":"array","items":{"type":"number"}}`, true},
		{`{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`, false},
		{`{"type":"object","properties":{"a":{"type":"integer"}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`, true},
		{`{"type":"object","properties":{"a":{"default":1}}}`, `{"type":"object","properties":{"a":{}}}`, true},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{}},"additionalProperties":false}`, true},
		{`{"type":"object","properties":{"a":{}},"additionalProperties":false}`, `{"type":"object","properties":{"a":{},"b":{"type":"string","default":""}}}`, false},
		{`{"type":"object","properties":{"a":{}}}`, `{"type":"object","properties":{"a":{},"b":{"type":"string","default":""}}}`, true},
		{`{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`, `{"type":"object","additionalProperties":{"type":"string"}}`, false},
		{`{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","additionalProperties":{"type":"string"}}`, true},
		{`{"type":"object"}`, `{"type":"object","additionalProperties":{}}`, true},
	} {
		if got := value.NeedsCast(typ(t, tt.from), typ(t, tt.to)); got != tt.want {
			t.Errorf("NeedsCast(%s, %s) = %v, want %v", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestNilTypeIsAny(t *testing.T) {
	t.Parallel()
	var none *value.Type
	v := value.List(value.Int(1))
	if got, err := value.Cast(v, none); err != nil || !got.Equal(v) || !none.Fits(v) || none.Check(v) != nil || none.String() != "any" {
		t.Errorf("a nil type is not any: %s, %v", got, err)
	}
	if !value.SameType(none, value.AnyType) || !value.CanCast(value.StringType, none) || value.NeedsCast(none, none) {
		t.Error("a nil type does not compare as any")
	}
	if got := none.Schema().String(); got != "{}" {
		t.Errorf("schema of a nil type = %s", got)
	}
	if !value.Zero(none).IsNull() || !value.UnionOf(nil, value.NullType).Fits(v) || value.Optional(nil).String() != "any" {
		t.Error("a nil type does not combine as any")
	}
}
