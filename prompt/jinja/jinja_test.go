package jinja_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// parseInputs reads an object from JSON.
func parseInputs(t testing.TB, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnswersOfTheReference(t *testing.T) {
	t.Parallel()
	vars := parseInputs(t, inputs)
	for _, c := range referenceAnswers {
		t.Run(c.group+"/"+c.template, func(t *testing.T) {
			t.Parallel()
			got, err := render(c.template, vars, c.group == "partial")
			if diff := cmp.Diff([]string{c.want, c.class}, []string{got, classOf(err)}); diff != "" {
				t.Errorf("render(%q): %v (-want +got)\n%s", c.template, err, diff)
			}
		})
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, template string
		want           []jinja.Variable
	}{
		{"plain names are texts", "{{ a }} {{b}}", []jinja.Variable{{Name: "a", Text: true}, {Name: "b", Text: true}}},
		{
			"texts come first", "{{ a.x }} {{ b }} {{ c | upper }}",
			[]jinja.Variable{{Name: "b", Text: true}, {Name: "a"}, {Name: "c"}},
		},
		{
			"conditions make optional", "{% if a %}{{ a }}{% endif %}{% if not b %}{% endif %}{% if c is none %}{% endif %}",
			[]jinja.Variable{
				{Name: "a", Text: true, Optional: true},
				{Name: "b", Optional: true},
				{Name: "c", Optional: true},
			},
		},
		{"not with white space control", "{%- if a %}{% endif %}", []jinja.Variable{{Name: "a"}}},
		{"not of other conditions", "{% if a and b %}{% endif %}", []jinja.Variable{{Name: "a"}, {Name: "b"}}},
		{
			"targets are no inputs", "{% for x in xs %}{{ x }}{% endfor %}{% set y = z | list %}{{ y }}",
			[]jinja.Variable{{Name: "xs"}, {Name: "z"}},
		},
		{"a name may be both", "{% for x in x %}{{ x }}{% endfor %}", []jinja.Variable{{Name: "x", Text: true}}},
		{
			"operands come after what stands alone", "{{ a + b }}{{ c | length }}",
			[]jinja.Variable{{Name: "c"}, {Name: "a"}, {Name: "b"}},
		},
		{"none", "text", nil},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tmpl, err := jinja.Parse(c.template)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, tmpl.Variables()); diff != "" {
				t.Errorf("Parse(%q).Variables() (-want +got)\n%s", c.template, diff)
			}
		})
	}
}

func TestRenderTakesValuesInOrder(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, template, want string }{
		{"plain", "{{ a }}-{{ b }}-{{ a }}", "1-two-1"},
		{"with expressions", "{{ a }}-{{ b }}-{{ a + 1 }}", "1-two-2"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tmpl, err := jinja.Parse(c.template)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tmpl.Render([]value.Value{value.Int(1), value.String("two")})
			if err != nil || got != c.want {
				t.Errorf("Render(%q) = %q, %v, want %q", c.template, got, err, c.want)
			}
			if _, err := tmpl.Render(nil); err == nil {
				t.Error("Render without values: no error")
			}
		})
	}
}

func TestErrorsHavePositions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, template string
		line, column   int
	}{
		{"undefined name", "a\n  {{ missing }}", 2, 6},
		{"operator", "é {{ 1 + 'a' }}", 1, 6},
		{"member", "{% if true %}\n\n{{ s.x }}{% endif %}", 3, 5},
		{"filter", "{{ s | round }}", 1, 8},
		{"unpacking", "{% for a, b in [1] %}{% endfor %}", 1, 9},
		{"syntax", "{{ a }}\n{{ b c }}", 2, 6},
		{"unknown tag", "x{% nope %}", 1, 5},
		{"unclosed tag", "{% if true %}\nabc", 2, 4},
		{"bad literal", "{{ '\\x' }}", 1, 4},
	}
	vars := parseInputs(t, inputs)
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := render(c.template, vars, false)
			var line, column int
			if e, ok := errors.AsType[*jinja.SyntaxError](err); ok {
				line, column = e.Line, e.Column
			} else if e, ok := errors.AsType[*jinja.RenderError](err); ok {
				line, column = e.Line, e.Column
			}
			if line != c.line || column != c.column {
				t.Errorf("render(%q): %v at %d:%d, want %d:%d", c.template, err, line, column, c.line, c.column)
			}
		})
	}
}

func TestValuesMayNestFiftyLevels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value, class string
	}{
		{"49 lists around a number", strings.Repeat("[", 49) + "1" + strings.Repeat("]", 49), ""},
		{"50 lists around nothing", strings.Repeat("[", 50) + strings.Repeat("]", 50), ""},
		{"50 lists around a number", strings.Repeat("[", 50) + "1" + strings.Repeat("]", 50), "ValueError"},
		{"51 lists", strings.Repeat("[", 51) + strings.Repeat("]", 51), "ValueError"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, template := range []string{"{{ x }}", "{{ x | list }}"} {
				_, err := render(template, parseInputs(t, `{"x": `+c.value+`, "unused": [`+c.value+`]}`), false)
				if got := classOf(err); got != c.class {
					t.Errorf("render(%q): %v (%s), want %s", template, err, got, c.class)
				}
			}
		})
	}
}

func TestRenderingsDoNotShareState(t *testing.T) {
	t.Parallel()
	tmpl, err := jinja.Parse("{% set d = [{'a': 1}] | first %}{% set d.b %}{{ n }}{% endset %}{{ d }}{{ x }}{{ [1, 2] | random }}")
	if err != nil {
		t.Fatal(err)
	}
	vars, _ := parseInputs(t, `{"n": 5, "x": {"k": [1]}}`).AsObject()
	first, err := tmpl.RenderObject(vars)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, err := tmpl.RenderObject(vars); got != first || err != nil {
				t.Errorf("RenderObject = %q, %v, want %q as the first time", got, err, first)
			}
		})
	}
	wg.Wait()
}

func TestPlainAndRepr(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, json, plain, repr string }{
		{"text", `"it's"`, `it's`, `"it's"`},
		{"null", `null`, `None`, `None`},
		{"list", `["a", 1.0, true, null]`, `['a', 1.0, True, None]`, `['a', 1.0, True, None]`},
		{"object", `{"k": {"z": "é\n"}}`, `{'k': {'z': 'é\n'}}`, `{'k': {'z': 'é\n'}}`},
		{"long integer", "1" + strings.Repeat("0", 4000), "1" + strings.Repeat("0", 4000), "1" + strings.Repeat("0", 4000)},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := parseInputs(t, c.json)
			if got := jinja.Plain(v); got != c.plain {
				t.Errorf("Plain(%s) = %q, want %q", c.json, got, c.plain)
			}
			if got := jinja.Repr(v); got != c.repr {
				t.Errorf("Repr(%s) = %q, want %q", c.json, got, c.repr)
			}
		})
	}
}
