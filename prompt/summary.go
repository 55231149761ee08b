package prompt

import (
	"strings"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// Summary is how a model summarises what is too long.
type Summary struct {
	// Model is the index of the model in the program.
	Model int
	// Instructions tell it what to write.
	Instructions string
	// Template makes the text that replaces what was too long; its one variable is the summary.
	Template *jinja.Template
	// Cache keeps the summaries; nil has them written anew each time.
	Cache *Cache
}

// cacheContent is the column of a cache that has the summary.
const cacheContent = "cache_content"

// write has the model summarise parts, at most so many tokens at a time, and go on with the summary of what came before.
func (s *Summary) write(a *asides, parts []message.Part, tokens int64) (string, error) {
	summary := "(nothing was summarised before)"
	for _, chunk := range chunks(parts, tokens) {
		question := s.Instructions + "\n\nThe summary of what came before:\n" + summary + "\n\nWhat is to be added to it:\n"
		m := message.Message{Role: message.User, Contents: append([]message.Part{{Text: question}}, chunk...)}
		v, err := a.need(&Aside{Ask: &Question{Model: s.Model, Prompt: &Prompt{Messages: []message.Message{m}}}})
		if err != nil {
			return "", err
		}
		summary = v.Str()
	}
	return s.Template.RenderObject(value.NewObject(value.Member{Key: "summary", Value: value.String(summary)}))
}

// chunks groups parts; each group has at most so many tokens. A text that has more is cut.
func chunks(parts []message.Part, tokens int64) [][]message.Part {
	var out [][]message.Part
	var chunk []message.Part
	size := int64(0)
	for _, part := range parts {
		for _, p := range pieces(part, tokens) {
			n := p.Tokens()
			if size += n; size > tokens && chunk != nil {
				out = append(out, chunk)
				chunk, size = nil, n
			}
			chunk = append(chunk, p)
		}
	}
	if chunk != nil {
		out = append(out, chunk)
	}
	return out
}

// pieces cuts a text after so many tokens, at the end of a line or word where there is one.
func pieces(p message.Part, tokens int64) (out []message.Part) {
	for p.Image == "" && p.Tokens() > tokens {
		end := byteOf(p.Text, int(tokens)*4)
		for _, mark := range []string{"\n", " "} {
			if i := strings.LastIndex(p.Text[:end], mark); i >= end/2 {
				end = i + 1
				break
			}
		}
		out = append(out, message.Part{Text: p.Text[:end]})
		p.Text = p.Text[end:]
	}
	return append(out, p)
}

// byteOf returns where in a text the n-th character begins.
func byteOf(text string, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// recall returns an entry of the cache; nil if there is none.
func (s *Summary) recall(a *asides, key string) (*value.Object, error) {
	if s.Cache == nil {
		return nil, nil
	}
	v, err := a.need(&Aside{Recall: &Entry{Cache: *s.Cache, Key: key}})
	if err != nil {
		return nil, err
	}
	o, _ := v.AsObject()
	return o, nil
}

func (s *Summary) remember(a *asides, key string, content ...value.Member) error {
	if s.Cache == nil {
		return nil
	}
	_, err := a.need(&Aside{Remember: &Entry{Cache: *s.Cache, Key: key, Content: value.NewObject(content...)}})
	return err
}
