package jinja

// The tree of a template mirrors the reference's nodes closely: the rules for scopes, constants and the order of
// variables are all defined on it.

// expr is an expression. Its place is the byte offset that errors are reported at.
type expr interface{ place() int }

// stmt is a statement.
type stmt interface{ place() int }

// pos is embedded in every node.
type pos int

func (p pos) place() int { return int(p) }

// nameUse says what a name does where it stands.
type nameUse uint8

const (
	useLoad  nameUse = iota
	useStore         // assigned
	useParam         // declared by with or a macro
)

// Expressions.
type (
	constExpr struct {
		pos
		value val
	}
	// dataExpr is literal text of the template.
	dataExpr struct {
		pos
		text string
	}
	nameExpr struct {
		pos
		name string
		use  nameUse
	}
	// nsRefExpr is the target a.b of an assignment.
	nsRefExpr struct {
		pos
		name, attr string
	}
	tupleExpr struct {
		pos
		items []expr
	}
	listExpr struct {
		pos
		items []expr
	}
	dictExpr struct {
		pos
		keys, values []expr
	}
	// binaryExpr is an arithmetic operator, "and" or "or".
	binaryExpr struct {
		pos
		op          string
		left, right expr
	}
	// unaryExpr is "-", "+" or "not".
	unaryExpr struct {
		pos
		op      string
		operand expr
	}
	concatExpr struct {
		pos
		parts []expr
	}
	compareExpr struct {
		pos
		first expr
		rest  []operand
	}
	condExpr struct {
		pos
		test, then expr
		orElse     expr // may be nil
	}
	attrExpr struct {
		pos
		object expr
		name   string
	}
	itemExpr struct {
		pos
		object, index expr
	}
	// sliceExpr stands only inside itemExpr; each part may be nil.
	sliceExpr struct {
		pos
		start, stop, step expr
	}
	callExpr struct {
		pos
		callee expr
		args   arguments
	}
	// filterExpr has a nil input where it filters a block.
	filterExpr struct {
		pos
		input expr
		name  string
		args  arguments
	}
	testExpr struct {
		pos
		input expr
		name  string
		args  arguments
	}
)

// operand is one step of a chain of comparisons.
type operand struct {
	op    string
	value expr
}

// arguments of a call, filter or test: f(positional, name=value, *star, **starStar).
type arguments struct {
	positional []expr
	named      []namedArg
	star       expr // may be nil
	starStar   expr // may be nil
}

type namedArg struct {
	name  string
	value expr
}

// Statements.
type (
	outputStmt struct {
		pos
		parts []expr
	}
	forStmt struct {
		pos
		target, iter expr
		test         expr // may be nil
		recursive    bool
		body, orElse []stmt
	}
	ifStmt struct {
		pos
		test   expr
		body   []stmt
		elifs  []*ifStmt
		orElse []stmt
	}
	setStmt struct {
		pos
		target, value expr
	}
	setBlockStmt struct {
		pos
		target expr
		filter *filterExpr // may be nil
		body   []stmt
	}
	withStmt struct {
		pos
		targets, values []expr
		body            []stmt
	}
	autoescapeStmt struct {
		pos
		value expr
		body  []stmt
		// volatile is set by the compiler if value is no constant.
		volatile bool
	}
	filterBlockStmt struct {
		pos
		filter *filterExpr
		body   []stmt
	}
	blockStmt struct {
		pos
		name             string
		scoped, required bool
		body             []stmt
	}
	macroStmt struct {
		pos
		name     string
		params   []*nameExpr
		defaults []expr
		body     []stmt
	}
	callBlockStmt struct {
		pos
		call     *callExpr
		params   []*nameExpr
		defaults []expr
		body     []stmt
	}
	extendsStmt struct {
		pos
		template expr
	}
	includeStmt struct {
		pos
		template      expr
		ignoreMissing bool
	}
	// importStmt is import and from; targets are the names it would assign.
	importStmt struct {
		pos
		template expr
		targets  []string
	}
)
