package jinja_test

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow/prompt/jinja"
)

// doubled is a template that doubles a value many times.
func doubled(start, double string) string {
	return "{% set a = " + start + " %}" + strings.Repeat("{% set a = "+double+" %}", 60)
}

func TestBounds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, template, bound string }{
		{"repeated text", "{{ 'a' * 10**9 }}", "Output"},
		{"repeated list", "{{ [1] * 10**9 }}", "Output"},
		{"power", "{{ 2 ** 100000000 }}", "IntegerBits"},
		{"power of a power", "{{ 10 ** (10 ** 10) }}", "IntegerBits"},
		{"products", doubled("10 ** 4000", "a * a"), "IntegerBits"},
		{"rounding", "{{ 5 | round(-10**9) }}", "IntegerBits"},
		{"rounding up", "{{ 5 | round(10**9, 'ceil') }}", "IntegerBits"},
		{"center", "{{ 'a' | center(10**10) }}", "Output"},
		{"indent", "{{ 'a' | indent(10**10, true) }}", "Output"},
		{"indent of many lines", "{{ ('\\n' * 10000) | indent(10000, blank=true) }}", "Output"},
		{"batch", "{{ [1] | batch(10**9, 0) | list }}", "Output"},
		{"slice", "{{ [1] | slice(10**9) | list }}", "Output"},
		{"slice without keeping", "{{ [1] | slice(10**9) | map('length') | sum }}", "Iterations"},
		{"format width", "{{ '%1000000000d' % 1 }}", "Output"},
		{"format precision", "{{ '%.1000000000f' | format(1) }}", "Output"},
		{"format star", "{{ '%*d' % (10**9, 1) }}", "Output"},
		{"tojson", "{{ [1] | tojson(indent=10**9) }}", "Output"},
		{"replace", "{{ ('a' * 10000) | replace('a', 'b' * 10000) }}", "Output"},
		{"join", "{{ ('a' * 10000) | join('b' * 10000) }}", "Output"},
		{"wordwrap", "{{ ('a ' * 10000) | wordwrap(1, wrapstring='b' * 10000) }}", "Output"},
		{"urlize", "{{ ('ab.com ' * 10000) | urlize(target='b' * 10000) }}", "Output"},
		{"doubled text", doubled("'x'", "a ~ a"), "Output"},
		{"doubled list", doubled("[1]", "a + a"), "Output"},
		{"shared lists as text", doubled("[1]", "[a, a]") + "{{ a }}", "Output"},
		{"shared lists as JSON", doubled("[1]", "[a, a]") + "{{ a | tojson }}", "Output"},
		{"shared lists pretty", doubled("[1]", "[a, a]") + "{{ a | pprint }}", "Iterations"},
		{"shared lists compared", doubled("[1]", "[a, a]") + strings.ReplaceAll(doubled("[1]", "[a, a]"), " a", " b") +
			"{% set c = [1] %}" + strings.Repeat("{% set c = [c, c] %}", 60) + "{{ a == c }}", "Iterations"},
		{"shared tuples as key", doubled("(1,)", "(a, a)") + "{{ {a: 1} }}", "Output"},
		{"many texts", "{% for x in 'a' * 1000 %}{% set y = 'a' * 1000000 %}{% endfor %}", "Memory"},
		{"output of a loop", "{% for x in 'a' * 1000 %}{{ 'a' * 100000 }}{% endfor %}", "Output"},
		{"nested loops", strings.Repeat("{% for x in 'a' * 1000 %}", 5) + strings.Repeat("{% endfor %}", 5), "Iterations"},
		{"long searches", "{% set s = 'a' * 1000000 %}" + strings.Repeat("{% for x in 'a' * 1000 %}", 2) +
			"{% if 'b' in s or s is upper %}{% endif %}" + strings.Repeat("{% endfor %}", 2), "Iterations"},
		{"brackets", "{{ " + strings.Repeat("(", 100000), "Depth"},
		{"lists", "{{ " + strings.Repeat("[", 100000), "Depth"},
		{"signs", "{{ " + strings.Repeat("-", 100000) + "1 }}", "Depth"},
		{"nots", "{{ " + strings.Repeat("not ", 100000) + "1 }}", "Depth"},
		{"sums", "{{ 1" + strings.Repeat("+1", 100000) + " }}", "Depth"},
		{"filters", "{{ 1" + strings.Repeat("|e", 100000) + " }}", "Depth"},
		{"members", "{{ a" + strings.Repeat(".b", 100000) + " }}", "Depth"},
		{"inline ifs", "{{ 1" + strings.Repeat(" if 1 else 1", 100000) + " }}", "Depth"},
		{"statements", strings.Repeat("{% if 1 %}", 100000), "Depth"},
		{"nested values", "{% set a = [] %}" + strings.Repeat("{% set a = [a] %}", 1000) + "{{ a }}", "Depth"},
		{"constants", "{{ [[[[1] * 4000] * 4000] * 4000] | length }}{{ [[[1] * 4000] * 4000] * 4000 }}", "Output"},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := render(c.template, parseInputs(t, `{}`), false)
			if err == nil || !strings.Contains(err.Error(), "jinja.Limits."+c.bound) {
				t.Errorf("render: %v, want an error that names the bound %s", err, c.bound)
			}
			if e, ok := errors.AsType[*jinja.RenderError](err); ok && e.Bound != c.bound {
				t.Errorf("render: Bound is %q, want %q", e.Bound, c.bound)
			}
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("render took %v", d)
			}
		})
	}
}

func TestLimitsCanBeSet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, template string
		limits         jinja.Limits
		bound          string
	}{
		{"output", "{{ x }}0123456789", jinja.Limits{Output: 9}, "Output"},
		{"output of values", "{{ x }}", jinja.Limits{Output: 9}, "Output"},
		{"iterations", "{% for y in x %}{% endfor %}", jinja.Limits{Iterations: 2}, "Iterations"},
		{"none", "{{ x }}", jinja.Limits{}, ""},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tmpl, err := jinja.ParseLimits(c.template, c.limits)
			if err != nil {
				t.Fatal(err)
			}
			vars, _ := parseInputs(t, `{"x": [1, 2, 3, 4]}`).AsObject()
			_, err = tmpl.RenderObject(vars)
			bound := ""
			if e, ok := errors.AsType[*jinja.RenderError](err); ok {
				bound = e.Bound
			}
			if bound != c.bound {
				t.Errorf("RenderObject: %v, want the bound %q", err, c.bound)
			}
		})
	}
}

func TestLongTemplatesParseInLinearTime(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 10_000 {
		name := "v" + strings.Repeat("x", i%7) + strconv.Itoa(i)
		b.WriteString("{% if " + name + " %}{{ " + name + " | upper }} text {# c #}{% endif %}")
	}
	start := time.Now()
	if _, err := jinja.Parse(b.String()); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("Parse of %d bytes took %v", b.Len(), d)
	}
}

// FuzzRender checks that no template makes the engine panic or break its bounds.
func FuzzRender(f *testing.F) {
	for _, c := range referenceAnswers {
		f.Add(c.template)
	}
	limits := jinja.Limits{Output: 1 << 16, Memory: 1 << 20, Iterations: 10_000, Depth: 100, IntegerBits: 1 << 12}
	f.Fuzz(func(t *testing.T, template string) {
		tmpl, err := jinja.ParseLimits(template, limits)
		if err != nil {
			if _, ok := errors.AsType[*jinja.SyntaxError](err); !ok {
				t.Errorf("Parse(%q): %T is no SyntaxError: %v", template, err, err)
			}
			return
		}
		vars, _ := parseInputs(t, inputs).AsObject()
		strict, err := tmpl.RenderObject(vars)
		checkFuzzed(t, template, strict, err, limits)
		partial, err := tmpl.RenderPartial(vars)
		checkFuzzed(t, template, partial, err, limits)
		if again, _ := tmpl.RenderPartial(vars); again != partial {
			t.Errorf("RenderPartial(%q) = %q, then %q", template, partial, again)
		}
		runtime.KeepAlive(strict)
	})
}

func checkFuzzed(t *testing.T, template, text string, err error, limits jinja.Limits) {
	t.Helper()
	if err != nil {
		if e, ok := errors.AsType[*jinja.RenderError](err); !ok || e.Class == "" {
			t.Errorf("render(%q): %T without a class: %v", template, err, err)
		}
		return
	}
	if len(text) > limits.Output {
		t.Errorf("render(%q) gave %d bytes, more than allowed", template, len(text))
	}
}
