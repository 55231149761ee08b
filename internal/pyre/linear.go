package pyre

import (
	"fmt"
	"regexp"
	"strings"
)

// linear returns an expression of package regexp that finds the same matches and groups; nil if there is none. It is for
// patterns that backtracking is too slow for.
//
// Left out is what that package cannot do, and where the two differ: repeats of what may be empty, empty matches, Unicode
// word boundaries, a dollar that ignores a last newline, sets without regard to case.
func linear(n node) *regexp.Regexp {
	if lo, _ := width(n); lo == 0 {
		return nil
	}
	var w linearWriter
	if w.write(n); w.cannot {
		return nil
	}
	re, err := regexp.Compile(w.String())
	if err != nil { // a count or a nesting that it refuses
		return nil
	}
	return re
}

type linearWriter struct {
	strings.Builder
	cannot bool
}

func (w *linearWriter) write(n node) {
	switch n := n.(type) {
	case *literal:
		w.literal(n)
	case *any:
		if n.newline {
			w.WriteString("(?s:.)")
		} else {
			w.WriteString(".")
		}
	case *class:
		w.set(n.set)
	case *at:
		w.place(n)
	case *seq:
		for _, p := range n.parts {
			w.write(p)
		}
	case *alt:
		w.alternatives(n)
	case *repeat:
		w.repeat(n)
	case *group:
		w.WriteString("(")
		if n.index == 0 {
			w.WriteString("?:")
		}
		w.write(n.body)
		w.WriteString(")")
	default:
		w.cannot = true
	}
}

func (w *linearWriter) literal(n *literal) {
	if !n.fold {
		w.WriteString(regexp.QuoteMeta(string(n.r)))
		return
	}
	fmt.Fprintf(w, `[\x{%x}`, n.r)
	for f := nextFold(n.r); f != n.r; f = nextFold(f) {
		fmt.Fprintf(w, `\x{%x}`, f)
	}
	w.WriteString("]")
}

func (w *linearWriter) alternatives(n *alt) {
	w.WriteString("(?:")
	for i, p := range n.parts {
		if i > 0 {
			w.WriteString("|")
		}
		w.write(p)
	}
	w.WriteString(")")
}

func (w *linearWriter) place(n *at) {
	text, ok := map[opcode]string{
		opStart: `\A`, opTextEnd: `\z`, opLineStart: `(?m:^)`, opLineEnd: `(?m:$)`, opASCIIBoundary: `\b`,
	}[n.kind]
	w.WriteString(text)
	w.cannot = w.cannot || !ok
}

func (w *linearWriter) repeat(n *repeat) {
	if lo, _ := width(n.body); lo == 0 || n.mode == possessive {
		w.cannot = true
	}
	w.WriteString("(?:")
	w.write(n.body)
	w.WriteString(")")
	if n.max < 0 {
		fmt.Fprintf(w, "{%d,}", n.min)
	} else {
		fmt.Fprintf(w, "{%d,%d}", n.min, n.max)
	}
	if n.mode == lazy {
		w.WriteString("?")
	}
}

func (w *linearWriter) set(s *set) {
	if s.fold {
		w.cannot = true
		return
	}
	not := s.not
	if len(s.ranges) == 0 && len(s.categories) == 1 && s.categories[0].not {
		not = !not // [\W] is [^\w]
	} else {
		for _, c := range s.categories {
			w.cannot = w.cannot || c.not
		}
	}
	w.WriteString("[")
	if not {
		w.WriteString("^")
	}
	for i := 0; i < len(s.ranges); i += 2 {
		fmt.Fprintf(w, `\x{%x}-\x{%x}`, s.ranges[i], s.ranges[i+1])
	}
	for _, c := range s.categories {
		w.WriteString(c.ranges())
	}
	w.WriteString("]")
}

// ranges writes what a category holds for the inside of a set.
func (c *category) ranges() string {
	switch {
	case c.name == 'd' && c.ascii:
		return `0-9`
	case c.name == 'd':
		return `\p{Nd}`
	case c.name == 's' && c.ascii:
		return `\t-\r `
	case c.name == 's':
		return `\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`
	case c.ascii:
		return `0-9A-Za-z_`
	default:
		return `\p{L}\p{N}_`
	}
}

func findLinear(re *regexp.Regexp, text string) []Match {
	var found []Match
	for _, bounds := range re.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, Match{text, bounds})
	}
	return found
}
