package jinja

import (
	"maps"
	"slices"
)

// compiler turns the tree into functions that know where every variable lives.
type compiler struct {
	src     *source
	folder  *folder
	slots   map[string]int // places of the variables of the function being compiled
	inputs  map[string]int // names that are looked up in the context, with the places their values get
	blocks  map[string]*block
	esc     escaping
	extends bool  // an extends was compiled: nothing after it will run
	strict  error // what keeps the template from being rendered strictly
	// hasExtends says that one stands somewhere in the template.
	hasExtends bool
}

// frame is a scope while it is compiled.
type frame struct {
	*symbols
	toplevel    bool // the outermost scope, ifs included
	soft        bool // directly in an if or an inline if: unknown filters are found when they run
	outputCheck bool // an extends above may make printing pointless
}

func (f *frame) innerFrame() *frame {
	return &frame{symbols: f.inner(), outputCheck: f.outputCheck}
}

func (f *frame) softFrame() *frame {
	g := *f
	g.soft = true
	return &g
}

// program is a compiled template.
type program struct {
	run   execFunc
	slots int
}

func (c *compiler) template(body []stmt) (compiled program, err error) {
	defer catchSyntax(&err)
	if err := c.collectBlocks(body); err != nil {
		return program{}, err
	}
	c.slots = map[string]int{}
	f := &frame{symbols: newSymbols(nil, ""), toplevel: true, outputCheck: c.hasExtends}
	var run sequence
	if findUndeclared(body, "self")["self"] {
		run.add(c.setConstant(f.declareParam("self"), templateReference))
	}
	f.statements(body)
	run.add(c.enter(f))
	main, err := c.body(body, f)
	if err != nil {
		return program{}, err
	}
	run.add(main)
	slots := len(c.slots)
	for _, name := range slices.Sorted(maps.Keys(c.blocks)) {
		if err := c.block(c.blocks[name]); err != nil {
			return program{}, err
		}
	}
	return program{run.exec(), slots}, nil
}

var templateReference = &opaque{typeName: "TemplateReference", text: "<TemplateReference None>"}

// slot returns the place of a variable.
func (c *compiler) slot(id string) int {
	i, ok := c.slots[id]
	if !ok {
		i = len(c.slots)
		c.slots[id] = i
	}
	return i
}

// slotOf returns the place of the variable that a name means in f.
func (c *compiler) slotOf(f *frame, name string) int {
	id, ok := f.find(name)
	if !ok {
		// The arguments of a filter in {% set x | filter(y) %} are looked at by no scope, in the reference too.
		panic(syntaxPanic{c.src.fail("AssertionError", 0, "the name %s is not known where it is used", quote(name))})
	}
	return c.slot(id)
}

// input returns the index of a name that the context provides.
func (c *compiler) input(name string) int {
	i, ok := c.inputs[name]
	if !ok {
		i = len(c.inputs)
		c.inputs[name] = i
	}
	return i
}

func (c *compiler) setConstant(id string, v val) execFunc {
	slot := c.slot(id)
	return func(rt *runtime) error {
		rt.slots[slot] = v
		return nil
	}
}

// enter sets the variables of a scope to their first values.
func (c *compiler) enter(f *frame) execFunc {
	var steps sequence
	for _, id := range f.entries() {
		l, slot := f.loads[id], c.slot(id)
		switch l.kind {
		case loadParam: // the statement sets it
		case loadResolve:
			name, input := l.from, c.input(l.from)
			steps.add(func(rt *runtime) error {
				rt.slots[slot] = rt.resolve(name, input)
				return nil
			})
		case loadAlias:
			from := c.slot(l.from)
			steps.add(func(rt *runtime) error {
				rt.slots[slot] = rt.slots[from]
				return nil
			})
		case loadUndefined:
			steps.add(c.setConstant(id, absent))
		}
	}
	return steps.exec()
}

// sequence collects statements that run one after the other.
type sequence struct{ steps []execFunc }

func (s *sequence) add(step execFunc) {
	if step != nil {
		s.steps = append(s.steps, step)
	}
}

// exec returns one function for all steps, nil for none.
func (s *sequence) exec() execFunc {
	steps := s.steps
	switch len(steps) {
	case 0:
		return nil
	case 1:
		return steps[0]
	}
	return func(rt *runtime) error {
		for _, step := range steps {
			if err := step(rt); err != nil {
				return err
			}
		}
		return nil
	}
}

// body compiles statements; the result is never nil.
func (c *compiler) body(body []stmt, f *frame) (execFunc, error) {
	var steps sequence
	for _, st := range body {
		step, err := c.statement(st, f)
		if err != nil {
			return nil, err
		}
		steps.add(step)
	}
	if run := steps.exec(); run != nil {
		return run, nil
	}
	return func(*runtime) error { return nil }, nil
}

func newSlots(n int) []val {
	slots := make([]val, n)
	for i := range slots {
		slots[i] = absent
	}
	return slots
}
