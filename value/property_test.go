package value_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/value"
)

func TestSchemaIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{
		`{"title":"x","type":"string"}`,
		`{"type":"string","title":"x","default":"a","x-mine":[1],"format":"email"}`,
		`{}`, `{"title":"x"}`, `{"title":""}`, `{"description":"","type":"string"}`, `{"default":null}`,
		`{"type":["null","integer"],"default":null,"title":"x"}`, `{"type":"integer","default":null}`,
		`{"anyOf":[{"type":"string","title":"inner","description":"d"},{"type":"null"}],"title":"x","default":null}`,
		`{"type":"array","items":{"type":"string","title":"item","minLength":2},"minItems":1}`,
		`{"properties":{"a":{"type":"string","title":"another"}},"additionalProperties":true,"type":"object"}`,
		`{"$ref":"#/$defs/n","title":"x","$defs":{"n":{"type":"integer","title":"n","default":4}}}`,
		`{"type":"string","enum":["All","None"],"default":"all"}`, `{"type":"number","default":1}`,
		`{"type":"string","title":"x","additionalProperties":{}}`,
	} {
		p := property(t, schema)
		if got := p.Schema().String(); got != js(t, schema).String() {
			t.Errorf("schema of %s = %s", schema, got)
		}
	}
}

func TestSchemaOfChangedProperty(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, schema string
		change       func(value.Property) value.Property
		want         string
	}{
		{
			"title", `{"title":"x","type":"string","enum":["a"],"x-mine":1}`,
			func(p value.Property) value.Property { return p.WithTitle("y") }, `{"title":"y","type":"string","enum":["a"],"x-mine":1}`,
		},
		{"no title", `{"title":"x","type":"string"}`, func(p value.Property) value.Property { return p.WithTitle("") }, `{"type":"string"}`},
		{
			"description", `{"title":"x","type":"string"}`, func(p value.Property) value.Property { return p.WithDescription("d") },
			`{"title":"x","type":"string","description":"d"}`,
		},
		{
			"default", `{"title":"x","type":"string","default":"a"}`, func(p value.Property) value.Property { return p.WithDefault(value.String("b")) },
			`{"title":"x","type":"string","default":"b"}`,
		},
		{
			"equal default", `{"type":"number","default":1.50}`, func(p value.Property) value.Property { return p.WithDefault(value.Float(1.5)) },
			`{"type":"number","default":1.5}`,
		},
		{"no default", `{"title":"x","type":"string","default":"a"}`, value.Property.WithoutDefault, `{"title":"x","type":"string"}`},
		{
			"no default null", `{"title":"x","type":"integer","default":null}`, value.Property.WithoutDefault,
			`{"anyOf":[{"type":"integer"},{"type":"null"}],"title":"x"}`,
		},
		{
			"another default than null", `{"title":"x","type":["integer","null"],"default":null}`,
			func(p value.Property) value.Property { return p.WithDefault(value.Int(3)) }, `{"title":"x","type":["integer","null"],"default":3}`,
		},
		{
			"type", `{"title":"x","type":"string","minLength":3,"enum":["abc"],"description":"d","x-mine":1,"readOnly":true}`,
			func(p value.Property) value.Property { return p.WithType(value.ListOf(value.IntegerType)) },
			`{"type":"array","items":{"type":"integer"},"title":"x","description":"d","x-mine":1,"readOnly":true}`,
		},
		{
			"list of the old type", `{"title":"x","type":"string","minLength":3}`,
			func(p value.Property) value.Property { return p.WithType(value.ListOf(p.Type)) },
			`{"type":"array","items":{"type":"string","minLength":3},"title":"x"}`,
		},
		{
			"type out of a reference", `{"type":"array","items":{"$ref":"#/$defs/n"},"$defs":{"n":{"type":"object","properties":{"a":{"$ref":"#/$defs/m"}}},"m":{"type":"integer","default":1}}}`,
			func(p value.Property) value.Property { return p.WithType(p.Type.Items) },
			`{"type":"object","properties":{"a":{"type":"integer","title":"a","default":1}}}`,
		},
		{
			"default out of a reference", `{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer","default":1}}}`,
			func(p value.Property) value.Property { return p.WithDefault(value.Int(2)) },
			`{"$ref":"#/$defs/n","$defs":{"n":{"type":"integer","default":1}},"default":2}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := property(t, tt.schema)
			if diff := cmp.Diff(js(t, tt.want).String(), tt.change(p).Schema().String()); diff != "" {
				t.Errorf("changed schema (-want +got)\n%s", diff)
			}
			if got := p.Schema().String(); got != js(t, tt.schema).String() {
				t.Errorf("the property itself changed: %s", got)
			}
		})
	}
}

func TestGeneratedSchema(t *testing.T) {
	t.Parallel()
	enum := &value.Type{Kind: value.TypeString, Enum: []value.Value{value.String("a")}}
	closed := &value.Type{Kind: value.TypeObject, Closed: true, Properties: []value.Property{{Title: "a", Type: enum}}}
	for _, tt := range []struct {
		p    value.Property
		want string
	}{
		{value.Property{}, `{}`},
		{
			value.Property{Title: "x", Description: "d", Type: enum, Default: value.String("a"), HasDefault: true},
			`{"type":"string","title":"x","description":"d","default":"a","enum":["a"]}`,
		},
		{value.Property{Type: value.ListOf(nil)}, `{"type":"array"}`},
		{
			value.Property{Type: value.ListOf(value.UnionOf(value.StringType, value.Optional(value.IntegerType)))},
			`{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"},{"type":"null"}]}}`,
		},
		{value.Property{Type: value.DictOf(nil)}, `{"type":"object","additionalProperties":{}}`},
		{
			value.Property{Type: &value.Type{Kind: value.TypeDict, Additional: value.NumberType, Keys: value.StringType}},
			`{"type":"object","additionalProperties":{"type":"number"},"key_type":{"type":"string"}}`,
		},
		{value.Property{Type: closed}, `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","title":"a","enum":["a"]}}}`},
		{
			value.Property{Type: &value.Type{Kind: value.TypeList, Items: value.NumberType, Vector: true}},
			`{"type":"array","items":{"type":"number"},"x_vector_property":true}`,
		},
	} {
		got := tt.p.Schema().String()
		if got != tt.want {
			t.Errorf("schema = %s, want %s", got, tt.want)
		}
		if back := property(t, got); !value.SameType(back.Type, tt.p.Type) {
			t.Errorf("%s is read as %s", got, back.Type)
		}
	}
}

func TestEnumDefaultIsMended(t *testing.T) {
	t.Parallel()
	p := property(t, `{"type":"string","enum":["ALL","none"],"default":"all"}`)
	if got := p.Default.Str(); got != "ALL" || value.CheckDefault(p) != nil {
		t.Errorf("default = %q, want ALL: %v", got, value.CheckDefault(p))
	}
}

func TestTitles(t *testing.T) {
	t.Parallel()
	for _, title := range []string{"", "a b", "a.b", "a,b", "{a", "a}", "a\nb", "it's", `"a"`} {
		if value.CheckTitle(title) == nil {
			t.Errorf("CheckTitle(%q) passes", title)
		}
	}
	for _, title := range []string{"a", "a-b", "a_b", "größe", "a:b", "a/b"} {
		if err := value.CheckTitle(title); err != nil {
			t.Errorf("CheckTitle(%q) = %v", title, err)
		}
	}
	err := value.CheckTitles(js(t, `{"title":"a b","type":"array","items":{"title":"c.d","anyOf":[{"title":"e}"}],
		"properties":{"f g":{"title":"h i"}},"additionalProperties":{"title":"'"}}}`))
	var got []string
	for _, fault := range value.SchemaErrors(err) {
		got = append(got, fault.Error())
	}
	want := []string{
		`/title: title "a b" must not contain a space`,
		`/items/title: title "c.d" must not contain the character .`,
		`/items/anyOf/0/title: title "e}" must not contain the character }`,
		`/items/properties/f g/title: title "h i" must not contain a space`,
		`/items/additionalProperties/title: title "'" must not contain the character '`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CheckTitles (-want +got)\n%s", diff)
	}
	if value.CheckTitles(js(t, `{"title":""}`)) == nil {
		t.Error("an empty title passes")
	}
	if err := value.CheckTitles(js(t, `{"title":"x","items":{"title":""}}`)); err != nil {
		t.Errorf("an empty title inside is refused: %v", err)
	}
}

func TestCheckDefaultNamesThePlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, want string }{
		{`{"type":"integer","default":"x"}`, `/default: default: expected integer, found string "x"`},
		{`{"type":"array","items":{"type":"integer"},"default":[1,[]]}`, `/default: default: [1]: expected integer, found list []`},
		{`{"type":"object","properties":{"a":{"type":"integer","default":"x"}}}`, `/properties/a/default: default: expected integer, found string "x"`},
		{
			`{"anyOf":[{"type":"object","properties":{"a/b":{"type":"array","items":{"type":"object","properties":{"c":{"type":"null","default":1}}}}}}]}`,
			`/anyOf/0/properties/a~1b/items/properties/c/default: default: expected null, found integer 1`,
		},
		{`{"type":"string","enum":["a"],"default":"b"}`, `/default: default: expected one of "a", found string "b"`},
		{
			`{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false,"default":{"a":1,"b":2}}`,
			`/default: default: b: unexpected property, found integer 2`,
		},
		{`{"type":"object","properties":{"a":{"type":"integer"}},"default":{}}`, `/default: default: a: expected integer, found nothing`},
	} {
		err := value.CheckDefault(property(t, tt.schema))
		if err == nil || err.Error() != tt.want {
			t.Errorf("CheckDefault(%s) = %v, want %s", tt.schema, err, tt.want)
		}
	}
	for _, schema := range []string{
		`{"type":"number","default":1}`, `{"type":"string","default":5}`, `{"type":"integer","default":true}`, `{"type":"string","default":null}`,
		`{"type":"array","items":{"type":"string"},"default":[1]}`, `{"type":"object","properties":{"a":{"default":1}},"default":{}}`,
	} {
		if err := value.CheckDefault(property(t, schema)); err != nil {
			t.Errorf("CheckDefault(%s) = %v", schema, err)
		}
	}
}

func TestDefaultValueIsCast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, want string }{
		{`{"type":"number","default":1}`, `1.0`},
		{`{"type":"string","default":[1]}`, `"[1]"`},
		{`{"type":"string","default":null}`, `null`},
		{`{"type":"object","properties":{"a":{"type":"number","default":2},"b":{"type":"string"}},"default":{"b":3}}`, `{"a":2.0,"b":"3"}`},
	} {
		if got, err := property(t, tt.schema).DefaultValue(); err != nil || got.String() != tt.want {
			t.Errorf("default of %s = %s, %v, want %s", tt.schema, got, err, tt.want)
		}
	}
}

// TestPropertiesAreStoredAsTheirSchemas stores a property, and reads it back as it was.
func TestPropertiesAreStoredAsTheirSchemas(t *testing.T) {
	t.Parallel()
	const written = `{"title":"x","description":"an x","type":"array","items":{"type":"string","minLength":1},"default":null,"x-more":1}`
	var p value.Property
	if err := json.Unmarshal([]byte(written), &p); err != nil {
		t.Fatal(err)
	}
	if p.Title != "x" || !p.HasDefault || !p.Default.IsNull() {
		t.Errorf("Unmarshal() = %+v", p)
	}
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != written {
		t.Errorf("Marshal() = %s, want %s", got, written)
	}
}
