package exchange

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/value"
)

const hexDigits = "0123456789abcdef"

// ArgumentsText writes the arguments of a tool request as the reference does (json.dumps), so that requests are equal.
func ArgumentsText(args *value.Object) string {
	return escapeText(value.AppendText(nil, args.Of()), "")
}

// ResultText writes the result of a tool as the reference does: JSON text without characters that could close the
// markup of a prompt (format_tool_output_for_llm).
func ResultText(v value.Value) string {
	return escapeText(value.AppendText(nil, v), "&<>")
}

// escapeText escapes, in JSON text, what is not printable ASCII, and the given characters. All of them can only stand
// inside strings.
func escapeText(text []byte, also string) string {
	clean := true
	for _, c := range text {
		if c >= 0x7f || contains(also, c) {
			clean = false
			break
		}
	}
	if clean {
		return string(text)
	}
	out := make([]byte, 0, len(text)+len(text)/2)
	for i := 0; i < len(text); {
		c := text[i]
		if c < 0x7f && !contains(also, c) {
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
			out = appendEscape(appendEscape(out, r1), r2)
			continue
		}
		out = appendEscape(out, r)
	}
	return string(out)
}

func contains(set string, c byte) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

func appendEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
