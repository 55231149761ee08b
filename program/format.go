package program

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
)

// formatKey is the key of the metadata of a model by which a document says how to talk to it.
const formatKey = "chat_format"

// chatFormat says how to talk to a model: as the document says, else natively, with the order of messages that the model
// needs.
func (c *compiler) chatFormat(cfg spec.LlmConfig) prompt.Format {
	named := cfg.Llm().Metadata
	if v, ok := named.Get(formatKey); ok {
		f := prompt.Format(v.Str())
		if !slices.Contains(prompt.Formats, f) {
			c.errorf(at(cfg, "metadata", formatKey), "chat-format", "use one of "+formatNames(),
				"model %q asks for a format that is not known", cfg.Base().Name)
			return prompt.Native
		}
		return f
	}
	if needsCanonical(cfg) {
		return prompt.NativeCanonical
	}
	return prompt.Native
}

func formatNames() string {
	names := make([]string, len(prompt.Formats))
	for i, f := range prompt.Formats {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// gemma finds the generation of a model of that family in its name.
var gemma = regexp.MustCompile(`(?i)gemma[-_:]?(\d+)?`)

// needsCanonical reports whether a model refuses system messages after others, or several messages of one role in a row:
// Google's models in Oracle's cloud, and Gemma before its fourth generation wherever the server does not see to that.
func needsCanonical(cfg spec.LlmConfig) bool {
	id := cfg.Llm().ModelID
	m := gemma.FindStringSubmatch(id)
	if m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n >= 4 {
			return false
		}
	}
	switch cfg := cfg.(type) {
	case *spec.VllmConfig:
		return m != nil
	case *spec.OciGenAiConfig:
		return strings.HasPrefix(strings.ToLower(id), "google.") || cfg.Provider != nil && strings.EqualFold(*cfg.Provider, "google")
	default:
		return false
	}
}
