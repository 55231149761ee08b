package exchange

import (
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Generation are the parameters of one request. Null means not given.
type Generation struct {
	MaxTokens, Temperature, TopP, Stop, FrequencyPenalty, TopLogprobs value.Value
	// Extra are all others, which go to the server as they are.
	Extra []value.Member
}

// GenerationOf returns the parameters of a prompt, which replace those of the model's configuration as a whole.
func GenerationOf(p *prompt.Prompt, c *spec.LlmGenerationConfig) (g Generation) {
	switch {
	case p.Generation != nil:
		g.read(p.Generation)
		return g
	case c == nil:
		return g
	}
	if c.MaxTokens != nil {
		g.MaxTokens = value.Int(int64(*c.MaxTokens))
	}
	if c.Temperature != nil {
		g.Temperature = value.Float(*c.Temperature)
	}
	if c.TopP != nil {
		g.TopP = value.Float(*c.TopP)
	}
	g.read(c.Extra)
	return g
}

// read takes parameters over, the members of extra_args last and only where nothing is given yet.
func (g *Generation) read(o *value.Object) {
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

func (g *Generation) set(key string, v value.Value) {
	if v.IsNull() {
		return
	}
	if slot := g.slot(key); slot != nil {
		*slot = v
		return
	}
	for i := range g.Extra {
		if g.Extra[i].Key == key { // the parameter itself wins over the same in extra_args
			return
		}
	}
	g.Extra = append(g.Extra, value.Member{Key: key, Value: v})
}

func (g *Generation) slot(key string) *value.Value {
	switch key {
	case "max_tokens", "max_new_tokens":
		return &g.MaxTokens
	case "temperature":
		return &g.Temperature
	case "top_p":
		return &g.TopP
	case "stop":
		return &g.Stop
	case "frequency_penalty":
		return &g.FrequencyPenalty
	case "top_logprobs":
		return &g.TopLogprobs
	default:
		return nil
	}
}

// Get returns one of the extra parameters.
func (g *Generation) Get(key string) value.Value {
	for _, m := range g.Extra {
		if m.Key == key {
			return m.Value
		}
	}
	return value.Null
}

// SetGiven adds a member unless its value is null.
func SetGiven(b *value.ObjectBuilder, key string, v value.Value) {
	if !v.IsNull() {
		b.Set(key, v)
	}
}

// SetExtra adds the extra parameters but those that are not the caller's to say.
func (g *Generation) SetExtra(b *value.ObjectBuilder, without ...string) {
next:
	for _, m := range g.Extra {
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
