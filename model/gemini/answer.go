package gemini

import (
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// api reads the answers of generateContent and streamGenerateContent, which look alike
// (https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse).
type api struct{}

// Answer implements [exchange.API].
func (api) Answer(body value.Value) (*exchange.Answer, *model.Error) {
	c := &collector{}
	if _, err := c.Add(body); err != nil {
		return nil, err
	}
	return c.Answer(true)
}

// Collect implements [exchange.API].
func (api) Collect() exchange.Collector { return &collector{} }

// collector puts an answer together from one response or many.
type collector struct {
	contents  []message.Part
	text      strings.Builder // of the part that contents ends with, if inText is set
	inText    bool
	thought   strings.Builder
	signature string
	calls     []exchange.ToolCall
	logprobs  []message.Logprob
	usage     *message.Usage
	finish    string
	why       string
	// begun is true once anything came, seen once a candidate did.
	begun, seen bool
	chunks      []model.Chunk
}

// Over implements [exchange.Collector]. The usage may still follow the reason for the end.
func (c *collector) Over() bool { return false }

// Add implements [exchange.Collector].
func (c *collector) Add(event value.Value) ([]model.Chunk, *model.Error) {
	c.chunks, c.begun = c.chunks[:0], true
	if usage := usageOf(event.Get("usageMetadata")); usage != nil {
		c.usage = usage
	}
	if feedback := event.Get("promptFeedback"); feedback.Get("blockReason").Str() != "" {
		return nil, blocked(feedback)
	}
	candidates, _ := event.Get("candidates").AsList()
	for _, candidate := range candidates {
		if index, ok := candidate.Get("index").AsInt(); ok && index != 0 {
			continue // several were asked for through an extra parameter
		}
		c.candidate(candidate)
	}
	return c.chunks, nil
}

func (c *collector) candidate(candidate value.Value) {
	c.seen = true
	if finish := candidate.Get("finishReason").Str(); finish != "" {
		c.finish, c.why = finish, candidate.Get("finishMessage").Str()
	}
	parts, _ := candidate.Get("content").Get("parts").AsList()
	for _, part := range parts {
		c.part(part)
	}
	c.logprobs = append(c.logprobs, logprobs(candidate.Get("logprobsResult"))...)
}

func (c *collector) part(part value.Value) {
	signature := part.Get("thoughtSignature").Str()
	if call, ok := part.Get("functionCall").AsObject(); ok {
		c.call(call, signature)
		return
	}
	if signature != "" {
		c.signature = signature
	}
	if text := part.Get("text").Str(); text != "" {
		if thought, _ := part.Get("thought").AsBool(); thought {
			c.thought.WriteString(text)
			c.chunks = append(c.chunks, model.Chunk{Reasoning: text})
			return
		}
		c.say(text)
	}
	if data := part.Get("inlineData"); strings.HasPrefix(data.Get("mimeType").Str(), "image/") {
		c.endText()
		c.contents = append(c.contents, message.Part{
			Image: "data:" + data.Get("mimeType").Str() + ";base64," + data.Get("data").Str(),
		})
	}
}

func (c *collector) say(text string) {
	c.inText = true
	c.text.WriteString(text)
	c.chunks = append(c.chunks, model.Chunk{Delta: text})
}

// endText closes the text that is being written.
func (c *collector) endText() {
	if c.inText {
		c.contents = append(c.contents, message.Part{Text: c.text.String()})
		c.text.Reset()
		c.inText = false
	}
}

// call is a tool call, which always comes whole.
func (c *collector) call(call *value.Object, signature string) {
	member := func(key string) value.Value { v, _ := call.Get(key); return v }
	arguments := ""
	if args := member("args"); !args.IsNull() {
		arguments = args.String()
	}
	id, name := member("id").Str(), member("name").Str()
	c.calls = append(c.calls, exchange.ToolCall{ID: id, Name: name, Arguments: arguments, Extra: extraOf(signature)})
	c.chunks = append(c.chunks, model.Chunk{Tool: &model.ToolDelta{
		Index: len(c.calls) - 1, ID: id, Name: name, Arguments: arguments,
	}})
}

// Answer implements [exchange.Collector].
func (c *collector) Answer(ended bool) (*exchange.Answer, *model.Error) {
	switch {
	case c.begun && !c.seen:
		return nil, &model.Error{
			Kind: model.KindProtocol, Message: "the answer has no candidates",
			Hint: "the server may not be Gemini's; check the url",
		}
	case c.finish == "" && !ended:
		return nil, nil
	}
	if err := unfinished(c.finish, c.why, c.answered()); err != nil {
		return nil, err
	}
	c.endText()
	if len(c.contents) == 0 && len(c.calls) == 0 {
		c.contents = []message.Part{{}}
	}
	if len(c.contents) > 0 {
		c.contents[0].Logprobs = c.logprobs
	}
	a := &exchange.Answer{
		Contents: c.contents, Calls: c.calls, Extra: extraOf(c.signature), Thought: c.thought.String(), Usage: c.usage,
		Truncated: c.finish == "MAX_TOKENS",
	}
	if a.Thought != "" {
		a.Reasoning = field("reasoning_content", value.String(a.Thought))
	}
	return a, nil
}

func (c *collector) answered() bool { return c.inText || len(c.contents) > 0 || len(c.calls) > 0 }

// usageOf reads the counts of tokens; nil if there are none. Google counts thoughts apart from the answer.
func usageOf(reported value.Value) *message.Usage {
	input, ok := reported.Get("promptTokenCount").AsInt()
	if !ok {
		return nil
	}
	count := func(key string) int64 { n, _ := reported.Get(key).AsInt(); return n }
	thoughts := count("thoughtsTokenCount")
	return &message.Usage{
		Input: input + count("toolUsePromptTokenCount"), Output: count("candidatesTokenCount") + thoughts,
		Cached: count("cachedContentTokenCount"), Reasoning: thoughts,
	}
}

// logprobs reads tokens with their probabilities: one list of those chosen, and one of the alternatives at each place.
func logprobs(result value.Value) []message.Logprob {
	chosen, _ := result.Get("chosenCandidates").AsList()
	tops, _ := result.Get("topCandidates").AsList()
	out := make([]message.Logprob, len(chosen))
	for i, t := range chosen {
		out[i] = logprob(t)
		if i >= len(tops) {
			continue
		}
		alternatives, _ := tops[i].Get("candidates").AsList()
		for _, alternative := range alternatives {
			out[i].Top = append(out[i].Top, logprob(alternative))
		}
	}
	return out
}

func logprob(t value.Value) message.Logprob {
	return message.Logprob{Token: t.Get("token").Str(), Logprob: exchange.Number(t.Get("logProbability"))}
}
