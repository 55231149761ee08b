package prompt

import (
	"regexp"
	"strings"

	"github.com/wayflow-go/wayflow/value"
)

var jsonLabel = regexp.MustCompile(`^\s*\[?\s*(?:json|JSON)\s*\]?\s*:?\s*`)

// Pieces finds JSON in a text: it is split at its fences, labels are dropped, and each piece is repaired. Pieces without
// JSON are left out (reference: extract_potential_json_strings).
func Pieces(text string) []value.Value {
	var out []value.Value
	for _, piece := range strings.Split(text, "```") {
		rest := strings.TrimSpace(piece[len(jsonLabel.FindString(piece)):])
		if rest == "" {
			rest = strings.TrimSpace(piece)
		}
		if rest == "" {
			continue
		}
		if v := Repair(rest); v.Kind() != value.KindString || v.Str() != "" {
			out = append(out, v)
		}
	}
	return out
}
