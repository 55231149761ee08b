package prompt

import (
	"fmt"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Call is a tool call that was found in a text.
type Call struct {
	Name string
	Args *value.Object
}

// CallFormat is a way to write tool calls as text. The set is closed.
type CallFormat interface {
	// Calls finds the calls in an answer, and the thought that comes with them. Without calls the thought means nothing.
	Calls(answer string) (thought string, calls []Call)
	// requests writes what Calls reads.
	requests(m *message.Message) string
	// results writes what the tools returned, each as [ResultText] has it.
	results(texts []string) string
}

// CallParser is a [Parser] that makes tool requests of the calls in the text of an answer. The text becomes the thought.
// Without calls, or if the answer has requests already, it changes nothing.
type CallParser struct {
	Format CallFormat
	// Tools are those that the arguments have to fit where the prompt has none.
	Tools []Tool
}

func (p *CallParser) parse(answer message.Message, asked *Asked) (message.Message, error) {
	if answer.ToolRequests != nil {
		return answer, nil
	}
	thought, calls := p.Format.Calls(answer.Text())
	if len(calls) == 0 {
		return answer, nil
	}
	answer.Contents = nil
	if thought != "" {
		answer.Contents = []message.Part{{Text: thought}}
	}
	for i, c := range calls {
		answer.ToolRequests = append(answer.ToolRequests,
			message.ToolRequest{ID: fmt.Sprintf("%s-%d", asked.ID, i+1), Name: c.Name, Args: c.Args})
	}
	if len(asked.Tools) == 0 {
		answer.ToolRequests = fitArguments(answer.ToolRequests, p.Tools)
	}
	return answer, nil
}

// fitArguments makes the arguments of requests fit the tools that they name. A tool that does not exist is left for
// whoever runs the requests to complain about.
func fitArguments(requests []message.ToolRequest, tools []Tool) []message.ToolRequest {
	if len(requests) == 0 {
		return requests
	}
	out := make([]message.ToolRequest, len(requests))
	for i, r := range requests {
		for j := range tools {
			if tools[j].Name == r.Name {
				r.Args = Arguments(r.Args, tools[j].Inputs)
				break
			}
		}
		out[i] = r
	}
	return out
}
