package replay

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/value"
)

// drawValue draws any JSON value, with texts that a block of YAML could lose something of.
func drawValue(t *rapid.T, depth int) value.Value {
	text := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"", " ", "\n", "a\n", "a\n\n", "a \nb", "  a\nb", "\ta\n\tb", "a\r\nb", "---\na", "# a\nb", "null", "1", "0x1", "1_0", "~", "yes", "a: b\nc", "- a", "\u2028\n", "\ufeffa\n"}),
		rapid.StringMatching(`[a \n\t#:'"-]{0,12}`),
	)
	switch n := rapid.IntRange(0, 7).Draw(t, "kind"); {
	case n == 0:
		return value.Null
	case n == 1:
		return value.Bool(rapid.Bool().Draw(t, "bool"))
	case n == 2:
		return value.Int(rapid.Int64().Draw(t, "int"))
	case n == 3:
		return value.Float(float64(rapid.Int32().Draw(t, "float")) / 8)
	case n == 4 && depth > 0:
		var items []value.Value
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			items = append(items, drawValue(t, depth-1))
		}
		return value.List(items...)
	case n == 5 && depth > 0:
		var b value.ObjectBuilder
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			b.Set(text.Draw(t, "key"), drawValue(t, depth-1))
		}
		return b.Value()
	}
	return value.String(strings.ToValidUTF8(text.Draw(t, "text"), "?"))
}

// TestFilesReadBack is the property that a recording is read as it was written.
func TestFilesReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := &entry{id: "3.0.2/1", path: []string{"a", "b: c"}, request: drawValue(t, 3), result: drawValue(t, 3)}
		data, err := write([]*entry{want, want})
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse(data)
		if err != nil || len(got) != 2 {
			t.Fatalf("parse: %v\n%s", err, data)
		}
		for _, e := range got {
			if e.id != want.id || e.request.String() != want.request.String() || e.result.String() != want.result.String() {
				t.Fatalf("read as %v %v, want %v %v\n%s", e.request, e.result, want.request, want.result, data)
			}
		}
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a: b", "- a", "- {node: a, id: b, request: c}", "[", "- {node: 1, id: b, request: c, answer: d}", "- &a {node: *a}"} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("parse(%q) is taken", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("- {node: a, id: '1', request: {tool: {}}, answer: {value: 1}}"))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = parse(data) })
}
