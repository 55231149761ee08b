package program

import (
	"strings"

	"github.com/wayflow-go/wayflow/internal/jq"
	"github.com/wayflow-go/wayflow/internal/pyre"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// promptTemplate compiles a template of messages for a node or an agent.
func (c *compiler) promptTemplate(n spec.Component, o *spec.PromptTemplate) *prompt.Template {
	t := &prompt.Template{
		Tools:      promptTools(o.Tools),
		TextTools:  o.TextToolCalling,
		Parsers:    c.parsers(o),
		Before:     c.transforms(o.PreRenderingTransforms),
		After:      c.transforms(o.PostRenderingTransforms),
		Generation: generation(o.GenerationConfig),
	}
	for i := range o.Messages {
		t.Messages = append(t.Messages, c.promptMessage(n, o, i))
	}
	var fixed value.ObjectBuilder
	if o.TextStructuredGeneration && o.ResponseFormat != nil {
		fixed.Set(prompt.FormatVariable, prompt.Schema(o.ResponseFormat))
	}
	t.Fixed = fixed.Object()
	t.Infer()
	for i, p := range t.Variables {
		if d, ok := find(o.Inputs, p.Title); ok {
			t.Variables[i] = d
		}
	}
	c.oneHistory(o, t)
	return t
}

// oneHistory refuses a template that asks for the conversation in both ways.
func (c *compiler) oneHistory(o *spec.PromptTemplate, t *prompt.Template) {
	placeholder := false
	for i := range t.Messages {
		placeholder = placeholder || t.Messages[i].History
	}
	if placeholder && t.UsesHistory() {
		c.errorf(at(o, "messages"), "two-histories", "use one of them",
			"the prompt has both the variable %s and a message that stands for the conversation", prompt.HistoryVariable)
	}
}

func (c *compiler) promptMessage(n spec.Component, o *spec.PromptTemplate, i int) prompt.TemplateMessage {
	s := &o.Messages[i]
	m := prompt.TemplateMessage{Message: message.Message{Role: message.Role(s.Role)}}
	if s.Sender != nil {
		m.Message.Sender = *s.Sender
	}
	if s.DisplayOnly {
		m.Message.Kind = message.TypeDisplayOnly
	}
	var texts []string
	for j, part := range s.Contents {
		if part.Base64Content != nil {
			m.Message.Contents = append(m.Message.Contents, message.Part{Image: *part.Base64Content})
			m.Texts = append(m.Texts, nil)
			continue
		}
		text := ""
		if part.Content != nil {
			text = *part.Content
		}
		texts = append(texts, text)
		m.Message.Contents = append(m.Message.Contents, message.Part{})
		m.Texts = append(m.Texts, c.promptText(n, at(o, "messages", i, "contents", j, "content"), text))
	}
	m.History = strings.Join(texts, "\n") == spec.ChatHistoryPlaceholder
	for _, r := range s.ToolRequests {
		m.Message.ToolRequests = append(m.Message.ToolRequests, message.ToolRequest{ID: r.ToolRequestID, Name: r.Name, Args: r.Args})
	}
	if r := s.ToolResult; r != nil {
		m.Message.ToolResult = &message.ToolResult{RequestID: r.ToolRequestID, Content: r.Content}
	}
	return m
}

func (c *compiler) promptText(n spec.Component, where finding, text string) *jinja.Template {
	t, err := jinja.Parse(text)
	if err != nil {
		c.errorf(where, "template", "mend the template", "the prompt of %q is wrong%s", n.Base().Name, templateError(err))
		return nil
	}
	return t
}

// generation are parameters of a generation, by name.
func generation(g *spec.LlmGenerationConfig) *value.Object {
	if g == nil {
		return nil
	}
	var b value.ObjectBuilder
	if g.MaxTokens != nil {
		b.Set("max_tokens", value.Int(int64(*g.MaxTokens)))
	}
	if g.Temperature != nil {
		b.Set("temperature", value.Float(*g.Temperature))
	}
	if g.TopP != nil {
		b.Set("top_p", value.Float(*g.TopP))
	}
	for k, v := range g.Extra.All() {
		b.Set(k, v)
	}
	return b.Object()
}

func promptTools(tools []spec.Tool) []prompt.Tool {
	var out []prompt.Tool
	for _, t := range tools {
		base := t.Base()
		tool := prompt.Tool{Name: base.Name, Inputs: t.Ports().Inputs}
		if base.Description != nil {
			tool.Description = *base.Description
		}
		out = append(out, tool)
	}
	return out
}

func (c *compiler) parsers(o *spec.PromptTemplate) []prompt.Parser {
	var out []prompt.Parser
	for _, p := range o.OutputParser.Items() {
		switch p := p.(type) {
		case *spec.RegexOutputParser:
			out = append(out, c.regexParser(p))
		case *spec.JSONOutputParser:
			out = append(out, c.jsonParser(p))
		case *spec.JSONToolOutputParser:
			out = append(out, &prompt.CallParser{Format: prompt.JSONCalls{}, Tools: promptTools(p.Tools)})
		case *spec.PythonToolOutputParser:
			out = append(out, &prompt.CallParser{Format: prompt.PythonCalls{}, Tools: promptTools(p.Tools)})
		case *spec.ReactToolOutputParser:
			out = append(out, &prompt.CallParser{Format: prompt.ReactCalls{}, Tools: promptTools(p.Tools)})
		default:
			c.unsupported(p)
		}
	}
	return out
}

func (c *compiler) regexParser(p *spec.RegexOutputParser) prompt.Parser {
	out := &prompt.RegexParser{Lenient: p.Lenient}
	if p.RegexPattern.Named == nil {
		out.One = c.regex(at(p, "regex_pattern"), p.RegexPattern.One, pyre.DotAll)
		return out
	}
	out.Named = []prompt.NamedRegex{}
	for _, e := range p.RegexPattern.Named {
		r := c.regex(at(p, "regex_pattern", e.Key), e.Value, pyre.DotAll)
		out.Named = append(out.Named, prompt.NamedRegex{Name: e.Key, Regex: r})
	}
	return out
}

// regex compiles a regular expression; flags are those of one that is a text alone.
func (c *compiler) regex(where finding, r spec.Regex, flags pyre.Flags) prompt.Regex {
	text, out := r.Text, prompt.Regex{}
	if p := r.Pattern; p != nil {
		text, flags = p.Pattern, 0
		if p.Flags != nil {
			flags = pyre.Flags(*p.Flags)
		}
		out.Last = p.Match == "last"
	}
	var err error
	if out.Pattern, err = pyre.Compile(text, flags); err != nil {
		c.errorf(where, "regex", "mend the pattern; it is written as in Python", "%s", err)
	}
	return out
}

func (c *compiler) jsonParser(p *spec.JSONOutputParser) prompt.Parser {
	out := &prompt.JSONParser{}
	if p.Properties == nil {
		return out
	}
	out.Queries = []prompt.NamedQuery{}
	for _, e := range p.Properties {
		q, err := jq.Parse(e.Value)
		if err != nil {
			c.errorf(at(p, "properties", e.Key), "jq", "mend the query", "%s", err)
		}
		out.Queries = append(out.Queries, prompt.NamedQuery{Name: e.Key, Query: q})
	}
	return out
}
