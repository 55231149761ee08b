package jinja

// expression parses an expression with an optional inline if.
func (p *parser) expression() expr {
	p.enter()
	defer p.leave()
	at := pos(p.cur.pos)
	e := p.or()
	for p.skipName("if") {
		c := &condExpr{pos: at, test: p.or(), then: e}
		if p.skipName("else") {
			c.orElse = p.expression()
		}
		e = p.sized(c, c.test, c.then, c.orElse)
		at = pos(p.cur.pos)
	}
	return e
}

// sized bounds the height of the tree, which chains of operators make without nesting in the text.
func (p *parser) sized(e expr, parts ...expr) expr {
	height := 0
	for _, part := range parts {
		height = max(height, p.highest[part])
	}
	p.highest[e] = height + 1
	if height >= p.limits.Depth {
		panic(syntaxPanic{p.src.asSyntaxError(p.src.at(e.place(),
			exceeded("RecursionError", "Depth", p.limits.Depth)))})
	}
	return e
}

// leftAssociative parses a chain of binary operators of one precedence.
func (p *parser) leftAssociative(operand func(*parser) expr, op func(token) string) expr {
	at := pos(p.cur.pos)
	left := operand(p)
	for {
		name := op(p.cur)
		if name == "" {
			return left
		}
		p.advance()
		right := operand(p)
		left = p.sized(&binaryExpr{at, name, left, right}, left, right)
		at = pos(p.cur.pos)
	}
}

// operators returns a function that recognises some operators, for leftAssociative.
func operators(ops ...string) func(token) string {
	return func(t token) string {
		if t.kind == tokOperator && contains(ops, t.text) {
			return t.text
		}
		return ""
	}
}

func keyword(word string) func(token) string {
	return func(t token) string {
		if t.named(word) {
			return word
		}
		return ""
	}
}

var (
	orOperator       = keyword("or")
	andOperator      = keyword("and")
	additionOperator = operators("+", "-")
	productOperator  = operators("*", "/", "//", "%")
	powerOperator    = operators("**")
)

func (p *parser) or() expr  { return p.leftAssociative((*parser).and, orOperator) }
func (p *parser) and() expr { return p.leftAssociative((*parser).not, andOperator) }

func (p *parser) not() expr {
	if !p.cur.named("not") {
		return p.compare()
	}
	p.enter()
	defer p.leave()
	at := pos(p.advance().pos)
	operand := p.not()
	return p.sized(&unaryExpr{at, "not", operand}, operand)
}

var isComparison = operators("==", "!=", "<", "<=", ">", ">=")

func (p *parser) compare() expr {
	at := pos(p.cur.pos)
	first := p.addition()
	parts := []expr{first}
	var rest []operand
	for {
		op := isComparison(p.cur)
		switch {
		case op != "":
			p.advance()
		case p.skipName("in"):
			op = "in"
		case p.cur.named("not") && p.look().named("in"):
			op = "not in"
			p.advance()
			p.advance()
		case len(rest) == 0:
			return first
		default:
			return p.sized(&compareExpr{at, first, rest}, parts...)
		}
		value := p.addition()
		parts = append(parts, value)
		rest = append(rest, operand{op, value})
	}
}

func (p *parser) addition() expr { return p.leftAssociative((*parser).concat, additionOperator) }

func (p *parser) concat() expr {
	at := pos(p.cur.pos)
	parts := []expr{p.product()}
	for p.skipOp("~") {
		parts = append(parts, p.product())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return p.sized(&concatExpr{at, parts}, parts...)
}

func (p *parser) product() expr { return p.leftAssociative((*parser).power, productOperator) }
func (p *parser) power() expr   { return p.leftAssociative((*parser).filteredUnary, powerOperator) }

func (p *parser) filteredUnary() expr { return p.filterChain(p.unary()) }

func (p *parser) unary() expr {
	if !p.cur.is("-") && !p.cur.is("+") {
		return p.postfix(p.primary(false))
	}
	p.enter()
	defer p.leave()
	t := p.advance()
	operand := p.unary()
	return p.postfix(p.sized(&unaryExpr{pos(t.pos), t.text, operand}, operand))
}

// primary parses a name, a literal or something in brackets. With namespace, a.b is an assignment target.
func (p *parser) primary(namespace bool) expr {
	t := p.cur
	at := pos(t.pos)
	switch {
	case t.kind == tokName:
		p.advance()
		return p.nameOrConstant(t, namespace)
	case t.kind == tokString:
		text := ""
		for p.cur.kind == tokString {
			text += p.advance().text
		}
		return &constExpr{at, text}
	case t.kind == tokInteger, t.kind == tokFloat:
		p.advance()
		return &constExpr{at, t.num}
	case t.is("("):
		p.advance()
		e := p.tuple(tupleRules{conditional: true, parenthesised: true})
		p.expectOp(")")
		return e
	case t.is("["):
		return p.list()
	case t.is("{"):
		return p.dict()
	}
	p.fail(t.pos, "unexpected %s", quote(t.describe()))
	return nil
}

func (p *parser) nameOrConstant(t token, namespace bool) expr {
	at := pos(t.pos)
	switch t.text {
	case "true", "True":
		return &constExpr{at, true}
	case "false", "False":
		return &constExpr{at, false}
	case "none", "None":
		return &constExpr{at, nil}
	}
	if namespace && p.skipOp(".") {
		return &nsRefExpr{at, t.text, p.expectName().text}
	}
	return &nameExpr{at, t.text, useLoad}
}

// tupleRules say what a comma-separated list is made of and where it ends.
type tupleRules struct {
	simple        bool // only primary expressions, as in assignment targets
	conditional   bool // items may have an inline if
	parenthesised bool // () is a tuple
	namespace     bool // items may be a.b
}

// tuple parses one expression, or several with commas as a tuple.
func (p *parser) tuple(rules tupleRules) expr {
	p.enter()
	defer p.leave()
	at := pos(p.cur.pos)
	var items []expr
	isTuple := false
	for {
		if len(items) > 0 {
			p.expectOp(",")
		}
		if p.cur.kind == tokVariableEnd || p.cur.kind == tokBlockEnd || p.cur.is(")") {
			break
		}
		items = append(items, p.tupleItem(rules))
		if !p.cur.is(",") {
			break
		}
		isTuple = true
		at = pos(p.cur.pos)
	}
	if !isTuple {
		if len(items) > 0 {
			return items[0]
		}
		if !rules.parenthesised {
			p.fail(p.cur.pos, "Expected an expression, got %s", quote(p.cur.describe()))
		}
	}
	return p.sized(&tupleExpr{at, items}, items...)
}

func (p *parser) tupleItem(rules tupleRules) expr {
	switch {
	case rules.simple:
		return p.primary(rules.namespace)
	case rules.conditional:
		return p.expression()
	default:
		p.enter()
		defer p.leave()
		return p.or()
	}
}

func (p *parser) list() expr {
	at := pos(p.expectOp("[").pos)
	var items []expr
	for !p.cur.is("]") {
		if len(items) > 0 {
			p.expectOp(",")
			if p.cur.is("]") {
				break
			}
		}
		items = append(items, p.expression())
	}
	p.expectOp("]")
	return p.sized(&listExpr{at, items}, items...)
}

func (p *parser) dict() expr {
	d := &dictExpr{pos: pos(p.expectOp("{").pos)}
	for !p.cur.is("}") {
		if len(d.keys) > 0 {
			p.expectOp(",")
			if p.cur.is("}") {
				break
			}
		}
		d.keys = append(d.keys, p.expression())
		p.expectOp(":")
		d.values = append(d.values, p.expression())
	}
	p.expectOp("}")
	return p.sized(p.sized(d, d.keys...), append(d.values, d.keys...)...)
}

// postfix parses attributes, items and calls after an expression.
func (p *parser) postfix(e expr) expr {
	for {
		switch {
		case p.cur.is("."), p.cur.is("["):
			e = p.subscript(e)
		case p.cur.is("("):
			e = p.call(e)
		default:
			return e
		}
	}
}

func (p *parser) subscript(object expr) expr {
	at := pos(p.cur.pos)
	if p.advance().text == "." {
		t := p.advance()
		if t.kind == tokName {
			return p.sized(&attrExpr{at, object, t.text}, object)
		}
		if t.kind != tokInteger {
			p.fail(t.pos, "expected name or number")
		}
		return p.sized(&itemExpr{at, object, &constExpr{pos(t.pos), t.num}}, object)
	}
	var args []expr
	for !p.cur.is("]") {
		if len(args) > 0 {
			p.expectOp(",")
		}
		args = append(args, p.subscribed())
	}
	p.expectOp("]")
	var index expr
	if len(args) == 1 {
		index = args[0]
	} else {
		p.refuseSlices(args)
		index = p.sized(&tupleExpr{at, args}, args...)
	}
	return p.sized(&itemExpr{at, object, index}, object, index)
}

// refuseSlices refuses x[1:2, 3], which the reference compiles to text that Python refuses.
func (p *parser) refuseSlices(args []expr) {
	for _, a := range args {
		if _, ok := a.(*sliceExpr); ok {
			panic(syntaxPanic{p.src.fail("SyntaxError", a.place(), "invalid syntax")})
		}
	}
}

// subscribed parses what stands in brackets: an expression or a slice.
func (p *parser) subscribed() expr {
	s := &sliceExpr{pos: pos(p.cur.pos)}
	if !p.skipOp(":") {
		s.start = p.expression()
		if !p.skipOp(":") {
			return s.start
		}
	}
	s.stop = p.slicePart()
	if p.skipOp(":") {
		s.step = p.slicePart()
	}
	return p.sized(s, s.start, s.stop, s.step)
}

func (p *parser) slicePart() expr {
	if p.cur.is(":") || p.cur.is("]") || p.cur.is(",") {
		return nil
	}
	return p.expression()
}

func (p *parser) call(callee expr) expr {
	at := pos(p.cur.pos)
	args := p.arguments()
	return p.sized(&callExpr{at, callee, args}, append(args.all(), callee)...)
}

// all returns the expressions of a in the order they are evaluated.
func (a *arguments) all() []expr {
	all := append([]expr(nil), a.positional...)
	for _, n := range a.named {
		all = append(all, n.value)
	}
	if a.star != nil {
		all = append(all, a.star)
	}
	if a.starStar != nil {
		all = append(all, a.starStar)
	}
	return all
}

func (p *parser) arguments() arguments {
	var a arguments
	open := p.expectOp("(")
	ensure := func(ok bool) {
		if !ok {
			p.fail(open.pos, "invalid syntax for function call expression")
		}
	}
	for first := true; !p.cur.is(")"); first = false {
		if !first {
			p.expectOp(",")
			if p.cur.is(")") {
				break
			}
		}
		switch {
		case p.skipOp("*"):
			ensure(a.star == nil && a.starStar == nil)
			a.star = p.expression()
		case p.skipOp("**"):
			ensure(a.starStar == nil)
			a.starStar = p.expression()
		case p.cur.kind == tokName && p.look().is("="):
			ensure(a.starStar == nil)
			name := p.advance().text
			p.advance()
			a.named = append(a.named, namedArg{name, p.expression()})
		default:
			ensure(a.star == nil && a.starStar == nil && len(a.named) == 0)
			a.positional = append(a.positional, p.expression())
		}
	}
	p.expectOp(")")
	return a
}

// filterChain parses the filters, tests and calls that may follow an operand.
func (p *parser) filterChain(e expr) expr {
	for {
		switch {
		case p.cur.is("|"):
			e = p.filters(e)
		case p.cur.named("is"):
			e = p.test(e)
		case p.cur.is("("):
			e = p.call(e)
		default:
			return e
		}
	}
}

// filters parses any number of filters after e, which is nil for a block.
func (p *parser) filters(e expr) expr {
	for p.skipOp("|") {
		e = p.filter(e)
	}
	return e
}

func (p *parser) filter(input expr) expr {
	at := pos(p.cur.pos)
	f := &filterExpr{pos: at, input: input, name: p.dottedName()}
	if p.cur.is("(") {
		f.args = p.arguments()
	}
	return p.sized(f, append(f.args.all(), input)...)
}

func (p *parser) dottedName() string {
	name := p.expectName().text
	for p.skipOp(".") {
		name += "." + p.expectName().text
	}
	return name
}

func (p *parser) test(input expr) expr {
	at := pos(p.advance().pos)
	negated := p.skipName("not")
	t := &testExpr{pos: at, input: input, name: p.dottedName()}
	switch {
	case p.cur.is("("):
		t.args = p.arguments()
	case p.startsOperand() && !p.atName("else", "or", "and"):
		if p.cur.named("is") {
			p.fail(p.cur.pos, "You cannot chain multiple tests with is")
		}
		t.args.positional = []expr{p.postfix(p.primary(false))}
	}
	e := p.sized(t, append(t.args.all(), input)...)
	if negated {
		e = p.sized(&unaryExpr{at, "not", e}, e)
	}
	return e
}

func (p *parser) startsOperand() bool {
	switch p.cur.kind {
	case tokName, tokString, tokInteger, tokFloat:
		return true
	default:
		return p.cur.is("[") || p.cur.is("{")
	}
}

// target parses what is assigned to.
func (p *parser) target(rules tupleRules) expr {
	e := p.tuple(rules)
	setUse(e, useStore)
	if bad := unassignable(e); bad != "" {
		p.fail(e.place(), "can't assign to %s", quote(bad))
	}
	return e
}

func (p *parser) targetName() *nameExpr {
	t := p.expectName()
	if isConstantName(t.text) {
		p.fail(t.pos, "can't assign to 'name'")
	}
	return &nameExpr{pos(t.pos), t.text, useStore}
}

func isConstantName(s string) bool {
	return contains([]string{"true", "false", "none", "True", "False", "None"}, s)
}

// setUse marks the names of a target.
func setUse(e expr, use nameUse) {
	switch e := e.(type) {
	case *nameExpr:
		e.use = use
	case *tupleExpr:
		for _, item := range e.items {
			setUse(item, use)
		}
	}
}

// unassignable returns what kind of expression keeps e from being a target, or "".
func unassignable(e expr) string {
	switch e := e.(type) {
	case *nameExpr, *nsRefExpr:
		return ""
	case *tupleExpr:
		for _, item := range e.items {
			if unassignable(item) != "" {
				return "tuple"
			}
		}
		return ""
	case *constExpr:
		return "const"
	case *listExpr:
		return "list"
	case *dictExpr:
		return "dict"
	default:
		return "expression"
	}
}
