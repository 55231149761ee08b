package engine

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// notJSON is the name under which models hand on arguments that are no JSON object.
const notJSON = "wrong_arg_name"

// understood makes the calls of a model ones that can be run: each has an ID of its own, and arguments that are, as far
// as that goes, what the tool wants. Talking to the user comes alone: beside other calls it is dropped, and the model is
// asked again.
func (f *flowFrame) understood(op *program.Agent, requests []message.ToolRequest) []message.ToolRequest {
	requests = slices.Clone(requests)
	if len(requests) > 1 && !op.Unattended {
		talks := func(r message.ToolRequest) bool { return r.Name == program.TalkTool }
		if others := slices.DeleteFunc(slices.Clone(requests), talks); len(others) > 0 {
			requests = others
		} else {
			requests = requests[:1]
		}
	}
	seen := map[string]bool{}
	for i := range requests {
		r := &requests[i]
		if r.ID == "" || seen[r.ID] {
			r.ID = f.waitID() + "#" + strconv.Itoa(i)
		}
		seen[r.ID] = true
		if r.Args == nil {
			r.Args = value.NewObject()
		}
		if o := f.offer(r.Name); o != nil {
			r.Args = arguments(op, o, r.Args)
		}
	}
	return requests
}

// arguments drops what an offer does not know, and makes the rest what it wants.
func arguments(op *program.Agent, o *program.Offer, args *value.Object) *value.Object {
	if bad, ok := notArguments(o, args); ok {
		if repaired, ok := prompt.Repair(value.Text(bad)).AsObject(); ok && repaired.Len() > 0 {
			args = repaired
		} else {
			return args
		}
	}
	if o.Kind == program.OfferSubmit && op.Strict {
		return args
	}
	var b value.ObjectBuilder
	for name, v := range args.All() {
		if p, ok := property(o.Inputs, name); ok {
			b.Set(name, argument(v, p))
		}
	}
	if o.Kind == program.OfferSubmit {
		for i := range o.Inputs {
			p := &o.Inputs[i]
			if _, ok := args.Get(p.Title); !ok && p.HasDefault {
				if v, err := p.DefaultValue(); err == nil {
					b.Set(p.Title, v)
				}
			}
		}
	}
	return b.Object()
}

func property(props []value.Property, name string) (*value.Property, bool) {
	for i := range props {
		if props[i].Title == name {
			return &props[i], true
		}
	}
	return nil, false
}

// notArguments returns what a model gave instead of a JSON object.
func notArguments(o *program.Offer, args *value.Object) (bad value.Value, ok bool) {
	if args.Len() != 1 {
		return value.Null, false
	}
	if _, known := property(o.Inputs, notJSON); known {
		return value.Null, false
	}
	return args.Get(notJSON)
}

// argument makes a value what a property wants, as the reference does; one that cannot be made so stays as it is.
func argument(v value.Value, p *value.Property) value.Value {
	if v.IsNull() && p.HasDefault && p.Default.IsNull() {
		return v
	}
	v = coerced(v, p.Type)
	if filled, err := value.FillDefaults(v, p.Type); err == nil {
		return filled
	}
	return v
}

func coerced(v value.Value, t *value.Type) value.Value {
	if out, ok := coerce(v, t); ok {
		return out
	}
	return v
}

// coerce makes a value one of a type; ok is false if that cannot be done.
func coerce(v value.Value, t *value.Type) (out value.Value, ok bool) {
	if t == nil {
		return v, true
	}
	switch t.Kind {
	case value.TypeString:
		return value.String(pythonText(v)), true
	case value.TypeInteger:
		return toInteger(v)
	case value.TypeNumber:
		return toNumber(v)
	case value.TypeBoolean:
		return toBoolean(v)
	case value.TypeList:
		return toList(v, t)
	case value.TypeDict, value.TypeObject:
		return toObject(v, t)
	case value.TypeUnion:
		return toAnyOf(v, t)
	default:
		return v, true
	}
}

// pythonText is a value as Python's str writes it, as far as models write such values.
func pythonText(v value.Value) string {
	switch v.Kind() {
	case value.KindNull:
		return "None"
	case value.KindBool:
		if v.Truthy() {
			return "True"
		}
		return "False"
	default:
		return value.Text(v)
	}
}

func toInteger(v value.Value) (value.Value, bool) {
	switch v.Kind() {
	case value.KindInt:
		return v, true
	case value.KindBool:
		if v.Truthy() {
			return value.Int(1), true
		}
		return value.Int(0), true
	case value.KindFloat:
		f, _ := v.AsFloat()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return v, false
		}
		whole, _ := big.NewFloat(math.Trunc(f)).Int(nil)
		return value.BigInt(whole), true
	case value.KindString:
		whole, ok := new(big.Int).SetString(strings.ReplaceAll(strings.TrimSpace(v.Str()), "_", ""), 10)
		if !ok {
			return v, false
		}
		return value.BigInt(whole), true
	default:
		return v, false
	}
}

func toNumber(v value.Value) (value.Value, bool) {
	switch v.Kind() {
	case value.KindFloat:
		return v, true
	case value.KindInt:
		f := approximate(v)
		return value.Float(f), !math.IsInf(f, 0)
	case value.KindBool:
		f := 0.0
		if v.Truthy() {
			f = 1
		}
		return value.Float(f), true
	case value.KindString:
		f, err := strconv.ParseFloat(strings.TrimSpace(v.Str()), 64)
		return value.Float(f), err == nil
	default:
		return v, false
	}
}

func toBoolean(v value.Value) (value.Value, bool) {
	text, ok := v.AsString()
	if !ok {
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

func toList(v value.Value, t *value.Type) (value.Value, bool) {
	if text, ok := v.AsString(); ok {
		v = prompt.Repair(text)
	}
	items, ok := v.AsList()
	if !ok {
		return v, false
	}
	out := make([]value.Value, len(items))
	for i := range items {
		out[i] = coerced(items[i], t.Items)
	}
	return value.List(out...), true
}

func toObject(v value.Value, t *value.Type) (value.Value, bool) {
	if text, ok := v.AsString(); ok {
		v = prompt.Repair(text)
	}
	o, ok := v.AsObject()
	if !ok {
		return v, false
	}
	var b value.ObjectBuilder
	for key, item := range o.All() {
		p, known := property(t.Properties, key)
		switch {
		case known && item.IsNull() && p.HasDefault && p.Default.IsNull():
			b.Set(key, item)
		case known:
			b.Set(key, coerced(item, p.Type))
		case !t.Closed:
			b.Set(key, coerced(item, t.Additional))
		}
	}
	return b.Value(), true
}

// toAnyOf keeps a value that is of one of the types; otherwise the first one by name counts that it can be made to.
func toAnyOf(v value.Value, t *value.Type) (value.Value, bool) {
	for _, member := range t.Members {
		if member.Fits(v) {
			return v, true
		}
	}
	members := slices.Clone(t.Members)
	slices.SortStableFunc(members, func(a, b *value.Type) int { return strings.Compare(schemaName(a), schemaName(b)) })
	for _, member := range members {
		if member.Kind == value.TypeNull {
			continue
		}
		if out, ok := coerce(v, member); ok {
			return out, true
		}
	}
	return v, false
}

// schemaName is what JSON Schema calls a kind of types.
func schemaName(t *value.Type) string {
	switch t.Kind {
	case value.TypeList:
		return "array"
	case value.TypeDict:
		return "object"
	default:
		return t.Kind.String()
	}
}

// submission makes the outputs of an agent of what its model submits; problem says what is wrong with it.
func submission(op *program.Agent, args *value.Object) (outs []value.Value, problem string) {
	var problems []string
	for i := range op.Outputs {
		p := &op.Outputs[i]
		v, ok := args.Get(p.Title)
		switch {
		case !ok && p.HasDefault:
			v, _ = p.DefaultValue() // it was checked by the compiler
		case !ok:
			problems = append(problems, p.Title+": it is missing")
		default:
			if filled, err := value.FillDefaults(v, p.Type); err == nil {
				v = filled
			}
			if err := p.Type.Check(v); err != nil {
				problems = append(problems, p.Title+": "+err.Error())
			}
		}
		outs = append(outs, v)
	}
	for name := range args.All() {
		if _, ok := property(op.Outputs, name); !ok && len(op.Outputs) > 0 {
			problems = append(problems, name+": there is no such result")
		}
	}
	if problems == nil {
		return outs, ""
	}
	return nil, fmt.Sprintf("These results cannot be taken:\n- %s\nSubmit all of them again, corrected.", strings.Join(problems, "\n- "))
}
