package jinja

import (
	"errors"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// Template is a compiled template. It does not change and may be rendered by several goroutines at once.
type Template struct {
	variables []Variable
	program   program
	inputs    int
	places    []int // for each variable, its place among the inputs
	segments  []segment
	plain     bool // there is nothing but the segments
	limits    Limits
	seed      uint64
	source    *source
	strict    error // what keeps the template from being rendered, except partially
}

// segment is a piece of a plain template: literal text, then the value of a variable.
type segment struct {
	text     string
	variable int // -1 in the last segment
	pos      int
}

// Parse compiles a template under the [DefaultLimits]. The error is a [*SyntaxError].
func Parse(text string) (*Template, error) { return ParseLimits(text, DefaultLimits) }

// ParseLimits is [Parse] with limits for the template and for each of its renderings.
func ParseLimits(text string, limits Limits) (*Template, error) {
	limits = limits.withDefaults()
	body, p, err := parse(text, limits)
	if err != nil {
		return nil, err
	}
	c := &compiler{src: p.src, folder: newFolder(), blocks: map[string]*block{}, inputs: map[string]int{}}
	run, err := c.template(body)
	if err != nil {
		return nil, p.src.asSyntaxError(err)
	}
	t := &Template{
		variables: variables(text, body, p.names, c),
		program:   run, inputs: len(c.inputs), limits: limits, source: p.src, strict: c.strict,
	}
	for _, v := range t.variables {
		t.places = append(t.places, c.inputs[v.Name])
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	t.seed = h.Sum64()
	t.segments, t.plain = t.plainSegments(body)
	return t, nil
}

// plainSegments recognises a template of literal text and plain names.
func (t *Template) plainSegments(body []stmt) (segments []segment, ok bool) {
	index := map[string]int{}
	for i, v := range t.variables {
		index[v.Name] = i
	}
	s := segment{variable: -1}
	for _, st := range body {
		out, ok := st.(*outputStmt)
		if !ok {
			return nil, false
		}
		for _, part := range out.parts {
			switch part := part.(type) {
			case *dataExpr:
				s.text += part.text
			case *nameExpr:
				i, known := index[part.name]
				if !known { // "self"
					return nil, false
				}
				s.variable, s.pos = i, part.place()
				segments = append(segments, s)
				s = segment{variable: -1}
			default:
				return nil, false
			}
		}
	}
	return append(segments, s), true
}

// Variables returns the inputs that the template names, in the order in which [Template.Render] takes them.
func (t *Template) Variables() []Variable { return slices.Clone(t.variables) }

// Text returns the template as it was written.
func (t *Template) Text() string { return t.source.text }

// Arity is how many variables there are.
func (t *Template) Arity() int { return len(t.variables) }

// Render renders the template with one value for each of its [Template.Variables], in their order. It looks up no
// names. The error is a [*RenderError].
func (t *Template) Render(args []value.Value) (string, error) {
	if len(args) != len(t.variables) {
		return "", raise("TypeError", "the template takes %d values, not %d", len(t.variables), len(args))
	}
	if t.plain {
		return t.renderPlain(args)
	}
	rt := t.newRuntime(strictUndefined)
	for i, v := range args {
		if err := rt.pass(t.places[i], v); err != nil {
			return "", err
		}
	}
	return t.run(rt)
}

// RenderObject renders the template with the values of an object. Keys that the template does not name are ignored;
// names without a value are undefined, and printing or using them is an error.
func (t *Template) RenderObject(vars *value.Object) (string, error) {
	return t.renderNamed(vars, strictUndefined)
}

// RenderPartial is [Template.RenderObject], but prints names without a value back as they stand in the template, such
// as {{ name }}.
func (t *Template) RenderPartial(vars *value.Object) (string, error) {
	return t.renderNamed(vars, debugUndefined)
}

func (t *Template) renderNamed(vars *value.Object, missing undefinedKind) (string, error) {
	if args, ok := t.plainArgs(vars); ok {
		return t.renderPlain(args)
	}
	rt := t.newRuntime(missing)
	for i, variable := range t.variables {
		v, ok := vars.Get(variable.Name)
		if !ok {
			continue
		}
		if err := rt.pass(t.places[i], v); err != nil {
			return "", err
		}
	}
	return t.run(rt)
}

// plainArgs returns the values of a plain template's variables if all are there.
func (t *Template) plainArgs(vars *value.Object) (args []value.Value, ok bool) {
	if !t.plain {
		return nil, false
	}
	args = make([]value.Value, len(t.variables))
	for i, variable := range t.variables {
		if args[i], ok = vars.Get(variable.Name); !ok {
			return nil, false
		}
	}
	return args, true
}

func (t *Template) newRuntime(missing undefinedKind) *runtime {
	return &runtime{
		meter:   &meter{limits: t.limits},
		slots:   newSlots(t.program.slots),
		inputs:  newSlots(t.inputs),
		missing: missing,
		seed:    t.seed,
	}
}

// pass gives an input its value.
func (rt *runtime) pass(place int, v value.Value) error {
	if err := checkDepth(v, 0); err != nil {
		return err
	}
	rt.inputs[place] = fromValue(v)
	return nil
}

func (t *Template) run(rt *runtime) (string, error) {
	if t.strict != nil && rt.missing == strictUndefined {
		return "", t.strict
	}
	if t.program.run == nil {
		return "", nil
	}
	if err := rt.joined(t.program.run); err != nil {
		return "", err
	}
	return string(rt.out), nil
}

// renderPlain joins the segments. Where all values are texts their sizes are known, and one allocation is enough.
func (t *Template) renderPlain(args []value.Value) (string, error) {
	size := 0
	for _, s := range t.segments {
		size += len(s.text)
		if s.variable >= 0 {
			size += len(args[s.variable].Str())
		}
	}
	if size > t.limits.Output {
		return "", exceeded("MemoryError", "Output", t.limits.Output)
	}
	var b strings.Builder
	b.Grow(size)
	for _, s := range t.segments {
		b.WriteString(s.text)
		if s.variable < 0 {
			break
		}
		v := args[s.variable]
		text, ok := v.AsString()
		if !ok {
			var err error
			if text, err = t.plainText(v, b.Len()); err != nil {
				return "", t.source.at(s.pos, err)
			}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// plainText is str of a value that is no text, which is to follow n bytes of output.
func (t *Template) plainText(v value.Value, n int) (string, error) {
	if err := checkDepth(v, 0); err != nil {
		return "", err
	}
	m := &meter{limits: t.limits}
	m.limits.Output = max(t.limits.Output-n, 0)
	text, err := m.str(fromValue(v))
	if e, ok := errors.AsType[*RenderError](err); ok && e.Bound == "Output" {
		err = exceeded("MemoryError", "Output", t.limits.Output)
	}
	return text, err
}
