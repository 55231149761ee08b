package jinja

import (
	"math/big"

	"github.com/wayflow-go/wayflow/value"
)

// val is a Python object as templates see it: nil (None), bool, int64, *big.Int (only beyond int64), float64,
// complex128, string, markup, *list, *tuple, *dict, *undefined, *generator, *loop, or an opaque.
type val = any

// markup is text that counts as safe HTML (markupsafe.Markup).
type markup string

// list is a list. One that came in as an argument is converted when it is first looked at, one level at a time.
type list struct {
	items []val
	src   []value.Value
}

func newList(items []val) *list { return &list{items: items} }

// all returns the items. The slice must not be changed.
func (l *list) all() []val {
	if l.src != nil {
		l.items = make([]val, len(l.src))
		for i, v := range l.src {
			l.items[i] = fromValue(v)
		}
		l.src = nil
	}
	return l.items
}

func (l *list) len() int { return len(l.items) + len(l.src) }

// tuple is a tuple; a group is what groupby makes, which differs from one only for pprint.
type tuple struct {
	items []val
	group bool
}

func newTuple(items ...val) *tuple { return &tuple{items: items} }

// dict is a dict in insertion order. One that came in as an argument is converted like a list.
type dict struct {
	keys, vals []val
	index      map[any]int // by hashKey
	src        *value.Object
}

func newDict() *dict { return &dict{index: map[any]int{}} }

// open converts an argument.
func (d *dict) open() *dict {
	if d.src == nil {
		return d
	}
	n := d.src.Len()
	d.keys, d.vals, d.index = make([]val, n), make([]val, n), make(map[any]int, n)
	for i := range n {
		m := d.src.At(i)
		d.keys[i], d.vals[i], d.index[m.Key] = m.Key, fromValue(m.Value), i
	}
	d.src = nil
	return d
}

func (d *dict) len() int {
	if d.src != nil {
		return d.src.Len()
	}
	return len(d.keys)
}

// get returns the value of a key given as [hashKey] gives it.
func (d *dict) get(key any) (val, bool) {
	if d.src != nil {
		name, ok := key.(string)
		if !ok {
			return nil, false
		}
		v, ok := d.src.Get(name)
		if !ok {
			return nil, false
		}
		if k := v.Kind(); k != value.KindList && k != value.KindObject {
			return fromValue(v), true
		}
		d.open() // containers keep their identity
	}
	i, ok := d.index[key]
	if !ok {
		return nil, false
	}
	return d.vals[i], true
}

// set adds or replaces an entry; hash is the key as hashKey gives it.
func (d *dict) set(hash any, key, v val) {
	d.open()
	if i, ok := d.index[hash]; ok {
		d.vals[i] = v
		return
	}
	d.index[hash] = len(d.keys)
	d.keys = append(d.keys, key)
	d.vals = append(d.vals, v)
}

// generator is an iterator that is used up by iterating, such as what map and select return.
type generator struct {
	name string // as Python prints it
	next nextFunc
}

// nextFunc returns the next item; ok is false at the end.
type nextFunc func() (item val, ok bool, err error)

// opaque is an object that can only be printed: a macro, a reference to the template itself.
type opaque struct {
	typeName, text string
	callable       bool
}

// undefinedKind is the class of an undefined value.
type undefinedKind uint8

const (
	strictUndefined undefinedKind = iota // everything but asking whether it is defined is an error
	debugUndefined                       // prints itself back
	plainUndefined                       // prints as nothing: an inline if without else
)

// undefined stands for a value that is not there.
type undefined struct {
	kind   undefinedKind
	hint   string
	object val // what was asked for name, if hasObject
	name   val
	hasObj bool
	unsafe bool // using it is a security error
}

func (u *undefined) typeName() string {
	return [...]string{"StrictUndefined", "DebugUndefined", "Undefined"}[u.kind]
}

// fail is the error for using u.
func (u *undefined) fail() error {
	if u.unsafe {
		return securityError("%s", u.message())
	}
	return raise("UndefinedError", "%s", u.message())
}

func (u *undefined) message() string {
	name, isText := u.name.(string)
	switch {
	case u.hint != "":
		return u.hint
	case !u.hasObj:
		return quote(name) + " is undefined"
	case !isText:
		return describeObject(u.object) + " has no element " + debugRepr(u.name)
	default:
		return quote(describeObject(u.object)) + " has no attribute " + quote(name)
	}
}

// text is what the debugging kind prints.
func (u *undefined) text() string {
	switch {
	case u.hint != "":
		return "{{ undefined value printed: " + u.hint + " }}"
	case !u.hasObj:
		name, _ := u.name.(string)
		return "{{ " + name + " }}"
	default:
		return "{{ no such element: " + describeObject(u.object) + "[" + debugRepr(u.name) + "] }}"
	}
}

// strictFail returns an error if v is an undefined value that may not be looked at.
func strictFail(v val) error {
	if u, ok := v.(*undefined); ok && u.kind == strictUndefined {
		return u.fail()
	}
	return nil
}

// typeName is the name of v's Python type.
func typeName(v val) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case string:
		return "str"
	case markup:
		return "Markup"
	case *list:
		return "list"
	case *tuple:
		return "tuple"
	case *dict:
		return "dict"
	case *undefined:
		return v.typeName()
	case *loop:
		return "LoopContext"
	case *opaque:
		return v.typeName
	default:
		return "generator"
	}
}

// describeObject names v in messages about missing members (reference: object_type_repr).
func describeObject(v val) string {
	switch v.(type) {
	case nil:
		return "None"
	case *undefined, *loop, *opaque:
		return "jinja2.runtime." + typeName(v) + " object"
	case markup:
		return "markupsafe.Markup object"
	}
	return typeName(v) + " object"
}

// textOf returns the characters of a text, marked safe or not.
func textOf(v val) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case markup:
		return string(v), true
	}
	return "", false
}

// sameKind returns text as markup if like is markup, else as plain text.
func sameKind(like val, text string) val {
	if _, ok := like.(markup); ok {
		return markup(text)
	}
	return text
}

// fromValue makes a value usable in templates.
func fromValue(v value.Value) val {
	switch v.Kind() {
	case value.KindNull:
		return nil
	case value.KindBool:
		b, _ := v.AsBool()
		return b
	case value.KindInt:
		if i, ok := v.AsInt(); ok {
			return i
		}
		i, _ := v.AsBigInt()
		return i
	case value.KindFloat:
		f, _ := v.AsFloat()
		return f
	case value.KindString:
		return v.Str()
	case value.KindList:
		items, _ := v.AsList()
		return &list{src: items}
	default:
		o, _ := v.AsObject()
		if o.Len() == 0 {
			return newDict()
		}
		return &dict{src: o}
	}
}

// maxValueDepth is how deep an argument may nest in the reference.
const maxValueDepth = 50

// checkDepth refuses arguments that nest deeper.
func checkDepth(v value.Value, level int) error {
	if level >= maxValueDepth {
		return raise("ValueError", "Max recursion depth exceeded: values may nest %d levels deep", maxValueDepth)
	}
	switch v.Kind() {
	default:
	case value.KindList:
		items, _ := v.AsList()
		for _, item := range items {
			if err := checkDepth(item, level+1); err != nil {
				return err
			}
		}
	case value.KindObject:
		o, _ := v.AsObject()
		if o.Len() > 0 && level+1 >= maxValueDepth {
			return checkDepth(value.Null, level+1)
		}
		for _, item := range o.All() {
			if err := checkDepth(item, level+1); err != nil {
				return err
			}
		}
	}
	return nil
}
