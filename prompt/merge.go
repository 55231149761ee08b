package prompt

import (
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// MergeCalls returns a transform for models that are not given tools but read of them: tool requests become texts of the
// assistant in a format, and their results one text of the user behind it. Each request must have one result.
func MergeCalls(format CallFormat) Pure {
	return func(messages []message.Message) ([]message.Message, error) {
		out := make([]message.Message, 0, len(messages))
		for i := range messages {
			m := &messages[i]
			switch {
			case m.ToolResult != nil:
			case m.ToolRequests != nil:
				texts, err := resultsOf(m.ToolRequests, messages[i+1:])
				if err != nil {
					return nil, err
				}
				said, returned := message.Text(message.Assistant, format.requests(m)), message.Text(message.User, format.results(texts))
				said.Sender = m.Sender
				out = append(out, said, returned)
			default:
				out = append(out, *m)
			}
		}
		return out, nil
	}
}

// resultsOf finds the results of requests, as texts.
func resultsOf(requests []message.ToolRequest, after []message.Message) ([]string, error) {
	texts := make([]string, len(requests))
	for i, r := range requests {
		n := 0
		for j := range after {
			if result := after[j].ToolResult; result != nil && result.RequestID == r.ID {
				texts[i] = ResultText(result.Content)
				n++
			}
		}
		if n != 1 {
			return nil, &TransformError{"ValueError", fmt.Sprintf("the request for tool %q has %d results, not one", r.Name, n)}
		}
	}
	return texts, nil
}

var escapeMarkup = strings.NewReplacer("&", `\u0026`, "<", `\u003c`, ">", `\u003e`)

// ResultText writes what a tool returned for a model: as JSON, in which nothing can be mistaken for the markup around it.
func ResultText(v value.Value) string { return escapeMarkup.Replace(jsonText(v)) }

// tagResults writes results as a line each.
func tagResults(texts []string) string {
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = "<tool_response>" + text + "</tool_response>"
	}
	return strings.Join(lines, "\n")
}
