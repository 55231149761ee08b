package jinja

import "strings"

// parser turns tokens into the tree, statement by statement (reference: jinja2.parser.Parser).
type parser struct {
	src     *source
	lx      *lexer
	cur     token
	ahead   []token
	depth   int
	limits  Limits
	tags    []string   // open tags, innermost last
	ends    [][]string // the tags that would end each open body, innermost last
	names   []string   // all names, in the order of the text
	highest map[expr]int
}

func parse(text string, limits Limits) (body []stmt, p *parser, err error) {
	lx := newLexer(text)
	p = &parser{src: lx.src, lx: lx, limits: limits, highest: map[expr]int{}}
	defer catchSyntax(&err)
	p.advance()
	body = p.statements(nil)
	return body, p, nil
}

// syntaxPanic carries an error from the depth of the parser to parse.
type syntaxPanic struct{ err error }

func catchSyntax(err *error) {
	if r := recover(); r != nil {
		s, ok := r.(syntaxPanic)
		if !ok {
			panic(r)
		}
		*err = s.err
	}
}

func (p *parser) fail(pos int, format string, args ...any) {
	panic(syntaxPanic{p.src.fail("TemplateSyntaxError", pos, format, args...)})
}

func (p *parser) failAssertion(pos int, format string, args ...any) {
	panic(syntaxPanic{p.src.fail("TemplateAssertionError", pos, format, args...)})
}

// enter counts a level of nesting; the caller defers leave.
func (p *parser) enter() {
	p.depth++
	if p.depth > p.limits.Depth {
		panic(syntaxPanic{p.src.asSyntaxError(p.src.at(p.cur.pos,
			exceeded("RecursionError", "Depth", p.limits.Depth)))})
	}
}

func (p *parser) leave() { p.depth-- }

// advance goes one token ahead and returns the one it leaves.
func (p *parser) advance() token {
	old := p.cur
	if len(p.ahead) > 0 {
		p.cur, p.ahead = p.ahead[0], p.ahead[1:]
		return old
	}
	p.cur = p.read()
	return old
}

func (p *parser) read() token {
	t, err := p.lx.next()
	if err != nil {
		panic(syntaxPanic{err})
	}
	if t.kind == tokName {
		p.names = append(p.names, t.text)
	}
	return t
}

// look returns the token after the current one.
func (p *parser) look() token {
	if len(p.ahead) == 0 {
		p.ahead = append(p.ahead, p.read())
	}
	return p.ahead[0]
}

func (p *parser) skipName(name string) bool {
	if p.cur.named(name) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) skipOp(op string) bool {
	if p.cur.is(op) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) expect(k kind, text, description string) token {
	if p.cur.kind != k || text != "" && p.cur.text != text {
		if p.cur.kind == tokEOF {
			p.fail(p.cur.pos, "unexpected end of template, expected %s.", quote(description))
		}
		p.fail(p.cur.pos, "expected token %s, got %s", quote(description), quote(p.cur.describe()))
	}
	return p.advance()
}

func (p *parser) expectName() token        { return p.expect(tokName, "", "name") }
func (p *parser) expectKeyword(k string)   { p.expect(tokName, k, k) }
func (p *parser) expectOp(op string) token { return p.expect(tokOperator, op, op) }
func (p *parser) expectBlockEnd()          { p.expect(tokBlockEnd, "", "end of statement block") }
func (p *parser) atName(names ...string) bool {
	return p.cur.kind == tokName && contains(names, p.cur.text)
}

func contains(list []string, s string) bool {
	for _, t := range list {
		if t == s {
			return true
		}
	}
	return false
}

// statements parses up to one of the given end tags, or to the end of the template if ends is nil
// (reference: subparse).
func (p *parser) statements(ends []string) []stmt {
	p.enter()
	defer p.leave()
	if ends != nil {
		p.ends = append(p.ends, ends)
		defer func() { p.ends = p.ends[:len(p.ends)-1] }()
	}
	var body []stmt
	var out *outputStmt
	add := func(e expr) {
		if out == nil {
			out = &outputStmt{pos: pos(e.place())}
			body = append(body, out)
		}
		out.parts = append(out.parts, e)
	}
	for {
		switch p.cur.kind {
		case tokEOF:
			return body
		case tokData:
			add(&dataExpr{pos(p.cur.pos), p.cur.text})
			p.advance()
		case tokVariableBegin:
			p.advance()
			add(p.tuple(tupleRules{conditional: true}))
			p.expect(tokVariableEnd, "", "end of print statement")
		case tokBlockBegin:
			out = nil
			p.advance()
			if p.atName(ends...) {
				return body
			}
			body = append(body, p.statement())
			p.expectBlockEnd()
		default:
			p.fail(p.cur.pos, "unexpected %s", quote(p.cur.describe()))
		}
	}
}

// body parses a statement's body after its head; the end tag that was found is the current token.
func (p *parser) body(ends ...string) []stmt {
	p.skipOp(":") // allowed for those who write Python
	p.expectBlockEnd()
	body := p.statements(ends)
	if p.cur.kind == tokEOF {
		p.ends = append(p.ends, ends)
		p.failUnknown("", p.cur.pos)
	}
	return body
}

// bodyTo parses a body and consumes its only possible end tag.
func (p *parser) bodyTo(end string) []stmt {
	body := p.body(end)
	p.advance()
	return body
}

// failUnknown reports an unknown or missing tag, saying what was expected.
func (p *parser) failUnknown(name string, pos int) {
	message := "Unexpected end of template."
	if name != "" {
		message = "Encountered unknown tag " + quote(name) + "."
	}
	if n := len(p.ends); n > 0 {
		looking := make([]string, len(p.ends[n-1]))
		for i, end := range p.ends[n-1] {
			looking[i] = quote(end)
		}
		message += " Jinja was looking for the following tags: " + strings.Join(looking, " or ") + "."
	}
	if n := len(p.tags); n > 0 {
		message += " The innermost block that needs to be closed is " + quote(p.tags[n-1]) + "."
	}
	p.fail(pos, "%s", message)
}

func (p *parser) statement() stmt {
	if p.cur.kind != tokName {
		p.fail(p.cur.pos, "tag name expected")
	}
	parse := statementParser(p.cur.text)
	if parse == nil {
		p.failUnknown(p.cur.text, p.cur.pos)
	}
	p.tags = append(p.tags, p.cur.text)
	s := parse(p, pos(p.advance().pos))
	p.tags = p.tags[:len(p.tags)-1]
	return s
}

// statementParser returns what parses a statement once its tag is consumed, or nil.
func statementParser(tag string) func(*parser, pos) stmt {
	switch tag {
	case "for":
		return (*parser).parseFor
	case "if":
		return (*parser).parseIf
	case "set":
		return (*parser).parseSet
	case "with":
		return (*parser).parseWith
	case "autoescape":
		return (*parser).parseAutoescape
	case "filter":
		return (*parser).parseFilterBlock
	case "block":
		return (*parser).parseBlock
	case "macro":
		return (*parser).parseMacro
	case "call":
		return (*parser).parseCallBlock
	case "print":
		return (*parser).parsePrint
	case "extends":
		return (*parser).parseExtends
	case "include":
		return (*parser).parseInclude
	case "import":
		return (*parser).parseImport
	case "from":
		return (*parser).parseFrom
	}
	return nil
}

func (p *parser) parseFor(at pos) stmt {
	s := &forStmt{pos: at}
	s.target = p.target(tupleRules{simple: true})
	p.expectKeyword("in")
	s.iter = p.tuple(tupleRules{})
	if p.skipName("if") {
		s.test = p.expression()
	}
	s.recursive = p.skipName("recursive")
	s.body = p.body("endfor", "else")
	if p.advance().text == "else" {
		s.orElse = p.bodyTo("endfor")
	}
	return s
}

func (p *parser) parseIf(at pos) stmt {
	result := &ifStmt{pos: at}
	node := result
	for {
		node.test = p.tuple(tupleRules{})
		node.body = p.body("elif", "else", "endif")
		end := p.advance()
		switch end.text {
		case "elif":
			node = &ifStmt{pos: pos(p.cur.pos)}
			result.elifs = append(result.elifs, node)
			continue
		case "else":
			result.orElse = p.bodyTo("endif")
		}
		return result
	}
}

func (p *parser) parseSet(at pos) stmt {
	target := p.target(tupleRules{simple: true, namespace: true})
	if p.skipOp("=") {
		return &setStmt{at, target, p.tuple(tupleRules{conditional: true})}
	}
	s := &setBlockStmt{pos: at, target: target}
	if f := p.filters(nil); f != nil {
		s.filter = f.(*filterExpr)
	}
	s.body = p.bodyTo("endset")
	return s
}

func (p *parser) parseWith(at pos) stmt {
	s := &withStmt{pos: at}
	for p.cur.kind != tokBlockEnd {
		if len(s.targets) > 0 {
			p.expectOp(",")
		}
		target := p.target(tupleRules{simple: true})
		setUse(target, useParam)
		s.targets = append(s.targets, target)
		p.expectOp("=")
		s.values = append(s.values, p.expression())
	}
	s.body = p.bodyTo("endwith")
	return s
}

func (p *parser) parseAutoescape(at pos) stmt {
	value := p.expression()
	return &autoescapeStmt{pos: at, value: value, body: p.bodyTo("endautoescape")}
}

func (p *parser) parseFilterBlock(at pos) stmt {
	f := p.filter(nil)
	f = p.filters(f)
	return &filterBlockStmt{at, f.(*filterExpr), p.bodyTo("endfilter")}
}

func (p *parser) parseBlock(at pos) stmt {
	s := &blockStmt{pos: at}
	s.name = p.expectName().text
	s.scoped = p.skipName("scoped")
	s.required = p.skipName("required")
	if p.cur.is("-") {
		p.fail(p.cur.pos, "Block names in Jinja have to be valid Python identifiers and may not contain hyphens,"+
			" use an underscore instead.")
	}
	s.body = p.bodyTo("endblock")
	if s.required && !onlySpace(s.body) {
		p.fail(p.cur.pos, "Required blocks can only contain comments or whitespace")
	}
	p.skipName(s.name)
	return s
}

func onlySpace(body []stmt) bool {
	for _, s := range body {
		out, ok := s.(*outputStmt)
		if !ok {
			return false
		}
		for _, part := range out.parts {
			data, ok := part.(*dataExpr)
			if !ok || strings.TrimFunc(data.text, isSpace) != "" {
				return false
			}
		}
	}
	return true
}

func (p *parser) parseMacro(at pos) stmt {
	s := &macroStmt{pos: at}
	s.name = p.targetName().name
	s.params, s.defaults = p.signature()
	s.body = p.bodyTo("endmacro")
	return s
}

func (p *parser) parseCallBlock(at pos) stmt {
	s := &callBlockStmt{pos: at}
	if p.cur.is("(") {
		s.params, s.defaults = p.signature()
	}
	call, ok := p.expression().(*callExpr)
	if !ok {
		p.fail(int(at), "expected call")
	}
	s.call = call
	s.body = p.bodyTo("endcall")
	return s
}

func (p *parser) signature() (params []*nameExpr, defaults []expr) {
	p.expectOp("(")
	for !p.cur.is(")") {
		if len(params) > 0 {
			p.expectOp(",")
		}
		param := p.targetName()
		param.use = useParam
		if p.skipOp("=") {
			defaults = append(defaults, p.expression())
		} else if len(defaults) > 0 {
			p.fail(p.cur.pos, "non-default argument follows default argument")
		}
		params = append(params, param)
	}
	p.expectOp(")")
	return params, defaults
}

func (p *parser) parsePrint(at pos) stmt {
	s := &outputStmt{pos: at}
	for p.cur.kind != tokBlockEnd {
		if len(s.parts) > 0 {
			p.expectOp(",")
		}
		s.parts = append(s.parts, p.expression())
	}
	return s
}

func (p *parser) parseExtends(at pos) stmt { return &extendsStmt{at, p.expression()} }

func (p *parser) parseInclude(at pos) stmt {
	s := &includeStmt{pos: at, template: p.expression()}
	if p.cur.named("ignore") && p.look().named("missing") {
		s.ignoreMissing = true
		p.advance()
		p.advance()
	}
	p.importContext()
	return s
}

// importContext skips "with context" and "without context", which change nothing where nothing can be imported.
func (p *parser) importContext() bool {
	if !p.atName("with", "without") || !p.look().named("context") {
		return false
	}
	p.advance()
	p.advance()
	return true
}

func (p *parser) parseImport(at pos) stmt {
	s := &importStmt{pos: at, template: p.expression()}
	p.expectKeyword("as")
	s.targets = []string{p.targetName().name}
	p.importContext()
	return s
}

func (p *parser) parseFrom(at pos) stmt {
	s := &importStmt{pos: at, template: p.expression()}
	p.expectKeyword("import")
	for {
		if len(s.targets) > 0 {
			p.expectOp(",")
		}
		if p.cur.kind == tokName && p.importContext() {
			return s
		}
		name := p.targetName()
		if strings.HasPrefix(name.name, "_") {
			p.failAssertion(name.place(), "names starting with an underline can not be imported")
		}
		if p.skipName("as") {
			name = p.targetName()
		}
		s.targets = append(s.targets, name.name)
		if p.importContext() || !p.cur.is(",") {
			return s
		}
	}
}
