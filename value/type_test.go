package value_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/value"
)

// js reads a JSON value.
func js(t testing.TB, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("ParseJSON(%s): %v", text, err)
	}
	return v
}

// property reads a schema that has no faults.
func property(t testing.TB, schema string) value.Property {
	t.Helper()
	p, err := value.ParseProperty(js(t, schema))
	if err != nil {
		t.Fatalf("ParseProperty(%s): %v", schema, err)
	}
	return p
}

// typ reads a type that has no faults.
func typ(t testing.TB, schema string) *value.Type {
	t.Helper()
	return property(t, schema).Type
}

// TestKinds goes through what kind a schema makes, which values it accepts, and its zero.
func TestKinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		schema  string
		text    string
		accepts []string
		refuses []string
		zero    string
	}{
		{"reference", `{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer"}}}`, "integer", []string{"1"}, []string{`"a"`}, "0"},
		{
			"nested reference", `{"type":"array","items":{"$ref":"#/$defs/a~1b"},"$defs":{"a/b":{"type":"string"}}}`,
			"list of string",
			[]string{`["a"]`},
			[]string{"[1]"},
			"[]",
		},
		{"reference that leads nowhere", `{"$ref":"#/$defs/n"}`, "any", []string{"1", `"a"`}, nil, "null"},
		{"reference out of the document", `{"$ref":"http://localhost/x"}`, "any", []string{"1"}, nil, "null"},
		{
			"recursive reference", `{"type":"object","properties":{"next":{"$ref":"#"}}}`, "object with next",
			[]string{`{"next":{"next":3}}`},
			[]string{`{"next":3}`, `{}`, `{"next":{}}`},
			`{"next":{"next":null}}`,
		},
		{
			"overlaid reference", `{"$ref":"#/$defs/n","type":"string","$defs":{"n":{"type":"integer"}}}`, "string",
			[]string{`"a"`},
			[]string{"1"},
			`""`,
		},
		{
			"anyOf", `{"anyOf":[{"type":"integer"},{"type":"string"}]}`, "integer or string",
			[]string{"1", `"a"`, "true"},
			[]string{"1.5", "null"},
			"0",
		},
		{
			"nested anyOf", `{"anyOf":[{"anyOf":[{"type":"string"},{"type":"null"}]},{"type":"integer"}]}`,
			"string or null or integer",
			[]string{"1", `"a"`, "null"},
			[]string{"1.5"},
			`""`,
		},
		{"type list", `{"type":["string","null"]}`, "string or null", []string{"null", `"a"`}, []string{"1"}, `""`},
		{
			"type list with items", `{"type":["array","null"],"items":{"type":"integer"}}`, "list of integer or null",
			[]string{"null", "[1]"},
			[]string{`["a"]`},
			"[]",
		},
		{"type outweighs anyOf", `{"type":"string","anyOf":[{"type":"integer"}]}`, "string", []string{`"a"`}, []string{"1"}, `""`},
		{"no type", `{}`, "any", []string{"1", "null", `{"a":[]}`}, nil, "null"},
		{"const", `{"const":1}`, "any", []string{"2"}, nil, "null"},
		{"oneOf", `{"oneOf":[{"type":"integer"}]}`, "any", []string{`"a"`}, nil, "null"},
		{"allOf", `{"allOf":[{"type":"integer"}]}`, "any", []string{`"a"`}, nil, "null"},
		{"default null", `{"type":"integer","default":null}`, "integer or null", []string{"1", "null"}, []string{`"a"`}, "0"},
		{"default null of a list", `{"type":"array","default":null}`, "list of any or null", []string{"[1]", "null"}, []string{"1"}, "[]"},
		{"default null of null", `{"type":"null","default":null}`, "null", []string{"null"}, []string{"1"}, "null"},
		{"default null of any", `{"default":null}`, "any", []string{"null", "1"}, nil, "null"},
		{
			"default null of a union with null", `{"type":["null","integer"],"default":null}`, "null or integer",
			[]string{"null", "1"},
			[]string{`"a"`},
			"null",
		},
		{"boolean", `{"type":"boolean"}`, "boolean", []string{"true", "false"}, []string{"0", "1", `"true"`, "null"}, "false"},
		{"integer", `{"type":"integer"}`, "integer", []string{"1", "true", "99999999999999999999"}, []string{"1.0", `"1"`, "null"}, "0"},
		{"number", `{"type":"number"}`, "number", []string{"1.0", "1e3"}, []string{"1", "true", `"1"`}, "0.0"},
		{"string", `{"type":"string"}`, "string", []string{`""`, `"a"`}, []string{"1", "null"}, `""`},
		{"null", `{"type":"null"}`, "null", []string{"null"}, []string{"0", `""`, "false"}, "null"},
		{"list", `{"type":"array","items":{"type":"integer"}}`, "list of integer", []string{"[]", "[1,2]"}, []string{"[1.5]", "{}", "null"}, "[]"},
		{"list of anything", `{"type":"array"}`, "list of any", []string{"[]", `[1,"a"]`}, []string{"1"}, "[]"},
		{"list of a union", `{"type":"array","items":{"type":["string","null"]}}`, "list of (string or null)", []string{"[null]"}, []string{"[1]"}, "[]"},
		{
			"vector", `{"type":"array","items":{"type":"number"},"x_vector_property":true}`, "vector",
			[]string{"[]", "[1,2.5]"},
			[]string{`["a"]`, "1"},
			"[]",
		},
		{
			"object", `{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string","default":"x"}}}`, "object with a, b",
			[]string{`{"a":1}`, `{"a":1,"b":"y"}`, `{"a":1,"c":[]}`},
			[]string{`{}`, `{"b":"y"}`, `{"a":"1"}`, "1"},
			`{"a":0,"b":""}`,
		},
		{
			"closed object", `{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}`, "object with a",
			[]string{`{"a":1}`},
			[]string{`{"a":1,"c":[]}`},
			`{"a":0}`,
		},
		{
			"object with typed extras", `{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"integer"}}`, "object with a",
			[]string{`{"a":"x","c":1}`},
			[]string{`{"a":1,"c":"x"}`},
			`{"a":null}`,
		},
		{
			"open object", `{"type":"object","properties":{"a":{}},"additionalProperties":true}`, "object with a",
			[]string{`{"a":"x","c":1}`},
			[]string{`{"c":"x"}`},
			`{"a":null}`,
		},
		{"object without properties", `{"type":"object","properties":{}}`, "object", []string{`{}`, `{"a":1}`}, []string{"1"}, "{}"},
		{"dict", `{"type":"object","additionalProperties":{"type":"integer"}}`, "dict of integer", []string{"{}", `{"a":1}`}, []string{`{"a":"x"}`, "[]"}, "{}"},
		{
			"dict as pyagentspec writes it", `{"additionalProperties":{"type":"integer"},"properties":{},"type":"object"}`, "dict of integer",
			[]string{"{}", `{"a":1}`},
			[]string{`{"a":"x"}`},
			"{}",
		},
		{"dict of anything", `{"type":"object","additionalProperties":true}`, "dict of any", []string{`{"a":1,"b":"x"}`}, []string{"1"}, "{}"},
		{"dict of anything, though false", `{"type":"object","additionalProperties":false}`, "dict of any", []string{`{"a":1}`}, []string{"1"}, "{}"},
		{
			"dict with keys", `{"type":"object","additionalProperties":{},"key_type":{"type":"string","enum":["a"]}}`, "dict of any",
			[]string{`{"a":1}`},
			[]string{`{"b":1}`},
			"{}",
		},
		{"bare object", `{"type":"object"}`, "object", []string{"{}", "1", `"a"`, "null"}, nil, "null"},
		{"enum", `{"type":"string","enum":["a","b"]}`, `one of "a", "b"`, []string{`"a"`}, []string{`"c"`, "1"}, `""`},
		{"enum of numbers", `{"type":"number","enum":[1,2.5]}`, "one of 1, 2.5", []string{"1.0", "2.5"}, []string{"1", "3.0"}, "0.0"},
		{"enum of integers takes a boolean that counts the same", `{"type":"integer","enum":[1,2]}`, "one of 1, 2", []string{"1", "true"}, []string{"false", "3"}, "0"},
		{"enum with null", `{"type":["string","null"],"enum":["a",null]}`, `one of "a", null`, []string{`"a"`, "null"}, []string{`"b"`}, `""`},
		{"keywords without effect", `{"type":"string","format":"email","minLength":3,"x-own":1}`, "string", []string{`"a"`}, []string{"1"}, `""`},
		{"items true", `{"type":"array","items":true}`, "list of any", []string{"[1]"}, []string{"1"}, "[]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := typ(t, tt.schema)
			if got.String() != tt.text {
				t.Errorf("type of %s = %s, want %s", tt.schema, got, tt.text)
			}
			for _, text := range tt.accepts {
				if v := js(t, text); !got.Fits(v) || got.Check(v) != nil {
					t.Errorf("%s does not accept %s: %v", tt.schema, text, got.Check(v))
				}
			}
			for _, text := range tt.refuses {
				if v := js(t, text); got.Fits(v) || got.Check(v) == nil {
					t.Errorf("%s accepts %s", tt.schema, text)
				}
			}
			if zero := value.Zero(got).String(); zero != tt.zero {
				t.Errorf("Zero(%s) = %s, want %s", tt.schema, zero, tt.zero)
			}
		})
	}
}

func TestParsePropertyFaults(t *testing.T) {
	t.Parallel()
	many := `{"anyOf":[` + strings.TrimSuffix(strings.Repeat(`{"type":"string"},`, 101), ",") + `]}`
	for _, tt := range []struct {
		name, schema string
		want         []string
	}{
		{"no schema", `3`, []string{`expected a schema, found integer 3`}},
		{
			"unknown type", `{"type":"text"}`,
			[]string{`/type: unknown type "text"; the types are string, integer, number, boolean, null, array, object`},
		},
		{"type of another kind", `{"type":3}`, []string{`/type: expected the name of a type or a list of them, found integer 3`}},
		{"type listed twice", `{"type":["string","string"]}`, []string{`/type/1: the type "string" is listed twice`}},
		{"no types", `{"type":[]}`, []string{`/type: the list of types is empty`}},
		{"empty anyOf", `{"anyOf":[]}`, []string{`/anyOf: expected a list of schemas, found list []`}},
		{"too many members", many, []string{`/anyOf: a union of 101 types; at most 100 are allowed, consider a schema without a type`}},
		{"title of another kind", `{"type":"string","title":3}`, []string{`/title: expected a text, found integer 3`}},
		{"description of another kind", `{"type":"string","description":null}`, []string{`/description: expected a text, found null`}},
		{"enum without type", `{"enum":["a"]}`, []string{`/enum: an enum needs a type beside it`}},
		{
			"enum of a list", `{"type":"array","enum":[[]]}`,
			[]string{`/enum: only string, integer, number, boolean and null can have an enum, not list of any`},
		},
		{"enum of another type", `{"type":"integer","enum":[1,"a"]}`, []string{`/enum/1: expected integer, found string "a"`}},
		{"empty enum", `{"type":"integer","enum":[]}`, []string{`/enum: the list of allowed values is empty`}},
		{"enum of another kind", `{"type":"integer","enum":3}`, []string{`/enum: expected a list of values, found integer 3`}},
		{"malformed keyword", `{"type":"string","minLength":-1}`, []string{`/minLength: expected a whole number from zero on, found integer -1`}},
		{"malformed required", `{"type":"object","required":true}`, []string{`/required: expected a list of different names, found boolean true`}},
		{"malformed reference", `{"$ref":5}`, []string{`/$ref: expected a text, found integer 5`}},
		{
			"items as a list", `{"type":"array","items":[{"type":"string"}]}`,
			[]string{`/items: expected a schema, found list [{"type":"string"}]`},
		},
		{"false allows nothing", `{"type":"array","items":false}`, []string{`/items: the schema false allows no value at all`}},
		{"properties of another kind", `{"type":"object","properties":[]}`, []string{`/properties: expected an object of schemas, found list []`}},
		{
			"all faults, with their places", `{"type":"object","properties":{"a/b":{"type":"x"},"c":{"type":"array","items":{"type":"y"}}},
			"additionalProperties":{"anyOf":[{"type":"string"},{"type":"z"}]},"$defs":{"d":{"type":"v"}}}`,
			[]string{`/$defs/d/type`, `/additionalProperties/anyOf/1/type`, `/properties/a~1b/type`, `/properties/c/items/type`},
		},
		{
			"faults once only", `{"type":["array","string","null"],"items":{"type":["array","null"],"items":{"type":"x"}}}`,
			[]string{`/items/items/type`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := value.ParseProperty(js(t, tt.schema))
			var got []string
			for _, fault := range value.SchemaErrors(err) {
				text := fault.Error()
				if len(tt.want) > 0 && !strings.Contains(tt.want[0], ": ") && strings.HasPrefix(tt.want[0], "/") {
					text = fault.Path
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseProperty(%s) (-want +got)\n%s", tt.schema, diff)
			}
			if _, ok := errors.AsType[*value.SchemaError](err); !ok {
				t.Errorf("ParseProperty(%s) = %v, want a *SchemaError", tt.schema, err)
			}
		})
	}
}

// TestMalformedKeywords covers keywords that mean nothing here: the reference refuses them where the metaschema does.
func TestMalformedKeywords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ keyword, good, bad string }{
		{"format", `"email"`, `1`},
		{"uniqueItems", `true`, `1`},
		{"maximum", `1.5`, `"1"`},
		{"minimum", `-1`, `true`},
		{"multipleOf", `0.5`, `0`},
		{"maxItems", `3.0`, `1.5`},
		{"examples", `[1]`, `1`},
		{"required", `["a"]`, `["a","a"]`},
		{"$vocabulary", `{}`, `[]`},
		{"dependentRequired", `{"a":["b"]}`, `{"a":["b","b"]}`},
		{"not", `{}`, `1`},
		{"not", `false`, `{"type":"x"}`},
		{"oneOf", `[{"enum":["a"]}]`, `[]`},
		{"allOf", `[true]`, `[{"minLength":"x"}]`},
		{"$defs", `{"a":{}}`, `{"a":1}`},
		{"patternProperties", `{"^a":true}`, `[]`},
		{"x-unknown", `{"type":"x"}`, ``},
		{"additionalProperties", `true`, `{"type":"x"}`},
		{"items", `true`, `{"type":[1]}`},
		{"properties", `{"a":true}`, `{"a":1}`},
	} {
		for _, kind := range []string{"array", "string", "object"} {
			schema := func(v string) value.Value { return js(t, `{"type":"`+kind+`","`+tt.keyword+`":`+v+`}`) }
			if _, err := value.ParseProperty(schema(tt.good)); err != nil {
				t.Errorf("ParseProperty(%s) = %v", schema(tt.good), err)
			}
			if tt.bad == "" {
				continue
			}
			_, err := value.ParseProperty(schema(tt.bad))
			faults := value.SchemaErrors(err)
			if len(faults) != 1 || !strings.HasPrefix(faults[0].Path, "/"+tt.keyword) {
				t.Errorf("ParseProperty(%s) = %v", schema(tt.bad), err)
			}
		}
	}
}

func TestTypeText(t *testing.T) {
	t.Parallel()
	var names []string
	for c := 'a'; c <= 'z'; c++ {
		names = append(names, `"`+string(c)+`"`)
	}
	for _, tt := range []struct{ schema, want string }{
		{`{"type":"string","enum":[` + strings.Join(names, ",") + `]}`, `one of "a", "b", "c", "d", "e", "f", "g", "h", …`},
		{`{"type":"object","properties":{` + strings.Join(names, ":{},") + `:{}}}`, `object with a, b, c, d, e, f, g, h, …`},
		{`{"anyOf":[` + strings.TrimSuffix(strings.Repeat(`{"type":"null"},`, 9), ",") + `]}`, strings.Repeat("null or ", 8) + "…"},
	} {
		if got := typ(t, tt.schema).String(); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.schema, got, tt.want)
		}
	}
}

func TestTypesCompare(t *testing.T) {
	t.Parallel()
	a := typ(t, `{"type":"object","properties":{"x":{"type":"string","minLength":1}}}`)
	b, again := typ(t, `{"type":"object","properties":{"x":{"type":"string"}}}`), typ(t, a.Schema().String())
	if !a.Equal(again) || a.Equal(b) || !value.SameType(a, b) || cmp.Equal(a, b) {
		t.Errorf("Equal or SameType of %s and %s is wrong", a.Schema(), b.Schema())
	}
	p, ok := a.Property("x")
	same, _ := again.Property("x")
	if _, none := a.Property("y"); !ok || none || p.Title != "x" || !p.Equal(same) || p.Equal(p.WithTitle("y")) {
		t.Errorf("Property(x) = %v, %v", p.Schema(), ok)
	}
}

// Faults can be taken apart after they were wrapped, and a default's cause asked for.
func TestSchemaErrorsOfWrappedError(t *testing.T) {
	t.Parallel()
	_, err := value.ParseProperty(js(t, `{"type":"x","minLength":"y"}`))
	if got := len(value.SchemaErrors(fmt.Errorf("input: %w", err))); got != 2 {
		t.Errorf("%d faults, want 2", got)
	}
	if value.SchemaErrors(nil) != nil || value.SchemaErrors(errors.New("other")) != nil {
		t.Error("faults where there are none")
	}
	err = value.CheckDefault(property(t, `{"type":"integer","default":"x"}`))
	if castErr, ok := errors.AsType[*value.CastError](err); !ok || castErr.Got.Str() != "x" {
		t.Errorf("cause of %v = %v", err, castErr)
	}
}

// References to references double at each level; 60 levels must neither hang nor fill the memory.
func TestReferencesThatMultiply(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/a","$defs":{"z":{}`)
	for c := 'a'; c < 'z'; c++ {
		next := string(c + 1)
		b.WriteString(`,"` + string(c) + `":{"type":"object","properties":{"l":{"$ref":"#/$defs/` + next + `"},"r":{"$ref":"#/$defs/` + next + `"}}}`)
	}
	b.WriteString(`}}`)
	_, err := value.ParseProperty(js(t, b.String()))
	if err == nil || !strings.Contains(err.Error(), "expand to more than 10000 schemas") {
		t.Errorf("ParseProperty = %v, want an error about the size", err)
	}
}
