package prompt

import (
	"errors"
	"slices"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// The names that a template of messages has for what is not an input.
const (
	// HistoryVariable is the conversation, as a list of objects.
	HistoryVariable = "__CHAT_HISTORY__"
	// ToolsVariable are the tools, where they are described in the text.
	ToolsVariable = "__TOOLS__"
	// FormatVariable is the schema of the answer, where it is described in the text.
	FormatVariable = "__RESPONSE_FORMAT__"
)

// Template makes a [Prompt] of values and of the conversation so far. It is immutable.
type Template struct {
	// Messages are those of the prompt.
	Messages []TemplateMessage
	// Variables are what the texts of the messages use, in the order in which [Template.Render] takes their values.
	Variables []value.Property
	// Before change the conversation before it becomes part of the prompt, After the whole prompt.
	Before, After []Transform
	// Tools are those that the document offers.
	Tools []Tool
	// TextTools describes the tools in the text, where the [ToolsVariable] stands, and has a parser find the calls;
	// otherwise the provider is given them.
	TextTools bool
	// ResponseFormat and Generation are those of the [Prompt].
	ResponseFormat *value.Property
	Generation     *value.Object
	// Parsers are applied to the answer, in order.
	Parsers []Parser
	// Fixed are variables that have their values already.
	Fixed *value.Object
}

// TemplateMessage is a message of a [Template].
type TemplateMessage struct {
	// Message is what the message is but for its texts.
	Message message.Message
	// Texts are the templates of its parts, in order; nil for a part that is not a text.
	Texts []*jinja.Template
	// History stands for the conversation; then nothing else counts.
	History bool
}

// Text returns the template for one message of a user.
func Text(t *jinja.Template) TemplateMessage {
	return TemplateMessage{Message: message.Text(message.User, ""), Texts: []*jinja.Template{t}}
}

// Infer finds the variables that the messages use: those of each message in its order, without what the template knows
// itself.
func (t *Template) Infer() {
	for _, m := range t.Messages {
		for _, text := range m.Texts {
			if text != nil {
				t.infer(text)
			}
		}
	}
}

func (t *Template) infer(text *jinja.Template) {
	for _, v := range text.Variables() {
		_, fixed := t.Fixed.Get(v.Name)
		known := slices.ContainsFunc(t.Variables, func(p value.Property) bool { return p.Title == v.Name })
		if !fixed && !known && v.Name != HistoryVariable && !(t.TextTools && v.Name == ToolsVariable) {
			t.Variables = append(t.Variables, Input(v))
		}
	}
}

// Input is the input that a variable of a template asks for.
func Input(v jinja.Variable) value.Property {
	p := value.Property{Title: v.Name, Type: value.AnyType}
	if v.Text {
		p.Type = value.StringType
	}
	if v.Optional {
		p = p.WithDefault(value.String(""))
	}
	return p
}

// Rendering is what a prompt is made of.
type Rendering struct {
	// Args are the values of the template's Variables.
	Args []value.Value
	// History is the conversation so far. Its system messages are only shown if System is set.
	History []message.Message
	System  bool
	// Tools are offered; for a node they are those of the template.
	Tools []Tool
	// Known is what the asides said that earlier renderings of the same prompt wanted, in order.
	Known []value.Value
	// Scope tells conversations within one conversation apart; empty is the conversation itself.
	Scope string
}

// Render makes the prompt. If something has to be known first it returns what, and no prompt: render again then, with
// what it said behind the rest of Known. The error is a [*jinja.RenderError] or a [*TransformError].
func (t *Template) Render(r *Rendering) (*Prompt, *Aside, error) {
	a := &asides{known: r.Known, scope: r.Scope}
	messages, err := t.render(r, a)
	switch {
	case errors.Is(err, errPending):
		return nil, a.next, nil
	case err != nil:
		return nil, nil, err
	}
	p := &Prompt{Messages: messages, ResponseFormat: t.ResponseFormat, Generation: t.Generation}
	if !t.TextTools {
		p.Tools = r.Tools
	}
	return p, nil, nil
}

func (t *Template) render(r *Rendering, a *asides) ([]message.Message, error) {
	history, err := a.transformed(t.Before, inPrompt(r.History, r.System))
	if err != nil {
		return nil, err
	}
	vars := t.values(r.Args, history, r.Tools)
	messages := make([]message.Message, 0, len(t.Messages)+len(history))
	for i := range t.Messages {
		m := &t.Messages[i]
		if m.History {
			messages = append(messages, history...)
			continue
		}
		rendered, err := m.render(vars)
		if err != nil {
			return nil, err
		}
		messages = append(messages, rendered)
	}
	return a.transformed(t.After, messages)
}

// Read makes of an answer what the parsers make of it, and makes the arguments of its tool requests fit the tools. The
// error is that of a regular expression that took too long.
func (t *Template) Read(answer message.Message, asked *Asked) (message.Message, error) {
	for _, p := range t.Parsers {
		var err error
		if answer, err = p.parse(answer, asked); err != nil {
			return answer, err
		}
	}
	answer.ToolRequests = fitArguments(answer.ToolRequests, asked.Tools)
	return answer, nil
}

// values names all values that the texts can use.
func (t *Template) values(args []value.Value, history []message.Message, tools []Tool) *value.Object {
	var b value.ObjectBuilder
	for i, p := range t.Variables {
		b.Set(p.Title, args[i])
	}
	for name, v := range t.Fixed.All() {
		b.Set(name, v)
	}
	if t.TextTools {
		b.Set(ToolsVariable, DescribedTools(tools))
	}
	if t.UsesHistory() {
		b.Set(HistoryVariable, Described(history))
	}
	return b.Object()
}

// UsesHistory reports whether a text uses the [HistoryVariable].
func (t *Template) UsesHistory() bool {
	for _, m := range t.Messages {
		for _, text := range m.Texts {
			if text != nil && slices.ContainsFunc(text.Variables(), func(v jinja.Variable) bool { return v.Name == HistoryVariable }) {
				return true
			}
		}
	}
	return false
}

func (m *TemplateMessage) render(vars *value.Object) (message.Message, error) {
	out := m.Message
	out.Contents = slices.Clone(m.Message.Contents)
	for i, text := range m.Texts {
		if text == nil {
			continue
		}
		rendered, err := text.RenderObject(vars)
		if err != nil {
			return out, err
		}
		out.Contents[i].Text = rendered
	}
	return out, nil
}

// inPrompt leaves out the messages that are not for models: what a runtime notes for itself or shows to people only.
func inPrompt(history []message.Message, system bool) []message.Message {
	return kept(history, func(m *message.Message) bool {
		switch m.Type() {
		case message.TypeUser, message.TypeAgent, message.TypeToolRequest, message.TypeToolResult:
			return true
		case message.TypeSystem:
			return system
		default:
			return false
		}
	})
}

// kept returns the messages that are to be kept: all of them as they are if that is so, since a long conversation is shown
// to a model again and again.
func kept(messages []message.Message, keep func(*message.Message) bool) []message.Message {
	for i := range messages {
		if keep(&messages[i]) {
			continue
		}
		out := append(make([]message.Message, 0, len(messages)), messages[:i]...)
		for j := i + 1; j < len(messages); j++ {
			if keep(&messages[j]) {
				out = append(out, messages[j])
			}
		}
		return out
	}
	return messages[:len(messages):len(messages)] // what is appended must not get into the conversation
}

// Described are messages as values, for templates: each its type and its text.
func Described(messages []message.Message) value.Value {
	items := make([]value.Value, len(messages))
	for i := range messages {
		items[i] = value.Obj(
			value.Member{Key: "message_type", Value: value.String(string(messages[i].Type()))},
			value.Member{Key: "content", Value: value.String(messages[i].Text())},
		)
	}
	return value.List(items...)
}
