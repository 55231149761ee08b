// Package jinja renders Jinja2 templates the way WayFlow's Python reference does: the same text, or the same exception.
//
// The reference (wayflowcore 26.3.1) uses jinja2 3.1.6 in a sandbox of its own. There are no globals, nothing can be
// called, members are reached only in dicts that have them, items also in lists, and an undefined name is an error as
// soon as it is used. Within that, all statements, operators, 54 filters and 39 tests work, over Python's idea of values:
// integers of any size, floats that print as 1e+16, lists that print as ['a', None], dicts in their order.
//
//	t, err := jinja.Parse("Dear {{ name }}, {% for o in orders %}{{ o.id }}{% endfor %}")
//	names := t.Variables()                           // name (a text), orders
//	text, err := t.Render([]value.Value{name, list}) // in the order of names
//
// A template is compiled once: to functions that know by index where every variable lives, or, if it is nothing but text
// and plain names, to a list of pieces. [Template.Render] takes its values by position and looks up no names;
// [Template.RenderObject] takes them by name, [Template.RenderPartial] moreover prints unknown names back.
//
// # Errors
//
// A text that is no template gives a [*SyntaxError], a rendering that goes wrong a [*RenderError]; both know line and
// column, and the class of the exception that the reference raises, so that a flow can catch it by that name. Messages
// are close to the reference's, not equal.
//
// # Limits
//
// Templates come with documents, so they may not exhaust the machine. [Limits] bounds the size of texts, the memory for
// what is made on the way, the passes of loops, nesting, and the size of integers. An error names the bound it ran
// into.
//
// # How it is built
//
// The lexer (lex.go) makes tokens, the parser (parse.go, parse_expr.go) the tree (ast.go). symbols.go finds which
// variable every name means, fold.go computes constants, compile.go and its siblings make functions of the rest. What
// these do to values is in files named after it: access.go (the sandbox), operate.go, number.go, compare.go, iterate.go,
// text.go, percent.go; the filters are in filters_*.go and beside them, the tests in tests.go.
//
// Order of scopes, folding of constants and the like follow jinja2's compiler step by step, because templates can see
// them. difftest compares with the reference on random templates:
//
//	WAYFLOW_REFERENCE_PYTHON=/path/to/venv/bin/python go test ./prompt/jinja/difftest -run Differential -templates 100000
//
// # Differences on purpose
//
//   - Limits: what exceeds them is an error here; the reference goes on until Python's recursion limit, the C stack, the
//     memory or the patience of the user ends. Errors of class RecursionError and MemoryError come up at other depths and
//     sizes, and Python's limits on its own source text (twenty nested loops, a hundred levels of indentation) are not ours.
//   - Infinities and NaN in expressions, such as 1e400 + x, work; the reference raises NameError, because it writes them
//     into Python source text as the names inf and nan.
//   - The filter random draws from a sequence that is fixed for a template, so that a flow that is replayed comes to the
//     same text.
//   - "is sameas" compares texts and numbers by type and content; which equal ones are one object in Python is an accident.
//   - Character names in string literals, "\N{BULLET}", are not known. A lone surrogate ("\ud800") becomes U+FFFD: Go's
//     texts are valid UTF-8.
//   - Setting a member with {% set d.x %}text{% endset %} changes the dict for the rest of the rendering only; the
//     reference changes the caller's value.
//   - Of the variables that the reference lists in random order (operands of arithmetic, named arguments), ours come in
//     the order of the text.
//   - Generators print with a made-up address, and the powers of floats that are not exact may differ from the C library's
//     in the last digit in rare cases (ours are rounded correctly).
//   - Upper and lower case, and which characters can be printed, are those of Go's version of Unicode, which is newer.
package jinja
