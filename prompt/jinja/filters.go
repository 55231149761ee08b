package jinja

import (
	"maps"
	"strings"
	"sync"
)

// filter is a filter or a test: a function of an input and arguments.
type filter struct {
	name    string
	params  []param
	keyless bool // arguments may not be named
	context bool // never computed while compiling
	// fn gets one value for each parameter, absent where an optional one was not passed.
	fn func(rt *runtime, in val, args []val) (val, error)
	// variadic is set instead where any arguments are allowed.
	variadic func(rt *runtime, in val, args callArgs) (val, error)
}

type param struct {
	name     string
	optional bool
}

// define describes a filter with parameters such as "old new count?".
func define(params string, fn func(*runtime, val, []val) (val, error)) *filter {
	f := &filter{fn: fn}
	for p := range strings.FieldsSeq(params) {
		name, optional := strings.CutSuffix(p, "?")
		f.params = append(f.params, param{name, optional})
	}
	return f
}

// positional is define for functions whose arguments Python does not let one name.
func positional(params string, fn func(*runtime, val, []val) (val, error)) *filter {
	f := define(params, fn)
	f.keyless = true
	return f
}

// variadic describes a filter that takes any arguments and depends on what is known only when rendering.
func variadic(fn func(*runtime, val, callArgs) (val, error)) *filter {
	return &filter{variadic: fn, context: true}
}

// bind matches arguments with parameters as Python does.
func (f *filter) bind(args callArgs) ([]val, error) {
	if len(args.positional) > len(f.params) {
		return nil, typeError("%s takes %d arguments but %d were given", f.name, len(f.params), len(args.positional))
	}
	bound := make([]val, len(f.params))
	copy(bound, args.positional)
	for i := len(args.positional); i < len(bound); i++ {
		bound[i] = absent
	}
	for i, name := range args.names {
		j := f.param(name)
		if j < 0 || f.keyless {
			return nil, typeError("%s got an unexpected keyword argument %s", f.name, quote(name))
		}
		if j < len(args.positional) {
			return nil, typeError("%s got multiple values for argument %s", f.name, quote(name))
		}
		bound[j] = args.named[i]
	}
	for i, p := range f.params {
		if bound[i] == absent && !p.optional {
			return nil, typeError("%s missing a required argument: %s", f.name, quote(p.name))
		}
	}
	return bound, nil
}

func (f *filter) param(name string) int {
	for i, p := range f.params {
		if p.name == name {
			return i
		}
	}
	return -1
}

// callFilter applies a filter and admits the size of the text it makes.
func (rt *runtime) callFilter(f *filter, in val, args callArgs) (val, error) {
	v, err := rt.call(f, in, args)
	if err != nil {
		return nil, err
	}
	if s, ok := textOf(v); ok {
		err = rt.size(len(s))
	}
	return v, err
}

func (rt *runtime) callTest(t *filter, in val, args callArgs) (val, error) {
	return rt.call(t, in, args)
}

func (rt *runtime) call(f *filter, in val, args callArgs) (val, error) {
	if f.variadic != nil {
		return f.variadic(rt, in, args)
	}
	bound, err := f.bind(args)
	if err != nil {
		return nil, err
	}
	return f.fn(rt, in, bound)
}

var filterTable struct {
	once   sync.Once
	byName map[string]*filter
}

// filters returns all filters by name.
func filters() map[string]*filter {
	filterTable.once.Do(func() {
		all := map[string]*filter{}
		for _, group := range []map[string]*filter{
			textFilters(), htmlFilters(), numberFilters(), listFilters(), selectFilters(), valueFilters(),
		} {
			maps.Copy(all, group)
		}
		for name, f := range all {
			if f.name == "" {
				f.name = name
			}
		}
		filterTable.byName = all
	})
	return filterTable.byName
}

// lookUp finds a filter or test that a template names at run time, as map and select do.
func (rt *runtime) lookUp(table map[string]*filter, kind string, name val) (*filter, error) {
	if _, err := rt.hashKey(name); err != nil {
		return nil, err
	}
	text, ok := textOf(name)
	if f := table[text]; ok && f != nil {
		return f, nil
	}
	return nil, raise("TemplateRuntimeError", "No %s named %s.", kind, debugRepr(name))
}

// orElse returns an optional argument or its default.
func orElse(arg, def val) val {
	if arg == absent {
		return def
	}
	return arg
}

// flag returns the truth of an optional argument.
func (rt *runtime) flag(arg val, def bool) (bool, error) {
	if arg == absent {
		return def, nil
	}
	return rt.truth(arg)
}

// softText is the input of most text filters: a text as it is, anything else as Python prints it.
func (rt *runtime) softText(v val) (val, string, error) {
	if s, ok := textOf(v); ok {
		return v, s, rt.scan(len(s))
	}
	s, err := rt.str(v)
	return s, s, err
}
