package gemini

import (
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// lazy compiles an expression when it is first used, so that starting a program costs nothing.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// requestFields are the extra parameters that belong to the request itself
// (https://ai.google.dev/api/generate-content); all others are of its generationConfig.
var requestFields = map[string]bool{
	"tools": true, "toolConfig": true, "safetySettings": true, "cachedContent": true, "labels": true,
	"modelArmorConfig": true, "serviceTier": true, "store": true,
}

// generationConfig writes the parameters in Gemini's terms, and returns the fields of the request among them.
func (m *Model) generationConfig(p *prompt.Prompt, g *exchange.Generation) (*value.Object, []value.Member, error) {
	config := value.NewObject()
	set := func(key string, v value.Value) {
		if !v.IsNull() {
			config = config.With(key, v)
		}
	}
	set("maxOutputTokens", g.MaxTokens)
	set("temperature", g.Temperature)
	set("topP", g.TopP)
	if text, one := g.Stop.AsString(); one {
		set("stopSequences", value.List(value.String(text)))
	} else {
		set("stopSequences", g.Stop)
	}
	set("frequencyPenalty", g.FrequencyPenalty)
	if !g.TopLogprobs.IsNull() {
		set("responseLogprobs", value.Bool(true))
		set("logprobs", g.TopLogprobs)
	}
	if f := p.ResponseFormat; f != nil {
		schema, err := model.StrictSchema(f, true)
		if err != nil {
			return nil, nil, err
		}
		set("responseMimeType", value.String("application/json"))
		set("responseJsonSchema", schema)
	}
	var fields []value.Member
	for _, extra := range g.Extra {
		switch key := camelCase(extra.Key); {
		case key == "stream" || key == "streamOptions": // not the caller's to say
		case key == "reasoningEffort":
			set("thinkingConfig", m.thinking(extra.Value.Str()))
		case requestFields[key]:
			fields = append(fields, value.Member{Key: key, Value: extra.Value})
		default:
			set(key, extra.Value)
		}
	}
	return config, fields, nil
}

// camelCase is how Google's JSON spells a name; top_k is topK.
func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// budgets are how many tokens a model before Gemini 3 may think for the efforts of OpenAI's reasoning_effort
// (https://ai.google.dev/gemini-api/docs/openai).
var budgets = map[string]int64{"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576}

// thinking puts an effort in Gemini's terms; null leaves it to the model.
func (m *Model) thinking(effort string) value.Value {
	budget, known := budgets[effort]
	switch {
	case !known:
		return value.Null
	case !newGemini().MatchString(m.id):
		return field("thinkingBudget", value.Int(budget))
	case effort == "none":
		effort = "minimal" // these models cannot do without
	}
	return field("thinkingLevel", value.String(effort))
}
