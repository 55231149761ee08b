package engine

import (
	"fmt"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// mapping is the work of a map node: one flow, run for each item. A sequential map has one worker and
// works on the messages of the node itself, so its flow may ask the user.
type mapping struct{ op *program.Map }

func (w mapping) workers() int             { return w.op.Workers }
func (w mapping) overlay(int) bool         { return w.op.Parallel }
func (w mapping) flow(_ int) *program.Flow { return w.op.Flow }

// width is how many items there are. Inputs that are iterated together must be equally long.
func (w mapping) width(inputs []value.Value) (int, *Error) {
	if w.op.Items >= 0 {
		return countItems(inputs[w.op.Items])
	}
	n, first := -1, ""
	for i := range w.op.Inputs {
		items, iterated := w.iterated(i, inputs)
		if !iterated {
			continue
		}
		name := w.op.Flow.Inputs[i].Title
		switch {
		case n < 0:
			n, first = len(items), name
		case n != len(items):
			return 0, errorf(classValue, "there are %d items for %q and %d for %q; lists that are iterated together must be equally long",
				n, first, len(items), name)
		}
	}
	if n < 0 {
		return 0, errorf(classValue, "no input holds a list of items")
	}
	return n, nil
}

// countItems counts what a map of the extension iterates over: the items of a list, or the entries of an object.
func countItems(v value.Value) (int, *Error) {
	if items, ok := v.AsList(); ok {
		return len(items), nil
	}
	if o, ok := v.AsObject(); ok {
		return o.Len(), nil
	}
	return 0, errorf(classType, "the items must be a list or an object, not %s", v.Kind())
}

// iterated returns the list that an input of the flow takes its items from.
func (w mapping) iterated(i int, inputs []value.Value) ([]value.Value, bool) {
	in := &w.op.Inputs[i]
	if in.Input < 0 || in.From == program.Whole {
		return nil, false
	}
	return inputs[in.Input].AsList()
}

func (w mapping) fill(item int, f *flowFrame, inputs []value.Value) *Error {
	for i := range w.op.Inputs {
		v, given, err := w.input(i, item, inputs)
		if err != nil {
			return err
		}
		if !given {
			continue
		}
		in := &w.op.Flow.Inputs[i]
		if v, err = asInput(v, in, item); err != nil {
			return err
		}
		f.fill(in.Slot, v)
	}
	return nil
}

// input returns what an input of the flow gets for an item.
func (w mapping) input(i, item int, inputs []value.Value) (v value.Value, given bool, err *Error) {
	in := &w.op.Inputs[i]
	if in.Input >= 0 {
		if items, ok := w.iterated(i, inputs); ok {
			return items[item], true, nil
		}
		return inputs[in.Input], true, nil
	}
	if in.Query == nil {
		return value.Null, false, nil
	}
	v, found, queryErr := in.Query.First(itemAt(inputs[w.op.Items], item))
	switch {
	case queryErr != nil:
		return v, false, &Error{Class: classValue, Message: fmt.Sprintf("item %d: %s", item, queryErr), Err: queryErr}
	case !found && !w.op.Flow.Inputs[i].Type.Fits(value.Null):
		return v, false, errorf(classValue, "item %d: jq query %q finds nothing for input %q", item, in.Query, w.op.Flow.Inputs[i].Title)
	}
	return v, true, nil
}

// itemAt is an item of a list, or an entry of an object.
func itemAt(v value.Value, i int) value.Value {
	if items, ok := v.AsList(); ok {
		return items[i]
	}
	o, _ := v.AsObject()
	entry := o.At(i)
	return value.NewObject(
		value.Member{Key: "_key", Value: value.String(entry.Key)},
		value.Member{Key: "_value", Value: entry.Value},
	).Of()
}

// asInput makes a value one that a flow can begin with. Null becomes an empty text where a text is asked for, as in any
// cast.
func asInput(v value.Value, in *program.Input, item int) (value.Value, *Error) {
	cast, err := value.Cast(v, in.Type)
	if err == nil {
		cast, err = value.FillDefaults(cast, in.Type)
	}
	if err != nil {
		return v, &Error{Class: classType, Message: fmt.Sprintf("item %d: input %q: %s", item, in.Title, err), Err: err}
	}
	return cast, nil
}

// collect reduces the outputs of all items.
func (w mapping) collect(fan *fanFrame, n *program.Node) ([]value.Value, *Error) {
	outs := make([]value.Value, len(n.Outputs))
	for i := range outs {
		if n.Outputs[i].Dropped {
			continue
		}
		v, err := w.reduce(fan, &w.op.Outputs[i], &n.Outputs[i])
		if err != nil {
			return nil, err
		}
		outs[i] = v
	}
	return outs, nil
}

func (w mapping) reduce(fan *fanFrame, by *program.MapOutput, out *program.Output) (value.Value, *Error) {
	of := &w.op.Flow.Outputs[by.Output]
	if by.Reduce == program.Append {
		return w.list(fan, by.Output, of, out)
	}
	r := reduction{by: by.Reduce}
	for i := range fan.branches {
		got := fan.branches[i].outs[by.Output]
		if !got.set {
			return value.Null, errorf(classValue, "item %d gave no output %q", i, of.Title)
		}
		if !r.add(got.v) {
			return value.Null, errorf(classType, "item %d gave %s as output %q, which cannot be reduced", i, got.v.Kind(), of.Title)
		}
	}
	return orDefault(r.result(of.Type), out)
}

// list collects an output of all items. Where an item gave none there is a null, if the list may hold one.
func (w mapping) list(fan *fanFrame, output int, of, out *program.Output) (value.Value, *Error) {
	items := make([]value.Value, len(fan.branches))
	for i := range fan.branches {
		got := fan.branches[i].outs[output]
		if !got.set && !out.Type.Fits(value.List(value.Null)) {
			return value.Null, errorf(classKey, "item %d gave no output %q; give it a default", i, of.Title)
		}
		items[i] = got.v
	}
	return value.List(items...), nil
}
