package oci

import (
	"log/slog"
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// setExtra adds the parameters that have no name in Agent Spec. The API spells keys in camel case and the names of choices in
// capitals; documents spell them as the reference's client does.
func setExtra(b *value.ObjectBuilder, g *exchange.Generation) {
	for _, m := range g.Extra {
		switch key := camel(m.Key); key {
		case "isStream", "stream", "streamOptions":
		case "reasoningEffort", "verbosity", "serviceTier", "promptTruncation", "citationQuality", "safetyMode":
			if name, ok := m.Value.AsString(); !ok || name != "" { // an empty effort leaves it to the provider
				b.Set(key, upper(m.Value))
			}
		case "toolChoice":
			if _, ok := m.Value.AsString(); ok {
				b.Set(key, value.Obj(value.Member{Key: "type", Value: upper(m.Value)}))
				continue
			}
			b.Set(key, m.Value)
		default:
			b.Set(key, m.Value)
		}
	}
}

func upper(v value.Value) value.Value {
	if s, ok := v.AsString(); ok {
		return value.String(strings.ToUpper(s))
	}
	return v
}

// camel writes a key such as top_k as topK.
func camel(key string) string {
	parts := strings.Split(key, "_")
	for i, p := range parts {
		if i > 0 && p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// unknown finds the parameter that a model does not know, in the words of the service (reference:
// _UNSUPPORTED_ARGUMENT_PATTERNS_WITH_NAMES).
var unknown = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:Unsupported (?:parameter|value): ?'?|Argument not supported on this model: ?'?|` +
		`does not support parameter '?)([A-Za-z_][\w.]*)`)
})

// withoutUnknown takes the parameters out of g that an error says the model does not know; false if there are none. Log
// probabilities are not given up: who asked for them cannot go on without.
func (m *Model) withoutUnknown(g *exchange.Generation, e *model.Error) (changed bool) {
	for _, match := range unknown().FindAllStringSubmatch(e.Message, -1) {
		if !drop(g, camel(match[1])) {
			continue
		}
		changed = true
		m.server.Log.Warn("model does not know a parameter, asking without it", // the answer may differ
			slog.String("provider", m.server.Provider), slog.String("model", m.modelID), slog.String("parameter", match[1]))
	}
	return changed
}

// drop takes a parameter out, by its name in the API.
func drop(g *exchange.Generation, key string) bool {
	slots := map[string]*value.Value{
		"maxTokens": &g.MaxTokens, "maxCompletionTokens": &g.MaxTokens, "temperature": &g.Temperature, "topP": &g.TopP,
		"stop": &g.Stop, "stopSequences": &g.Stop, "frequencyPenalty": &g.FrequencyPenalty,
	}
	if slot := slots[key]; slot != nil {
		given := !slot.IsNull()
		*slot = value.Null
		return given
	}
	for i, m := range g.Extra {
		if camel(m.Key) == key {
			g.Extra = append(g.Extra[:i:i], g.Extra[i+1:]...)
			return true
		}
	}
	return false
}
