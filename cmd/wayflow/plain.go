package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// plainView prints the messages as they come, each when its place in the conversation is settled, and the outputs at
// the end. It says nothing else, so that it can be piped.
type plainView struct {
	out, note io.Writer
	order     settling
	printed   int   // how many messages of the conversation
	err       error // of the first write that failed
}

// begin passes over what was said before a conversation was taken up, and prints what it is begun with.
func (v *plainView) begin(s *session) {
	v.printed = len(s.conv.Messages())
	v.print(s.opening)
}

func (v *plainView) event(ev wayflow.Event) { v.print(v.order.take(ev.Note)) }

func (v *plainView) print(messages []message.Message) {
	for i := range messages {
		v.printed++
		if text := messageText(&messages[i]); text != "" && v.err == nil {
			_, v.err = fmt.Fprintln(v.out, text)
		}
	}
}

func (v *plainView) end(o *outcome) error {
	v.print(o.messages[min(v.printed, len(o.messages)):])
	if text := outputsText(o); text != "" && v.err == nil {
		if v.printed > 0 {
			text = "\n" + text
		}
		_, v.err = io.WriteString(v.out, text)
	}
	if text := waitingText(o); text != "" {
		fmt.Fprintln(v.note, text)
	}
	return v.err
}

// messageText is a message as a reader of the conversation sees it; empty if it is not for readers.
func messageText(m *message.Message) string {
	switch m.Type() {
	case message.TypeInternal:
		return ""
	case message.TypeToolResult:
		return "< " + resultText(m.ToolResult)
	case message.TypeUser:
		return "> " + m.Text()
	default:
	}
	var lines []string
	if text := m.Text(); text != "" {
		lines = append(lines, text)
	}
	for i, p := range m.Contents {
		if p.Image != "" {
			lines = append(lines, fmt.Sprintf("[image %d]", i+1))
		}
	}
	for i := range m.ToolRequests {
		lines = append(lines, requestText(&m.ToolRequests[i]))
	}
	return strings.Join(lines, "\n")
}

// requestText is a request for a tool as a reader sees it.
func requestText(r *message.ToolRequest) string {
	return fmt.Sprintf("%s %s", r.Name, value.AppendText(nil, objectOrEmpty(r.Args)))
}

// outputsText lists the outputs, one after the other.
func outputsText(o *outcome) string {
	var b strings.Builder
	for name, v := range o.outputs.All() {
		text := outputText(v)
		if last := len(o.messages) - 1; last >= 0 && text != "" && text == o.messages[last].Text() {
			text = "(the message above)"
		}
		if strings.Contains(text, "\n") {
			fmt.Fprintf(&b, "%s:\n  %s\n", name, strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  "))
			continue
		}
		b.WriteString(strings.TrimRight(name+": "+text, " ") + "\n")
	}
	return b.String()
}

// outputText is an output as people read it: a text as it is, anything else as JSON.
func outputText(v value.Value) string {
	if s, ok := v.AsString(); ok {
		return s
	}
	return string(value.AppendText(nil, v))
}

// waitingText says whom a conversation waits for; empty if for nobody.
func waitingText(o *outcome) string {
	switch o.status {
	case statusUserMessage:
		return "wayflow: the flow waits for the user; answer with --message, or run it on a terminal"
	case statusToolRequest:
		lines := []string{"wayflow: the flow waits for whoever runs it to perform"}
		for i := range o.requests {
			lines = append(lines, "  "+requestText(&o.requests[i]))
		}
		return strings.Join(lines, "\n")
	case statusAuth:
		return "wayflow: the flow waits for a login; open\n  " + o.login.URL
	case statusToolConfirm:
		lines := []string{"wayflow: the flow waits for somebody to confirm or reject"}
		for i := range o.requests {
			lines = append(lines, "  "+requestText(&o.requests[i]))
		}
		return strings.Join(lines, "\n")
	}
	return ""
}
