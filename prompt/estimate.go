package prompt

import (
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// The reference's estimates: what comes on top of the text.
const (
	tokensPerPrompt  = 30
	tokensPerMessage = 6
)

// Estimate counts the tokens of a prompt and its answer by their length, for providers that report none. The answer may
// be nil.
func Estimate(p *Prompt, answer *message.Message) message.Usage {
	u := message.Usage{Input: tokensPerPrompt, Estimated: true}
	for i := range p.Messages {
		u.Input += messageTokens(&p.Messages[i])
	}
	for i := range p.Tools {
		u.Input += toolTokens(&p.Tools[i])
	}
	if answer != nil {
		u.Output = messageTokens(answer)
	}
	return u
}

func messageTokens(m *message.Message) int64 {
	n := tokensPerMessage + message.Tokens(m.Text())
	for _, part := range m.Contents {
		if part.Image != "" {
			n += part.Tokens()
		}
	}
	for _, r := range m.ToolRequests {
		n += message.Tokens(r.Name) + message.Tokens(value.Text(r.Args.Of()))
	}
	return n
}

func toolTokens(t *Tool) int64 {
	function := value.Obj(
		value.Member{Key: "type", Value: value.String("function")},
		value.Member{Key: "function", Value: value.Obj(
			value.Member{Key: "name", Value: value.String(t.Name)},
			value.Member{Key: "description", Value: value.String(t.Description)},
			value.Member{Key: "parameters", Value: t.Parameters()},
		)},
	)
	return message.Tokens(value.Text(function))
}
