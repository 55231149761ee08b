package jinja

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Variable is an input that a template names.
type Variable struct {
	Name string
	// Text says that the input is of type string: {{ name }} stands somewhere in the template. Otherwise it is of any
	// type.
	Text bool
	// Optional says that the input defaults to the empty text: some {% if name %}, or a comparison with none, asks for
	// it.
	Optional bool
}

// variables lists the inputs of a template as the reference does: those that are texts first, each group in the order
// in which the reference meets the names in the tree.
func variables(text string, body []stmt, read []string, c *compiler) []Variable {
	f := &finder{inputs: c.inputs, folder: c.folder, seen: map[string]bool{}}
	f.statements(body, nil)
	for _, name := range read { // what the reference's walk leaves out, it adds in no particular order
		f.found(name, nil)
	}
	texted, asked := printedNames(text), conditionNames(text)
	var texts, others []Variable
	for _, name := range f.names {
		v := Variable{Name: name, Text: texted[name], Optional: asked[name]}
		if v.Text {
			texts = append(texts, v)
		} else {
			others = append(others, v)
		}
	}
	return append(texts, others...)
}

var (
	printed   = pattern(`\{\{([^{}]+)\}\}`)
	condition = pattern(`\{% *if +(?:not +)*([^ %]+) *%\}`)
	noneCheck = pattern(`\{% *if +([^ %]+) +is +(?:not +)*none *%\}`)
)

// printedNames finds what stands alone in a print tag, spaces ignored.
func printedNames(text string) map[string]bool {
	return names(printed(), strings.ReplaceAll(text, " ", ""))
}

// conditionNames finds what a condition asks for. Only tags without white space control count, as in the reference.
func conditionNames(text string) map[string]bool {
	all := names(condition(), text)
	maps.Copy(all, names(noneCheck(), text))
	return all
}

func names(pattern *regexp.Regexp, text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return found
}

// finder walks the tree as the reference's get_variable_names_from_str_template does. It looks only at some of the
// parts of a node, and not at what was replaced by a constant when the template was compiled, which decides the order of
// the variables.
type finder struct {
	inputs map[string]int
	folder *folder
	names  []string
	seen   map[string]bool
	// volatile says that nothing is replaced here: whether to escape is known only when rendering.
	volatile bool
}

func (f *finder) found(name string, targets []string) {
	if _, ok := f.inputs[name]; ok && !f.seen[name] && !contains(targets, name) {
		f.seen[name] = true
		f.names = append(f.names, name)
	}
}

func (f *finder) statements(body []stmt, targets []string) {
	for _, st := range body {
		f.statement(st, targets)
	}
}

func (f *finder) params(params []*nameExpr, targets []string) {
	for _, p := range params {
		f.found(p.name, targets)
	}
}

func (f *finder) statement(st stmt, targets []string) {
	switch st := st.(type) {
	case *outputStmt:
		for _, part := range st.parts { // one that is constant as a whole was left as it is
			f.expr(part, targets, !f.isConstant(part))
		}
	case *forStmt:
		if n, ok := st.target.(*nameExpr); ok {
			targets = append(slices.Clip(targets), n.name)
		}
		f.expr(st.test, targets, true)
		f.expr(st.iter, targets, true)
		f.statements(st.body, targets)
		f.expr(st.target, targets, true)
		f.statements(st.orElse, targets)
	case *ifStmt:
		f.expr(st.test, targets, true)
		f.statements(st.body, targets)
		for _, e := range st.elifs {
			f.statement(e, targets)
		}
		f.statements(st.orElse, targets)
	case *setStmt:
		f.expr(st.value, targets, true)
		f.expr(st.target, targets, true)
	case *setBlockStmt:
		f.statements(st.body, targets)
		f.expr(st.target, targets, true)
	case *macroStmt:
		f.params(st.params, targets)
		f.statements(st.body, targets)
	case *callBlockStmt:
		f.params(st.params, targets)
		f.statements(st.body, targets)
	case *autoescapeStmt:
		f.nested(st.body, targets, f.volatile || st.volatile)
	case *blockStmt:
		f.nested(st.body, targets, false)
	default:
		for _, body := range bodiesOf(st) {
			f.statements(body, targets)
		}
	}
}

func (f *finder) nested(body []stmt, targets []string, volatile bool) {
	saved := f.volatile
	f.volatile = volatile
	f.statements(body, targets)
	f.volatile = saved
}

func (f *finder) isConstant(e expr) bool {
	known, ok := f.folder.known[e]
	return ok && known.err == nil
}

// expr walks an expression; folded says that constants in it were replaced.
func (f *finder) expr(e expr, targets []string, folded bool) {
	var parts []expr
	switch e := e.(type) {
	case *nameExpr:
		f.found(e.name, targets)
	case *unaryExpr:
		parts = []expr{e.operand}
	case *filterExpr:
		parts = append([]expr{e.input}, e.args.positional...)
	case *testExpr:
		parts = append([]expr{e.input}, e.args.positional...)
	case *callExpr:
		parts = append([]expr{e.callee}, e.args.positional...)
	case *attrExpr:
		parts = []expr{e.object}
	case *itemExpr:
		parts = []expr{e.object}
	case *concatExpr:
		parts = e.parts
	case *compareExpr:
		parts = children(e)
	case *condExpr:
		parts = []expr{e.test}
	}
	for _, part := range parts {
		if !folded || f.volatile || !f.isConstant(part) {
			f.expr(part, targets, folded)
		}
	}
}
