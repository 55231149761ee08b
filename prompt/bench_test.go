package prompt_test

import (
	"fmt"
	"testing"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

func BenchmarkRender(b *testing.B) {
	city := property("city", value.StringType).WithDescription("where")
	tools := make([]prompt.Tool, 10)
	for i := range tools {
		tools[i] = prompt.Tool{Name: fmt.Sprint("weather", i), Description: "tells the weather", Inputs: []value.Property{city}}
	}
	history := errand()
	for len(history) < 60 {
		history = append(history, errand()...)
	}
	for _, f := range []prompt.Format{prompt.Native, prompt.NativeCanonical} {
		b.Run(string(f), func(b *testing.B) { benchmarkRender(b, f, &prompt.Rendering{History: history, Tools: tools}) })
	}
	for _, f := range []prompt.Format{prompt.Llama, prompt.React, prompt.Python} {
		b.Run(string(f), func(b *testing.B) { benchmarkRender(b, f, &prompt.Rendering{History: errand(), Tools: tools}) })
	}
}

func benchmarkRender(b *testing.B, f prompt.Format, r *prompt.Rendering) {
	b.Helper()
	tmpl := f.Agent()
	r.Args = []value.Value{value.String("Be kind."), value.String("")}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := tmpl.Render(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCalls(b *testing.B) {
	for _, tt := range []struct {
		name   string
		format prompt.CallFormat
		text   string
	}{
		{"json", prompt.JSONCalls{}, `[{"name": "f", "parameters": {"city": "Zürich", "days": 3}}, {"name": "g", "parameters": {"x": [1, 2, 3]}}]`},
		{"json-repaired", prompt.JSONCalls{}, "I call:\n```json\n{'name': 'f', 'parameters': {'city': 'Zürich', days: 3,}}\n```"},
		{"python", prompt.PythonCalls{}, `[f(city="Zürich", days=3), g(x=[1, 2, 3])]`},
		{"react", prompt.ReactCalls{}, "## Thought: so\n## Action:\n```json\n{\"name\": \"f\", \"parameters\": {\"city\": \"Zürich\", \"days\": 3}}\n```"},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, calls := tt.format.Calls(tt.text); calls == nil {
					b.Fatal("no calls")
				}
			}
		})
	}
}
