package prompt

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// SummarizeMessages is a [Transform] that replaces what a message says by a summary if it is too long, and likewise what
// a tool returned.
type SummarizeMessages struct {
	Summary
	// Tokens are how many a message may have.
	Tokens int64
}

// apply begins with the newest message, so that a cache that is too small drops summaries of the newest first, and the
// beginning of the prompt stays as it was.
func (s *SummarizeMessages) apply(a *asides, messages []message.Message) ([]message.Message, error) {
	messages = slices.Clone(messages)
	for i := len(messages) - 1; i >= 0; i-- {
		m := &messages[i]
		if text, long, err := s.short(a, m.Contents); err != nil {
			return nil, err
		} else if long {
			m.Contents = []message.Part{{Text: text}}
		}
		if m.ToolResult == nil {
			continue
		}
		text, long, err := s.short(a, []message.Part{{Text: value.Text(m.ToolResult.Content)}})
		if err != nil {
			return nil, err
		}
		if long {
			result := *m.ToolResult
			result.Content = value.String(text)
			m.ToolResult = &result
		}
	}
	return messages, nil
}

// short returns the summary of parts that are too long.
func (s *SummarizeMessages) short(a *asides, parts []message.Part) (text string, long bool, err error) {
	size := int64(0)
	for i := range parts {
		size += parts[i].Tokens()
	}
	if size <= s.Tokens {
		return "", false, nil
	}
	key := s.key(parts)
	known, err := s.recall(a, key)
	if err != nil {
		return "", true, err
	}
	if v, ok := known.Get(cacheContent); ok {
		return v.Str(), true, nil
	}
	if text, err = s.write(a, parts, s.Tokens); err != nil {
		return "", true, err
	}
	return text, true, s.remember(a, key, value.Member{Key: cacheContent, Value: value.String(text)})
}

// key names the summary of parts by what they say and what is asked of the model: a place in the conversation would not
// do, since it changes when earlier messages are left out.
func (s *SummarizeMessages) key(parts []message.Part) string {
	h := sha256.New()
	for _, text := range []string{s.Instructions, s.Template.Text()} {
		h.Write([]byte(text + "\x00"))
	}
	for _, p := range parts {
		h.Write([]byte(p.Text + "\x00" + p.Image + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
