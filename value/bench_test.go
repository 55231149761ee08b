package value_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// document makes a JSON document like a flow of the given number of nodes, about 1.4 kB each.
func document(nodes int) []byte {
	var b strings.Builder
	b.WriteString(`{"component_type": "Flow", "id": "f", "name": "flow", "nodes": [`)
	for i := range nodes {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `{"$component_ref": "node-%d"}`, i)
	}
	b.WriteString(`], "$referenced_components": {`)
	for i := range nodes {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, `
    "node-%[1]d": {
      "component_type": "ToolNode",
      "id": "node-%[1]d",
      "name": "node %[1]d",
      "description": "Looks something up, and says what it found.\nTwice.",
      "metadata": {"__metadata_info__": {"x": %[1]d, "y": 12.5, "collapsed": false}},
      "inputs": [
        {"title": "user_name", "type": "string", "description": "who it is about"},
        {"title": "limit", "type": "integer", "default": 10}
      ],
      "outputs": [
        {"title": "result_%[1]d", "type": "array", "items": {"type": "string"}},
        {"title": "details", "type": "object", "properties": {"when": {"type": "string", "title": "when"}, "score": {"type": "number"}}}
      ],
      "branches": ["next"],
      "tool": {
        "component_type": "ServerTool", "id": "tool-%[1]d", "name": "look_up", "description": null, "metadata": {},
        "inputs": [{"title": "user_name", "type": "string"}, {"title": "limit", "type": "integer", "default": 10}],
        "outputs": [{"title": "result_%[1]d", "type": "string"}],
        "requires_confirmation": false
      }
    }`, i)
	}
	b.WriteString(`}, "agentspec_version": "26.1.2"}`)
	return []byte(b.String())
}

func BenchmarkParseJSON(b *testing.B) {
	for _, nodes := range []int{35, 1000} {
		doc := document(nodes)
		b.Run(fmt.Sprintf("value/%dkB", len(doc)/1000), func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := value.ParseJSON(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("encoding-json/%dkB", len(doc)/1000), func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				var v any
				if err := json.Unmarshal(doc, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// nested makes a value of about 1 MB, and its type.
func nested(tb testing.TB) (value.Value, *value.Type) {
	tb.Helper()
	row := `{"id":1,"name":"a name of some length","scores":[1.5,2.5,3.5],"tags":["a","b"],"more":{"x":1,"y":"z"}}`
	v := js(tb, "["+strings.Repeat(row+",", 10_000)+row+"]")
	schema := `{"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"},
		"scores":{"type":"array","items":{"type":"number"}},"tags":{"type":"array","items":{"type":"string"}},
		"more":{"type":"object","additionalProperties":{"type":["integer","string"]}}}}}`
	return v, typ(tb, schema)
}

// A value that fits is not copied, however large it is.
func TestCastDoesNotAllocate(t *testing.T) {
	v, typ := nested(t)
	if n := testing.AllocsPerRun(3, func() {
		if w, err := value.Cast(v, typ); err != nil || w.Kind() != value.KindList {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("Cast of a value that fits allocates %v times", n)
	}
}

func TestParsePropertyDoesNotAllocate(t *testing.T) {
	schema := js(t, `{"title":"x","type":"string","description":"d","default":"a"}`)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := value.ParseProperty(schema); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("ParseProperty of a plain schema allocates %v times", n)
	}
}

func BenchmarkCast(b *testing.B) {
	v, same := nested(b)
	other := typ(b, `{"type":"array","items":{"type":"object","properties":{"scores":{"type":"array","items":{"type":"integer"}}}}}`)
	for _, bb := range []struct {
		name string
		typ  *value.Type
	}{{"fits", same}, {"changes", other}} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(v.String())))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := value.Cast(v, bb.typ); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseProperty(b *testing.B) {
	for _, schema := range []string{
		`{"title":"x","type":"string","description":"d"}`,
		`{"title":"x","type":"array","items":{"type":"string"}}`,
		`{"title":"x","type":"object","properties":{"a":{"type":"string","title":"a"},"b":{"type":"number"}}}`,
		`{"title":"x","anyOf":[{"type":"string"},{"type":"null"}],"default":null}`,
	} {
		v := js(b, schema)
		b.Run(schema[:min(len(schema), 32)], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := value.ParseProperty(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
