package graph

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/program"
)

// dotShapes are the attributes that Graphviz draws a shape with.
var dotShapes = map[shapeKind]string{
	step:      "shape=box",
	start:     "shape=box, style=rounded",
	end:       "shape=box, style=rounded",
	decision:  "shape=diamond",
	toolCall:  "shape=box, peripheries=2",
	modelCall: "shape=hexagon",
	says:      "shape=parallelogram",
	asks:      "shape=parallelogram, style=dashed",
	folded:    "shape=box3d",
}

// DOT returns a flow in the language of Graphviz, from top to bottom.
func DOT(f *program.Flow) string {
	d := draw(f)
	w := &dot{}
	w.line(0, "digraph {")
	w.line(1, "label=%s; labelloc=t;", quoteDOT(d.root.label))
	w.line(1, `fontname="Helvetica"; node [fontname="Helvetica"]; edge [fontname="Helvetica"];`)
	w.items(1, d.root)
	for _, e := range d.edges {
		if e.label == "" {
			w.line(1, "%s -> %s;", e.from, e.to)
		} else {
			w.line(1, "%s -> %s [label=%s];", e.from, e.to, quoteDOT(e.label))
		}
	}
	w.line(0, "}")
	return w.String()
}

type dot struct{ strings.Builder }

func (w *dot) line(depth int, format string, args ...any) {
	w.WriteString(strings.Repeat("    ", depth))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *dot) items(depth int, b *box) {
	for _, item := range b.items {
		switch item := item.(type) {
		case *shape:
			if item.kind == bar {
				w.line(depth, `%s [shape=box, label="", style=filled, fillcolor=black, height=0.06, width=1.2];`, item.id)
				continue
			}
			w.line(depth, "%s [%s, label=%s];", item.id, dotShapes[item.kind], quoteDOT(strings.Join(item.label, "\n")))
		case *box:
			w.line(depth, "subgraph cluster_%s {", item.id)
			w.line(depth+1, "label=%s; style=rounded;", quoteDOT(item.label))
			w.items(depth+1, item)
			w.line(depth, "}")
		}
	}
}

func quoteDOT(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(text) + `"`
}
