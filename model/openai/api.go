package openai

import (
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// api is one of the two ways to ask: chat completions and Responses.
type api interface {
	exchange.API
	// path is what the address of the API ends with.
	path() string
	// request writes the body of a request.
	request(*request) (value.Value, error)
}

// endings are what the addresses of the APIs end with.
var endings = map[string]string{
	"": chat{}.path(), "chat_completions": chat{}.path(), "responses": responses{}.path(),
}

var apis = map[string]api{"": chat{}, "chat_completions": chat{}, "responses": responses{}}

// request is what a body is written from.
type request struct {
	prompt     *prompt.Prompt
	generation *exchange.Generation
	modelID    string
	provider   string
	official   bool
	stream     bool
	// cacheKey names the beginning of the conversation for the provider's prompt cache; "" sends none.
	cacheKey string
}

// usage reads the tokens in the terms of either API; nil if the server reported none.
func usage(reported value.Value) *message.Usage {
	number := func(v value.Value) int64 {
		n, _ := v.AsInt()
		return n
	}
	for _, names := range [][2]string{{"prompt", "completion"}, {"input", "output"}} {
		input, known := reported.Get(names[0] + "_tokens").AsInt()
		if !known {
			continue
		}
		return &message.Usage{
			Input: input, Output: number(reported.Get(names[1] + "_tokens")),
			Cached:    number(reported.Get(names[0] + "_tokens_details").Get("cached_tokens")),
			Reasoning: number(reported.Get(names[1] + "_tokens_details").Get("reasoning_tokens")),
		}
	}
	return nil
}

// logprobs reads tokens with their probabilities, which both APIs write alike.
func logprobs(list value.Value) []message.Logprob {
	tokens, _ := list.AsList()
	if len(tokens) == 0 {
		return nil
	}
	out := make([]message.Logprob, len(tokens))
	for i, t := range tokens {
		out[i] = message.Logprob{
			Token: t.Get("token").Str(), Logprob: exchange.Number(t.Get("logprob")), Top: logprobs(t.Get("top_logprobs")),
		}
	}
	return out
}

// ollamaHeader is a token that Ollama leaves in the answers of Llama models (reference: _filter_ollama_header_tokens).
const ollamaHeader = "<|start_header_id|>assistant<|end_header_id|>"

// withoutHeader takes it out of the answers of either API.
type withoutHeader struct{ exchange.API }

func (w withoutHeader) Answer(body value.Value) (*exchange.Answer, *model.Error) {
	return cleaned(w.API.Answer(body))
}

func (w withoutHeader) Collect() exchange.Collector { return collectorWithoutHeader{w.API.Collect()} }

type collectorWithoutHeader struct{ exchange.Collector }

func (c collectorWithoutHeader) Add(event value.Value) ([]model.Chunk, *model.Error) {
	chunks, err := c.Collector.Add(event)
	kept := chunks[:0]
	for _, chunk := range chunks {
		if chunk.Delta != "" {
			if chunk.Delta = strings.ReplaceAll(chunk.Delta, ollamaHeader, ""); chunk.Delta == "" {
				continue
			}
		}
		kept = append(kept, chunk)
	}
	return kept, err
}

func (c collectorWithoutHeader) Answer(ended bool) (*exchange.Answer, *model.Error) {
	return cleaned(c.Collector.Answer(ended))
}

func cleaned(a *exchange.Answer, err *model.Error) (*exchange.Answer, *model.Error) {
	if a != nil {
		for i := range a.Contents {
			a.Contents[i].Text = strings.ReplaceAll(a.Contents[i].Text, ollamaHeader, "")
		}
	}
	return a, err
}

// lazy compiles an expression when it is first used, so that starting a program costs nothing.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
