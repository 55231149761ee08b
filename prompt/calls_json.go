package prompt

import (
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// JSONCalls is the [CallFormat] of objects {"name": ..., "parameters": {...}}, one or a list of them. The JSON may be
// broken in all the ways that [Repair] mends, and anything may stand around it.
type JSONCalls struct{}

// Calls implements [CallFormat]. There is no thought.
func (JSONCalls) Calls(answer string) (string, []Call) { return "", callsIn(Repair(answer)) }

func (JSONCalls) requests(m *message.Message) string {
	calls := make([]string, len(m.ToolRequests))
	for i := range calls {
		calls[i] = jsonText(callObject(&m.ToolRequests[i]))
	}
	if len(calls) == 1 {
		return calls[0]
	}
	return "[" + strings.Join(calls, ", ") + "]"
}

// callObject is a call as JSON.
func callObject(r *message.ToolRequest) value.Value {
	return value.Obj(
		value.Member{Key: "name", Value: value.String(r.Name)},
		value.Member{Key: "parameters", Value: r.Args.Of()},
	)
}

func (JSONCalls) results(texts []string) string { return tagResults(texts) }

// ThoughtJSONCalls is [JSONCalls] with a thought before the JSON. Some models write "args=" or
// "parameters=" before the parameters, or wrap the list in an object as "actions"; all of that is understood.
type ThoughtJSONCalls struct{ JSONCalls }

// Calls implements [CallFormat].
func (ThoughtJSONCalls) Calls(answer string) (string, []Call) {
	begin := strings.IndexByte(answer, '{')
	if begin < 0 {
		return "", nil
	}
	if i := strings.LastIndexByte(answer[:begin], '['); i >= 0 && strings.TrimSpace(answer[i+1:begin]) == "" {
		begin = i
	}
	found := Repair(answer[begin:])
	calls := callsIn(found)
	if calls == nil {
		calls = callsIn(found.Get("actions"))
	}
	if calls == nil {
		calls = callsIn(Repair(asMembers.Replace(answer[begin:])))
	}
	return strings.TrimSpace(answer[:begin]), calls
}

var asMembers = strings.NewReplacer("args={", `"parameters": {`, "parameters={", `"parameters": {`)

// callsIn finds the calls in a value that is one, or a list of them. Whatever else is in the list counts for nothing.
func callsIn(v value.Value) []Call {
	items, isList := v.AsList()
	if !isList {
		items = []value.Value{v}
	}
	var calls []Call
	for _, item := range items {
		name, named := item.Get("name").AsString()
		args, isObject := item.Get("parameters").AsObject()
		if named && isObject {
			calls = append(calls, Call{name, args})
		}
	}
	return calls
}
