package prompt

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt/jinja"
)

// PythonCalls is the [CallFormat] of calls as Python writes them, [f(a=1), g()]. All of the answer, or what stands in its
// first fence, must be Python: expressions and assignments. Calls within others come before these. An argument that is no
// constant stays as it is written, for [Arguments] to make a value of; one without a name is called arg0, arg1 and so on.
type PythonCalls struct{}

// Calls implements [CallFormat]. There is no thought.
func (PythonCalls) Calls(answer string) (string, []Call) {
	calls := pythonCalls(answer)
	if calls == nil {
		if code, ok := fenced(answer, "python"); ok {
			calls = pythonCalls(code)
		}
	}
	return "", calls
}

// fenced returns what stands in the first fence of a text, without the name of its language.
func fenced(text, language string) (string, bool) {
	_, rest, ok := strings.Cut(text, "```")
	if !ok {
		return "", false
	}
	inner, _, closed := strings.Cut(strings.TrimPrefix(rest, language), "```")
	return inner, closed
}

func (PythonCalls) requests(m *message.Message) string {
	calls := make([]string, len(m.ToolRequests))
	for i, r := range m.ToolRequests {
		var args []string
		for name, v := range r.Args.All() {
			args = append(args, name+"="+jinja.Repr(v))
		}
		calls[i] = fmt.Sprintf("%s(%s)", r.Name, strings.Join(args, ","))
	}
	return "[" + strings.Join(calls, ", ") + "]"
}

func (PythonCalls) results(texts []string) string { return tagResults(texts) }
