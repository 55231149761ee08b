package openai

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// generation are the parameters of one request. Null means not given.
type generation struct {
	maxTokens, temperature, topP, stop, frequencyPenalty, topLogprobs value.Value
	// extra are all others, sent as they are.
	extra []value.Member
}

// configGeneration reads the parameters of a configuration; nil has none.
func configGeneration(c *spec.LlmGenerationConfig) (g generation) {
	if c == nil {
		return g
	}
	if c.MaxTokens != nil {
		g.maxTokens = value.Int(int64(*c.MaxTokens))
	}
	if c.Temperature != nil {
		g.temperature = value.Float(*c.Temperature)
	}
	if c.TopP != nil {
		g.topP = value.Float(*c.TopP)
	}
	g.read(c.Extra)
	return g
}

// promptGeneration reads the parameters of a prompt.
func promptGeneration(o *value.Object) (g generation) {
	g.read(o)
	return g
}

// read takes parameters over, the members of extra_args last and only where nothing is given yet.
func (g *generation) read(o *value.Object) {
	for key, v := range o.All() {
		if key != "extra_args" {
			g.set(key, v)
		}
	}
	extra, _ := o.Get("extra_args")
	more, _ := extra.AsObject()
	for key, v := range more.All() {
		if slot := g.slot(key); slot == nil || slot.IsNull() {
			g.set(key, v)
		}
	}
}

func (g *generation) set(key string, v value.Value) {
	if v.IsNull() {
		return
	}
	if slot := g.slot(key); slot != nil {
		*slot = v
		return
	}
	g.extra = append(g.extra, value.Member{Key: key, Value: v})
}

func (g *generation) slot(key string) *value.Value {
	switch key {
	case "max_tokens", "max_new_tokens":
		return &g.maxTokens
	case "temperature":
		return &g.temperature
	case "top_p":
		return &g.topP
	case "stop":
		return &g.stop
	case "frequency_penalty":
		return &g.frequencyPenalty
	case "top_logprobs":
		return &g.topLogprobs
	default:
		return nil
	}
}

// get returns one of the extra parameters.
func (g *generation) get(key string) value.Value {
	for _, m := range g.extra {
		if m.Key == key {
			return m.Value
		}
	}
	return value.Null
}

// setGiven adds a member unless its value is null.
func setGiven(b *value.ObjectBuilder, key string, v value.Value) {
	if !v.IsNull() {
		b.Set(key, v)
	}
}

// setExtra adds the extra parameters but those that are not the caller's to say.
func (g *generation) setExtra(b *value.ObjectBuilder, without ...string) {
next:
	for _, m := range g.extra {
		if m.Key == "stream" || m.Key == "stream_options" {
			continue
		}
		for _, key := range without {
			if m.Key == key {
				continue next
			}
		}
		b.Set(m.Key, m.Value)
	}
}
