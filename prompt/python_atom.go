package prompt

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// pyKeywords cannot be names.
var pyKeywords = map[string]bool{
	"and": true, "as": true, "assert": true, "async": true, "await": true, "break": true, "class": true, "continue": true, "def": true,
	"del": true, "elif": true, "else": true, "except": true, "finally": true, "for": true, "from": true, "global": true, "if": true,
	"import": true, "in": true, "is": true, "lambda": true, "nonlocal": true, "not": true, "or": true, "pass": true, "raise": true,
	"return": true, "try": true, "while": true, "with": true, "yield": true, "True": true, "False": true, "None": true,
}

var pyConstants = map[string]value.Value{"True": value.Bool(true), "False": value.Bool(false), "None": value.Null}

func (p *pyParser) atom() pyExpr {
	t := p.tokens[0]
	switch {
	case t.kind == pyString:
		return p.strings()
	case t.kind == pyNumber:
		p.tokens = p.tokens[1:]
		if t.value.IsNull() {
			return pyExpr{text: t.text, binds: pyAtom}
		}
		return pyExpr{text: jinja.Repr(t.value), binds: pyAtom, constant: true, value: t.value}
	case t.kind == pyName:
		p.tokens = p.tokens[1:]
		if v, ok := pyConstants[t.text]; ok {
			return pyExpr{text: t.text, binds: pyAtom, constant: true, value: v}
		}
		if pyKeywords[t.text] {
			return p.fail()
		}
		return pyExpr{text: t.text, binds: pyAtom, name: t.text}
	case p.skip("..."):
		return pyExpr{text: "...", binds: pyAtom}
	case p.skip("("):
		return p.parentheses()
	case p.skip("["):
		items, _ := p.items("]")
		return pyExpr{text: "[" + strings.Join(items, ", ") + "]", binds: pyAtom}
	case p.skip("{"):
		return p.braces()
	}
	return p.fail()
}

// strings reads a string, or several in a row, which are one.
func (p *pyParser) strings() pyExpr {
	text, source, plain := "", "", true
	for p.tokens[0].kind == pyString {
		t := p.tokens[0]
		p.tokens = p.tokens[1:]
		s, ok := t.value.AsString()
		plain = plain && ok
		text += s
		if source != "" {
			source += " "
		}
		source += t.text
	}
	if !plain {
		return pyExpr{text: source, binds: pyAtom}
	}
	v := value.String(text)
	return pyExpr{text: jinja.Repr(v), binds: pyAtom, constant: true, value: v}
}

func (p *pyParser) parentheses() pyExpr {
	if p.skip(")") {
		return pyExpr{text: "()", binds: pyAtom}
	}
	first := p.element()
	if p.at("for", "async") {
		text := "(" + first.text + p.loops() + ")"
		p.want(")")
		return pyExpr{text: text, binds: pyAtom}
	}
	if !p.at(",") {
		p.want(")")
		return first
	}
	items := []string{first.text}
	for p.skip(",") && !p.at(")") {
		items = append(items, p.element().text)
	}
	p.want(")")
	return tuple(items)
}

// items reads what stands in brackets, behind the opening one.
func (p *pyParser) items(closing string) (items []string, loop bool) {
	for !p.at(closing) && !p.failed {
		items = append(items, p.element().text)
		if p.at("for", "async") && len(items) == 1 {
			items[0] += p.loops()
			loop = true
			break
		}
		if !p.skip(",") {
			break
		}
	}
	p.want(closing)
	return items, loop
}

// loops reads what makes a comprehension of an element.
func (p *pyParser) loops() string {
	text := ""
	for p.at("for", "async") && !p.failed {
		if p.skip("async") {
			text += " async"
		}
		p.want("for")
		text += " for " + p.targets()
		p.want("in")
		text += " in " + p.or().in(pyTest+1)
		for p.skip("if") {
			text += " if " + p.or().in(pyTest+1)
		}
	}
	return text
}

// targets reads the variables of a loop.
func (p *pyParser) targets() string {
	items := []string{p.binary(pyBits).text}
	if !p.at(",") {
		return items[0]
	}
	for p.skip(",") && !p.at("in") {
		items = append(items, p.binary(pyBits).text)
	}
	if len(items) == 1 {
		return items[0] + ","
	}
	return strings.Join(items, ", ")
}

// braces reads a dict or a set.
func (p *pyParser) braces() pyExpr {
	var items []string
	for !p.at("}") && !p.failed {
		item := p.entry()
		if p.at("for", "async") && len(items) == 0 {
			item += p.loops()
			items = append(items, item)
			break
		}
		items = append(items, item)
		if !p.skip(",") {
			break
		}
	}
	p.want("}")
	return pyExpr{text: "{" + strings.Join(items, ", ") + "}", binds: pyAtom}
}

func (p *pyParser) entry() string {
	if p.skip("**") {
		return "**" + p.binary(pyBits).in(pyBits)
	}
	key := p.element()
	if !p.skip(":") {
		return key.text
	}
	return key.text + ": " + p.expression().text
}

// call reads the arguments of a call, and notes it: what it calls must be a name, or an attribute of one.
func (p *pyParser) call(function pyExpr) pyExpr {
	if function.name == "" {
		return p.fail()
	}
	var args value.ObjectBuilder
	var texts []string
	named := false
	for n := 0; !p.at(")") && !p.failed; {
		switch {
		case p.skip("**"):
			e := p.expression()
			args.Set("**", argumentOf(e))
			texts = append(texts, "**"+e.text)
			named = true
		case p.tokens[0].kind == pyName && p.tokens[1].kind == pyOperator && p.tokens[1].text == "=":
			name := p.identifier()
			p.want("=")
			e := p.expression()
			named = true
			args.Set(name, argumentOf(e))
			texts = append(texts, name+"="+e.text)
		default:
			starred := p.at("*")
			e := p.element()
			if p.at("for", "async") {
				e = pyExpr{text: "(" + e.text + p.loops() + ")"}
			}
			if named && !starred {
				return p.fail() // arguments without a name come first
			}
			args.Set(fmt.Sprintf("arg%d", n), value.String(e.text))
			texts = append(texts, e.text)
			n++
		}
		if !p.skip(",") {
			break
		}
	}
	p.want(")")
	if !p.failed {
		p.calls = append(p.calls, Call{function.name, args.Object()})
	}
	return pyExpr{text: function.text + "(" + strings.Join(texts, ", ") + ")", binds: pyAtom}
}

// argumentOf is the value of an argument: that of a constant, else the text.
func argumentOf(e pyExpr) value.Value {
	if e.constant {
		return e.value
	}
	return value.String(e.text)
}
