package openai

import (
	"strings"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// api is one of the two ways to ask: chat completions and Responses.
type api interface {
	// path is what the address of the API ends with.
	path() string
	// request writes the body of a request.
	request(*request) (value.Value, error)
	// answer reads the body of an answer.
	answer(body value.Value) (*answer, *model.Error)
	// collect starts to read a stream.
	collect() collector
}

// collector puts an answer together from the events of a stream.
type collector interface {
	// add takes the next event, and returns the piece of text that it adds.
	add(event value.Value) (delta string, err *model.Error)
	// over reports whether the last event has come, for APIs that say so.
	over() bool
	// answer returns what came. With ended, the stream said that it was over; otherwise the collector must know by
	// itself whether the answer is whole, and returns nil if it is not.
	answer(ended bool) (*answer, *model.Error)
}

var apis = map[string]api{"": chat{}, "chat_completions": chat{}, "responses": responses{}}

// request is what a body is written from.
type request struct {
	prompt     *prompt.Prompt
	generation *generation
	modelID    string
	provider   string
	official   bool
	stream     bool
}

// answer is what came back, in our terms as far as both APIs agree.
type answer struct {
	contents  []message.Part
	calls     []toolCall
	reasoning value.Value
	extra     value.Value
	usage     value.Value
	truncated bool
}

// toolCall is a tool request whose arguments are still text.
type toolCall struct {
	id, name, arguments string
	extra               value.Value
}

// count reads the usage in the terms of either API; ok is false if the server reported none.
func (a *answer) count() (u message.Usage, ok bool) {
	number := func(v value.Value) int64 {
		n, _ := v.AsInt()
		return n
	}
	for _, names := range [][2]string{{"prompt", "completion"}, {"input", "output"}} {
		input, known := a.usage.Get(names[0] + "_tokens").AsInt()
		if !known {
			continue
		}
		u.Input = input
		u.Output = number(a.usage.Get(names[1] + "_tokens"))
		u.Cached = number(a.usage.Get(names[0] + "_tokens_details").Get("cached_tokens"))
		u.Reasoning = number(a.usage.Get(names[1] + "_tokens_details").Get("reasoning_tokens"))
		return u, true
	}
	return u, false
}

// ollamaHeader is a token that Ollama leaves in the answers of Llama models (reference: _filter_ollama_header_tokens).
const ollamaHeader = "<|start_header_id|>assistant<|end_header_id|>"

// message turns an answer into a message.
func (m *Model) message(a *answer) (message.Message, *model.Error) {
	msg := message.Message{Role: message.Assistant, Contents: a.contents, Reasoning: a.reasoning, Extra: a.extra}
	if m.provider == providerOllama {
		for i := range msg.Contents {
			msg.Contents[i].Text = strings.ReplaceAll(msg.Contents[i].Text, ollamaHeader, "")
		}
	}
	for _, c := range a.calls {
		args, ok := parseArguments(c.arguments)
		if !ok && a.truncated {
			return msg, &model.Error{
				Kind: model.KindIncomplete, Message: "the answer reached its token limit within the arguments of tool " + c.name,
				Hint: "raise max_tokens",
			}
		}
		id := c.id
		if id == "" {
			id = m.newID()
		}
		msg.ToolRequests = append(msg.ToolRequests, message.ToolRequest{ID: id, Name: c.name, Args: args, Extra: c.extra})
	}
	return msg, nil
}

// wrongArgument is the argument under which the reference hands on what is no object of arguments.
const wrongArgument = "wrong_arg_name"

// parseArguments reads the arguments of a tool call; ok is false if they were no JSON object. Some models write a call
// without arguments as nothing at all.
func parseArguments(text string) (args *value.Object, ok bool) {
	if strings.TrimSpace(text) == "" {
		return value.NewObject(), true
	}
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		return value.NewObject(value.Member{Key: wrongArgument, Value: value.String(text)}), false
	}
	if o, isObject := v.AsObject(); isObject {
		return o, true
	}
	return value.NewObject(value.Member{Key: wrongArgument, Value: v}), false
}
