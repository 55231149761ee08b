package graph

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/program"
)

// mermaidShapes are the brackets that Mermaid draws a shape with.
var mermaidShapes = map[shapeKind][2]string{
	step:      {"[", "]"},
	start:     {"([", "])"},
	end:       {"([", "])"},
	decision:  {"{", "}"},
	toolCall:  {"[[", "]]"},
	modelCall: {"{{", "}}"},
	says:      {"[/", "/]"},
	asks:      {`[\`, `\]`},
	folded:    {"[", "]"},
}

// Mermaid returns a flow as a Mermaid flowchart, from top to bottom.
func Mermaid(f *program.Flow) string {
	d := draw(f)
	w := &mermaid{}
	w.line(0, "---")
	w.line(0, "title: %s", quoteYAML(d.root.label))
	w.line(0, "---")
	w.line(0, "flowchart TB")
	w.items(1, d.root)
	for _, e := range d.edges {
		if e.label == "" {
			w.line(1, "%s --> %s", e.from, e.to)
		} else {
			w.line(1, "%s -- %s --> %s", e.from, quoteMermaid(e.label), e.to)
		}
	}
	return w.String()
}

type mermaid struct{ strings.Builder }

func (w *mermaid) line(depth int, format string, args ...any) {
	w.WriteString(strings.Repeat("    ", depth))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *mermaid) items(depth int, b *box) {
	for _, item := range b.items {
		switch item := item.(type) {
		case *shape:
			w.shape(depth, item)
		case *box:
			w.line(depth, "subgraph %s [%s]", item.id, quoteMermaid(item.label))
			w.items(depth+1, item)
			w.line(depth, "end")
		}
	}
}

func (w *mermaid) shape(depth int, s *shape) {
	if s.kind == bar {
		w.line(depth, "%s@{ shape: fork }", s.id)
		return
	}
	lines := make([]string, len(s.label))
	for i, text := range s.label {
		lines[i] = escapeMermaid(text)
	}
	brackets := mermaidShapes[s.kind]
	w.line(depth, `%s%s"%s"%s`, s.id, brackets[0], strings.Join(lines, "<br/>"), brackets[1])
}

func quoteMermaid(text string) string { return `"` + escapeMermaid(text) + `"` }

// mermaidEntities stand for the characters that mean something in a label.
var mermaidEntities = strings.NewReplacer(
	"#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;", "&", "#amp;", `\`, "#92;",
	"\r\n", " ", "\n", " ", "\r", " ", "\t", " ",
)

func escapeMermaid(text string) string {
	if strings.TrimSpace(text) == "" {
		return " "
	}
	return mermaidEntities.Replace(text)
}

// quoteYAML writes a text for the head of the chart, which is YAML.
func quoteYAML(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ", "\t", " ").Replace(text) + `"`
}
