package prompt

import (
	"github.com/wayflow-go/wayflow/internal/jq"
	"github.com/wayflow-go/wayflow/internal/pyre"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/value"
)

// Parser makes something else of the answer of a model: another text, or tool requests. The set is closed.
type Parser interface {
	parse(answer message.Message, asked *Asked) (message.Message, error)
}

// Asked is what an answer answers.
type Asked struct {
	// Tools were offered.
	Tools []Tool
	// ID is unique in the conversation; those of tool requests that are found in a text begin with it.
	ID string
}

// textParsed gives an answer another text.
func textParsed(answer message.Message, parse func(string) (string, error)) (message.Message, error) {
	text, err := parse(answer.Text())
	if err == nil {
		answer.Contents = []message.Part{{Text: text}}
	}
	return answer, err
}

// Regex is one regular expression of a [RegexParser].
type Regex struct {
	Pattern *pyre.Pattern
	// Last takes the last match, not the first.
	Last bool
}

// Find returns what the expression finds: the whole match or, if there are groups, what they matched. ok is false if it
// finds nothing.
func (r *Regex) Find(text string) (found value.Value, ok bool, err error) {
	all, err := r.Pattern.FindAll(text)
	if err != nil || len(all) == 0 {
		return value.Null, false, err
	}
	m := all[0]
	if r.Last {
		m = all[len(all)-1]
	}
	return Found(r.Pattern, m), true, nil
}

// Found is a match as Python's findall returns it: the whole if there are no groups, the group if there is one, and
// else the list of the groups. A group that took no part is empty.
func Found(p *pyre.Pattern, m pyre.Match) value.Value {
	switch p.Groups() {
	case 0:
		return value.String(m.Text())
	case 1:
		text, _ := m.Group(1)
		return value.String(text)
	}
	groups := make([]value.Value, p.Groups())
	for i := range groups {
		text, _ := m.Group(i + 1)
		groups[i] = value.String(text)
	}
	return value.List(groups...)
}

// RegexParser takes parts of the answer by regular expressions.
type RegexParser struct {
	// One gives the text, unless there are Named ones: they give the members of a JSON object.
	One   Regex
	Named []NamedRegex
	// Lenient keeps the whole text where nothing is found; otherwise it becomes empty.
	Lenient bool
}

// NamedRegex is a regular expression with the name of what it finds.
type NamedRegex struct {
	Name string
	Regex
}

func (p *RegexParser) parse(answer message.Message, _ *Asked) (message.Message, error) {
	return textParsed(answer, p.Parse)
}

// Parse returns the parts as one text.
func (p *RegexParser) Parse(text string) (string, error) {
	if p.Named == nil {
		return p.find(&p.One, text)
	}
	var b value.ObjectBuilder
	for i := range p.Named {
		found, err := p.find(&p.Named[i].Regex, text)
		if err != nil {
			return "", err
		}
		b.Set(p.Named[i].Name, value.String(found))
	}
	return jsonText(b.Value()), nil
}

func (p *RegexParser) find(r *Regex, text string) (string, error) {
	found, ok, err := r.Find(text)
	switch {
	case err != nil:
		return "", err
	case ok:
		return value.Text(found), nil
	case p.Lenient:
		return text, nil
	}
	return "", nil
}

// JSONParser repairs the answer as JSON and, if there are Queries, makes an object of what they find in it.
type JSONParser struct{ Queries []NamedQuery }

// NamedQuery is a jq query with the name of what it finds.
type NamedQuery struct {
	Name  string
	Query *jq.Query
}

func (p *JSONParser) parse(answer message.Message, _ *Asked) (message.Message, error) {
	return textParsed(answer, p.Parse)
}

// Parse returns the JSON. A query that fails leaves its name out.
func (p *JSONParser) Parse(text string) (string, error) {
	v := Repair(text)
	if p.Queries == nil {
		return jsonText(v), nil
	}
	var b value.ObjectBuilder
	for _, q := range p.Queries {
		if found, ok, err := q.Query.First(v); err == nil && ok {
			b.Set(q.Name, found)
		}
	}
	return jsonText(b.Value()), nil
}

func jsonText(v value.Value) string { return string(value.AppendText(nil, v)) }
