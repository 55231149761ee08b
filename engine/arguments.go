package engine

import (
	"fmt"
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

// understood reads the answer of a model: the calls in it can be run as they are. Talking to the user comes alone: beside
// other calls it is dropped, and the model is asked again.
func (f *flowFrame) understood(op *program.Agent, answer message.Message) (message.Message, *Error) {
	answer.ToolRequests = slices.Clone(answer.ToolRequests)
	bad := map[int]*value.Object{}
	for i := range answer.ToolRequests {
		if r := &answer.ToolRequests[i]; !mended(f.offerOf(r.Name, false), r) {
			bad[i] = r.Args
		}
	}
	read, err := op.Prompt.Read(answer, &prompt.Asked{Tools: f.tools(false, true), ID: f.waitID()})
	if err != nil {
		return read, stepError(err)
	}
	for i, args := range bad {
		read.ToolRequests[i].Args = args
	}
	read.Role, read.Sender = message.Assistant, op.Name
	if len(read.ToolRequests) == 0 {
		read.ToolRequests = nil
		return read, nil
	}
	if !op.Unattended {
		read.ToolRequests = talkAlone(read.ToolRequests)
	}
	seen := map[string]bool{}
	for i := range read.ToolRequests {
		r := &read.ToolRequests[i]
		if r.ID == "" || seen[r.ID] {
			r.ID = f.waitID() + "#" + strconv.Itoa(i)
		}
		seen[r.ID] = true
		if o := op.Offer(r.Name, false); o != nil && o.Kind == program.OfferSubmit && !op.Strict {
			r.Args = withDefaults(r.Args, o.Inputs)
		}
	}
	return read, nil
}

// mended gives a call arguments that are a JSON object, if what the model wrote can be made one.
func mended(o *program.Offer, r *message.ToolRequest) bool {
	if r.Args == nil {
		r.Args = value.NewObject()
	}
	bad, ok := notArguments(o, r.Args)
	if !ok {
		return true
	}
	args, ok := prompt.Repair(value.Text(bad)).AsObject()
	if ok && args.Len() > 0 {
		r.Args = args
		return true
	}
	return false
}

// notArguments returns what a model gave instead of a JSON object.
func notArguments(o *program.Offer, args *value.Object) (bad value.Value, ok bool) {
	if o == nil || args.Len() != 1 {
		return value.Null, false
	}
	if has(o.Inputs, notJSON) {
		return value.Null, false
	}
	return args.Get(notJSON)
}

func has(props []value.Property, name string) bool {
	return slices.ContainsFunc(props, func(p value.Property) bool { return p.Title == name })
}

func talkAlone(requests []message.ToolRequest) []message.ToolRequest {
	talks := func(r message.ToolRequest) bool { return r.Name == program.TalkTool }
	if !slices.ContainsFunc(requests, talks) {
		return requests
	}
	if others := slices.DeleteFunc(slices.Clone(requests), talks); len(others) > 0 {
		return others
	}
	return requests[:1]
}

// withDefaults adds the defaults of what is missing.
func withDefaults(args *value.Object, props []value.Property) *value.Object {
	for i := range props {
		p := &props[i]
		if _, ok := args.Get(p.Title); ok || !p.HasDefault {
			continue
		}
		if v, err := p.DefaultValue(); err == nil {
			args = args.With(p.Title, v)
		}
	}
	return args
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
		if len(op.Outputs) > 0 && !has(op.Outputs, name) {
			problems = append(problems, name+": there is no such result")
		}
	}
	if problems == nil {
		return outs, ""
	}
	return nil, fmt.Sprintf("These results cannot be taken:\n- %s\nSubmit all of them again, corrected.", strings.Join(problems, "\n- "))
}
