package jinja

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The functions below are Python's ideas of characters: white space, words, identifiers, cases.

func itoa(n int) string { return strconv.Itoa(n) }

func runeCount(s string) int { return utf8.RuneCountInString(s) }

// isSpace is str.isspace, which knows a few more separators than Go.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// isLineBreak says where str.splitlines cuts.
func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// isWordRune is \w in Python's regular expressions.
func isWordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

// isMarkRune are the further characters that may stand inside an identifier.
func isMarkRune(r rune) bool {
	return r >= utf8.RuneSelf && unicode.In(r, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue)
}

// isIdentifier is str.isidentifier.
func isIdentifier(s string) bool {
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start)
		if !start && (i == 0 || !unicode.Is(unicode.Nd, r) && !isMarkRune(r)) {
			return false
		}
	}
	return s != ""
}

// isPrintable is str.isprintable for one character.
func isPrintable(r rune) bool { return unicode.IsPrint(r) }

func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Uppercase, unicode.Other_Lowercase)
}

// isCaseIgnorable are the characters that a final sigma looks through.
func isCaseIgnorable(r rune) bool {
	switch r {
	case '\'', '.', ':', '^', '`', 0xa8, 0xad, 0xaf, 0xb4, 0xb7, 0xb8, 0x2019:
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

// upper is str.upper: unlike strings.ToUpper it may make a text longer.
func upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	var b strings.Builder
	for _, r := range s {
		if long, ok := longUpper[r]; ok {
			b.WriteString(long)
		} else {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// lower is str.lower, with the final sigma of Greek.
func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == 'İ':
			b.WriteString("i̇")
		case r == 'Σ' && finalSigma(s, i):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// finalSigma reports whether the sigma at byte i of s ends a word.
func finalSigma(s string, i int) bool {
	before := strings.TrimRightFunc(s[:i], isCaseIgnorable)
	last, _ := utf8.DecodeLastRuneInString(before)
	if before == "" || !isCased(last) {
		return false
	}
	after := strings.TrimLeftFunc(s[i+len("Σ"):], isCaseIgnorable)
	first, _ := utf8.DecodeRuneInString(after)
	return after == "" || !isCased(first)
}

// capitalize is str.capitalize: the first character in title case, the others in lower case.
func capitalize(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	rest := s[size:]
	if strings.ContainsRune(rest, 'Σ') { // its form depends on what stands before
		rest = lower(s)[len(lower(s[:size])):]
	} else {
		rest = lower(rest)
	}
	return title(r) + rest
}

func title(r rune) string {
	if long, ok := longTitle[r]; ok {
		return long
	}
	return string(unicode.ToTitle(r))
}

// isUpperText is str.isupper, isLowerText str.islower.
func isUpperText(s string) bool { return allCased(s, isUpperRune, isLowerRune) }

func isLowerText(s string) bool { return allCased(s, isLowerRune, isUpperRune) }

func isUpperRune(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Other_Uppercase) }

func isLowerRune(r rune) bool { return unicode.In(r, unicode.Ll, unicode.Other_Lowercase) }

func allCased(s string, want, wrong func(rune) bool) bool {
	found := false
	for _, r := range s {
		if wrong(r) || unicode.Is(unicode.Lt, r) {
			return false
		}
		found = found || want(r)
	}
	return found
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// splitLines is str.splitlines.
func splitLines(s string) []string {
	var lines []string
	for s != "" {
		i := strings.IndexFunc(s, isLineBreak)
		if i < 0 {
			return append(lines, s)
		}
		lines = append(lines, s[:i])
		_, size := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "\r\n") {
			size = 2
		}
		s = s[i+size:]
	}
	return lines
}

// byteIndex returns where the n-th character of s begins, or len(s) if there are fewer.
func byteIndex(s string, n int) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
