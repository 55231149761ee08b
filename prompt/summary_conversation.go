package prompt

import (
	"slices"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// SummarizeConversation is a [Transform] that replaces the older part of a long conversation by one message of the user
// with a summary of it. The next time the summary goes on from there.
type SummarizeConversation struct {
	Summary
	// MaxMessages or MaxCharacters say from where on a conversation is long; the other is 0.
	MaxMessages, MaxCharacters int
	// Keep is how many of the newest messages are kept as they are, at least: what asked for a tool's result is kept
	// along with the result.
	Keep int
}

// summaryTokens is how much of a conversation the model is shown at a time.
const summaryTokens = 5000

// prefixSize is the column of the cache that says how many messages the summary is about.
const prefixSize = "prefix_size"

func (s *SummarizeConversation) apply(a *asides, messages []message.Message) ([]message.Message, error) {
	if !s.long(messages) {
		return messages, nil
	}
	before, rest, err := s.known(a, messages)
	if err != nil {
		return nil, err
	}
	current := slices.Concat(before, rest)
	if !s.long(current) {
		return current, nil
	}
	old, kept := s.split(rest)
	if len(old) == 0 {
		return current, nil
	}
	var parts []message.Part
	for i := range before {
		parts = append(parts, before[i].Contents...)
	}
	for i := range old {
		parts = append(parts, told(&old[i])...)
	}
	text, err := s.write(a, parts, summaryTokens)
	if err != nil {
		return nil, err
	}
	err = s.remember(a, a.scope,
		value.Member{Key: cacheContent, Value: value.String(text)},
		value.Member{Key: prefixSize, Value: value.Int(int64(len(messages) - len(kept)))})
	if err != nil {
		return nil, err
	}
	return slices.Concat([]message.Message{message.Text(message.User, text)}, kept), nil
}

// known returns the summary of the beginning of a conversation that there is already, and the rest.
func (s *SummarizeConversation) known(a *asides, messages []message.Message) (before, rest []message.Message, err error) {
	entry, err := s.recall(a, a.scope)
	if err != nil {
		return nil, nil, err
	}
	text, ok := entry.Get(cacheContent)
	size, _ := entry.Get(prefixSize)
	if f, isFloat := size.AsFloat(); isFloat {
		size = value.Int(int64(f))
	}
	n, isInt := size.AsInt()
	if !ok || !isInt || n < 0 || n > int64(len(messages)) {
		return nil, messages, nil
	}
	return []message.Message{message.Text(message.User, text.Str())}, messages[n:], nil
}

func (s *SummarizeConversation) long(messages []message.Message) bool {
	if s.MaxMessages > 0 {
		return len(messages) > s.MaxMessages
	}
	n := 0
	for i := range messages {
		n += characters(&messages[i])
	}
	return n > s.MaxCharacters
}

// characters is the length of all that a message says. An image counts as the text that has as many tokens.
func characters(m *message.Message) int {
	n := len(m.Role)
	for i := range m.Contents {
		if p := &m.Contents[i]; p.Image != "" {
			n += int(p.Tokens()) * 4
		} else {
			n += utf8.RuneCountInString(p.Text)
		}
	}
	for _, r := range m.ToolRequests {
		n += utf8.RuneCountInString(r.Name) + utf8.RuneCountInString(value.Text(r.Args.Of()))
	}
	if m.ToolResult != nil {
		n += utf8.RuneCountInString(value.Text(m.ToolResult.Content))
	}
	return n
}

// split takes the messages apart that are kept.
func (s *SummarizeConversation) split(messages []message.Message) (old, kept []message.Message) {
	at := max(len(messages)-s.Keep, 0)
	for i := at - 1; i >= 0; i-- {
		if slices.ContainsFunc(messages[i].ToolRequests, func(r message.ToolRequest) bool { return answeredIn(r.ID, messages[at:]) }) {
			at = i
		}
	}
	return messages[:at], messages[at:]
}

func answeredIn(id string, messages []message.Message) bool {
	return slices.ContainsFunc(messages, func(m message.Message) bool { return m.ToolResult != nil && m.ToolResult.RequestID == id })
}

// told is a message as the model is shown it that summarises.
func told(m *message.Message) []message.Part {
	parts := append([]message.Part{{Text: "\n\n\n" + string(m.Role) + ":\n\n"}}, m.Contents...)
	for i := range m.ToolRequests {
		parts = append(parts, message.Part{Text: "calls " + jsonText(callObject(&m.ToolRequests[i]))})
	}
	if m.ToolResult != nil {
		parts = append(parts, message.Part{Text: value.Text(m.ToolResult.Content)})
	}
	return parts
}
