package value

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// ParseText turns a text into the boolean, integer or number that type t wants, and reports whether it did. It is for
// texts that meet a typed input, before the cast.
//
// "true" and "false" in any case are booleans, and nothing else is (the reference takes every text but the empty one for
// true). Integers and numbers are written as Python's int() and float() take them: with blanks around them and
// underscores between their digits. Of a union the first member that wants such a value counts, unless another one takes
// the text as it is.
func ParseText(v Value, t *Type) (Value, bool) {
	text, ok := v.AsString()
	if !ok || t == nil || t.Fits(v) {
		return v, false
	}
	if w, ok := parseText(text, t); ok && (t.Enum == nil || t.allows(w)) {
		return w, true
	}
	return v, false
}

func parseText(text string, t *Type) (Value, bool) {
	switch t.Kind {
	case TypeBoolean:
		return parseBoolean(text)
	case TypeInteger:
		return parseInteger(text)
	case TypeNumber:
		return parseFloat(text)
	case TypeUnion:
		for _, m := range t.Members {
			if w, ok := ParseText(String(text), m); ok {
				return w, true
			}
		}
		return Null, false
	default:
		return Null, false
	}
}

func parseBoolean(text string) (Value, bool) {
	text = strings.TrimSpace(text)
	switch {
	case strings.EqualFold(text, "true"):
		return Bool(true), true
	case strings.EqualFold(text, "false"):
		return Bool(false), true
	}
	return Null, false
}

// maxDigits is how long an integer in a text may be; it is Python's limit too.
const maxDigits = 4300

func parseInteger(text string) (Value, bool) {
	digits, ok := dropUnderscores(strings.TrimSpace(text))
	if !ok || len(digits) > maxDigits || !strings.ContainsAny(digits, "0123456789") {
		return Null, false
	}
	if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return Int(i), true
	}
	if strings.Trim(digits, "+-0123456789") != "" {
		return Null, false
	}
	if b, ok := new(big.Int).SetString(digits, 10); ok {
		return BigInt(b), true
	}
	return Null, false
}

func parseFloat(text string) (Value, bool) {
	digits, ok := dropUnderscores(strings.TrimSpace(text))
	if !ok || strings.ContainsAny(digits, "xXpP") { // Go reads hexadecimal numbers, Python does not
		return Null, false
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return Null, false
	}
	return Float(f), true // out of range is an infinity, as in Python
}

// dropUnderscores removes underscores; each must stand between two digits.
func dropUnderscores(s string) (string, bool) {
	if !strings.Contains(s, "_") {
		return s, true
	}
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !isDigit(s[i-1]) || !isDigit(s[i+1])) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
