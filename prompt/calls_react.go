package prompt

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// The headings of a ReAct answer.
const (
	reactThought     = "## Thought:"
	reactAction      = "## Action:"
	reactObservation = "## Observation:"
)

// ReactCalls is the [CallFormat] of the ReAct pattern: a thought, an action written as JSON in a fence, and the
// observation, which is not the model's to write and ends the answer.
type ReactCalls struct{}

// Calls implements [CallFormat]. The thought and the fence may be missing.
func (ReactCalls) Calls(answer string) (string, []Call) {
	thought, action, found := strings.Cut(answer, reactAction)
	if found && !strings.Contains(action, reactAction) {
		thought = strings.TrimSpace(strings.TrimPrefix(thought, reactThought))
	} else {
		thought, action = "", answer
	}
	action, _, _ = strings.Cut(action, reactObservation)
	if inner, ok := fenced(action, "json"); ok {
		action = inner
	}
	return thought, callsIn(Repair(action))
}

func (ReactCalls) requests(m *message.Message) string {
	var b strings.Builder
	if thought := m.Text(); thought != "" {
		b.WriteString(reactThought + " " + thought + "\n")
	}
	calls := make([]value.Value, len(m.ToolRequests))
	for i := range calls {
		calls[i] = callObject(&m.ToolRequests[i])
	}
	action := value.List(calls...)
	if len(calls) == 1 {
		action = calls[0]
	}
	b.WriteString(reactAction + "\n```json\n" + indented(action) + "\n```")
	return b.String()
}

func (ReactCalls) results(texts []string) string {
	return reactObservation + " " + strings.Join(texts, "\n")
}

// indented is a value as JSON on several lines.
func indented(v value.Value) string {
	var b bytes.Buffer
	text := value.AppendText(nil, v)
	if json.Indent(&b, text, "", "    ") != nil { // an infinity or NaN, which no JSON knows
		return string(text)
	}
	return b.String()
}
