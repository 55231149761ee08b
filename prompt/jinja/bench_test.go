package jinja_test

import (
	"strings"
	"testing"
	"text/template"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// prompt is 1 KB of text with five places to fill.
const paragraph = "You answer questions about orders. Be brief, be polite, and never promise what the shop cannot keep. "

var promptText = "You are {{ role }}.\n" + paragraph + paragraph + "{{ context }}\n" + paragraph + paragraph + paragraph +
	"\nCustomer: {{ name }}\nOrder: {{order}}\n" + paragraph + paragraph + paragraph + "\nQuestion: {{ question }}\n"

var promptValues = []string{"a clerk", "The shop is open all week.", "Ada", "4711", "Where is my parcel?"}

func BenchmarkRenderPlain(b *testing.B) {
	t, err := jinja.Parse(promptText)
	if err != nil {
		b.Fatal(err)
	}
	args := make([]value.Value, len(promptValues))
	for i, s := range promptValues {
		args[i] = value.String(s)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(args); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTextTemplate renders the same prompt with the standard library.
func BenchmarkTextTemplate(b *testing.B) {
	names := []string{"role", "context", "name", "order", "question"}
	text := promptText
	data := map[string]string{}
	for i, name := range names {
		text = strings.NewReplacer("{{ "+name+" }}", "{{."+name+"}}", "{{"+name+"}}", "{{."+name+"}}").Replace(text)
		data[name] = promptValues[i]
	}
	t := template.Must(template.New("").Parse(text))
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		if err := t.Execute(&out, data); err != nil {
			b.Fatal(err)
		}
	}
}

const loopText = `{% for m in messages %}{{ loop.index }}. {{ m.role }}: {{ m["content"] | trim }}{% if not loop.last %}
{% endif %}{% endfor %}`

func messages(n int) value.Value {
	items := make([]value.Value, n)
	for i := range items {
		items[i] = value.Obj(
			value.Member{Key: "role", Value: value.String("user")},
			value.Member{Key: "content", Value: value.String(" hello there ")},
		)
	}
	return value.List(items...)
}

func BenchmarkRenderLoop(b *testing.B) {
	t, err := jinja.Parse(loopText)
	if err != nil {
		b.Fatal(err)
	}
	args := []value.Value{messages(20)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(args); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTextTemplateLoop(b *testing.B) {
	funcs := template.FuncMap{"trim": strings.TrimSpace, "inc": func(i int) int { return i + 1 }}
	t := template.Must(template.New("").Funcs(funcs).Parse(
		`{{range $i, $m := .}}{{if $i}}` + "\n" + `{{end}}{{inc $i}}. {{$m.role}}: {{trim $m.content}}{{end}}`))
	data := make([]map[string]string, 20)
	for i := range data {
		data[i] = map[string]string{"role": "user", "content": " hello there "}
	}
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		if err := t.Execute(&out, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jinja.Parse(promptText); err != nil {
			b.Fatal(err)
		}
	}
}
