package prompt

import (
	"slices"
	"strings"

	"github.com/wayflow-go/wayflow/message"
)

// Transform changes messages on their way to a model. It does not change the messages it is given but makes others. The
// set is closed; [Pure] makes one of a function.
type Transform interface {
	apply(a *asides, messages []message.Message) ([]message.Message, error)
}

// Pure is a [Transform] that needs to know nothing but the messages.
type Pure func([]message.Message) ([]message.Message, error)

func (f Pure) apply(_ *asides, messages []message.Message) ([]message.Message, error) {
	return f(messages)
}

// TransformError says that messages cannot be given the form that a transform has to give them.
type TransformError struct {
	// Class is the name of the exception that the reference raises.
	Class   string
	Problem string
}

// Error implements error.
func (e *TransformError) Error() string { return e.Problem }

func (a *asides) transformed(transforms []Transform, messages []message.Message) ([]message.Message, error) {
	for _, t := range transforms {
		var err error
		if messages, err = t.apply(a, messages); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// CoalesceSystem makes one of the system messages at the beginning.
func CoalesceSystem(messages []message.Message) ([]message.Message, error) {
	n := slices.IndexFunc(messages, func(m message.Message) bool { return m.Type() != message.TypeSystem })
	if n < 0 {
		n = len(messages)
	}
	if n == 0 {
		return messages, nil
	}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = strings.Trim(messages[i].Text(), "\n")
	}
	one := message.Text(message.System, strings.Join(texts, "\n\n"))
	return append([]message.Message{one}, messages[n:]...), nil
}

// RemoveEmpty drops messages that say nothing, unless they are the user's.
func RemoveEmpty(messages []message.Message) ([]message.Message, error) {
	return kept(messages, func(m *message.Message) bool {
		return m.Role == message.User || m.ToolRequests != nil || m.ToolResult != nil || m.Text() != ""
	}), nil
}

// AppendTrailingSystem moves a system message at the end into the user's message before it.
func AppendTrailingSystem(messages []message.Message) ([]message.Message, error) {
	n := len(messages)
	if n < 2 || messages[n-1].Role != message.System || messages[n-2].Role != message.User {
		return messages, nil
	}
	merged := messages[n-2]
	merged.Contents = slices.Concat(merged.Contents, messages[n-1].Contents)
	return append(slices.Clone(messages[:n-2]), merged), nil
}

// DefaultMarker is where [SplitOnMarker] splits if nothing else is said.
const DefaultMarker = "\n---"

// SplitOnMarker returns a transform that makes several messages of a text that has a marker in it.
func SplitOnMarker(marker string) Pure {
	return func(messages []message.Message) ([]message.Message, error) {
		var out []message.Message
		for i := range messages {
			m := messages[i]
			text := m.Text()
			if m.ToolRequests != nil || m.ToolResult != nil || !strings.Contains(text, marker) {
				out = append(out, m)
				continue
			}
			for _, part := range strings.Split(text, marker) {
				if part = strings.TrimSpace(part); part != "" {
					m.Contents = []message.Part{{Text: part}}
					out = append(out, m)
				}
			}
		}
		return out, nil
	}
}
