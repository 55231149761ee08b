package jinja

// runtime is the state of one rendering.
type runtime struct {
	*meter
	out        []byte
	broken     error // something that is no text was printed: an error once all of it was printed
	slots      []val // the variables of the function that runs: the template or a block
	inputs     []val // by the index the compiler gave each name; absent where none was passed
	context    *context
	autoescape val           // what escaping depends on; nil is off
	missing    undefinedKind // what an unknown name becomes
	draws      uint64        // how often random was used
	seed       uint64
}

// evalFunc computes a compiled expression, execFunc runs a compiled statement.
type (
	evalFunc func(*runtime) (val, error)
	execFunc func(*runtime) error
)

// absentType marks a variable that has no value (reference: missing), and an argument that was not passed.
type absentType struct{}

var absent val = absentType{}

// context is where names are looked up that no scope knows: what the template exported so far, what a scoped block was
// given, and the inputs.
type context struct {
	parent  *context
	exports map[string]val
}

func (rt *runtime) resolve(name string, input int) val {
	for c := rt.context; c != nil; c = c.parent {
		if v, ok := c.exports[name]; ok {
			return v
		}
	}
	return rt.inputs[input]
}

// export makes a variable of the template's outermost scope known to its blocks.
func (rt *runtime) export(name string, v val) {
	if rt.context == nil {
		rt.context = &context{exports: map[string]val{}}
	}
	if v == absent {
		delete(rt.context.exports, name)
		return
	}
	rt.context.exports[name] = v
}

func (rt *runtime) access() access { return access{rt.meter, rt.missing} }

// hinted returns an undefined value that explains itself.
func (rt *runtime) hinted(hint string) val { return &undefined{kind: rt.missing, hint: hint} }

// write appends str(v) to the output, escaped if that is on.
func (rt *runtime) write(v val, escape bool) error {
	if escape {
		s, err := rt.escape(v)
		if err != nil {
			return err
		}
		v = string(s)
	}
	w := writer{buf: rt.out, meter: rt.meter}
	err := w.str(v)
	rt.out = w.buf
	return err
}

func (rt *runtime) writeText(s string) error {
	rt.out = append(rt.out, s...)
	if len(rt.out) > rt.limits.Output {
		return exceeded("MemoryError", "Output", rt.limits.Output)
	}
	return nil
}

// writeOnly prints v as it is, which must be a text. The reference notices only when it joins all that was printed.
func (rt *runtime) writeOnly(v val) error {
	text, ok := textOf(v)
	if !ok && rt.broken == nil {
		rt.broken = typeError("sequence item: expected str instance, %s found", typeName(v))
	}
	return rt.writeText(text)
}

// joined runs a body whose prints are joined at its end.
func (rt *runtime) joined(body execFunc) error {
	outer := rt.broken
	rt.broken = nil
	if err := body(rt); err != nil {
		return err
	}
	if rt.broken != nil {
		return rt.broken
	}
	rt.broken = outer
	return nil
}

// capture runs a body and returns what it prints.
func (rt *runtime) capture(body execFunc) (string, error) {
	start := len(rt.out)
	if err := rt.joined(body); err != nil {
		return "", err
	}
	text := string(rt.out[start:])
	rt.out = rt.out[:start]
	return text, rt.size(len(text))
}

// maybeSafe is a captured text: safe HTML where escaping is on.
func (rt *runtime) maybeSafe(text string) (val, error) {
	safe, err := rt.escaping()
	if safe {
		return markup(text), err
	}
	return text, err
}

// escaping reports whether printing escapes. Only here it turns out if an undefined value was to decide that.
func (rt *runtime) escaping() (bool, error) { return rt.truth(rt.autoescape) }

// callArgs are the evaluated arguments of a call.
type callArgs struct {
	positional []val
	names      []string
	named      []val
}

// get returns a named argument and removes it.
func (a *callArgs) take(name string) (val, bool) {
	for i, n := range a.names {
		if n == name {
			v := a.named[i]
			a.names = append(a.names[:i:i], a.names[i+1:]...)
			a.named = append(a.named[:i:i], a.named[i+1:]...)
			return v, true
		}
	}
	return nil, false
}

func (a *callArgs) add(name string, v val) error {
	if contains(a.names, name) {
		return typeError("got multiple values for keyword argument %s", quote(name))
	}
	a.names = append(a.names, name)
	a.named = append(a.named, v)
	return nil
}

// spread adds what stands behind * in a call.
func (a *callArgs) spread(m *meter, v val) error {
	items, err := m.collect(v)
	if hasClass(err, "TypeError") {
		return typeError("argument after * must be an iterable, not %s", typeName(v))
	}
	a.positional = append(a.positional, items...)
	return err
}

// spreadNamed adds what stands behind ** in a call.
func (a *callArgs) spreadNamed(v val) error {
	if u, ok := v.(*undefined); ok {
		return u.fail()
	}
	d, ok := v.(*dict)
	if !ok {
		return typeError("argument after ** must be a mapping, not %s", typeName(v))
	}
	d.open()
	for i, key := range d.keys {
		name, ok := textOf(key)
		if !ok {
			return typeError("keywords must be strings")
		}
		if err := a.add(name, d.vals[i]); err != nil {
			return err
		}
	}
	return nil
}
