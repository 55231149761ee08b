package prompt

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

// wrongArgument is the argument under which the reference hands on what is no object of arguments.
const wrongArgument = "wrong_arg_name"

// ParseArguments reads the arguments of a tool call that a provider hands on as text. Some models write a call without
// arguments as nothing at all. Broken JSON is repaired; what is no object even then becomes the argument wrong_arg_name,
// so that the tool can say what is wrong. ok is true if the text was an object as it is.
func ParseArguments(text string) (args *value.Object, ok bool) {
	if strings.TrimSpace(text) == "" {
		return value.NewObject(), true
	}
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		if repaired, isObject := Repair(text).AsObject(); isObject && repaired.Len() > 0 {
			return repaired, false
		}
		v = value.String(text)
	}
	if o, isObject := v.AsObject(); isObject {
		return o, true
	}
	return value.NewObject(value.Member{Key: wrongArgument, Value: v}), false
}

// Arguments makes the arguments that a model gave to a tool fit the tool's inputs: those that the tool does not know are
// dropped, each other one is given the type of its input if it can be, and declared defaults inside of objects are filled
// in. What cannot be made to fit stays as it is, so that the tool can say what is wrong with it; what is missing stays
// missing.
//
// Texts are read as Python reads them (int(), float(), yes and no as booleans), and as JSON where a list or an object is
// wanted. A text is wanted: [value.Text]. Null is kept, but where a boolean is wanted it is false.
func Arguments(args *value.Object, inputs []value.Property) *value.Object {
	var b value.ObjectBuilder
	for name, v := range args.All() {
		i := slices.IndexFunc(inputs, func(p value.Property) bool { return p.Title == name })
		if i >= 0 {
			b.Set(name, argument(v, &inputs[i]))
		}
	}
	return b.Object()
}

func argument(v value.Value, p *value.Property) value.Value {
	if v.IsNull() && p.HasDefault && p.Default.IsNull() {
		return v
	}
	if w, ok := coerce(v, p.Type); ok {
		v = w
	}
	if w, err := value.FillDefaults(v, p.Type); err == nil {
		v = w
	}
	return v
}

// coerce gives a value a type; ok is false if it cannot.
func coerce(v value.Value, t *value.Type) (_ value.Value, ok bool) {
	if t == nil {
		return v, true
	}
	switch t.Kind {
	case value.TypeString:
		return coerceText(v)
	case value.TypeBoolean:
		return coerceBoolean(v)
	case value.TypeInteger, value.TypeNumber:
		return coerceNumber(v, t)
	case value.TypeList:
		return coerceList(v, t)
	case value.TypeDict, value.TypeObject:
		return coerceObject(v, t)
	case value.TypeUnion:
		return coerceUnion(v, t)
	default:
		return v, t.Fits(v)
	}
}

func coerceText(v value.Value) (value.Value, bool) {
	if v.Kind() == value.KindString || v.IsNull() {
		return v, !v.IsNull()
	}
	return value.String(value.Text(v)), true
}

func coerceBoolean(v value.Value) (value.Value, bool) {
	text, isText := v.AsString()
	if !isText {
		return value.Bool(v.Truthy()), true
	}
	switch strings.ToLower(text) {
	case "y", "yes", "on", "1", "true", "t":
		return value.Bool(true), true
	case "n", "no", "off", "0", "false", "f":
		return value.Bool(false), true
	}
	return v, false
}

// coerceNumber takes booleans for 0 and 1, and cuts off what an integer cannot have.
func coerceNumber(v value.Value, t *value.Type) (value.Value, bool) {
	if b, isBool := v.AsBool(); isBool {
		v = value.Int(0)
		if b {
			v = value.Int(1)
		}
	}
	want := value.NumberType
	if t.Kind == value.TypeInteger {
		want = value.IntegerType
	}
	w, err := value.CastText(v, want)
	return w, err == nil
}

func coerceList(v value.Value, t *value.Type) (value.Value, bool) {
	if text, isText := v.AsString(); isText {
		v = Repair(text)
	}
	items, isList := v.AsList()
	if !isList {
		return v, false
	}
	out := make([]value.Value, len(items))
	for i, item := range items {
		out[i] = orKept(item, t.Items)
	}
	return value.List(out...), true
}

func coerceObject(v value.Value, t *value.Type) (value.Value, bool) {
	if text, isText := v.AsString(); isText {
		v = Repair(text)
	}
	o, isObject := v.AsObject()
	if !isObject {
		return v, false
	}
	var b value.ObjectBuilder
	for name, member := range o.All() {
		p, known := t.Property(name)
		switch {
		case known:
			b.Set(name, argument(member, &p))
		case !t.Closed:
			b.Set(name, orKept(member, t.Additional))
		}
	}
	return b.Value(), true
}

func orKept(v value.Value, t *value.Type) value.Value {
	if w, ok := coerce(v, t); ok {
		return w
	}
	return v
}

// coerceUnion takes the first of the types that works, in the order of their names as the reference has it, unless the
// value is of one of them already.
func coerceUnion(v value.Value, t *value.Type) (value.Value, bool) {
	members := slices.Clone(t.Members)
	slices.SortStableFunc(members, func(a, b *value.Type) int { return cmp.Compare(schemaType(a), schemaType(b)) })
	first, found := v, false
	for _, m := range members {
		w, ok := coerce(v, m)
		if ok && value.Equal(w, v) {
			return v, true
		}
		if ok && !found {
			first, found = w, true
		}
	}
	return first, found
}

// schemaType is the type by its name in a JSON schema; a union has none.
func schemaType(t *value.Type) string { return value.Property{Type: t}.Schema().Get("type").Str() }
