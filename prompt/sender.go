package prompt

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt/jinja"
)

// humanUser is how a group of agents calls whoever talks to it.
const humanUser = "HUMAN USER"

// NameSenders is the transform for groups of agents that are not given tools but read of them: each message begins with a
// line that says whom it is from, tool requests become texts of the assistant, and each result a text of the user that
// says which call it is of. A result whose request is missing cannot be named.
func NameSenders(messages []message.Message) ([]message.Message, error) {
	requests := map[string]*message.ToolRequest{}
	for i := range messages {
		for j := range messages[i].ToolRequests {
			r := &messages[i].ToolRequests[j]
			requests[r.ID] = r
		}
	}
	out := make([]message.Message, 0, len(messages))
	for i := range messages {
		m := messages[i]
		switch {
		case m.Role == message.System:
		case m.ToolRequests != nil:
			m = message.Message{Role: message.Assistant, Sender: m.Sender, Contents: []message.Part{{Text: requestText(&m)}}}
		case m.ToolResult != nil:
			r := requests[m.ToolResult.RequestID]
			if r == nil {
				return nil, &TransformError{"ValueError", fmt.Sprintf("there is no tool request %q for a result", m.ToolResult.RequestID)}
			}
			m = message.Text(message.User, fmt.Sprintf("--- TOOL RESULT: %s ---\n%s", callHeader(r), ResultText(m.ToolResult.Content)))
		default:
			m.Contents = slices.Concat([]message.Part{{Text: senderHeader(&m)}}, m.Contents)
		}
		out = append(out, m)
	}
	return out, nil
}

func senderHeader(m *message.Message) string {
	sender := m.Sender
	switch {
	case sender != "":
	case m.Role == message.User:
		sender = humanUser
	default:
		sender = "AGENT"
	}
	return "--- MESSAGE: From: " + sender + " ---\n"
}

// requestText writes a message that asks for tools. A model that imitates what it reads has written the header, or the
// calls, already.
func requestText(m *message.Message) string {
	text := m.Text()
	if header := senderHeader(m); !strings.HasPrefix(text, header) {
		text = header + text
	}
	lines := make([]string, len(m.ToolRequests))
	for i := range lines {
		lines[i] = jsonText(callObject(&m.ToolRequests[i]))
	}
	if calls := strings.Join(lines, "\n"); !strings.Contains(text, calls) {
		text += "\n" + calls
	}
	return text
}

// maxCallHeader is how many characters of a call a result repeats.
const maxCallHeader = 140

func callHeader(r *message.ToolRequest) string {
	const more = " ...}"
	text := strings.Join(strings.Fields("name="+r.Name+", parameters="+jinja.Repr(r.Args.Of())), " ")
	if utf8.RuneCountInString(text) <= maxCallHeader {
		return text
	}
	end := byteOf(text, maxCallHeader-len(more))
	if i := strings.LastIndexByte(text[:end+1], ' '); i > 0 {
		end = i
	}
	return text[:end] + more
}
