package spec

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// yamlPatterns are the regular expressions by which YAML 1.1, as PyYAML reads it, tells what a plain scalar is.
type yamlPatterns struct{ float, integer, date *regexp.Regexp }

// They are compiled at first use: programs that read JSON only do not pay for them.
var scalarPatterns = sync.OnceValue(func() yamlPatterns {
	return yamlPatterns{
		float: regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?` +
			`|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?` +
			`|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*` +
			`|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`),
		integer: regexp.MustCompile(`^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)` +
			`|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`),
		date: regexp.MustCompile(`^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}` +
			`|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?` +
			`(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$`),
	}
})

// resolveScalar returns what a plain scalar is and its text as the tree wants it; ok is false for the texts that
// PyYAML's safe loader refuses.
func resolveScalar(s string) (kind nodeKind, text string, ok bool) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nullNode, "", true
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return boolNode, "true", true
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return boolNode, "false", true
	case "=", "<<":
		return stringNode, s, false
	}
	if c := s[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return stringNode, s, true
	}
	patterns := scalarPatterns()
	switch {
	case patterns.float.MatchString(s):
		return floatNode, yamlFloat(s), true
	case patterns.integer.MatchString(s):
		text, ok := yamlInt(s)
		return intNode, text, ok
	case patterns.date.MatchString(s):
		return dateNode, s, true
	default:
		return stringNode, s, true
	}
}

// maxDigits bounds the length of integers, as in Python: computing with longer ones takes too long.
const maxDigits = 4300

// yamlInt returns the decimal digits of an integer of YAML 1.1: with underscores, octal, hexadecimal, binary, or in
// base 60.
func yamlInt(s string) (text string, ok bool) {
	if len(s) > maxDigits {
		return "", false
	}
	s = strings.ReplaceAll(s, "_", "")
	sign := ""
	if s[0] == '-' {
		sign = "-"
	}
	s = strings.TrimLeft(s, "+-")
	base := 10
	switch {
	case strings.HasPrefix(s, "0b"):
		s, base = s[2:], 2
	case strings.HasPrefix(s, "0x"):
		s, base = s[2:], 16
	case strings.Contains(s, ":"):
		return sign + sixties(s), true
	case len(s) > 1 && s[0] == '0':
		base = 8
	}
	if base == 10 {
		return sign + s, true
	}
	i, ok := new(big.Int).SetString(s, base)
	if !ok { // nothing but underscores
		return "", false
	}
	return sign + i.String(), true
}

func sixties(s string) string {
	total, sixty := new(big.Int), big.NewInt(60)
	for part := range strings.SplitSeq(s, ":") {
		digits, _ := new(big.Int).SetString(part, 10)
		total.Mul(total, sixty).Add(total, digits)
	}
	return total.String()
}

// yamlFloat returns a number of YAML 1.1 as strconv.ParseFloat reads it.
func yamlFloat(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "_", ""))
	switch strings.TrimLeft(s, "+-") {
	case ".inf":
		return strings.Replace(s, ".", "", 1)
	case ".nan":
		return "nan"
	}
	if !strings.Contains(s, ":") {
		return s
	}
	total := 0.0
	for part := range strings.SplitSeq(strings.TrimLeft(s, "+-"), ":") {
		f, _ := strconv.ParseFloat(part, 64)
		total = total*60 + f
	}
	if s[0] == '-' {
		total = math.Copysign(total, -1)
	}
	return strconv.FormatFloat(total, 'g', -1, 64)
}
