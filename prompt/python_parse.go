package prompt

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// pyExpr is an expression, written as Python's ast.unparse writes it.
type pyExpr struct {
	text string
	// binds says how tightly its outermost operator binds.
	binds int
	// constant is true if it is the value.
	constant bool
	value    value.Value
	// name is what the expression is called as, if it can be a function here.
	name string
}

// How tightly operators bind; that of an operand must not be less than its place asks for.
const (
	pyTest = iota
	pyOr
	pyAnd
	pyNot
	pyCompare
	pyBits // with three levels
	_
	_
	pyShift
	pySum
	pyTerm
	pySign
	pyPower
	pyAwait
	pyAtom
)

// pyLevels are the operators between two operands, which bind to the left.
var pyLevels = map[int][]string{
	pyBits: {"|"}, pyBits + 1: {"^"}, pyBits + 2: {"&"}, pyShift: {"<<", ">>"}, pySum: {"+", "-"}, pyTerm: {"*", "/", "//", "%", "@"},
}

const maxPyDepth = 200

// pyParser reads expressions and collects the calls in them.
type pyParser struct {
	tokens []pyToken
	depth  int
	calls  []Call
	failed bool
}

// pythonCalls returns the calls in a text, nil if it is no Python or there are none.
func pythonCalls(text string) []Call {
	tokens, err := lexPython(text)
	if err != nil {
		return nil
	}
	p := &pyParser{tokens: tokens}
	for !p.failed && p.tokens[0].kind != pyEnd {
		p.statement()
	}
	if p.failed {
		return nil
	}
	return p.calls
}

func (p *pyParser) fail() pyExpr {
	p.failed = true
	p.tokens = []pyToken{{kind: pyEnd}}
	return pyExpr{}
}

func (p *pyParser) at(texts ...string) bool {
	t := p.tokens[0]
	return (t.kind == pyOperator || t.kind == pyName) && slices.Contains(texts, t.text)
}

// skip goes past a token if it is one of some.
func (p *pyParser) skip(texts ...string) bool {
	if !p.at(texts...) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *pyParser) want(text string) {
	if !p.skip(text) {
		p.fail()
	}
}

var pyAugmented = []string{"+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", "<<=", ">>=", "**="}

// statement reads an expression or an assignment, and what ends it.
func (p *pyParser) statement() {
	for p.tokens[0].kind == pyLine {
		p.tokens = p.tokens[1:]
	}
	if p.tokens[0].kind == pyEnd {
		return
	}
	p.expressions()
	if p.skip(":") {
		p.expression()
	}
	for p.skip("=") || p.skip(pyAugmented...) {
		p.expressions()
	}
	if t := p.tokens[0]; !p.skip(";") && t.kind != pyLine && t.kind != pyEnd {
		p.fail()
	}
}

// expressions reads one or, with commas, several.
func (p *pyParser) expressions() {
	p.element()
	for p.skip(",") && !p.atEnd() {
		p.element()
	}
}

// atEnd reports whether no further element can come.
func (p *pyParser) atEnd() bool {
	k := p.tokens[0].kind
	return k == pyEnd || k == pyLine || p.at(")", "]", "}", "=", ":", ";") || p.at(pyAugmented...)
}

func tuple(items []string) pyExpr {
	text := strings.Join(items, ", ")
	if len(items) == 1 {
		text += ","
	}
	return pyExpr{text: "(" + text + ")", binds: pyAtom}
}

// element reads an expression, with a star if it stands for several.
func (p *pyParser) element() pyExpr {
	if p.skip("*") {
		return pyExpr{text: "*" + p.binary(pyBits).in(pyBits), binds: pyTest}
	}
	e := p.expression()
	if p.skip(":=") {
		return pyExpr{text: "(" + e.text + " := " + p.expression().text + ")", binds: pyAtom}
	}
	return e
}

// in writes an expression where operators bind at least so tightly.
func (e pyExpr) in(binds int) string {
	if e.binds < binds {
		return "(" + e.text + ")"
	}
	return e.text
}

// expression reads anything but a tuple without parentheses.
func (p *pyParser) expression() pyExpr {
	if p.depth++; p.depth > maxPyDepth {
		return p.fail()
	}
	defer func() { p.depth-- }()
	if p.skip("lambda") {
		return p.lambda()
	}
	e := p.or()
	if !p.skip("if") {
		return e
	}
	test := p.or()
	p.want("else")
	return pyExpr{text: e.in(pyOr) + " if " + test.in(pyOr) + " else " + p.expression().text, binds: pyTest}
}

// lambda reads a function of plain parameters.
func (p *pyParser) lambda() pyExpr {
	var params []string
	for !p.at(":") && !p.failed {
		param := ""
		if t := p.tokens[0]; p.skip("*", "**") {
			param = t.text
		}
		param += p.identifier()
		if p.skip("=") {
			param += "=" + p.expression().text
		}
		params = append(params, param)
		if !p.skip(",") {
			break
		}
	}
	p.want(":")
	head := "lambda"
	if len(params) > 0 {
		head += " " + strings.Join(params, ", ")
	}
	return pyExpr{text: head + ": " + p.expression().text, binds: pyTest}
}

func (p *pyParser) identifier() string {
	t := p.tokens[0]
	if t.kind != pyName || pyKeywords[t.text] {
		p.fail()
		return ""
	}
	p.tokens = p.tokens[1:]
	return t.text
}

func (p *pyParser) or() pyExpr  { return p.junction("or", pyOr, p.and) }
func (p *pyParser) and() pyExpr { return p.junction("and", pyAnd, p.not) }

func (p *pyParser) junction(word string, binds int, operand func() pyExpr) pyExpr {
	e := operand()
	if !p.at(word) {
		return e
	}
	parts := []string{e.in(binds + 1)}
	for p.skip(word) { // ast.unparse asks each operand to bind more tightly than the one before
		parts = append(parts, operand().in(min(binds+1+len(parts), pyAtom)))
	}
	return pyExpr{text: strings.Join(parts, " "+word+" "), binds: binds}
}

func (p *pyParser) not() pyExpr {
	if p.depth++; p.depth > maxPyDepth {
		return p.fail()
	}
	defer func() { p.depth-- }()
	if p.skip("not") {
		return pyExpr{text: "not " + p.not().in(pyNot), binds: pyNot}
	}
	return p.comparison()
}

func (p *pyParser) comparison() pyExpr {
	e := p.binary(pyBits)
	text := ""
	for !p.failed {
		op := p.comparator()
		if op == "" {
			break
		}
		text += " " + op + " " + p.binary(pyBits).in(pyCompare+1)
	}
	if text == "" {
		return e
	}
	return pyExpr{text: e.in(pyCompare+1) + text, binds: pyCompare}
}

func (p *pyParser) comparator() string {
	t := p.tokens[0]
	switch {
	case p.skip("==", "!=", "<", "<=", ">", ">=", "in"):
		return t.text
	case p.skip("is"):
		if p.skip("not") {
			return "is not"
		}
		return "is"
	case p.skip("not"):
		p.want("in")
		return "not in"
	}
	return ""
}

// binary reads operators of a level and those that bind more tightly.
func (p *pyParser) binary(level int) pyExpr {
	if level == pySign {
		return p.sign()
	}
	e := p.binary(level + 1)
	for !p.failed {
		op := p.tokens[0].text
		if !p.skip(pyLevels[level]...) {
			break
		}
		e = pyExpr{text: e.in(level) + " " + op + " " + p.binary(level+1).in(level+1), binds: level}
	}
	return e
}

func (p *pyParser) sign() pyExpr {
	if p.depth++; p.depth > maxPyDepth {
		return p.fail()
	}
	defer func() { p.depth-- }()
	op := p.tokens[0].text
	if p.skip("-", "+", "~") {
		return pyExpr{text: op + p.sign().in(pySign), binds: pySign}
	}
	e := p.primary()
	if !p.skip("**") {
		return e
	}
	return pyExpr{text: e.in(pyPower+1) + " ** " + p.sign().in(pySign), binds: pyPower}
}

// primary reads an atom and the calls, indexes and attributes behind it.
func (p *pyParser) primary() pyExpr {
	if p.skip("await") && !p.at("await") {
		return pyExpr{text: "await " + p.primary().in(pyAtom), binds: pyAwait}
	}
	e := p.atom()
	for !p.failed {
		switch {
		case p.skip("."):
			attr := p.identifier()
			base := e.in(pyAtom)
			if i := e.value.Kind(); e.constant && i == value.KindInt {
				base += " "
			}
			next := pyExpr{text: base + "." + attr, binds: pyAtom}
			if e.name != "" && !strings.Contains(e.name, ".") {
				next.name = e.name + "." + attr
			}
			e = next
		case p.skip("["):
			e = pyExpr{text: e.in(pyAtom) + "[" + p.subscript() + "]", binds: pyAtom}
		case p.skip("("):
			e = p.call(e)
		default:
			return e
		}
	}
	return e
}

func (p *pyParser) subscript() string {
	var items []string
	commas := 0
	for !p.at("]") && !p.failed {
		items = append(items, p.slice())
		if !p.skip(",") {
			break
		}
		commas++
	}
	p.want("]")
	if len(items) == 1 && commas == 1 {
		return items[0] + ","
	}
	if len(items) == 0 {
		p.fail()
	}
	return strings.Join(items, ", ")
}

func (p *pyParser) slice() string {
	text := ""
	if !p.at(":") {
		text = p.element().text
	}
	for n := 0; n < 2 && p.skip(":"); n++ {
		if n == 1 && p.at(",", "]") { // an empty step is not written
			break
		}
		text += ":"
		if !p.at(":", ",", "]") {
			text += p.expression().text
		}
	}
	return text
}
