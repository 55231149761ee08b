package jq_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/internal/jq"
	"github.com/wayflow-go/wayflow/value"
)

// cases is a file of answers of the Python reference that may lie beside the project.
var cases = filepath.Join("..", "..", "..", "shared", "reference", "pyfidelity_cases.json")

// differs lists queries that answer otherwise here, each with its reason; docs/python-fidelity.md says the same.
var differs = map[string]string{
	`[.[]] on {"b": 1, "a": 2}`:         "the values of an object come in the order of its sorted keys",
	`12345678901234567890 on null`:      "integers keep all their digits",
	`.n on {"n": 12345678901234567890}`: "integers keep all their digits",
	`.n+1 on {"n": 9007199254740993}`:   "integers keep all their digits",
	`100000000000000000000000 on null`:  "integers keep all their digits",
	`.x on {"x": 1.0}`:                  "a plain path hands on what it finds: 1.0 stays a number",
	`$__loc__ on null`:                  "gojq has no $__loc__",
	`now|type on null`:                  "a query sees no clock",
	`have_literal_numbers on null`:      "gojq does not have it",
	`[.[]|tojson] on [1.0, 1e+17, 0.1]`: "numbers are written as everywhere here: 1e+17",
	`strptime("%Y")|mktime on "2020"`:   "the reference lands one day early, in 2019",
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		`[repeat(1)]`, `range(1e12)`, `[range(1e12)]`, `last(range(1e12))`, `def f: f; f`, `def f: 1 + f; f`, `until(false; .)`,
		`reduce range(60) as $i ("a"; . + .)`, `reduce range(60) as $i ("a"; "\(.)\(.)")`, `reduce range(60) as $i ([1]; [.,.])`,
		`reduce range(60) as $i ([1]; . + .)`, `reduce range(60) as $i ({}; {a: ., b: .}) | tojson`, `"abc" * 2000000000`,
		`reduce range(40) as $i ("a"; . * 2)`, `[] | .[500000000] = 1`, `[] | setpath([500000000]; 1)`,
		`fromstream([[500000000], 1], [[500000000]])`, `[range(100000)] | join("x" * 100000)`,
		`[[range(100000)]] + [range(100000) | []] | transpose`, `reduce range(60) as $i (2; . * .)`,
		`reduce range(100000) as $i ("aaaaaaaa"; (. + .)? // .)`, `reduce range(60) as $i ("\""; tojson)`,
		`reduce range(60) as $i ("\""; @json)`, `reduce range(60) as $i ({}; .a = . | .b = .)`,
		`add(repeat("x" * 1000000))`, `[limit(100000000; repeat(1))]`, `reduce range(60) as $i ("a"; gsub("a"; "aa"))`,
		`reduce range(60) as $i ("a"; @uri "é\(.)\(.)")`, `try reduce range(60) as $i ("a"; . + .) catch "caught"`,
	} {
		q, err := jq.Parse(src)
		if err != nil {
			t.Errorf("Parse(%q) = %v", src, err)
			continue
		}
		_, err = q.All(value.Null)
		if e, ok := errors.AsType[*jq.Error](err); !ok || !e.Bound {
			t.Errorf("query %s ends with %v, want an error that names a bound", src, err)
		}
	}
}

func TestPlainPaths(t *testing.T) {
	t.Parallel()
	input := `{"b": {"k y": 1.0}, "a": [1, {"x": 12345678901234567890, "c": null}], "s": "t"}`
	tests := []struct{ query, want string }{
		{".", `{"b": {"k y": 1.0}, "a": [1, {"x": 12345678901234567890, "c": null}], "s": "t"}`},
		{".b", `{"k y": 1.0}`},
		{`.b["k y"]`, "1.0"},
		{`."b"."k y"`, "1.0"},
		{".a[1].x", "12345678901234567890"},
		{".a | .[-1] | .x", "12345678901234567890"},
		{"(.a | .[0])", "1"},
		{".a[7].y", "null"},
		{".nothing.at.all", "null"},
		{".s?", `"t"`},
		{".s.x?", "error: nothing"},
		{".s.x", `error: jq query ".s.x": cannot take key "x" of string`},
		{".a.x", `error: jq query ".a.x": cannot take key "x" of list`},
		{".s[0]", `error: jq query ".s[0]": cannot take item 0 of string`},
	}
	for _, test := range tests {
		if got := answer(t, test.query, []byte(input)); got != test.want {
			t.Errorf("query %s gives %s, want %s", test.query, got, test.want)
		}
	}
}

func TestOrderOfKeys(t *testing.T) {
	t.Parallel()
	input := `{"z": {"y": 1, "a": 2}, "list": [{"n": "q", "d": 1}, {"d": 2, "n": "p"}]}`
	tests := []struct{ query, want string }{
		{".list | map(select(.d > 1))", `[{"d": 2, "n": "p"}]`},
		{".list | sort_by(.n)", `[{"d": 2, "n": "p"}, {"n": "q", "d": 1}]`},
		{"{w: .z, b: 1}", `{"w": {"y": 1, "a": 2}, "b": 1}`},
		{".z | to_entries", `[{"key": "y", "value": 1}, {"key": "a", "value": 2}]`},
		{".z | with_entries(.value += 1)", `{"y": 2, "a": 3}`},
		{".z | keys_unsorted", `["y", "a"]`},
		{".z | tojson", `"{\"y\":1,\"a\":2}"`},
		{`"\(.z)"`, `"{\"y\":1,\"a\":2}"`},
		{".z | del(.y) | .q = 1", `{"a": 2, "q": 1}`},
		{".z | map_values(. * 2.5)", `{"y": 2.5, "a": 5}`},
		{".z + {c: 1}", `{"y": 1, "a": 2, "c": 1}`},
	}
	for _, test := range tests {
		if got := answer(t, test.query, []byte(input)); got != test.want {
			t.Errorf("query %s gives %s, want %s", test.query, got, test.want)
		}
	}
}

// TestGuardsChangeNothing compares queries that are wrapped in checks with what jq says.
func TestGuardsChangeNothing(t *testing.T) {
	t.Parallel()
	tests := []struct{ query, input, want string }{
		{"[(1,2) * (3,4)]", "null", "[3, 6, 4, 8]"},
		{"[(1,2) + (3,4)]", "null", "[4, 5, 5, 6]"},
		{"del(.[] | select(. > 1))", "[1, 2, 3]", "[1]"},
		{"path(first(.a, .b))", "{}", `["a"]`},
		{"[paths]", `{"a": [1]}`, `[["a"], ["a", 0]]`},
		{".[1+1] |= . * 2", "[1, 2, 3]", "[1, 2, 6]"},
		{"to_entries | map(.value) | add", `{"a": 1, "b": 2}`, "3"},
		{`[.[] as {a: $x} | $x + 1]`, `[{"a": 1}]`, "[2]"},
		{"label $out | foreach .[] as $i (0; . + $i; if . > 2 then ., break $out else empty end)", "[1, 2, 3]", "3"},
		{`@base64 "x\(.)"`, `"hi"`, `"xaGk="`},
		{"limit(2; .[])", "[7, 8]", "7"},
		{`try error("x") catch .`, "null", `"x"`},
		{"[.[] | join(\"-\")]", `[["a", 1, null]]`, `["a-1-"]`},
		{"[[1, 2], [3]] | transpose", "null", "[[1, 3], [2, null]]"},
		{"def twice(f): f | f; 3 | twice(. * 2)", "null", "12"},
		{"setpath([\"a\", 0]; 1)", "null", `{"a": [1]}`},
		{"fromstream(tostream)", `{"a": [1, 2]}`, `{"a": [1, 2]}`},
		{"{\"a b\": 1}.\"a b\"", "null", "1"},
	}
	for _, test := range tests {
		if got := answer(t, test.query, []byte(test.input)); got != test.want {
			t.Errorf("query %s on %s gives %s, want %s", test.query, test.input, got, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"", ".[", "now", "input", "localtime", "nosuch", "$x", `import "a" as a; .`, "1 | debug"} {
		if q, err := jq.Parse(src); err == nil {
			if src == "" {
				continue // jq takes an empty query for the identity
			}
			t.Errorf("Parse(%q) = %v, want an error", src, q)
		}
	}
}

func BenchmarkPath(b *testing.B) { bench(b, "._value.x") }

func BenchmarkQuery(b *testing.B) { bench(b, "._value.x + 1") }

func bench(b *testing.B, src string) {
	q := jq.MustParse(src)
	v, err := value.ParseJSON([]byte(`{"_key": "k", "_value": {"x": 1}}`))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := q.First(v); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, src := range []string{".", ".a[0].b?", "[.[] | select(.x > 1)]", `"\(.)"`, "{a: .b}", "reduce .[] as $x (0; . + $x)", "@json"} {
		f.Add(src, `{"a": [{"b": 1}]}`)
	}
	f.Fuzz(func(t *testing.T, src, input string) {
		v, err := value.ParseJSON([]byte(input))
		if err != nil {
			return
		}
		q, err := jq.Parse(src)
		if err != nil {
			return
		}
		first, err1 := q.All(v)
		second, err2 := q.All(v)
		if (err1 == nil) != (err2 == nil) || !value.Equal(value.List(first...), value.List(second...)) && err1 == nil {
			t.Errorf("query %q on %s gives %v (%v), then %v (%v)", src, input, first, err1, second, err2)
		}
	})
}

type fidelityCase struct {
	Kind  string          `json:"kind"`
	Src   string          `json:"src"`
	Input json.RawMessage `json:"input"`
	Want  string          `json:"want"`
	Error bool            `json:"error"`
}

func TestSameAnswersAsTheReference(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(cases)
	if err != nil {
		t.Skipf("skipped: no answers of the reference beside the project: %v", err)
	}
	var file struct{ Cases []fidelityCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		if c.Kind != "jq" {
			continue
		}
		got := answer(t, c.Src, c.Input)
		want := c.Want
		if c.Error {
			want = "error"
		}
		_, known := differs[c.Src+" on "+string(c.Input)]
		if same := strings.HasPrefix(got, "error") && c.Error || got == want; same == known {
			t.Errorf("query %s on %s gives %s, the reference says %s (known to differ: %t)", c.Src, c.Input, got, want, known)
		}
	}
}

// answer is the first result as Python writes JSON, or the error.
func answer(t *testing.T, src string, input []byte) string {
	t.Helper()
	v, err := value.ParseJSON(input)
	if err != nil {
		t.Fatal(err)
	}
	q, err := jq.Parse(src)
	if err != nil {
		return "error: " + err.Error()
	}
	got, ok, err := q.First(v)
	switch {
	case err != nil:
		return "error: " + err.Error()
	case !ok:
		return "error: nothing"
	}
	return string(value.AppendText(nil, got))
}
